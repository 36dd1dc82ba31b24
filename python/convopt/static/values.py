"""Integers of LLVM IR: what an instruction makes of known operands.

Of pointers only whether they are null is known.
"""

import re

from convopt.static.ir import NAME, plain
from convopt.static.vectors import signed, unsigned, vector_form


class Unknown(Exception):
    """A value that the text of a function does not say, as one that is read from memory."""


_BINARY = re.compile(rf"i(\d+) ({NAME}|-?\d+|true|false), ({NAME}|-?\d+|true|false)$")
_COMPARE = re.compile(rf"(\w+) (?:i(\d+)|ptr) ({NAME}|-?\d+|true|false|null), ({NAME}|-?\d+|true|false|null)$")
_CAST = re.compile(rf"i(\d+) ({NAME}|-?\d+|true|false) to i(\d+)$")
_SELECT = re.compile(rf"i1 ({NAME}|true|false), i(\d+) ({NAME}|-?\d+|true|false), i\d+ ({NAME}|-?\d+|true|false)$")
_CALL = re.compile(rf"i(\d+) @llvm\.([su](?:min|max|cmp)|usub\.sat)[.i\d]+\(i\d+ ({NAME}|-?\d+), i\d+ ({NAME}|-?\d+)\)")
_PHI = re.compile(rf"\[ ({NAME}|-?[\w.+]+), ({NAME}) \]")
_FREEZE = re.compile(rf"i(\d+) ({NAME})$")


def _quotient(a, b):
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


_WORDS = {"true": 1, "false": 0, "null": 0}
_OPERATIONS = {
    "add": lambda a, b, w: a + b,
    "sub": lambda a, b, w: a - b,
    "mul": lambda a, b, w: a * b,
    "and": lambda a, b, w: a & b,
    "or": lambda a, b, w: a | b,
    "xor": lambda a, b, w: a ^ b,
    "shl": lambda a, b, w: a << b,
    "lshr": lambda a, b, w: unsigned(a, w) >> b,
    "ashr": lambda a, b, w: a >> b,
    "udiv": lambda a, b, w: unsigned(a, w) // unsigned(b, w),
    "urem": lambda a, b, w: unsigned(a, w) % unsigned(b, w),
    "sdiv": lambda a, b, w: _quotient(a, b),
    "srem": lambda a, b, w: a - b * _quotient(a, b),
}
_COMPARISONS = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}


def incoming(instruction):
    """Of a phi: by block the operand."""
    return {plain(block): operand for operand, block in _PHI.findall(instruction.text)}


def operands(instruction):
    """The names of what a value is made of; a phi's are those of all blocks."""
    if instruction.opcode == "phi":
        return [plain(o) for o in incoming(instruction).values() if o.startswith("%")]
    return [plain(name) for name in re.findall(NAME, instruction.text) if name.startswith("%")]


def _choose(pick, key, a, b):
    return lambda of: pick(of(a), of(b), key=key)


def _form(instruction):
    """A function that makes the value of an instruction from `of`, which gives operands' values."""
    opcode, text = instruction.opcode, instruction.text
    if opcode in _OPERATIONS and (match := _BINARY.match(text)):
        operation, width, (a, b) = _OPERATIONS[opcode], int(match.group(1)), match.groups()[1:]
        return lambda of: signed(operation(of(a), of(b), width), width)
    if opcode == "icmp" and (match := _COMPARE.match(text)):
        kind, width, (a, b) = match.group(1), int(match.group(2) or 64), match.groups()[2:]
        compare = _COMPARISONS[kind if kind in ("eq", "ne") else kind[1:]]
        if kind[0] == "u":
            return lambda of: int(compare(unsigned(of(a), width), unsigned(of(b), width)))
        return lambda of: int(compare(of(a), of(b)))
    if opcode in ("zext", "sext", "trunc") and (match := _CAST.match(text)):
        width, operand, to = int(match.group(1)), match.group(2), int(match.group(3))
        if opcode == "zext":
            return lambda of: signed(unsigned(of(operand), width), to)
        sign = -1 if opcode == "sext" and width == 1 else 1
        return lambda of: signed(sign * of(operand), to)
    if opcode == "select" and (match := _SELECT.match(text)):
        condition, _, a, b = match.groups()
        return lambda of: of(a if of(condition) else b)
    if opcode == "freeze" and (match := _FREEZE.match(text)):
        return lambda of: of(match.group(2))
    if opcode == "call" and (match := _CALL.match(text)):
        width, kind, a, b = int(match.group(1)), *match.groups()[1:]
        if kind == "usub.sat":
            return lambda of: max(unsigned(of(a), width) - unsigned(of(b), width), 0)
        key = (lambda v: unsigned(v, width)) if kind[0] == "u" else int
        if kind.endswith("cmp"):
            return lambda of: (key(of(a)) > key(of(b))) - (key(of(a)) < key(of(b)))
        return _choose(min if kind.endswith("min") else max, key, a, b)
    if opcode == "call" and "@halide_malloc(" in text:
        return lambda of: 1  # Some pointer that is not null.
    form = vector_form(opcode, text, _OPERATIONS, _COMPARISONS)
    if form is None:
        raise Unknown(instruction.name)
    return form


def evaluate(name, function, known, cache):
    """The value of `name` (or of a number in words), where phis have the values `known`; `cache` goes with these."""

    def of(operand):
        if not operand.startswith("%"):
            return _WORDS[operand] if operand in _WORDS else int(operand)
        return value(plain(operand))

    def value(name):
        if name in known:
            return known[name]
        if name not in cache:
            instruction = function.definitions.get(name)
            if instruction is None or instruction.opcode == "phi":
                raise Unknown(name)
            if instruction.form is None:
                instruction.form = _form(instruction)
            cache[name] = instruction.form(of)
            if cache[name] is None:
                raise Unknown(name)
        return cache[name]

    return of(name)
