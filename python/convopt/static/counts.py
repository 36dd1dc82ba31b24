"""How often each block of a function is executed, exactly.

Shapes are constants, so branches depend on counters of loops alone. What they depend on is computed as the program
would, but a loop that is entered with the same values as before is not gone through again: what it counted then is
added. So the work is the sum of the loops' trip counts, where the program's is their product.
"""

from collections import Counter
from dataclasses import dataclass

from convopt.static.loops import find_loops
from convopt.static.values import Unknown, evaluate, incoming, operands


@dataclass
class Executions:
    """Of each block how often it is executed; of each loop, by its header, how often it is entered."""

    blocks: Counter
    entries: Counter

    def trips(self, header):
        """Iterations of a loop each time that it is entered, in the mean."""
        return self.blocks[header] / self.entries[header] if self.entries[header] else 0.0


def _needed(function):
    """All values on which branches depend."""
    ways = [block.condition for block in function.blocks.values() if block.condition]
    found = set()
    while ways:
        name = ways.pop()
        if name not in found and name in function.definitions:
            found.add(name)
            ways += operands(function.definitions[name])
    return found


class _Walk:
    def __init__(self, function):
        self.function = function
        self.root, self.innermost = find_loops(function)
        needed = _needed(function)
        self.phis = {name: [] for name in function.blocks}
        for name in needed:
            if function.definitions[name].opcode == "phi":
                instruction = function.definitions[name]
                self.phis[instruction.block].append((name, incoming(instruction)))
        self.inputs, self.own_phis = {}, {}
        self._describe(self.root, needed)
        self.known, self.cache, self.seen = {}, {}, {}

    def _describe(self, loop, needed):
        """What comes into each loop from outside, and which phis change within it."""
        used = set()
        for name in loop.blocks:
            condition = self.function.blocks[name].condition
            used |= {condition} & needed
        for name in needed:
            instruction = self.function.definitions[name]
            if instruction.block in loop.blocks:
                used |= set(operands(instruction)) & needed
        self.inputs[loop] = sorted(n for n in used if self.function.definitions[n].block not in loop.blocks)
        self.own_phis[loop] = [name for block in loop.blocks for name, _ in self.phis[block]]
        for child in loop.children:
            self._describe(child, needed)

    def value(self, operand):
        return evaluate(operand, self.function, self.known, self.cache)

    def _input(self, name):
        try:
            return self.value(f"%{name}")
        except Unknown:
            return None

    def enter(self, block, before):
        """Gives the phis of a block their values, all at once."""
        if not self.phis[block]:
            return
        values = {}
        for name, operand_of in self.phis[block]:
            try:
                values[name] = self.value(operand_of[before])
            except (Unknown, ValueError):
                self.known.pop(name, None)
        self.known.update(values)
        self.cache.clear()

    def next(self, name):
        """The block behind this one."""
        block = self.function.blocks[name]
        if block.condition is None:
            return block.targets[0] if block.targets else None
        if block.condition in ("true", "false"):
            return block.targets[block.condition == "false"]
        return block.targets[0 if self.value(f"%{block.condition}") else 1]

    def once(self, loop, block, before, counts):
        """Through the blocks of `loop` until its header comes again or it is left: the edge by which."""
        while True:
            inner = self.innermost[block]
            if inner is not loop and inner.header == block:
                found, (before, block) = self.loop(inner, before)
                counts.update(found)
            else:
                self.enter(block, before)
                counts[block] += 1
                before, block = block, self.next(block)
            if block not in loop.blocks or block == loop.header:
                return before, block

    def loop(self, loop, before):
        """What is counted from the entry of a loop until it is left, and the edge by which it is left."""
        key = loop.header, before, tuple(map(self._input, self.inputs[loop]))
        if key not in self.seen:
            counts, block = Counter({("entries", loop.header): 1}), loop.header
            while block == loop.header:
                self.enter(block, before)
                counts[block] += 1
                target = self.next(block)
                before, block = block, target
                if block in loop.blocks and block != loop.header:
                    before, block = self.once(loop, block, before, counts)
            last = {name: self.known[name] for name in self.own_phis[loop] if name in self.known}
            self.seen[key] = counts, (before, block), last
        counts, edge, last = self.seen[key]
        self.known.update(last)
        self.cache.clear()
        return counts, edge


def count_executions(function):
    """The Executions of one call; Unknown is raised where a branch depends on what the function reads."""
    walk, counts = _Walk(function), Counter()
    walk.once(walk.root, function.entry, None, counts)
    blocks = Counter({name: n for name, n in counts.items() if isinstance(name, str)})
    entries = Counter({name[1]: n for name, n in counts.items() if isinstance(name, tuple)})
    return Executions(blocks, entries)
