"""Choose what to measure on a new machine.

    python -m convopt.candidates --layers=data/layers.txt --machine=cortex-a72/128 --target=aarch64 -o all.csv
    python -m convopt.selection all.csv --count=50 -o first.csv
    convopt-profile --again=first.csv -o cortex-a72.csv --core=1
    python -m convopt.selection all.csv --count=50 --model=model.json --known=cortex-a72.csv -o second.csv
    convopt-profile --again=second.csv -o cortex-a72.csv --core=1

Writes rows of a table of candidates, a CSV of layer, choice, machine and seconds that convopt-profile --again reads (it
looks at no seconds). The first round spreads them: over families, over the primitives of each, and within a primitive
over layers and variants. The second, which has the first one's samples, takes what the corrections that these allow
(convopt.correction) disagree about, again spread over primitives. convopt-profile --for-transfer does all of it in one
go; its first half is the first round of the same candidates and seed.
"""

import numpy as np

from convopt.candidates import write_list
from convopt.correction import fit_all
from convopt.options import new_parser
from convopt.profile_features import families
from convopt.samples import read_samples
from convopt.source import predict_any, read_source
from convopt.splitmix import SplitMix
from convopt.view import make_scale

# Corrections whose difference is what is not known yet.
EXPERTS = ("factors", "boosted", "process")

# Of so many random rows of a primitive the one farthest from its chosen rows is taken (Mitchell, Spectrally optimal
# sampling for distribution ray tracing, 1991). The farthest of all is always an extreme one: fifty layers at the edges
# say less of the others than fifty random ones.
TRIED = 2


def _turn(names, sizes, counts):
    """Whose turn it is: the one with the fewest rows for the root of its size (a divisor method of apportionment)."""
    return min(names, key=lambda name: (counts.get(name, 0) + 0.5) / np.sqrt(sizes[name]))


def _sizes(classes):
    names, sizes = np.unique(classes, return_counts=True)
    return dict(zip(names.tolist(), sizes.tolist(), strict=True))


def _nearest(numbers, chosen):
    """The distance of each row to the nearest chosen one."""
    result = np.full(len(numbers), np.inf)
    for point in chosen:
        result = np.minimum(result, np.linalg.norm(numbers - point, axis=1))
    return result


def spread(view, count, known=None, weight=None, seed=1):
    """The numbers of `count` rows of `view`, in the order in which they should be measured.

    Families take turns, within one the primitives, large ones more often. Of a primitive the row that is farther from
    its chosen ones in standardised logarithms of features than another random one is next. Layers that were chosen are
    taken again only where there are no others. `known` is a View of what has been measured, which counts as chosen.
    `weight` (rows,) multiplies distances: how much there is to be learnt of a row.
    """
    rng = SplitMix(seed)
    weight = np.ones(len(view)) if weight is None else weight
    names, layer = np.unique(view.layers, return_inverse=True)
    used, free = np.zeros(len(names), bool), np.ones(len(view), bool)
    rows = {p: np.flatnonzero(view.primitives == p) for p in _sizes(view.primitives)}
    distance, taken = {}, {}
    if known is not None:
        used = np.isin(names, known.layers)
        taken = _sizes(known.primitives)
    for primitive, own in rows.items():
        measured = known.numbers[known.primitives == primitive] if known is not None else []
        distance[primitive] = _nearest(view.numbers[own], measured)
    families = {p: view.families[own[0]] for p, own in rows.items()}
    sizes, family_sizes = _sizes(view.primitives), _sizes(view.families)
    result = []
    while len(result) < min(count, len(view)):
        left = [p for p, own in rows.items() if free[own].any()]
        family_counts = {}
        for p, number in taken.items():
            family_counts[families.get(p)] = family_counts.get(families.get(p), 0) + number
        family = _turn(sorted({families[p] for p in left}), family_sizes, family_counts)
        primitive = _turn([p for p in left if families[p] == family], sizes, taken)
        own = rows[primitive]
        open_rows = free[own] & ~used[layer[own]]
        places = np.flatnonzero(open_rows if open_rows.any() else free[own])
        places = rng.choose(places, TRIED)
        score = np.minimum(distance[primitive][places], 1e9) * (weight[own[places]] + 1e-9)
        at = own[places[np.argmax(score)]]
        result.append(int(at))
        used[layer[at]], free[at] = True, False
        taken[primitive] = taken.get(primitive, 0) + 1
        distance[primitive] = np.minimum(distance[primitive], _nearest(view.numbers[own], view.numbers[at : at + 1]))
    return np.array(result, int)


def disagreement(view, known, residual):
    """How far the corrections that the known rows allow are apart on each row of `view`: a standard deviation.

    The same for all rows if the known ones are too few for several corrections.
    """
    made, _ = fit_all(known, residual)
    if not all(name in made for name in EXPERTS):
        return np.ones(len(view))
    return np.std([made[name](view) for name in EXPERTS], axis=0)


def select(view, count, known, residual, seed=1):
    """The second round: `count` rows of `view`, spread, but where the corrections by the known rows disagree."""
    return spread(view, count, known, disagreement(view, known, residual), seed)


def write_rows(samples, rows, path):
    """The rows as convopt-profile --again reads them."""
    write_list(path, [(samples.layers[row], samples.choices[row], samples.machines[row]) for row in rows])


def main():
    """Write what to measure."""
    parser = new_parser("convopt.selection", __doc__)
    parser.add_argument("candidates", nargs="+", metavar="CANDIDATES.csv")
    parser.add_argument("-o", dest="output", required=True, metavar="LIST.csv")
    parser.add_argument("--count", type=int, required=True, metavar="N", help="how many rows")
    parser.add_argument("--known", nargs="+", default=[], metavar="SAMPLES.csv", help="what has been measured there")
    parser.add_argument("--model", metavar="MODEL.json", help="the model to correct: measure what is uncertain")
    options = parser.parse_args()
    if options.count < 1:
        parser.error("--count is at least 1")
    if options.model and not options.known:
        parser.error("--model needs --known")
    samples = read_samples(options.candidates)
    known = read_samples(options.known) if options.known else None
    if known and not known.has_columns_of(samples):
        raise SystemExit(f"{options.known[0]}: has other features than {options.candidates[0]}")
    if samples.version:
        samples.families = families()
    scale = make_scale(samples, *([known] if known else []))
    if known:
        measured = set(zip(known.layers, known.choices, strict=True))
        pairs = zip(samples.layers, samples.choices, strict=True)
        samples = samples[np.array([pair not in measured for pair in pairs])]
    if not len(samples):
        raise SystemExit(f"{options.candidates[0]}: all candidates have been measured")
    if options.model:
        model = read_source(options.model, samples)
        source = predict_any(model, known)
        measured = scale.view(known, source)
        candidates = scale.view(samples, predict_any(model, samples))
        rows = select(candidates, options.count, measured, known.efficiency - source)
    else:
        measured = scale.view(known, np.zeros(len(known))) if known else None
        rows = spread(scale.view(samples, np.zeros(len(samples))), options.count, measured)
    write_rows(samples, rows, options.output)


if __name__ == "__main__":
    main()
