"""What a function reads and writes: by instruction the address, its size and whether it is written."""

import re
from dataclasses import dataclass

from convopt.static.affine import Addresses, Affine, type_bytes
from convopt.static.ir import NAME
from convopt.static.values import Unknown

_TYPE = r"(?:<\d+ x \w+>|\w+)"
_LOAD = re.compile(rf"({_TYPE}), ptr ({NAME})")
_STORE = re.compile(rf"({_TYPE}) .*, ptr ({NAME}),")
_MASKED_LOAD = re.compile(rf"({_TYPE}) @llvm\.masked\.load[.\w]*\(ptr ({NAME}),")
_MASKED_STORE = re.compile(rf"void @llvm\.masked\.store[.\w]*\(({_TYPE}) .*, ptr ({NAME}),")
_FILL = re.compile(rf"void @llvm\.mem(?:set|cpy|move)[.\w]*\(ptr (?:align \d+ )?({NAME}), .*i64 (\d+), i1")


@dataclass
class Access:
    """`size` bytes at an Affine address, in a block of the IR."""

    block: str
    address: Affine
    size: int
    written: bool


def _found(instruction):
    """Type or bytes, pointer, and whether it is written; None for what does not touch memory."""
    opcode, text = instruction.opcode, instruction.text
    if opcode == "load" and (match := _LOAD.match(text)) and match.group(1) != "ptr":
        return type_bytes(match.group(1)), match.group(2), False
    if opcode == "store" and (match := _STORE.match(text)):
        return type_bytes(match.group(1)), match.group(2), True
    if opcode == "call":
        if match := _MASKED_LOAD.match(text):
            return type_bytes(match.group(1)), match.group(2), False
        if match := _MASKED_STORE.match(text):
            return type_bytes(match.group(1)), match.group(2), True
        if match := _FILL.match(text):
            return int(match.group(2)), match.group(1), True
    return None


def find_accesses(function, loops):
    """All whose address is known, and how many there are besides. `loops` by their headers."""
    addresses, accesses, unknown = Addresses(function, loops), [], 0
    for block in function.blocks.values():
        for instruction in block.instructions:
            found = _found(instruction)
            if found is None:
                continue
            size, pointer, written = found
            try:
                address = addresses.of(pointer)
            except Unknown:
                unknown += 1
                continue
            accesses.append(Access(block.name, address, size, written))
    return accesses, unknown
