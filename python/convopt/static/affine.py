"""Addresses as sums of loop counters: a base, a number of bytes, and for each loop the bytes that an iteration adds.

Where an index is divided, as the number of a pixel by the width of its row, the quotient counts as a fraction of the
counter and the rest as nothing: right in the mean over whole rows. A minimum or maximum, with which the last tile is
moved back into the image, counts as what is not constant in it.
"""

import re
from dataclasses import dataclass, field

from convopt.static.ir import NAME, plain
from convopt.static.values import Unknown, incoming

_VALUE = rf"(?:{NAME}|-?\d+|true|false|poison|undef|zeroinitializer|splat \([^)]*\)|<[^<>]*>)"
_TYPE = r"(?:<\d+ x \w+>|\w+)"
_TWO = re.compile(rf"({_TYPE}) ({_VALUE}), ({_VALUE})$")
_CAST = re.compile(rf"({_TYPE}) ({_VALUE}) to ({_TYPE})$")
_GEP = re.compile(rf"({_TYPE}|\[\d+ x \w+\]), ptr ({NAME}), i\d+ ({_VALUE})$")
_CALL2 = re.compile(rf"{_TYPE} @([\w.]+)\({_TYPE} ({_VALUE}), {_TYPE} ({_VALUE})(?:, i1 \w+)?\)")
_SELECT = re.compile(rf"{_TYPE} {_VALUE}, {_TYPE} ({_VALUE}), {_TYPE} ({_VALUE})$")
_INSERT = re.compile(rf"(<(\d+) x \w+>) ({_VALUE}), \w+ ({_VALUE}), i\d+ (\d+)$")
_EXTRACT = re.compile(rf"<\d+ x \w+> ({_VALUE}), i\d+ (\d+)$")
_SHUFFLE = re.compile(rf"(<\d+ x \w+>) ({_VALUE}), <\d+ x \w+> ({_VALUE}), <(\d+) x i32> ({_VALUE})$")
# A remainder by less than so much is one, by more a number that is made unsigned.
_MASK = 1 << 24


@dataclass
class Affine:
    """`base` is the name of what a pointer points into, None for a number."""

    base: str = None
    constant: float = 0.0
    terms: dict = field(default_factory=dict)

    def plus(self, other, sign=1):
        """The sum; of two pointers' difference a number."""
        terms = dict(self.terms)
        for name, value in other.terms.items():
            terms[name] = terms.get(name, 0.0) + sign * value
        base = self.base or other.base if sign > 0 else None
        return Affine(base, self.constant + sign * other.constant, {n: v for n, v in terms.items() if v})

    def times(self, factor):
        """All of it `factor` times."""
        return Affine(self.base, self.constant * factor, {n: v * factor for n, v in self.terms.items() if factor})


