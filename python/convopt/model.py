"""The JSON form of a cost model (lib/CostModel/TreeCostModel.h says what it means)."""

import json
from itertools import zip_longest

import numpy as np

from convopt.joined_trees import join_trees
from convopt.kinds import KindEnsembles

# TreeEnsemble::Missing
_MISSING = {("None", True): 0, ("None", False): 0, ("NaN", True): 1, ("NaN", False): 2}
_MISSING |= {("Zero", True): 3, ("Zero", False): 4}

# Measured on znver4/512 with convopt-profile --transforms; in shares of the bandwidth of each level they are used for
# other machines too.
TRANSFORMATION = {
    "overhead_seconds": 3e-07,
    "to_nchw": {"l1": 0.260, "l2": 0.453, "l3": 1.543, "memory": 0.387},
    "to_nhwc": {"l1": 0.197, "l2": 0.611, "l3": 1.735, "memory": 0.409},
}


def export_tree(structure, count):
    """One tree of LightGBM's dump_model, with `count` leaves, as arrays over nodes and leaves."""
    nodes = count - 1
    tree = {key: [0] * nodes for key in ("feature", "threshold", "missing", "left", "right")}
    tree["value"] = [0.0] * count

    def walk(node):
        """Fill in the arrays; return how a parent names this node."""
        if "split_index" not in node:
            leaf = node.get("leaf_index", 0)
            tree["value"][leaf] = node["leaf_value"]
            return -1 - leaf
        if node["decision_type"] != "<=":
            raise ValueError("only numerical splits can be exported")
        at = node["split_index"]
        tree["feature"][at] = node["split_feature"]
        tree["threshold"][at] = node["threshold"]
        tree["missing"][at] = _MISSING[node["missing_type"], node["default_left"]]
        tree["left"][at] = walk(node["left_child"])
        tree["right"][at] = walk(node["right_child"])
        return at

    walk(structure)
    return tree


def export_trees(booster):
    """All trees of a LightGBM booster, of a mean of boosters (convopt.boosting) as one sum, or of those of kinds."""
    if isinstance(booster, KindEnsembles):
        parts = zip_longest(*map(export_trees, booster.ensembles))
        return [join_trees(trees, booster.of_kind, booster.columns) for trees in parts]
    boosters = getattr(booster, "boosters", [booster])
    trees = []
    for each in boosters:
        for t in each.dump_model()["tree_info"]:
            tree = export_tree(t["tree_structure"], t["num_leaves"])
            tree["value"] = [value / len(boosters) for value in tree["value"]]
            trees.append(tree)
    return trees


def as_packed(trees):
    """The trees with numbers that the compiler packs: thresholds a float holds, leaves of five decimals."""

    def floats(values):
        return np.array(values, np.float32).astype(float).tolist()

    def decimals(values):
        return [round(value, 5) for value in values]

    return [{**tree, "threshold": floats(tree["threshold"]), "value": decimals(tree["value"])} for tree in trees]


def make_model(samples, base, trees, note, transformation=None, traits=None):
    """A model as a dictionary; `base` has a number for each primitive's name, in the order of the trees' columns.

    `traits` has a row of numbers for each, which the trees see of its samples (Samples.inputs).
    """
    kinds, counts = np.unique(samples.primitives, return_counts=True)
    counts = dict(zip(kinds.tolist(), counts.tolist(), strict=True))
    primitives = [{"name": name, "samples": counts.get(name, 0), "base": float(value)} for name, value in base.items()]
    for entry, row in zip(primitives, () if traits is None else traits, strict=False):
        entry["traits"] = [float(value) for value in row]
    return {
        "format": "convopt-cost-model",
        "features": samples.version,
        "feature_names": samples.layer_features(),
        "note": note,
        "convolution": {
            "overhead_seconds": 0.0,
            "variants": samples.variants(),
            "primitives": primitives,
            "trees": trees,
        },
        "transformation": transformation or TRANSFORMATION,
    }


def write_model(model, path):
    """Write one tree a line: small, and a change shows where it is."""
    trees = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in model["convolution"]["trees"])
    shell = {**model, "convolution": {**model["convolution"], "trees": []}}
    text = json.dumps(shell, indent=1).replace('"trees": []', '"trees": [\n' + trees + "\n]")
    with open(path, "w") as file:
        file.write(text + "\n")


def read_model(path, samples):
    """Read a model; it must be for the samples' version of the features."""
    try:
        with open(path) as file:
            model = json.load(file)
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise SystemExit(f"{path}: not a cost model: {error}") from None
    if not isinstance(model, dict) or model.get("format") != "convopt-cost-model":
        raise SystemExit(f"{path}: not a cost model: 'format' is not \"convopt-cost-model\"")
    if model["features"] != samples.version:
        raise SystemExit(f"{path}: made for version {model['features']} of the features, not {samples.version}")
    variants = model["convolution"].get("variants", [])
    if samples.variants()[: len(variants)] != variants:
        raise SystemExit(f"{path}: needs the columns {' '.join(f'variant_{name}' for name in variants)}")
    return model


def primitives_of(model):
    """The names of a model's primitives and the base of each; one more, the upper median, for all others."""
    entries = model["convolution"]["primitives"]
    known = sorted(entry["base"] for entry in entries if entry["samples"])
    other = known[len(known) // 2] if known else 0.0
    bases = [entry["base"] if entry["samples"] else other for entry in entries]
    return [entry["name"] for entry in entries], np.array([*bases, other])


def other_traits(traits):
    """What stands for the traits of a primitive that is not among these: the upper median of each."""
    return np.sort(traits, axis=0)[len(traits) // 2]


def with_others(traits):
    """A row more, for all other primitives, as Samples.inputs wants it."""
    return np.vstack([traits, other_traits(traits)])


def model_inputs(model, samples):
    """What a model's trees see of samples; primitives that it does not know have zeros in all primitives' columns."""
    entries = model["convolution"]["primitives"]
    variants = model["convolution"].get("variants", [])
    width = len(samples.layer_features()) + len(variants)
    samples = samples.with_features(samples.feature_names[:width])
    names = [entry["name"] for entry in entries]
    if not any(entry.get("traits") for entry in entries):
        return samples.inputs(names)
    traits = np.array([entry["traits"] for entry in entries], float)
    return samples.inputs(names, with_others(traits))


def _predict_tree(tree, features):
    rows = np.arange(len(features))
    at = np.full(len(features), 0 if tree["feature"] else -1)
    feature, threshold, left, right = (np.array(tree[k]) for k in ("feature", "threshold", "left", "right"))
    while (at >= 0).any():
        inner = rows[at >= 0]
        node = at[inner]
        goes_left = features[inner, feature[node]] <= threshold[node]
        at[inner] = np.where(goes_left, left[node], right[node])
    return np.array(tree["value"])[-1 - at]


def predict(model, samples):
    """log(seconds / roofline bound) of each sample; profiles have no missing values."""
    names, base = primitives_of(model)
    inputs, total = model_inputs(model, samples), np.zeros(len(samples))
    for tree in model["convolution"]["trees"]:
        total += _predict_tree(tree, inputs)
    return base[samples.indices(names)] + total
