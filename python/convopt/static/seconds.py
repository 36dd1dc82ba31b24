"""Seconds of what was counted: cycles with all data in the first level, and the share of transfers that shows.

Loads are known long before they are used, so most of a transfer is hidden behind arithmetic. What shows is a share of
the sum of all levels' transfers, each at the bandwidth of the level behind it. Of the ways to combine the two that were
tried on x86 (the larger, powers' sums, all of both) this one chose best: docs/static.md.
"""

# Bytes a cycle between the first and the second, the second and the third level: what AMD says of Zen 4, taken for all
# CPUs. Only a share of the transfers counts, so a factor of two is little.
BYTES_PER_CYCLE = {"l1": 32.0, "l2": 32.0}
# Of transfers' time, what is not hidden.
EXPOSED = 1 / 16


def memory_bytes_per_cycle(machine):
    """Of a machine's description, as convopt-profile writes it."""
    return machine["memory_gigabytes_per_second"] / machine["gigahertz"]


def transfer_cycles(counted, machine):
    """All transfers of a Counted, one after the other."""
    cycles = sum(counted.into[level] / rate for level, rate in BYTES_PER_CYCLE.items())
    return cycles + (counted.into["l3"] + counted.out["l3"]) / memory_bytes_per_cycle(machine)


def seconds(counted, machine):
    """What a Counted takes on a machine."""
    cycles = counted.cycles + EXPOSED * transfer_cycles(counted, machine)
    return cycles / (machine["gigahertz"] * 1e9)
