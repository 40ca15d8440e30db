"""`numpy.polynomial`: values, derivatives, sums and products of series in powers, Chebyshev, Legendre, Laguerre and Hermite polynomials.

A series is Σ cᵢ φᵢ(x), linear in its coefficients, and the derivatives of the basis are combinations of the basis, φᵢ' = Σⱼ Dⱼᵢ φⱼ.
The matrix D is asked of NumPy, so one set of rules serves all six bases. Products are bilinear; what they are is asked of NumPy
too. NumPy's protocols reach only `polyval2d` and `polygrid2d` of the package; `SERIES` holds, for each of the functions, one that
takes tracked values.

Mason and Handscomb (2003), *Chebyshev Polynomials*, section 2.4; Olver et al., DLMF, section 18.9.
"""

from __future__ import annotations

from functools import cache, lru_cache, wraps
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev, hermite, hermite_e, laguerre, legendre, polynomial

from revad.base.aval import Aval
from revad.operations.constants import beside
from revad.operations.protocol import own
from revad.operations.registry import composite, linear, vjp
from revad.rules.axes import as_array
from revad.typing import Array, Function

BASES = {"poly": polynomial, "cheb": chebyshev, "leg": legendre, "lag": laguerre, "herm": hermite, "herme": hermite_e}
SERIES: dict[Function, Function] = {}
"""For each function of `numpy.polynomial`, one that computes the same and takes tracked values."""


@cache
def numpys(basis: str, what: str) -> Function:
    """Return NumPy's function for the series in a basis: ``numpys("cheb", "val")`` is `chebval`."""
    return getattr(BASES[basis], basis + what)


# The matrices of a basis -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def derivative_matrix(basis: str, n: int, m: int = 1, scl: float = 1) -> Any:
    """Return D, with which D c are the coefficients of the m-th derivative of the series c of length n."""
    return np.asarray(numpys(basis, "der")(np.eye(n), m, scl))


@lru_cache(maxsize=64)
def product_tensor(basis: str, n: int, m: int) -> Any:
    """Return T with φᵢ φⱼ = Σₖ Tₖᵢⱼ φₖ for i < n and j < m."""
    tensor = np.zeros((n + m - 1, n, m))
    for i, j in np.ndindex(n, m):
        of_two = numpys(basis, "mul")([0] * i + [1], [0] * j + [1])
        tensor[: len(of_two), i, j] = of_two
    return tensor


# Values ----------------------------------------------------------------------------------------------------------------------


@own
def values(basis: str, x: Array, c: Array, tensor: bool) -> Array:
    """Return Σ cᵢ φᵢ(x); with ``tensor`` every column of c at every x, else column and x broadcast."""
    return numpys(basis, "val")(x, c, tensor)


def x_pullback(g: Array, basis: str, x: Array, c: Array, tensor: bool) -> Array:
    """x̄ = ȳ Σ cᵢ φᵢ'(x)."""
    return g * values(basis, x, derivative(basis, c), tensor) if np.shape(c)[0] > 1 else np.zeros_like(g)


def c_pullback(g: Array, basis: str, x: Array, c: Aval, tensor: bool) -> Array:
    """c̄ᵢ = Σ ȳ φᵢ(x)."""
    v = np.moveaxis(powers(basis, x, c.shape[0] - 1), -1, 0)
    n = np.ndim(g) - (np.ndim(v) - 1)
    if tensor:
        return np.tensordot(v, g, (range(1, np.ndim(v)), range(n, np.ndim(g))))
    spread = before(v, np.ndim(g) + 1) * g
    return np.sum(spread, tuple(range(1, 2 + np.ndim(g) - c.ndim)))


def before(x: Array, ndim: int) -> Array:
    """Return x with axes of length one behind its first, so that it has ``ndim`` axes."""
    shape = np.shape(x)
    return np.reshape(x, (shape[0], *(1,) * (ndim - len(shape)), *shape[1:]))


vjp(values, x=x_pullback, c=c_pullback)


@own
def powers(basis: str, x: Array, deg: int) -> Array:
    """Return φ₀(x) … φ_deg(x) along a new last axis."""
    return np.reshape(numpys(basis, "vander")(x, deg), (*np.shape(x), deg + 1))


def powers_pullback(g: Array, basis: str, x: Aval, ans: Array) -> Array:
    """x̄ = Σᵢ ȳᵢ φᵢ'(x)."""
    n = np.shape(ans)[-1]
    if n == 1:
        return np.zeros_like(g, shape=x.shape)
    slopes = np.dot(ans[..., : n - 1], beside(derivative_matrix(basis, n), ans))
    return np.reshape(np.sum(g * slopes, -1), x.shape)


vjp(powers, x=powers_pullback)

# Derivatives -----------------------------------------------------------------------------------------------------------------


@own
def derivative(basis: str, c: Array, m: Any = 1, scl: Any = 1, axis: int = 0) -> Array:
    """Return the coefficients of the m-th derivative, times sclᵐ."""
    return numpys(basis, "der")(c, m, scl, axis)


