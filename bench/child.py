"""A process of its own for an engine: reads a pickled request from stdin, answers with a pickle on stdout.

An engine that crashes or hangs takes only this process along, its memory can be measured from nothing, and what it
prints stays out of the table. Imports nothing at first but numpy, so that memory is the engine's.
"""

import os
import pickle
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

import numpy  # noqa: E402, F401

import engines  # noqa: E402
from engines.task import Task  # noqa: E402

# Seconds of runs before those timed; one run at least.
WARM = 0.02


def resident(what: str) -> int:
    """Bytes of memory this process holds now (VmRSS) or held at most (VmHWM)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1]) * 1024
    raise KeyError(what)


def compile(name: str, task: Task, folder: Path) -> dict:
    """Makes an engine's files for a model. Libraries are imported before the clock starts."""
    module = engines.engine(name)
    version = module.version()
    start = time.perf_counter()
    files = module.compile(task, folder)
    seconds = time.perf_counter() - start
    # A model read as it is was not compiled.
    return {"version": version, "files": files, "compile_s": seconds if files != [task.model] else None}


def check(name: str, task: Task, files: list[Path], inputs: list) -> dict:
    """Loads and runs once: the time until the first answer, peak memory above this process's own, the answer."""
    Path("/proc/self/clear_refs").write_text("5")  # resets VmHWM
    before = resident("VmRSS")
    module = engines.engine(name)
    module.version()
    start = time.perf_counter()
    loaded = module.Loaded(task, files)
    outputs = [array.copy() for array in loaded.run(inputs)]
    load = time.perf_counter() - start
    times = []
    for _ in range(2):
        start = time.perf_counter()
        loaded.run(inputs)
        times.append((time.perf_counter() - start) * 1e3)
    return {"load_s": load, "peak_bytes": resident("VmHWM") - before, "outputs": outputs, "times_ms": times}


def interleave(entries: list, inputs: list, rounds: int, burst: int) -> dict:
    """Milliseconds of every timed run of each (name, task, files), all loaded in this one process.

    A round gives every engine a few runs to bring its data back into the caches and to wake its threads, then `burst`
    timed ones, so that a change of the machine's speed meets all of them. Before it the process rests: the threads of
    the engine before may spin for a while after its last run, which would take cores from this one.
    """
    pause = 0.05 if len(os.sched_getaffinity(0)) > 1 else 0.005
    loaded = [(name, engines.engine(name).Loaded(task, files)) for name, task, files in entries]
    times = {name: [] for name, _ in loaded}
    for _ in range(rounds):
        for name, engine in loaded:
            time.sleep(pause)
            start = time.perf_counter()
            engine.run(inputs)
            while time.perf_counter() - start < WARM:
                engine.run(inputs)
            for _ in range(burst):
                start = time.perf_counter()
                engine.run(inputs)
                times[name].append((time.perf_counter() - start) * 1e3)
    return times


def main() -> None:
    """Answers one request: (action, cores, arguments)."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    action, cores, arguments = pickle.load(sys.stdin.buffer)
    # Before any thread starts: threads inherit it.
    os.sched_setaffinity(0, cores)
    try:
        answer = {"compile": compile, "check": check, "interleave": interleave}[action](*arguments)
    except ImportError as error:
        answer = f"not installed ({error})"
    except Exception as error:
        answer = f"{type(error).__name__}: {str(error).strip() or 'no message'}".splitlines()[0]
    pickle.dump(answer, answers)
    answers.close()
    # Some engines' threads do not end by themselves, or crash when they do.
    os._exit(0)


if __name__ == "__main__":
    main()
