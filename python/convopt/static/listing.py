"""A folder of listings, as convopt-profile --listings writes it, to a table: a row a kernel with what was counted."""

import csv
import json
import pathlib
import sys
from dataclasses import dataclass

from convopt.static.kernel import read_kernel
from convopt.static.mca import Cycles
from convopt.static.values import Unknown

# Kernels that are in memory at a time; their blocks are one or a few processes of llvm-mca.
BATCH = 64
# The second argument of a sample's kernel: its packed weights.
WEIGHTS = "in1.buffer"
LEVELS = ("l1", "l2", "l3")


@dataclass
class Counted:
    """Of one sample's kernel: what it takes of each resource in one call."""

    layer: str
    choice: str
    machine: str
    primitive: str
    cycles: float  # With all data in the first level.
    instructions: float
    loop_ends: float  # Of innermost loops: branches that are foreseen wrongly.
    into: dict  # Bytes into each level.
    out: dict  # Bytes out of each, that were written.


def _read(folder, row):
    path = folder / row["kernel"]
    try:
        return read_kernel(path.with_suffix(".s").read_text(), path.with_suffix(".ll").read_text())
    except Unknown as error:
        print(f"left out {row['layer']} {row['choice']}: {error} is not clear", file=sys.stderr)
    return None


def count_listing(folder, cpu=None, progress=None):
    """The machine's description and a Counted of each kernel; `cpu` is llvm-mca's model, by default the machine's."""
    folder = pathlib.Path(folder)
    machine = json.loads((folder / "machine.json").read_text())
    with open(folder / "index.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    counted, result = Cycles(machine["triple"], cpu or machine["cpu"]), []
    for start in range(0, len(rows), BATCH):
        some = [(row, _read(folder, row)) for row in rows[start : start + BATCH]]
        some = [(row, kernel) for row, kernel in some if kernel is not None]
        counted.learn([code for _, kernel in some for code, _ in kernel.main_code()])
        for row, kernel in some:
            through = {level: kernel.traffic.bytes(machine[f"{level}_bytes"], WEIGHTS) for level in LEVELS}
            result.append(
                Counted(
                    row["layer"], row["choice"], row["machine"], row["primitive"], kernel.cycles(counted),
                    kernel.instructions(), kernel.loop_ends, {n: t[0] for n, t in through.items()},
                    {n: t[1] for n, t in through.items()},
                )
            )  # fmt: skip
        if progress:
            progress(len(result), len(rows))
    return machine, result
