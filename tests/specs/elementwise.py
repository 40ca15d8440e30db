"""Rows of the elementwise functions: arithmetic, powers, transcendental functions, kinks and steps, bits, ranges and fills."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.specs._row import Const, Row, positive, real, row, unit

FINITE = 1e-5  # tolerance where finite differences are the weaker side (large second derivatives)


def forms(function: Any, make: Any, **options: Any) -> Iterator[Row]:
    """Rows of a function of one argument: matrix, Python float, 0-d, empty, and an array with strides of its own."""
    name = function.__name__
    yield row(function, make(3, 4), **options)
    yield row(function, float(make(1)[0]), name=f"{name}: float", **options)
    yield row(function, make(), name=f"{name}: 0-d", **options)
    yield row(function, make(2, 0), name=f"{name}: empty", **options)
    yield row(function, make(4, 6)[::2, ::-1].T, name=f"{name}: strided", **options)


def pairs(function: Any, make: Any, other: Any = None, **options: Any) -> Iterator[Row]:
    """Rows of a function of two arguments: equal shapes, broadcasting both ways, floats, 0-d, empty, strided."""
    name = function.__name__

    def second(*shape: int) -> Any:
        return (other or make)(*shape, salt=3) * 0.83

    yield row(function, make(3, 4), second(3, 4), **options)
    yield row(function, make(3, 1), second(4), name=f"{name}: broadcast", **options)
    yield row(function, make(2, 1, 3), second(4, 1), name=f"{name}: broadcast both", **options)
    yield row(function, make(3), float(second(1)[0]), name=f"{name}: array, float", **options)
    yield row(function, float(make(1)[0]), second(3), name=f"{name}: float, array", **options)
    yield row(function, float(make(1)[0]), float(second(1)[0]), name=f"{name}: floats", **options)
    yield row(function, make(), second(2), name=f"{name}: 0-d", **options)
    yield row(function, make(2, 0), second(1), name=f"{name}: empty", **options)
    yield row(function, make(4, 6)[::2, ::-1].T, second(6, 2), name=f"{name}: strided", **options)


def above_one(*shape: int, salt: int = 0) -> Any:
    """Values between 1.3 and 3.3."""
    return 1 + positive(*shape, salt=salt)


ARITHMETIC = [
    *pairs(np.add, real, complex=True),
    *pairs(np.subtract, real, complex=True),
    *pairs(np.multiply, real, complex=True),
    *pairs(np.divide, real, complex=True),
    *pairs(np.remainder, real),
    *pairs(np.fmod, real),
    *pairs(np.divmod, real),
    row(np.multiply, np.arange(3), real(3), name="multiply: integers times floats"),
    row(np.divide, real(3), np.arange(1, 4), name="divide: floats by integers"),
    row(np.divide, 2, real(3), name="divide: a Python int by floats", complex=True),
    *forms(np.negative, real, complex=True),
    *forms(np.positive, real, complex=True),
    *forms(np.reciprocal, real, complex=True),
    *forms(np.square, real, complex=True),
    *forms(np.sqrt, positive, complex=True),
    *forms(np.cbrt, real),
    *forms(np.fabs, real),
]

POWERS = [
    *pairs(np.power, positive, real, complex=True),
    *pairs(np.float_power, positive, real, complex=True, float32=False),  # its result is float64 whatever comes in
    *(row(np.power, real(3, 4), Const(p), name=f"power: x ** {p!r}", complex=True) for p in (0, 1, 2, 3, -1, -2, 2.0, 3.0, 4)),
    *(row(np.power, positive(3, 4), p, name=f"power: x ** {p!r}", complex=True) for p in (0.5, -0.5, 1.5, 1 / 3)),
    *(row(np.power, float(positive(1)[0]), p, name=f"power: float ** {p!r}") for p in (0, 1, 2, 3, -1, 0.5)),
    row(np.power, 2, real(3), name="power: 2 ** y", complex=True),
    row(np.power, 0, positive(3), name="power: 0 ** y"),
    row(np.power, np.array([1, 2, 3]), real(3), name="power: integers ** y"),
    row(np.power, real(3), np.array([0, 1, 2]), name="power: x ** integers", complex=True),
    row(np.power, real(2, 3), Const(np.array([2.0, 3.0, -1.0])), name="power: x ** constants", complex=True),
    row(lambda x: x**x, positive(3), name="power: x ** x", complex=True),
]

TRANSCENDENTAL = [
    *(
        r
        for function in (np.exp, np.exp2, np.expm1, np.sin, np.cos, np.tan, np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh)
        for r in forms(function, unit, complex=True)
    ),
    *(r for function in (np.log, np.log2, np.log10, np.log1p) for r in forms(function, positive, complex=True)),
    *(r for function in (np.arcsin, np.arccos, np.arctanh) for r in forms(function, unit, complex=True, tolerance=FINITE)),
    *forms(np.arccosh, above_one, complex=True),
    *(r for function in (np.deg2rad, np.radians, np.rad2deg, np.degrees) for r in forms(function, real)),
    *(r for function in (np.logaddexp, np.logaddexp2, np.hypot, np.arctan2) for r in pairs(function, real)),
    row(np.logaddexp, np.array([1.0, -2.0, 800.0]), np.array([1.0, 900.0, -800.0]), name="logaddexp: ties and distant terms"),
    *forms(np.sinc, real, complex=True, tolerance=FINITE),
    row(np.sinc, np.array([0.0, 0.001, -0.1, 0.149, 0.151, 1.0, 2.0]), tolerance=FINITE, name="sinc: near 0"),
    *forms(np.i0, real),
    row(np.i0, np.array([0.0, 1e-3, 5.0, -20.0]), name="i0: small and large"),
    row(np.arcsinh, real(4) * 3, complex=True, name="arcsinh: large"),
    row(np.tanh, real(4) * 4, name="tanh: saturated"),
]

EMATH = [
    *(
        row(function, real(3, 4), name=f"emath.{function.__name__}", complex=True)
        for function in (np.emath.sqrt, np.emath.log, np.emath.log2, np.emath.log10)
    ),
    *(
        row(function, make(3, 4), name=f"emath.{function.__name__}: {make.__name__}", complex=True, tolerance=FINITE)
        for function in (np.emath.arcsin, np.emath.arccos, np.emath.arctanh)
        for make in (unit, above_one)
    ),
    row(np.emath.logn, positive(3) + 1.5, real(3), name="emath.logn", complex=True),
    row(np.emath.logn, 2, real(3), name="emath.logn: base 2"),
    row(np.emath.power, real(3), real(3, salt=1), name="emath.power", complex=True),
    row(np.emath.power, real(3), 2, name="emath.power: square", complex=True),
]

KINKS = [
    *(r for function in (np.maximum, np.minimum, np.fmax, np.fmin) for r in pairs(function, real, complex=True)),
    row(np.maximum, real(3, 4), 0, name="maximum: with 0"),
    row(np.maximum, real(3, 4), Const(0.0), name="maximum: with 0.0"),
    row(np.clip, real(3, 4), -1.0, 1.0),
    row(np.clip, real(3, 4), Const(-1.0), Const(1.0), name="clip: constant bounds"),
    row(np.clip, real(3, 4), None, 1.0, name="clip: only a_max"),
    row(np.clip, real(3, 4), -1.0, None, name="clip: only a_min"),
    row(np.clip, real(3, 4), real(4, salt=1) - 1.1, real(3, 1, salt=2) + 1.2, name="clip: bounds broadcast"),
    row(np.clip, real(3, 4), 0.77, -0.55, name="clip: bounds cross"),
    row(np.clip, real(3, 4), min=-1.0, max=1.0, since="2.1.0"),
    row(np.clip, real(3, 4), min=-1.0, since="2.1.0"),
    row(np.clip, real(3, 4), max=1.0, since="2.1.0"),
    row(np.clip, float(real(1)[0]), -0.1, 0.1, name="clip: float"),
    row(np.clip, real(2, 0), -0.1, 0.1, name="clip: empty"),
    row(np.heaviside, real(3), Const(0.5), name="heaviside: steps"),
    row(np.heaviside, Const(np.array([-1.0, 0.0, 2.0])), real(3), name="heaviside: value at 0"),
    row(lambda x: np.floor(x) * x, real(3, 4) * 1.7, name="floor(x) * x"),
    row(lambda x: x - np.round(x, 1) * x, real(3, 4) * 1.7, name="x - round(x, 1) * x"),
    row(lambda x: np.trunc(x) + np.ceil(x) * x + np.rint(x), real(3, 4) * 1.7, name="trunc, ceil, rint"),
    row(lambda x: np.fix(x) * x, real(3, 4) * 1.7, name="fix(x) * x"),  # pyright: ignore[reportDeprecated]
    row(lambda x, y: (x // y) * x, real(3, 4), real(4, salt=3) * 0.83, name="(x // y) * x"),
]

BITS = [
    *pairs(np.copysign, real),
    row(np.copysign, real(3), Const(-0.0), name="copysign: -0.0"),
    *forms(np.modf, real),
    *forms(np.frexp, real),
    row(np.ldexp, real(3), np.array([-2, 0, 5])),
    row(np.ldexp, real(3, 1), np.array([1, 2]), name="ldexp: broadcast"),
    row(np.ldexp, float(real(1)[0]), 3, name="ldexp: float"),
    row(np.nextafter, real(3, 4), Const(2.0)),
]

RANGES = [
    row(np.linspace, 0.3, 2.1, 5, name="linspace", complex=True),
    row(np.linspace, 0.3, 2.1, num=4, endpoint=False),
    row(np.linspace, 0.3, 2.1, num=4, retstep=True),
    row(np.linspace, 0.3, 2.1, num=4, retstep=True, endpoint=False),
    row(np.linspace, 0.3, 2.1, num=1),
    row(np.linspace, 0.3, 2.1, num=0),
    row(np.linspace, real(3), real(2, 1), num=4, axis=-1, complex=True),
    row(np.linspace, real(3), real(3, salt=1), num=4, axis=1),
    row(np.linspace, real(3), 1.0, num=4, dtype=np.float64, name="linspace: array, float", float32=False),
    row(np.geomspace, 0.3, 2.1, num=5, complex=True),
    row(np.geomspace, -0.3, -2.1, num=4, endpoint=False),
    row(np.geomspace, positive(3), positive(2, 1, salt=1), num=4, axis=-1),
    row(np.logspace, 0.3, 1.1, num=5),
    row(np.logspace, 0.3, 1.1, num=5, base=2.0),
    row(np.logspace, real(3), 1.1, num=4, base=2.0, axis=1),
    row(np.logspace, 0.3, 1.1, 4, True, positive(3), name="logspace: several bases"),
    row(np.full_like, real(2, 3), 1.5),
    row(np.full_like, real(2, 3), real(3), name="full_like: row"),
    row(np.full_like, real(2, 3), real(4, 1), shape=(4, 2)),
    row(np.full_like, real(2, 3), Const(1.5), name="full_like: constant"),
    row(lambda x: np.zeros_like(x) + x * np.ones_like(x), real(2, 3), name="zeros_like, ones_like", complex=True),
]

ROWS = [*ARITHMETIC, *POWERS, *TRANSCENDENTAL, *EMATH, *KINKS, *BITS, *RANGES]
