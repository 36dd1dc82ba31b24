"""The ways to choose on a machine of which few samples or none are known, all with one form, for bench/transfer.py."""

from dataclasses import dataclass, replace

import numpy as np

from convopt.correction import LEAST
from convopt.distillation import distil, distilled
from convopt.measures import AS_GOOD, choice_sets, geometric_mean, regret, relative_errors
from convopt.samples import Samples
from convopt.selection import select, spread
from convopt.train import fit_and_predict
from convopt.transfer import correct
from convopt.view import make_scale

# Rows with which a class has half its own slowdown in the fixed order, and half that of the class around it.
TRUST = 4


@dataclass
class Task:
    """A source, and a target of which some layers are there to learn from and others to judge on."""

    source: Samples  # of layers to learn from
    target: Samples  # all
    predicted: np.ndarray  # what a model of the source says of each row of the target
    pool: np.ndarray  # rows of the target that may be measured
    test: np.ndarray  # rows of the target of other layers
    trees: int
    seed: int


def make_task(source, target, seed, folds, trees):
    """The layers of fold `seed` are for judging; the source's model has not seen them either."""
    known = source[source.folds(folds) != seed % folds]
    asked = target
    if source.version is None:
        # Such a model has a part for each machine by name.
        asked = replace(target, machines=np.full(len(target), source.machines[0]))
    fold = target.folds(folds)
    predicted = fit_and_predict(known, asked, trees=trees)
    pool, test = np.flatnonzero(fold != seed % folds), np.flatnonzero(fold == seed % folds)
    return Task(known, target, predicted, pool, test, trees, seed)


def figures(task, predicted):
    """Median error, mean regret and the share of choices within 5 % of the best, of predictions for the test rows."""
    test = task.target[task.test]
    lost = regret(test, predicted, choice_sets(test))
    return np.median(relative_errors(test, predicted)), geometric_mean(lost) - 1, np.mean(lost <= 1 + AS_GOOD)


def choose_rows(task, count):
    """Rows to measure, spread over families, primitives and features."""
    view = make_scale(task.target).view(task.target, task.predicted)
    return task.pool[spread(view[task.pool], count, seed=task.seed)]


def choose_rows_twice(task, count):
    """Half of them spread, the others where the corrections by the first half disagree."""
    if count < 10:
        return choose_rows(task, count)
    first = choose_rows(task, count // 2)
    rest = np.setdiff1d(task.pool, first)
    view = make_scale(task.target).view(task.target, task.predicted)
    residual = (task.target.efficiency - task.predicted)[first]
    return np.concatenate([first, rest[select(view[rest], count - len(first), view[first], residual, task.seed)]])


def from_scratch(task, rows):
    """A model of the samples alone; of three or fewer their median."""
    if len(rows) < LEAST:
        return np.full(len(task.test), np.median(task.target.efficiency[rows]))
    return fit_and_predict(task.target[rows], task.target[task.test], trees=task.trees)


def corrected(task, rows):
    """The source's predictions, corrected by the samples: as trees, and as the correction itself says; its name."""
    target, names = task.target, task.target.primitive_names()
    correction = correct(target[rows], task.predicted[rows], target[task.pool])
    test, pool = task.test, task.pool
    says = [correction.residual(target[some], task.predicted[some]) for some in (pool, test)]
    if correction.chosen.name == "source":
        return task.predicted[test], task.predicted[test], "source"
    inputs, at = target.inputs(names), target.indices(names)
    trees = distil(inputs[pool], at[pool], len(names), says[0])
    through = distilled(inputs[test], at[test], *trees)
    return task.predicted[test] + through, task.predicted[test] + says[1], correction.chosen.name


def _classes(samples):
    """For each row from coarse to fine: all, its primitive, with its layouts, with its variant."""
    words = [choice.split(" ") for choice in samples.choices]
    parts = zip(samples.primitives, words, samples.choices, strict=True)
    return [("", str(primitive), " ".join(some[:2]), str(choice)) for primitive, some, choice in parts]


def fixed_order(task):
    """No model at all: choices in the order of their mean slowdown over the best of a layer on the source."""
    slowdown = np.zeros(len(task.source))
    for rows in choice_sets(task.source):
        seconds = task.source.seconds[rows]
        slowdown[rows] = np.log(seconds / seconds.min())
    values = {}
    for names, value in zip(_classes(task.source), slowdown, strict=True):
        for level, name in enumerate(names):
            values.setdefault((level, name), []).append(value)

    def score(names):
        """From coarse to fine, as far as the source has such rows."""
        result = 0.0
        for level, name in enumerate(names):
            own = values.get((level, name), [])
            result += (np.mean(own) - result) * len(own) / (len(own) + TRUST) if own else 0
        return result

    return np.array([score(names) for names in _classes(task.target[task.test])])


def with_family_factors(task):
    """The source with the true factor of each family, of all rows of the target: the most that such factors can do."""
    families, residual = task.target.family_column(), task.target.efficiency - task.predicted
    factors = {family: np.median(residual[families == family]) for family in np.unique(families)}
    return (task.predicted + np.array([factors[family] for family in families]))[task.test]


def without_machine(task):
    """The source's model as if the target were the source: seconds in place of shares of the target's roofline."""
    names = task.target.feature_names
    if "bound_seconds" not in names:
        return None
    constant = (task.source.features == task.source.features[:1]).all(0)
    features = np.where(constant, task.source.features[:1], task.target.features)
    bound = names.index("bound_seconds")
    # Rows of layers and choices that the source has, too, tell how its bound differs from the target's.
    pairs = list(zip(task.source.layers, task.source.choices, strict=True))
    where = {pair: row for row, pair in enumerate(pairs)}
    rows = [where.get(pair) for pair in zip(task.target.layers, task.target.choices, strict=True)]
    both = [(row, at) for at, row in enumerate(rows) if row is not None]
    if not both:
        return None
    ratio = np.median([task.source.features[row, bound] / task.target.features[at, bound] for row, at in both])
    features[:, bound] *= ratio
    seconds = fit_and_predict(task.source, replace(task.target, features=features), trees=task.trees) + np.log(ratio)
    return seconds[task.test]
