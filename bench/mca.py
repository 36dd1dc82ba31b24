"""How close are the inner loops of aarch64 code to what the multiply-add units can take?

    PYTHONPATH=python python bench/mca.py [LAYER ...] [--cpu=cortex-a76] [--pin='direct variant = "6x4" ...'] [-o FILE]

Compiles layers for several CPUs with each primitive that supports them, takes from the assembly the innermost loops
that do most of the arithmetic, and has llvm-mca count their cycles, all data in L1. A loop's share is its rate of
vector arithmetic over the rate of a block of independent multiply-adds, counted by the same model of the CPU. Loops
that sum and loops that transform, as Winograd's do, have a row each: of the largest ones, the worst.
A layer is C-K-HxW-RxS[-sSTRIDE][-gGROUPS], such as 64-64-56x56-3x3.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from convopt.primitives import catalogue

ROOT = pathlib.Path(__file__).resolve().parent.parent
COMPILER = pathlib.Path(os.environ.get("CONVOPT_BIN", ROOT / "build/release/bin")) / "convopt-compile"
MCA = "llvm-mca-19"
CPUS = ["cortex-a72", "cortex-a76", "neoverse-n1"]
LAYERS = [
    "64-256-56x56-1x1",
    "256-512-28x28-1x1-s2",
    "512-2048-7x7-1x1",
    "24-144-56x56-1x1",
    "3-64-112x112-7x7-s2",
    "64-64-56x56-3x3",
    "256-256-14x14-3x3",
    "128-128-28x28-3x3-s2",
    "144-144-56x56-3x3-g144",
    "240-240-14x14-5x5-g240",
    "128-128-28x28-3x3-g32",
]
ARITHMETIC = re.compile(r"^\s+(fmla|fmls|fmul|fadd|fsub|fneg)\s+v\d+\.4s")
SUM = re.compile(r"^\s+fml[as]\s+v\d+\.4s")


def primitives():
    """Every primitive's name."""
    return [primitive["name"] for primitive in catalogue()["primitives"]]