def type_bytes(text):
    """Of a value in memory: of float, <4 x float>, [4 x i8], ptr."""
    if match := re.match(r"[<[](\d+) x (\w+)[]>]", text):
        return int(match.group(1)) * type_bytes(match.group(2))
    widths = {"float": 4, "double": 8, "half": 2, "bfloat": 2, "ptr": 8}
    return widths[text] if text in widths else max(int(text[1:]) // 8, 1)


class Addresses:
    """Reads values of a function as Affine, vectors as lists of these; Unknown where one is none."""

    def __init__(self, function, headers):
        """`headers` are the loops by their headers."""
        self.function, self.headers, self.seen = function, headers, {}

    def of(self, operand, width=None):
        """An operand in words; `width` is the number of elements of constant vectors."""
        if operand.startswith("%"):
            name = plain(operand)
            if name not in self.seen:
                self.seen[name] = None  # A phi's own, while its step is computed, is put there by it.
                self.seen[name] = self._make(name)
            if self.seen[name] is None:
                raise Unknown(name)
            return self.seen[name]
        if operand.startswith("<"):
            return [self.of(word.split()[-1]) for word in operand[1:-1].split(",")]
        if operand.startswith("splat"):
            return [self.of(operand[7:-1].split()[-1])] * (width or 1)
        if operand in ("poison", "undef", "zeroinitializer"):
            return [Affine()] * width if width else Affine()
        return Affine(constant=float({"true": 1, "false": 0}.get(operand) if operand[0] in "tf" else int(operand)))

    def _make(self, name):
        instruction = self.function.definitions.get(name)
        if instruction is None:
            return Affine(base=name)  # An argument.
        if instruction.opcode == "phi":
            return self._phi(name, instruction)
        try:
            return self._computed(instruction)
        except (ValueError, IndexError, KeyError):
            raise Unknown(name) from None

    def _phi(self, name, instruction):
        ways = incoming(instruction)
        if instruction.block not in self.headers:
            return self._any(list(ways.values()))
        loop = self.headers[instruction.block]
        first = next(operand for block, operand in ways.items() if block not in loop.blocks)
        again = next(operand for block, operand in ways.items() if block in loop.blocks)
        start = self.of(first)
        # With the phi as a term of its own: what else an iteration adds is the step.
        own = f"%{name}"
        before = dict(self.seen)
        self.seen[name] = Affine(base=start.base, terms={own: 1.0})
        try:
            step = self.of(again).constant
        except (Unknown, AttributeError):
            step = 0.0
        self.seen = before  # Nothing that was made of the term stays.
        return start.plus(Affine(terms={instruction.block: step} if step else {}))

    def _any(self, operands):
        """What is not constant among the operands, or else the first that is known."""
        found = []
        for operand in operands:
            try:
                found.append(self.of(operand))
            except Unknown:
                continue
        if not found:
            raise Unknown(str(operands))
        return next((a for a in found if isinstance(a, list) or a.terms or a.base), found[0])

    def _computed(self, instruction):
        opcode, text = instruction.opcode, instruction.text
        if opcode == "getelementptr" and (match := _GEP.match(text)):
            index = self.of(match.group(3)).times(type_bytes(match.group(1)))
            return self.of(match.group(2)).plus(index)
        if opcode == "load" and (match := re.match(rf"ptr, ptr ({NAME})", text)):
            return Affine(base=self.of(match.group(1)).base)  # The data of a buffer, by the buffer's name.
        if opcode == "call" and "@halide_malloc" in text or opcode == "alloca":
            return Affine(base=instruction.name)
        if opcode in ("zext", "sext", "trunc", "bitcast", "freeze", "inttoptr", "ptrtoint"):
            return self._cast(opcode, text)
        if opcode == "select" and (match := _SELECT.match(text)):
            return self._any(match.groups())
        if opcode == "call" and (match := _CALL2.match(text)):
            return self._call(*match.groups())
        if opcode == "insertelement" and (match := _INSERT.match(text)):
            vector = list(self.of(match.group(3), int(match.group(2))))
            vector[int(match.group(5))] = self.of(match.group(4))
            return vector
        if opcode == "extractelement" and (match := _EXTRACT.match(text)):
            return self.of(match.group(1))[int(match.group(2))]
        if opcode == "shufflevector" and (match := _SHUFFLE.match(text)):
            return self._shuffle(*match.groups())
        if match := _TWO.match(text):
            return self._two(opcode, *match.groups())
        raise Unknown(instruction.name)

    def _cast(self, opcode, text):
        if opcode == "freeze":
            return self.of(text.split()[-1])
        kind, operand, to = _CAST.match(text).groups()
        value = self.of(operand)
        if opcode == "bitcast" and isinstance(value, list):
            if kind.endswith("i64>") and to.endswith("i32>"):
                return [part for v in value for part in (Affine(), v.times(2.0**-32))]
            raise Unknown(operand)
        return value

    def _call(self, callee, first, second):
        if re.match(r"llvm\.[su](min|max)", callee):
            return self._any([first, second])
        if callee.startswith("llvm.usub.sat.i"):
            return self.of(first).plus(self.of(second), -1)
        if "umull" in callee:
            return self._each("mul", self.of(first, 2), self.of(second, 2), unsigned=True)
        raise Unknown(callee)

    def _shuffle(self, kind, first, second, count, mask):
        width = int(kind[1:].split()[0])
        both = [*self.of(first, width), *(self.of(second, width))]
        if mask == "zeroinitializer":
            return [both[0]] * int(count)
        words = [word.split()[-1] for word in mask[1:-1].split(",")]
        return [both[int(word)] if word.isdigit() else Affine() for word in words]

    def _two(self, opcode, kind, first, second):
        width = int(kind[1:].split()[0]) if kind.startswith("<") else None
        a, b = self.of(first, width), self.of(second, width)
        return self._each(opcode, a, b) if width else self._scalar(opcode, a, b)

    def _each(self, opcode, a, b, unsigned=False):
        if unsigned:
            b = [Affine(constant=v.constant % 2**32) for v in b]
        return [self._scalar(opcode, x, y) for x, y in zip(a, b, strict=True)]

    @staticmethod
    def _scalar(opcode, a, b):
        if opcode in ("add", "or", "sub"):
            return a.plus(b, -1 if opcode == "sub" else 1)
        if a.terms == {} and a.base is None and opcode == "mul":
            a, b = b, a
        if b.terms or b.base:
            raise Unknown(opcode)
        factor = b.constant
        if opcode == "mul":
            return a.times(factor)
        if opcode == "shl":
            return a.times(2.0**factor)
        if opcode in ("lshr", "ashr"):
            return a.times(2.0**-factor)
        if opcode in ("udiv", "sdiv"):
            return a.times(1 / factor)
        if opcode in ("urem", "srem"):
            return Affine()
        if opcode == "and":
            return Affine() if 0 <= factor < _MASK else a
        raise Unknown(opcode)
