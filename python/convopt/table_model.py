"""Models of tables of other features than the compiler's.

log(seconds) = smooth part + trees. The smooth part is the mean of two Gaussian processes for each primitive on each
machine (convopt.smooth), one over the sizes and one over their rounding up to tiles, too. An average of boosted trees
(convopt.boosting) over all primitives together learns what each sample's own smooth prediction, made without the
sample, has left.
"""

import io
import json
import zipfile
from dataclasses import dataclass, replace

import numpy as np

from convopt.boosting import Ensemble, fit_ensemble
from convopt.derived import smooth_columns, tree_columns
from convopt.smooth import Part, Smooth, fit_smooth

PARAMETERS = {"num_leaves": 63, "learning_rate": 0.04, "min_data_in_leaf": 10}
MEMBERS = [{}, {"objective": "l1"}, {"seed": 2}, {"objective": "l1", "seed": 2}]
TREES = 800


@dataclass
class TableModel:
    """A fitted model; `note` says what of."""

    feature_names: list
    categories: dict
    primitives: list
    machines: list
    smooth: list
    ensemble: Ensemble
    offset: float  # The mean of log(seconds), which the processes leave out.
    note: str = ""

    def predict(self, samples):
        """log(seconds) of each sample."""
        if samples.feature_names != self.feature_names:
            missing = [name for name in self.feature_names if name not in samples.feature_names]
            raise SystemExit(f"the model's features are {' '.join(self.feature_names)}; missing: {' '.join(missing)}")
        samples = recoded(samples, self.categories)
        points, at = _points(samples)
        numeric = _numeric(samples)
        target = _targets(samples, self.primitives, self.machines)
        parts = []
        for padded, model in enumerate(self.smooth):
            parts.append(_fill(model.predict(_coordinates(points, samples, numeric, bool(padded))))[at, target])
        smooth = np.mean(parts, axis=0) + self.offset
        return smooth + self.ensemble.predict(_inputs(samples, numeric, self.primitives, self.machines, smooth))


def recoded(samples, categories):
    """The samples with a model's numbers for texts; -1 for those that it does not know."""
    features = samples.features.copy()
    for name, values in categories.items():
        at = samples.feature_names.index(name)
        number = {value: float(i) for i, value in enumerate(values)}
        features[:, at] = [number.get(text, -1.0) for text in samples.texts(name)]
    return replace(samples, features=features, categories=categories)


def _numeric(samples):
    return [name for name in samples.feature_names if name not in (samples.categories or {})]


def _columns(features, names):
    return {name: features[:, i] for i, name in enumerate(names)}


def _points(samples):
    """The distinct rows of features and, for each sample, which is its own."""
    points, at = np.unique(np.nan_to_num(samples.features, nan=-1.0), axis=0, return_inverse=True)
    return points, at.ravel()


def _coordinates(points, samples, numeric, padded):
    """What a process sees of the distinct rows."""
    columns = _columns(points, samples.feature_names)
    parts = [smooth_columns(columns, numeric, padded)] if numeric else []
    for name, values in (samples.categories or {}).items():
        parts.append((columns[name][:, None] == np.arange(len(values))).astype(float))
    return np.hstack(parts)


def _targets(samples, primitives, machines):
    """A number for each primitive on each machine; one more for what is not known."""
    machine = np.array([machines.index(m) if m in machines else -1 for m in samples.machines])
    primitive = samples.indices(primitives)
    known = (machine >= 0) & (primitive < len(primitives))
    return np.where(known, machine * len(primitives) + primitive, len(machines) * len(primitives))


def _fill(values):
    """With the mean of a row's others in place of NaN, and a last column for what is not known."""
    count = np.isfinite(values).sum(1)
    mean = np.where(count > 0, np.nansum(values, axis=1) / np.maximum(count, 1), 0.0)[:, None]
    return np.hstack([np.where(np.isfinite(values), values, mean), mean])


def _inputs(samples, numeric, primitives, machines, smooth):
    """What the trees see."""
    machine = [machines.index(m) if m in machines else -1 for m in samples.machines]
    derived = tree_columns(_columns(samples.features, samples.feature_names), numeric)
    last = np.stack([smooth, samples.indices(primitives), machine], axis=1)
    return np.hstack([samples.features, derived, last])


