"""TfIdfVectorizer of integers, against ONNX Runtime."""

import convopt
import numpy as np
import pytest
from convopt.testing.nodes import Nodes

POOL = {
    "ngram_counts": [0, 4],
    "ngram_indexes": [0, 1, 2, 3, 4, 5, 6],
    "pool_int64s": [2, 3, 5, 4, 5, 6, 7, 8, 6, 7],
}


@pytest.mark.parametrize("mode", ["TF", "IDF", "TFIDF"])
def test_grams_are_counted(mode, generator):
    nodes = Nodes(9)
    weights = generator.uniform(0.5, 2, 7).astype(np.float32).tolist()
    for kind in ("int32", "int64"):
        for shape in ((20,), (3, 14)):
            for least, most, skip in [(1, 1, 0), (2, 2, 0), (1, 2, 3), (2, 2, 30)]:
                lengths = {"min_gram_length": least, "max_gram_length": most, "max_skip_count": skip}
                x = nodes.input(generator.integers(2, 9, shape).astype(kind))
                nodes.add("TfIdfVectorizer", [x], mode=mode, weights=weights, **lengths, **POOL)
    for actual, wanted in zip(nodes.run(), nodes.onnxruntime(), strict=True):
        np.testing.assert_allclose(actual, wanted, 1e-6)


@pytest.mark.parametrize("change", [{"ngram_counts": [0, 40]}, {"ngram_indexes": [0]}, {"ngram_counts": [0, 3]}])
def test_bad_pools_are_refused(change):
    nodes = Nodes(9)
    attributes = POOL | {"mode": "TF", "min_gram_length": 1, "max_gram_length": 2, "max_skip_count": 0} | change
    nodes.add("TfIdfVectorizer", [nodes.input(np.int64([1, 2, 3]))], **attributes)
    with pytest.raises(convopt.CompileError, match="its attributes do not fit"):
        convopt.compile(nodes.model())
