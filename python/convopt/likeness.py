"""How much alike two measurements are: the covariance of a Gaussian process over layers and choices.

Two rows may be of the same family, of the same primitive and near in their features, and a machine may differ from
another in each of these ways: one factor for all, one for a family or a primitive, or one that changes smoothly with
the features, alike for all primitives or differently for each family and each primitive. So the kernel is

    a + b F + c P + (d + e F + f P) exp(-|x - y|^2 / 2 l^2)

where F and P are 1 for the same family and primitive. It is a sum of products of kernels and hence one itself
(Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, 4.2.4 and 5.4.3). scikit-learn could put it
together from parts, but would compute the distances of all pairs four times for every step of the search.
"""

import warnings

import numpy as np
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Hyperparameter, Kernel, WhiteKernel
from threadpoolctl import threadpool_limits

# Variances of logarithms of time at the beginning of the search, and how far it may go.
VARIANCES = (0.1, 0.05, 0.03, 0.03, 0.03, 0.03)
VARIANCE_BOUNDS = (1e-4, 3.0)
NOISE, NOISE_BOUNDS = 0.03, (1e-3, 1.0)
# The length, in units of the root of the number of features: typical rows are 1.4 apart.
LENGTH_BOUNDS = (0.2, 10.0)
# The search for these numbers sees so many rows, and ends after so many steps; the process itself sees more.
SEARCH_ROWS, SEARCH_STEPS, ROWS = 200, 20, 1000
# Predictions are made for so many rows at a time, for the memory's sake.
PART = 2000


class Likeness(Kernel):
    """The kernel above; the columns are family, primitive and then the features, divided by their number's root."""

    def __init__(self, variances=VARIANCES, length=1.0):
        """With the six `variances` a to f and the `length` l."""
        self.variances = variances
        self.length = length

    @property
    def hyperparameter_variances(self):
        """The search's view of the variances."""
        return Hyperparameter("variances", "numeric", VARIANCE_BOUNDS, len(VARIANCES))

    @property
    def hyperparameter_length(self):
        """The search's view of the length."""
        return Hyperparameter("length", "numeric", LENGTH_BOUNDS)

    def __call__(self, X, Y=None, eval_gradient=False):
        """The covariances of the rows of `X` (n, 2 + features) and `Y`, and their derivatives in log parameters."""
        Y = X if Y is None else Y
        same = [X[:, k][:, None] == Y[:, k][None, :] for k in (0, 1)]
        ways = [np.ones((len(X), len(Y))), *(s.astype(float) for s in same)]
        left, right = X[:, 2:], Y[:, 2:]
        squares = (left**2).sum(1)[:, None] + (right**2).sum(1)[None, :] - 2 * left @ right.T
        squares = np.maximum(squares, 0) / self.length**2
        near = np.exp(-0.5 * squares)
        parts = [v * way for v, way in zip(self.variances, [*ways, *(w * near for w in ways)], strict=True)]
        total = sum(parts)
        if not eval_gradient:
            return total
        # Parameters are in alphabetical order: the length comes first.
        return total, np.stack([sum(parts[3:]) * squares, *parts], axis=2)

    def diag(self, X):
        """The variance of each row."""
        return np.full(len(X), float(np.sum(self.variances)))

    def is_stationary(self):
        """It depends on differences alone."""
        return True


def _columns(view):
    width = max(view.numbers.shape[1], 1)
    return np.hstack([view.families[:, None], view.primitives[:, None], view.numbers / np.sqrt(width)])


def _search(function, start, bounds):
    """A few steps of L-BFGS: the last digits of a variance make no prediction better."""
    found = minimize(function, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": SEARCH_STEPS})
    return found.x, found.fun


# Matrices are small: threads would wait for each other, and sum in another order on another machine.
@threadpool_limits.wrap(limits=1)
def fit_process(view, residual, kernel=None):
    """A Gaussian process through `residual` (n,), the logarithm of measured over predicted time of the view's rows.

    Of more than ROWS rows it sees ROWS. `kernel` is that of an earlier process, for which no search is made. Returns a
    function from a view to residuals, and the kernel.
    """
    order = np.random.default_rng(1).permutation(len(view))
    columns = _columns(view)
    if kernel is None:
        few = order[:SEARCH_ROWS]
        start = Likeness() + WhiteKernel(NOISE, NOISE_BOUNDS)
        with warnings.catch_warnings():
            # A variance at its lower bound is a way in which the machines do not differ: an answer.
            warnings.simplefilter("ignore", ConvergenceWarning)
            kernel = GaussianProcessRegressor(start, optimizer=_search).fit(columns[few], residual[few]).kernel_
    rows = order[:ROWS]
    process = GaussianProcessRegressor(kernel, optimizer=None).fit(columns[rows], residual[rows])

    @threadpool_limits.wrap(limits=1)
    def predict(other):
        """The mean of the process."""
        wanted = _columns(other)
        parts = [process.predict(wanted[at : at + PART]) for at in range(0, len(wanted), PART)]
        return np.concatenate([np.zeros(0), *parts])

    return predict, kernel
