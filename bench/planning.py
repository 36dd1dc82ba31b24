"""Plans of a network: compiled by given costs, run in turns."""

import argparse
import contextlib
import math
import os
import re
import subprocess
import time
from pathlib import Path

from convopt.primitives import catalogue
from convopt.runtime import Model, find_tool
from convopt.testing import networks

# What a choice that a plan must not take costs: a second, more than any layer.
NEVER = 1.0


def network_of(name: str) -> networks.Network:
    """The network of that name in test/models, or that of an .onnx file with random inputs."""
    path = Path(name)
    if path.suffix != ".onnx":
        return networks.network(name)
    return networks.Network(path, networks.random_inputs(networks.onnx.load(path)), None)


def add_measuring_options(parser: argparse.ArgumentParser, rounds: int, meaning: str):
    """Which networks, how often and where to run them; `rounds` unless told otherwise, which count `meaning`."""
    parser.add_argument(
        "networks", nargs="*", default=["resnet18", "mobilenet_v2", "squeezenet1_1"],
        help="names of test/models or .onnx files",
    )  # fmt: skip
    parser.add_argument("--rounds", type=int, default=rounds, help=meaning)
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="where to run")


def choices(table: str) -> dict:
    """The choice of each convolution in the table of --explain."""
    rows = [re.split(r"  +", line) for line in table.splitlines()]
    return {row[0]: row[2] for row in rows[1:] if len(row) > 2 and row[0] != "total"}


def predicted_total(table: str) -> float:
    """The last row's milliseconds."""
    return float(re.search(r"^total +([0-9.]+) ms", table, re.MULTILINE).group(1))


def compile_plan(model: Path, library: Path, *options, notes=None) -> str:
    """Compiles `model` to a shared library; returns the table of its choices. Notes go to the file `notes`."""
    command = [find_tool(), model, "--emit=shared", "--weights=external", "--explain", "-o", library, *options]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=notes, text=True).stdout


def load_plan(library: Path) -> Model:
    """A plan in pages of 2 MB: in pages of 4 KB one and the same plan differs by up to 6 % from load to load."""
    model = Model(library, huge_pages=True)
    library.with_suffix(".weights").unlink(missing_ok=True)
    return model


def measure(models: list, inputs: list, rounds: int) -> list:
    """The least milliseconds of each, taking turns."""
    least = [math.inf] * len(models)
    for _ in range(rounds):
        for i, model in enumerate(models):
            start = time.perf_counter()
            model.run(inputs)
            least[i] = min(least[i], time.perf_counter() - start)
    return [1e3 * seconds for seconds in least]


class Planner:
    """One network for this machine, compiled by costs that are the model's but for those that a plan changes."""

    def __init__(self, model: Path, folder: Path, cost_model=None, machine=()):
        """Asks for the layers with the choices that the cost model knows; all files go to `folder`.

        `machine` has options such as --features, for code that this machine runs but would not be given.
        """
        self.model, self.folder = model, folder
        own = [*machine, *([f"--cost-model={cost_model}"] if cost_model else [])]
        self.options = [*own, f"--cache-dir={folder / 'kernels'}"]
        asked = catalogue(model, *own)
        self.layers = {entry["layer"]: known for entry in asked["layers"] if (known := _known(entry["choices"]))}
        self.family = {primitive["name"]: primitive["family"] for primitive in asked["primitives"]}
        self.machine = asked["machine"]
        self.count = 0

    def candidates(self, layer: str, count: int) -> list:
        """Names of the choices that are predicted to be the fastest."""
        return [choice["name"] for choice in self.layers[layer][:count]]

    def build(self, wanted: dict) -> tuple:
        """The plan in which each layer of `wanted` has one of its choices there; (model, table of choices)."""
        self.count += 1
        costs, library = (self.folder / f"plan{self.count}{suffix}" for suffix in (".csv", ".so"))
        lines = ["layer,choice,machine,seconds"]
        for layer, known in self.layers.items():
            names = wanted.get(layer)
            for choice in known:
                seconds = choice["predicted_seconds"] if names is None or choice["name"] in names else NEVER
                lines.append(f"{layer},{choice['name']},{self.machine},{seconds:.9g}")
        costs.write_text("\n".join(lines) + "\n")
        options = [f"--measured-costs={costs}", f"--name=plan{self.count}", *self.options]
        # Of the transformations, which no plan has costs for.
        table = compile_plan(self.model, library, *options, notes=subprocess.DEVNULL)
        return load_plan(library), table


def rules(planner: Planner) -> dict:
    """For each rule that needs no model what it allows of each layer, where it says anything."""

    def family(wanted):
        return lambda known: [c["name"] for c in known if planner.family[c["primitive"]] == wanted]

    def fewest(known):
        least = min(c["product_share"] for c in known)
        return [c["name"] for c in known if c["product_share"] == least]

    tables = {"im2row": family("im2row"), "direct": family("direct"), "Winograd": family("winograd")}
    tables["fewest products"] = fewest
    return {
        name: {layer: names for layer, known in planner.layers.items() if (names := rule(known))}
        for name, rule in tables.items()
    }


@contextlib.contextmanager
def on_core(core: int):
    """Stays there meanwhile; compilations elsewhere may use all."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _known(found: list) -> list:
    return sorted((c for c in found if "predicted_seconds" in c), key=lambda c: c["predicted_seconds"])
