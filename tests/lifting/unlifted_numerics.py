"""Numerical code as people write it, knowing nothing of revad: SciPy, polynomials, statistics, finite elements, masks."""

from __future__ import annotations

import math
import statistics
from typing import Any

import numpy  # noqa: ICN001  (some people do)
import numpy as np
import scipy.integrate
import scipy.interpolate
import scipy.linalg
import scipy.optimize
import scipy.stats
from numpy import float64
from numpy.polynomial import Polynomial
from numpy.polynomial.polynomial import polyval
from scipy.linalg import expm
from scipy.stats import norm


def uses_scipy(x: Any) -> Any:
    """SciPy's functions, by module and by name."""
    named = np.sum(scipy.linalg.expm(np.diag(x))) + np.sum(expm(np.array([[x[0], 1.0], [0.0, x[1]]])))
    return named * norm.logpdf(x[0], x[1], x[2]) + np.sum(scipy.stats.norm.cdf(x)) + np.sum(expm(np.eye(2))) * x[0]


def polynomials(x: Any) -> Any:
    p = Polynomial(x)
    return p(0.5) + polyval(0.3, x) ** 2 + np.sum(p.deriv().coef ** 2) + np.polynomial.polynomial.polyval(x[0], [1.0, 2.0, 3.0])


def averages(x: Any) -> Any:
    values = [v * v for v in x]
    spread = statistics.stdev(values) + statistics.pvariance(x) + statistics.variance(x, x[0]) + statistics.pstdev(x, mu=0.1)
    line = statistics.linear_regression(range(3), values)
    means = (
        statistics.mean(values) * statistics.fmean(x, [1, 2, 3]) + statistics.harmonic_mean(x) + statistics.geometric_mean(x)
    )
    both = statistics.covariance(x, values) + statistics.correlation(x, [1.0, 0.5, 2.0])
    return (
        spread + line.slope * line.intercept + means + both + statistics.median(x) + statistics.fmean(x) + statistics.pstdev(x)
    )


def conversions(x: Any) -> Any:
    y = float(x[0])
    assert isinstance(y, float)
    assert isinstance(1.0, float)
    assert not isinstance(1, float)
    assert float == float  # noqa: E721
    assert isinstance(x, np.ndarray)
    assert np.zeros(2, dtype=float).dtype == np.ones(2).astype(float).dtype == numpy.dtype(float)
    assert float("2.5") == 2.5
    z = complex(x[1]) * 1j
    n, rounded = int(x[2] * 10 + 0.5), round(x[2])
    a = np.array([1, 2, 3], dtype=float)
    a[0] = y
    match y:
        case float():
            y = y * 2
    return np.sum(a) * y + (z * z).real + n * x[0] + rounded * x[1] + float64(x[2]) ** 2 + sum(map(float, x))


def constants_elsewhere(x: Any) -> Any:
    """Libraries that know nothing of revad are called with what carries no derivative."""
    grid = np.linspace(0, 1, 5)
    curve = scipy.interpolate.interp1d(grid, grid**2)
    area = scipy.integrate.quad(lambda s: math.sin(s), 0, 1)[0]
    return float(curve(0.3)) * x[0] + area * x[1] + scipy.optimize.brentq(lambda s: math.cos(s) - s, 0, 1) * x[2]


def assembled(x: Any) -> Any:
    """Finite elements: small matrices added into a large one."""
    K = np.zeros((3, 3))
    for e in range(2):
        K[e : e + 2, e : e + 2] += np.array([[1, -1], [-1, 1]]) * x[e]
    K[0, :] = 0
    K[0, 0] = 1
    K[2, 2] += 1
    return np.linalg.solve(K, np.array([0, 0, x[2]]))[2]


def masks_and_swaps(x: Any) -> Any:
    """Masked updates, aliases, ping-pong buffers."""
    a = np.array([1.0, 2.0, 3.0])
    a[a > 1.5] *= x[0]
    a[np.argsort(-np.arange(3.0))[0]] += x[1]
    image = np.zeros((2, 2, 3))
    image[..., 0] = x[0]
    image[0, :, 1] = [x[1], x[2]]
    image[image == 0] = x[1]
    both = [old := np.zeros(4), old]
    new = np.ones(4)
    both[1][0] = x[2]
    for _ in range(3):
        new[1:-1] = old[:-2] * x[0] + old[2:] + x[1]
        old, new = new, old
    return a.sum() + image.sum() ** 2 + np.sum(old * new) + both[0][0]


def kinds(x: Any) -> Any:
    """Decisions on what kind of value there is."""
    v = x[0]
    assert isinstance(x, (np.ndarray, list))
    assert isinstance(v, np.floating)
    assert isinstance(v, np.generic)
    assert not isinstance(v, np.integer)
    assert np.isscalar(v)
    assert not np.isscalar(x)
    assert np.issubdtype(x.dtype, np.floating)
    assert np.issubdtype(np.float32, np.inexact)
    return np.float32(v) * 0.0 + v if np.isscalar(v) and not math.isnan(v) else x[1]
