"""Averages of gradient-boosted trees: LightGBM with several objectives and ways to choose splits.

Squared errors follow the mean and so what disturbs a measurement, absolute ones follow the median and learn little of
what is rare; splits at random thresholds ("extra trees") err elsewhere than the best ones. Their average is better
than twice as many trees of any one kind.
"""

from dataclasses import dataclass

import numpy as np

PARAMETERS = {
    "objective": "regression",
    "num_leaves": 63,
    "learning_rate": 0.06,
    "min_data_in_leaf": 5,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
    "max_bin": 255,
    "verbose": -1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "seed": 1,
}
MEMBERS = [{}, {"extra_trees": True}, {"objective": "l1"}, {"objective": "l1", "extra_trees": True}]


@dataclass
class Ensemble:
    """Boosters whose predictions are averaged."""

    boosters: list

    def predict(self, inputs, **options):
        """The mean of the boosters' predictions."""
        return np.mean([booster.predict(inputs, **options) for booster in self.boosters], axis=0)


def fit_ensemble(inputs, target, trees, parameters=None, members=None, **data):
    """One booster of `trees` trees for each of `members`; `data` is for LightGBM's Dataset."""
    import lightgbm

    boosters = []
    for member in MEMBERS if members is None else members:
        # A booster changes what it is given.
        dataset = lightgbm.Dataset(inputs, target, **data)
        boosters.append(lightgbm.train({**PARAMETERS, **member, **(parameters or {})}, dataset, trees))
    return Ensemble(boosters)
