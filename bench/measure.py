"""Measures every engine on one network, in processes of their own (see child.py)."""

import os
import pickle
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import engines
from convopt.testing import reference
from convopt.testing.networks import Network
from engines.task import Task
from engines.task import task as describe

# An engine this many times slower than the fastest is not timed further.
HOPELESS = 10


@dataclass
class Settings:
    """How to measure."""

    names: list[str]
    threads: int
    cores: set[int]
    rounds: int
    burst: int
    timeout: float
    options: list[str]


def ask(action: str, cores: set[int], *arguments, timeout: float):
    """The answer of a new child process; RuntimeError with one line of text if there is none."""
    request = pickle.dumps((action, cores, arguments))
    command = [sys.executable, str(Path(__file__).with_name("child.py"))]
    try:
        result = subprocess.run(command, input=request, capture_output=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"{action}: more than {timeout:.0f} s") from None
    if result.returncode or not result.stdout:
        raise RuntimeError(f"{action}: the process ended with status {result.returncode}")
    answer = pickle.loads(result.stdout)
    if isinstance(answer, str):
        raise RuntimeError(answer)
    return answer


def examine(name: str, task: Task, network: Network, settings: Settings, folder: Path) -> tuple[dict, list[Path]]:
    """A row with all but the interleaved times, and the engine's files."""
    everywhere = os.sched_getaffinity(0)
    made = ask("compile", everywhere, name, task, folder, timeout=settings.timeout)
    found = ask("check", settings.cores, name, task, made["files"], network.inputs, timeout=settings.timeout)
    pairs = zip(found["outputs"], network.outputs, strict=True)
    row = {
        "engine": engines.engine(name).NAME,
        "version": made["version"],
        "threads": settings.threads,
        "min_ms": min(found["times_ms"]),
        "median_ms": statistics.median(found["times_ms"]),
        "load_s": found["load_s"],
        "compile_s": made["compile_s"],
        "file_mb": sum(path.stat().st_size for path in made["files"]) / 1e6,
        "peak_mb": found["peak_bytes"] / 1e6,
        "error": max(reference.relative_error(a, b) for a, b in pairs),
    }
    return row, made["files"]


def compare(network: Network, settings: Settings, say) -> list[dict]:
    """A row an engine, ours first if it is among them; `say` is told of each that is left out."""
    with tempfile.TemporaryDirectory(prefix="convopt-bench-") as folder:
        rows, entries = {}, []
        task = describe(network.path, settings.threads)
        for name in settings.names:
            mine = Path(folder) / name
            mine.mkdir()
            given = replace(task, options=settings.options if name == "convopt" else [])
            try:
                rows[name], files = examine(name, given, network, settings, mine)
                entries.append((name, given, files))
            except RuntimeError as error:
                say(f"{engines.engine(name).NAME} left out: {error}")
        if not rows:
            return []
        fastest = min(row["min_ms"] for row in rows.values())
        entries = [entry for entry in entries if rows[entry[0]]["min_ms"] < HOPELESS * fastest]
        timeout = 60 + 2 * settings.rounds * (settings.burst + 2) * len(entries) * HOPELESS * fastest / 1e3
        arguments = (entries, network.inputs, settings.rounds, settings.burst)
        times = ask("interleave", settings.cores, *arguments, timeout=timeout)
        for name, values in times.items():
            rows[name] |= {"min_ms": min(values), "median_ms": statistics.median(values)}
    ours = rows.get("convopt", {}).get("min_ms")
    return [row | {"ratio": row["min_ms"] / ours if ours else None} for row in rows.values()]
