"""LSTM, GRU and RNN against a naive loop in double precision and, where it has the case, ONNX Runtime."""

import itertools

import convopt
import numpy as np
import pytest
from convopt import CompileError
from convopt.testing import reference
from convopt.testing.nodes import Nodes
from onnx import helper

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
DEFAULTS = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}
FUNCTIONS = {
    "Affine": (lambda x, a, b: a * x + b, 1.0, 0.0),
    "Elu": (lambda x, a, b: np.where(x > 0, x, a * np.expm1(np.minimum(x, 0))), 1.0, None),
    "HardSigmoid": (lambda x, a, b: np.clip(a * x + b, 0, 1), 0.2, 0.5),
    "LeakyRelu": (lambda x, a, b: np.where(x < 0, a * x, x), 0.01, None),
    "Relu": (lambda x, a, b: np.maximum(x, 0), None, None),
    "ScaledTanh": (lambda x, a, b: a * np.tanh(b * x), 1.0, 1.0),
    "Sigmoid": (lambda x, a, b: 1 / (1 + np.exp(-x)), None, None),
    "Softplus": (lambda x, a, b: np.log1p(np.exp(x)), None, None),
    "Softsign": (lambda x, a, b: x / (1 + np.abs(x)), None, None),
    "Tanh": (lambda x, a, b: np.tanh(x), None, None),
    "ThresholdedRelu": (lambda x, a, b: np.where(x > a, x, 0), 1.0, None),
}


def functions(names, alphas, betas):
    """Each with its alpha and beta, which those that have them take from the lists one after the other."""
    alphas, betas, result = list(alphas), list(betas), []
    for name in names:
        function, alpha, beta = FUNCTIONS[name]
        alpha = alphas.pop(0) if alphas and alpha is not None else alpha
        beta = betas.pop(0) if betas and beta is not None else beta
        result.append(lambda x, f=function, a=alpha, b=beta: f(x, a, b))
    return result


def step(operator, x, h, c, w, r, bias, peephole, act, options):
    """The states after one step; `bias` has those of the input and of the state, a row each."""
    hidden = h.shape[-1]
    limit = options.get("clip", 0)
    bound = (lambda v: np.clip(v, -limit, limit)) if limit else (lambda v: v)
    f = [lambda v, g=g: g(bound(v)) for g in act]
    a, s = x @ w.T + bias[0], h @ r.T + bias[1]
    gate = [(a + s)[..., i * hidden : (i + 1) * hidden] for i in range(GATES[operator])]
    if operator == "RNN":
        return f[0](gate[0]), None
    if operator == "GRU":
        z, reset = f[0](gate[0]), f[0](gate[1])
        if options.get("linear_before_reset"):
            candidate = f[1](a[..., 2 * hidden :] + reset * s[..., 2 * hidden :])
        else:
            candidate = f[1](a[..., 2 * hidden :] + (reset * h) @ r[2 * hidden :].T + bias[1][2 * hidden :])
        return (1 - z) * candidate + z * h, None
    p = np.split(peephole, 3)
    i = f[0](gate[0] + p[0] * c)
    forget = 1 - i if options.get("input_forget") else f[0](gate[2] + p[2] * c)
    c = forget * c + i * f[1](gate[3])
    o = f[0](gate[1] + p[1] * c)
    return o * act[2](c), c


