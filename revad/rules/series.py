"""`numpy.polynomial`: values, derivatives, sums and products of series in powers, Chebyshev, Legendre, Laguerre and Hermite polynomials.

A series is Σ cᵢ φᵢ(x), linear in its coefficients, and the derivatives of the basis are combinations of the basis, φᵢ' = Σⱼ Dⱼᵢ φⱼ.
The matrix D is asked of NumPy, so one set of rules serves all six bases. Products are bilinear; what they are is asked of NumPy
too. NumPy's protocols reach only `polyval2d` and `polygrid2d` of the package; `SERIES` holds, for each of the functions, one that
takes tracked values.

Mason and Handscomb (2003), *Chebyshev Polynomials*, section 2.4; Olver et al., DLMF, section 18.9.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev, hermite, hermite_e, laguerre, legendre, polynomial

from revad.base.aval import Aval
from revad.operations.constants import beside
from revad.operations.protocol import own
from revad.operations.registry import composite, linear, vjp
from revad.rules.axes import as_array

BASES = {"poly": polynomial, "cheb": chebyshev, "leg": legendre, "lag": laguerre, "herm": hermite, "herme": hermite_e}
SERIES: dict[Callable[..., Any], Callable[..., Any]] = {}
"""For each function of `numpy.polynomial`, one that computes the same and takes tracked values."""


# The matrices of a basis -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def derivative_matrix(of_basis: Callable[..., Any], n: int, m: int = 1, scl: float = 1) -> Any:
    """Return D, with which D c are the coefficients of the m-th derivative of the series c of length n."""
    return np.asarray(of_basis(np.eye(n), m, scl))


@lru_cache(maxsize=64)
def product_tensor(of_basis: Callable[..., Any], n: int, m: int) -> Any:
    """Return T with φᵢ φⱼ = Σₖ Tₖᵢⱼ φₖ for i < n and j < m."""
    tensor = np.zeros((n + m - 1, n, m))
    for i, j in np.ndindex(n, m):
        product = of_basis([0] * i + [1], [0] * j + [1])
        tensor[: len(product), i, j] = product
    return tensor


def before(x: Any, ndim: int) -> Any:
    """Return x with axes of length one behind its first, so that it has ``ndim`` axes."""
    shape = np.shape(x)
    return np.reshape(x, (shape[0], *(1,) * (ndim - len(shape)), *shape[1:]))


# Each basis ------------------------------------------------------------------------------------------------------------------


def define(name: str, basis: Any) -> None:
    """Make the functions of one basis."""
    numpy_value, numpy_powers = getattr(basis, f"{name}val"), getattr(basis, f"{name}vander")
    differentiate, multiply = getattr(basis, f"{name}der"), getattr(basis, f"{name}mul")

    @own
    def values(x: Any, c: Any, tensor: bool) -> Any:
        """Return Σ cᵢ φᵢ(x); with ``tensor`` every column of c at every x, else column and x broadcast."""
        return numpy_value(x, c, tensor)

    @own
    def powers(x: Any, deg: int) -> Any:
        """Return φ₀(x) … φ_deg(x) along a new last axis."""
        return np.reshape(numpy_powers(x, deg), (*np.shape(x), deg + 1))

    @own
    def derivative(c: Any, m: Any = 1, scl: Any = 1, axis: int = 0) -> Any:
        """Return the coefficients of the m-th derivative, times sclᵐ."""
        return differentiate(c, m, scl, axis)

    @own
    def product(c1: Any, c2: Any) -> Any:
        """Return the coefficients of the product, without zeros at the end."""
        return multiply(c1, c2)

    def derivative_adjoint(g: Any, c: Aval, m: Any = 1, scl: Any = 1, axis: int = 0) -> Any:
        """c̄ = Dᵀ ȳ."""
        matrix = derivative_matrix(differentiate, c.shape[axis], m, scl)
        return np.moveaxis(np.tensordot(beside(matrix, g), np.moveaxis(g, axis, 0), (0, 0)), 0, axis)

    def left_pullback(g: Any, c1: Aval, c2: Any) -> Any:
        """c̄₁ᵢ = Σ ȳₖ Tₖᵢⱼ c₂ⱼ."""
        tensor = product_tensor(multiply, c1.size, np.size(c2))[: np.size(g)]
        return np.dot(np.tensordot(g, beside(tensor, g), 1), c2)

    def right_pullback(g: Any, c1: Any, c2: Aval) -> Any:
        """c̄₂ⱼ = Σ ȳₖ Tₖᵢⱼ c₁ᵢ."""
        tensor = product_tensor(multiply, np.size(c1), c2.size)[: np.size(g)]
        return np.dot(c1, np.tensordot(g, beside(tensor, g), 1))

    def x_pullback(g: Any, x: Any, c: Any, tensor: bool) -> Any:
        """x̄ = ȳ Σ cᵢ φᵢ'(x)."""
        return g * values(x, derivative(c), tensor) if np.shape(c)[0] > 1 else np.zeros_like(g)

    def c_pullback(g: Any, x: Any, c: Aval, tensor: bool) -> Any:
        """c̄ᵢ = Σ ȳ φᵢ(x)."""
        v = np.moveaxis(powers(x, c.shape[0] - 1), -1, 0)
        n = np.ndim(g) - (np.ndim(v) - 1)
        if tensor:
            return np.tensordot(v, g, (range(1, np.ndim(v)), range(n, np.ndim(g))))
        spread = before(v, np.ndim(g) + 1) * g
        return np.sum(spread, tuple(range(1, 2 + np.ndim(g) - c.ndim)))

    def powers_pullback(g: Any, x: Aval, ans: Any) -> Any:
        """x̄ = Σᵢ ȳᵢ φᵢ'(x)."""
        n = np.shape(ans)[-1]
        if n == 1:
            return np.zeros_like(g, shape=x.shape)
        slopes = np.dot(ans[..., : n - 1], beside(derivative_matrix(differentiate, n), ans))
        return np.reshape(np.sum(g * slopes, -1), x.shape)

    vjp(values, x=x_pullback, c=c_pullback)
    vjp(powers, x=powers_pullback)
    linear(derivative, "c")(derivative_adjoint)
    vjp(product, c1=left_pullback, c2=right_pullback)

    def value(x: Any, c: Any, tensor: bool = True) -> Any:
        x, c = as_array(x), np.atleast_1d(as_array(c))
        return values(x, c * 1.0 if c.dtype.kind in "iub" else c, tensor)

    def at_points(*args: Any) -> Any:
        *points, c = args
        if len({np.shape(x) for x in points}) != 1:
            raise ValueError("the coordinates must have one shape, not " + " and ".join(str(np.shape(x)) for x in points))
        for k, x in enumerate(points):
            c = value(x, c, tensor=k == 0)
        return c

    def at_point(points: Any, c: Any) -> Any:
        return at_points(*points, c)

    def on_grid(*args: Any) -> Any:
        *points, c = args
        for x in points:
            c = value(x, c)
        return c

    def vander(x: Any, deg: int) -> Any:
        return powers(np.atleast_1d(as_array(x)) * 1.0, deg)

    def der(c: Any, m: Any = 1, scl: Any = 1, axis: int = 0) -> Any:
        return derivative(np.atleast_1d(c), m, scl, axis)

    def mul(c1: Any, c2: Any) -> Any:
        return product(np.atleast_1d(c1), np.atleast_1d(c2))

    for function, definition in (
        (numpy_value, value),
        (numpy_powers, vander),
        (differentiate, der),
        (multiply, mul),
        (getattr(basis, f"{name}add"), add),
        (getattr(basis, f"{name}sub"), subtract),
        *((getattr(basis, f"{name}val{d}d"), at_points) for d in (2, 3)),
        *((getattr(basis, f"{name}grid{d}d"), on_grid) for d in (2, 3)),
    ):
        offer(function, definition)
    if hasattr(basis, f"{name}valnd"):  # NumPy 2.5
        offer(getattr(basis, f"{name}valnd"), at_point)


