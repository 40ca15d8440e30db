"""Derivatives of elementary functions in forms that keep their digits everywhere, and each with a derivative of its own.

A slope such as 1 − tanh²x cancels where the function is flat; x₂/(x₁² + x₂²) overflows where the quotient is ordinary; and a
form that is right itself may still lose its digits when it is differentiated part by part, as 1/(1 + x²) does, whose parts
1/(1 + x²)² underflow where 2x/(1 + x²)² is far from it. So these slopes are functions with rules, not expressions.

The usual formula serves where it is exact; what else is needed is computed only if an element asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from revad.operations.operation import NONDIFF
from revad.operations.protocol import own
from revad.operations.registry import elementwise, nondiff
from revad.typing import Array

ROOM = {dtype: float(np.finfo(dtype).max) / 8 for dtype in "fd"}  # for a sum of squares, and 1 more
ONES = {dtype: np.ones((), dtype) for dtype in "fd"}  # NumPy takes half as long for a 0-d array as for a number


def squares_fit(x: Array) -> bool:
    """Return whether no square of an element overflows, for sure: by the sum of them all, which costs one pass and no warning."""
    if type(x) is ndarray:
        flat = x.ravel()
        return bool(flat.dot(flat) < ROOM[x.dtype.char]) if x.dtype.char in ROOM else False
    return isinstance(x, float) and abs(x) < 1e150


def mended(usual: Any, bad: Any, remedy: Callable[..., Any], *args: Any) -> Any:
    """Return ``usual``, and ``remedy(*args)`` where ``bad``, computed of those elements only."""
    if not np.count_nonzero(bad):
        return usual
    if type(usual) is not ndarray:
        return np.where(bad, remedy(*args), usual)
    at = np.nonzero(bad)
    usual[at] = remedy(*[arg[at] if np.shape(arg) == usual.shape else np.broadcast_to(arg, usual.shape)[at] for arg in args])
    return usual


# Hyperbolic tangent ----------------------------------------------------------------------------------------------------------


@own
@np.errstate(over="ignore", divide="ignore", under="ignore")
def sech_squared(x: Array, tanh: Any) -> Array:
    """Return 1 − tanh²x, given x and tanh x: 4/(eˣ + e⁻ˣ)², where one of the two may overflow, and the result is 0."""
    if np.iscomplexobj(tanh):
        usual = 1 - tanh * tanh
        return mended(usual, np.abs(usual) < 0.125, complex_sech_squared, x)  # where three binary digits are lost
    power = np.exp(x)
    sech = 2 / (np.reciprocal(power) + power)
    return sech * sech


def complex_sech_squared(x: Array) -> Array:
    """(2t/(1 + t²))² with t = e^(∓x), whichever is the smaller."""
    t = np.exp(np.where(np.real(x) < 0, x, -x))
    sech = 2 * t / (1 + t * t)
    return sech * sech


elementwise(sech_squared, x=lambda tanh, ans: -2 * tanh * ans, tanh=NONDIFF)

# Arc tangent -----------------------------------------------------------------------------------------------------------------


@own
def lorentzian(x: Array) -> Array:
    """Return 1/(1 + x²)."""
    if squares_fit(x):
        if type(x) is not ndarray or not x.ndim:
            return 1 / (1 + x * x)
        square = x * x
        np.add(square, ONES[x.dtype.char], square)
        return np.reciprocal(square, square)
    if np.iscomplexobj(x):
        return 1 / (x - 1j) / (x + 1j)
    far = np.abs(x) > 2
    near, large = np.where(far, 0, x), np.where(far, x, 2)
    return np.where(far, 1 / large / (large + 1 / large), 1 / (1 + near * near))


elementwise(lorentzian, x=lambda x, ans: -2 * (x * ans) * ans)


@own
def over_squares(a: Array, b: Array) -> Array:
    """Return a/(a² + b²), and 0 at the origin."""
    if squares_fit(a) and squares_fit(b):
        squares = a * a + b * b
        if not isinstance(squares, ndarray):
            return a / squares if squares > 1e-250 else scaled_over_squares(a, b)
        small = squares < SMALLEST[squares.dtype.char]
        if not np.count_nonzero(small):
            return a / squares
    return scaled_over_squares(a, b)


SMALLEST = {dtype: float(np.finfo(dtype).tiny / np.finfo(dtype).eps) for dtype in "fd"}


def scaled_over_squares(a: Array, b: Array) -> Array:
    """(a/r) / ((a/r)² + (b/r)²) / r with a power of two r of about the size of the larger."""
    r = size_of(a, b)
    u, v = a / r, b / r
    squares = u * u + v * v
    return np.where((squares == 0) | np.isinf(squares), 0, u / np.where(squares == 0, 1, squares) / r)


@own
def size_of(a: Array, b: Array) -> Array:
    """Return the power of two next to the larger of two numbers from below, so that dividing by it is exact; 1 for 0 and ∞."""
    exponent = np.frexp(np.maximum(np.abs(a), np.abs(b)))[1] - 1
    return np.ldexp(np.ones_like(a + b), exponent)


nondiff(size_of)


def over_squares_in_a(a: Array, b: Array) -> Array:
    """(b² − a²)/(a² + b²)², with the numerator as a product."""
    r = size_of(a, b)
    u, v = a / r, b / r
    squares = u * u + v * v
    squares = np.where(squares == 0, 1, squares)
    return (v - u) / squares * ((v + u) / squares) / r / r


def over_squares_in_b(a: Array, b: Array) -> Array:
    """−2ab/(a² + b²)²."""
    return -2 * (over_squares(a, b) * over_squares(b, a))


elementwise(over_squares, a=over_squares_in_a, b=over_squares_in_b)

# Hypotenuse ------------------------------------------------------------------------------------------------------------------


@own
def cosine(a: Array, b: Array, hypot: Any) -> Array:
    """Return a/√(a² + b²), given the root; 0 at the origin, and where the root overflows computed of halves."""
    usual = a / (hypot + (hypot == 0))
    return mended(usual, np.isinf(hypot), lambda a, b: a / 2 / np.hypot(a / 2, b / 2), a, b)


elementwise(
    cosine,
    a=lambda a, b, hypot: cosine(b, a, hypot) / np.where(hypot == 0, 1, hypot) * cosine(b, a, hypot),
    b=lambda b, a, hypot, ans: -ans / np.where(hypot == 0, 1, hypot) * cosine(b, a, hypot),
    hypot=NONDIFF,
)

# Arc sine, area tangent ------------------------------------------------------------------------------------------------------


@own
def over_root(x: Array) -> Array:
    """Return 1/√((1 − x)(1 + x)); of complex numbers by the roots of x − 1 and x + 1, which know the side of the branch cut."""
    if np.iscomplexobj(x):
        return np.where(np.signbit(np.imag(x)), -1j, 1j) / np.sqrt(x - 1) / np.sqrt(x - -1)
    return 1 / np.sqrt((1 - x) * (1 + x))


@own
def over_product(x: Array) -> Array:
    """Return 1/((1 − x)(1 + x))."""
    return 1 / (1 - x) / (1 + x) if np.iscomplexobj(x) else 1 / ((1 - x) * (1 + x))


elementwise(over_root, x=lambda x, ans: x * ans * ans * ans)
elementwise(over_product, x=lambda x, ans: 2 * (x * ans) * ans)

# Logarithm of a sum of exponentials ------------------------------------------------------------------------------------------


@own
def share(x1: Array, x2: Array, exp: Any, rate: float) -> Array:
    """Return e^x₁/(e^x₁ + e^x₂), or the same with powers of two; half of what is equal, also where that is ±∞.

    ``exp`` is the power function, ``rate`` the logarithm of its base.
    """
    with np.errstate(invalid="ignore"):
        difference = x1 - x2
        other = difference - x1
        rounding = (x1 - (difference - other)) - (x2 + other)  # of the difference, exactly (Knuth 1969, section 4.2.2)
    difference = np.where(x1 == x2, 0, difference)
    rounding = np.where(np.isfinite(rounding), rounding, 0)
    first = difference >= 0
    t = exp(-np.abs(difference)) * (1 - rate * np.where(first, rounding, -rounding))
    return np.where(first, 1, t) / (1 + t)


elementwise(
    share,
    x1=lambda x1, x2, exp, rate, ans: rate * ans * share(x2, x1, exp, rate),
    x2=lambda x1, x2, exp, rate, ans: -rate * ans * share(x2, x1, exp, rate),
)
