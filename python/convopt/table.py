"""Tables of measured primitives: the CSV that convopt-profile writes, and others'.

docs/cost-model.md has the columns. A file without a header, a column that is missing or a time that is none ends the
program with one line that names the file, and the row where there is one.
"""

import csv
import json
import pathlib
from dataclasses import dataclass, field

import numpy as np

from convopt import profile_features
from convopt.samples import Samples

# The names under which others' tables have the sizes of a layer.
SIZES = ("k", "c", "im", "s", "f")
PROFILE = ("layer", "choice", "machine", "seconds")


@dataclass
class Columns:
    """What the columns of a table are called, and how it is to be read."""

    layer: str = "layer"
    primitive: str = "primitive"
    seconds: str = "seconds"
    choice: str = "choice"
    machine: str = "machine"
    threads: str = "threads"
    passes: str = "passes"
    count: str = "choices"
    group: str = None  # Default: the layer.
    features: list = field(default_factory=list)  # Default: all that are nothing else.
    wide: bool = False  # One column of seconds for each primitive.
    unit: float = 1.0  # Seconds that a time of 1 stands for.


def _fail(path, what):
    raise SystemExit(f"{path}: {what}")


def _read_frame(path):
    """All cells as text."""
    import pandas

    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if row]
    except OSError as error:
        _fail(path, error.strerror)
    except (csv.Error, UnicodeDecodeError) as error:
        _fail(path, f"is not a CSV: {error}")
    if not rows:
        _fail(path, "is empty")
    names = [name.strip() for name in rows.pop(0)]
    twice = [name for i, name in enumerate(names) if name in names[:i]]
    if twice:
        _fail(path, f"has two columns '{twice[0]}'")
    if rows and len(rows[-1]) < len(names):
        rows.pop()  # What was written when a profile was interrupted.
    for number, row in enumerate(rows):
        if len(row) != len(names):
            _fail(path, f"row {number + 2}: has {len(row)} cells, not {len(names)}")
    if not rows:
        _fail(path, "has no rows")
    return pandas.DataFrame(rows, columns=names, dtype=str)


def _numbers(path, frame, name):
    """A column of finite numbers; NaN where the cell is empty."""
    import pandas

    text = frame[name].str.strip()
    empty = text.str.lower().isin(["", "nan", "na"])
    values = pandas.to_numeric(text.where(~empty, "nan"), errors="coerce").to_numpy(float)
    wrong = np.flatnonzero(~np.isfinite(values) & ~empty.to_numpy())
    if len(wrong):
        _fail(path, f"row {wrong[0] + 2}: {name} is '{text.iloc[wrong[0]]}', not a number")
    return values


def _melt(path, frame, columns):
    """The long form of a wide table: a row for each primitive that supports a layer."""
    import pandas

    reserved = {columns.layer, columns.machine, columns.threads, columns.group}
    features = columns.features or [name for name in frame.columns if name in SIZES]
    kept = [name for name in frame.columns if name in reserved or name in features]
    primitives = [name for name in frame.columns if name not in kept]
    if not features and columns.layer not in frame.columns:
        _fail(path, f"has none of the columns {' '.join(SIZES)}: name the features with --features=")
    if not primitives:
        _fail(path, "has no column of a primitive")
    parts = []
    for name in primitives:
        seconds = _numbers(path, frame, name)
        rows = frame.loc[seconds > 0, kept].copy()
        rows[columns.primitive] = name
        rows[columns.seconds] = [repr(value) for value in seconds[seconds > 0].tolist()]
        parts.append(rows)
    frame = pandas.concat(parts, ignore_index=True)
    if not len(frame):
        _fail(path, "has no positive time")
    return frame


def _passes(path, frame, name, unit):
    """A tuple of seconds a row."""
    result = np.empty(len(frame), object)
    for row, cell in enumerate(frame[name]):
        try:
            result[row] = tuple(unit * float(word) for word in cell.split())
        except ValueError:
            _fail(path, f"row {row + 2}: {name} are '{cell}', not numbers")
    return result


def _feature(path, frame, name, categories):
    """A column as numbers, of which `categories` then says what they stand for if it has text."""
    import pandas

    values = pandas.to_numeric(frame[name].str.strip().replace("", "nan"), errors="coerce").to_numpy(float)
    text = frame[name].str.strip()
    if not (np.isnan(values) & ~text.str.lower().isin(["", "nan", "na"]).to_numpy()).any():
        return values
    categories[name] = sorted(set(text))
    return text.map({value: float(i) for i, value in enumerate(categories[name])}).to_numpy(float)


