"""The operators of ai.onnx.ml, against ONNX Runtime, the reference evaluator, or the standard's text."""

import convopt
import numpy as np
import pytest
from convopt import CompileError
from convopt.testing.nodes import Nodes
from onnx import helper, numpy_helper

DOMAIN = "ai.onnx.ml"


def check(nodes, tolerance=0.0):
    """Against ONNX Runtime."""
    for actual, wanted in zip(nodes.run(), nodes.onnxruntime(), strict=True):
        assert actual.dtype == wanted.dtype
        np.testing.assert_allclose(actual, wanted, tolerance, tolerance)


def tensor(name, values, kind):
    """A tensor attribute."""
    return numpy_helper.from_array(np.asarray(values, kind), name)


def test_binarizer_of_floats():
    nodes = Nodes(17)
    for x in (np.float32([-1, 0.5, 0.50001, np.nan, np.inf]), np.float32([[0.5], [3]])):
        nodes.add("Binarizer", [nodes.input(x)], domain=DOMAIN, threshold=0.5)
    # ONNX Runtime refuses NaN.
    for actual, wanted in zip(nodes.run(), nodes.evaluate(), strict=True):
        np.testing.assert_array_equal(actual, wanted)


@pytest.mark.parametrize("kind", ["int32", "int64"])
def test_binarizer_of_integers_is_exact(kind):
    edges = np.iinfo(kind)
    x = np.array([edges.min, -3, -2, -1, 0, 1, 2, 16777216, 16777217, edges.max], kind)
    nodes, wanted = Nodes(17), []
    for threshold in (-np.inf, -2.5, -2.0, 0.0, 1.5, 16777216.0, float(edges.max), np.inf, np.nan):
        nodes.add("Binarizer", [nodes.input(x)], (kind,), domain=DOMAIN, threshold=threshold)
        stored = float(np.float32(threshold))
        wanted.append([int(int(element) > stored) for element in x])
    for actual, expected in zip(nodes.run(), wanted, strict=True):
        assert actual.dtype == kind
        assert actual.tolist() == expected


def test_array_feature_extractor():
    nodes = Nodes(17)
    for kind in ("float32", "float64", "int32", "int64"):
        for shape in ((3, 4), (2, 3, 5)):
            x = np.arange(np.prod(shape)).reshape(shape).astype(kind)
            for places in ([1], [[3, 0, 0]], [2, 1]):
                operands = [nodes.input(x), nodes.input(np.int64(places))]
                nodes.add("ArrayFeatureExtractor", operands, (kind,), domain=DOMAIN)
    check(nodes)


def test_array_feature_extractor_of_a_vector_gives_a_row():
    nodes = Nodes(17)
    operands = [nodes.input(np.float32([5, 6, 7])), nodes.constant(np.int64([2, 0]))]
    nodes.add("ArrayFeatureExtractor", operands, rank=2, domain=DOMAIN)
    actual, wanted = nodes.run()[0], nodes.onnxruntime()[0]
    np.testing.assert_array_equal(wanted, [[7, 5]])
    np.testing.assert_array_equal(actual, wanted)


def test_label_encoder_of_numbers(generator):
    nodes = Nodes(17)
    for count in (1, 2, 7, 64, 100):
        keys = generator.permutation(200)[:count] - 100
        values = generator.integers(-50, 50, count)
        x = generator.integers(-100, 100, (5, 40))
        ints, reals = nodes.input(x), nodes.input(x.astype(np.float32))
        to_reals = {"values_floats": values.astype(float).tolist(), "default_float": 0.25}
        to_ints = {"values_int64s": values.tolist(), "default_int64": 77}
        nodes.add("LabelEncoder", [ints], domain=DOMAIN, keys_int64s=keys.tolist(), **to_reals)
        nodes.add("LabelEncoder", [ints], ("int64",), domain=DOMAIN, keys_int64s=keys.tolist(), **to_ints)
        nodes.add("LabelEncoder", [reals], domain=DOMAIN, keys_floats=keys.astype(float).tolist(), **to_reals)
        # Without a default.
        nodes.add("LabelEncoder", [reals], ("int64",), domain=DOMAIN, keys_floats=keys.astype(float).tolist(),
                  values_int64s=values.tolist())  # fmt: skip
    check(nodes)


def test_label_encoder_of_tensors_and_nan():
    nodes, nan = Nodes(17), float("nan")
    keys = tensor("keys_tensor", [2.5, nan, -1], np.float64)
    values = tensor("values_tensor", [1, 2, 3], np.float64)
    default = tensor("default_tensor", [9], np.float64)
    attributes = {"keys_tensor": keys, "values_tensor": values, "default_tensor": default, "domain": DOMAIN}
    nodes.add("LabelEncoder", [nodes.input([nan, 2.5, -1, 2.4, np.inf])], ("float64",), **attributes)
    x = nodes.input(np.float32([nan, 2, 0]))
    nodes.add("LabelEncoder", [x], ("int64",), domain=DOMAIN, keys_floats=[nan], values_int64s=[4])
    check(nodes)


