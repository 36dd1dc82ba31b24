"""The report's plots as SVG: the same figures give the same bytes."""

import os

import numpy as np

from convopt.measures import choice_sets, is_full, predicted_seconds, regret, relative_errors

SHARES = [0.1, 0.2, 0.4, 0.7, 1.0]


def save_svg(figure, path):
    """Without date and with the same names of parts every time."""
    import matplotlib

    with matplotlib.rc_context({"svg.hashsalt": "convopt", "svg.fonttype": "none"}):
        figure.savefig(path, metadata={"Date": None})


def _axes(x, y, **options):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot(xlabel=x, ylabel=y, **options)
    axes.grid(True, linewidth=0.3)
    return figure, axes


def sets_of(samples):
    """The full choice sets; all, if none is."""
    sets = choice_sets(samples)
    return [rows for rows in sets if is_full(samples, rows)] or sets


def draw_predictions(folder, samples, predicted, most=3000):
    """Predicted against measured; of many samples every n-th."""
    some = slice(None, None, max(1, len(samples) // most))
    guesses = predicted_seconds(samples, predicted)
    figure, axes = _axes("measured, s", "predicted, s", xscale="log", yscale="log")
    axes.plot(samples.seconds[some], guesses[some], ".", markersize=2, rasterized=False)
    ends = [samples.seconds.min(), samples.seconds.max()]
    axes.plot(ends, ends, color="black", linewidth=0.8)
    save_svg(figure, os.path.join(folder, "predicted.svg"))


def draw_regret(folder, samples, predicted):
    """Regret of each choice set against its best time."""
    sets = sets_of(samples)
    best = [samples.seconds[rows].min() for rows in sets]
    figure, axes = _axes("fastest choice, s", "regret, %", xscale="log", yscale="symlog")
    axes.plot(best, 100 * (regret(samples, predicted, sets) - 1), ".", markersize=3)
    save_svg(figure, os.path.join(folder, "regret.svg"))


def learning_curve(samples, fit_and_predict, shares=SHARES):
    """(groups, median error, mean regret) of models of ever more groups, all judged on the same fifth of the layers."""
    fold = samples.folds(5)
    judged, rest = samples[fold == 0], samples[fold != 0]
    if not len(judged) or not len(rest):
        return []
    # The same order every time, and every share has what a smaller one has.
    order = rest.folds(1 << 30)
    limits = np.quantile(np.unique(order), shares)
    points = []
    for limit in limits:
        some = rest[order <= limit]
        predicted = fit_and_predict(some, judged)
        chosen = regret(judged, predicted, sets_of(judged))
        mean = chosen.mean() - 1 if len(chosen) else 0.0
        points.append((len(set(some.layers)), float(np.median(relative_errors(judged, predicted))), float(mean)))
    return points


def draw_learning_curve(folder, points):
    """Error and regret against the number of layers."""
    figure, axes = _axes("layers trained on", "%", ylim=(0, None))
    for column, name in ((1, "median error"), (2, "mean regret")):
        axes.plot([point[0] for point in points], [100 * point[column] for point in points], "o-", label=name)
    axes.set_ylim(bottom=0)
    axes.legend()
    save_svg(figure, os.path.join(folder, "learning.svg"))


def draw(folder, samples, predicted, fit_and_predict):
    """All three, in a folder that is made if it is not there; returns their names."""
    os.makedirs(folder, exist_ok=True)
    draw_predictions(folder, samples, predicted)
    draw_regret(folder, samples, predicted)
    draw_learning_curve(folder, learning_curve(samples, fit_and_predict))
    return ["predicted.svg", "regret.svg", "learning.svg"]
