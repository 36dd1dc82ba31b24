"""What --cpu, --features and --force-primitive take, as tables."""

import json
import re
import subprocess
from pathlib import Path

from convopt.docs.blocks import table
from convopt.runtime import find_tool

_TARGETS = {"X86": "x86-64", "AArch64": "aarch64"}


def cpus_table(root: Path) -> str:
    """The CPUs of lib/Target/Cpus.def by target."""
    text = (root / "lib/Target/Cpus.def").read_text()
    names = re.findall(r'^CPU\("(\S+)", (\w+),', text, re.MULTILINE)
    return table(["`--target`", "`--cpu`"], _by_target((target, f"`{name}`") for name, target in names))


def features_table(root: Path) -> str:
    """The features of lib/Target/CpuFeatures.def by target, each with what it needs."""
    text = (root / "lib/Target/CpuFeatures.def").read_text()
    rows = re.findall(r'^FEATURE\((\w+), "(\S+)", "(\S*)"\)', text, re.MULTILINE)
    entries = ((target, f"`{name}`" + (f" ({needs})" if needs else "")) for target, name, needs in rows)
    return table(["`--target`", "`--features`, and what each needs"], _by_target(entries))


def _by_target(entries) -> list:
    rows = {}
    for target, entry in entries:
        rows.setdefault(_TARGETS[target], []).append(entry)
    return [(target, ", ".join(names)) for target, names in rows.items()]


def primitives_table() -> str:
    """The primitives by the bound of their relative error."""
    command = [find_tool("convopt-profile"), "--catalogue", "--layers=/dev/null"]
    catalogue = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    rows = {}
    for primitive in catalogue["primitives"]:
        rows.setdefault(primitive["error_bound"], []).append(f"`{primitive['name']}`")
    return table(["error bound", "primitives"], [(f"{bound:g}", ", ".join(rows[bound])) for bound in sorted(rows)])
