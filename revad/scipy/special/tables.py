"""Functions of `scipy.special` that return a table: the values of orders 0 to n and their first derivatives.

The second derivative, which the slope of the first needs, comes from the functions' differential equation y″ = p y′ + r y.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from revad.errors import ArgumentError
from revad.operations.protocol import own
from revad.operations.registry import accuracy, unsupported, vjp
from revad.scipy.special.numeric import Output, integer, partial
from revad.typing import Array, Function


def number(x: Array) -> Array:
    """Return a 0-d array's number: these functions of SciPy take nothing else."""
    return x[()] if isinstance(x, np.ndarray) and x.ndim == 0 else x


def pulled_back(g: Array, ans: Array, p: Array, r: Array) -> Array:
    """x̄ = Σₖ ȳₖ y′ₖ + ȳ′ₖ (p y′ₖ + r yₖ)."""
    y, dy = ans
    return g[0] * dy + g[1] * (p * dy + r * y)


def orders(v: Array, ans: Array) -> Array:
    """Return v − int(v) + 0, 1, 2 ..., the orders of a table."""
    if v < 0:
        raise ArgumentError(
            f"the derivative of a table of parabolic cylinder functions needs an order v >= 0, not {v}: for negative ones SciPy's "
            "table does not hold the orders v - int(v) to v. Write scipy.special.pbdv(orders, x), or pbvv, instead."
        )
    return v - int(v) + np.arange(np.shape(ans[0])[0])


# Riccati-Bessel and parabolic cylinder functions -----------------------------------------------------------------------------


@own
def riccati_jn(n: int, x: Array) -> Array:
    """Return the Riccati-Bessel functions x·jₖ(x) of orders 0 to n, and their derivatives.

    Parameters
    ----------
    n : int
        The highest order.
    x : float

    Returns
    -------
    tuple of ndarray or Tensor, shape (n + 1,)

    Examples
    --------
    >>> import revad
    >>> print(f"{revad.grad(lambda x: riccati_jn(0, x)[0][0])(0.0):.1f}")  # of sin x
    1.0
    """
    return special.riccati_jn(n, number(x))


@own
def riccati_yn(n: int, x: Array) -> Array:
    """Return the Riccati-Bessel functions x·yₖ(x) of orders 0 to n, and their derivatives.

    Parameters
    ----------
    n : int
        The highest order.
    x : float

    Returns
    -------
    tuple of ndarray or Tensor, shape (n + 1,)

    Examples
    --------
    >>> import revad
    >>> print(f"{revad.grad(lambda x: riccati_yn(0, x)[0][0])(np.pi / 2):.1f}")  # of −cos x
    1.0
    """
    return special.riccati_yn(n, number(x))


def riccati_pullback(g: Array, ans: Array, x: Array) -> Array:
    """y″ = (k(k + 1)/x² − 1) y (NIST DLMF 10.51)."""
    k = np.arange(np.shape(ans[0])[0])
    return np.sum(pulled_back(g, ans, 0, np.where(k == 0, 0, k * (k + 1) / np.where(x == 0, 1, x * x)) - 1))


@own
def pbdv_seq(v: Array, x: Array) -> Array:
    """Return the parabolic cylinder functions D of orders v − int(v) to v, and their derivatives.

    Parameters
    ----------
    v : float
        The highest order.
    x : float

    Returns
    -------
    tuple of ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> print(f"{revad.grad(lambda x: pbdv_seq(1.0, x)[0][1])(0.0):.1f}")  # of x exp(−x²/4)
    1.0
    """
    return special.pbdv_seq(number(v), number(x))


@own
def pbvv_seq(v: Array, x: Array) -> Array:
    """Return the parabolic cylinder functions V of orders v − int(v) to v, and their derivatives.

    Parameters
    ----------
    v : float
        The highest order.
    x : float

    Returns
    -------
    tuple of ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> y, dy = pbvv_seq(1.5, 0.7)
    >>> np.allclose(revad.jvp(lambda x: pbvv_seq(1.5, x)[0], (0.7,), (1.0,))[1], dy)
    True
    """
    return special.pbvv_seq(number(v), number(x))


