"""If, Loop and Scan whose conditions and lengths are known while compiling, or only when the model runs."""

import convopt
import numpy as np
import onnx
import pytest
from convopt import CompileError
from convopt.testing import reference
from onnx import TensorProto, helper, numpy_helper, parser

ALWAYS = np.array(True)


def parse(body, opset=17):
    """A model of the text of a graph."""
    return parser.parse_model(f'<ir_version: 8, opset_import: ["" : {opset}]>\n{body}')


def check(model, *runs, options=None, tolerance=1e-6):
    """Compiles once, and runs with each list of inputs."""
    model = model if isinstance(model, onnx.ModelProto) else parse(model)
    compiled = convopt.compile(model, **(options or {}))
    for inputs in runs:
        inputs = [np.asarray(value) for value in inputs]
        answers = reference.run(model.SerializeToString(), inputs)
        for actual, answer in zip(compiled.run(inputs), answers, strict=True):
            assert actual.dtype == answer.dtype and actual.shape == answer.shape
            np.testing.assert_allclose(actual, answer, rtol=tolerance, atol=tolerance)
    return compiled


def floats(*shape):
    """Different numbers of both signs."""
    return np.linspace(-2, 3, int(np.prod(shape)), dtype=np.float32).reshape(shape)


BOTH = [(np.array(flag), floats(3, 4)) for flag in (True, False)]


def test_if_at_run_time():
    check(
        """g (bool c, float[3,4] x) => (float[3,4] y, float[3,4] z) {
             a = Exp(x)
             y, d = If (c) <
               then_branch = t () => (float[3,4] p, float[3,4] q) { p = Relu(a)  q = Neg(x) },
               else_branch = e () => (float[3,4] p, float[3,4] q) { q = Abs(a)  p = Sqrt(q) }>
             z = Add(d, a)
           }""",
        *BOTH,
    )


def test_if_that_only_chooses():
    check(
        """g (bool[1] c, float[3,4] x) => (float[3,4] y) {
             a = Exp(x)
             y = If (c) <then_branch = t () => (float[3,4] p) { p = Identity(a) },
                         else_branch = e () => (float[3,4] p) { p = Identity(x) }>
           }""",
        *[(np.array([flag]), floats(3, 4)) for flag in (True, False)],
    )


def test_if_with_constants():
    check(
        """g (bool c, float[3,4] x) => (float[3,4] y, int64[2] s) {
             f, s = If (c) <then_branch = t () => (float p, int64[2] r) {
                              p = Constant<value = float {2}>()  r = Constant<value = int64[2] {1, 2}>() },
                            else_branch = e () => (float p, int64[2] r) {
                              p = Constant<value = float {3}>()  r = Constant<value = int64[2] {3, 4}>() }>
             y = Mul(x, f)
           }""",
        *BOTH,
    )


def test_if_in_an_if():
    model = """g (bool c, bool d, float[3,4] x) => (float[3,4] y) {
             y = If (c) <
               then_branch = t () => (float[3,4] p) {
                 a = Exp(x)
                 p = If (d) <then_branch = tt () => (float[3,4] q) { q = Neg(a) },
                             else_branch = te () => (float[3,4] q) { b = Relu(x)  q = Sub(a, b) }> },
               else_branch = e () => (float[3,4] p) {
                 p = If (d) <then_branch = et () => (float[3,4] q) { q = Tanh(x) },
                             else_branch = ee () => (float[3,4] q) { q = Identity(x) }> }>
           }"""
    check(model, *[(np.array(c), np.array(d), floats(3, 4)) for c in (True, False) for d in (True, False)])


def test_if_whose_condition_is_computed():
    check(
        """g (float[3,4] x) => (float[3,4] y) {
             s = ReduceSum<keepdims = 0>(x)  zero = Constant<value = float {0}>()
             c = Greater(s, zero)
             y = If (c) <then_branch = t () => (float[3,4] p) { p = Exp(x) },
                         else_branch = e () => (float[3,4] p) { p = Neg(x) }>
           }""",
        (floats(3, 4),),
        (-floats(3, 4),),
    )


