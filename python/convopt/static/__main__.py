"""Samples of a machine that nobody has: seconds by static analysis, in the form of a profile.

    python -m convopt.static --layers=data/layers.txt --machine=cortex-a72/128 --target=aarch64 --per-layer=7 -o a72.csv
    python -m convopt.train a72.csv -o a72-model.json --card=a72-model.md

Kernels are compiled as they would be measured, but not run: how often each block is executed is computed, llvm-mca says
what it takes, and the loops say what goes through the caches. The file beside the samples says that they are modelled,
and so do models that are trained on them. --again=PROFILE.csv takes the choices of a profile. docs/static.md has more.
"""

import subprocess
import tempfile

from convopt.options import new_parser
from convopt.profile_features import MODELLED, machine_options
from convopt.runtime import find_tool
from convopt.static.listing import count_listing
from convopt.static.mca import McaError
from convopt.static.profile import write_profile
from convopt.static.seconds import seconds


def list_kernels(options, folder):
    """Has convopt-profile write the listings of what the options ask for."""
    what = f"--layers={options.layers}" if options.layers else f"--again={options.again}"
    command = [find_tool("convopt-profile"), what, f"--choices-per-layer={options.per_layer}", f"--listings={folder}"]
    command += machine_options(options.machine, options.target)
    if subprocess.run(list(map(str, command))).returncode:
        raise SystemExit(1)


def main():
    """The command line."""
    parser = new_parser("convopt.static", __doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--layers", metavar="LAYERS.txt", help="one a line")
    source.add_argument("--again", metavar="PROFILE.csv", help="the choices of these samples")
    parser.add_argument("--machine", required=True, metavar="CPU/BITS", help="a machine's name, as cortex-a72/128")
    parser.add_argument("--target", default="host", help="host, x86-64, aarch64 or a triple (host)")
    parser.add_argument("--per-layer", default="10", metavar="N", help="so many choices of each layer, or all (10)")
    parser.add_argument("--mca-cpu", metavar="CPU", help="the CPU of whose model llvm-mca counts, if another one")
    parser.add_argument("--listings", metavar="FOLDER", help="keep the kernels' code there")
    parser.add_argument("-o", dest="output", required=True, metavar="SAMPLES.csv")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.listings or temporary
        list_kernels(options, folder)
        try:
            machine, counted = count_listing(folder, options.mca_cpu)
        except (McaError, OSError) as error:
            raise SystemExit(f"convopt.static: {error}") from None
    if not counted:
        raise SystemExit("convopt.static: there is no kernel to count")
    if machine["machine"] != options.machine:
        raise SystemExit(f"--machine={options.machine}: there is no such machine, but {machine['machine']}")
    rows = [(row.layer, row.choice, row.machine, seconds(row, machine), row.primitive) for row in counted]
    write_profile(options.output, {**machine, MODELLED: True}, rows)


if __name__ == "__main__":
    main()
