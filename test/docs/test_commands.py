"""Every command in the pages of docs/ works as it is written, and prints what the page shows."""

import os
from pathlib import Path

import pytest
from convopt.docs import commands
from convopt.runtime import find_tool
from convopt.testing import frontends

ROOT = Path(__file__).parents[2]
PAGES = {path.stem: path.read_text() for path in sorted((ROOT / "docs").glob("*.md"))}
BIN = find_tool().parent


@pytest.mark.parametrize("name", [name for name in PAGES if commands.has_commands(PAGES[name])])
def test_page(name, tmp_path):
    if name == "front-ends" and not frontends.are_installed():
        pytest.skip("no front ends for this machine")
    work, printed = tmp_path / "work", tmp_path / "printed"
    work.mkdir()
    printed.mkdir()
    environment = {
        "CONVOPT": str(ROOT),
        "PATH": f"{BIN}:{ROOT}/.deps/venv/bin:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "python"),
    }
    # The pages name the release build; this may be another.
    page = PAGES[name].replace("$CONVOPT/build/release", str(BIN.parent))
    wrong = commands.run_page(page, work, printed, environment)
    assert not wrong, f"docs/{name}.md, " + "\n".join(wrong)
