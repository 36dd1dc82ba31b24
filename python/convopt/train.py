"""Train a cost model on profiled samples.

    python -m convopt.train data/*.csv -o model.json --card=model.md

Gradient-boosted trees (LightGBM) on the residual of one constant a primitive. What they predict is
log(seconds / roofline bound), so squared errors are relative ones. The card holds the errors on layers that the
model has not seen: five models, each trained on four fifths of the layer shapes.
"""

import argparse
import json

import numpy as np

from convopt.evaluate import report
from convopt.model import export_trees, make_model, write_model
from convopt.samples import read_samples

PARAMETERS = {
    "objective": "regression",
    "num_leaves": 31,
    "learning_rate": 0.08,
    "min_data_in_leaf": 5,
    "feature_fraction": 0.6,
    "lambda_l2": 1.0,
    "max_bin": 255,
    "extra_trees": True,
    "verbose": -1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "seed": 1,
}
TREES = 300
FOLDS = 5


def fit_base(samples):
    """The median efficiency of each primitive by its name."""
    kinds = samples.primitives
    return {
        name: float(np.round(np.median(samples.efficiency[kinds == name]), 6)) for name in samples.primitive_names()
    }


def weights(samples):
    """The fast choices of a layer count most: the model need only know that the others are slow."""
    groups = samples.groups()
    best = np.full(groups.max() + 1, np.inf)
    np.minimum.at(best, groups, samples.seconds)
    return np.maximum(best[groups] / samples.seconds, 0.1)


def fit(samples, parameters=None, trees=TREES):
    """A base for each primitive and a LightGBM booster on what it leaves."""
    import lightgbm

    base = fit_base(samples)
    names = list(base)
    target = samples.efficiency - np.array([base[name] for name in samples.primitives])
    columns = [*samples.feature_names, *(f"is_{name}" for name in names)]
    data = lightgbm.Dataset(samples.inputs(names), target, weight=weights(samples), feature_name=columns)
    return base, lightgbm.train({**PARAMETERS, **(parameters or {})}, data, trees)


def held_out(samples, parameters=None, trees=TREES):
    """Predict each sample by a model that has not seen its layer."""
    folds, predicted = samples.folds(FOLDS), np.zeros(len(samples))
    for fold in range(FOLDS):
        rows = folds == fold
        base, booster = fit(samples[~rows], parameters, trees)
        unseen, names = samples[rows], list(base)
        bases = np.array([*base.values(), np.median(list(base.values()))])
        predicted[rows] = bases[unseen.indices(names)] + booster.predict(unseen.inputs(names))
    return predicted


def card(samples, predicted, profiles, output):
    """What a reader of the model must know, in Markdown."""
    machines = ", ".join(np.unique(samples.machines))
    return (
        f"# Cost model\n\n{len(samples)} samples of {len(np.unique(samples.layers))} layer shapes on {machines} "
        f"({', '.join(sorted(profiles))}); a machine is CPU/vector bits. {TREES} trees of up to "
        f"{PARAMETERS['num_leaves']} leaves. Made with\n\n"
        f"    python -m convopt.train {' '.join(sorted(profiles))} -o {output} "
        f"--card={output.removesuffix('.json')}.md\n\n"
        "Errors on layer shapes that the model has not seen (five folds by shape): the predicted time against the "
        "measured one, and, for each layer, the time of the choice that is predicted best against that of the best "
        "among the measured ones.\n\n" + report(samples, predicted)
    )


def main():
    """Train, write the model and its card."""
    parser = argparse.ArgumentParser(prog="convopt.train", description=__doc__)
    parser.add_argument("profiles", nargs="+", metavar="PROFILE.csv")
    parser.add_argument("-o", dest="output", required=True, metavar="MODEL.json")
    parser.add_argument("--card", metavar="MODEL.md", help="measure held-out errors and write them here")
    parser.add_argument("--transformation", metavar="FILE.json", help="what convopt-profile --transforms has measured")
    options = parser.parse_args()
    samples = read_samples(sorted(options.profiles))
    transformation = json.load(open(options.transformation)) if options.transformation else None
    base, booster = fit(samples)
    layers, machines = np.unique(samples.layers), np.unique(samples.machines)
    note = f"{len(samples)} samples of {len(layers)} layers on {', '.join(machines)}"
    write_model(make_model(samples, base, export_trees(booster), note, transformation), options.output)
    if options.card:
        with open(options.card, "w") as file:
            file.write(card(samples, held_out(samples), options.profiles, options.output))


if __name__ == "__main__":
    main()
