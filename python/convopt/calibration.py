"""Inputs by which a quantiser finds the range of every tensor: those of a file or a folder, or random ones.

An array's first dimension counts samples. With as many dimensions as the model's input it is the input's own first one,
the batch, and is cut into pieces as large as the model's batch (one, where that is open); with one dimension more each
element of it is a whole input.
"""

import zipfile
from pathlib import Path

import numpy as np
from onnxruntime.quantization.calibrate import CalibrationDataReader

# Of pixels, as a model's metadata may state it (onnx/docs/MetadataProps.md).
NOMINAL_RANGES = {
    "NominalRange_0_255": (0, 255),
    "NominalRange_16_235": (16, 235),
    "Normalized_0_1": (0, 1),
    "Normalized_1_1": (-1, 1),
}
KINDS = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
    "tensor(int8)": np.int8,
    "tensor(uint8)": np.uint8,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
    "tensor(bool)": np.bool_,
}


class Samples(CalibrationDataReader):
    """A list of {input: array}, one inference each, to be read from the beginning as often as rewind() is called."""

    def __init__(self, feeds: list):
        """Holds the list."""
        self.feeds = feeds
        self.rewind()

    def rewind(self) -> "Samples":
        """Begins again; the samples themselves."""
        self.iterator = iter(self.feeds)
        return self

    def get_next(self) -> dict | None:
        """The next inputs, None behind the last ones."""
        return next(self.iterator, None)

    def __len__(self) -> int:
        """How many inferences."""
        return len(self.feeds)

    def first(self, count: int) -> "Samples":
        """The first `count`, or all if there are fewer."""
        return Samples(self.feeds[:count])


def _kind(value):
    if value.type not in KINDS:
        raise ValueError(f"input '{value.name}' is a {value.type}, of which no samples can be made")
    return KINDS[value.type]


def _pieces(value, array: np.ndarray, where: str) -> list:
    """The inputs that an array of samples holds."""
    kind, shape = _kind(value), value.shape
    if array.dtype.kind not in "fiub" or (array.dtype.kind == "f") != (np.dtype(kind).kind == "f"):
        raise ValueError(f"{where} is of type {array.dtype}, input '{value.name}' is a {value.type}")
    batch = shape[0] if shape and isinstance(shape[0], int) else 1
    if array.ndim == len(shape) > 0:
        if len(array) % batch:
            raise ValueError(f"{where} has {len(array)} samples, which do not fill batches of {batch}")
        array = array.reshape(len(array) // batch, batch, *array.shape[1:])
    fits = array.ndim == len(shape) + 1 and all(
        not isinstance(size, int) or size == given for size, given in zip(shape, array.shape[1:], strict=True)
    )
    if not fits or not len(array):
        expected = "x".join(str(size) if isinstance(size, int) else "?" for size in shape)
        raise ValueError(f"{where} is of shape {array.shape}; input '{value.name}' is {expected}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"{where} has elements that are not finite")
    return list(array.astype(kind))


def _load(path: Path):
    try:
        return np.load(path)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "no array that numpy can read"
        raise ValueError(f"{path}: {reason}") from None


def _arrays(path: Path, inputs) -> dict:
    """Pieces by input, of an .npz, an .npy or a folder of .npy files."""
    if path.is_dir() or path.suffix == ".npy":
        files = sorted(path.glob("*.npy")) if path.is_dir() else [path]
        if not files:
            raise ValueError(f"{path}: there is no .npy file in this folder")
        if len(inputs) != 1:
            names = ", ".join(value.name for value in inputs)
            raise ValueError(f"{path}: the model has several inputs; arrays called {names} go into one .npz")
        return {inputs[0].name: [piece for file in files for piece in _pieces(inputs[0], _load(file), str(file))]}
    loaded = _load(path)
    if not isinstance(loaded, np.lib.npyio.NpzFile):
        raise ValueError(f"{path}: neither .npz nor .npy nor a folder")
    with loaded as data:
        known = {value.name for value in inputs}
        if missing := sorted(known - set(data.files)):
            raise ValueError(f"{path}: no array is called '{missing[0]}', which is an input of the model")
        if unknown := sorted(set(data.files) - known):
            raise ValueError(f"{path}: the model has no input '{unknown[0]}'")
        return {value.name: _pieces(value, data[value.name], f"{path}: '{value.name}'") for value in inputs}


def read_samples(path, inputs) -> Samples:
    """Those of a file or a folder, for `inputs` as an InferenceSession lists them; ValueError says what is wrong."""
    arrays = _arrays(Path(path), inputs)
    counts = {len(pieces) for pieces in arrays.values()}
    if len(counts) != 1:
        said = ", ".join(f"'{name}' {len(pieces)}" for name, pieces in arrays.items())
        raise ValueError(f"{path}: the inputs differ in their number of samples: {said}")
    return Samples([dict(zip(arrays, pieces, strict=True)) for pieces in zip(*arrays.values(), strict=True)])


def stated_range(model) -> tuple | None:
    """The range of pixels that the metadata of a ModelProto states, if it does."""
    stated = {entry.key: entry.value for entry in model.metadata_props}
    return NOMINAL_RANGES.get(stated.get("Image.NominalPixelRange"))


def _random(value, extent, generator) -> np.ndarray:
    kind, shape = _kind(value), [1 if not i and not isinstance(s, int) else s for i, s in enumerate(value.shape)]
    if not all(isinstance(size, int) for size in shape):
        raise ValueError(f"input '{value.name}' has sizes that are not known: its samples must be given")
    if kind == np.bool_:
        return generator.integers(0, 2, shape).astype(kind)
    if np.dtype(kind).kind != "f":
        least, most = extent or ((0, 1) if np.dtype(kind).itemsize > 1 else (np.iinfo(kind).min, np.iinfo(kind).max))
        return generator.integers(int(least), int(most) + 1, shape).astype(kind)
    if extent:
        return generator.uniform(*extent, shape).astype(kind)
    return generator.standard_normal(shape).astype(kind)


def random_samples(inputs, count: int, extent=None, seed: int = 0) -> Samples:
    """`count` of them, the same for the same seed.

    extent: (least, most) of every element, evenly spread; without it numbers of mean 0 and variance 1, as images are
    after the usual normalisation, integers of 8 bits over all their range, and wider ones 0 or 1.
    """
    generator = np.random.default_rng(seed)
    return Samples([{value.name: _random(value, extent, generator) for value in inputs} for _ in range(count)])
