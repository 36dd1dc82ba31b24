"""The tables of docs/operators.md: which operators of ONNX can be imported, and how that is known.

Names come from what the importer registers (table["Conv"] = ... in lib/Import) and from ONNX's own definitions of
operators as functions of others, which the importer expands. Versions come from ONNX's schemas, types from models that
the compiler is asked to import, numbers of node tests from test/onnx/run.py.
"""

import re
from pathlib import Path

import onnx
from onnx import defs

from convopt.docs.blocks import table
from convopt.testing import node_cases
from convopt.testing.node_cases import CONSTANT_OPERANDS, NEWEST_OPSET

OLDEST_OPSET = 1
# The domains of the standard whose operators are imported: ONNX's own, and classical machine learning.
DOMAINS = ("", "ai.onnx.ml")
# Graphs that run when control comes to them: no operations, so nothing registers them.
CONTROL_FLOW = {"If", "Loop", "Scan"}
_HEAD = ["operator", "versions", "types", "how", "node tests"]
_KINDS = {
    "float": ["f16", "bf16", "f32", "f64"],
    "int": ["i8", "i16", "i32", "i64"],
    "uint": ["u8", "u16", "u32", "u64"],
}


def registered(root: Path, folder: str) -> set:
    """The operators that the files of lib/Import/FOLDER register."""
    files = sorted((root / "lib/Import" / folder).glob("*.cpp"))
    return {name for file in files for name in re.findall(r'table\["(\w+)"\]', file.read_text())}


def schemas() -> dict:
    """The schemas of each operator of the standard's domains that any opset uses, the oldest first."""
    found = {}
    for schema in defs.get_all_schemas_with_history():
        if schema.domain in DOMAINS and schema.since_version <= NEWEST_OPSET:
            found.setdefault(schema.name, []).append(schema)
    for name, entries in found.items():
        entries.sort(key=lambda schema: schema.since_version)
        used = [s for s, after in zip(entries, entries[1:], strict=False) if after.since_version > OLDEST_OPSET]
        found[name] = [schema for schema in [*used, entries[-1]] if not schema.deprecated]
    return {name: entries for name, entries in found.items() if entries}


def ways(root: Path, counts: dict) -> dict:
    """How each operator that can be imported is: by code of its own, by its definition, or as constants alone.

    counts: the node tests of each operator, (passed, all); where it has no code of its own, one must have passed.
    """
    own, folded = registered(root, "Ops"), registered(root, "Fold")
    found = {}
    for name, entries in schemas().items():
        if name in own | CONTROL_FLOW:
            found[name] = "own code"
        elif name in folded:
            found[name] = "constants"
        elif (entries[-1].has_function or entries[-1].has_context_dependent_function) and counts.get(name, (0, 0))[0]:
            found[name] = "definition"
    if unknown := {name for name, (passed, _) in counts.items() if passed} - set(found):
        raise ValueError(f"node tests of {', '.join(sorted(unknown))} pass, but nothing registers these")
    return found


def operators_table(root: Path, counts: dict, types: dict) -> str:
    """The operators that can be imported.

    types: the element types (f32, u8, ...) of each.
    """
    rows = []
    for name, way in sorted(ways(root, counts).items()):
        domain = schemas()[name][-1].domain
        versions = ", ".join(str(schema.since_version) for schema in schemas()[name])
        versions += f" of {domain}" if domain else ""
        passed, every = counts.get(name, (0, 0))
        rows.append((f"`{name}`", versions, _grouped(types.get(name, ())), way, f"{passed} of {every}"))
    return table(_HEAD, rows)


def _grouped(types) -> str:
    left, parts = list(types), []
    for group, kinds in _KINDS.items():
        if all(kind in left for kind in kinds):
            parts.append(group)
            left = [kind for kind in left if kind not in kinds]
        else:
            parts += [kind for kind in kinds if kind in left]
    return ", ".join([*parts, *(["bool"] if "bool" in left else [])])


def count_tests(passed: dict) -> dict:
    """For each operator the node tests of it alone: (passed, all). passed: whether a test passed, by its name."""
    counts = {}
    for name, test in node_cases.paths().items():
        nodes = onnx.load(Path(test.model_dir) / "model.onnx").graph.node
        if name in passed and len(nodes) == 1 and "_expanded" not in name:
            before = counts.get(nodes[0].op_type, (0, 0))
            counts[nodes[0].op_type] = before[0] + passed[name], before[1] + 1
    return counts


def counts_in(page: str) -> dict:
    """The numbers of node tests that a page states, by operator."""
    rows = re.findall(r"^\| `(\w+)` \| .* \| (\d+) of (\d+) \|$", page, re.MULTILINE)
    return {name: (int(passed), int(every)) for name, passed, every in rows}


def same_counts(a: dict, b: dict) -> bool:
    """Whether two say the same of the operators of which tests pass."""
    return all(a.get(name, (0, 0)) == b.get(name, (0, 0)) for name, (passed, _) in [*a.items(), *b.items()] if passed)


def refused_table(root: Path, counts: dict) -> str:
    """The operators of the newest opset that are refused, with the reason that test/onnx/refused.txt gives."""
    text = (root / "test/onnx/refused.txt").read_text()
    reasons = dict(re.findall(r"^(\w+)\s{2,}(.+)$", text, re.MULTILINE))
    rows = {}
    for name in sorted(set(schemas()) - set(ways(root, counts))):
        rows.setdefault(reasons.get(name, "not needed so far"), []).append(f"`{name}`")
    return table(["operators", "why"], [(", ".join(names), why) for why, names in sorted(rows.items())])


def foreign_list(root: Path) -> str:
    """The operators of other domains that are expanded: those of com.microsoft that lib/Import/Expand registers."""
    files = sorted((root / "lib/Import/Expand").glob("*.cpp"))
    names = {name for file in files for name in re.findall(r'table\["com.microsoft:(\w+)"\]', file.read_text())}
    return ", ".join(f"`{name}`" for name in sorted(names))


def constants_table(root: Path, counts: dict) -> str:
    """The operands that must be constants, since shapes or code depend on them."""
    rows = []
    for name in sorted(set(CONSTANT_OPERANDS) & set(ways(root, counts))):
        inputs = schemas()[name][-1].inputs
        rows.append((f"`{name}`", ", ".join(f"`{inputs[i].name}`" for i in CONSTANT_OPERANDS[name])))
    return table(["operator", "operands"], rows)
