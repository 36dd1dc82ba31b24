"""Modelled samples as a file in the form of a profile."""

import csv
import json
import pathlib

COLUMNS = ("layer", "choice", "machine", "seconds", "primitive", "threads", "passes")


def write_profile(path, machine, rows):
    """Rows of layer, choice, machine, seconds and primitive, and beside them what machine it is."""
    with open(path, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for layer, choice, name, seconds, primitive in rows:
            took = f"{seconds:.4e}"
            table.writerow([layer, choice, name, took, primitive, 1, took])
    pathlib.Path(path).with_suffix(".json").write_text(json.dumps(machine, indent=2) + "\n")
