"""Derivatives at extreme values, compared with differences in arithmetic of hundreds of digits (mpmath).

The bound is a relative error of 32 units of round-off where the true derivative is a normal number of the dtype. Below the normal
range it is 32 of the smallest numbers there are; above it the answer is infinite, with the right sign, or NaN, which is loud too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st
from mpmath import mp, mpf

import revad

ULPS = 32
REACH = 340  # decimal digits below 1 that a derivative may lie, so that it still counts


class Real(NamedTuple):
    """A ufunc, the same function in mpmath, and where both are smooth."""

    ufunc: Any
    exact: Callable[..., Any]
    smooth: Callable[..., bool] = lambda *x: True


def name_of(case: Real) -> str:
    """Return a name for the test."""
    return case.ufunc.__name__


def width(x: mpf) -> Any:
    """Return a step that is small beside x and beside the function's own scale, which is never below 1e-16."""
    size = abs(x)
    return mpf(10) ** -40 * min(mpf(1), size) if size else mpf(10) ** -REACH


def digits_for(x: list[Any], steps: list[Any]) -> int:
    """Return how many digits second differences need: those that cancel, those of a large value and a small result, and a few."""
    longest = max(int(mp.log10(max(abs(value), 1))) for value in x)
    return 60 + REACH + longest + 2 * max(int(-mp.log10(step)) + 1 for step in steps)


def differences(f: Callable[..., Any], point: tuple[Any, ...]) -> tuple[list[Any], list[list[Any]]]:
    """Return the gradient and the Hessian of a function of one or two numbers."""
    mp.dps = 30
    x = [mpf(float(value)) for value in point]
    steps = [width(value) for value in x]
    mp.dps = digits_for(x, steps)
    n = len(x)
    known: dict[tuple[int, ...], Any] = {}

    def at(*moves: int) -> Any:
        if moves not in known:
            known[moves] = f(*[value + k * step for value, k, step in zip(x, moves, steps, strict=True)])
        return known[moves]

    def moved(*pairs: tuple[int, int]) -> Any:
        moves = [0] * n
        for i, k in pairs:
            moves[i] += k
        return at(*moves)

    first = [(moved((i, 1)) - moved((i, -1))) / (2 * steps[i]) for i in range(n)]
    second = [
        [
            (moved((i, 1)) - 2 * moved() + moved((i, -1))) / steps[i] ** 2
            if i == j
            else sum(a * b * moved((i, a), (j, b)) for a in (1, -1) for b in (1, -1)) / (4 * steps[i] * steps[j])
            for j in range(n)
        ]
        for i in range(n)
    ]
    return first, second


def error(got: Any, want: Any, dtype: Any) -> float:
    """Return the error in units of round-off."""
    info = np.finfo(dtype)
    eps, tiny, largest = (mpf(float(value)) for value in (info.eps, info.tiny, info.max))
    if abs(want) * (1 + ULPS * eps) > largest:
        right = np.isnan(got) or got == np.copysign(np.inf, float(mp.sign(want))) or abs(got) > largest * (1 - ULPS * eps)
        return 0.0 if right else np.inf
    if not np.isfinite(got):
        return np.inf
    return float(abs(mpf(float(got)) - want) / (eps * max(abs(want), tiny)))


def gradients(ufunc: Any, arrays: list[Any]) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
    """Return the slopes and the second slopes of a ufunc, element by element, by reverse mode."""
    every = tuple(range(len(arrays)))
    first = revad.grad(lambda *x: np.sum(ufunc(*x)), argnums=every)
    second = [revad.grad(lambda *x, i=i: np.sum(first(*x)[i]), argnums=every)(*arrays) for i in every]
    return first(*arrays), second


def slopes_forward(ufunc: Any, arrays: list[Any], i: int) -> Any:
    """Return the slopes with respect to one argument by forward mode."""
    return revad.jvp(lambda x: ufunc(*arrays[:i], x, *arrays[i + 1 :]), (arrays[i],), (np.ones_like(arrays[i]),))[1]


def failures(case: Real, points: Iterable[tuple[Any, ...]], dtype: Any) -> list[str]:
    """Return a line for each derivative that is off: reverse mode and forward mode, first and second order."""
    rows = [tuple(map(dtype, point)) for point in points]
    rows = [row for row in rows if all(map(np.isfinite, row)) and case.smooth(*map(float, row))]
    if not rows:
        return []
    arrays = [np.array(column, dtype) for column in zip(*rows, strict=True)]
    lines: list[str] = []
    with np.errstate(all="ignore"):
        first, second = gradients(case.ufunc, arrays)
        forward = [slopes_forward(case.ufunc, arrays, i) for i in range(len(arrays))]
    assert all(g.dtype == dtype for g in first)
    for k, row in enumerate(rows):
        slopes, bends = differences(case.exact, row)
        checks = [(f"∂{i}", first[i][k], slopes[i]) for i in range(len(row))]
        checks += [(f"∂{i} forward", forward[i][k], slopes[i]) for i in range(len(row))]
        checks += [(f"∂{i}∂{j}", second[i][j][k], bends[i][j]) for i in range(len(row)) for j in range(len(row))]
        for label, got, want in checks:
            if (off := error(got, want, dtype)) > ULPS:
                lines.append(f"{label} {name_of(case)}{row} is {got!r}, should be {mp.nstr(want, 17)}: {off:.3g} units")
    return lines


def fixed_points(dtype: Any) -> list[float]:
    """Return 0, numbers next to 0, 1 and the largest, powers in between, and ordinary ones, of both signs."""
    info = np.finfo(dtype)
    tiny, eps, largest = float(info.tiny), float(info.eps), float(info.max)
    sizes = [tiny, tiny**0.5, eps, 0.3, 1 - eps / 2, 1.0, 1 + eps, 2.3, 9.0, 20.3, 88.0, 700.3, largest**0.5 * 4, largest]
    return [0.0, *sizes, *[-size for size in sizes]]


def numbers(dtype: Any) -> Any:
    """Return a strategy for normal numbers of a dtype: over the whole range of exponents, and near 1."""
    info = np.finfo(dtype)
    exponents = st.integers(int(info.minexp), int(info.maxexp) - 1)
    mantissas = st.integers(0, 2 ** int(info.nmant) - 1).map(lambda m: 1 + m / 2.0 ** int(info.nmant))
    spread = st.builds(lambda m, e, s: s * float(np.ldexp(m, e)), mantissas, exponents, st.sampled_from((-1.0, 1.0)))
    ordinary = st.floats(-100, 100, width=int(info.bits))  # pyright: ignore[reportArgumentType]
    return st.one_of(spread, ordinary.map(lambda x: x if abs(x) > float(info.tiny) else 0.0))
