"""Einsum against numpy: every kind of equation, element type, and many operands."""

import convopt
import numpy as np
import pytest
from convopt.testing.nodes import Nodes
from onnx import helper

EQUATIONS = [
    ("ij->ji", (2, 3)),
    ("ij", (2, 3)),
    ("ba", (2, 3)),
    ("ij->", (2, 3)),
    ("ij->i", (2, 3)),
    ("ii->i", (4, 4)),
    ("ii", (4, 4)),
    ("...ii->...i", (2, 3, 4, 4)),
    ("i,i", (5,), (5,)),
    ("i,j->ij", (2,), (3,)),
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij,kj->ki", (2, 3), (4, 3)),
    ("bij,bjk->bik", (5, 2, 3), (5, 3, 4)),
    ("...ij,...jk->...ik", (5, 6, 2, 3), (5, 6, 3, 4)),
    ("bhqd,bhkd->bhqk", (2, 3, 4, 5), (2, 3, 6, 5)),
    ("bhwc,hkc->bhwk", (2, 3, 4, 5), (3, 4, 5)),
    ("ij,ij->ij", (3, 4), (3, 4)),
    ("ij,j->ij", (3, 4), (4,)),
    ("ijk,ij->k", (2, 3, 4), (2, 3)),
    ("iij,jk->ik", (3, 3, 4), (4, 2)),
    ("ij,k->", (2, 3), (4,)),
    (" i j , j k -> i k ", (2, 3), (3, 4)),
    ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)),
    ("ab,bc,ca->abc", (2, 3), (3, 4), (4, 2)),
    ("a,b,c,d->dcba", (2,), (3,), (4,), (5,)),
    ("bd,...d,cd->b...c", (2, 3), (4, 5, 3), (6, 3)),
]


@pytest.mark.parametrize("kind", ["float32", "float64", "int32"])
def test_equations(kind, generator):
    nodes, expected = Nodes(12), []
    for equation, *shapes in EQUATIONS:
        arrays = [generator.integers(-3, 4, shape).astype(kind) for shape in shapes]
        nodes.add("Einsum", [nodes.input(array) for array in arrays], [kind], equation=equation)
        expected.append(np.einsum(equation.replace(" ", ""), *arrays))
    for (equation, *_), actual, wanted in zip(EQUATIONS, nodes.run(), expected, strict=True):
        assert actual.dtype == kind
        np.testing.assert_allclose(actual, wanted, 1e-5, err_msg=equation)


def test_half_precision_is_summed_in_single():
    nodes = Nodes(12)
    ones = np.ones((1, 4096), np.float16)
    nodes.add("Einsum", [nodes.input(ones), nodes.input(ones.T.copy())], ["float16"], equation="ij,jk->ik")
    assert nodes.run()[0].item() == 4096


@pytest.mark.parametrize(
    "equation, shapes", [("ij,jk->ik", [(2, 3), (4, 5)]), ("ij->kj", [(2, 3)]), ("i->i", [(2, 3)]), ("i#->i", [(2, 3)])]
)
def test_bad_equations(equation, shapes):
    nodes = Nodes(12)
    nodes.add("Einsum", [nodes.input(np.ones(shape, np.float32)) for shape in shapes], equation=equation)
    graph = helper.make_graph(nodes.nodes, "bad", nodes.inputs, [helper.make_tensor_value_info("y0", 1, [None, None])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 12)], ir_version=8)
    with pytest.raises(convopt.CompileError) as error:
        convopt.compile(model)
    assert "Einsum" in str(error.value) and "\n" not in str(error.value)
