"""What static analysis gets wrong on a machine that was measured, learnt there and taken off where nothing was.

    python -m convopt.static --again=znver4.csv --machine=znver4/512 -o znver4-static.csv
    python -m convopt.static.correct a72.csv --measured=znver4.csv --modelled=znver4-static.csv -o a72-corrected.csv

The trees of a cost model learn log(measured / modelled) of the samples that both files have; modelled seconds elsewhere
are multiplied by a power of what they predict: --share of it, since another CPU has only part of it in common.
"""

import csv
import json
import pathlib
from dataclasses import replace

import numpy as np

from convopt.options import new_parser
from convopt.profile_features import MODELLED
from convopt.samples import read_samples
from convopt.static.profile import write_profile
from convopt.train import TREES, fit_and_predict

SHARE = 0.5


def seconds_of(path, samples):
    """The seconds that a profile has of the samples; NaN where it has none."""
    with open(path, newline="") as file:
        known = {(row["layer"], row["choice"]): float(row["seconds"]) for row in csv.DictReader(file)}
    return np.array([known.get(pair, np.nan) for pair in zip(samples.layers, samples.choices, strict=True)])


def with_target(samples, ratio):
    """The samples with `ratio` in the place of seconds over the roofline bound: what trees then learn and predict."""
    return replace(samples, seconds=ratio * samples.seconds / np.exp(samples.efficiency))


def residual(measured, modelled, samples, trees=TREES):
    """log(measured / modelled) of samples, by trees that know measured ones and the seconds modelled of them."""
    known = np.isfinite(modelled)
    if not known.any():
        raise SystemExit("of no measured sample there are modelled seconds")
    ratio = measured.seconds[known] / modelled[known]
    # One clock or another is no matter of a choice.
    target = with_target(measured[known], ratio / np.median(ratio))
    return fit_and_predict(target, samples, trees=trees)


def main():
    """Write corrected samples."""
    parser = new_parser("convopt.static.correct", __doc__)
    parser.add_argument("samples", metavar="MODELLED.csv", help="of the machine that nobody has")
    parser.add_argument("--measured", required=True, metavar="PROFILE.csv", help="of another machine")
    parser.add_argument("--modelled", required=True, metavar="MODELLED.csv", help="of the same, by convopt.static")
    parser.add_argument("--share", type=float, default=SHARE, help=f"of the residual, 0 to 1 ({SHARE})")
    parser.add_argument("--trees", type=int, default=TREES, help="of each member of the ensemble")
    parser.add_argument("-o", dest="output", required=True, metavar="SAMPLES.csv")
    options = parser.parse_args()
    samples, measured = read_samples([options.samples]), read_samples([options.measured])
    if not samples.has_columns_of(measured):
        raise SystemExit(f"{options.measured}: has other features than {options.samples}")
    said = residual(measured, seconds_of(options.modelled, measured), samples, options.trees)
    corrected = samples.seconds * np.exp(options.share * said)
    machine = json.loads(pathlib.Path(options.samples).with_suffix(".json").read_text())
    columns = (samples.layers, samples.choices, samples.machines, corrected, samples.primitives)
    write_profile(options.output, {**machine, MODELLED: True}, zip(*columns, strict=True))


if __name__ == "__main__":
    main()
