"""Train on a part of a profile, then move to a machine where primitives are three or five times as slow."""

import sys

import numpy as np
from convopt.measures import relative_errors
from convopt.model import export_trees, make_model, predict, write_model
from convopt.samples import read_samples
from convopt.train import fit
from convopt.transfer import transfer


def train(samples, path):
    base, traits, ensemble = fit(samples, trees=30)
    model = make_model(samples, base, export_trees(ensemble), "a test", traits=traits)
    write_model(model, path)
    return model, open(path, "rb").read()


def median_error(model, samples):
    return np.median(relative_errors(samples, predict(model, samples)))


def main():
    profile, prefix = sys.argv[1:]
    samples = read_samples([profile])
    folds = samples.folds(4)
    model, text = train(samples[folds != 0], prefix + ".model.json")
    print("same bytes:", train(samples[folds != 0], prefix + ".again.json")[1] == text)
    unseen = samples[folds == 0]
    print("held-out error below a fifth:", median_error(model, unseen) < 0.2)
    slower = samples[np.arange(len(samples))]
    slower.seconds = samples.seconds * np.where(np.char.startswith(samples.primitives, "d"), 5, 3)
    few = np.flatnonzero(folds != 0)[::7][:100]
    # |predicted / measured - 1| is bounded by 1 where times are too short: turned around, it is the factor.
    print(f"before: {1 / (1 - median_error(model, slower[folds == 0])):.2f}")
    print(f"after a hundred samples: {median_error(transfer(model, slower[few]), slower[folds == 0]):.3f}")


if __name__ == "__main__":
    main()