def test_of_a_repeated_key_the_last_counts():
    nodes = Nodes(17)
    x = nodes.input(np.int64([3, 5, 4]))
    nodes.add("LabelEncoder", [x], ("int64",), domain=DOMAIN, keys_int64s=[5, 3, 5], values_int64s=[1, 2, 3])
    np.testing.assert_array_equal(nodes.run()[0], [2, 3, -1])


def test_label_encoder_that_does_not_fit():
    nodes = Nodes(17)
    nodes.add("LabelEncoder", [nodes.input(np.int64([3]))], ("int64",), domain=DOMAIN, keys_int64s=[5, 3],
              values_int64s=[1])  # fmt: skip
    model = nodes.model()
    with pytest.raises(CompileError, match="number of keys 2"):
        convopt.compile(model)


def forest(generator, kind, trees, depth, features, targets, modes=(0,), tracks=False):
    """The attributes of random full trees."""
    splits, ids, kinds, yes, no, yes_leaf, no_leaf, roots, leaves = [], [], [], [], [], [], [], [], 0
    for _ in range(trees):
        first = len(splits)
        roots.append(first)
        inner = 2**depth - 1
        for i in range(inner):
            splits.append(round(float(generator.normal()), 1))
            ids.append(int(generator.integers(features)))
            kinds.append(int(generator.choice(modes)))
            for side, places, flags in ((1, yes, yes_leaf), (2, no, no_leaf)):
                child = 2 * i + side
                places.append(first + child if child < inner else leaves)
                flags.append(int(child >= inner))
                leaves += child >= inner
    attributes = {
        "nodes_splits": tensor("s", splits, kind),
        "nodes_featureids": ids,
        "nodes_modes": tensor("m", kinds, np.uint8),
        "nodes_truenodeids": yes,
        "nodes_falsenodeids": no,
        "nodes_trueleafs": yes_leaf,
        "nodes_falseleafs": no_leaf,
        "tree_roots": roots,
        "leaf_targetids": generator.integers(targets, size=leaves).tolist(),
        "leaf_weights": tensor("w", generator.normal(size=leaves), kind),
        "n_targets": targets,
    }
    if tracks:
        attributes["nodes_missing_value_tracks_true"] = generator.integers(2, size=len(splits)).tolist()
    return attributes


def rows(generator, kind, features):
    """Some on the splits, some without a number."""
    x = generator.normal(size=(50, features)).round(1).astype(kind)
    x[generator.random(x.shape) < 0.1] = np.nan
    return x


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_trees(kind, generator):
    nodes = Nodes(17)
    x = nodes.input(rows(generator, kind, 4))
    for modes in ((0,), (1,), (2,), (3,), (4,), (5,), (0, 1, 2, 3, 4, 5)):
        for how in range(4):
            attributes = forest(generator, kind, 6, 4, 4, 3, modes, tracks=how % 2)
            nodes.add("TreeEnsemble", [x], (kind,), domain=DOMAIN, aggregate_function=how, **attributes)
    check(nodes, 1e-5)


def test_what_becomes_of_scores(generator):
    """The numbers are the standard's: 1 is SOFTMAX, 2 LOGISTIC. ONNX Runtime takes 1 for LOGISTIC, 2 for SOFTMAX."""
    nodes = Nodes(17)
    x = nodes.input(rows(generator, "float32", 4))
    attributes = forest(generator, "float32", 2, 3, 4, 3)
    for transform in (0, 1, 2, 3):
        nodes.add("TreeEnsemble", [x], domain=DOMAIN, post_transform=transform, **attributes)
    raw, softmax, logistic, of_others = nodes.run()
    scores = nodes.onnxruntime()[0]
    np.testing.assert_allclose(raw, scores, 1e-6, 1e-6)
    assert (scores == 0).any()
    powers = np.exp(scores.astype(np.float64))
    np.testing.assert_allclose(softmax, powers / powers.sum(1, keepdims=True), 1e-5)
    np.testing.assert_allclose(logistic, 1 / (1 + 1 / powers), 1e-5)
    powers[scores == 0] = 0
    np.testing.assert_allclose(of_others, powers / powers.sum(1, keepdims=True), 1e-5)


