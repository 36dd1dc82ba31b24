"""Sizes that depend on data in and behind If, Loop and Scan."""

import convopt
import numpy as np
import pytest
from convopt import CompileError
from convopt.testing import reference
from onnx import parser


def parse(graph):
    return parser.parse_model(f'<ir_version: 8, opset_import: ["" : 17]>\n{graph}')


def check(graph, *runs):
    model = parse(graph)
    compiled = convopt.compile(model)
    for inputs in runs:
        inputs = [np.asarray(value) for value in inputs]
        for actual, wanted in zip(compiled.run(inputs), reference.run(model.SerializeToString(), inputs), strict=True):
            assert actual.shape == wanted.shape
            np.testing.assert_array_equal(actual, wanted)


X = np.float32([0, 3, 0, 0, 5, 7])


def test_each_branch_says_its_size():
    check(
        """g (bool c, float[6] x) => (float[n] y, int64[1] size) {
             y = If (c) <
               then_branch = t () => (float[k] p) { m = Cast<to = 9>(x)  p = Compress(x, m) },
               else_branch = e () => (float[6] q) { q = Neg(x) }>
             size = Shape(y)
           }""",
        (True, X),
        (False, X),
        (True, np.zeros(6, np.float32)),
    )


def test_what_is_open_is_read_in_a_branch():
    check(
        """g (bool c, float[6] x) => (float[n] y) {
             m = Cast<to = 9>(x)
             kept = Compress(x, m)
             y = If (c) <then_branch = t () => (float[k] p) { p = Neg(kept) },
                         else_branch = e () => (float[k] q) { q = Add(kept, kept) }>
           }""",
        (True, X),
        (False, X),
    )


def test_a_loop_that_runs_as_often_as_there_are_elements():
    check(
        """g (float[6] x) => (float y)
           <float zero = {0}, int64[1] first = {0}, bool always = {1}, int64[1] flat = {-1}> {
             places = NonZero(x)
             list = Reshape(places, flat)
             shape = Shape(list)
             count = Squeeze(shape, first)
             y = Loop (count, always, zero) <body = b (int64 i, bool c, float sum) => (bool d, float next) {
               d = Identity(c)  place = Gather(list, i)  element = Gather(x, place)
               next = Add(sum, element)
             }>
           }""",
        (X,),
        (np.zeros(6, np.float32),),
        (np.ones(6, np.float32),),
    )


def test_the_state_of_a_loop_that_is_unrolled():
    check(
        """g (float[6] x) => (float[n] y) <int64 count = {3}, bool always = {1}> {
             m = Cast<to = 9>(x)
             kept = Compress(x, m)
             y = Loop (count, always, kept) <body = b (int64 i, bool c, float[k] old) => (bool d, float[k] next) {
               d = Identity(c)  next = Add(old, old)
             }>
           }""",
        (X,),
    )


LOOP = """g (float[6] x, int64 n) => (float[a] y) <bool always = {{1}}, int64 three = {{3}}> {{
  m = Cast<to = 9>(x)
  kept = Compress(x, m)
  {}
}}"""


@pytest.mark.parametrize(
    "nodes, message",
    [
        (
            "y = Loop (n, always, kept) <body = b (int64 i, bool c, float[k] old) => (bool d, float[k] next)"
            " { d = Identity(c)  next = Neg(old) }>",
            "state 0 has a size that depends on data",
        ),
        (
            "all = Loop (three, always) <body = b (int64 i, bool c) => (bool d, float[k] each)"
            " { d = Identity(c)  each = Neg(kept) }>  y = ReduceSum(all)",
            "collects tensors of a size that depends on data",
        ),
        (
            "y = Scan <num_scan_inputs = 1, body = b (float e) => (float f) { f = Neg(e) }> (kept)",
            "what is scanned has a size that depends on data",
        ),
    ],
)
def test_what_a_loop_cannot_keep(nodes, message):
    with pytest.raises(CompileError, match=message) as error:
        convopt.compile(parse(LOOP.format(nodes)))
    assert "\n" not in str(error.value)
