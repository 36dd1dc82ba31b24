"""Corrections of a cost model for another machine: what its predictions must be multiplied by.

What is learnt is the residual, the logarithm of the measured over the predicted time. From mild to strong:

- `constant`: one factor for everything;
- `factors`: one for each family and primitive, drawn towards that of the coarser class where samples are few;
- `boosted`: those, then boosted trees on what they leave;
- `process`: a Gaussian process (likeness.py);
- `mean` of the last two: they fail on different rows.

Which one a few samples justify they say themselves: `choose` compares them on samples of layers that each has not seen.
"""

from dataclasses import dataclass
from typing import Callable

import numpy as np

from convopt.likeness import fit_process
from convopt.train import PARAMETERS

FOLDS = 10
# Samples with which a class has half its own factor, and half that of the class around it.
TRUST = 4
TREES = {**PARAMETERS, "num_leaves": 15, "learning_rate": 0.03}
TREE_COUNT = 300
# Below this number of samples no tree of two leaves could be made.
LEAST_FOR_TREES = 12
# With this many samples the covariances found from all serve each fold: they are seven numbers.
SETTLED = 100
# A stronger correction must be better by this many standard errors.
ERRORS = 1.0


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
    """Ten folds of whole layers, or one a layer if there are fewer."""
    names, at = np.unique(layers, return_inverse=True)
    return np.random.default_rng(1).permutation(len(names))[at] % FOLDS


def held_out(view, residual, kernel):
    """Each correction's residuals of samples whose layers it has not seen, by name."""
    folds = _folds(view.layers)
    result = {}
    for fold in np.unique(folds):
        rows = folds == fold
        made, _ = fit_all(view[~rows], residual[~rows], kernel if len(view) >= SETTLED else None)
        for name, predict in made.items():
            result.setdefault(name, np.zeros(len(view)))[rows] = predict(view[rows])
    return result


def choose(view, residual):
    """The correction that the samples justify, a Chosen; the source's own predictions are one of them.

    The best on held-out layers, if it is better than the source by more than one standard error, and then the mildest
    that is within one standard error of the best (Breiman, Friedman, Olshen and Stone, Classification and Regression
    Trees, 1984, 3.4.3).
    """
    made, kernel = fit_all(view, residual)
    if len(np.unique(view.layers)) < 2:
        return Chosen("source", made["source"], {}, made)
    losses = {name: np.abs(residual - r) for name, r in held_out(view, residual, kernel).items()}
    errors = {name: float(loss.mean()) for name, loss in losses.items()}
    best = min(errors, key=errors.get)

    def clearly(name):
        """Whether the best is better than this one beyond chance."""
        gain = losses[name] - losses[best]
        return gain.mean() > ERRORS * gain.std() / np.sqrt(len(gain))

    name = next((n for n in made if n == best or not clearly(n)), best)
    return Chosen(name, made[name], errors, made)
