"""How a function of SciPy becomes one that is differentiated: on plain arrays SciPy's own, on tracked values a definition of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from revad.engine.handles import Tracked, level_of, plain
from revad.operations.protocol import find_speaker, own
from revad.operations.registry import composite
from revad.typing import Array, Function


def drop_in(function: Function) -> Callable[[Function], Function]:
    """Let a definition in terms of differentiable functions answer for SciPy's function where an argument is tracked (a decorator).

    Parameters
    ----------
    function : callable
        SciPy's function; plain arguments go to it, and its signature and documentation stay.

    Returns
    -------
    callable
        A decorator for the definition, which has the same parameters; it returns the function to offer.

    Examples
    --------
    >>> import revad
    >>> def cube(x):
    ...     return x * x * x
    >>> @drop_in(cube)
    ... def through_power(x):
    ...     return x**3
    >>> through_power(2.0), revad.grad(through_power)(2.0)
    (8.0, 12.0)
    """

    def register(definition: Function) -> Function:
        public = own(function)
        composite(public)(definition)
        return public

    return register


def as_array(value: Array) -> Array:
    """Return numbers and lists as arrays, lists of tracked values stacked; arrays and tracked values as they are."""
    if isinstance(value, Tracked) and level_of(value) < 0:  # a buffer of `revad.numpy`: the array that it stands for
        return plain(value)
    if hasattr(value, "dtype"):
        return value
    if type(value) in (list, tuple) and find_speaker(value) is not None:
        return np.stack([as_array(item) for item in value])  # pyright: ignore[reportGeneralTypeIssues]
    return np.asarray(value)


def is_tracked(*values: Any) -> bool:
    """Return whether some value, in lists and tuples too, is tracked."""
    return find_speaker(values) is not None