def _text(frame, name, default):
    if name in frame.columns:
        return frame[name].str.strip().to_numpy(str)
    return np.full(len(frame), default) if isinstance(default, str) else default


def _is_profile(frame):
    return tuple(frame.columns[:4]) == PROFILE


def _read_profile(path, frame):
    """A profile of convopt-profile's: the frame with its features, and their version."""
    described = path.with_suffix(".json")
    names = [name for name in frame.columns if name not in (*PROFILE, "primitive", "threads", "passes")]
    if names:
        try:
            return frame, json.loads(described.read_text())["features_version"]
        except FileNotFoundError:
            return frame, profile_features.version()
        except (ValueError, KeyError, TypeError):
            _fail(described, "has no 'features_version'")
    table = profile_features.table_of(path)
    return _read_frame(table), profile_features.version()


def _check(path, frame, columns):
    wanted = [columns.primitive, columns.seconds]
    wanted += [columns.group] if columns.group else []
    for name in [*wanted, *columns.features]:
        if name not in frame.columns:
            _fail(path, f"has no column '{name}'")


def _read_table(path, columns):
    path = pathlib.Path(path)
    frame, version = _read_frame(path), None
    if _is_profile(frame):
        frame, version = _read_profile(path, frame)
        if columns.primitive not in frame.columns:
            frame[columns.primitive] = [choice.split(" ", 1)[0] for choice in frame[columns.choice]]
        frame = frame[~frame[columns.choice].str.startswith("transform ")].reset_index(drop=True)
    elif columns.wide:
        frame = _melt(path, frame, columns)
    _check(path, frame, columns)
    seconds = columns.unit * _numbers(path, frame, columns.seconds)
    wrong = np.flatnonzero(~(seconds > 0))
    if len(wrong):
        _fail(path, f"row {wrong[0] + 2}: {columns.seconds} is '{frame[columns.seconds].iloc[wrong[0]]}', not positive")
    special = [getattr(columns, name) for name in ("layer", "primitive", "seconds", "choice", "machine", "passes")]
    special += [columns.count, columns.group] + ([columns.threads] if version else [])
    names = columns.features or [name for name in frame.columns if name not in special]
    if not names:
        _fail(path, "has no column of a feature")
    categories = {}
    values = np.stack([_feature(path, frame, name, categories) for name in names], axis=1)
    shape = [name for name in names if name != columns.threads]
    layer = _text(frame, columns.layer, None)
    if layer is None:
        layer = np.array([" ".join(f"{n}={v}" for n, v in zip(shape, row, strict=True)) for row in frame[shape].values])
    primitive = _text(frame, columns.primitive, None)
    return Samples(
        version, names, values, layer, _text(frame, columns.choice, primitive),
        _text(frame, columns.machine, path.stem), seconds, primitive,
        threads=_text(frame, columns.threads, None),
        passes=_passes(path, frame, columns.passes, columns.unit) if columns.passes in frame.columns else None,
        group_names=_text(frame, columns.group, None) if columns.group else None,
        counts=_numbers(path, frame, columns.count) if columns.count in frame.columns else None,
        categories=categories,
    )  # fmt: skip


def _recode(parts):
    """The same number for the same text in all parts."""
    for name in sorted({name for part in parts for name in part.categories}):
        at = parts[0].feature_names.index(name)
        texts = [part.texts(name) for part in parts]
        values = sorted({text for text_list in texts for text in text_list})
        for part, words in zip(parts, texts, strict=True):
            part.features[:, at] = [values.index(word) for word in words]
            part.categories[name] = values


def _joined(parts, name):
    arrays = [getattr(part, name) for part in parts]
    return None if any(array is None for array in arrays) else np.concatenate(arrays)


def read_tables(paths, columns=None):
    """Read tables as one; all must have the same features, of the same version."""
    paths = list(map(pathlib.Path, paths))
    parts = [_read_table(path, columns or Columns()) for path in paths]
    for path, part in zip(paths, parts, strict=True):
        if not part.has_columns_of(parts[0]):
            _fail(" ".join(map(str, paths)), f"made with different versions of the features: {path} differs")
    _recode(parts)
    arrays = ("layers", "choices", "machines", "seconds", "primitive_column", "threads", "passes", "group_names")
    joined = {name: _joined(parts, name) for name in (*arrays, "counts")}
    features = np.concatenate([part.features for part in parts])
    return Samples(parts[0].version, parts[0].feature_names, features, categories=parts[0].categories, **joined)
