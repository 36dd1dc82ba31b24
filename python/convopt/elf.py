"""Reads the names that an ELF file exports, so that a compiled library need not be told its model's name."""

import struct
from pathlib import Path

_SECTION_DYNSYM = 11


def exported_symbols(path: Path) -> list:
    """Names of the defined dynamic symbols of a 64-bit little-endian ELF file, in its order.

    Raises ValueError where the file is something else.
    """
    data = Path(path).read_bytes()
    if data[:6] != b"\x7fELF\x02\x01":
        raise ValueError(f"{path}: not a 64-bit little-endian ELF file")
    try:
        return _symbols(data)
    except (struct.error, IndexError):
        raise ValueError(f"{path}: damaged ELF file") from None


def _symbols(data: bytes) -> list:
    offset, size, count = (
        struct.unpack_from("<Q", data, 40)[0],
        *struct.unpack_from("<HH", data, 58),
    )
    # type, offset, size and link of each section
    sections = [
        (
            struct.unpack_from("<I", data, offset + i * size + 4)[0],
            *struct.unpack_from("<QQI", data, offset + i * size + 24),
        )
        for i in range(count)
    ]
    names = []
    for kind, start, length, link in sections:
        if kind != _SECTION_DYNSYM:
            continue
        strings = sections[link][1]
        for entry in range(start, start + length, 24):
            name, _, _, section = struct.unpack_from("<IBBH", data, entry)
            if name and section:
                end = data.index(b"\0", strings + name)
                names.append(data[strings + name : end].decode())
    return names
