"""The random numbers of convopt-profile, for what has to come out the same there."""

_MASK = (1 << 64) - 1


class SplitMix:
    """splitmix64 (G. Steele et al., OOPSLA 2014)."""

    def __init__(self, seed):
        """Any integer of 64 bits."""
        self.state = seed & _MASK

    def next(self):
        """The next 64 bits."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & _MASK
        z = self.state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & _MASK
        return z ^ (z >> 31)

    def choose(self, values, count):
        """`count` different ones of `values`, or all, in a random order."""
        values = list(values)
        count = min(count, len(values))
        for i in range(count):
            j = i + self.next() % (len(values) - i)
            values[i], values[j] = values[j], values[i]
        return values[:count]
