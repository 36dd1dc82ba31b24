"""Corrections of a cost model for another machine: what its predictions must be multiplied by.

What is learnt is the residual, the logarithm of the measured over the predicted time. From mild to strong:

- `constant`: one factor for everything;
- `factors`: one for each family and primitive, drawn towards that of the coarser class where samples are few;
- `boosted`: those, then boosted trees on what they leave;
- `process`: a Gaussian process (likeness.py);
- `mean` of the last two: they fail on different rows.

Which one a few samples justify they say themselves: `choose` compares them on layers that each has not seen.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from convopt.boosting import PARAMETERS
from convopt.likeness import fit_process

# Few samples need more folds: a tenth less of them is felt less.
FOLDS_OF_FEW, FOLDS_OF_MANY = 10, 5
# Samples with which a class has half its own factor, and half that of the class around it.
TRUST = 4
TREES = {**PARAMETERS, "num_leaves": 15, "learning_rate": 0.03, "extra_trees": True}
TREE_COUNT = 300
# Below this number of samples no tree of two leaves could be made.
LEAST_FOR_TREES = 12
# With this many samples the covariances found from all serve each fold: they are eight numbers.
MANY = 100
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


def boosted(view, residual):
    """Factors, then trees; too few samples for a tree get factors alone."""
    import lightgbm

    mild = factors(view, residual)
    if len(view) < LEAST_FOR_TREES:
        return mild

    def inputs(some):
        return np.column_stack([some.numbers, some.source, mild(some)])

    parameters = {**TREES, "min_data_in_leaf": max(5, min(20, len(view) // 20))}
    booster = lightgbm.train(parameters, lightgbm.Dataset(inputs(view), residual - mild(view)), TREE_COUNT)
    return lambda other: mild(other) + (booster.predict(inputs(other)) if len(other) else 0.0)


@dataclass
class Chosen:
    """A correction, why it was chosen, and what it would have been otherwise."""

    name: str
    predict: Callable  # view -> residuals, (rows,)
    errors: dict  # by name, the mean |log(measured / predicted)| on layers that had not been seen
    members: dict  # by name, each correction fitted to all samples


def _unchanged(other):
    return np.zeros(len(other))


def fit_all(view, residual, kernel=None):
    """Every correction by its name, from mild to strong, and the kernel of the process."""
    predict, kernel = fit_process(view, residual, kernel)
    trees = boosted(view, residual)
    made = {
        "source": _unchanged,
        "constant": constant(view, residual),
        "factors": factors(view, residual),
        "boosted": trees,
        "process": predict,
        "mean": lambda other: (predict(other) + trees(other)) / 2,
    }
    return made, kernel


def _folds(layers):
    """Folds of whole layers, or one a layer if there are fewer."""
    names, at = np.unique(layers, return_inverse=True)
    count = FOLDS_OF_MANY if len(layers) >= MANY else FOLDS_OF_FEW
    return np.random.default_rng(1).permutation(len(names))[at] % count


def held_out(view, residual, kernel):
    """Each correction's residuals of samples whose layers it has not seen, by name."""
    folds = _folds(view.layers)
    result = {}
    for fold in np.unique(folds):
        rows = folds == fold
        made, _ = fit_all(view[~rows], residual[~rows], kernel if len(view) >= MANY else None)
        for name, predict in made.items():
            result.setdefault(name, np.zeros(len(view)))[rows] = predict(view[rows])
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
        return Chosen("source", made["source"], {}, made)
    losses = {name: np.abs(residual - r) for name, r in held_out(view, residual, kernel).items()}
    name = pick(losses)
    return Chosen(name, made[name], {key: float(loss.mean()) for key, loss in losses.items()}, made)
