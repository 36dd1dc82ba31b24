"""What seconds by static analysis are worth, shown where there is a clock.

    python bench/static.py --known=znver4.csv --judged=znver4-128x32.csv [--more=MODELLED.csv] [-o docs/static.md]

A model of one machine's profile, `known`, is asked about another's, `judged`, whose times nobody has told it: as it is,
and with the seconds that convopt.static models of both. Beside each profile stands its modelled twin, NAME-static.csv,
as made by `python -m convopt.static --again=NAME.csv --machine=... -o NAME-static.csv`. --more are modelled samples of
the judged machine's other layers, from which trees learn that know no layer of those judged. What -o names keeps its
text up to the line <!-- bench/static.py -->.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "python")]

import numpy as np  # noqa: E402

from convopt.measures import choice_sets, is_full, regret  # noqa: E402
from convopt.options import count_choices  # noqa: E402
from convopt.profile_features import families  # noqa: E402
from convopt.samples import read_samples  # noqa: E402
from convopt.static.correct import SHARE, residual, seconds_of  # noqa: E402
from convopt.train import fit_and_predict  # noqa: E402
from convopt.transfer import joined  # noqa: E402

MARK = "<!-- bench/static.py -->"


def parse():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--known", required=True, type=Path, metavar="PROFILE.csv", help="what is measured")
    parser.add_argument("--judged", required=True, type=Path, metavar="PROFILE.csv", help="what is to be predicted")
    parser.add_argument("--more", type=Path, metavar="MODELLED.csv", help="modelled samples of the judged machine")
    parser.add_argument("--trees", type=int, default=300, help="of each member of a model (300)")
    parser.add_argument("-o", dest="output", type=Path, help="a page of Markdown; the standard output without it")
    return parser.parse_args()


def twin(path):
    """The modelled samples of a profile."""
    return path.with_name(f"{path.stem}-static.csv")


def bounds(samples):
    """The roofline bound of each sample."""
    return samples.seconds / np.exp(samples.efficiency)


def with_column(samples, seconds):
    """The samples with modelled seconds over the bound as one feature more."""
    features = np.column_stack([samples.features, np.log(seconds / bounds(samples))])
    return replace(samples, features=features, feature_names=[*samples.feature_names, "modelled"])


def predictions(known, known_modelled, judged, modelled, more, trees):
    """By method, seconds of the judged samples."""
    bound, both = bounds(judged), np.isfinite(known_modelled)
    some = known[both]

    def learnt(samples):
        return np.exp(fit_and_predict(samples, judged, trees=trees)) * bound

    said = residual(known, known_modelled, judged, trees)
    result = {"extrapolated": learnt(known), "extrapolated from the same samples": learnt(some), "modelled": modelled}
    with_it = with_column(some, known_modelled[both]), with_column(judged, modelled)
    result["extrapolated, modelled as a feature"] = np.exp(fit_and_predict(*with_it, trees=trees)) * bound
    result["modelled, half corrected"] = modelled * np.exp(SHARE * said)
    result["modelled, corrected"] = modelled * np.exp(said)
    if more is not None:
        half = np.exp(SHARE * residual(known, known_modelled, more, trees))
        corrected = replace(more, seconds=more.seconds * half)
        result["trees of modelled"] = learnt(more)
        result["trees of half corrected"] = learnt(corrected)
        result["trees of measured and half corrected"] = learnt(joined([known, corrected]))
    return result


def full_sets(samples):
    """Rows of each layer that has all its choices, the best of them measured well."""
    clean = samples.clean()
    sets = [rows for rows in choice_sets(samples) if is_full(samples, rows)]
    return [rows for rows in sets if clean[rows[np.argmin(samples.seconds[rows])]]]


def rank(values):
    """The place of each of the values."""
    return np.argsort(np.argsort(values))


def figures(samples, seconds):
    """Errors after one factor for all, then of full sets the mean correlation of ranks and regret."""
    clean, sets = samples.clean(), full_sets(samples)
    off = np.log(seconds / samples.seconds)
    errors = np.abs(np.exp(off - np.median(off[clean]))[clean] - 1)
    chosen = regret(samples, seconds, sets)
    alike = [np.corrcoef(rank(seconds[rows]), rank(samples.seconds[rows]))[0, 1] for rows in sets]
    cells = [np.median(errors), np.quantile(errors, 0.9), chosen.mean() - 1, np.quantile(chosen, 0.9) - 1]
    cells = [f"{cell:.1%}" for cell in cells]
    return [cells[0], cells[1], f"{np.nanmean(alike):.2f}", *cells[2:]]


def family_rows(samples, by_method):
    """Median errors after one factor for all, by family: lines of a table."""
    clean, column = samples.clean(), samples.family_column()
    lines = ["| family | samples | " + " | ".join(by_method) + " |", "|---|" + "---|" * (len(by_method) + 1)]
    for family in sorted(set(column)):
        own, cells = clean & (column == family), []
        if not own.any():
            continue
        for seconds in by_method.values():
            off = np.log(seconds / samples.seconds)
            cells.append(f"{np.median(np.abs(np.exp(off[own] - np.median(off[clean])) - 1)):.1%}")
        lines.append(f"| {family} | {own.sum()} | " + " | ".join(cells) + " |")
    return lines


def about(known, known_modelled, judged, missing, more):
    """What the tables are of, in words."""
    text = f"Known: {len(known)} samples of {known.machines[0]}, {np.isfinite(known_modelled).sum()} of them modelled, "
    text += (
        f"too. Judged: {judged.clean().sum()} clean samples of {judged.machines[0]}, {len(full_sets(judged))} layers "
    )
    text += f"with all choices; {missing} could not be modelled."
    if more is not None:
        text += f" Trees of modelled samples have {len(more)} of {len(set(more.layers))} other layers."
    return text


def main():
    """Print the tables or write them behind the mark of a page."""
    options = parse()
    known, judged = read_samples([options.known]), read_samples([options.judged])
    judged = count_choices(judged, False)
    modelled = seconds_of(twin(options.judged), judged)
    missing = np.isnan(modelled)
    judged, modelled = judged[~missing], modelled[~missing]
    more = None
    if options.more:
        more = read_samples([options.more])
        more = more[~np.isin(more.layers, judged.layers)]
    known_modelled = seconds_of(twin(options.known), known)
    by_method = predictions(known, known_modelled, judged, modelled, more, options.trees)
    judged.families = families()
    lines = [about(known, known_modelled, judged, missing.sum(), more), ""]
    lines += ["| seconds | median error | 90 % below | rank correlation | mean regret | 90 % below |", "|---" * 6 + "|"]
    lines += [f"| {name} | {' | '.join(figures(judged, s))} |" for name, s in by_method.items()]
    shown = {n: by_method[n] for n in ("extrapolated", "modelled", "modelled, half corrected", "modelled, corrected")}
    text = "\n".join([*lines, "", "Median errors by family:", "", *family_rows(judged, shown)]) + "\n"
    if options.output is None:
        print(text, end="")
        return
    kept = options.output.read_text().split(MARK)[0] if options.output.exists() else ""
    options.output.write_text(f"{kept}{MARK}\n\n{text}")


if __name__ == "__main__":
    main()
