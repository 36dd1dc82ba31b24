"""The options of a tool as a table, read from what its --help prints."""

import re
import subprocess
from typing import NamedTuple

from convopt.docs.blocks import table
from convopt.runtime import find_tool

# "  --name=<value>   - What it means (default that)"; further lines of the meaning stand under its first.
_OPTION = re.compile(r"  (?P<flag>-\S+( <\S+>)?)\s+- (?P<text>.*)")
_VALUE = re.compile(r"\s+(?P<flag>=\S+)\s+-\s+(?P<text>.*)")
_DEFAULT = re.compile(r"\s*\(default:? (?P<value>[^()]*)\)")


class Option(NamedTuple):
    """One option: its name with the kind of its value, what it means, its default ('' where --help names none)."""

    flag: str
    meaning: str
    default: str


def read_options(text: str) -> list:
    """The options in the section 'TOOL options:' of what --help prints."""
    section = re.search(r"^\S+ options:\n\n(.*?)(\n\n|\Z)", text, re.MULTILINE | re.DOTALL)[1]
    entries = []
    for line in section.splitlines():
        if match := _OPTION.fullmatch(line):
            # A flag that LLVM would let have a value, which the tool refuses.
            entries.append((match["flag"].replace("[=<string>]", ""), [match["text"]]))
        elif match := _VALUE.fullmatch(line):
            entries[-1][1].append(f"{match['flag'][1:]}: {match['text']}")
        else:
            entries[-1][1].append(line.strip())
    return [_option(flag, lines) for flag, lines in entries]


def _option(flag: str, lines: list) -> Option:
    default = ""
    for i, line in enumerate(lines):
        if match := _DEFAULT.search(line):
            # In a list of values the default is marked beside it.
            default = match["value"]
            lines[i] = line[: match.start()] + line[match.end() :]
        elif line.endswith(" (default)"):
            lines[i], default = line.removesuffix(" (default)"), line.split(":")[0]
    if not default and ("<" not in flag or "[=" in flag):
        default = "off"
    lines = [re.sub(r"^([\w-]+):", r"`\1`:", line) if len(lines) > 1 else line for line in lines]
    return Option(flag, "<br>".join(lines), default)


def options_table(tool: str) -> str:
    """The table of a tool's options."""
    text = subprocess.run([find_tool(tool), "--help"], capture_output=True, text=True, check=True).stdout
    rows = [(f"`{option.flag}`", option.meaning, option.default) for option in read_options(text)]
    return table(["option", "meaning", "default"], rows)
