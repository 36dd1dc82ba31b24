"""Integers of LLVM IR: what an instruction makes of known operands."""

import re

from convopt.static.ir import NAME, plain


class Unknown(Exception):
    """A value that the text of a function does not say, as one that is read from memory."""


_BINARY = re.compile(rf"i(\d+) ({NAME}|-?\d+|true|false), ({NAME}|-?\d+|true|false)$")
_COMPARE = re.compile(rf"(\w+) i(\d+) ({NAME}|-?\d+|true|false), ({NAME}|-?\d+|true|false)$")
_CAST = re.compile(rf"i(\d+) ({NAME}|-?\d+|true|false) to i(\d+)$")
_SELECT = re.compile(rf"i1 ({NAME}|true|false), i(\d+) ({NAME}|-?\d+|true|false), i\d+ ({NAME}|-?\d+|true|false)$")
_CALL = re.compile(rf"i(\d+) @llvm\.([su](?:min|max))\.i\d+\(i\d+ ({NAME}|-?\d+), i\d+ ({NAME}|-?\d+)\)")
_PHI = re.compile(rf"\[ ({NAME}|-?[\w.+]+), ({NAME}) \]")
_FREEZE = re.compile(rf"i(\d+) ({NAME})$")


def _signed(value, width):
    value &= (1 << width) - 1
    return value - (1 << width) if value >> (width - 1) and width > 1 else value


def _unsigned(value, width):
    return value & ((1 << width) - 1)


def _quotient(a, b):
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


_OPERATIONS = {
    "add": lambda a, b, w: a + b,
    "sub": lambda a, b, w: a - b,
    "mul": lambda a, b, w: a * b,
    "and": lambda a, b, w: a & b,
    "or": lambda a, b, w: a | b,
    "xor": lambda a, b, w: a ^ b,
    "shl": lambda a, b, w: a << b,
    "lshr": lambda a, b, w: _unsigned(a, w) >> b,
    "ashr": lambda a, b, w: a >> b,
    "udiv": lambda a, b, w: _unsigned(a, w) // _unsigned(b, w),
    "urem": lambda a, b, w: _unsigned(a, w) % _unsigned(b, w),
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


def _apply(instruction, of):
    opcode, text = instruction.opcode, instruction.text
    if opcode in _OPERATIONS and (match := _BINARY.match(text)):
        width = int(match.group(1))
        return _signed(_OPERATIONS[opcode](of(match.group(2)), of(match.group(3)), width), width)
    if opcode == "icmp" and (match := _COMPARE.match(text)):
        kind, width = match.group(1), int(match.group(2))
        a, b = of(match.group(3)), of(match.group(4))
        if kind[0] == "u":
            a, b = _unsigned(a, width), _unsigned(b, width)
        return int(_COMPARISONS[kind if kind in ("eq", "ne") else kind[1:]](a, b))
    if opcode in ("zext", "sext", "trunc") and (match := _CAST.match(text)):
        value = of(match.group(2))
        value = _unsigned(value, int(match.group(1))) if opcode == "zext" else value
        if opcode == "sext" and match.group(1) == "1":
            value = -value
        return _signed(value, int(match.group(3)))
    if opcode == "select" and (match := _SELECT.match(text)):
        return of(match.group(3) if of(match.group(1)) else match.group(4))
    if opcode == "freeze" and (match := _FREEZE.match(text)):
        return of(match.group(2))
    if opcode == "call" and (match := _CALL.match(text)):
        a, b, width = of(match.group(3)), of(match.group(4)), int(match.group(1))
        key = (lambda v: _unsigned(v, width)) if match.group(2)[0] == "u" else None
        return (min if match.group(2).endswith("min") else max)(a, b, key=key)
    raise Unknown(instruction.name)


def evaluate(name, function, known, cache):
    """The value of `name` (or of a number in words), where phis have the values `known`; `cache` goes with these."""

    def of(operand):
        if not operand.startswith("%"):
            return {"true": 1, "false": 0}.get(operand) if operand in ("true", "false") else int(operand)
        return value(plain(operand))

    def value(name):
        if name in known:
            return known[name]
        if name not in cache:
            instruction = function.definitions.get(name)
            if instruction is None or instruction.opcode == "phi":
                raise Unknown(name)
            cache[name] = _apply(instruction, of)
        return cache[name]

    return of(name)