def expected(case):
    """Y, Y_h and Y_c in double precision."""
    options, operator = case["options"], case["operator"]
    x = case["x"].astype(np.float64)
    directions = {"reverse": [1], "bidirectional": [0, 1]}.get(options.get("direction"), [0])
    steps, batch = x.shape[:2]
    hidden = case["r"].shape[-1]
    per = len(DEFAULTS[operator])
    names = options.get("activations", DEFAULTS[operator] * len(directions))
    act = functions(names, options.get("activation_alpha", []), options.get("activation_beta", []))
    y = np.zeros((steps, len(directions), batch, hidden))
    finals = np.zeros((2, len(directions), batch, hidden))
    for d, back in enumerate(directions):

        def take(name, shape, d=d):
            return case[name][d].astype(np.float64) if name in case else np.zeros(shape)

        w, r = take("w", 0), take("r", 0)
        bias = take("b", 2 * len(w)).reshape(2, -1)
        peephole = take("p", 3 * hidden)
        first_h, first_c = take("h", (batch, hidden)), take("c", (batch, hidden))
        for n in range(batch):
            h, c = first_h[n], first_c[n]
            length = int(case["lengths"][n]) if "lengths" in case else steps
            for t in range(length)[:: -1 if back else 1]:
                f = act[d * per : (d + 1) * per]
                h, c = step(operator, x[t, n], h, c, w, r, bias, peephole, f, options)
                y[t, d, n] = h
            finals[:, d, n] = h, np.zeros(hidden) if c is None else c
    return [y, *finals[: 2 if operator == "LSTM" else 1]]


def make(generator, operator, steps, batch, inputs, hidden, have="b", dtype=np.float32, **options):
    """A case; `have` names the inputs that it has: b, h, c, p, lengths as l, and w where W and R are no constants."""
    directions = 2 if options.get("direction") == "bidirectional" else 1
    rows = GATES[operator] * hidden
    normal = lambda *shape: generator.standard_normal(shape).astype(dtype)  # noqa: E731
    case = {"operator": operator, "options": options, "have": have, "x": normal(steps, batch, inputs)}
    case["w"] = normal(directions, rows, inputs) / np.sqrt(inputs).astype(dtype)
    case["r"] = normal(directions, rows, hidden) / np.sqrt(hidden).astype(dtype)
    if "b" in have:
        case["b"] = normal(directions, 2 * rows) / 2
    if "h" in have:
        case["h"] = normal(directions, batch, hidden) / 2
    if "c" in have:
        case["c"] = normal(directions, batch, hidden) / 2
    if "p" in have:
        case["p"] = normal(directions, 3 * hidden) / 2
    if "l" in have:
        case["lengths"] = generator.integers(1, steps + 1, batch).astype(np.int32)
        case["lengths"][0] = steps
    return case


def add(nodes, case, layout=0):
    """The case as a node; its states are inputs of the model, and so are its weights if they are no constants."""
    swap = (lambda v: v.swapaxes(0, 1).copy()) if layout else (lambda v: v)
    weight = nodes.input if "w" in case["have"] else nodes.constant
    names = [nodes.input(swap(case["x"])), weight(case["w"]), weight(case["r"])]
    names.append(weight(case["b"]) if "b" in case else "")
    names.append(nodes.input(case["lengths"]) if "lengths" in case else "")
    names.append(nodes.input(swap(case["h"])) if "h" in case else "")
    if case["operator"] == "LSTM":
        names.append(nodes.input(swap(case["c"])) if "c" in case else "")
        names.append(weight(case["p"]) if "p" in case else "")
    while not names[-1]:
        names.pop()
    options = {**case["options"], **({"layout": 1} if layout else {})}
    kinds = [case["x"].dtype] * (3 if case["operator"] == "LSTM" else 2)
    nodes.add(case["operator"], names, kinds, hidden_size=case["r"].shape[-1], **options)


def check(cases, tolerance=3e-6, layout=0, against_runtime=True):
    """Compiles all cases as one model."""
    nodes = Nodes(17)
    for case in cases:
        add(nodes, case, layout)
    outputs = nodes.run()
    answers = [array for case in cases for array in expected(case)]
    if layout:
        ranks = {4: lambda v: v.transpose(2, 0, 1, 3), 3: lambda v: v.swapaxes(0, 1)}
        answers = [ranks[v.ndim](v) for v in answers]
    notes = [f"{c['operator']} {c['x'].shape} {c['r'].shape} {c['have']} {c['options']}" for c in cases]
    notes = [note for note, c in zip(notes, cases, strict=True) for _ in range(3 if c["operator"] == "LSTM" else 2)]
    for actual, answer, note in zip(outputs, answers, notes, strict=True):
        scale = max(1.0, np.abs(answer).max())
        np.testing.assert_allclose(actual, answer, rtol=0, atol=tolerance * scale, err_msg=note)
    if against_runtime:
        for actual, answer, note in zip(outputs, nodes.onnxruntime(), notes, strict=True):
            assert reference.relative_error(actual, answer) < 1e-5, note


