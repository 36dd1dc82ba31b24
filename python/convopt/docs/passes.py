"""Passes, pipelines and dialect as mlir-tblgen describes them when convopt is built, in the form of these pages."""

import re
import subprocess

from convopt.docs.blocks import table
from convopt.runtime import find_tool


def _described(file: str) -> str:
    """What mlir-tblgen has written to a file of the build, without the lines that are not for GitHub."""
    path = find_tool("convopt-opt").parent.parent / "include/convopt" / file
    lines = path.read_text().splitlines()
    return "\n".join(line for line in lines if not line.startswith(("<!--", "[TOC]"))).strip()


def passes_text() -> str:
    """All passes, with their options."""
    return re.sub(r"^### `-", "### `", _spaced(_described("Transforms/Passes.md")), flags=re.MULTILINE)


def _spaced(text: str) -> str:
    """With an empty line before each heading."""
    return re.sub(r"(?<!\n)\n(#+ )", r"\n\n\1", text)


def dialect_text() -> str:
    """Operations, attributes and enumerations; the page has its own title."""
    text = _spaced(_described("IR/ConvoptDialect.md"))
    return re.sub(r"\n{3,}", "\n\n", text.split("\n", 1)[1].strip())


def pipelines_table() -> str:
    """The pipelines with their options, as convopt-opt --help lists them."""
    text = subprocess.run([find_tool("convopt-opt"), "--help"], capture_output=True, text=True, check=True).stdout
    section = re.search(r"Pass Pipelines:\n(.*?)(?:\n\n|\Z)", text, re.DOTALL)[1]
    rows = []
    for line in section.splitlines():
        match = re.fullmatch(r"(?P<indent> +)--(?P<flag>[^ =]+)\S* +- +(?P<text>.*)", line)
        if match and len(match["indent"]) == 6:
            rows.append((match["flag"], match["text"], []))
        elif match:
            rows[-1][2].append(f"`{match['flag']}`: {match['text']}")
    ours = [(f"`{name}`", text, "<br>".join(options)) for name, text, options in rows if name.startswith("convopt-")]
    return table(["pipeline", "what it does", "options"], ours)
