"""The operators of the random graphs: functions that apply one to a value of a Growth, in families.

A family is a module here; `grows` enters a function in the table. A function picks its operands, adds one node or a
few, and may raise Unsuitable at any time: what it has added is taken back. To have one more operator, write a function.
"""

import importlib

FAMILIES = {
    "products": 4,
    "convolutions": 4,
    "joins": 3,
    "elementwise": 3,
    "movement": 4,
    "views": 3,
    "reductions": 2,
    "normalisations": 1.5,
    "pooling": 2,
    "recurrent": 1,
    "logic": 2,
    "types": 1.5,
}


def grows(frequency: float = 1):
    """Enters the function in the table of its family; it is taken `frequency` times as often as others there."""

    def enter(function):
        function.frequency = frequency
        return function

    return enter


def table() -> dict:
    """By family: how often it is taken, and its functions."""
    result = {}
    for family, share in FAMILIES.items():
        members = vars(importlib.import_module(f"{__name__}.{family}")).values()
        result[family] = share, [member for member in members if hasattr(member, "frequency")]
    return result