def test_sizes(generator):
    sizes = [(1, 1, 1, 1), (3, 1, 4, 3), (5, 1, 3, 5), (7, 2, 9, 16), (4, 3, 8, 17), (2, 5, 6, 20), (3, 8, 5, 32)]
    sizes += [(9, 1, 16, 48), (2, 7, 3, 64), (3, 1, 7, 100), (2, 9, 4, 40)]
    check([make(generator, operator, *size) for size, operator in itertools.product(sizes, GATES)])


@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
def test_directions_and_states(direction, generator):
    cases = []
    for operator in GATES:
        for have in ["", "h", "bh", "bhl", "l"]:
            cases.append(make(generator, operator, 6, 3, 4, 12, have, direction=direction))
    for have in ["c", "p", "bhcp", "bhcpl"]:
        cases.append(make(generator, "LSTM", 6, 3, 4, 24, have, direction=direction))
    check(cases)


def test_variants(generator):
    cases = [
        make(generator, "GRU", 5, 2, 4, 20, "bh", linear_before_reset=1),
        make(generator, "GRU", 5, 1, 4, 32, "h", linear_before_reset=1, direction="bidirectional"),
        make(generator, "GRU", 5, 1, 4, 33, "bh", direction="bidirectional"),
        make(generator, "LSTM", 5, 2, 4, 20, "bhc", input_forget=1),
    ]
    cases += [make(generator, operator, 5, 2, 4, 20, "bh", clip=0.3) for operator in GATES]
    check(cases)


def test_activations(generator):
    cases = []
    for name in FUNCTIONS:
        cases.append(make(generator, "RNN", 3, 2, 4, 8, "bh", activations=[name]))
    scaled = {"activations": ["ScaledTanh"], "activation_alpha": [0.8], "activation_beta": [0.6]}
    cases.append(make(generator, "RNN", 3, 2, 4, 8, **scaled))
    three = {"activations": ["HardSigmoid", "LeakyRelu", "ScaledTanh"]}
    three |= {"activation_alpha": [0.3, 0.7, 0.2], "activation_beta": [0.4, 0.9]}
    cases.append(make(generator, "LSTM", 3, 2, 4, 8, "bhc", **three))
    # Other functions in each direction.
    both = ["Sigmoid", "Relu", "HardSigmoid", "Elu"]
    both = {"activations": both, "activation_alpha": [0.3, 0.9], "activation_beta": [0.4], "direction": "bidirectional"}
    cases.append(make(generator, "GRU", 4, 2, 4, 8, "bh", **both))
    cases.append(make(generator, "GRU", 4, 2, 4, 8, "bhl", **both))
    check(cases, against_runtime=False)


def test_weights_that_are_no_constants(generator):
    cases = [make(generator, operator, 4, 2, 5, hidden, "wbh") for operator in GATES for hidden in (16, 21)]
    cases.append(make(generator, "LSTM", 4, 2, 5, 21, "wbhcp", direction="bidirectional"))
    cases.append(make(generator, "GRU", 4, 2, 5, 21, "wbh", linear_before_reset=1))
    check(cases)


def test_batch_first(generator):
    cases = []
    for operator in GATES:
        cases.append(make(generator, operator, 4, 3, 5, 18, "bhl"))
        cases.append(make(generator, operator, 4, 3, 5, 18, "bh", direction="bidirectional"))
    check(cases, layout=1, against_runtime=False)


def test_double_and_half(generator):
    double = [make(generator, operator, 4, 3, 5, 20, "bh", np.float64) for operator in GATES]
    check(double, 1e-14, against_runtime=False)
    half = [make(generator, operator, 4, 3, 5, 20, "bh", np.float16) for operator in GATES]
    check(half, 1e-3, against_runtime=False)


