"""Derivatives of inverse functions from those of the functions that they invert.

If x solves F(x, a) = p, then ∂x/∂p = 1/F_x and ∂x/∂a = −F_a/F_x at the solution (the implicit function theorem). These are
formulas in x and a, so that they can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from revad.operations.operation import parameters_of
from revad.operations.registry import accuracy as state_accuracy
from revad.operations.registry import elementwise
from revad.scipy.special.numeric import Slope
from revad.typing import Function


def slopes_of(function: Function) -> tuple[Slope, ...]:
    """Return the partial derivatives of a function, one for each argument, as functions of all arguments.

    Examples
    --------
    >>> from scipy import special
    >>> dx, dy = slopes_of(special.xlogy)
    >>> float(dy(6.0, 2.0))
    3.0
    """
    return tuple(Slope(function, i) for i in range(len(parameters_of(function)[0])))


def inverse(
    function: Function,
    place: int,
    slopes: Sequence[Callable[..., Any]],
    numeric: Sequence[int] = (),
    accuracy: str = "1e-11 relative",
) -> None:
    """Register the derivatives of a function that solves F(..., x, ...) = p for x.

    Parameters
    ----------
    function : ufunc
        Takes p where F takes x, and the other arguments as F does.
    place : int
        The position of x and p.
    slopes : sequence of callable
        The partial derivatives of F.
    numeric : sequence of int
        The positions of those that are taken by differences.
    accuracy : str
        How accurate the derivatives are that use these.

    Examples
    --------
    >>> from scipy import special
    >>> inverse(special.chdtri, 1, slopes_of(special.chdtrc))  # x = chdtri(v, p) solves chdtrc(v, x) = p
    """
    count = len(slopes)
    for i, name in enumerate(parameters_of(function)[0]):
        elementwise(function, **{name: _partial(count, place, slopes[place], None if i == place else slopes[i])})
        if place in numeric or i in numeric:
            state_accuracy(function, **{name: accuracy})


def _partial(count: int, place: int, steepness: Callable[..., Any], shift: Callable[..., Any] | None) -> Callable[..., Any]:
    """Return the rule of one argument: 1/F_x for p itself (where there is no shift), else −F_a/F_x."""

    def quotient(*point: Any) -> Any:
        return 1 / steepness(*point) if shift is None else -shift(*point) / steepness(*point)

    if count == 1:
        return lambda ans: quotient(ans)
    if count == 2:
        return [lambda x2, ans: quotient(ans, x2), lambda x1, ans: quotient(x1, ans)][place]
    if count == 3:
        return [
            lambda x2, x3, ans: quotient(ans, x2, x3),
            lambda x1, x3, ans: quotient(x1, ans, x3),
            lambda x1, x2, ans: quotient(x1, x2, ans),
        ][place]
    return [
        lambda x2, x3, x4, ans: quotient(ans, x2, x3, x4),
        lambda x1, x3, x4, ans: quotient(x1, ans, x3, x4),
        lambda x1, x2, x4, ans: quotient(x1, x2, ans, x4),
        lambda x1, x2, x3, ans: quotient(x1, x2, x3, ans),
    ][place]
