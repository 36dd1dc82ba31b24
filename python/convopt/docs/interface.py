"""What include/convopt-c/model.h says, as tables."""

import re
from pathlib import Path

from convopt.docs.blocks import table


def statuses_table(root: Path) -> str:
    """What init and run return: the enumerators with their comments."""
    text = (root / "include/convopt-c/model.h").read_text()
    rows = re.findall(r"^ +(CONVOPT_\w+) = (\d+),? *(?:/\*(.*?)\*/)?$", text, re.MULTILINE | re.DOTALL)
    cells = [(value, f"`{name}`", " ".join(meaning.split())) for name, value, meaning in rows]
    return table(["value", "name", "meaning"], cells)