@linear(derivative, "c")
def derivative_adjoint(g: Array, basis: str, c: Aval, m: Any = 1, scl: Any = 1, axis: int = 0) -> Array:
    """c̄ = Dᵀ ȳ."""
    matrix = derivative_matrix(basis, c.shape[axis], m, scl)
    return np.moveaxis(np.tensordot(beside(matrix, g), np.moveaxis(g, axis, 0), (0, 0)), 0, axis)


# Products --------------------------------------------------------------------------------------------------------------------


@own
def product(basis: str, c1: Array, c2: Array) -> Array:
    """Return the coefficients of the product, without zeros at the end."""
    return numpys(basis, "mul")(c1, c2)


def left_pullback(g: Array, basis: str, c1: Aval, c2: Array) -> Array:
    """c̄₁ᵢ = Σ ȳₖ Tₖᵢⱼ c₂ⱼ."""
    tensor = product_tensor(basis, c1.size, np.size(c2))[: np.size(g)]
    return np.dot(np.tensordot(g, beside(tensor, g), 1), c2)


def right_pullback(g: Array, basis: str, c1: Array, c2: Aval) -> Array:
    """c̄₂ⱼ = Σ ȳₖ Tₖᵢⱼ c₁ᵢ."""
    tensor = product_tensor(basis, np.size(c1), c2.size)[: np.size(g)]
    return np.dot(c1, np.tensordot(g, beside(tensor, g), 1))


vjp(product, c1=left_pullback, c2=right_pullback)

# Sums ------------------------------------------------------------------------------------------------------------------------


def trimmed(c: Array) -> Array:
    """Return the coefficients without zeros at the end; of zero alone one is left."""
    c = np.atleast_1d(c)
    nonzero = np.flatnonzero(np.not_equal(c, 0))
    return c[: int(nonzero[-1]) + 1 if np.size(nonzero) else 1]


def total(c1: Array, c2: Array, sign: int) -> Array:
    """Add or subtract the coefficients of equal degree, without zeros at the end."""
    c1, c2 = trimmed(c1), trimmed(c2) * sign
    n, m = np.size(c1), np.size(c2)
    if n < m:
        c1, c2, n, m = c2, c1, m, n
    return trimmed(np.concatenate([c1[:m] + c2, c1[m:]]))


# NumPy's functions in terms of these, with the basis in front ----------------------------------------------------------------


def value(basis: str, x: Array, c: Array, tensor: bool = True) -> Array:
    """Evaluate a series, whose coefficients may be integers."""
    x, c = as_array(x), np.atleast_1d(as_array(c))
    return values(basis, x, c * 1.0 if c.dtype.kind in "iub" else c, tensor)


def at_points(basis: str, *args: Any) -> Any:
    """Evaluate a series in several variables at points, given by their coordinates."""
    *points, c = args
    if len({np.shape(x) for x in points}) != 1:
        raise ValueError("the coordinates must have one shape, not " + " and ".join(str(np.shape(x)) for x in points))
    for k, x in enumerate(points):
        c = value(basis, x, c, tensor=k == 0)
    return c


def at_point(basis: str, points: Array, c: Array) -> Array:
    """Evaluate a series in as many variables as there are coordinates."""
    return at_points(basis, *points, c)


def on_grid(basis: str, *args: Any) -> Any:
    """Evaluate a series in several variables where the grid lines through the coordinates meet."""
    *points, c = args
    for x in points:
        c = value(basis, x, c)
    return c


def vander(basis: str, x: Array, deg: int) -> Array:
    """Return the Vandermonde matrix of points, which may be integers."""
    return powers(basis, np.atleast_1d(as_array(x)) * 1.0, deg)


def der(basis: str, c: Array, m: Any = 1, scl: Any = 1, axis: int = 0) -> Array:
    """Differentiate a series, of which a number is one."""
    return derivative(basis, np.atleast_1d(c), m, scl, axis)


def mul(basis: str, c1: Array, c2: Array) -> Array:
    """Multiply two series, of which a number is one."""
    return product(basis, np.atleast_1d(c1), np.atleast_1d(c2))


def add(_: str, c1: Array, c2: Array) -> Array:
    """Add two series; that is the same in each basis."""
    return total(c1, c2, 1)


def subtract(_: str, c1: Array, c2: Array) -> Array:
    """Subtract two series; that is the same in each basis."""
    return total(c1, c2, -1)


DEFINITIONS: dict[str, Function] = {
    "val": value,
    "val2d": at_points,
    "val3d": at_points,
    "valnd": at_point,  # since NumPy 2.5
    "grid2d": on_grid,
    "grid3d": on_grid,
    "vander": vander,
    "der": der,
    "mul": mul,
    "add": add,
    "sub": subtract,
}
"""How each function of a basis is defined, by the end of its name."""


def offer(basis: str, what: str) -> None:
    """Register a definition for a function that NumPy lets us override, else for one of our own that stands for it."""
    function, definition = numpys(basis, what), DEFINITIONS[what]

    @wraps(definition)
    def in_basis(*args: Any, **kwargs: Any) -> Any:
        return definition(basis, *args, **kwargs)

    dispatched = function if hasattr(function, "_implementation") else own(function)
    composite(dispatched)(in_basis)
    SERIES[function] = dispatched


for name, module in BASES.items():
    for ending in DEFINITIONS:
        if hasattr(module, name + ending):
            offer(name, ending)
