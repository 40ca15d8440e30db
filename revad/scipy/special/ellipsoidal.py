"""Ellipsoidal harmonics; their derivatives are taken by differences."""

from __future__ import annotations

import functools
import warnings
from typing import Any, NamedTuple

from scipy import special
from scipy.integrate import IntegrationWarning

from revad.operations.protocol import own
from revad.operations.registry import accuracy, elementwise
from revad.scipy.special.numeric import integer, partial
from revad.typing import Array, Function


def integrated(function: Function, *args: Any) -> Any:
    """Call a function that SciPy integrates numerically, without the warning that it reached the precision of floating point."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The occurrence of roundoff error", IntegrationWarning)
        return function(*args)


@own
def ellip_harm(h2: Array, k2: Array, n: Array, p: Array, s: Array, signm: int = 1, signn: int = 1) -> Array:
    """Return the ellipsoidal harmonic E, a Lamé function of the first kind.

    Parameters
    ----------
    h2, k2 : array_like, real
        The squares of the ellipsoid's h and k.
    n, p : int
        Degree and order, 1 to 2n + 1.
    s : array_like, real
        The coordinate.
    signm, signn : {1, −1}
        Signs of the prefactor.

    Returns
    -------
    ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> print(f"{revad.grad(ellip_harm, argnums=4)(5.0, 8.0, 1, 1, 2.5):.6f}")  # of s
    1.000000
    """
    return special.ellip_harm(h2, k2, n, p, s, signm, signn)


@own
def ellip_harm_2(h2: Array, k2: Array, n: Array, p: Array, s: Array) -> Array:
    """Return the ellipsoidal harmonic F, a Lamé function of the second kind.

    Parameters
    ----------
    h2, k2 : array_like, real
        The squares of the ellipsoid's h and k.
    n, p : int
        Degree and order, 1 to 2n + 1.
    s : array_like, real
        The coordinate, above k.

    Returns
    -------
    ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> print(f"{revad.grad(ellip_harm_2, argnums=4)(5.0, 8.0, 0, 1, 10.0):.6f}")  # −1/√((s² − h²)(s² − k²))
    -0.010697
    """
    return integrated(special.ellip_harm_2, h2, k2, n, p, s)


@own
def ellip_normal(h2: Array, k2: Array, n: Array, p: Array) -> Array:
    """Return the normalisation constant of an ellipsoidal harmonic.

    Parameters
    ----------
    h2, k2 : array_like, real
        The squares of the ellipsoid's h and k.
    n, p : int
        Degree and order, 1 to 2n + 1.

    Returns
    -------
    ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> round(float(revad.grad(ellip_normal)(5.0, 8.0, 0, 1)), 9)  # 4π for every ellipsoid
    0.0
    """
    return integrated(special.ellip_normal, h2, k2, n, p)


class Harmonic(NamedTuple):
    """The harmonic E of given signs, a function of five arguments."""

    signm: int
    signn: int

    def __call__(self, h2: Array, k2: Array, n: Array, p: Array, s: Array) -> Array:
        """Return E."""
        return special.ellip_harm(h2, k2, n, p, s, self.signm, self.signn)


SECOND = functools.partial(integrated, special.ellip_harm_2)
NORMAL = functools.partial(integrated, special.ellip_normal)


def slope(order: tuple[int, ...]) -> Any:
    """Return the rule of an argument of E."""

    def rule(h2: Array, k2: Array, n: Array, p: Array, s: Array, signm: int = 1, signn: int = 1) -> Array:
        return partial(Harmonic(signm, signn), order, h2, k2, n, p, s)

    return rule


elementwise(ellip_harm, h2=slope((1, 0, 0, 0, 0)), k2=slope((0, 1, 0, 0, 0)), s=slope((0, 0, 0, 0, 1)))
elementwise(
    ellip_harm_2,
    h2=lambda h2, k2, n, p, s: partial(SECOND, (1, 0, 0, 0, 0), h2, k2, n, p, s),
    k2=lambda h2, k2, n, p, s: partial(SECOND, (0, 1, 0, 0, 0), h2, k2, n, p, s),
    s=lambda h2, k2, n, p, s: partial(SECOND, (0, 0, 0, 0, 1), h2, k2, n, p, s),
)
elementwise(
    ellip_normal,
    h2=lambda h2, k2, n, p: partial(NORMAL, (1, 0, 0, 0), h2, k2, n, p),
    k2=lambda h2, k2, n, p: partial(NORMAL, (0, 1, 0, 0), h2, k2, n, p),
)
for _function in (ellip_harm, ellip_harm_2, ellip_normal):
    integer(_function, n="the degree", p="the order")
accuracy(ellip_harm, h2="1e-10 relative", k2="1e-10 relative", s="1e-10 relative")
accuracy(ellip_harm_2, h2="1e-10 relative", k2="1e-10 relative", s="1e-10 relative")
accuracy(ellip_normal, h2="1e-10 relative", k2="1e-10 relative")
