"""Bytes between two levels of cache, by the loop nest.

What one iteration of a loop touches either fits into the cache, and then each byte that the loop touches comes in once
each time that the loop is entered, however often it is used; or it does not, and then nothing of one iteration is left
for the next, and the loops within are looked at. The function itself is an iteration of an endless loop, of which only
the weights are others each time. What is written goes out as often as it comes in.
"""

from dataclasses import dataclass

from convopt.static.accesses import find_accesses
from convopt.static.footprint import Bytes

# Up to the first share of a cache's size all of an iteration's bytes are there at the next one, beyond the second none:
# other data, limited ways and a replacement that is not quite that of the least recent leave no sharp limit.
FITS, SPILLS = 0.75, 1.25


@dataclass
class _Nest:
    """What a loop touches each time that it is entered; of one iteration `once`, by base."""

    weight: float  # Times that it is entered, for each iteration of the loop around it.
    trips: float
    all: dict
    once: dict
    own: dict
    inner: list


def _by_base(sets):
    result = {}
    for (base, _), part in sets.items():
        result[base] = result[base].with_(part) if base in result else part
    return {base: part.size() for base, part in result.items()}


def _stays(size, capacity):
    """The share of what one iteration touches that is still there at the next."""
    return min(max((SPILLS - size / capacity) / (SPILLS - FITS), 0.0), 1.0)


class Traffic:
    """The nest of a function, asked for several sizes of cache."""

    def __init__(self, function, root, innermost, executions):
        """Of a function, its loops as find_loops has them and its Executions."""
        loops, parts = {}, [*root.children]
        while parts:
            loop = parts.pop()
            loops[loop.header] = loop
            parts += loop.children
        accesses, self.unknown = find_accesses(function, loops)
        self.executions = executions
        self.written = {access.address.base for access in accesses if access.written}
        self.own = {}
        for access in accesses:
            if executions.blocks[access.block]:
                self.own.setdefault(innermost[access.block], []).append(access)
        self.root, _ = self._nest(root)

    def _own(self, loop):
        groups = {}
        for access in self.own.get(loop, ()):
            key = access.address.base, tuple(sorted(access.address.terms.items()))
            groups.setdefault(key, set()).add((access.address.constant, access.size))
        return {key: Bytes.of(pairs) for key, pairs in groups.items()}

    def _nest(self, loop):
        own, inner = self._own(loop), []
        once = dict(own)
        for child in loop.children:
            if not self.executions.entries[child.header]:
                continue
            nest, sets = self._nest(child)
            inner.append(nest)
            for key, part in sets.items():
                once[key] = once[key].with_(part) if key in once else part
        if loop.header is None:
            return _Nest(1.0, 1.0, _by_base(once), _by_base(once), _by_base(own), inner), once
        trips, around = self.executions.trips(loop.header), loop.parent.header
        whole = {}
        for (base, terms), part in once.items():
            step = dict(terms).get(loop.header, 0.0)
            key = base, tuple(term for term in terms if term[0] != loop.header)
            part = part.repeated(step, trips)
            whole[key] = whole[key].with_(part) if key in whole else part
        weight = self.executions.entries[loop.header] / (self.executions.blocks[around] if around else 1)
        return _Nest(weight, trips, _by_base(whole), _by_base(once), _by_base(own), inner), whole

    def _through(self, nest, capacity):
        stays = _stays(sum(nest.once.values()), capacity)
        if stays == 1:
            return nest.all
        total = dict(nest.own)
        for inner in nest.inner:
            for base, size in self._through(inner, capacity).items():
                total[base] = total.get(base, 0.0) + inner.weight * size
        return {base: stays * nest.all[base] + (1 - stays) * nest.trips * size for base, size in total.items()}

    def bytes(self, capacity, weights):
        """(in, out) of a cache of `capacity` bytes in one call of many; `weights` is the base that is always new."""
        stays = _stays(sum(self.root.all.values()), capacity)
        through = self._through(self.root, capacity)
        through = {base: size if base == weights else (1 - stays) * size for base, size in through.items()}
        return sum(through.values()), sum(size for base, size in through.items() if base in self.written)
