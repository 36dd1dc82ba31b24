"""All choices of layers as rows of a profile that have no times yet.

    python -m convopt.candidates --layers=data/layers.txt --machine=cortex-a72/128 --target=aarch64 -o all.csv

What to measure on a new machine is chosen of them (convopt.selection), and corrections are learnt on them
(convopt.transfer --pool): a cost model prices them without measuring. Their seconds are 1, which nobody reads. Beside
them stands what machine it is, as beside any profile.
"""

import csv
import json
import pathlib
import zlib

import numpy as np

from convopt.options import new_parser
from convopt.primitives import catalogue
from convopt.profile_features import machine_options
from convopt.runtime import CompileError


def candidates(layers, machine, target="host", per_layer=None):
    """Pairs of a layer and a choice: all choices, or `per_layer` random ones, of each layer in the file `layers`.

    Also what convopt-profile says of the machine.
    """
    asked = catalogue(None, f"--layers={layers}", *machine_options(machine, target))
    if asked["machine"] != machine:
        raise SystemExit(f"--machine={machine}: there is no such machine, but {asked['machine']}")
    result = []
    for entry in asked["layers"]:
        names = [choice["name"] for choice in entry["choices"]]
        if per_layer and per_layer < len(names):
            rng = np.random.default_rng(zlib.crc32(entry["layer"].encode()))
            names = [names[i] for i in sorted(rng.choice(len(names), per_layer, replace=False))]
        result += [(entry["layer"], name) for name in names]
    return result, asked["description"]


def write_list(path, rows):
    """Rows of layer, choice and machine as a profile that has no times yet."""
    with open(path, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["layer", "choice", "machine", "seconds"])
        table.writerows([*row, 1] for row in rows)


def main():
    """Write them."""
    parser = new_parser("convopt.candidates", __doc__)
    parser.add_argument("--layers", required=True, metavar="LAYERS.txt", help="one a line")
    parser.add_argument("--machine", required=True, metavar="CPU/BITS", help="a machine's name, as znver4/256")
    parser.add_argument("--target", default="host", help="host, x86-64, aarch64 or a triple (host)")
    parser.add_argument("--per-layer", type=int, metavar="N", help="at most so many choices of each layer, at random")
    parser.add_argument("-o", dest="output", required=True, metavar="ROWS.csv")
    options = parser.parse_args()
    if options.per_layer is not None and options.per_layer < 1:
        parser.error("--per-layer is at least 1")
    try:
        rows, description = candidates(options.layers, options.machine, options.target, options.per_layer)
    except (CompileError, FileNotFoundError) as error:
        raise SystemExit(str(error)) from None
    write_list(options.output, [(layer, choice, options.machine) for layer, choice in rows])
    pathlib.Path(options.output).with_suffix(".json").write_text(json.dumps(description, indent=2) + "\n")


if __name__ == "__main__":
    main()
