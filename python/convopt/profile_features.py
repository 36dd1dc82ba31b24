"""What the compiler knows of a profile's samples: their features, and how many choices their layers have.

convopt-profile is asked, since nobody else computes features. Answers are kept under $CONVOPT_CACHE, by default
~/.cache/convopt/features, by the contents of the profile and of the program.
"""

import hashlib
import json
import os
import pathlib
import subprocess
import tempfile

import numpy as np

from convopt.primitives import catalogue
from convopt.runtime import CompileError, find_tool

# In a machine's description: the seconds of the samples beside it were not measured.
MODELLED = "modelled"


def is_modelled(path):
    """Whether a profile's seconds come from static analysis (convopt.static), as what stands beside it says."""
    try:
        return bool(json.loads(pathlib.Path(path).with_suffix(".json").read_text()).get(MODELLED))
    except (OSError, ValueError, AttributeError):
        return False


def _cache():
    folder = os.environ.get("CONVOPT_CACHE") or pathlib.Path.home() / ".cache" / "convopt" / "features"
    return pathlib.Path(folder)


def machine_options(machine, target="host"):
    """Options of convopt-profile for a machine's name, as znver4/256 (SampleRows.h): CPU and width of vectors.

    znver4/128x32 is AVX-512 with all its registers and vectors of 128 bits.
    """
    cpu, _, bits = machine.partition("/")
    if target not in ("host", "x86-64"):
        return [f"--target={target}", f"--cpu={cpu}"]
    edits = {
        "256": "-avx512f",
        "256x32": "+prefer-256-bit",
        "128": "-avx512f,-avx",
        "128x32": "+prefer-128-bit",
    }
    return [f"--cpu={cpu}", *([f"--features={edits[bits]}"] if bits in edits else [])]


def version():
    """The version of the features that convopt-profile computes."""
    try:
        return catalogue()["features_version"]
    except KeyError:
        raise SystemExit(f"{find_tool('convopt-profile')}: does not say the version of its features") from None


def _machine_of(path):
    with open(path) as file:
        names = file.readline().strip().split(",")
        return file.readline().split(",")[names.index("machine")]


def table_of(path):
    """The path of the profile's table with all features, made by convopt-profile --feature-table if it is new."""
    try:
        tool = find_tool("convopt-profile")
    except FileNotFoundError as error:
        raise SystemExit(f"{path}: has no features, and {error}") from None
    # The machine is what stands beside the profile.
    beside = pathlib.Path(path).with_suffix(".json")
    parts = [pathlib.Path(part).read_bytes() for part in (path, beside, tool) if pathlib.Path(part).exists()]
    key = hashlib.sha256(b"".join(parts)).hexdigest()[:32]
    table = _cache() / f"{key}.csv"
    if table.exists():
        return table
    table.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not there, whoever else makes it at the same time.
    with tempfile.TemporaryDirectory(dir=table.parent) as folder:
        made = pathlib.Path(folder) / "table.csv"
        command = [tool, f"--feature-table={path}", *machine_options(_machine_of(path)), "-o", "-"]
        with open(made, "w") as file:
            result = subprocess.run(list(map(str, command)), stdout=file, stderr=subprocess.PIPE, text=True)
        if result.returncode:
            said = result.stderr.strip() or f"convopt-profile ended with status {result.returncode}"
            raise SystemExit(f"{path}: {said}")
        made.rename(table)
    return table


def families():
    """The family of each primitive of the catalogue; none where there is no convopt-profile."""
    try:
        return {entry["name"]: entry["family"] for entry in catalogue()["primitives"]}
    except (FileNotFoundError, CompileError):
        return {}


def choice_counts(samples):
    """How many choices the catalogue has for the layer of each sample; 0 where nobody can say."""
    counts = np.zeros(len(samples))
    # Of choices in fewer bits than the layer's nobody asks.
    own = samples.precisions() == ""
    for machine in np.unique(samples.machines):
        rows = np.flatnonzero((samples.machines == machine) & own)
        layers = np.unique(samples.layers[rows])
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.writelines(f"{layer}\n" for layer in layers)
            file.flush()
            try:
                wanted = (f"--layers={file.name}", "--cost-model=none", *machine_options(machine))
                known = catalogue(None, *wanted)["layers"]
            except (FileNotFoundError, CompileError):
                continue
        number = {entry["layer"]: len(entry["choices"]) for entry in known}
        counts[rows] = [number.get(layer, 0) for layer in samples.layers[rows]]
    return counts
