"""Tukey's λ distribution, whose quantile function is Q(p) = (p^λ − (1 − p)^λ) / λ, a difference of Box-Cox transformations."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from revad.operations.registry import elementwise
from revad.scipy.special.rules.logarithms import boxcox_in_lambda


def tukey_slope(x: Any, lmbda: Any, numerator: Any = None) -> Any:
    """∂p/∂x = 1/Q_p or, with the numerator −Q_λ, ∂p/∂λ; 0 outside the support, where p is 0 or 1."""
    p, q = special.tklmbda(x, lmbda), special.tklmbda(-x, lmbda)
    outside = (p == 0) | (q == 0)
    p, q = np.where(outside, 0.5, p), np.where(outside, 0.5, q)
    above = 1 if numerator is None else numerator(p, q, lmbda)
    return np.where(outside, 0, above / (p ** (lmbda - 1) + q ** (lmbda - 1)))


elementwise(
    special.tklmbda,
    x1=lambda x1, x2: tukey_slope(x1, x2),
    x2=lambda x1, x2: tukey_slope(
        x1, x2, lambda p, q, lmbda: boxcox_in_lambda(np.log(q), lmbda) - boxcox_in_lambda(np.log(p), lmbda)
    ),
)