def module(layer, primitive):
    """A function with one convolution, which has a window's worth of zeros around its input."""
    match = re.fullmatch(r"(\d+)-(\d+)-(\d+)x(\d+)-(\d+)x(\d+)(?:-s(\d+))?(?:-g(\d+))?", layer)
    if not match:
        sys.exit(f"{layer}: expected C-K-HxW-RxS[-sSTRIDE][-gGROUPS]")
    c, k, h, w, r, s, stride, groups = (int(n or 1) for n in match.groups())
    size = [(out - 1) * stride + window for out, window in ((h, r), (w, s))]
    if groups == 1:
        op, x, f = "conv_2d_nchw_fchw", [1, c, *size], [k, c, r, s]
        y = [1, k, h, w]
    elif groups == c == k:
        op, x, f = "depthwise_conv_2d_nchw_chw", [1, c, *size], [c, r, s]
        y = [1, c, h, w]
    else:
        op, x, f = "conv_2d_ngchw_gfchw", [1, groups, c // groups, *size], [groups, k // groups, c // groups, r, s]
        y = [1, groups, k // groups, h, w]
    x, f, y = (f"tensor<{'x'.join(map(str, dims))}xf32>" for dims in (x, f, y))
    return f"""func.func @main(%x: {x}) -> {y} {{
  %w = arith.constant dense<0.5> : {f}
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : {y}
  %init = linalg.fill ins(%zero : f32) outs(%e : {y}) -> {y}
  %y = linalg.{op} {{convopt.pinned, convopt.primitive = #convopt.primitive<{primitive}>,
    strides = dense<{stride}> : tensor<2xi64>}} ins(%x, %w : {x}, {f}) outs(%init : {y}) -> {y}
  return %y : {y}
}}
"""


def compile_layer(layer, primitive, cpu, folder):
    """The choice in words and the assembly of the convolution's kernel; None where they do not fit."""
    source = pathlib.Path(folder) / "layer.mlir"
    source.write_text(module(layer, primitive))
    command = [COMPILER, source, "--target=aarch64", f"--cpu={cpu}", "--emit=asm", "--explain", "-o", f"{folder}/asm"]
    done = subprocess.run(command, capture_output=True, text=True)
    if "does not support" in done.stderr:
        return None
    if done.returncode:
        sys.exit(done.stderr.strip())
    choice = re.search(rf"({primitive.split()[0]} \S+->\S+ \S+)", done.stdout)
    (kernel,) = pathlib.Path(folder, "asm").glob("conv_*.s")
    return choice.group(1), kernel.read_text()


def innermost_loops(assembly):
    """The bodies of loops that are one basic block, as lists of instructions."""
    label, block = None, []
    for line in assembly.splitlines():
        line = line.split("//")[0].rstrip()
        if match := re.match(r"(\.L\w+):", line):
            label, block = match.group(1), []
            continue
        if not line or line.lstrip().startswith("."):
            continue
        block.append(line)
        if branch := re.match(r"\s+(?:b|b\.\w+|cbn?z\s+\w+,|tbn?z\s+\w+,\s*#\d+,)\s+(\.L\w+)$", line):
            if branch.group(1) == label:
                yield block
            label, block = None, []


def count(pattern, block):
    """Lines of `block` that match."""
    return sum(bool(pattern.match(line)) for line in block)


def rate(block, cpu):
    """Vector operations a cycle of `block`, repeated."""
    command = [MCA, "-mtriple=aarch64", f"-mcpu={cpu}", "-iterations=100"]
    command += ["-instruction-info=0", "-resource-pressure=0"]
    text = "\n".join(block) + "\n"
    summary = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    cycles = int(re.search(r"Total Cycles:\s+(\d+)", summary).group(1))
    return 100 * count(ARITHMETIC, block) / cycles


def largest_loops(assembly):
    """By kind, those that do at least half as much arithmetic as the largest."""
    kinds = {"sum": [], "transform": []}
    for loop in innermost_loops(assembly):
        size = count(ARITHMETIC, loop)
        if size:
            kinds["sum" if count(SUM, loop) > 0.6 * size else "transform"].append(loop)
    for kind, loops in kinds.items():
        most = max((count(ARITHMETIC, loop) for loop in loops), default=0)
        kinds[kind] = [loop for loop in loops if 2 * count(ARITHMETIC, loop) >= most]
    return kinds


def measure(layer, primitive, cpu, peak):
    """The rows of the table."""
    with tempfile.TemporaryDirectory() as folder:
        compiled = compile_layer(layer, primitive, cpu, folder)
    if compiled is None:
        return []
    choice, assembly = compiled
    rows = []
    for kind, loops in largest_loops(assembly).items():
        if loops:
            worst = min(loops, key=lambda loop: rate(loop, cpu))
            rows.append((layer, cpu, choice, kind, count(ARITHMETIC, worst), rate(worst, cpu) / peak))
    return rows


def main():
    """The command line, and a row a loop."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("layers", nargs="*", default=LAYERS, metavar="LAYER")
    parser.add_argument("--cpu", action="append", help="can be given more than once")
    parser.add_argument("--pin", action="append", help="a primitive, as in #convopt.primitive<...>")
    parser.add_argument("-o", dest="output", type=argparse.FileType("w"), default=sys.stdout, help="where to write CSV")
    args = parser.parse_args()
    cpus = args.cpu or CPUS
    fused = [f"\tfmla v{i}.4s, v30.4s, v31.4s" for i in range(24)]
    peaks = {cpu: rate(fused, cpu) for cpu in cpus}
    jobs = [(layer, pin, cpu, peaks[cpu]) for layer in args.layers for pin in args.pin or primitives() for cpu in cpus]
    print("layer,cpu,choice,loop,operations,share", file=args.output)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for rows in pool.map(lambda job: measure(*job), jobs):
            for row in rows:
                print("{},{},{},{},{},{:.3f}".format(*row), file=args.output, flush=True)


if __name__ == "__main__":
    main()
