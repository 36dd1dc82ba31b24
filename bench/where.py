"""Says for networks where their time goes, what share of the machine's peak that is, and what the limit is.

    ./dev where [NETWORK...] [--threads 2] [-o docs/performance.md]

Every kernel is timed with convopt-run and held against the arithmetic peak and against the speed at which this machine
copies as many bytes. With -o the part of that file between the two marker lines is replaced.
"""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

import kernels  # noqa: E402
import report  # noqa: E402
from convopt import runtime  # noqa: E402
from convopt.testing import networks  # noqa: E402
from engines import convopt_engine  # noqa: E402
from kernels import Kernel, Machine  # noqa: E402

BEGIN, END = "<!-- bench/where.py writes from here -->", "<!-- to here -->"
# Sizes whose copies fit the second-level cache, the third, and none.
SIZES = (512 << 10, 12 << 20, 256 << 20)


def table(rows: list[tuple], heads: tuple) -> list[str]:
    """A Markdown table; the first column is text, numbers follow."""
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|--:" * (len(heads) - 1) + "|"]
    return lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows]


def shares(found: list[Kernel], machine: Machine) -> list[float]:
    """The share of the kernels' time that each of LIMITS holds."""
    total = sum(kernel.seconds for kernel in found)
    return [sum(k.seconds for k in found if k.limit(machine) == limit) / total for limit in kernels.LIMITS]


def kinds(found: list[Kernel], machine: Machine) -> list[str]:
    """A table with a line for each kind of kernel, slowest first."""
    groups: dict[str, list[Kernel]] = {}
    for kernel in found:
        groups.setdefault(kernel.kind, []).append(kernel)
    whole = sum(kernel.seconds for kernel in found)
    rows = []
    for kind, members in sorted(groups.items(), key=lambda item: -sum(k.seconds for k in item[1])):
        together = kernels.total(members, machine)
        part = together.seconds / whole
        if part >= 0.005:
            held = shares(members, machine)
            cells = f"{together.seconds * 1e3:.3f}", f"{part:.0%}", f"{together.arithmetic:.0%}"
            limit = kernels.LIMITS[held.index(max(held))]
            rows.append((f"{kind} ({len(members)})", *cells, f"{together.traffic:.0%}", limit))
    return table(rows, ("kernels", "ms", "of the time", "of peak", "of bandwidth", "limit"))


def dearest(found: list[Kernel], machine: Machine, count: int) -> list[str]:
    """The kernels, equal ones together, that stay furthest above their roofline: where there is most to gain."""
    alike: dict[str, list[Kernel]] = {}
    for kernel in found:
        if not kernel.saves:
            alike.setdefault(f"`{kernel.shape}` {kernel.primitive or kernel.kind}", []).append(kernel)
    sums = [(f"{name} ({len(members)})", kernels.total(members, machine)) for name, members in alike.items()]
    sums.sort(key=lambda item: item[1].roofline - item[1].seconds)
    rows = [
        (name, f"{s.seconds * 1e3:.3f}", f"{s.roofline * 1e3:.3f}", f"{s.arithmetic:.0%}", f"{s.traffic:.0%}")
        for name, s in sums[:count]
    ]
    return table(rows, ("furthest above their roofline", "ms", "roofline ms", "of peak", "of bandwidth"))


def section(name: str, arguments: argparse.Namespace, bandwidths: list) -> tuple[tuple, list[str]]:
    """What the document says of one network: a line of the overview, and a section."""
    model = networks.network(name).path if not name.endswith(".onnx") else Path(name)
    core = arguments.core if arguments.threads == 1 else None
    found, whole, peak = kernels.measure(model, arguments.threads, core, arguments.repeat, arguments.option)
    machine = Machine(peak * arguments.threads, bandwidths, sum(kernel.weights for kernel in found))
    operations = sum(kernel.operations for kernel in found)
    outside = max(0, whole - sum(kernel.seconds for kernel in found))
    part = f"{operations / whole / machine.flops:.0%}"
    overview = model.stem, f"{whole * 1e3:.2f}", f"{operations / 1e9:.2f}", part
    return (*overview, *(f"{share:.0%}" for share in shares(found, machine))), [
        f"### {model.stem}",
        "",
        f"{whole * 1e3:.2f} ms, {operations / whole / 1e9:.0f} GFLOP/s; {outside * 1e3:.2f} ms outside of kernels.",
        "",
        *kinds(found, machine),
        "",
        *dearest(found, machine, arguments.kernels),
        "",
    ]


def replace(path: Path, lines: list[str]) -> None:
    """Puts `lines` between the markers of the file."""
    before, _, rest = path.read_text().partition(BEGIN + "\n")
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"{path}: lacks the line '{BEGIN}' or '{END}'")
    path.write_text("\n".join([before + BEGIN, *lines, END + after]))


def main() -> None:
    """Prints or writes the sections of all networks asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", help="names of test/models (default: all) or .onnx files")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="where one thread runs")
    parser.add_argument("--repeat", type=int, default=30, help="runs; each kernel's least time counts")
    parser.add_argument("--kernels", type=int, default=4, help="how many to list that could gain most")
    parser.add_argument("--option", action="append", default=[], help="a further option for convopt-compile")
    parser.add_argument("-o", "--output", type=Path, help="the document to write into")
    arguments = parser.parse_args()
    names = arguments.networks or sorted(path.stem for path in networks.TOPOLOGIES.glob("*.onnx"))

    load = os.getloadavg()[0]
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {arguments.core})
    bandwidths = [(size, kernels.copying_bandwidth(size)) for size in SIZES]
    os.sched_setaffinity(0, everywhere)
    speeds = ", ".join(f"{rate / 1e9:.0f} GB/s within {size >> 10} KiB" for size, rate in bandwidths)
    heading = report.heading(arguments.threads, load, {"convopt": convopt_engine.version()})
    lines = ["", f"{heading}. One core copies {speeds} (read and written bytes together).", ""]
    overview, sections = [], []
    for name in names:
        try:
            one, text = section(name, arguments, bandwidths)
        except runtime.CompileError as error:
            raise SystemExit(f"{name}: {error}") from None
        overview.append(one)
        sections += text
    lines += [*table(overview, ("network", "ms", "GFLOP", "of peak", *kernels.LIMITS)), "", *sections]
    print("\n".join(lines))
    if arguments.output:
        replace(arguments.output, lines)


if __name__ == "__main__":
    main()
