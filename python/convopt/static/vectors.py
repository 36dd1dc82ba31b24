"""Vectors of integers, of whose elements a branch may depend: lists, None where an element is poison."""

import re

from convopt.static.ir import NAME

_CONSTANT = r"poison|undef|zeroinitializer|splat \([^)]*\)|<[^<>]*>"
_VALUE = rf"(?:{NAME}|{_CONSTANT})"
_TWO = re.compile(rf"<(\d+) x i(\d+)> ({_VALUE}), ({_VALUE})$")
_COMPARE = re.compile(rf"(\w+) <(\d+) x i(\d+)> ({_VALUE}), ({_VALUE})$")
_INSERT = re.compile(rf"<(\d+) x i\d+> ({_VALUE}), i\d+ ({NAME}|-?\d+|true|false), i\d+ (\d+)$")
_EXTRACT = re.compile(rf"<(\d+) x i\d+> ({_VALUE}), i\d+ (\d+)$")
_SHUFFLE = re.compile(rf"<(\d+) x i\d+> ({_VALUE}), <\d+ x i\d+> ({_VALUE}), <(\d+) x i32> ({_CONSTANT})$")
_WIDEN = re.compile(rf"<(\d+) x i(\d+)> ({_VALUE}) to <\d+ x i(\d+)>$")
_MULTIPLY = re.compile(rf"<2 x i64> @llvm\.aarch64\.neon\.umull\.v2i64\(<2 x i32> ({_VALUE}), <2 x i32> ({_VALUE})\)")


def signed(value, width):
    """Of the last `width` bits; one bit is 0 or 1."""
    value &= (1 << width) - 1
    return value - (1 << width) if value >> (width - 1) and width > 1 else value


def unsigned(value, width):
    """Of the last `width` bits."""
    return value & ((1 << width) - 1)


def _element(word):
    return {"true": 1, "false": 0, "poison": None, "undef": None}[word] if word[0] in "tfpu" else int(word)


def constant(text, count):
    """The elements of a constant in words."""
    if text.startswith("splat"):
        return [_element(text[7:-1].split()[-1])] * count
    if text.startswith("<"):
        return [_element(part.split()[-1]) for part in text[1:-1].split(",")]
    return [0 if text == "zeroinitializer" else None] * count


def _reader(operand, count):
    if operand.startswith("%"):
        return lambda of: of(operand)
    value = constant(operand, count)
    return lambda of: value


def _each(operation, a, b):
    return lambda of: [None if x is None or y is None else operation(x, y) for x, y in zip(a(of), b(of), strict=True)]


def _insert(match):
    vector, at = _reader(match.group(2), int(match.group(1))), int(match.group(4))
    return lambda of: [of(match.group(3)) if i == at else v for i, v in enumerate(vector(of))]


def _shuffle(match):
    a, b = (_reader(match.group(i), int(match.group(1))) for i in (2, 3))
    mask = constant(match.group(5), int(match.group(4)))

    def take(of):
        both = [*a(of), *b(of)]
        return [None if i is None else both[i] for i in mask]

    return take


def _cast(opcode, match):
    """Of each element; a bitcast halves those of 64 bits, the low half first."""
    count, width, to = int(match.group(1)), int(match.group(2)), int(match.group(4))
    vector = _reader(match.group(3), count)
    if opcode == "bitcast":
        if (width, to) != (64, 32):
            return None
        halves = (lambda v: signed(v, 32)), (lambda v: signed(v >> 32, 32))
        return lambda of: [None if v is None else half(v) for v in vector(of) for half in halves]
    read = unsigned if opcode == "zext" else signed
    # A bit that is extended with its sign is -1.
    sign = -1 if opcode == "sext" and width == 1 else 1
    return lambda of: [None if v is None else signed(sign * read(v, width), to) for v in vector(of)]


def vector_form(opcode, text, operations, comparisons):
    """As values have it, a function of `of` that makes the value of an instruction on vectors; None for others."""
    if opcode in operations and (match := _TWO.match(text)):
        count, width, operation = int(match.group(1)), int(match.group(2)), operations[opcode]
        a, b = (_reader(match.group(i), count) for i in (3, 4))
        return _each(lambda x, y: signed(operation(x, y, width), width), a, b)
    if opcode == "icmp" and (match := _COMPARE.match(text)):
        kind, count, width = match.group(1), int(match.group(2)), int(match.group(3))
        compare = comparisons[kind if kind in ("eq", "ne") else kind[1:]]
        read = unsigned if kind[0] == "u" else signed
        a, b = (_reader(match.group(i), count) for i in (4, 5))
        return _each(lambda x, y: int(compare(read(x, width), read(y, width))), a, b)
    if opcode == "insertelement" and (match := _INSERT.match(text)):
        return _insert(match)
    if opcode == "extractelement" and (match := _EXTRACT.match(text)):
        vector, at = _reader(match.group(2), int(match.group(1))), int(match.group(3))
        return lambda of: vector(of)[at]
    if opcode == "shufflevector" and (match := _SHUFFLE.match(text)):
        return _shuffle(match)
    if opcode in ("zext", "sext", "trunc", "bitcast") and (match := _WIDEN.match(text)):
        return _cast(opcode, match)
    if opcode == "call" and (match := _MULTIPLY.match(text)):
        a, b = (_reader(match.group(i), 2) for i in (1, 2))
        return _each(lambda x, y: signed(unsigned(x, 32) * unsigned(y, 32), 64), a, b)
    return None
