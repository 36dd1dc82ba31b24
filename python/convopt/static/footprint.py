"""Sets of bytes that a loop touches: intervals of addresses, shifted by each iteration and joined."""

from dataclasses import dataclass

import numpy as np

LINE = 64
# More intervals than this are not told apart any longer: their copies count as disjoint.
MOST = 50_000


def _join(starts, ends):
    """Without overlaps, sorted."""
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], np.maximum.accumulate(ends[order])
    first = np.concatenate([[True], starts[1:] > ends[:-1]])
    last = np.concatenate([first[1:], [True]])
    return starts[first], ends[last]


@dataclass
class Bytes:
    """Sorted intervals of addresses without overlaps, `copies` times at places that nobody knows."""

    starts: np.ndarray
    ends: np.ndarray
    copies: float = 1.0

    @classmethod
    def of(cls, pairs):
        """Of pairs of an address and a size."""
        pairs = np.array(sorted(pairs), float)
        return cls(*_join(pairs[:, 0], pairs[:, 0] + pairs[:, 1]))

    def repeated(self, step, count):
        """All that `count` iterations touch, each `step` bytes behind the one before."""
        count = int(round(count))
        if count <= 1 or step == 0:
            return self
        if len(self.starts) == 1 and abs(step) <= self.ends[0] - self.starts[0]:
            far = step * (count - 1)
            return Bytes(self.starts + min(far, 0), self.ends + max(far, 0), self.copies)
        if count * len(self.starts) > MOST:
            return Bytes(self.starts, self.ends, self.copies * count)
        shifts = step * np.arange(count)[:, None]
        return Bytes(*_join((self.starts + shifts).ravel(), (self.ends + shifts).ravel()), self.copies)

    def with_(self, other):
        """Both; copies at unknown places are apart from all others."""
        if self.copies != other.copies:
            many, few = (self, other) if self.size() >= other.size() else (other, self)
            return Bytes(many.starts, many.ends, many.copies + few.size() / max(many.size() / many.copies, 1))
        starts, ends = np.concatenate([self.starts, other.starts]), np.concatenate([self.ends, other.ends])
        return Bytes(*_join(starts, ends), self.copies)

    def size(self):
        """Bytes of the lines of cache that they lie in."""
        starts, ends = _join(np.floor(self.starts / LINE), np.ceil(self.ends / LINE))
        return float((ends - starts).sum()) * LINE * self.copies
