"""The onnx package's node tests, made static: operands that decide shapes become constants.

The package passes them (the shape of a Reshape, the axes of a reduction) as inputs of the graph, which says nothing of
their values; a compiler of static shapes must know them. Their values in the test's data become initializers.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.loader import load_model_tests

# The newest that convopt reads: that of the onnx package it is built with.
NEWEST_OPSET = onnx.defs.onnx_opset_version()

# The operands of an operator that shapes or code depend on.
CONSTANT_OPERANDS = {
    "AffineGrid": (1,),
    "BlackmanWindow": (0,),
    "CenterCropPad": (1,),
    "Col2Im": (1, 2),
    "ConstantOfShape": (0,),
    "CumSum": (1,),
    "DFT": (1, 2),
    "Expand": (1,),
    "HammingWindow": (0,),
    "HannWindow": (0,),
    "MaxUnpool": (2,),
    "MelWeightMatrix": (0, 1, 2, 3, 4),
    "OneHot": (1,),
    "Pad": (1, 3),
    "Range": (0, 1, 2),
    "Reshape": (1,),
    "Resize": (1, 2, 3),
    "STFT": (1, 3),
    "Slice": (1, 2, 3, 4),
    "Split": (1,),
    "Squeeze": (1,),
    "Tile": (1,),
    "TopK": (1,),
    "Trilu": (1,),
    "Unsqueeze": (1,),
    "Upsample": (1,),
}
CONSTANT_OPERANDS |= {
    "Reduce" + kind: (1,) for kind in "L1 L2 LogSum LogSumExp Max Mean Min Prod Sum SumSquare".split()
}
# May depend on data, but not in the tests: how many outputs are collected, whether training drops something.
STATED_OPERANDS = CONSTANT_OPERANDS | {"Dropout": (1, 2), "Loop": (0, 1)}


class Case(NamedTuple):
    """One node test: a model in memory, its operators, and one or more sets of inputs and outputs."""

    name: str
    model: onnx.ModelProto
    operators: set
    data: list  # of (inputs, outputs)
    rtol: float
    atol: float


def paths() -> dict:
    """The folder of every node test, by name."""
    return {test.name: test for test in load_model_tests(kind="node")}


def load(test, base=None) -> Case:
    """Reads one test. `base`: the test of the operator itself where `test` is that of its function body."""
    folder = Path(test.model_dir)
    model = onnx.load(folder / "model.onnx")
    for opset in model.opset_import:
        if not opset.domain:
            opset.version = min(opset.version, NEWEST_OPSET)
    names = [value.name for value in model.graph.input]
    constant = _constant_inputs(onnx.load(Path(base.model_dir) / "model.onnx") if base else model)
    sets = [_read_set(model.graph, path) for path in sorted(folder.glob("test_data_set_*"))]
    if constant:
        for i in sorted(constant, reverse=True):
            model.graph.initializer.append(numpy_helper.from_array(sets[0][0][i], names[i]))
            del model.graph.input[i]
        sets = [([a for i, a in enumerate(s[0]) if i not in constant], s[1]) for s in sets[:1]]
    operators = {node.op_type for node in model.graph.node}
    return Case(test.name, model, operators, sets, test.rtol, test.atol)


def _constant_inputs(model: onnx.ModelProto) -> set:
    """Indices of the graph's inputs that some operator needs as constants."""
    index = {value.name: i for i, value in enumerate(model.graph.input)}
    return {
        index[node.input[slot]]
        for node in model.graph.node
        for slot in STATED_OPERANDS.get(node.op_type, ())
        if slot < len(node.input) and node.input[slot] in index
    }


def _read_set(graph: onnx.GraphProto, folder: Path) -> tuple:
    inputs = [_read(folder / f"input_{i}.pb", value) for i, value in enumerate(graph.input)]
    outputs = [_read(folder / f"output_{i}.pb", value) for i, value in enumerate(graph.output)]
    return inputs, outputs


def _read(path: Path, value: onnx.ValueInfoProto):
    """A numpy array; None for what is not a tensor."""
    if not value.type.HasField("tensor_type"):
        return None
    return np.asarray(numpy_helper.to_array(onnx.load_tensor(path)))
