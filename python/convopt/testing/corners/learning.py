"""Operators of ai.onnx.ml."""

import numpy as np
from onnx import numpy_helper

from convopt.testing.corners import RANK, given, numbers, whole

DOMAIN = "ai.onnx.ml"


def _tree(*shape: int, judge="onnxruntime"):
    """One split of the first feature, one target."""
    tensors = {"nodes_splits": np.float32([0.5]), "nodes_modes": np.uint8([0]), "leaf_weights": np.float32([1, 2])}
    attributes = {name: numpy_helper.from_array(array, name) for name, array in tensors.items()}
    lists = {"nodes_featureids": [0], "nodes_truenodeids": [0], "nodes_falsenodeids": [1], "nodes_trueleafs": [1],
             "nodes_falseleafs": [1], "tree_roots": [0], "leaf_targetids": [0, 0]}  # fmt: skip
    return given(numbers(*shape), domain=DOMAIN, n_targets=1, judge=judge, **attributes, **lists)


def rows():
    """The rows of this family."""
    shapes = {"batch": (0, 3), "empty": (2, 0), "scalar": ()}
    yield "Binarizer", {k: given(numbers(*s), domain=DOMAIN, threshold=0.5) for k, s in shapes.items()}
    codes = {"keys_int64s": [1, 2], "values_floats": [0.5, 1.5], "domain": DOMAIN}
    yield (
        "LabelEncoder",
        {k: given(whole(*s), judge=[np.full(s, 0.5, np.float32)], **codes) for k, s in shapes.items()},
    )
    yield (
        "ArrayFeatureExtractor",
        {
            "batch": given(numbers(0, 3), np.int64([2, 0]), domain=DOMAIN, judge=[numbers(0, 2)]),
            "empty": "picks one element at least",
            "scalar": RANK,
        },
    )
    yield "TreeEnsemble", {"batch": _tree(0, 2, judge=[numbers(0, 1)]), "empty": "has features", "scalar": RANK}
