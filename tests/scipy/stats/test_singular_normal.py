"""`multivariate_normal` with a singular covariance: SciPy's values, and derivatives on the subspace that carries the density."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.stats

from revad import grad, hessian, lift
from revad.errors import NotDifferentiableError
from revad.scipy.stats import multivariate_normal
from tests import numeric

SINGULAR = np.array([[1.0, 1.0], [1.0, 1.0]])
MEAN = np.array([0.2, 0.2])


def test_values_and_derivatives_by_the_mean_and_the_point() -> None:
    x = np.array([1.0, 1.0])
    expected = scipy.stats.multivariate_normal.logpdf(x, MEAN, SINGULAR, allow_singular=True)

    def along(s: Any) -> Any:
        """Move the mean within the support."""
        return multivariate_normal.logpdf(x, MEAN + s, SINGULAR, allow_singular=True)

    assert np.isclose(along(0.0), expected)
    slope = numeric.gradient(along, 0.1)
    numeric.assert_close(slope, grad(along)(0.1))
    numeric.assert_close(-1.0, hessian(along)(0.1))
    lifted = lift(lambda m: scipy.stats.multivariate_normal.logpdf(x, m, SINGULAR, allow_singular=True))
    np.testing.assert_allclose(grad(lifted)(MEAN), [0.4, 0.4])
    np.testing.assert_allclose(
        grad(lambda x: multivariate_normal.logpdf(x, MEAN, SINGULAR, allow_singular=True))(x), [-0.4, -0.4]
    )


def test_outside_of_the_support() -> None:
    x = np.array([1.0, 2.0])
    value = scipy.stats.multivariate_normal.logpdf(x, MEAN, SINGULAR, allow_singular=True)
    assert value == -np.inf
    np.testing.assert_array_equal(
        grad(lambda x: multivariate_normal.pdf(x, MEAN, SINGULAR, allow_singular=True))(x), [0.0, 0.0]
    )


def test_what_has_no_density_or_derivative_is_refused() -> None:
    x = np.array([1.0, 1.0])
    with pytest.raises(NotDifferentiableError, match="has no derivative with respect to it"):
        grad(lambda c: multivariate_normal.logpdf(x, MEAN, c, allow_singular=True))(SINGULAR)
    with pytest.raises(np.linalg.LinAlgError, match="takes it with allow_singular=True"):
        grad(lambda m: multivariate_normal.logpdf(x, m, SINGULAR))(MEAN)
    with pytest.raises(ValueError, match="must be symmetric positive semidefinite"):
        grad(lambda m: multivariate_normal.logpdf(x, m, np.diag([1.0, -1.0])))(MEAN)
