"""Models that are to be corrected for another machine: the compiler's, a dictionary, or one of a table's features."""

import zipfile

from convopt.corrected_table import CorrectedTable, load_any_table, predict_as_known
from convopt.model import predict, read_model


def predict_any(model, samples):
    """What a model of either kind predicts for samples of a new machine: log(seconds / roofline bound)."""
    if isinstance(model, dict):
        return predict(model, samples)
    return model.predict(samples) if isinstance(model, CorrectedTable) else predict_as_known(model, samples)


def read_source(path, samples):
    """A model of either kind that can be corrected by the samples; another ends the program with a message."""
    if not zipfile.is_zipfile(path):
        if samples.version is None:
            raise SystemExit(f"{path}: not a model of a table, as the samples are")
        return read_model(path, samples)
    model = load_any_table(path)
    if isinstance(model, CorrectedTable):
        raise SystemExit(f"{path}: has been corrected; correct the model that it was made of")
    if samples.version is not None or model.feature_names != samples.feature_names:
        raise SystemExit(f"{path}: made for other features: {' '.join(model.feature_names)}")
    return model
