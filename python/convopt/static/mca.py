"""Cycles of blocks of code by llvm-mca: as if each were the body of a loop, all its data in the first level of cache.

So a block takes what its busiest unit or its chain of dependences takes, not its latency: a CPU that executes out of
order has the next block's instructions meanwhile.
"""

import json
import re
import subprocess

PROGRAM = "llvm-mca-19"
# Regions of one process.
REGIONS = 400
# Iterations of blocks of at most so many instructions: enough that the first one does not count.
ITERATIONS = {30: 40, 100: 12, 300: 6, 10**9: 3}
# LLVM takes many of Arm's cores for a Cortex-A57. A Cortex-A76 is a Neoverse N1 in another chip, and a Cortex-A73 has
# the units of the one before it and decodes two instructions a cycle.
MODELS = {"cortex-a76": ["-mcpu=neoverse-n1"], "cortex-a73": ["-mcpu=cortex-a72", "-dispatch=2"]}
# LLVM's models of x86 have broadcasts from memory shuffle; they are loads and nothing else.
_BROADCAST = re.compile(r"^v(?:p?broadcast(?:ss|d))\s+([^,]*\([^)]*\)), (%[xyz]mm\d+)$")
_NUMBER = re.compile(r"(?<![\w.])[-#$]*(?:0x[0-9a-f]+|\d+)(?!\w)")
_SYMBOL = re.compile(r"\.L\w+")


class McaError(Exception):
    """What llvm-mca says of code that it does not take."""


def shape(instructions):
    """The block without its numbers, by which no CPU is quicker: equal ones are counted once.

    A register's number stays, and whether a displacement is none.
    """
    text = "\n".join(_SYMBOL.sub("L", line) for line in instructions)
    return _NUMBER.sub("N", text)


class Cycles:
    """Counts blocks' cycles on one CPU; knows those that it has counted."""

    def __init__(self, triple, cpu):
        """`cpu` is LLVM's name for it."""
        self.options = [f"-mtriple={triple}", *MODELS.get(cpu, [f"-mcpu={cpu}"])]
        self.known = {"": 0.0}

    def _run(self, blocks, iterations):
        lines = []
        for i, block in enumerate(blocks):
            code = [_BROADCAST.sub(r"vmovups \1, \2", line) for line in block]
            lines += [f"# LLVM-MCA-BEGIN r{i}", *code, "# LLVM-MCA-END"]
        command = [PROGRAM, *self.options, f"-iterations={iterations}", "-json", "-instruction-info=0"]
        command += ["-resource-pressure=0"]
        done = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True)
        if done.returncode:
            raise McaError(done.stderr.strip().split("\n")[0])
        regions = json.loads(done.stdout)["CodeRegions"]
        cycles = {region["Name"]: region["SummaryView"]["TotalCycles"] / iterations for region in regions}
        return [cycles[f"r{i}"] for i in range(len(blocks))]

    def learn(self, blocks):
        """Counts those of the blocks (lists of instructions) that are not known yet."""
        new = {}
        for block in blocks:
            key = shape(block)
            if key not in self.known:
                new.setdefault(key, block)
        left = sorted(new.items(), key=lambda pair: len(pair[1]))
        for most, iterations in ITERATIONS.items():
            some = [pair for pair in left if len(pair[1]) <= most]
            left = left[len(some) :]
            for start in range(0, len(some), REGIONS):
                keys, parts = zip(*some[start : start + REGIONS], strict=True)
                self.known.update(zip(keys, self._run(parts, iterations), strict=True))

    def of(self, block):
        """Cycles of one execution of a block that has been learnt."""
        return self.known[shape(block)]
