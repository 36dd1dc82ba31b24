"""Which generated part of a page is made by what."""

from functools import cache
from pathlib import Path

from convopt.docs import blocks, interface, operator_types, operators, options, passes, targets

ROOT = Path(__file__).parents[3]


def make_page(page: str, counts: dict | None = None) -> str:
    """The page with its generated parts made anew.

    counts: for each operator the node tests that passed and all; those that the page states unless given.
    """
    counts = operators.counts_in(page) if counts is None else counts
    makers = {
        "options": options.options_table,
        "cpus": lambda: targets.cpus_table(ROOT),
        "features": lambda: targets.features_table(ROOT),
        "primitives": targets.primitives_table,
        "statuses": lambda: interface.statuses_table(ROOT),
        "operators": lambda: operators.operators_table(ROOT, counts, _types(frozenset(operators.ways(ROOT, counts)))),
        "constants": lambda: operators.constants_table(ROOT, counts),
        "foreign": lambda: operators.foreign_list(ROOT),
        "refused": lambda: operators.refused_table(ROOT, counts),
        "pipelines": passes.pipelines_table,
        "passes": passes.passes_text,
        "dialect": passes.dialect_text,
    }

    def make(name: str) -> str:
        maker, *arguments = name.split()
        return makers[maker](*arguments)

    return blocks.fill(page, make)


@cache
def _types(names: frozenset) -> dict:
    return operator_types.operator_types(names)
