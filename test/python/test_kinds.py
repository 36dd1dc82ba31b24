"""Each kind of layer has trees of its own, and the exported trees say what they say."""

import numpy as np
from convopt.boosting import Ensemble
from convopt.kinds import DEPTHWISE, GROUPED, POINTWISE, WINDOWED, KindEnsembles, fit_kinds, kinds_of, shares
from convopt.model import _predict_tree, as_packed, export_trees

COLUMNS = ["size", "depthwise", "groups", "kernel_height", "kernel_width"]
LAYERS = {DEPTHWISE: (1, 64, 3, 3), GROUPED: (0, 2, 1, 1), POINTWISE: (0, 1, 1, 1), WINDOWED: (0, 1, 1, 7)}
# Of each kind another law of the size.
LAWS = {DEPTHWISE: np.sin, GROUPED: np.cos, POINTWISE: np.square, WINDOWED: np.negative}


def rows_of(kinds, seed=1):
    """What trees see, and the target."""
    sizes = np.random.default_rng(seed).uniform(-2, 2, len(kinds))
    inputs = np.array([[size, *LAYERS[kind]] for size, kind in zip(sizes, kinds, strict=True)])
    return inputs, np.array([LAWS[kind](size) for size, kind in zip(sizes, kinds, strict=True)])


def fitted(counts, trees=20):
    kinds = np.repeat(list(LAYERS), counts)
    inputs, target = rows_of(kinds)
    return fit_kinds(inputs, target, trees, {}, COLUMNS, np.ones(len(kinds)))


def test_layers_are_told_apart():
    inputs = np.array([[0.0, *layer] for layer in (*LAYERS.values(), (0, 1, 3, 1), (1, 1, 1, 1))])
    assert kinds_of(inputs, COLUMNS).tolist() == [*LAYERS, WINDOWED, DEPTHWISE]
    assert kinds_of(inputs[:, :4], COLUMNS[:4]) is None


def test_each_kind_is_predicted_by_its_own():
    model = fitted([600, 600, 600, 600], 60)
    assert isinstance(model, KindEnsembles) and model.of_kind == [0, 1, 2, 3]
    inputs, target = rows_of(np.repeat(list(LAYERS), 50), seed=2)
    assert np.abs(model.predict(inputs) - target).mean() < 0.1
    # Trees of one kind have never seen another's law.
    windowed = inputs.copy()
    windowed[:, 1:] = LAYERS[WINDOWED]
    assert np.abs(model.predict(windowed) + inputs[:, 0]).mean() < 0.1


def test_what_has_few_rows_is_predicted_by_trees_of_all():
    model = fitted([600, 30, 600, 30])
    assert model.of_kind == [1, 0, 2, 0]
    assert isinstance(fitted([90, 90, 90, 90]), Ensemble)


def test_exported_trees_are_the_ensembles():
    for counts in ([600, 700, 800, 900], [600, 30, 600, 30], [30, 30, 30, 900]):
        model = fitted(counts)
        trees = export_trees(model)
        inputs, _ = rows_of(np.repeat(list(LAYERS), 50), seed=3)
        total = sum(_predict_tree(tree, inputs) for tree in trees)
        np.testing.assert_allclose(total, model.predict(inputs), rtol=0, atol=1e-12)
        for tree in trees:
            count = len(tree["feature"])
            assert len(tree["value"]) == count + 1
            for place, children in enumerate(zip(tree["left"], tree["right"], strict=True)):
                assert all(-count - 1 <= child < count and (child < 0 or child > place) for child in children)


def test_packed_trees_have_floats_and_five_decimals():
    model = fitted([90, 90, 90, 90], 2)
    exact = export_trees(model)
    for tree, before in zip(as_packed(exact), exact, strict=True):
        assert tree["threshold"] == [float(np.float32(value)) for value in tree["threshold"]]
        assert tree["value"] == [float(f"{value:.5f}") for value in before["value"]]


def test_more_rows_have_more_trees():
    assert shares(np.array([400, 100, 900, 0]), 150).tolist() == [200, 100, 300, 1]
