"""Instructions that one inference executes on aarch64, counted by qemu-user; no board is needed.

    ./dev build convopt-compile; .deps/venv/bin/python bench/counted.py [NETWORK...] [--kernels] [-o FILE.csv]

bench/executions.c counts how often each instruction of a program is executed, and a disassembly says what it is; what
a program of two runs executes more than a program of one run is one inference. In millions: multiply-adds of whole
vectors (fmla, fmls; of bytes sdot, smull, smlal and what adds up pairs of their products), other vector and floating-point operations, loads, stores, and what is left, which computes
addresses and branches; megabytes that are loaded. The counts are exact and the same everywhere, but no times: a core
takes two or three instructions a cycle at best, and misses of caches are not seen. --kernels has a row for each kernel,
too.
"""

import argparse
import collections
import csv
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BENCH = Path(__file__).resolve().parent
sys.path.insert(0, str(BENCH.parent / "python"))

from convopt import runtime  # noqa: E402
from convopt.testing import networks, programs, quantised_networks  # noqa: E402

CLASSES = ["fma", "other_vector", "loads", "stores", "integer_branch"]
HEADS = ["network", "kernel", "instructions", *CLASSES, "loaded_mb"]
WIDTHS = {"b": 1, "h": 2, "s": 4, "d": 8, "q": 16, "w": 4, "x": 8}
FUNCTION = re.compile(r"[0-9a-f]+ <(.+)>:")
INSTRUCTION = re.compile(r"\s*([0-9a-f]+):\s+(\S+)\s*(.*)")


def classify(mnemonic: str, operands: str) -> str:
    """One of CLASSES, of an instruction as objdump writes it."""
    if mnemonic in ("fmla", "fmls") and re.match(r"v\d+\.(4s|8h|2d)", operands):
        return "fma"
    if re.fullmatch(r"[su](dot|mull2?|mlal2?|adalp)", mnemonic) and operands.startswith("v"):
        return "fma"
    if re.match(r"ld|prfm", mnemonic):
        return "loads"
    if mnemonic.startswith("st"):
        return "stores"
    # A vector or a floating-point register anywhere, as in `fmov w0, s1`.
    vector = mnemonic.startswith("f") or re.search(r"(^|[ ,{])([bhsdq]\d+|v\d+\.\w+)\b", operands)
    return "other_vector" if vector else "integer_branch"


def loaded_bytes(mnemonic: str, operands: str) -> int:
    """What one execution of a load brings into registers."""
    if listed := re.match(r"\{(.*?)\}(\[\d+\])?", operands):
        names = listed.group(1).replace("-", ",").split(",")
        first, last = (int(re.search(r"\d+", name).group()) for name in (names[0], names[-1]))
        count = (last - first) % 32 + 1
        lanes, element = re.search(r"\.(\d*)([bhsd])", names[0]).groups()
        single = mnemonic.endswith("r") or listed.group(2)
        return count * WIDTHS[element] * (1 if single else int(lanes))
    registers = re.match(r"([a-z])(?:\d+|zr)(?:, ([a-z])(?:\d+|zr))?", operands)
    if not registers or mnemonic == "prfm":
        return 0
    narrow = re.fullmatch(r"ld\w*?r(?:s?([bhw]))", mnemonic)
    width = WIDTHS[narrow.group(1)] if narrow else 4 if mnemonic == "ldpsw" else WIDTHS[registers.group(1)]
    return width * (2 if registers.group(2) and mnemonic.startswith(("ldp", "ldnp")) else 1)


def instructions(program: Path):
    """(address, function, mnemonic, operands) of the program's code."""
    command = ["aarch64-linux-gnu-objdump", "-d", "--no-show-raw-insn", program]
    function = ""
    for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
        if match := FUNCTION.match(line):
            function = match.group(1)
        elif match := INSTRUCTION.match(line):
            address, mnemonic, operands = match.groups()
            yield int(address, 16), function, mnemonic, operands.split("//")[0].strip()


