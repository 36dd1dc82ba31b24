"""The natural loops of a function, one within the other."""

from dataclasses import dataclass, field


@dataclass(eq=False)
class Loop:
    """Its header, the names of all its blocks and those of inner loops, and the loop that it stands in."""

    header: str
    blocks: set = field(default_factory=set)
    parent: "Loop" = None
    children: list = field(default_factory=list)


def _back_edges(function):
    """Edges to a block through which the way to their origin leads."""
    edges, state = [], {function.entry: "open"}
    way = [(function.entry, iter(function.blocks[function.entry].targets))]
    while way:
        name, targets = way[-1]
        target = next(targets, None)
        if target is None:
            state[name] = "done"
            way.pop()
        elif state.get(target) == "open":
            edges.append((name, target))
        elif target not in state:
            state[target] = "open"
            way.append((target, iter(function.blocks[target].targets)))
    return edges


def find_loops(function):
    """A loop that stands for the whole function, without a header of its own, and each block's innermost loop.

    Loops have one entry, as those that Halide and LLVM make of structured code.
    """
    before = {name: [] for name in function.blocks}
    for block in function.blocks.values():
        for target in block.targets:
            before[target].append(block.name)
    loops = {}
    for origin, header in _back_edges(function):
        loop = loops.setdefault(header, Loop(header, {header}))
        ways = [origin]
        while ways:
            name = ways.pop()
            if name not in loop.blocks:
                loop.blocks.add(name)
                ways += before[name]
    root = Loop(None, set(function.blocks))
    innermost = dict.fromkeys(function.blocks, root)
    for loop in sorted(loops.values(), key=lambda loop: -len(loop.blocks)):
        loop.parent = innermost[loop.header]
        loop.parent.children.append(loop)
        for name in loop.blocks:
            innermost[name] = loop
    return root, innermost