def convolutions():
    """Two branches of convolutions, around which there are others."""
    generator = np.random.default_rng(3)
    weights = [
        numpy_helper.from_array((generator.standard_normal((8, 8, 3, 3)) / 8).astype(np.float32), f"w{i}")
        for i in range(4)
    ]
    conv = lambda x, w, y: helper.make_node("Conv", [x, w], [y], pads=[1] * 4)  # noqa: E731
    value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 8, 12, 12])  # noqa: E731
    then = helper.make_graph(
        [conv("a", "w1", "p0"), helper.make_node("Relu", ["p0"], ["p"])], "then", [], [value("p")], weights[1:2]
    )
    other = helper.make_graph(
        [conv("a", "w2", "q0"), helper.make_node("Add", ["q0", "x"], ["q"])], "else", [], [value("q")]
    )
    nodes = [
        conv("x", "w0", "a"),
        helper.make_node("If", ["c"], ["b"], then_branch=then, else_branch=other),
        conv("b", "w3", "y"),
    ]
    condition = helper.make_tensor_value_info("c", TensorProto.BOOL, [])
    graph = helper.make_graph(nodes, "g", [condition, value("x")], [value("y")], [weights[0], *weights[2:]])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@pytest.mark.parametrize("options", [{}, {"threads": 2}])
def test_convolutions_in_branches(options):
    runs = [(np.array(flag), floats(1, 8, 12, 12)) for flag in (True, False)]
    check(convolutions(), *runs, options=options, tolerance=1e-4)


def test_branches_of_different_types_are_refused():
    with pytest.raises(CompileError, match=r"\(If\): its branches give tensors of different types"):
        convopt.compile(
            parse(
                """g (bool c, float[3,4] x) => (float[n,m] y) {
                     y = If (c) <then_branch = t () => (float[3,4] p) { p = Exp(x) },
                                 else_branch = e () => (float[4,3] p) { p = Transpose(x) }>
                   }"""
            )
        )


def loop(trips, body, states="x", outputs="y", kinds="float[3] y"):
    """A model of a Loop of `body` over one state of three elements."""
    return f"""g (float[3] x) => ({kinds}) {{
        m = Constant<value = int64 {{{trips}}}>()  go = Constant<value = bool {{1}}>()
        {outputs} = Loop (m, go, {states}) <body = b {body}>
      }}"""


COUNTED = """(int64 i, bool c, float[3] s) => (bool d, float[3] t, float[3] e) {
    d = Identity(c)  f = Cast<to = 1>(i)  t = Add(s, f)  e = Mul(t, s) }"""


@pytest.mark.parametrize("trips", [0, 1, 5, 3000])
def test_loop(trips):
    model = loop(trips, COUNTED, outputs="y, z", kinds="float[3] y, float[n,3] z")
    check(model, (np.float32([0.1, -0.2, 0.3]),), tolerance=1e-4)


def test_loop_whose_condition_ends_it_while_compiling():
    body = """(int64 i, bool c, float[3] s) => (bool d, float[3] t, float[3] e) {
        three = Constant<value = int64 {3}>()  d = Less(i, three)  t = Add(s, s)  e = Neg(s) }"""
    check(loop(100, body, outputs="y, z", kinds="float[3] y, float[n,3] z"), (floats(3),))


@pytest.mark.parametrize("trips", ["m = Constant<value = int64 {100}>()", ""])
def test_loop_that_the_run_ends(trips):
    model = f"""g (float[3] x, float limit) => (float[3] y, float[3] z) {{
        {trips} go = Constant<value = bool {{1}}>()
        y, z = Loop ({"m" if trips else ""}, go, x, x) <body = b (int64 i, bool c, float[3] s, float[3] r)
            => (bool d, float[3] t, float[3] u) {{
          one = Constant<value = float {{1}}>()  t = Add(s, one)  u = Identity(s)
          sum = ReduceSum<keepdims = 0>(t)  d = Less(sum, limit) }}>
      }}"""
    check(model, *[(floats(3), np.float32(limit)) for limit in (-9, 4, 40)])


def test_loop_whose_length_is_data():
    model = """g (int64 m, bool go, float[3] x) => (float[3] y) {
        y = Loop (m, go, x) <body = b (int64 i, bool c, float[3] s) => (bool d, float[3] t) {
          d = Identity(c)  f = Cast<to = 1>(i)  t = Add(s, f) }>
      }"""
    runs = [(np.int64(m), np.array(go), floats(3)) for m, go in [(0, True), (3, True), (7, False), (400, True)]]
    check(model, *runs)


@pytest.mark.parametrize("trips", [4, 2000])
def test_states_that_change_places(trips):
    model = f"""g (float[3] x, float[3] w) => (float[3] y, float[3] z) {{
        m = Constant<value = int64 {{{trips}}}>()  go = Constant<value = bool {{1}}>()
        y, z = Loop (m, go, x, w) <body = b (int64 i, bool c, float[3] s, float[3] r)
            => (bool c, float[3] r, float[3] t) {{
          half = Constant<value = float {{0.5}}>()  h = Mul(s, half)  t = Add(h, r) }}>
      }}"""
    check(model, (floats(3), -floats(3)), tolerance=1e-4)


