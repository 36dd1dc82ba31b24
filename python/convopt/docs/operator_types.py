"""The element types of each operator, found by asking the compiler to import a node test with other types in it.

The nodes of one type are imported as one model. Where that is refused, so are those of one half or of both, and so on:
few models are asked about for many operators.
"""

import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, compose, defs, helper, numpy_helper

from convopt.runtime import find_tool
from convopt.testing import node_cases

_TYPES = {
    "f16": TensorProto.FLOAT16,
    "bf16": TensorProto.BFLOAT16,
    "f32": TensorProto.FLOAT,
    "f64": TensorProto.DOUBLE,
    "i8": TensorProto.INT8,
    "i16": TensorProto.INT16,
    "i32": TensorProto.INT32,
    "i64": TensorProto.INT64,
    "u8": TensorProto.UINT8,
    "u16": TensorProto.UINT16,
    "u32": TensorProto.UINT32,
    "u64": TensorProto.UINT64,
    "bool": TensorProto.BOOL,
}
# Attributes of a TreeEnsemble that have the type of its input.
TREE_NUMBERS = ("nodes_splits", "leaf_weights", "membership_values")


def operator_types(operators) -> dict:
    """The types of the first operand (the result, where there is none) of each of the operators that have a node test.

    The operators' other types are as in that test.
    """
    models = _node_models(set(operators))
    found = {name: [] for name in models}
    for kind, element in _TYPES.items():
        typed = {name: _with_type(model, element) for name, model in models.items()}
        for name in _accepted({name: model for name, model in typed.items() if model}):
            found[name].append(kind)
    return found


def _node_models(operators: set) -> dict:
    """For each operator the first node test of it alone that the compiler imports."""
    found = {}
    for name, test in sorted(node_cases.paths().items()):
        nodes = onnx.load(Path(test.model_dir) / "model.onnx").graph.node
        operator = nodes[0].op_type
        if len(nodes) == 1 and operator in operators and operator not in found and "_expanded" not in name:
            case = node_cases.load(test)
            # An operator that has not changed since opset 1 has its test there.
            if not nodes[0].domain:
                case.model.opset_import[0].version = max(case.model.opset_import[0].version, 7)
            if _accepted({operator: case.model}):
                found[operator] = case.model
    return found


def _with_type(model: onnx.ModelProto, element: int):
    """The model with another type in the place of its first operand's; None where ONNX does not allow it."""
    node, opset = model.graph.node[0], model.opset_import[0].version
    schema = defs.get_schema(node.op_type, opset, node.domain)
    variable = (schema.inputs or schema.outputs)[0].type_str
    allowed = {c.type_param_str: c.allowed_type_strs for c in schema.type_constraints}.get(variable, [variable])
    if f"tensor({TensorProto.DataType.Name(element).lower()})" not in allowed:
        return None
    # The names of tensors whose type is that variable.
    names = set()
    for actual, formal in ((node.input, schema.inputs), (node.output, schema.outputs)):
        for i, name in enumerate(actual):
            if formal[min(i, len(formal) - 1)].type_str == variable:
                names.add(name)
    result = onnx.ModelProto()
    result.CopyFrom(model)
    for value in [*result.graph.input, *result.graph.output]:
        if value.name in names:
            value.type.tensor_type.elem_type = element
    # The content of a Constant is an attribute, and so are the numbers with which an ensemble of trees compares.
    attributes = result.graph.node[0].attribute
    constants = [attribute.t for attribute in attributes if node.op_type == "Constant"]
    if node.op_type == "TreeEnsemble":
        constants = [attribute.t for attribute in attributes if attribute.name in TREE_NUMBERS]
    for tensor in [*result.graph.initializer, *constants]:
        if tensor.name in names or tensor in constants:
            array = numpy_helper.to_array(tensor).astype(helper.tensor_dtype_to_np_dtype(element))
            tensor.CopyFrom(numpy_helper.from_array(np.asarray(array), tensor.name))
    return result


def _accepted(models: dict) -> list:
    """The names of those of the models that the compiler imports."""
    names = list(models)
    if not names or _imports([models[name] for name in names]):
        return names
    if len(names) == 1:
        return []
    half = len(names) // 2
    parts = names[:half], names[half:]
    return [name for part in parts for name in _accepted({name: models[name] for name in part})]


def _imports(models: list) -> bool:
    """Whether the compiler imports a model that has all these side by side."""
    joined = onnx.ModelProto(ir_version=10)
    # A deprecated operator is alone with its old opset.
    joined.opset_import.extend(models[0].opset_import)
    if len(models) > 1:
        del joined.opset_import[:]
        newest = {"": node_cases.NEWEST_OPSET}
        for entry in (entry for model in models for entry in model.opset_import if entry.domain):
            newest[entry.domain] = max(newest.get(entry.domain, 0), entry.version)
        joined.opset_import.extend(helper.make_opsetid(*pair) for pair in newest.items())
    joined.graph.name = "nodes"
    for i, model in enumerate(models):
        graph = compose.add_prefix_graph(model.graph, f"n{i}_")
        for field in ("node", "input", "output", "initializer"):
            getattr(joined.graph, field).extend(getattr(graph, field))
    with tempfile.TemporaryDirectory(prefix="convopt-docs-") as folder:
        path = Path(folder) / "nodes.onnx"
        onnx.save(joined, path)
        command = [find_tool(), path, "--emit=linalg", "-o", Path(folder) / "nodes.mlir"]
        result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode and not re.match(r"convopt-compile: error: .+\n\Z", result.stderr):
        raise RuntimeError(f"convopt-compile: status {result.returncode}: {result.stderr}")
    return not result.returncode
