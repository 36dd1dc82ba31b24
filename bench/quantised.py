"""Compares networks in 8-bit integers with ONNX Runtime, optimisations off, on many random inputs.

    PYTHONPATH=python python bench/quantised.py [NETWORK...] [--kinds u8s8,s8s8] [--targets host,aarch64]
        [--inputs 100] [--exact]

Networks are those of test/models, all by default; the quantised files are made in build/models. Results are multiples
of a quantum, the scale of the output. A line of each says how far the two are apart: which share of the elements
differs, which by more than a quantum, and how often the largest element is another one; so far ONNX Runtime with its
optimisations is from itself without. With --exact all of them are compared with results that f64 gives, too: ONNX
Runtime sums up in f32 what the networks have between integers. aarch64 runs under qemu where this machine is another.
Exit status 1 if more than 0.1 % of a network's elements are more than a quantum apart, and twice as many as ONNX
Runtime's own; with --exact, apart from the exact ones, and half as many again as ONNX Runtime's.
"""

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

import numpy as np  # noqa: E402

import convopt  # noqa: E402
from convopt.testing import programs, quantised_networks  # noqa: E402

TARGETS = ("host", "aarch64")
SOURCE = ROOT / "test" / "e2e" / "run_model.c"


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", metavar="NETWORK")
    parser.add_argument("--kinds", default=",".join(quantised_networks.KINDS))
    parser.add_argument("--targets", default="host,aarch64")
    parser.add_argument("--inputs", type=int, default=100, help="of each network (100)")
    parser.add_argument("--exact", action="store_true", help="compare with the exact results too")
    arguments = parser.parse_args()
    arguments.networks = arguments.networks or quantised_networks.names()
    all_names = {"networks": quantised_networks.names(), "kinds": quantised_networks.KINDS, "targets": TARGETS}
    for given, known in all_names.items():
        names = getattr(arguments, given)
        names = names.split(",") if isinstance(names, str) else names
        setattr(arguments, given, names)
        if unknown := [name for name in names if name not in known]:
            parser.error(f"{unknown[0]} is none of the {given}: {', '.join(known)}")
    if arguments.inputs < 1:
        parser.error("--inputs is at least 1")
    return arguments


def runner(path: Path, target: str, folder: Path):
    """A function from a list of inputs to the one output, of the file compiled for a target."""
    if target == "host":
        model = convopt.Model(convopt.compile_file(path, folder / "model.so", emit="shared"))
        return lambda inputs: model.run(inputs)[0]
    built = convopt.compile_file(path, folder / "model.o", target=target, name="model")
    flags = [f'-DHEADER="{built.with_suffix(".h")}"', "-DMODEL=model_model"]
    program = programs.link(folder / "model.exe", [SOURCE], [built], target, flags)

    def run(inputs):
        files = [folder / f"input{i}" for i in range(len(inputs))]
        for file, array in zip(files, inputs, strict=True):
            array.tofile(file)
        programs.execute(program, *files, folder / "output", target=target)
        return np.fromfile(folder / "output", np.float32)

    return run


def judge(name: str, kind: str, targets: list, count: int, exactly: bool) -> dict:
    """Judgements of each target, and ONNX Runtime's own, against each reference."""
    path = quantised_networks.network(name, kind)
    with tempfile.TemporaryDirectory(prefix="convopt-") as folder:
        folders = {target: Path(folder) / target for target in targets}
        for each in folders.values():
            each.mkdir()
        runners = {target: runner(path, target, each) for target, each in folders.items()}
        return quantised_networks.judge(name, path, runners, count, exactly)


def main() -> int:
    """Judges the networks of the command line."""
    arguments = parse()
    columns = f"{'by':18} {'from':18} {'differ':>8} {'by > 1':>8} {'largest':>7} {'other top':>9}"
    print(f"{'network':20} {'kind':5} {columns}")
    good = True
    for name in arguments.networks:
        for kind in arguments.kinds:
            judged = judge(name, kind, arguments.targets, arguments.inputs, arguments.exact)
            for against, runners in judged.items():
                for by, found in runners.items():
                    line = f"{found.differ:8.2%} {found.beyond:8.2%} {found.largest:7.0f} {found.other_top:9}"
                    print(f"{name:20} {kind:5} {by:18} {against:18} {line}", flush=True)
            good &= all(quantised_networks.is_good(judged, target) for target in arguments.targets)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
