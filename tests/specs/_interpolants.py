"""How rows of interpolants are made, and those of piecewise polynomials."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from revad.scipy import interpolate
from tests.specs._definitions import defined
from tests.specs._row import Const, Row, complexes, real

KNOTS = np.array([0.0, 0.7, 1.5, 2.4, 3.0, 4.1])
QUERY = np.array([[0.3, 1.2, 3.8], [2.0, 4.4, -0.2]])


def called(
    name: str,
    *args: Any,
    query: Any = QUERY,
    label: str = "",
    at: dict[str, Any] | None = None,
    options: Any = None,
    **kwargs: Any,
) -> Row:
    """Return a row that makes an interpolant and calls it at the query points."""
    options, at = options or {}, at or {}

    def make_and_call(where: Any, *data: Any) -> Any:
        return getattr(interpolate, name)(*data, **options)(where, **at)

    make_and_call.__name__ = f"{name}({label or ', '.join(f'{k}={v}' for k, v in {**options, **at}.items())})"
    return defined(make_and_call, query, *args, **kwargs)


def through(name: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Row:
    """Return a row of a function of data with a given name."""

    @wraps(function)
    def run(*values: Any, **options: Any) -> Any:
        return function(*values, **options)

    run.__name__ = name
    return defined(run, *args, **kwargs)


def closed(y: Any) -> Any:
    """Repeat the first value at the end."""
    return np.concatenate([y[:-1], y[:1]])


def pieces(knots: Any, backwards: Any) -> list[Row]:
    rows: list[Row] = []
    for name in ("PPoly", "BPoly"):
        c = real(4, 5)
        rows += [called(name, c, knots, at={"nu": nu}, label=f"nu={nu}") for nu in (0, 1, 2, 4)]
        rows += [called(name, Const(c), Const(KNOTS), at={"nu": nu}, label=f"constant, nu={nu}") for nu in (0, 1)]
        rows += [
            called(name, real(3, 5, 2), knots, options={"axis": 0}),
            called(name, real(2, 3, 5), knots, options={"axis": 1}),
        ]
        rows += [called(name, complexes(3, 5), Const(KNOTS)), called(name, c, knots, options={"extrapolate": "periodic"})]
        rows += [called(name, c, backwards, label="descending"), called(name, c, knots, query=1.2, label="scalar")]
        rows += [called(name, real(1, 5), knots, at={"nu": 1}, label="constants")]
        rows += [called(name, Const(real(2, 3, 5)), Const(KNOTS), options={"axis": 1}, label="constant, axis")]
        for options in ({}, {"extrapolate": "periodic"}):
            make = getattr(interpolate, name)
            rows += [
                through(
                    f"{name}.integrate({options})",
                    lambda c, x, a, b, make=make, o=options: make(c, x, **o).integrate(a, b),
                    c,
                    knots,
                    0.3,
                    5.3,
                    float32=False,  # SciPy reduces the bounds by the period in single precision
                )
            ]
            rows += [
                through(
                    f"{name}.integrate(back, {options})",
                    lambda c, x, a, b, make=make, o=options: make(c, x, **o).integrate(a, b),
                    c,
                    Const(KNOTS),
                    3.3,
                    0.4,
                    float32=False,
                )
            ]
        rows += [
            through(
                f"{name}.antiderivative",
                lambda c, x, q, make=getattr(interpolate, name): make(c, x).antiderivative(2)(q),
                real(3, 5, 2),
                knots,
                QUERY,
            )
        ]
        rows += [
            through(
                f"{name}.derivative",
                lambda c, x, q, make=getattr(interpolate, name): make(c, x).derivative()(q),
                real(3, 5, 2),
                knots,
                QUERY,
            )
        ]
    return rows
