"""A correction of whatever form as trees, which is what the compiler reads.

The trees learn what the correction says of very many rows, which need no measuring (Bucila, Caruana and
Niculescu-Mizil, Model Compression, KDD 2006). It has no noise, so they follow it closely.
"""

import numpy as np

from convopt.boosting import PARAMETERS
from convopt.model import export_trees, model_inputs, other_traits, primitives_of

# There is no noise to be averaged over, so no regularisation; splits at random thresholds make the sum smoother.
# Twice as many trees of twice as many leaves come no closer on layers that are not in the pool.
TREES = {**PARAMETERS, "num_leaves": 31, "learning_rate": 0.1, "lambda_l2": 0.0, "extra_trees": True}
COUNT = 300
# What differs by less from a factor for each primitive is one, rounded.
NOTHING = 2e-6


def distil(inputs, primitives, count, correction):
    """The correction of some rows as a number for each primitive, and trees for what that leaves.

    `inputs` (rows, columns) is what trees see, `primitives` (rows,) has numbers below `count` or, for what has no name,
    `count`; `correction` (rows,) is the logarithm of a factor. Returns an array (count + 1,) and a LightGBM booster, or
    None where no tree is needed.
    """
    import lightgbm

    overall = np.median(correction)
    own = [correction[primitives == number] for number in range(count + 1)]
    shift = np.round([np.median(some) if len(some) else overall for some in own], 6)
    left = correction - shift[primitives]
    if np.abs(left).max() < NOTHING:
        return shift, None
    return shift, lightgbm.train(TREES, lightgbm.Dataset(inputs, left), COUNT)


def distilled(inputs, primitives, shift, booster):
    """What the results of distil say of rows: logarithms of factors."""
    return shift[primitives] + (booster.predict(inputs) if booster and len(inputs) else 0.0)


def know(model, names):
    """The model with entries for `names`, too, for which it predicts what it did."""
    known, bases = primitives_of(model)
    new = [name for name in names if name not in known]
    if not new:
        return model
    entries = [dict(entry) for entry in model["convolution"]["primitives"]]
    traits = [entry["traits"] for entry in entries if entry.get("traits")]
    more = {"traits": other_traits(np.array(traits)).tolist()} if traits else {}
    entries += [{"name": name, "samples": 0, "base": float(bases[-1])} | more for name in new]
    return {**model, "convolution": {**model["convolution"], "primitives": entries}}


def append(model, samples, pool, correction, note):
    """The model, corrected as `correction` (rows,) says of the rows of `pool`.

    Of the samples' primitives it then has samples.
    """
    model = know(model, samples.primitive_names())
    names, bases = primitives_of(model)
    shift, booster = distil(model_inputs(model, pool), pool.indices(names), len(names), correction)
    entries = []
    for entry, base, change in zip(model["convolution"]["primitives"], bases, shift, strict=False):
        more = int((samples.primitives == entry["name"]).sum())
        entries.append({**entry, "samples": entry["samples"] + more, "base": round(float(base + change), 6)})
    trees = model["convolution"]["trees"] + (export_trees(booster) if booster else [])
    return {**model, "note": note, "convolution": {**model["convolution"], "primitives": entries, "trees": trees}}
