"""Assembly as LLVM prints it: its basic blocks, with the names of the IR's blocks of which they were made."""

import re
from dataclasses import dataclass, field

_LABEL = re.compile(r"^(\.LBB\w+):|^\s*(?://|#) (%bb\.\w+):")
_NAME = re.compile(r'(?://|#) %("[^"]*"|[-\w.$]+)\s*$')
# Of aarch64 # marks numbers: its comments begin with //.
_COMMENT_OF = {"//": re.compile(r"\s*//.*$"), "#": re.compile(r"\s*#.*$")}
_CALL = re.compile(r"^(?:bl|call\w*|tail)\s+(\S+)")
_END = re.compile(r"^\.Lfunc_end\d+:")


@dataclass
class CodeBlock:
    """`block` is the IR's, None where LLVM's back end made it; `calls` are no part of the instructions."""

    label: str
    block: str = None
    instructions: list = field(default_factory=list)
    calls: list = field(default_factory=list)


def comment_mark(assembly):
    """What begins a comment of this text, which says the architecture, too."""
    return "//" if re.search(r"^\S+:\s+// @", assembly, re.MULTILINE) else "#"


def read_blocks(assembly):
    """The blocks of all functions, in order."""
    comment = _COMMENT_OF[comment_mark(assembly)]
    blocks, current = [], None
    for line in assembly.splitlines():
        if match := _LABEL.match(line):
            rest = line[match.end() :]
            name = _NAME.search(rest)
            current = CodeBlock(match.group(1) or match.group(2), name.group(1).strip('"') if name else None)
            blocks.append(current)
            continue
        if _END.match(line):
            current = None
        text = comment.sub("", line).strip()
        if current is None or not text or text.startswith(".") or text.endswith(":"):
            continue
        if call := _CALL.match(text):
            current.calls.append(call.group(1))
        else:
            current.instructions.append(text)
    return blocks


def executions(blocks, counts):
    """How often each of the blocks is executed, by the counts of the IR's.

    Where there are several of one of the IR's, for each an equal share; where there is none, as the rarer of its
    neighbours: edges that were split.
    """
    same = {}
    for block in blocks:
        same[block.block] = same.get(block.block, 0) + 1
    known = [counts[b.block] / same[b.block] if b.block is not None and b.block in counts else None for b in blocks]
    result = []
    for i, value in enumerate(known):
        if value is None:
            beside = [v for v in (known[i - 1] if i else None, known[i + 1] if i + 1 < len(known) else None) if v]
            value = min(beside, default=0)
        result.append(value)
    return result
