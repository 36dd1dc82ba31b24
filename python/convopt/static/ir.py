"""LLVM IR as text, read as far as control flow, integers and addresses go.

Halide's LLVM is newer than the one beside MLIR, whose parser does not take its IR; of the text only what a kernel
without recursion, switches and calls of its own has need be understood. What is not stays text, and whoever asks for
its value is told that it is unknown.
"""

import re
from dataclasses import dataclass, field

NAME = r'[%@](?:"[^"]*"|[-\w.$]+)'
_LABEL = re.compile(r'^("[^"]*"|[-\w.$]+):')
_DEFINITION = re.compile(rf"^  ({NAME}) = (.*)$")
_ATTACHED = re.compile(r",? ![\w.]+ !\d+|,? #\d+")
# Of these nobody asks.
_ARITHMETIC = ("fadd ", "fmul ", "fsub ", "fneg ", "fdiv ", "shufflevector <4 x float>")
_FLAGS = re.compile(
    r"\b(?:nuw|nsw|exact|disjoint|nneg|samesign|inbounds|nusw|tail|musttail|notail|noundef|fast|reassoc|nnan|ninf|nsz|"
    r"arcp|contract|afn|nonnull|noalias|volatile|immarg|range\([^)]*\)) "
)


def plain(name):
    """A name without what marks it: %"a b" is a b."""
    return name.lstrip("%@").strip('"')


@dataclass
class Instruction:
    """`name` is None where nothing is defined; `text` stands behind the opcode, without flags and metadata."""

    name: str
    block: str
    opcode: str
    text: str
    form: object = None  # Of others, how its value is made.


@dataclass
class Block:
    """A basic block: where it goes, and the name of the condition, None if there is none."""

    name: str
    instructions: list = field(default_factory=list)
    targets: list = field(default_factory=list)
    condition: str = None


@dataclass
class Function:
    """Blocks by name, in order, and every definition by name."""

    name: str
    blocks: dict
    definitions: dict

    @property
    def entry(self):
        """The name of the first block."""
        return next(iter(self.blocks))


def _instruction(line, block):
    match = _DEFINITION.match(line)
    name, rest = (plain(match.group(1)), match.group(2)) if match else (None, line.strip())
    if not rest.startswith(_ARITHMETIC):
        rest = _FLAGS.sub("", _ATTACHED.sub("", rest))
    opcode, _, text = rest.partition(" ")
    return Instruction(name, block, opcode, text)


def _terminate(block, instruction):
    names = re.findall(rf"label ({NAME})", instruction.text)
    block.targets = list(map(plain, names))
    if match := re.match(rf"i1 ({NAME}|true|false),", instruction.text):
        block.condition = plain(match.group(1))


def read_functions(text):
    """All functions that a module defines."""
    functions, lines = [], iter(text.splitlines())
    for line in lines:
        if not line.startswith("define "):
            continue
        name = plain(re.search(rf"({NAME})\(", line).group(1))
        function = Function(name, {}, {})
        block = None
        for line in lines:
            if line.startswith("}"):
                break
            if match := _LABEL.match(line):
                block = function.blocks.setdefault(plain(match.group(1)), Block(plain(match.group(1))))
            elif line.startswith("  ") and line.strip():
                if block is None:
                    block = function.blocks.setdefault("0", Block("0"))
                instruction = _instruction(line, block.name)
                block.instructions.append(instruction)
                if instruction.name is not None:
                    function.definitions[instruction.name] = instruction
                if instruction.opcode == "br":
                    _terminate(block, instruction)
        functions.append(function)
    return functions
