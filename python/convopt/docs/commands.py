"""The commands of a page, run as its reader would: in order, in one shell, in an empty folder.

A fenced block is what its first line says:

    ```sh            is run; the page fails where a command does
    ```sh norun      is left out: it installs something, or needs what the reader alone has
    ```output        is what the block above it must have printed
    ```c main.c      is saved as that file, whatever the language

Other blocks are for the eye. In expected output any number stands for any number, and ... for any text: within its
line, or, on a line of its own, for any lines. Spaces that align columns may be more or fewer.
"""

import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

_FENCE = re.compile(r"^```(?P<language>[\w+-]+)(?: (?P<word>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
# Not a digit of a name: f4x4 stays f4x4, v1 stays v1.
_NUMBER = r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"


class Block(NamedTuple):
    """One fenced block: its language, the word behind it ('' if there is none), its text, the number of its line."""

    language: str
    word: str
    text: str
    line: int


def read_blocks(page: str) -> list:
    """All fenced blocks of a page."""
    return [
        Block(match["language"], match["word"] or "", match["text"], page.count("\n", 0, match.start()) + 1)
        for match in _FENCE.finditer(page)
    ]


def has_commands(page: str) -> bool:
    """Whether anything in the page is run."""
    return any(block.language == "sh" and not block.word for block in read_blocks(page))


def matches(expected: str, printed: str) -> bool:
    """Whether a command has printed what the page shows."""
    pattern = ""
    for line in expected.strip("\n").splitlines():
        pattern += r"(?:.*\n)*" if line.strip() == "..." else _line_pattern(line) + r"[ \t]*\n"
    return bool(re.fullmatch(pattern, printed.strip("\n") + "\n"))


def _line_pattern(line: str) -> str:
    pieces = []
    for part in re.split(rf"(\.\.\.|\s+|{_NUMBER})", line.rstrip()):
        if part == "...":
            pieces.append(".*")
        elif part.isspace():
            pieces.append(r"[ \t]+" if pieces else re.escape(part))
        else:
            pieces.append(_NUMBER if re.fullmatch(_NUMBER, part) else re.escape(part))
    return "".join(pieces)


def script(blocks: list, folder: Path) -> str:
    """One program of bash for a page; what block N prints goes to the file N in `folder`."""
    lines = ["set -euo pipefail"]
    for i, block in enumerate(blocks):
        if block.word and block.language not in ("sh", "output"):
            # Quoted, so that the shell changes nothing in it.
            lines.append(f"cat >{block.word} <<'END OF FILE'\n{block.text}END OF FILE")
        elif block.language == "sh" and not block.word:
            lines.append(f"exec >{folder / str(i)} 2>&1\n{block.text}")
    return "\n".join(lines)


def run_page(page: str, work: Path, printed: Path, environment: dict) -> list:
    """Runs a page in the folder `work`; one line of text for each thing that is wrong.

    printed: an empty folder for what the blocks print. environment: variables beside this process's.
    """
    blocks = read_blocks(page)
    result = subprocess.run(
        ["bash", "-c", script(blocks, printed)],
        stdin=subprocess.DEVNULL,
        cwd=work,
        env=os.environ | environment,
        text=True,
        capture_output=True,
    )
    texts = {int(path.name): path.read_text() for path in printed.iterdir()}
    if result.returncode:
        last = max(texts, default=0)
        said = texts.get(last, result.stderr).strip()
        return [f"line {blocks[last].line}: status {result.returncode}: {said[-2000:]}"]
    wrong = []
    for i, block in enumerate(blocks):
        if block.language == "output" and not matches(block.text, texts[i - 1]):
            wrong.append(f"line {block.line}: expected\n{block.text}but there was\n{texts[i - 1]}")
    return wrong
