"""Derivatives without revad, to compare with: central differences, extrapolated twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def slope(f: Callable[[Any], Any], x: Any, v: Any, h: float = 4e-3) -> Any:
    """Return the directional derivative of ``f`` at ``x`` along ``v``; the error is of order h**6."""

    def central(step: float) -> Any:
        return (np.asarray(f(x + step * v)) - np.asarray(f(x - step * v))) / (2 * step)

    a, b, c = central(h), central(h / 2), central(h / 4)
    first, second = (4 * b - a) / 3, (4 * c - b) / 3
    return (16 * second - first) / 15


def gradient(f: Callable[[Any], Any], x: Any, h: float = 4e-3) -> Any:
    """Return the gradient of a scalar function of one float array (copies are handed to ``f``, which may write into them)."""
    x = np.asarray(x, np.float64)
    units = np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([slope(lambda y: f(np.array(y)), x, unit, h) for unit in units]).reshape(x.shape)


def jacobian(f: Callable[[Any], Any], x: Any) -> Any:
    """Return the Jacobian of an array function of one float array."""
    x = np.asarray(x, np.float64)
    units = np.eye(x.size).reshape(x.size, *x.shape)
    columns = [slope(lambda y: f(np.array(y)), x, unit) for unit in units]
    return np.stack(columns, axis=-1).reshape(*np.shape(columns[0]), *x.shape)


def with_error(estimate: Callable[[float], Any]) -> tuple[Any, float]:
    """Return ``estimate(h)`` for a small step and a tolerance, from the change that a larger step makes."""
    coarse, fine = np.asarray(estimate(4e-3)), np.asarray(estimate(1e-3))
    scale = max(1.0, float(np.max(np.abs(fine), initial=0.0)))
    return fine, 1e-8 + 10 * float(np.max(np.abs(coarse - fine), initial=0.0)) / scale


def assert_close(expected: Any, got: Any, tolerance: float = 1e-7) -> None:
    """Compare values and shapes, relative to the largest entry."""
    expected, got = np.asarray(expected), np.asarray(got)
    assert expected.shape == got.shape
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    np.testing.assert_allclose(got / scale, expected / scale, rtol=0, atol=tolerance)