@own
def pbdn_seq(n: int, z: Array) -> Array:
    """Return the parabolic cylinder functions D of orders 0 to n, and their derivatives; not differentiable.

    Parameters
    ----------
    n : int
        The highest order.
    z : complex

    Returns
    -------
    tuple of ndarray

    Examples
    --------
    >>> pbdn_seq(1, 0.0)[0]
    array([1.+0.j, 0.+0.j])
    """
    return special.pbdn_seq(n, z)


unsupported(
    "SciPy's table is wrong where z is not real (at 0.3 + 0.4j by a tenth). Of a real number, use pbdv_seq(float(n), x).",
    pbdn_seq,
)


def cylinder_pullback(g: Array, ans: Array, k: Array, x: Array) -> Array:
    """y″ = (x²/4 − k − ½) y (NIST DLMF 12.2.2)."""
    return np.sum(pulled_back(g, ans, 0, x * x / 4 - k - 0.5))


def in_order(function: Function, g: Array, ans: Array, v: Array, x: Array) -> Array:
    """v̄ = Σ ȳₖ ∂yₖ/∂v + ȳ′ₖ ∂y′ₖ/∂v, by differences."""
    k = orders(v, ans)
    return np.sum(sum(g[j] * partial(Output(function, j), (1, 0), k, x) for j in range(2)))


vjp(riccati_jn, x=riccati_pullback)
vjp(riccati_yn, x=riccati_pullback)
integer(riccati_jn, n="the highest order")
integer(riccati_yn, n="the highest order")
vjp(
    pbdv_seq,
    v=lambda g, ans, v, x: in_order(special.pbdv, g, ans, v, x),
    x=lambda g, ans, v, x: cylinder_pullback(g, ans, orders(v, ans), x),
)
vjp(
    pbvv_seq,
    v=lambda g, ans, v, x: in_order(special.pbvv, g, ans, v, x),
    x=lambda g, ans, v, x: cylinder_pullback(g, ans, orders(v, ans), x),
)
accuracy(pbdv_seq, v="1e-11 relative")
accuracy(pbvv_seq, v="1e-11 relative")

# Lambda functions ------------------------------------------------------------------------------------------------------------


@own
def lmbda(v: Array, x: Array) -> Array:
    """Return the functions Λ(x) = Γ(v + 1) (2/x)ᵛ Jᵥ(x) of orders v − int(v) to v, and their derivatives.

    Parameters
    ----------
    v : float
        The highest order, not negative.
    x : float

    Returns
    -------
    tuple of ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> print(f"{revad.grad(lambda x: lmbda(0, x)[0][0])(2.0):.4f}")  # of J₀
    -0.5767
    """
    return special.lmbda(number(v), number(x))


def lambda_in_x(g: Array, ans: Array, v: Array, x: Array) -> Array:
    """Λ″ = −(Λ + (2v + 1) Λ′/x), with Λ′/x = −Λᵥ₊₁ / (2(v + 1)) and Λᵥ = ₀F₁(; v + 1; −x²/4) (NIST DLMF 10.16.9)."""
    k = orders(v, ans)
    over_x = -special.hyp0f1(k + 2, -x * x / 4) / (2 * (k + 1))
    return np.sum(g[0] * ans[1] - g[1] * (ans[0] + (2 * k + 1) * over_x))


def lambda_in_order(g: Array, ans: Array, v: Array, x: Array) -> Array:
    """∂Λ/∂v and ∂Λ′/∂v from the slopes of ₀F₁ in its parameter."""
    k, square = orders(v, ans), -x * x / 4
    above = partial(special.hyp0f1, (1, 0), k + 2, square) - special.hyp0f1(k + 2, square) / (k + 1)
    return np.sum(g[0] * partial(special.hyp0f1, (1, 0), k + 1, square) - g[1] * x / 2 * above / (k + 1))


vjp(lmbda, x=lambda_in_x, v=lambda_in_order)
accuracy(lmbda, v="1e-11 relative")
