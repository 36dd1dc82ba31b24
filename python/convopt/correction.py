"""Corrections of a cost model for another machine: what its predictions must be multiplied by.

What is learnt is the residual, the logarithm of the measured over the predicted time. From mild to strong:

- `constant`: one factor for everything;
- `factors`: one for each family and primitive, drawn towards that of the coarser class where samples are few;
- `boosted`: those, then boosted trees on what they leave, which see the source's prediction, too;
- `process`: a Gaussian process (likeness.py);
- `mean` of the last two: they fail on different rows;
- `blend` of these and of trees that know nothing of the source: with many samples it only stands in the way.

Which one a few samples justify they say themselves: `choose` compares them on layers that each has not seen.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from convopt.boosting import fit_ensemble
from convopt.likeness import fit_process

# Samples with which a class has half its own factor, and half that of the class around it.
TRUST = 4
TREES = 200
# Below these numbers of samples nothing is changed, or one factor for everything at most; chance is too likely then.
LEAST, LEAST_FOR_CLASSES = 4, 12
# From these numbers on covariances found from all samples serve each fold (they are eight numbers), and trees that do
# not know the source can be worth something.
MANY, ENOUGH_ALONE = 100, 300
# Folds by numbers of samples: a tenth less of few is felt less, and many take long.
FOLDS = ((0, 10), (MANY, 5), (1000, 3))
# By how many standard errors a correction must be better than the source's own predictions, and than a milder one.
# Asking more of the second loses what a few hundred samples could teach, asking less makes eight samples harmful.
OVER_SOURCE, OVER_MILDER = 1.0, 0.5


def constant(view, residual):
    """One factor for all."""
    value = np.median(residual)
    return lambda other: np.full(len(other), value)


def _drawn(values, towards):
    share = len(values) / (len(values) + TRUST)
    return towards + share * (np.median(values) - towards)


def factors(view, residual):
    """A factor for each family, drawn towards that of all, and for each primitive, drawn towards its family's."""
    overall = np.median(residual)
    family = {code: _drawn(residual[view.families == code], overall) for code in np.unique(view.families)}
    primitive = {}
    for code in np.unique(view.primitives):
        rows = view.primitives == code
        primitive[code] = _drawn(residual[rows], family[view.families[rows][0]])

    def predict(other):
        """The most special factor that there is for each row."""
        pairs = zip(other.primitives, other.families, strict=True)
        return np.array([primitive.get(p, family.get(f, overall)) for p, f in pairs])

    return predict


def _inputs(view, *more):
    """What trees see: features, a column for each primitive, and `more`."""
    codes = view.primitives[:, None] == np.arange(view.primitive_count)
    return np.column_stack([view.numbers, codes.astype(float), *more])


def boosted(view, residual):
    """Factors, then an average of boosted trees."""
    mild = factors(view, residual)
    ensemble = fit_ensemble(_inputs(view, view.source, mild(view)), residual - mild(view), TREES)
    return lambda other: mild(other) + ensemble.predict(_inputs(other, other.source, mild(other)))


def alone(view, residual):
    """What has to be added to the source to get what the samples say by themselves."""
    seconds = residual + view.source
    mild = factors(view, seconds)
    ensemble = fit_ensemble(_inputs(view, mild(view)), seconds - mild(view), TREES)
    return lambda other: mild(other) + ensemble.predict(_inputs(other, mild(other))) - other.source


@dataclass
class Chosen:
    """A correction, and why it was chosen."""

    name: str
    predict: Callable  # view -> residuals, (rows,)
    errors: dict  # by name, the mean |log(measured / predicted)| on layers that had not been seen


def _unchanged(other):
    return np.zeros(len(other))


def _mean(*parts):
    return lambda other: np.mean([part(other) for part in parts], axis=0)


def fit_all(view, residual, kernel=None):
    """Every correction that so many samples allow, by its name, from mild to strong, and the kernel of the process."""
    made = {"source": _unchanged}
    if len(view) >= LEAST:
        made["constant"] = constant(view, residual)
    if len(view) < LEAST_FOR_CLASSES:
        return made, None
    made["factors"] = factors(view, residual)
    made["boosted"] = boosted(view, residual)
    made["process"], kernel = fit_process(view, residual, kernel)
    made["mean"] = _mean(made["boosted"], made["process"])
    if len(view) >= ENOUGH_ALONE:
        made["blend"] = _mean(made["boosted"], made["process"], alone(view, residual))
    return made, kernel


def _folds(layers):
    """Folds of whole layers, or one a layer if there are fewer."""
    names, at = np.unique(layers, return_inverse=True)
    count = max((least, folds) for least, folds in FOLDS if least <= len(layers))[1]
    return np.random.default_rng(1).permutation(len(names))[at] % count


def held_out(view, residual, kernel):
    """Each correction's residuals of samples whose layers it has not seen, by name."""
    folds = _folds(view.layers)
    parts = []
    for fold in np.unique(folds):
        rows = folds == fold
        made, _ = fit_all(view[~rows], residual[~rows], kernel if len(view) >= MANY else None)
        parts.append((rows, {name: predict(view[rows]) for name, predict in made.items()}))
    result = {}
    # A fold without one of them cannot judge it.
    for name in parts[0][1]:
        if all(name in part for _, part in parts):
            result[name] = np.zeros(len(view))
            for rows, part in parts:
                result[name][rows] = part[name]
    return result


def pick(losses):
    """The name of the correction to take, of each one's absolute errors (rows,) on held-out layers, mild ones first.

    The mildest that is about as good as the best, and the source itself unless the best is clearly better: what
    chance may have brought about is no reason (the rule of one standard error; Breiman, Friedman, Olshen and Stone,
    Classification and Regression Trees, 1984, 3.4.3).
    """
    best = min(losses, key=lambda name: losses[name].mean())

    def clearly_better(name, errors):
        gain = losses[name] - losses[best]
        return bool(gain.mean() > errors * gain.std() / np.sqrt(len(gain)))

    if not clearly_better("source", OVER_SOURCE):
        return "source"
    return next(name for name in losses if name == best or not clearly_better(name, OVER_MILDER))


def choose(view, residual):
    """The correction that the samples justify, a Chosen; the source's own predictions are one of them."""
    made, kernel = fit_all(view, residual)
    if len(np.unique(view.layers)) < 2:
        return Chosen("source", made["source"], {})
    losses = {name: np.abs(residual - r) for name, r in held_out(view, residual, kernel).items()}
    name = pick(losses)
    return Chosen(name, made[name], {key: float(loss.mean()) for key, loss in losses.items()})
