"""Measured primitives, one row a sample: what models are trained and judged on.

Python computes no feature of the compiler's but the columns for the primitives: what the compiler sees at prediction
is what convopt-profile wrote. Tables of others are read by convopt.table.
"""

import re
import zlib
from dataclasses import dataclass, fields, replace

import numpy as np

VARIANT = "variant_"
# In which numbers a choice computes a layer of single precision, and the type of a layer that is not (LayerText.h).
_PRECISION = re.compile(r"-(w16|wb16|w8|bf16|f16)$")
_TYPE = re.compile(r" t=(\w+)")


@dataclass
class Samples:
    """One row a sample. `efficiency` is what models predict: log(seconds / roofline bound).

    Arrays that may be None: `threads` of the code; `passes`, a tuple of the seconds of each pass, which may be empty;
    `group_names`, what is never split between training and judging; `counts`, how many choices there are for the
    sample's layer, 0 where nobody has said.
    """

    version: str  # Of the compiler's features; None for a table of other features.
    feature_names: list
    features: np.ndarray
    layers: np.ndarray
    choices: np.ndarray
    machines: np.ndarray
    seconds: np.ndarray
    primitive_column: np.ndarray = None
    threads: np.ndarray = None
    passes: np.ndarray = None
    group_names: np.ndarray = None
    counts: np.ndarray = None
    categories: dict = None  # For each feature that is one, what its numbers stand for.
    families: dict = None  # Of primitives; others are families of their own.

    def __len__(self):
        """Count the samples."""
        return len(self.seconds)

    @property
    def efficiency(self):
        """log(seconds / roofline bound); without a bound log(seconds)."""
        if "bound_seconds" not in self.feature_names:
            return np.log(self.seconds)
        return np.log(self.seconds / self.features[:, self.feature_names.index("bound_seconds")])

    @property
    def primitives(self):
        """The name of each sample's primitive."""
        if self.primitive_column is not None:
            return self.primitive_column
        return np.array([choice.split(" ", 1)[0] for choice in self.choices])

    def primitive_names(self):
        """All of them, sorted."""
        return sorted(set(self.primitives))

    def family_column(self):
        """The family of each sample's primitive."""
        families = self.families or {}
        return np.array([families.get(name, name) for name in self.primitives])

    def precisions(self):
        """In which other numbers than its layer's each sample of a profile computes it, "bf16" and so on, or ""."""
        if self.version is None:
            return np.full(len(self), "")
        found = [_PRECISION.search(choice) for choice in self.choices]
        return np.array([match[1] if match else "" for match in found], dtype="U8")

    def numbers(self):
        """In which numbers each sample of a profile computes: "u8" or "f32" as the layer, or its choice's precision."""
        types = [_TYPE.search(layer) for layer in self.layers]
        own = np.array([match[1] if match else "f32" for match in types], dtype="U8")
        precisions = self.precisions()
        return np.where(precisions == "", own, precisions)

    def indices(self, names):
        """Where in `names` each sample's primitive is; len(names) if it is not there."""
        position = {name: index for index, name in enumerate(names)}
        return np.array([position.get(name, len(names)) for name in self.primitives], dtype=int)

    def layer_features(self):
        """The names of the features that Features.def has: all but numbers of the variant, which stand behind them."""
        return [name for name in self.feature_names if not name.startswith(VARIANT)]

    def variants(self):
        """The numbers of the variant that there are beside these, as models name them: "fresh"..."""
        return [name.removeprefix(VARIANT) for name in self.feature_names if name.startswith(VARIANT)]

    def with_features(self, names):
        """The samples with the first features only, which `names` are."""
        return replace(self, feature_names=list(names), features=self.features[:, : len(names)])

    def without_constant_variants(self):
        """The samples without the last numbers of the variant that are the same in all rows: they tell nothing."""
        count = len(self.feature_names)
        while self.feature_names[count - 1].startswith(VARIANT) and np.ptp(self.features[:, count - 1]) == 0:
            count -= 1
        return self.with_features(self.feature_names[:count])

    def inputs(self, names, traits=None):
        """What trees see: the features, the primitive's traits, a column for each primitive of `names`.

        `traits` has a row for each of `names` and one more for all other primitives.
        """
        at = self.indices(names)
        columns = at[:, None] == np.arange(len(names))
        parts = [self.features, columns.astype(float)]
        return np.hstack(parts if traits is None else [parts[0], traits[at], parts[1]])

    def texts(self, name):
        """The cells of a feature's column as words: those of a category, or numbers."""
        own = (self.categories or {}).get(name)
        return [own[int(v)] if own else f"{v:g}" for v in self.features[:, self.feature_names.index(name)]]

    def has_columns_of(self, other):
        """Whether both have the same features, of the same version."""
        return self.version == other.version and self.feature_names == other.feature_names

    def group_column(self):
        """What is never split between training and judging: for each sample its group's name, by default its layer."""
        return self.layers if self.group_names is None else self.group_names

    def groups(self):
        """A number for each layer on each machine: the samples that are choices for the same task.

        To compute it in fewer bits is another one: whether that is allowed is no question of time.
        """
        keys = np.char.add(np.char.add(self.machines, " "), self.layers)
        for more in (self.group_names, self.threads, self.precisions()):
            if more is not None:
                keys = np.char.add(np.char.add(keys, " "), more.astype(str))
        return np.unique(keys, return_inverse=True)[1]

    def folds(self, count):
        """A fold for each sample; all samples of one group, by default a layer, on any machine, are in the same."""
        return np.array([zlib.crc32(name.encode()) % count for name in self.group_column()], dtype=int)

    def repeated(self):
        """For each sample the seconds of its two fastest passes, NaN where there were fewer."""
        pairs = np.full((len(self), 2), np.nan)
        for row, passes in enumerate(() if self.passes is None else self.passes):
            if len(passes) > 1:
                pairs[row] = sorted(passes)[:2]
        return pairs

    def clean(self):
        """Which samples were measured well: the two fastest passes within 2 %. All, where there are no passes."""
        pairs = self.repeated()
        if np.isnan(pairs).all():
            return np.ones(len(self), bool)
        return pairs[:, 1] <= 1.02 * pairs[:, 0]

    def __getitem__(self, rows):
        """Some of the rows."""
        arrays = {f.name: getattr(self, f.name) for f in fields(self)}
        return replace(self, **{name: a[rows] for name, a in arrays.items() if isinstance(a, np.ndarray)})


def read_samples(paths, **options):
    """Read tables; see convopt.table.read_tables, whose options these are."""
    from convopt.table import read_tables

    return read_tables(paths, **options)
