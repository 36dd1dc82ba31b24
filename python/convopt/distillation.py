"""A correction of whatever form as trees, which is what the compiler reads.

The trees learn what the correction says of very many rows, which need no measuring (Bucila, Caruana and
Niculescu-Mizil, Model Compression, KDD 2006). It has no noise, so they follow it closely.
"""

import numpy as np

from convopt.boosting import PARAMETERS
from convopt.model import export_trees, primitives_of

# Deep and many: what is learnt is as smooth as the number of rows allows.
TREES = {**PARAMETERS, "num_leaves": 31, "learning_rate": 0.1, "lambda_l2": 0.0, "feature_fraction": 0.8}
COUNT = 300
# Corrections smaller than this need no tree: they are a factor for each primitive.
NOTHING = 1e-6


def distil(names, samples, correction):
    """The correction of the rows of `samples` as a number for each of `names` and trees for what that leaves.

    `correction` (rows,) is the logarithm of a factor. Returns an array (names + 1,), whose last is for primitives that
    have no name, and a LightGBM booster over samples.inputs(names), or None where no tree is needed.
    """
    import lightgbm

    at = samples.indices(names)
    overall = np.median(correction)
    shift = np.array([np.median(correction[at == i]) if (at == i).any() else overall for i in range(len(names) + 1)])
    shift = np.round(shift, 6)
    left = correction - shift[at]
    if np.abs(left).max() < 2 * NOTHING:
        return shift, None
    data = lightgbm.Dataset(samples.inputs(names), left)
    return shift, lightgbm.train(TREES, data, COUNT)


def distilled(names, samples, shift, booster):
    """What the results of distil say of samples: logarithms of factors."""
    result = shift[samples.indices(names)]
    return result + booster.predict(samples.inputs(names)) if booster and len(samples) else result


def _with_columns(tree, first, more):
    """The tree where `more` columns have been put in before column `first`."""
    return {**tree, "feature": [feature + more if feature >= first else feature for feature in tree["feature"]]}


def append(model, samples, pool, correction, note):
    """The model, corrected as `correction` (rows,) says of the rows of `pool`.

    Of the samples' primitives it then has samples.
    """
    names, bases = primitives_of(model)
    convolution = model["convolution"]
    new = [name for name in samples.primitive_names() if name not in names]
    old_trees = convolution["trees"]
    if new:
        first = len(model["feature_names"]) + len(names)
        old_trees = [_with_columns(tree, first, len(new)) for tree in old_trees]
    bases = [*bases[:-1], *[bases[-1]] * len(new)]
    names = names + new
    shift, booster = distil(names, pool, correction)
    counts = {entry["name"]: entry["samples"] for entry in convolution["primitives"]}
    primitives = [
        {
            "name": name,
            "samples": counts.get(name, 0) + int((samples.primitives == name).sum()),
            "base": round(float(base + change), 6),
        }
        for name, base, change in zip(names, bases, shift, strict=False)
    ]
    trees = old_trees + (export_trees(booster) if booster else [])
    return {**model, "note": note, "convolution": {**convolution, "primitives": primitives, "trees": trees}}
