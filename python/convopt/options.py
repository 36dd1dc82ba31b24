"""The options by which convopt.train and convopt.evaluate read tables."""

import argparse

import numpy as np

from convopt import profile_features
from convopt.table import Columns, read_tables

UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}


def new_parser(name, text):
    """A parser that shows the module's text as it stands."""
    return argparse.ArgumentParser(prog=name, description=text, formatter_class=argparse.RawDescriptionHelpFormatter)


def add_table_options(parser):
    """The tables and what their columns are called."""
    parser.add_argument("tables", nargs="+", metavar="TABLE.csv")
    group = parser.add_argument_group("tables (docs/cost-model.md)")
    for name in ("layer", "primitive", "seconds", "choice", "machine", "threads", "passes"):
        group.add_argument(f"--{name}", metavar="COLUMN", default=name, help=f"what holds the {name} ({name})")
    group.add_argument("--group", metavar="COLUMN", help="rows with the same are never split (default: the layer)")
    group.add_argument("--features", metavar="A,B", default="", help="these columns are features, others are not")
    group.add_argument("--wide", action="store_true", help="a column of seconds for each primitive")
    group.add_argument("--unit", choices=UNITS, default="s", help="of the times (s)")
    group.add_argument("--count", metavar="COLUMN", default="choices", help="how many choices a layer has (choices)")
    group.add_argument("--full-sets", action="store_true", help="every layer has all the choices that it can have")


def _has_all_primitives(samples):
    """Counts by which the sets that have every primitive of their machine are full."""
    counts = np.zeros(len(samples))
    for machine in np.unique(samples.machines):
        rows = samples.machines == machine
        counts[rows] = len(set(samples.choices[rows]))
    return counts


def count_choices(samples, full_sets):
    """Says how many choices each layer has: as the table, the catalogue, or all that are there."""
    if full_sets:
        groups = samples.groups()
        pairs = {(group, choice) for group, choice in zip(groups, samples.choices, strict=True)}
        samples.counts = np.bincount([group for group, _ in pairs])[groups].astype(float)
    elif samples.counts is None:
        profile = samples.version is not None
        samples.counts = profile_features.choice_counts(samples) if profile else _has_all_primitives(samples)
    if samples.version:
        samples.families = profile_features.families()
    return samples


def read_options(options):
    """The tables of a command line."""
    columns = Columns(
        options.layer, options.primitive, options.seconds, options.choice, options.machine, options.threads,
        options.passes, options.count, options.group, list(filter(None, options.features.split(","))), options.wide,
        UNITS[options.unit],
    )  # fmt: skip
    # In wide form what is blank is not there to be chosen.
    return count_choices(read_tables(options.tables, columns), options.full_sets or options.wide)