def test_trees_in_half_precision(generator):
    attributes = forest(generator, "float32", 40, 3, 4, 1)
    weights = numpy_helper.to_array(attributes["leaf_weights"])
    splits = numpy_helper.to_array(attributes["nodes_splits"])
    half = attributes | {
        "leaf_weights": tensor("w", weights, "float16"),
        "nodes_splits": tensor("s", splits, "float16"),
    }
    same = attributes | {
        "leaf_weights": tensor("w", weights.astype("float16"), "float32"),
        "nodes_splits": tensor("s", splits.astype("float16"), "float32"),
    }
    x = rows(generator, "float16", 4)
    nodes, wide = Nodes(17), Nodes(17)
    nodes.add("TreeEnsemble", [nodes.input(x)], ("float16",), domain=DOMAIN, **half)
    wide.add("TreeEnsemble", [wide.input(x.astype("float32"))], domain=DOMAIN, **same)
    np.testing.assert_array_equal(nodes.run()[0], wide.onnxruntime()[0].astype("float16"))


SINGLE = {
    "nodes_splits": tensor("s", [1.0], "float32"),
    "nodes_featureids": [0],
    "nodes_modes": tensor("m", [0], np.uint8),
    "nodes_truenodeids": [0],
    "nodes_falsenodeids": [1],
    "nodes_trueleafs": [1],
    "nodes_falseleafs": [1],
    "tree_roots": [0],
    "leaf_targetids": [0, 0],
    "leaf_weights": tensor("w", [2, 3], "float32"),
    "n_targets": 1,
}
NAN = float("nan")


def run_tree(**change):
    """Three rows of one feature down the tree SINGLE with some attributes changed."""
    nodes = Nodes(17)
    nodes.add("TreeEnsemble", [nodes.input(np.float32([[0], [1], [2]]))], domain=DOMAIN, **(SINGLE | change))
    return nodes.run()[0]


def test_sets_are_those_of_their_nodes_in_order():
    """By the standard in the order of the nodes, which is not that of the tree here: the root is node 1."""
    change = {
        "nodes_modes": tensor("m", [6, 6], np.uint8),
        "nodes_splits": tensor("s", [0, 0], "float32"),
        "membership_values": tensor("v", [1, NAN, 0, NAN], "float32"),
        "nodes_featureids": [0, 0],
        "nodes_truenodeids": [1, 0],
        "nodes_trueleafs": [1, 1],
        "nodes_falsenodeids": [2, 0],
        "nodes_falseleafs": [1, 0],
        "tree_roots": [1],
        "leaf_targetids": [0, 0, 0],
        "leaf_weights": tensor("w", [5, 6, 7], "float32"),
    }
    assert run_tree(**change).ravel().tolist() == [5, 6, 7]


def test_one_target_is_transformed_too():
    assert run_tree(post_transform=1).ravel().tolist() == [1, 1, 1]
    np.testing.assert_allclose(run_tree(post_transform=2).ravel(), 1 / (1 + np.exp([-2.0, -2, -3])), 1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nodes_trueleafs": [0]}, "its nodes form a circle"),
        ({"nodes_falsenodeids": [2]}, "its attributes do not fit"),
        ({"nodes_truenodeids": [-1]}, "its attributes do not fit"),
        ({"nodes_featureids": [1]}, "its attributes do not fit"),
        ({"nodes_modes": tensor("m", [7], np.uint8)}, "its attributes do not fit"),
        ({"nodes_modes": tensor("m", [6], np.uint8)}, "its attributes do not fit"),
        ({"leaf_targetids": [0, 1]}, "its attributes do not fit"),
        ({"tree_roots": [1]}, "its attributes do not fit"),
        ({"leaf_weights": tensor("w", 2.0, "float32")}, "attribute 'leaf_weights' must be a list"),
        ({"post_transform": 4}, "post_transform 4 is not supported"),
        ({"aggregate_function": 4}, "has an aggregate_function that ONNX does not define"),
    ],
)
def test_trees_that_are_none(change, message):
    nodes = Nodes(17)
    nodes.add("TreeEnsemble", [nodes.input(np.float32([[0]]))], rank=2, domain=DOMAIN, **SINGLE)
    model = nodes.model()
    for name, value in change.items():
        kept = [attribute for attribute in model.graph.node[0].attribute if attribute.name != name]
        del model.graph.node[0].attribute[:]
        model.graph.node[0].attribute.extend([*kept, helper.make_attribute(name, value)])
    with pytest.raises(CompileError, match=message):
        convopt.compile(model)


def test_a_later_opset_is_refused():
    nodes = Nodes(17)
    nodes.add("Binarizer", [nodes.input(np.float32([0]))], domain=DOMAIN)
    model = nodes.model()
    model.opset_import[1].version = 99
    with pytest.raises(CompileError, match="uses opset 99 of ai.onnx.ml, whose operators are not known yet"):
        convopt.compile(model)


def test_other_operators_of_the_domain_are_refused():
    nodes = Nodes(17)
    nodes.add("Scaler", [nodes.input(np.float32([[0]]))], domain=DOMAIN, offset=[0.0], scale=[1.0])
    with pytest.raises(CompileError, match=r"\(Scaler\): the operator is not supported"):
        convopt.compile(nodes.model())
