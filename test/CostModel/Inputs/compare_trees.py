"""Train on random data, export, let the library predict, compare bits."""

import json
import subprocess
import sys

import lightgbm
import numpy as np
from convopt.boosting import PARAMETERS
from convopt.model import export_trees

CASES = {
    "missing=nan": ({}, 60),
    "missing=zero": ({"zero_as_missing": True}, 60),
    "missing=none": ({"use_missing": False}, 60),
    "single leaf": ({"min_data_in_leaf": 10_000}, 3),
}


def random_rows(rng, count):
    rows = rng.normal(size=(count, 8)) * 10.0 ** rng.integers(-3, 9, size=(1, 8))
    rows[rng.random(rows.shape) < 0.1] = 0
    rows[rng.random(rows.shape) < 0.1] = np.nan
    rows[:, 3] = np.round(np.nan_to_num(rows[:, 3]))
    return rows


def difficult_rows(rng, trees):
    """Rows that were not trained on, many of whose values stand exactly at a threshold."""
    rows = random_rows(rng, 5000)
    for tree in trees:
        for feature, threshold in zip(tree["feature"], tree["threshold"], strict=True):
            rows[rng.integers(len(rows)), feature] = threshold
    rows[rng.random(rows.shape) < 0.01] = 1e299
    rows[rng.random(rows.shape) < 0.01] = -1e299
    rows[rng.random(rows.shape) < 0.01] = 1e-36
    rows[rng.random(rows.shape) < 0.01] = -0.0
    return rows


def main():
    tool, prefix = sys.argv[1:]
    rng = np.random.default_rng(5)
    for name, (parameters, count) in CASES.items():
        train = random_rows(rng, 3000)
        target = np.sin(np.nan_to_num(train).sum(axis=1)) + np.isnan(train[:, 2])
        booster = lightgbm.train({**PARAMETERS, **parameters}, lightgbm.Dataset(train, target), count)
        trees = export_trees(booster)
        rows = difficult_rows(rng, trees)
        with open(prefix + ".json", "w") as file:
            json.dump(trees, file)
        with open(prefix + ".csv", "w") as file:
            file.writelines(",".join(map(repr, map(float, row))) + "\n" for row in rows)
        lines = subprocess.run([tool, prefix + ".json", prefix + ".csv"], capture_output=True, text=True, check=True)
        ours = np.array([float.fromhex(line) for line in lines.stdout.split()])
        theirs = booster.predict(rows)
        equal = (ours.view(np.int64) == theirs.view(np.int64)).sum()
        print(f"{name}: {equal} rows equal")


if __name__ == "__main__":
    main()
