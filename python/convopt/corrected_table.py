"""A model of a table's own features, corrected for another machine.

What it was trained on and what corrects it stay two things: the source predicts as for a machine that it knows, and
trees over the table's features and primitives say what that must be multiplied by.
"""

import io
import json
import zipfile
from dataclasses import dataclass, replace

import numpy as np

from convopt.distillation import distil, distilled
from convopt.table_model import TableModel, load_table_model, read_booster, recoded, save_table_model, write_entry

FORMAT = "convopt-corrected-table-model"


def predict_as_known(model, samples):
    """log(seconds) of samples of a machine that the model does not know: the mean over those that it does."""
    asked = [replace(samples, machines=np.full(len(samples), machine)) for machine in model.machines]
    return np.mean([model.predict(each) for each in asked], axis=0)


@dataclass
class CorrectedTable:
    """A source, a factor's logarithm for each of its and the samples' primitives and one more, and trees or None."""

    source: TableModel
    primitives: list
    shift: np.ndarray
    booster: object
    note: str

    def predict(self, samples):
        """log(seconds) of samples, all of which are taken for the new machine's."""
        samples = recoded(samples, self.source.categories)
        at = samples.indices(self.primitives)
        through = distilled(samples.inputs(self.primitives), at, self.shift, self.booster)
        return predict_as_known(self.source, samples) + through


def correct_table(source, samples, pool, correction, note):
    """The source, corrected as `correction` (rows,) says of the rows of `pool`; features are recoded already."""
    names = sorted({*source.primitives, *samples.primitive_names()})
    shift, booster = distil(pool.inputs(names), pool.indices(names), len(names), correction)
    return CorrectedTable(source, names, shift, booster, note)


def save_corrected_table(model, path):
    """A zip: head.json, the source as save_table_model writes it, the trees as LightGBM writes them."""
    head = {"format": FORMAT, "version": 1, "primitives": model.primitives, "shift": model.shift.tolist()}
    head |= {"note": model.note}
    source = io.BytesIO()
    save_table_model(model.source, source)
    with zipfile.ZipFile(path, "w") as file:
        parts = {"head.json": json.dumps(head), "source.zip": source.getvalue()}
        if model.booster:
            parts["trees.txt"] = model.booster.model_to_string()
        for name, data in parts.items():
            write_entry(file, name, data)


def load_any_table(path):
    """What save_corrected_table or save_table_model wrote."""
    with zipfile.ZipFile(path) as file:
        if "source.zip" not in file.namelist():
            return load_table_model(path)
        head = json.loads(file.read("head.json"))
        if head.get("format") != FORMAT or head.get("version") != 1:
            raise SystemExit(f"{path}: not a corrected model of a table that this version reads")
        source = load_table_model(io.BytesIO(file.read("source.zip")))
        booster = read_booster(file, "trees.txt") if "trees.txt" in file.namelist() else None
    return CorrectedTable(source, head["primitives"], np.array(head["shift"]), booster, head["note"])
