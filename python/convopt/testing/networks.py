"""The real networks of the tests, each with an input and what ONNX Runtime answers.

python -m convopt.testing.networks [NAME...]   prepares them (all by default) and prints the paths
"""

import hashlib
import os
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx

from convopt.testing import builder, reference, unseen, weights

ROOT = Path(__file__).parents[3]
TOPOLOGIES = ROOT / "test" / "models"
LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
CACHE = Path(os.environ.get("CONVOPT_MODELS", ROOT / "build" / "models"))


class Network(NamedTuple):
    """A model file with one input and the outputs that it must give."""

    path: Path
    inputs: list
    outputs: list


def names() -> list:
    """All 21: the topologies of test/models and the onnx package's light networks."""
    return sorted(path.stem for folder in (TOPOLOGIES, LIGHT) for path in folder.glob("*.onnx"))


def build(name: str) -> onnx.ModelProto:
    """The network with its weights."""
    if name in unseen.NETWORKS:
        return unseen.NETWORKS[name]()
    if name.startswith("light_"):
        return weights.randomise_light(onnx.load(LIGHT / f"{name}.onnx"))
    return weights.expand_topology(onnx.load(TOPOLOGIES / f"{name}.onnx"))


def image(shape, generator: np.random.Generator) -> np.ndarray:
    """Random, yet with structure of every size as an image has it.

    Over white noise all that is pooled globally is nearly constant: the outputs would hardly depend on the input.
    """
    result = generator.standard_normal(shape)
    for step in (8, 32, 128):
        coarse = generator.standard_normal(shape)
        for axis in range(2, len(shape)):
            coarse = np.take(coarse, np.arange(shape[axis]) // step, axis)
        result += coarse
    return (result / 2).astype(np.float32)


def random_inputs(model: onnx.ModelProto, seed: int = 1) -> list:
    """An image for every input that is not a weight."""
    generator = np.random.default_rng(seed)
    initialised = {tensor.name for tensor in model.graph.initializer}
    shapes = [
        [dim.dim_value or 1 for dim in value.type.tensor_type.shape.dim]
        for value in model.graph.input
        if value.name not in initialised
    ]
    return [image(shape, generator) for shape in shapes]


def origin(name: str) -> str:
    """A digest of all that the network and its input are made of, by which the cache knows what is out of date."""
    files = [Path(__file__), Path(weights.__file__)]
    if name in unseen.NETWORKS:
        files += [Path(unseen.__file__), Path(builder.__file__)]
    else:
        files.append((LIGHT if name.startswith("light_") else TOPOLOGIES) / f"{name}.onnx")
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _prepared(path: Path, answers: Path, key: str):
    """What an earlier call left, if that was of the same origin; else nothing."""
    if not (path.exists() and answers.exists()):
        return None
    with np.load(answers) as data:
        if "origin" not in data or str(data["origin"]) != key:
            return None
        arrays = [[data[name] for name in data if name.startswith(kind)] for kind in ("input", "output")]
    return Network(path, *arrays)


def network(name: str, folder: Path = CACHE) -> Network:
    """Prepares `name`, one of names() or of unseen.NETWORKS, in `folder`, or takes what an earlier call left there."""
    folder.mkdir(parents=True, exist_ok=True)
    path, answers = folder / f"{name}.onnx", folder / f"{name}.npz"
    key = origin(name)
    found = _prepared(path, answers, key)
    if not found:
        model = build(name)
        inputs = random_inputs(model)
        # Two processes may do this at once: each file appears whole or not at all.
        partial = folder / f"{name}.{os.getpid()}"
        onnx.save(model, partial)
        outputs = reference.run(partial, inputs)
        os.replace(partial, path)
        arrays = {"origin": np.array(key)} | {f"input{i}": a for i, a in enumerate(inputs)}
        arrays |= {f"output{i}": a for i, a in enumerate(outputs)}
        with open(partial, "wb") as file:
            np.savez(file, **arrays)
        os.replace(partial, answers)
        found = Network(path, inputs, outputs)
    return found


if __name__ == "__main__":
    for wanted in sys.argv[1:] or names():
        print(network(wanted).path)
