"""Parts of pages that are generated, between two comments that Markdown does not show.

<!-- generated: NAME -->
...
<!-- end -->
"""

import re

_BLOCK = re.compile(r"(?P<head><!-- generated: (?P<name>.*?) -->\n).*?(?P<tail><!-- end -->)", re.DOTALL)


def fill(page: str, make) -> str:
    """The page with every generated part made anew: make(name) gives its lines, without a newline at the end."""
    return _BLOCK.sub(lambda match: f"{match['head']}\n{make(match['name'])}\n\n{match['tail']}", page)


def names(page: str) -> list:
    """The generated parts of a page."""
    return [match["name"] for match in _BLOCK.finditer(page)]


def table(head: list, rows: list) -> str:
    """A table of Markdown; a | in a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)
