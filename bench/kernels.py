"""Times every kernel of a network with convopt-run, and holds it against what the machine could do."""

import json
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from convopt import runtime
from convopt.primitives import catalogue

# A kernel at this share of a limit of the machine is held by that limit.
NEAR = 0.6
LIMITS = ("arithmetic", "fewer operations", "memory", "neither")


@dataclass
class Machine:
    """What one inference could reach at most; operations and bytes a second."""

    flops: float
    #: Bytes a second of copying, by the bytes that are touched: the caches and the memory.
    bandwidths: list[tuple[int, float]]
    #: Bytes of all weights of the network: each is read once a run, so they come from whatever holds them all.
    weights: int = 0

    def bandwidth(self, touched: int) -> float:
        """That of the smallest size measured which holds `touched` bytes."""
        return next((rate for size, rate in self.bandwidths if touched <= size), self.bandwidths[-1][1])


@dataclass
class Kernel:
    """One launch: its least time over all runs, what it computes and moves."""

    kind: str
    node: str
    shape: str
    primitive: str
    seconds: float
    operations: float
    bytes: int
    weights: int
    #: Whether its primitive needs fewer operations than its layer is counted with.
    saves: bool = False

    def arithmetic(self, machine: Machine) -> float:
        """Share of peak. Above one where a Winograd primitive needs fewer operations than the layer is counted with."""
        return self.operations / self.seconds / machine.flops

    def moving(self, machine: Machine) -> float:
        """Seconds that moving its bytes takes: the weights from where all are kept, the rest from its own cache."""
        rest = max(0, self.bytes - self.weights)
        return self.weights / machine.bandwidth(machine.weights) + rest / machine.bandwidth(rest)

    def traffic(self, machine: Machine) -> float:
        """Share of its time that moving its bytes would take."""
        return self.moving(machine) / self.seconds

    def limit(self, machine: Machine) -> str:
        """What holds it: one of LIMITS."""
        arithmetic, traffic = self.arithmetic(machine), self.traffic(machine)
        if self.saves:
            return "memory" if traffic >= NEAR else "fewer operations"
        if max(arithmetic, traffic) < NEAR:
            return "neither"
        return "arithmetic" if arithmetic >= traffic else "memory"

    def roofline(self, machine: Machine) -> float:
        """The least seconds that arithmetic or moving takes; only the latter where the operations are not known."""
        least = 0 if self.saves else self.operations / machine.flops
        return max(least, self.moving(machine))


@dataclass
class Sum:
    """Several kernels together: seconds, seconds of their rooflines, shares of peak and of bandwidth."""

    seconds: float
    roofline: float
    arithmetic: float
    traffic: float


def total(members: list[Kernel], machine: Machine) -> Sum:
    """The sum of `members`."""
    seconds = sum(kernel.seconds for kernel in members)
    return Sum(
        seconds,
        sum(kernel.roofline(machine) for kernel in members),
        sum(kernel.operations for kernel in members) / machine.flops / seconds,
        sum(kernel.moving(machine) for kernel in members) / seconds,
    )


def copying_bandwidth(touched: int, seconds: float = 0.1) -> float:
    """Bytes read and written a second when half of `touched` bytes is copied to the other half, at best."""
    source = np.ones(touched // 2, np.uint8)
    target = np.zeros_like(source)
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        np.copyto(target, source)
        best = min(best, time.perf_counter() - start)
    return touched / best


def measure(model: Path, threads: int, core: int | None, repeat: int, options: list[str]) -> tuple[list, float, float]:
    """The kernels of `model` in their order, seconds of the fastest run, operations a second at peak."""
    with tempfile.TemporaryDirectory(prefix="convopt-where-") as folder:
        library = compile_profiled(model, Path(folder) / "model.so", threads, options)
        return time_library(library, core, repeat, catalogue(model, *_machine_options(options)))


def compile_profiled(model: Path, library: Path, threads: int, options: list[str]) -> Path:
    """Compiles `model` so that its kernels can be timed; `options` are further ones, as on the command line."""
    given = dict(option.lstrip("-").partition("=")[::2] for option in options)
    given = {name: value or True for name, value in given.items()}
    return runtime.compile_file(model, library, emit="shared", profile=True, threads=threads, **given)


def _machine_options(options: list[str]) -> list[str]:
    """Those of convopt-compile's options that decide which choices there are."""
    return [option for option in options if option.lstrip("-").startswith(("cpu=", "features="))]


def time_library(library: Path, core: int | None, repeat: int, known: dict | None = None) -> tuple[list, float, float]:
    """As measure(), of a library that compile_profiled() made.

    `known` is the catalogue for its model; without it kernels have no bytes of weights and save no operations.
    """
    with tempfile.TemporaryDirectory(prefix="convopt-where-") as folder:
        trace = Path(folder) / "trace.json"
        command = [runtime.find_tool("convopt-run"), library, f"--repeat={repeat}", "--warmup=3", "--profile"]
        command += [f"--trace={trace}"] + ([f"--core={core}"] if core is not None else [])
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        events = json.loads(trace.read_text())
    peak = float(re.search(r"peak ([\d.]+) GFLOP/s", text)[1]) * 1e9
    runs: list[list[dict]] = []
    for event in events:
        if event["cat"] == "run":
            runs.append([])
        else:
            runs[-1].append(event)
    whole = min(event["dur"] for event in events if event["cat"] == "run") / 1e6
    facts = Facts(known or {"primitives": [], "layers": []})
    return [_fastest(launches, facts) for launches in zip(*runs, strict=True)], whole, peak


class Facts:
    """What the catalogue for a model says of its choices, by the texts that a profile has."""

    def __init__(self, known: dict):
        """Look up in `known`, as convopt.primitives.catalogue returns it."""
        self.saving = {primitive["name"] for primitive in known["primitives"] if primitive["fewer_operations"]}
        self.choices = {
            (layer["shape"], choice["name"]): choice for layer in known["layers"] for choice in layer["choices"]
        }

    def of(self, shape: str, choice: str) -> tuple[int, bool]:
        """Bytes of the packed filter, and whether there are fewer operations than the layer is counted with."""
        found = self.choices.get((shape, choice))
        return (found["packed_filter_bytes"], found["primitive"] in self.saving) if found else (0, False)


def _fastest(events: tuple[dict, ...], facts: Facts) -> Kernel:
    # The trace has microseconds, and the rate in place of the operations.
    event = min(events, key=lambda event: event["dur"])
    about, seconds = event["args"], max(event["dur"], 1e-3) / 1e6
    return Kernel(
        event["name"].removeprefix("conv_"),
        about["node"],
        about["shape"],
        about["primitive"],
        seconds,
        about["GFLOP/s"] * 1e9 * seconds,
        about["bytes"],
        *facts.of(about["shape"], about["primitive"]),
    )
