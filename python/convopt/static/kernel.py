"""One kernel's listing, read as far as nothing depends on the CPU's model: executions of its code, and its traffic."""

from dataclasses import dataclass

from convopt.static.assembly import executions, read_blocks
from convopt.static.counts import count_executions
from convopt.static.ir import read_functions
from convopt.static.loops import find_loops
from convopt.static.traffic import Traffic

# Of the instructions that are executed, the share that llvm-mca looks at.
MAIN = 0.995


@dataclass
class Kernel:
    """Blocks of assembly with how often each is executed; bytes through each level; ends of innermost loops."""

    code: list  # Pairs of instructions and a number.
    traffic: Traffic
    loop_ends: float

    def instructions(self):
        """How many are executed, the calls of the runtime aside."""
        return sum(len(instructions) * count for instructions, count in self.code)

    def main_code(self):
        """The blocks that are nearly all that is executed; of the others it does not matter what they take."""
        total, found, seen = self.instructions(), [], 0.0
        for instructions, count in sorted(self.code, key=lambda pair: -len(pair[0]) * pair[1]):
            if seen > MAIN * total:
                break
            found.append((instructions, count))
            seen += len(instructions) * count
        return found

    def cycles(self, counted):
        """By `counted`, an mca.Cycles that has learnt the main code; the rest counts as that does in the mean."""
        main = self.main_code()
        seen = sum(len(instructions) * count for instructions, count in main)
        cycles = sum(counted.of(instructions) * count for instructions, count in main)
        return cycles * self.instructions() / seen if seen else 0.0


def read_kernel(assembly, ir):
    """A Kernel of the two texts of one compilation; Unknown is raised where its branches are not clear."""
    (function,) = read_functions(ir)
    counts = count_executions(function)
    root, innermost = find_loops(function)
    blocks = read_blocks(assembly)
    code = [(b.instructions, n) for b, n in zip(blocks, executions(blocks, counts.blocks), strict=True)]
    inner = {loop.header for loop in innermost.values() if loop.header and not loop.children}
    ends = sum(counts.entries[header] for header in inner)
    return Kernel([(c, n) for c, n in code if c and n], Traffic(function, root, innermost, counts), ends)
