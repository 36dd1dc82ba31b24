"""How far predictions are from measurements, and measurements from themselves."""

import numpy as np

# Choices within this share of the best are as good.
AS_GOOD = 0.05


def predicted_seconds(samples, predicted):
    """The seconds of samples for which log(seconds / roofline bound) is predicted."""
    return samples.seconds * np.exp(predicted - samples.efficiency)


def relative_errors(samples, predicted):
    """|predicted / measured - 1| of each sample."""
    return np.abs(np.exp(predicted - samples.efficiency) - 1)


def geometric_mean(values):
    """exp(mean(log)); 1 for nothing."""
    return float(np.exp(np.mean(np.log(values)))) if len(values) else 1.0


def choice_sets(samples):
    """The rows of each layer on each machine that has two choices or more."""
    groups = samples.groups()
    order = np.argsort(groups, kind="stable")
    sets = np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)
    return [rows for rows in sets if len(rows) > 1]


def is_full(samples, rows):
    """Whether these rows are all choices that their layer has, as far as anybody has said."""
    if samples.counts is None:
        return False
    return 0 < samples.counts[rows].max() <= len(set(samples.choices[rows]))


def regret(samples, predicted, sets=None):
    """For each choice set, the time of the choice that is predicted best over that of the best measured."""
    sets = choice_sets(samples) if sets is None else sets
    # Choices of one layer may have bounds of their own.
    guesses = predicted_seconds(samples, predicted)
    return np.array([samples.seconds[rows[np.argmin(guesses[rows])]] / samples.seconds[rows].min() for rows in sets])


def noise(samples):
    """Relative errors of the second fastest pass as a prediction of the fastest, NaN where there was one pass."""
    pairs = samples.repeated()
    return pairs[:, 1] / pairs[:, 0] - 1


def noise_regret(samples, sets):
    """The regret of choosing by the second fastest pass; of sets all of which were measured twice."""
    pairs = samples.repeated()
    ratios = []
    for rows in sets:
        own = pairs[rows]
        if np.isfinite(own).all():
            ratios.append(own[np.argmin(own[:, 1]), 0] / own[:, 0].min())
    return np.array(ratios)