def test_shapes_that_grow_are_unrolled():
    model = """g (float[1] x) => (float[n] y) {
        m = Constant<value = int64 {3}>()  go = Constant<value = bool {1}>()
        y = Loop (m, go, x) <body = b (int64 i, bool c, float[k] s) => (bool c, float[l] t) {
          n = Neg(s)  t = Concat<axis = 0>(s, n) }>
      }"""
    check(model, (floats(1),))


def test_loop_that_collects_what_the_run_counts_is_refused():
    with pytest.raises(CompileError, match=r"\(Loop\): an output collects"):
        convopt.compile(
            parse(
                """g (int64 m, float[3] x) => (float[3] y, float[n,3] z) {
                     y, z = Loop (m, , x) <body = b (int64 i, bool c, float[3] s) => (bool d, float[3] t, float[3] e) {
                       d = Identity(c)  t = Neg(s)  e = Exp(s) }>
                   }"""
            )
        )


def scan(steps, **attributes):
    """A Scan of one state and two sequences, of which one goes backwards."""
    value = lambda name, *shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)  # noqa: E731
    body = helper.make_graph(
        [
            helper.make_node("Add", ["s", "a"], ["t"]),
            helper.make_node("Mul", ["t", "b"], ["e"]),
            helper.make_node("Identity", ["t"], ["f"]),
        ],
        "body",
        [value("s", 3), value("a", 3), value("b", 3)],
        [value("t", 3), value("e", 3), value("f", 3)],
    )
    node = helper.make_node("Scan", ["x", "p", "q"], ["y", "z", "w"], num_scan_inputs=2, body=body, **attributes)
    inputs = [value("x", 3), value("p", steps, 3), value("q", 3, steps)]
    graph = helper.make_graph([node], "g", inputs, [value("y", 3), value("z", None, None), value("w", None, None)])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def batched_scan(batch, steps, lengths=None, **attributes):
    """A Scan of opset 8: a state and two sequences for each of the batch; its body reads what is around it."""
    value = lambda name, *shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)  # noqa: E731
    body = helper.make_graph(
        [
            helper.make_node("Mul", ["a", "around"], ["c"]),
            helper.make_node("Add", ["s", "c"], ["t"]),
            helper.make_node("Add", ["t", "b"], ["e"]),
        ],
        "body",
        [value("s", 3), value("a", 3), value("b", 3)],
        [value("t", 3), value("e", 3)],
    )
    names = ["" if lengths is None else "lengths", "x", "p", "q"]
    nodes = [
        helper.make_node("Exp", ["w"], ["around"]),
        helper.make_node("Scan", names, ["y", "z"], num_scan_inputs=2, body=body, **attributes),
    ]
    inputs = [value("w", 3), value("x", batch, 3), value("p", batch, steps, 3), value("q", batch, steps, 3)]
    outputs = [value("y", batch, 3), value("z", batch, steps, 3)]
    constants = [] if lengths is None else [numpy_helper.from_array(np.int64(lengths), "lengths")]
    graph = helper.make_graph(nodes, "g", inputs, outputs, constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 8)], ir_version=4)


@pytest.mark.parametrize(("batch", "steps"), [(1, 4), (3, 4), (2, 1500), (1500, 2)])
def test_scan_of_a_batch(batch, steps):
    inputs = (floats(3), floats(batch, 3), floats(batch, steps, 3), floats(batch, steps, 3))
    check(batched_scan(batch, steps, directions=[1, 0]), inputs, tolerance=1e-4)


def test_scan_of_a_batch_of_whole_sequences():
    inputs = (floats(3), floats(2, 3), floats(2, 4, 3), floats(2, 4, 3))
    check(batched_scan(2, 4, [4, 4]), inputs)


def test_scan_of_a_batch_of_shorter_sequences_is_refused():
    with pytest.raises(CompileError, match="sequences of different lengths are not supported"):
        convopt.compile(batched_scan(2, 4, [4, 3]))


@pytest.mark.parametrize("steps", [5, 1500])
def test_scan(steps):
    attributes = {
        "scan_input_axes": [0, -1],
        "scan_input_directions": [0, 1],
        "scan_output_axes": [1, 0],
        "scan_output_directions": [0, 1],
    }
    check(scan(steps, **attributes), (floats(3), floats(steps, 3), floats(3, steps)), tolerance=1e-4)
