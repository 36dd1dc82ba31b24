"""The generated parts of the pages are what the tools, the importer and the declarations of the passes say today."""

import re
from pathlib import Path

import pytest
from convopt.docs import blocks
from convopt.docs.options import Option, options_table, read_options
from convopt.docs.pages import make_page

ROOT = Path(__file__).parents[2]
PAGES = {path.stem: path.read_text() for path in sorted((ROOT / "docs").glob("*.md"))}


@pytest.mark.parametrize("name", [name for name in PAGES if blocks.names(PAGES[name])])
def test_page_is_up_to_date(name):
    assert make_page(PAGES[name]) == PAGES[name], "./dev docs mends this"


def test_a_stale_table_is_found_and_mended():
    stale = PAGES["options"].replace("| `--warmup=<uint>` |", "| `--warm=<uint>` |")
    assert stale != PAGES["options"]
    assert make_page(stale) == PAGES["options"]


def test_refusals_are_in_the_words_of_the_importer():
    """The last column of the tables of what is refused."""
    source = "\n".join(path.read_text() for path in sorted((ROOT / "lib/Import").rglob("*.cpp")))
    literals = "\n".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', re.sub(r'"\s*\n\s*"', "", source)))
    messages = re.findall(r"\| `([^`|]*)` \|$", PAGES["operators"].split("<!-- end -->")[-1], re.MULTILINE)
    assert len(messages) > 10
    assert [text for message in messages for text in message.split("...") if text.strip() not in literals] == []


def test_every_tool_option_is_found():
    table = options_table("convopt-compile")
    assert "| `--threads=<n>` | Threads that one run uses | 1 |" in table
    assert "| `--cache-dir=<folder>` |" in table and "| obj |" in table


HELP = """OVERVIEW: A tool.

tool options:

  --flag[=<string>] - Do it
  --also[=<file>]   - Do it, and write it
  --level=<value>   - How much (default low)
    =low            -   Little
    =high           -   Much
  --what=<name>     - a: the one (default)
                      b: the other

Other options:

  --no              - Not ours
"""


def test_forms_of_options():
    assert read_options(HELP) == [
        Option("--flag", "Do it", "off"),
        Option("--also[=<file>]", "Do it, and write it", "off"),
        Option("--level=<value>", "How much<br>`low`: Little<br>`high`: Much", "low"),
        Option("--what=<name>", "`a`: the one<br>`b`: the other", "a"),
    ]
