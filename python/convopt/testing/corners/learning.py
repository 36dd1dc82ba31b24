"""Operators of ai.onnx.ml."""

import numpy as np
from onnx import numpy_helper

from convopt.testing.corners import AXIS, RANK, given, numbers, whole

DOMAIN = "ai.onnx.ml"


def _tensor(name: str, values, kind):
    return numpy_helper.from_array(np.asarray(values, kind), name)


def _features(*shape: int):
    places = np.array([0, 1], np.int64)
    return given(numbers(*shape), places, judge=[numbers(*shape)[..., :2]], domain=DOMAIN)


def _binarizer(*shape: int):
    x = numbers(*shape)
    return given(x, judge=[(x > 0.5).astype(np.float32)], domain=DOMAIN, threshold=0.5)


def _labels(*shape: int):
    """Numbers from 1 on get labels, those from 3 on the default."""
    x = whole(*shape)
    labels = np.where(x == 1, 10.0, np.where(x == 2, 20.0, -1.0)).astype(np.float32)
    keys = {"keys_int64s": [1, 2], "values_floats": [10.0, 20.0], "default_float": -1.0}
    return given(x, judge=[labels], domain=DOMAIN, **keys)


def _tree(*shape: int):
    """One split of the first feature, at a half."""
    x = numbers(*shape)
    leaves = np.where(x[..., :1] <= 0.5, 1.0, 2.0).astype(np.float32)
    attributes = {
        "aggregate_function": 1,
        "post_transform": 0,
        "n_targets": 1,
        "nodes_featureids": [0],
        "nodes_splits": _tensor("splits", [0.5], np.float32),
        "nodes_modes": _tensor("modes", [0], np.uint8),
        "nodes_truenodeids": [0],
        "nodes_trueleafs": [1],
        "nodes_falsenodeids": [1],
        "nodes_falseleafs": [1],
        "tree_roots": [0],
        "leaf_targetids": [0, 0],
        "leaf_weights": _tensor("weights", [1.0, 2.0], np.float32),
    }
    return given(x, judge=[leaves], domain=DOMAIN, **attributes)


def rows():
    """The rows of this family."""
    yield "ArrayFeatureExtractor", {"batch": _features(0, 3), "empty": _features(2, 0, 3), "scalar": AXIS}
    yield "Binarizer", {"batch": _binarizer(0, 3), "empty": _binarizer(2, 0), "scalar": _binarizer()}
    yield "LabelEncoder", {"batch": _labels(0, 3), "empty": _labels(2, 0), "scalar": _labels()}
    yield "TreeEnsemble", {"batch": _tree(0, 3), "empty": "needs a feature", "scalar": RANK}