def offer(function: Callable[..., Any], definition: Callable[..., Any]) -> None:
    """Register a definition for a function that NumPy lets us override, else for one of our own that stands for it."""
    dispatched = function if hasattr(function, "_implementation") else own(function)
    composite(dispatched)(definition)
    SERIES[function] = dispatched


# Sums ------------------------------------------------------------------------------------------------------------------------


def trimmed(c: Any) -> Any:
    """Return the coefficients without zeros at the end; of zero alone one is left."""
    c = np.atleast_1d(c)
    nonzero = np.flatnonzero(np.not_equal(c, 0))
    return c[: int(nonzero[-1]) + 1 if np.size(nonzero) else 1]


def total(c1: Any, c2: Any, sign: int) -> Any:
    """Add or subtract the coefficients of equal degree, without zeros at the end."""
    c1, c2 = trimmed(c1), trimmed(c2) * sign
    n, m = np.size(c1), np.size(c2)
    if n < m:
        c1, c2, n, m = c2, c1, m, n
    return trimmed(np.concatenate([c1[:m] + c2, c1[m:]]))


def add(c1: Any, c2: Any) -> Any:
    """Add two series."""
    return total(c1, c2, 1)


def subtract(c1: Any, c2: Any) -> Any:
    """Subtract two series."""
    return total(c1, c2, -1)


for name, basis in BASES.items():
    define(name, basis)
