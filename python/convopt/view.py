"""What corrections see of measurements: numbers on a common scale, families and primitives, the source's prediction.

Nothing here depends on which columns a table has: all of its features count, those of one value only do not. Families
are coarser classes of primitives; a table that says none has each primitive as its own.
"""

from dataclasses import dataclass

import numpy as np


@dataclass
class View:
    """Rows of a table as corrections see them, all of the same Scale."""

    numbers: np.ndarray  # (rows, features), logarithms with mean 0 and variance 1
    families: np.ndarray  # (rows,), numbers of families
    primitives: np.ndarray  # (rows,), numbers of primitives
    source: np.ndarray  # (rows,), what the source predicts: log(seconds / roofline bound)
    layers: np.ndarray  # (rows,), what must not be in two folds
    primitive_count: int  # of the scale

    def __len__(self):
        """Count the rows."""
        return len(self.source)

    def __getitem__(self, rows):
        """Some of the rows."""
        parts = (self.numbers, self.families, self.primitives, self.source, self.layers)
        return View(*(part[rows] for part in parts), self.primitive_count)


@dataclass
class Scale:
    """How a table's rows become a View's."""

    primitives: list  # names, by the numbers that views have for them
    families: dict  # of each primitive
    logarithmic: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray

    def view(self, samples, source):
        """The view of `samples`, for which the source predicts `source`."""
        numbers = (_logarithms(samples.features, self.logarithmic) - self.mean) / np.maximum(self.deviation, 1e-12)
        codes = samples.indices(self.primitives)
        names = sorted(set(self.families.values()))
        of_primitive = np.array([names.index(self.families[name]) for name in self.primitives] + [len(names)])
        varying = numbers[:, self.deviation > 1e-9]
        layers = samples.group_column()
        # What is missing is as the mean.
        return View(np.nan_to_num(varying), of_primitive[codes], codes, source, layers, len(self.primitives))


def _logarithms(features, logarithmic):
    """Logarithms of the columns that are positive everywhere; others may have any sign, and keep it."""
    small = np.sign(features) * np.log1p(np.abs(features))
    return np.where(logarithmic, np.log(np.maximum(features, 1e-30)), small)


def make_scale(*tables):
    """The scale on which the rows of `tables` (Samples, all with the same features) can be compared."""
    features = np.vstack([table.features for table in tables])
    said = {name: family for table in tables for name, family in (table.families or {}).items()}
    primitives = sorted(set().union(*(table.primitive_names() for table in tables)))
    families = {str(name): str(said.get(name, name)) for name in primitives}
    logarithmic = ~(features <= 0).any(0)
    known = np.isfinite(features)
    logarithms = np.where(known, _logarithms(features, logarithmic), 0)
    count = np.maximum(known.sum(0), 1)
    mean = logarithms.sum(0) / count
    deviation = np.sqrt((np.where(known, logarithms - mean, 0) ** 2).sum(0) / count)
    return Scale(list(families), families, logarithmic, mean, deviation)
