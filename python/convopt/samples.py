"""Profiled samples: the CSV that convopt-profile writes, with every feature as a column.

Python computes no feature but the columns for the primitives: what the compiler sees at prediction is what it wrote
here.
"""

import json
import pathlib
import zlib
from dataclasses import dataclass

import numpy as np


@dataclass
class Samples:
    """One row a sample. `efficiency` is what models predict: log(seconds / roofline bound)."""

    version: str
    feature_names: list
    features: np.ndarray
    layers: np.ndarray
    choices: np.ndarray
    machines: np.ndarray
    seconds: np.ndarray

    def __len__(self):
        """Count the samples."""
        return len(self.seconds)

    @property
    def efficiency(self):
        """log(seconds / roofline bound)."""
        return np.log(self.seconds / self.features[:, self.feature_names.index("bound_seconds")])

    @property
    def primitives(self):
        """The name of each sample's primitive."""
        return np.array([choice.split(" ", 1)[0] for choice in self.choices])

    def primitive_names(self):
        """All of them, sorted."""
        return sorted(set(self.primitives))

    def indices(self, names):
        """Where in `names` each sample's primitive is; len(names) if it is not there."""
        position = {name: index for index, name in enumerate(names)}
        return np.array([position.get(name, len(names)) for name in self.primitives], dtype=int)

    def inputs(self, names):
        """What trees see: the features, then a column for each primitive of `names`."""
        columns = self.indices(names)[:, None] == np.arange(len(names))
        return np.hstack([self.features, columns.astype(float)])

    def groups(self):
        """A number for each layer on each machine."""
        keys = np.char.add(np.char.add(self.machines, " "), self.layers)
        return np.unique(keys, return_inverse=True)[1]

    def folds(self, count):
        """A fold for each sample; all samples of one layer, on any machine, are in the same."""
        return np.array([zlib.crc32(layer.encode()) % count for layer in self.layers])

    def __getitem__(self, rows):
        """Some of the rows."""
        parts = (self.features, self.layers, self.choices, self.machines, self.seconds)
        return Samples(self.version, self.feature_names, *(part[rows] for part in parts))


def read_samples(paths):
    """Read profiles; each X.csv has its X.json beside it. All must have the same version of the features."""
    parts, versions, headers = [], set(), set()
    for path in map(pathlib.Path, paths):
        versions.add(json.loads(path.with_suffix(".json").read_text())["features_version"])
        with open(path) as file:
            headers.add(file.readline().strip())
            parts += [line.rstrip("\n").split(",") for line in file]
    if len(versions) != 1 or len(headers) != 1:
        raise SystemExit(f"{' '.join(map(str, paths))}: made with different versions of the features: {versions}")
    names = headers.pop().split(",")
    if names[:4] != ["layer", "choice", "machine", "seconds"]:
        raise SystemExit(f"{paths[0]}: not a profile")
    table = np.array([row for row in parts if len(row) == len(names)])
    return Samples(
        versions.pop(), names[4:], table[:, 4:].astype(float), table[:, 0], table[:, 1], table[:, 2],
        table[:, 3].astype(float),
    )  # fmt: skip