def executions(program: Path, inputs: Path, runs: int, folder: Path) -> collections.Counter:
    """How often `program` executes each address in so many runs."""
    plugin, counts = folder / "libexecutions.so", folder / "counts.txt"
    if not plugin.exists():
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", BENCH / "executions.c", "-o", plugin], check=True)
    # A CPU that has what kernels may use, and no SVE, of which libc would make use.
    command = ["qemu-aarch64", "-cpu", "neoverse-n1", "-plugin", f"{plugin},out={counts}", program, inputs, str(runs)]
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
    pairs = (line.split() for line in counts.read_text().splitlines())
    return collections.Counter({int(address, 16): int(count) for address, count in pairs})


def count(model: Path, inputs: list, options: dict, folder: Path) -> dict[str, collections.Counter]:
    """Of one inference of an ONNX file, by function: CLASSES and loaded bytes."""
    built, program, data = folder / "model.o", folder / "program", folder / "inputs"
    runtime.compile_file(model, built, target="aarch64", name="net", **options)
    flags = [f'-DHEADER="{built.with_suffix(".h")}"', "-DMODEL=net_model", "-static"]
    programs.link(program, [BENCH / "memory.c"], [built], "aarch64", flags)
    data.write_bytes(b"".join(array.tobytes() for array in inputs))
    once, twice = (executions(program, data, runs, folder) for runs in (1, 2))
    functions: dict[str, collections.Counter] = {}
    for address, function, mnemonic, operands in instructions(program):
        times = twice[address] - once[address]
        if times:
            counter = functions.setdefault(function, collections.Counter())
            kind = classify(mnemonic, operands)
            counter[kind] += times
            if kind == "loads":
                counter["bytes"] += times * loaded_bytes(mnemonic, operands)
    return functions


def prepared(name: str) -> tuple[Path, list]:
    """The file and the inputs of a network of test/models, or of one in 8-bit integers: squeezenet1_1.s8s8."""
    name, _, kind = name.partition(".")
    network = networks.network(name)
    return quantised_networks.network(name, kind) if kind else network.path, network.inputs


def row(network: str, kernel: str, counter: collections.Counter) -> list:
    """What HEADS says."""
    total = sum(counter[kind] for kind in CLASSES)
    numbers = [total, *(counter[kind] for kind in CLASSES), counter["bytes"]]
    return [network, kernel, *(f"{number / 1e6:.2f}" for number in numbers)]


def main() -> None:
    """The command line, and a row for each network."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", help="names of test/models, with .s8s8 in 8-bit integers (default: six of them)")
    parser.add_argument("--cpu", default="cortex-a73")
    parser.add_argument("--kernels", action="store_true", help="kernels, too, those with the most instructions first")
    parser.add_argument("--option", action="append", default=[], help="for convopt-compile: name=value")
    parser.add_argument("-o", dest="output", type=argparse.FileType("w"), help="where to write CSV")
    args = parser.parse_args()
    options = {name: value or True for name, _, value in (o.lstrip("-").partition("=") for o in args.option)}
    usual = ["squeezenet1_1", "mobilenet_v2", "mnasnet1_0", "shufflenet_v2_x1_0", "resnet18", "resnet50"]
    writer = csv.writer(args.output) if args.output else None
    form = "{:20} {:48} {:>12} {:>8} {:>12} {:>8} {:>8} {:>14} {:>10}"
    print(form.format(*HEADS))
    if writer:
        writer.writerow(HEADS)
    for name in args.networks or usual:
        path, inputs = prepared(name)
        with tempfile.TemporaryDirectory(prefix="convopt-counted-") as folder:
            functions = count(path, inputs, {"cpu": args.cpu, **options}, Path(folder))
        rows = [row(name, "", sum(functions.values(), collections.Counter()))]
        if args.kernels:
            rows += sorted((row(name, *item) for item in functions.items()), key=lambda r: -float(r[2]))
        for line in rows:
            print(form.format(*line), flush=True)
            if writer:
                writer.writerow(line)


if __name__ == "__main__":
    main()
