"""Graphs whose rewriting changes what other rewriting has looked at: products, affine operations, pads and parts in a
row, each against ONNX Runtime."""

import numpy as np
import pytest
from conftest import TOLERANCE
from convopt import compile
from convopt.testing import reference
from convopt.testing.builder import Builder


def gemm(b, x, channels=8, **attributes):
    return b.add("Gemm", x, b.weight(channels, 8), b.weight(channels, deviation=0.1), transB=1, **attributes)


def matmul(b, x, rows=8, columns=8):
    return b.add("MatMul", x, b.weight(rows, columns, deviation=0.5))


def shape(b, *sizes):
    return b.constant(sizes, np.int64)


def chain(operator, length, **attributes):
    def build(b):
        x = b.input(3, 8)
        for _ in range(length):
            x = operator(b, x, **attributes)
        return [x]

    return build


def gemm_flatten_gemm(b):
    return [gemm(b, b.add("Flatten", gemm(b, b.input(1, 8))))]


def gemm_reshape_gemm(b):
    return [gemm(b, b.add("Reshape", gemm(b, b.input(4, 8), 16), shape(b, 8, 8)))]


def matmul_tile_matmul(b):
    tiled = b.add("Tile", matmul(b, b.input(2, 8)), shape(b, 3, 1))
    return [matmul(b, tiled)]


def matmul_add_matmul_relu_matmul(b):
    x = b.add("Add", matmul(b, b.input(5, 8)), b.weight(8))
    return [matmul(b, b.add("Relu", matmul(b, x)))]


def one_product_used_twice(b):
    x = matmul(b, b.input(4, 8))
    return [b.add("Add", matmul(b, x), matmul(b, x)), x]


def product_as_bias_of_the_next(b):
    x = b.input(3, 8)
    return [b.add("Gemm", matmul(b, x), b.weight(8, 8), matmul(b, x))]


def batches(b):
    x = b.add("MatMul", b.input(2, 3, 8), b.weight(2, 8, 8))
    return [b.add("MatMul", matmul(b, x), b.weight(2, 8, 8))]


def both_vary(b):
    x, y = b.input(2, 4, 8), b.input(2, 8, 4)
    return [matmul(b, b.add("MatMul", b.add("MatMul", x, y), matmul(b, x)))]


def product_of_constants(b):
    matrix = b.add("MatMul", b.weight(8, 8, deviation=0.5), b.weight(8, 8, deviation=0.5))
    return [b.add("MatMul", matmul(b, b.input(3, 8)), matrix)]


def matrix_on_the_left(b):
    return [b.add("MatMul", b.weight(8, 8), matmul(b, b.add("MatMul", b.weight(8, 8), b.input(8, 8))))]


def convolution_then_products(b):
    x = b.add("Flatten", b.add("GlobalAveragePool", b.conv(b.input(1, 3, 6, 6), (3, 8))))
    return [gemm(b, gemm(b, x))]


def transposed_convolutions(b):
    x = b.add("ConvTranspose", b.input(1, 4, 5, 5), b.weight(4, 6, 3, 3), strides=[2, 2])
    x = b.add("ConvTranspose", x, b.weight(6, 4, 2, 2), b.weight(4), strides=[2, 2])
    return [b.add("ConvTranspose", x, b.weight(4, 4, 3, 3), pads=[1, 1, 1, 1])]


def affine_operations(b):
    x = b.input(1, 4, 6, 6)
    for _ in range(3):
        x = b.batch_norm(b.conv(x, (4, 4)), 4)
        x = b.add("Mul", b.add("Add", x, b.weight(1, 4, 1, 1)), b.weight(1, 4, 1, 1))
    return [x]


def grouped_affine_operations(b):
    x = b.input(1, 8, 6, 6)
    for _ in range(2):
        x = b.batch_norm(b.conv(x, (8, 8), group=4), 8)
    return [x, b.batch_norm(x, 8)]


def pads_of_pads(b):
    x = b.add("Pad", b.input(1, 4, 5, 5), shape(b, 0, 0, 1, 0, 0, 0, 0, 1))
    x = b.add("Pad", x, shape(b, 0, 0, 0, 1, 0, 0, 1, 0))
    one, two = b.conv(x, (4, 4), pads=[1, 1, 1, 1]), b.conv(x, (4, 6), kernel=1)
    return [one, two, b.add("MaxPool", b.add("Pad", x, shape(b, 0, 1, 0, 0, 0, 0, 0, 2)), kernel_shape=[2, 2])]


def shuffle(b, parts, channels):
    x = b.add("Concat", *parts, axis=1)
    x = b.add("Reshape", x, shape(b, 1, len(parts), channels, 4, 4))
    x = b.add("Transpose", x, perm=[0, 2, 1, 3, 4])
    return b.add("Reshape", x, shape(b, 1, len(parts) * channels, 4, 4))


def shuffles_of_shuffles(b):
    x = b.input(1, 4, 4, 4)
    once = shuffle(b, [b.conv(x, (4, 4)), x], 4)
    low, high = b.add("Split", once, shape(b, 4, 4), outputs=2, axis=1)
    twice = shuffle(b, [once, shuffle(b, [low, b.conv(high, (4, 4))], 4)], 8)
    return [twice, once]


def concatenations_of_concatenations(b):
    x = b.input(1, 4, 5, 5)
    one, two = b.conv(x, (4, 3)), b.conv(x, (4, 5))
    inner = b.add("Concat", one, two, axis=1)
    outer = b.add("Concat", inner, b.conv(inner, (8, 4)), inner, axis=1)
    return [b.add("Concat", outer, x, two, axis=1), b.add("Concat", one, one, axis=1)]


GRAPHS = {
    **{f"{length}_gemms": chain(gemm, length) for length in (2, 3, 5)},
    **{f"{length}_matmuls": chain(matmul, length) for length in (2, 3, 5)},
    "scaled_gemms": chain(gemm, 3, alpha=0.5, beta=2.0),
    **{
        function.__name__: function
        for function in (
            gemm_flatten_gemm,
            gemm_reshape_gemm,
            matmul_tile_matmul,
            matmul_add_matmul_relu_matmul,
            one_product_used_twice,
            product_as_bias_of_the_next,
            batches,
            both_vary,
            product_of_constants,
            matrix_on_the_left,
            convolution_then_products,
            transposed_convolutions,
            affine_operations,
            grouped_affine_operations,
            pads_of_pads,
            shuffles_of_shuffles,
            concatenations_of_concatenations,
        )
    },
}


@pytest.mark.parametrize("name", GRAPHS)
def test_computes_what_is_written(name):
    b = Builder(name)
    model = b.model(*GRAPHS[name](b))
    inputs = [
        b.generator.normal(size=[d.dim_value for d in value.type.tensor_type.shape.dim]).astype(np.float32)
        for value in model.graph.input
    ]
    expected = reference.run(model.SerializeToString(), inputs)
    for actual, wanted in zip(compile(model).run(inputs), expected, strict=True):
        assert reference.relative_error(actual, wanted) <= TOLERANCE