def test_lengths_that_are_constants(generator):
    nodes = Nodes(17)
    case = make(generator, "GRU", 5, 3, 4, 8, "b", direction="reverse")
    names = [nodes.input(case["x"]), *[nodes.constant(case[name]) for name in "wrb"]]
    for lengths in ([5, 5, 5], [5, 1, 3]):
        inputs = [*names, nodes.constant(np.int32(lengths))]
        nodes.add("GRU", inputs, ["float32"] * 2, hidden_size=8, direction="reverse")
    for actual, answer in zip(nodes.run(), nodes.onnxruntime(), strict=True):
        np.testing.assert_allclose(actual, answer, atol=1e-5)


def test_outputs_that_nothing_reads(generator):
    for used in ([0], [1], [2], [0, 2]):
        nodes = Nodes(17)
        case = make(generator, "LSTM", 4, 2, 3, 8)
        names = [nodes.input(case["x"]), *[nodes.constant(case[name]) for name in "wrb"]]
        nodes.add("LSTM", names, ["float32"] * 3, hidden_size=8)
        model = nodes.model()
        outputs = [model.graph.output[i] for i in used]
        del model.graph.output[:]
        model.graph.output.extend(outputs)
        answers = reference.run(model.SerializeToString(), [case["x"]])
        for actual, answer in zip(convopt.compile(model).run([case["x"]]), answers, strict=True):
            np.testing.assert_allclose(actual, answer, atol=1e-5)


def test_reverse_sequence(generator):
    nodes = Nodes(17)
    x = generator.standard_normal((5, 4, 3)).astype(np.float32)
    for batch, lengths in ((1, [5, 1, 3, 2]), (0, [4, 1, 2, 3, 4])):
        lengths = np.int64(lengths)
        for source in (nodes.input, nodes.constant):
            nodes.add("ReverseSequence", [nodes.input(x), source(lengths)], batch_axis=batch, time_axis=1 - batch)
    for actual, answer in zip(nodes.run(), nodes.onnxruntime(), strict=True):
        np.testing.assert_array_equal(actual, answer)


def test_threads(generator):
    nodes = Nodes(17)
    case = make(generator, "LSTM", 6, 2, 5, 40, "bhc", direction="bidirectional")
    add(nodes, case)
    model = convopt.compile(nodes.model(), threads=2)
    for actual, answer in zip(model.run(list(nodes.values.values())), expected(case), strict=True):
        np.testing.assert_allclose(actual, answer, atol=3e-6)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"direction": "sideways"}, "the_node"),
        ({"hidden_size": 9}, "hidden_size"),
        ({"activations": ["Sigmoid", "Tanh"]}, "activations"),
        ({"activations": ["Sigmoid", "Tanh", "Frobnicate"]}, "Frobnicate"),
    ],
)
def test_bad_attributes(change, words, generator):
    nodes = Nodes(17)
    case = make(generator, "LSTM", 2, 1, 3, 8)
    names = [nodes.input(case["x"]), *[nodes.constant(case[name]) for name in "wr"]]
    nodes.nodes.append(helper.make_node("LSTM", names, ["y"], name="the_node", **{"hidden_size": 8, **change}))
    nodes.outputs.append(helper.make_tensor_value_info("y", 1, [2, 1, 1, 8]))
    with pytest.raises(CompileError, match=words):
        convopt.compile(nodes.model())


@pytest.mark.parametrize("broken", ["w", "r", "b"])
def test_weights_that_do_not_fit(broken, generator):
    nodes = Nodes(17)
    case = make(generator, "GRU", 2, 1, 3, 8)
    case[broken] = case[broken][:, :-1]
    names = [nodes.input(case["x"]), *[nodes.constant(case[name]) for name in "wrb"]]
    nodes.add("GRU", names, ["float32"] * 2, hidden_size=8)
    with pytest.raises(CompileError, match="GRU"):
        convopt.compile(nodes.model())
