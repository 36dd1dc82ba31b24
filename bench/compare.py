"""Times convopt beside other engines: same models, same input, interleaved in one process pinned to a core.

    ./dev bench [NETWORK...] [--threads 2] [--engines convopt,openvino] [-o bench/results/zen4]

Networks are those of test/models, the twelve of them by default, or paths of .onnx files. An engine that is not
installed, or cannot take a model, is left out with a line that says why: so are ncnn and MNN of a quantised one (QDQ or
QLinear operators, as convopt.quantize writes them), which the others run in integers. Writes a table; with -o PREFIX
also PREFIX.txt, PREFIX.csv and the chart PREFIX.svg.
"""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

import onnx  # noqa: E402

import chart  # noqa: E402
import engines  # noqa: E402
import measure  # noqa: E402
import report  # noqa: E402
from convopt.testing import networks, reference  # noqa: E402


def prepare(name: str) -> networks.Network:
    """A network of the tests, or any model file with random inputs."""
    if not name.endswith(".onnx"):
        return networks.network(name)
    inputs = networks.random_inputs(onnx.load(name))
    return networks.Network(Path(name), inputs, reference.run(name, inputs))


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", help="names of test/models or .onnx files")
    parser.add_argument(
        "--engines",
        default=",".join(engines.DEFAULT),
        help="those to compare (default: %(default)s; also openvino-bf16)",
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cores", help="where to run, as 0,2 (default: the last of the machine, one a thread)")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--burst", type=int, default=5, help="timed runs of an engine in a round")
    parser.add_argument("--timeout", type=float, default=180, help="seconds an engine may take to compile or load")
    parser.add_argument("--option", action="append", default=[], help="a further option for convopt-compile")
    parser.add_argument("-o", "--output", type=Path, help="prefix of the files to write")
    arguments = parser.parse_args()
    arguments.networks = arguments.networks or sorted(path.stem for path in networks.TOPOLOGIES.glob("*.onnx"))
    arguments.engines = arguments.engines.split(",")
    if unknown := [name for name in arguments.engines if name not in engines.NAMES]:
        parser.error(f"no engine is called {unknown[0]}; there are {', '.join(engines.NAMES)}")
    available = sorted(os.sched_getaffinity(0))
    cores = arguments.cores.split(",") if arguments.cores else available[-arguments.threads :]
    arguments.cores = {int(core) for core in cores}
    return arguments


def main() -> None:
    """Compares the networks of the command line."""
    arguments = parse()
    settings = measure.Settings(
        arguments.engines,
        arguments.threads,
        arguments.cores,
        arguments.rounds,
        arguments.burst,
        arguments.timeout,
        arguments.option,
    )
    rows, table = [], []

    def say(text: str) -> None:
        table.append(text)
        print(text, flush=True)

    load = os.getloadavg()[0]
    say(report.title_line())
    for name in arguments.networks:
        label = Path(name).stem if name.endswith(".onnx") else name
        for row in measure.compare(prepare(name), settings, lambda text, label=label: say(f"{label:20} {text}")):
            rows.append({"network": label, **row})
            say(report.line(rows[-1]))
    if not rows:
        raise SystemExit("compare: no engine could run any of the networks")
    heading = report.heading(arguments.threads, load, {row["engine"]: row["version"] for row in rows})
    ending = [report.summary(rows), report.EXPLANATION]
    print("\n".join(["", *ending, "", heading]))
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        text = "\n\n".join([heading, "\n".join(table), *ending]) + "\n"
        arguments.output.with_suffix(".txt").write_text(text)
        report.write_csv(rows, arguments.output.with_suffix(".csv"))
        try:
            chart.draw(rows, arguments.output.with_suffix(".svg"), heading)
        except ImportError as error:
            print(f"no chart: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
