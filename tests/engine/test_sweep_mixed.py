"""Cotangents of reads of one value, some tracked and some constant: none is lost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from revad import grad, vjp


@pytest.mark.parametrize("constant_first", [True, False])
def test_gradient_by_one_of_two_cotangents(constant_first: bool) -> None:
    x = np.array([1.0, 2.0, 3.0])

    def pulled(c: Any) -> Any:
        _, pullback = vjp(lambda x: (x[:2] ** 2, x[1:] ** 2), x)
        return np.sum(pullback((np.ones(2), c) if constant_first else (c, np.ones(2)))[0] ** 2)

    c = np.array([0.3, 0.4])
    slopes = [(pulled(c + e) - pulled(c - e)) / 2e-6 for e in 1e-6 * np.eye(2)]
    np.testing.assert_allclose(grad(pulled)(c), slopes, rtol=1e-7)
