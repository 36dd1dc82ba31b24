"""DFT, STFT, MelWeightMatrix against numpy and onnx's reference evaluator, for lengths of every form."""

import numpy as np
import pytest
from convopt.testing.nodes import Nodes

# Powers, products of small factors, primes below and above what is summed directly, their products.
LENGTHS = [1, 2, 3, 8, 12, 31, 37, 60, 64, 67, 121, 128, 134, 210, 1009]


def parts(x):
    return np.stack([x.real, x.imag], -1)


@pytest.mark.parametrize("kind, error", [("float32", 1e-5), ("float64", 1e-12)])
def test_dft_of_every_length(kind, error, generator):
    nodes, expected = Nodes(20), []
    for n in LENGTHS:
        for components in (1, 2):
            for inverse in (0, 1):
                x = generator.standard_normal((2, n, components)).astype(kind)
                nodes.add("DFT", [nodes.input(x)], [kind], inverse=inverse)
                value = x[..., 0] + (1j * x[..., 1] if components == 2 else 0)
                expected.append(parts((np.fft.ifft if inverse else np.fft.fft)(value.astype(complex))))
    for actual, wanted in zip(nodes.run(), expected, strict=True):
        np.testing.assert_allclose(actual, wanted, 0, error * np.abs(wanted).max() * 10)


@pytest.mark.parametrize("opset", [17, 20])
def test_dft_axes_lengths_and_halves(opset, generator):
    nodes = Nodes(opset)
    x = generator.standard_normal((3, 6, 5, 2)).astype(np.float32)
    for axis in (0, 1, 2, -2, -3):
        for length in (None, 4, 8):
            for onesided in (0, 1):
                count = nodes.constant(np.int64(length)) if length else ""
                data = nodes.input(x[..., :1].copy() if onesided else x)
                if opset == 17:
                    nodes.add("DFT", [data, count] if count else [data], axis=axis, onesided=onesided)
                else:
                    nodes.add("DFT", [data, count, nodes.constant(np.int64(axis))], onesided=onesided)
    for actual, wanted in zip(nodes.run(), nodes.evaluate(), strict=True):
        np.testing.assert_allclose(actual, wanted, 1e-4, 1e-4)


def test_stft(generator):
    nodes = Nodes(17)
    signal = generator.standard_normal((2, 100, 1)).astype(np.float32)
    window = nodes.constant(np.hanning(24).astype(np.float32))
    for onesided in (0, 1):
        nodes.add("STFT", [nodes.input(signal), nodes.constant(np.int64(7)), window], onesided=onesided)
        inputs = [nodes.input(signal), nodes.constant(np.int64(10)), "", nodes.constant(np.int64(16))]
        nodes.add("STFT", inputs, onesided=onesided)
    pairs = nodes.input(generator.standard_normal((1, 64, 2)).astype(np.float32))
    nodes.add("STFT", [pairs, nodes.constant(np.int64(8)), "", nodes.constant(np.int64(16))], onesided=0)
    for actual, wanted in zip(nodes.run(), nodes.evaluate(), strict=True):
        np.testing.assert_allclose(actual, wanted, 1e-4, 1e-4)


def test_mel_weight_matrix():
    nodes = Nodes(17)
    for bins, length, rate, low, high in [(8, 16, 8192, 0, 4096), (40, 512, 16000, 20, 8000), (3, 64, 1000, 0, 100)]:
        numbers = [nodes.constant(np.int64(value)) for value in (bins, length, rate)]
        edges = [nodes.constant(np.float32(value)) for value in (low, high)]
        nodes.add("MelWeightMatrix", numbers + edges)
    for actual, wanted in zip(nodes.run(), nodes.onnxruntime(), strict=True):
        np.testing.assert_allclose(actual, wanted, 1e-5)
