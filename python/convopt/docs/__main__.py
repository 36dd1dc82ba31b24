"""Writes the generated parts of docs/ anew; says which pages have changed.

    python -m convopt.docs [--check] [PAGE...]

The numbers of node tests in docs/operators.md stay; test/onnx/run.py --document counts them.
"""

import argparse
import sys

from convopt.docs.pages import ROOT, make_page


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m convopt.docs", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 if a page is not up to date")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="only these, by name: options")
    arguments = parser.parse_args()
    changed = 0
    for path in sorted((ROOT / "docs").glob("*.md")):
        if arguments.pages and path.stem not in arguments.pages:
            continue
        page = path.read_text()
        made = make_page(page)
        if made == page:
            continue
        changed += 1
        print(f"{path.relative_to(ROOT)}: {'not up to date' if arguments.check else 'written'}")
        if not arguments.check:
            path.write_text(made)
    return 1 if arguments.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