def fit_table(samples, trees=TREES, note=""):
    """Fits a model to samples of any features."""
    primitives, machines = samples.primitive_names(), sorted(set(samples.machines))
    numeric = _numeric(samples)
    points, at = _points(samples)
    target = _targets(samples, primitives, machines)
    seconds = np.log(samples.seconds)
    shape = (len(points), len(primitives) * len(machines))
    total, count = np.zeros(shape), np.zeros(shape)
    offset = float(seconds.mean())
    np.add.at(total, (at, target), seconds - offset)
    np.add.at(count, (at, target), 1)
    values = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    models, without = [], []
    for padded in (False, True):
        model, left_out = fit_smooth(_coordinates(points, samples, numeric, padded), values)
        models.append(model)
        without.append(_fill(left_out)[at, target])
    smooth = np.mean(without, axis=0) + offset
    inputs = _inputs(samples, numeric, primitives, machines, smooth)
    texts = [samples.feature_names.index(name) for name in (samples.categories or {})]
    categorical = [*texts, inputs.shape[1] - 2, inputs.shape[1] - 1]
    ensemble = fit_ensemble(
        inputs, seconds - smooth, trees, PARAMETERS, MEMBERS, categorical_feature=categorical
    )  # fmt: skip
    return TableModel(
        samples.feature_names, samples.categories or {}, primitives, machines, models, ensemble, offset, note
    )  # fmt: skip


FORMAT = "convopt-table-model"


def write_entry(file, name, data):
    """An entry of a zip, without date, so that the same model has the same bytes."""
    file.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


def read_booster(file, name):
    """The booster of an entry that has LightGBM's text of it."""
    import lightgbm

    return lightgbm.Booster(model_str=file.read(name).decode(), params={"verbose": -1})


def save_table_model(model, path):
    """A zip: head.json, the boosters' text as LightGBM writes it, the processes' arrays as NumPy does."""
    head = {"format": FORMAT, "version": 1, "features": model.feature_names, "categories": model.categories}
    head |= {"primitives": model.primitives, "machines": model.machines, "note": model.note, "offset": model.offset}
    head |= {"processes": [[m.noise, m.targets, len(m.parts)] for m in model.smooth]}
    head |= {"boosters": len(model.ensemble.boosters)}

    def arrays(name, **values):
        for key, value in values.items():
            text = io.BytesIO()
            np.save(text, value, allow_pickle=False)
            write_entry(file, f"{name}.{key}.npy", text.getvalue())

    with zipfile.ZipFile(path, "w") as file:
        write_entry(file, "head.json", json.dumps(head))
        for i, booster in enumerate(model.ensemble.boosters):
            write_entry(file, f"booster{i}.txt", booster.model_to_string())
        for i, smooth in enumerate(model.smooth):
            arrays(f"process{i}", mean=smooth.mean, scale=smooth.scale, lengths=smooth.lengths)
            for j, part in enumerate(smooth.parts):
                arrays(f"process{i}.part{j}", **vars(part))


def load_table_model(path):
    """Reads one back."""
    try:
        file = zipfile.ZipFile(path)
        head = json.loads(file.read("head.json"))
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}") from None
    except (zipfile.BadZipFile, KeyError, ValueError):
        raise SystemExit(f"{path}: not a model of a table") from None
    if head.get("format") != FORMAT or head.get("version") != 1:
        raise SystemExit(f"{path}: not a model of a table that this version reads")

    def array(name):
        return np.load(io.BytesIO(file.read(f"{name}.npy")), allow_pickle=False)

    models = []
    for i, (noise, targets, parts) in enumerate(head["processes"]):
        own = [array(f"process{i}.{key}") for key in ("mean", "scale", "lengths")]
        keys = ("columns", "points", "trend", "weights")
        read = [Part(*(array(f"process{i}.part{j}.{key}") for key in keys)) for j in range(parts)]
        models.append(Smooth(*own, noise, targets, read))
    boosters = [read_booster(file, f"booster{i}.txt") for i in range(head["boosters"])]
    return TableModel(
        head["features"], head["categories"], head["primitives"], head["machines"], models, Ensemble(boosters),
        head["offset"], head["note"],
    )  # fmt: skip
