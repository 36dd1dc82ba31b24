"""Kill compilations and measurements at random moments: nothing half-written may stay, and the next run must go on.

    ./dev build convopt-compile convopt-profile; PYTHONPATH=python .deps/venv/bin/python bench/kill.py [COUNT]

COUNT (200) compilations of a small network get SIGKILL, then as many runs of convopt-profile; the moments are spread
evenly over the time that a whole run takes. After each kill, every output is absent or whole: the bytes that a run
without a kill gives, or a table of whole rows (but for a last one that is cut off) and JSON that parses. Then the same
command runs to its end beside what the killed one has left: a compilation gives the same bytes, a profile has all its
samples, with each pass that had been written. Every fourth time the cache of kernels begins empty. Prints how many
runs that took, how many files with temporary names they left and how much of a profile a second run still had to do.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import onnx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

from convopt import runtime  # noqa: E402
from convopt.testing.builder import Builder  # noqa: E402

LAYERS = "c=8 k=16 h=7 w=7 r=3x3 p=1x1x1x1\nc=16 k=8 h=7 w=7\n"


class Failure(Exception):
    """What must not be."""


def small_network() -> onnx.ModelProto:
    """Of several kernels."""
    b = Builder("small")
    x = b.input(1, 3, 16, 16)
    for channels in ((3, 8), (8, 8), (8, 16)):
        x = b.add("Relu", b.conv(x, channels))
    x = b.add("Flatten", b.add("GlobalAveragePool", x))
    return b.model(b.add("Softmax", b.add("Gemm", x, b.weight(16, 4)), axis=-1))


def environment(folder: Path) -> dict:
    """Temporary files go where they are seen."""
    (folder / "tmp").mkdir(exist_ok=True)
    return os.environ | {"TMPDIR": str(folder / "tmp")}


def finish(command: list, folder: Path) -> float:
    """Runs `command` to its end, which must be a good one; the seconds that takes."""
    start = time.monotonic()
    result = subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True)
    if result.returncode:
        raise Failure(f"{' '.join(map(str, command))}: exit status {result.returncode}: {result.stderr[-1000:]}")
    return time.monotonic() - start


def kill(command: list, folder: Path, seconds: float) -> bool:
    """Runs `command`, kills it after so long; whether it was still at work then."""
    with open(folder / "messages", "w") as messages:
        child = subprocess.Popen(command, cwd=folder, env=environment(folder), stdout=messages, stderr=messages)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
        status = child.wait()
    if status not in (0, -signal.SIGKILL):
        raise Failure(f"exit status {status}: {(folder / 'messages').read_text()[-1000:]}")
    return status != 0


class Variant(NamedTuple):
    """A way to compile: its command, its outputs as they must be, the seconds without and with a cache of kernels."""

    command: list
    whole: dict
    cold: float
    warm: float


def variant(command: list, names: list, folder: Path) -> Variant:
    """As a run without a kill has it."""
    shutil.rmtree(folder / "cache", ignore_errors=True)
    cold = finish(command, folder)
    warm = finish(command, folder)
    return Variant(command, {name: (folder / name).read_bytes() for name in names}, cold, warm)


def compilations(count: int, folder: Path, numbers: random.Random) -> str:
    """Kills `count` of them at work; says what came of it."""
    onnx.save(small_network(), folder / "small.onnx")
    compiler = [runtime.find_tool().resolve(), "small.onnx", "--target=x86-64", "--cache-dir=cache", "-o"]
    shared = [*compiler, "model.so", "--emit=shared", "--weights=external"]
    variants = [
        variant([*compiler, "model.o"], ["model.o", "model.h"], folder),
        variant(shared, ["model.so", "model.h", "model.weights"], folder),
    ]
    known = {"small.onnx", "cache", "tmp", "messages"}.union(*(v.whole for v in variants))
    died = left = tried = 0
    while died < count:
        i, tried = tried, tried + 1
        command, whole, cold, warm = variants[i % 2]
        for name in known - {"small.onnx", "cache", "tmp", "messages"}:
            (folder / name).unlink(missing_ok=True)
        is_cold = i // 2 % 4 == 0
        if is_cold:
            shutil.rmtree(folder / "cache", ignore_errors=True)
        died += kill(command, folder, numbers.uniform(0, cold if is_cold else warm))
        for name, contents in whole.items():
            if (folder / name).exists() and (folder / name).read_bytes() != contents:
                raise Failure(f"{name} was there, and not whole")
        odd = [path for path in folder.iterdir() if path.name not in known]
        left += len(odd) + len(list((folder / "tmp").iterdir()))
        seconds = finish(command, folder)
        # A busy machine has become idle, or the reverse.
        if not is_cold:
            variants[i % 2] = Variant(command, whole, cold * seconds / warm, seconds)
        for name, contents in whole.items():
            if (folder / name).read_bytes() != contents:
                raise Failure(f"{name} has other bytes after a kill")
        for path in odd:
            path.unlink(missing_ok=True)
        shutil.rmtree(folder / "tmp")
    return f"{died} of {tried} compilations killed, {left} files with temporary names left, all went on right"


def rows_of(table: Path) -> list:
    """The whole rows of a table of samples: their first three cells and threads, and the passes."""
    lines = table.read_text().split("\n")[:-1] if table.exists() else []
    rows = []
    for line in lines[1:]:
        cells = line.split(",")
        if len(cells) != 7:
            raise Failure(f"not a whole row: {line}")
        rows.append(((*cells[:3], cells[5]), cells[6].split()))
    return rows


def passes_of(table: Path) -> dict:
    """The passes of each sample."""
    passes = {}
    for key, values in rows_of(table):
        passes.setdefault(key, []).extend(values)
    return passes


def profiles(count: int, folder: Path, numbers: random.Random) -> str:
    """Kills `count` of them at work; says what came of it."""
    (folder / "layers.txt").write_text(LAYERS)
    table, machine, passes = folder / "table.csv", folder / "table.json", 2
    tool = runtime.find_tool().resolve().with_name("convopt-profile")
    options = ["--choices-per-layer=2", "--seconds=0.001", f"--passes={passes}", "--repeat=0"]
    command = [tool, "--layers=layers.txt", "--kernel-cache=cache", "-o", table.name, *options]
    cold = finish(command, folder)
    wanted = sorted(passes_of(table))
    table.unlink()
    warm = finish(command, folder)
    died = kept = left = tried = 0
    while died < count:
        i, tried = tried, tried + 1
        table.unlink(missing_ok=True)
        machine.unlink(missing_ok=True)
        if i % 4 == 0:
            shutil.rmtree(folder / "cache", ignore_errors=True)
        died += kill(command, folder, numbers.uniform(0, warm if i % 4 else cold))
        before = passes_of(table)
        kept += sum(map(len, before.values()))
        if machine.exists() and machine.read_text():
            json.loads(machine.read_text())
        left += len(list((folder / "tmp").iterdir()))
        finish(command, folder)
        after = passes_of(table)
        if sorted(after) != wanted or any(len(values) != passes for values in after.values()):
            raise Failure(f"another profile: {after}")
        for key, values in before.items():
            if after[key][: len(values)] != values:
                raise Failure(f"{key}: {values} became {after[key]}")
        json.loads(machine.read_text())
        shutil.rmtree(folder / "tmp")
    part = kept / (tried * passes * len(wanted))
    return (
        f"{died} of {tried} profiles killed, {left} temporary files left, all went on right with "
        f"{part:.0%} of the samples there"
    )


def main() -> None:
    """As the module says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=200, help="kills of each tool")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--only", choices=["compile", "profile"], help="one of the tools")
    arguments = parser.parse_args()
    for name, work in (("compile", compilations), ("profile", profiles)):
        if arguments.only in (None, name):
            with tempfile.TemporaryDirectory(prefix="convopt-kill-") as folder:
                try:
                    print(work(arguments.count, Path(folder), random.Random(arguments.seed)), flush=True)
                except Failure as failure:
                    sys.exit(f"kill.py: {failure}")


if __name__ == "__main__":
    main()
