"""Lists of samples to measure, and their division into chunks."""

import csv
import io
import itertools

from convopt.profile_files import ProfileError

COLUMNS = ["layer", "choice", "machine"]


def read_list(text, name):
    """The rows (layer, choice, machine) of a list or a profile, but transformations; `name` is for messages."""
    lines = csv.reader(io.StringIO(text))
    if next(lines, [])[:3] != COLUMNS:
        raise ProfileError(f"{name}: not a list of layers and choices")
    rows = [tuple(line[:3]) for line in lines if line]
    if any(len(row) < 3 for row in rows):
        raise ProfileError(f"{name}: a row has fewer than three columns")
    return list(dict.fromkeys(row for row in rows if not row[1].startswith("transform ")))


def write_list(rows):
    """The text of a list as convopt-profile --again reads it."""
    return "".join(f"{line}\n" for line in ("layer,choice,machine,seconds", *(",".join((*row, "1")) for row in rows)))


def chunks(rows, size):
    """Parts of `rows` of about `size` rows each, without dividing what stands together of a layer."""
    result = [[]]
    for _, group in itertools.groupby(rows, key=lambda row: row[0]):
        group = list(group)
        if result[-1] and len(result[-1]) + len(group) > size:
            result.append([])
        result[-1] += group
    return [part for part in result if part]
