"""Rows of `revad.scipy.stats`: summary statistics, transformations, multivariate densities, and each kind of method of a distribution."""

import numpy as np

from revad.scipy import stats
from tests.specs._row import Const, positive, real, row


def spd(n, salt=0):
    """A symmetric positive definite matrix."""
    a = real(n, n, salt=salt)
    return a @ a.T / n + np.eye(n)


def symmetric(f):
    """Let a function of a covariance see its symmetric part, of which SciPy takes one triangle."""

    def of_symmetric(*args):
        return f(*[(a + a.T) / 2 if np.ndim(a) == 2 and np.shape(a)[0] == np.shape(a)[1] else a for a in args])

    of_symmetric.__name__ = f.__name__
    return of_symmetric


def density(distribution, method="logpdf"):
    """A method of a distribution under a telling name."""

    def evaluate(*args):
        return getattr(distribution, method)(*args)

    evaluate.__name__ = f"{distribution.name}.{method}"
    return evaluate


COUNTS = np.array([2, 0, 1])
SUMMARY = [
    row(stats.zscore, real(5, 2)),
    row(stats.zscore, real(2, 5), axis=1, ddof=1),
    row(stats.zscore, real(2, 3), axis=None),
    row(stats.zmap, real(3), real(5)),
    row(stats.gmean, positive(4, 2)),
    row(stats.gmean, positive(2, 4), axis=1, keepdims=True),
    row(lambda a, w: stats.gmean(a, weights=w), positive(4), positive(4, salt=2), name="gmean with weights"),
    row(stats.hmean, positive(4, 2)),
    row(stats.hmean, positive(4, 2), axis=None),
    row(stats.pmean, positive(4, 2), 2.5),
    row(stats.pmean, positive(4, 2), 0),
    row(lambda a: stats.moment(a, order=3), real(5, 2), name="moment of order 3"),
    row(lambda a: stats.moment(a, order=[2, 3]), real(5), name="moments of several orders"),
    row(lambda a, c: stats.moment(a, order=2, center=c), real(5), 0.3, name="moment about a centre"),
    row(stats.skew, real(6, 2)),
    row(stats.skew, real(6), bias=False),
    row(stats.kurtosis, real(6, 2)),
    row(stats.kurtosis, real(6), fisher=False),
    row(stats.kurtosis, real(6), bias=False),
    row(stats.sem, real(5, 2)),
    row(stats.variation, positive(5, 2), ddof=1),
    row(stats.trim_mean, real(10), proportiontocut=0.2),
    row(lambda x, y: list(stats.pearsonr(x, y)), real(6), real(6, salt=3), name="pearsonr"),
    row(
        lambda x, y: [*stats.linregress(x, y), stats.linregress(x, y).intercept_stderr],
        real(6),
        real(6, salt=3),
        name="linregress",
    ),
    row(stats.entropy, positive(5)),
    row(stats.entropy, positive(5), positive(5, salt=1), base=2.0),
    row(stats.wasserstein_distance, real(4), real(5, salt=1) + 0.13),
    row(stats.wasserstein_distance, real(4), real(5, salt=1) + 0.13, positive(4), positive(5)),
    row(stats.energy_distance, real(4), real(5, salt=1) + 0.13),
    row(stats.boxcox, positive(5), 0.3),
    row(stats.boxcox_llf, 0.3, positive(6)),
    row(stats.boxcox_llf, 0.01, positive(6)),
    row(stats.yeojohnson, real(6), 1.4),
    row(stats.yeojohnson_llf, 0.7, real(6)),
    row(lambda d, x: stats.gaussian_kde(d).logpdf(x), real(6), real(3, salt=1), name="gaussian_kde.logpdf"),
    row(lambda d, x: stats.gaussian_kde(d, "silverman")(x), real(2, 6), real(2, 3, salt=1), name="gaussian_kde"),
    row(lambda d, w: stats.gaussian_kde(d, 0.4, w).pdf(np.zeros(1)), real(6), positive(6), name="gaussian_kde with weights"),
]
MULTIVARIATE = [
    row(symmetric(density(stats.multivariate_normal)), real(3), real(3, salt=1), spd(3)),
    row(density(stats.multivariate_normal, "pdf"), real(4, 2), real(2, salt=1), Const(spd(2))),
    row(density(stats.multivariate_normal), real(4, 2), real(2, salt=1), positive(2)),
    row(density(stats.multivariate_normal), real(3), 0.4, 1.3),
    row(symmetric(lambda c: stats.multivariate_normal.entropy(np.zeros(2), c)), spd(2), name="multivariate_normal.entropy"),
    row(symmetric(density(stats.multivariate_t)), real(3), real(3, salt=1), spd(3), 4.5),
    row(density(stats.dirichlet), Const(np.array([0.2, 0.5, 0.3])), positive(3)),
    row(density(stats.dirichlet, "pdf"), np.array([0.2, 0.5]), positive(3)),
    row(density(stats.dirichlet, "entropy"), positive(3)),
    row(symmetric(density(stats.wishart)), spd(2), 4.5, spd(2, salt=4)),
    row(symmetric(density(stats.invwishart)), spd(2), 4.5, spd(2, salt=4)),
    row(symmetric(density(stats.matrix_normal)), real(3, 2), real(3, 2, salt=1), spd(3), spd(2)),
    row(lambda p: stats.multinomial.logpmf(COUNTS, 3, p / np.sum(p)), positive(3), name="multinomial"),
    row(density(stats.dirichlet_multinomial, "logpmf"), COUNTS, positive(3), 3),
]
UNIVARIATE = [
    row(density(distribution, method), *args)
    for distribution, args in (
        (stats.norm, (real(4), 0.3, 1.7)),
        (stats.gamma, (positive(4), 2.3, -0.4, 1.2)),
        (stats.t, (real(2, 3), 4.5, real(3, salt=2), positive(2, 1))),
    )
    for method in ("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf")
]
QUANTILES = [
    row(density(distribution, method), np.array([0.1, 0.4, 0.9]), *args)
    for distribution, args in ((stats.norm, (0.3, 1.7)), (stats.gamma, (2.3, -0.4, 1.2)))
    for method in ("ppf", "isf")
]
MOMENTS = [row(density(stats.gamma, method), 2.3, -0.4, 1.2) for method in ("mean", "var", "std", "median", "entropy")]
DISCRETE = [
    row(density(stats.nbinom, method), np.array([0, 1, 3]), 2.4, 0.3)
    for method in ("pmf", "logpmf", "cdf", "logcdf", "sf", "logsf")
]
ROUNDED = (
    "skew",
    "kurtosis",
    "linregress",
    "boxcox_llf",
    "gaussian_kde",
    "multivariate_normal",
    "invwishart",
    "dirichlet_multi",
    "multinomial",
    "moments of",
)
"""What is computed in another order than by SciPy, and so differs from it in the last digits: see tests/scipy/stats."""

EVERY = [r._replace(float32=False) for r in [*SUMMARY, *MULTIVARIATE, *UNIVARIATE, *QUANTILES, *MOMENTS, *DISCRETE]]
COMPOSED = [r for r in EVERY if r.name.startswith(ROUNDED)]
ROWS = [r for r in EVERY if not r.name.startswith(ROUNDED)]
