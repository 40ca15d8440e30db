"""What all solvers share: SciPy finds the solution on plain values, an equation that it fulfils gives its derivatives."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from revad.scipy.drop_in import as_array
from revad.tensors.leaves import no_grad, stop_gradient
from revad.transforms.implicit import attach, one_step, refuse_captured
from revad.typing import Array, Function


def as_tuple(args: Any) -> tuple[Any, ...]:
    """Return SciPy's ``args``, which may be a single value, as a tuple."""
    return args if isinstance(args, tuple) else (args,)


def plainly(f: Function) -> Function:
    """Return a function for SciPy to call: what it closes over is not recorded; a captured value is refused."""

    @wraps(f)
    def called(*args: Any, **kwargs: Any) -> Any:
        with no_grad():
            value = f(*args, **kwargs)
        if isinstance(value, (list, tuple)):
            value = np.array([_checked(item) for item in value])
        return _checked(value)

    return called


def _checked(value: Array) -> Array:
    refuse_captured(value)
    return value


def stacked(value: Array) -> Array:
    """Return a list of numbers, some of them tracked, as an array."""
    return as_array(value) if isinstance(value, (list, tuple)) else value


def solution(find: Callable[..., Any], equation: Function, args: tuple[Any, ...], *, elementwise: bool = False) -> Any:
    """Return what ``find`` finds, with the derivatives that follow from ``equation(x, *args) = 0``.

    Parameters
    ----------
    find : callable
        ``find(*args)``, called with plain arguments, returns the solution, a number or an array.
    equation : callable
        ``equation(x, *args)`` returns as many numbers as ``x`` has; differentiable.
    args : tuple
        The arguments, tracked or not.
    elementwise : bool
        Whether each equation contains its own unknown only.
    """

    def whole(*theta: Any) -> Any:
        found = find(*stop_gradient(theta))
        shape = np.shape(found)

        def residual(flat: Array) -> Array:
            return np.reshape(stacked(equation(np.reshape(flat, shape) if shape else flat[0], *theta)), -1)

        flat = attach(np.array(found, dtype=np.result_type(found, 1.0)).reshape(-1), residual, elementwise=elementwise)
        if isinstance(flat, np.ndarray):
            return found
        return np.reshape(flat, shape) if shape else flat[0]

    return one_step(whole)(*args)


def warn_if_unconverged(name: str, converged: Any, message: Any = "") -> None:
    """Warn that the derivative belongs to a point that is not a solution."""
    if not bool(np.all(converged)):
        warnings.warn(
            f"{name} did not converge ({message}); derivatives of its result are those of the point where it stopped, which does "
            "not fulfil the equation. Give it more iterations or a better start.",
            RuntimeWarning,
            stacklevel=3,
        )
