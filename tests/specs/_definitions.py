"""Rows for functions that are SciPy's own on plain arrays and a definition of ours on tracked ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

import revad
from revad.base.arrays import is_inexact
from revad.operations.protocol import find_speaker
from tests.specs._row import Const, Row, row


def defined(function: Callable[..., Any], *args: Any, accuracy: float = 1e-13, **kwargs: Any) -> Row:
    """Return a row that follows the definition on plain arrays too, and finds there that its values are SciPy's to rounding."""
    constant = [isinstance(arg, Const) for arg in args]

    @wraps(function)
    def run(*values: Any, **options: Any) -> Any:
        if find_speaker(values) is not None:
            return function(*values, **options)
        ours = untracked(function(*[v if c else tracked(v) for v, c in zip(values, constant, strict=True)], **options))
        assert_same(ours, function(*values, **options), accuracy)
        return ours

    return row(run, *args, **kwargs)


def tracked(value: Any) -> Any:
    """Return float arrays and numbers, in lists too, as leaves."""
    if type(value) in (list, tuple):
        return type(value)([tracked(item) for item in value])
    return revad.tensor(value) if is_inexact(value) else value


def untracked(value: Any) -> Any:
    """Return the values underneath."""
    if isinstance(value, (list, tuple)):
        return tuple(untracked(item) for item in value)
    return revad.stop_gradient(value) if isinstance(value, revad.Tensor) else value


def assert_same(ours: Any, theirs: Any, accuracy: float) -> None:
    """Compare structure, shapes, dtypes and values; single precision allows for a larger round-off in proportion."""
    if isinstance(theirs, (tuple, list)):
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            assert_same(a, b, accuracy)
        return
    assert np.shape(ours) == np.shape(theirs)
    assert np.result_type(ours) == np.result_type(theirs), (np.result_type(ours), np.result_type(theirs))
    scale = max(1.0, float(np.max(np.abs(theirs), initial=0.0)))
    single = np.result_type(theirs) in (np.float32, np.complex64)
    np.testing.assert_allclose(
        np.asarray(ours) / scale, np.asarray(theirs) / scale, rtol=0, atol=accuracy * (2e8 if single else 1)
    )


def with_unit(function: Any) -> Any:
    """Return a function of sections without the coefficient that has to be 1."""

    @wraps(function)
    def call(c: Any, *args: Any, **kwargs: Any) -> Any:
        return function(np.concatenate([c[:, :3], np.ones_like(c[:, :1]), c[:, 3:]], 1), *args, **kwargs)

    return call
