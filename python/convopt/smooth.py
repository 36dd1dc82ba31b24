"""The smooth part of times over layers: Gaussian process regression of many primitives at once.

Trees answer in steps, and a few thousand layers are few steps in five dimensions. Times are smooth over most of these
but for what is cut into tiles, so a process with a Matern kernel over the logarithms of the sizes says most (C.
Rasmussen, C. Williams, "Gaussian Processes for Machine Learning", 2006: algorithm 2.1, the likelihood 5.8, leaving one
out 5.12), and trees learn what it leaves. All primitives share lengths and noise, and those that were measured for the
same layers share one factorisation.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

# A factorisation of so many points takes a second.
LARGEST = 3500
SUBSET = 450


def _kernel(a, b, lengths):
    """Matern's of smoothness 5/2 between the rows of `a` and of `b`."""
    a, b = a / lengths, b / lengths
    squared = (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T
    distance = np.sqrt(5 * np.maximum(squared, 0))
    return (1 + distance + distance**2 / 3) * np.exp(-distance)


def _trend_columns(points):
    return np.hstack([np.ones((len(points), 1)), points])


@dataclass
class Part:
    """One set of primitives that were measured for the same layers."""

    columns: np.ndarray  # Which of the targets.
    points: np.ndarray  # n x d, scaled.
    trend: np.ndarray  # (1 + d) x columns
    weights: np.ndarray  # n x columns


@dataclass
class Smooth:
    """A fitted regression; see fit_smooth."""

    mean: np.ndarray
    scale: np.ndarray
    lengths: np.ndarray
    noise: float
    targets: int
    parts: list = field(default_factory=list)

    def predict(self, points):
        """n x targets; NaN for what was never measured."""
        scaled = (points - self.mean) / self.scale
        result = np.full((len(points), self.targets), np.nan)
        for part in self.parts:
            result[:, part.columns] = (
                _trend_columns(scaled) @ part.trend + _kernel(scaled, part.points, self.lengths) @ part.weights
            )
        return result


def _trend(points, values):
    """A ridge regression, so that the process need only say what is not a power law."""
    columns = _trend_columns(points)
    return np.linalg.solve(columns.T @ columns + 1e-3 * np.eye(columns.shape[1]), columns.T @ values)


def _likelihood(parameters, samples):
    """Negative log likelihood of the residuals, a value, each target's variance being its best; and its gradient."""
    lengths, noise = np.exp(parameters[:-1]), np.exp(parameters[-1])
    total, count, gradient = 0.0, 0, np.zeros(len(parameters))
    for points, values in samples:
        kernel = _kernel(points, points, lengths) + noise * np.eye(len(points))
        try:
            factor = cho_factor(kernel, lower=True, check_finite=False)
        except np.linalg.LinAlgError:
            return 1e9, gradient
        weights = cho_solve(factor, values, check_finite=False)
        variance = (values * weights).mean(0) + 1e-12
        determinant = 2 * np.log(np.diag(factor[0])).mean()
        total += values.size * (determinant + np.log(variance).mean()) / 2
        count += values.size
        # By the kernel's elements; by a length, of which each is a function of the scaled distance.
        inverse = cho_solve(factor, np.eye(len(points)), check_finite=False)
        by_kernel = values.shape[1] * inverse - (weights / variance) @ weights.T
        scaled = points / lengths
        squared = (scaled**2).sum(1)[:, None] + (scaled**2).sum(1) - 2 * scaled @ scaled.T
        distance = np.sqrt(5 * np.maximum(squared, 0))
        slope = by_kernel * (1 + distance) * np.exp(-distance) * 5 / 3
        gradient[:-1] += (scaled**2 * slope.sum(1)[:, None] - scaled * (slope @ scaled)).sum(0)
        gradient[-1] += noise * np.trace(by_kernel) / 2
    # Weak priors keep what the data do not say within reach.
    return total / count + 1e-3 * (parameters**2).mean(), gradient / count + 2e-3 * parameters / len(parameters)


def _groups(values):
    """Targets by the rows that they have: [(rows, columns)]."""
    patterns = {}
    for column, known in enumerate(np.isfinite(values).T):
        if known.sum() > 1:
            patterns.setdefault(known.tobytes(), (np.flatnonzero(known), []))[1].append(column)
    return [(rows, np.array(columns)) for rows, columns in patterns.values()]


def _tune(points, groups, values, rng):
    """Lengths and noise of the largest likelihood on a few points of the largest groups."""
    samples = []
    for rows, columns in sorted(groups, key=lambda group: -len(group[0]) * len(group[1]))[:3]:
        some = rng.permutation(rows)[:SUBSET]
        some_columns = rng.permutation(columns)[:12]
        residual = values[np.ix_(some, some_columns)]
        residual = residual - _trend_columns(points[some]) @ _trend(points[some], residual)
        samples.append((points[some], residual))
    if not samples:
        return np.ones(points.shape[1]), 1.0
    start = np.concatenate([np.full(points.shape[1], 1.0), [-4.0]])
    bounds = [(-2.0, 5.0)] * points.shape[1] + [(-11.0, 0.0)]
    found = minimize(
        _likelihood, start, (samples,), method="L-BFGS-B", jac=True, bounds=bounds, options={"maxiter": 40}
    )
    return np.exp(found.x[:-1]), float(np.exp(found.x[-1]))


def fit_smooth(points, values, seed=1):
    """Fits `values` (n x targets, NaN: not measured) over `points` (n x d).

    Returns the regression and, for each value, what it would have been predicted as without itself.
    """
    rng = np.random.default_rng(seed)
    mean, scale = points.mean(0), points.std(0) + 1e-9
    scaled, groups = (points - mean) / scale, _groups(values)
    lengths, noise = _tune(scaled, groups, values, rng)
    model = Smooth(mean, scale, lengths, noise, values.shape[1])
    without = np.full(values.shape, np.nan)
    for rows, columns in groups:
        used = np.sort(rng.permutation(rows)[:LARGEST])
        known = values[np.ix_(used, columns)]
        trend = _trend(scaled[used], known)
        residual = known - _trend_columns(scaled[used]) @ trend
        kernel = _kernel(scaled[used], scaled[used], lengths) + noise * np.eye(len(used))
        factor = cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
        inverse = cho_solve(factor, np.eye(len(used)), check_finite=False)
        weights = inverse @ residual
        part = Part(columns, scaled[used], trend, weights)
        model.parts.append(part)
        rest = np.setdiff1d(rows, used)
        without[np.ix_(used, columns)] = known - weights / np.diag(inverse)[:, None]
        if len(rest):
            seen = _kernel(scaled[rest], scaled[used], lengths) @ weights
            without[np.ix_(rest, columns)] = seen + _trend_columns(scaled[rest]) @ trend
    return model, without
