"""Correct a cost model with a few samples of a new machine.

    python -m convopt.transfer model.json new-machine.csv -o corrected.json --samples=100

First a factor for each primitive, then boosting goes on with small trees on what is left. Prints the errors before
and after on the layers that were not used.
"""

import argparse

import numpy as np

from convopt.evaluate import report
from convopt.model import export_trees, other_traits, predict, primitives_of, read_model, write_model
from convopt.samples import read_samples
from convopt.train import PARAMETERS

# Samples that pull a primitive's factor from that of all primitives half the way to its own.
TRUST = 4


def factors(residual, primitives, names):
    """The median residual of each of `names`, drawn towards that of all where there are few samples."""
    overall = np.median(residual)
    result = []
    for name in names:
        own = residual[primitives == name]
        share = len(own) / (len(own) + TRUST)
        result.append(overall + share * (np.median(own) - overall) if len(own) else overall)
    return np.array(result)


def transfer(model, samples):
    """The model, corrected by the samples; primitives that it did not know it knows then."""
    import lightgbm

    residual = samples.efficiency - predict(model, samples)
    names, base = primitives_of(model)
    new = [name for name in samples.primitive_names() if name not in names]
    base = [*base[:-1], *[base[-1]] * len(new)]
    names += new
    shift = np.round(factors(residual, samples.primitives, names), 6)
    left = residual - shift[samples.indices(names)]
    small = {"num_leaves": 8, "min_data_in_leaf": max(5, len(samples) // 20), "learning_rate": 0.1}
    columns = [*samples.feature_names, *(f"is_{name}" for name in names)]
    convolution = model["convolution"]
    known = [entry["traits"] for entry in convolution["primitives"] if entry.get("traits")]
    traits = None
    if known:
        other = other_traits(np.array(known))
        traits = np.array([*known, *[other] * (len(new) + 1)])
        columns = [*samples.feature_names, *(f"trait_{i}" for i in range(len(other))), *(f"is_{n}" for n in names)]
    data = lightgbm.Dataset(samples.inputs(names, traits), left, feature_name=columns)
    booster = lightgbm.train({**PARAMETERS, **small}, data, 60)
    counts = {entry["name"]: entry["samples"] for entry in convolution["primitives"]}
    primitives = [
        {
            "name": name,
            "samples": counts.get(name, 0) + int((samples.primitives == name).sum()),
            "base": float(base[i] + shift[i]),
        }
        | ({} if traits is None else {"traits": traits[i].tolist()})
        for i, name in enumerate(names)
    ]
    trees = convolution["trees"] + export_trees(booster)
    note = f"{model.get('note', '')}; corrected with {len(samples)} samples on {', '.join(np.unique(samples.machines))}"
    return {**model, "note": note, "convolution": {**convolution, "primitives": primitives, "trees": trees}}


def main():
    """Correct a model, say what it helped."""
    parser = argparse.ArgumentParser(prog="convopt.transfer", description=__doc__)
    parser.add_argument("model", metavar="MODEL.json")
    parser.add_argument("profiles", nargs="+", metavar="PROFILE.csv")
    parser.add_argument("-o", dest="output", required=True, metavar="CORRECTED.json")
    parser.add_argument("--samples", type=int, help="use only so many, chosen by layer; the rest shows the errors")
    options = parser.parse_args()
    samples = read_samples(options.profiles)
    model = read_model(options.model, samples)
    order = np.argsort(samples.folds(1 << 30), kind="stable")
    count = min(options.samples or len(samples), len(samples))
    used, rest = samples[order[:count]], samples[order[count:]]
    corrected = transfer(model, used)
    write_model(corrected, options.output)
    if len(rest):
        for title, made in (("Before", model), ("After", corrected)):
            print(f"# {title}\n\n{report(rest, predict(made, rest))}")


if __name__ == "__main__":
    main()
