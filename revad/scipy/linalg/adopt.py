"""How functions of `scipy.linalg` become differentiable: `adopt` those that get rules, `define` those that are composed of others.

Both take lists that hold tracked values for the arrays that they stand for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

import scipy.linalg

from revad.operations.protocol import find_speaker, own
from revad.scipy.drop_in import as_array, drop_in
from revad.typing import Array, Function


def adopt(name: str) -> Function:
    """Return a function of `scipy.linalg` that dispatches on tracked arguments.

    Parameters
    ----------
    name : str
        Its name there.

    Returns
    -------
    callable
        Same parameters and results; rules are registered for it. ``overwrite_a`` and its kin allow SciPy to destroy an argument
        for speed. They are accepted and make no difference: a value that a pull-back needs must stay.
    """
    function = getattr(scipy.linalg, name)
    parameters = list(signature(function).parameters)
    places = {i for i, parameter in enumerate(parameters) if parameter.startswith("overwrite_")}
    pairs = {i for i, parameter in enumerate(parameters) if "_and_" in parameter}  # (lu, piv) and its like, which may be lists

    def sparing(*args: Any, **kwargs: Any) -> Any:
        args = tuple(False if i in places else value for i, value in enumerate(args))
        return function(*args, **{key: value for key, value in kwargs.items() if not key.startswith("overwrite_")})

    @wraps(function)
    def public(*args: Any, **kwargs: Any) -> Any:
        return dispatched(*[value if i in pairs else stacked(value) for i, value in enumerate(args)], **kwargs)

    public.__module__ = "scipy.linalg"
    dispatched = own(sparing, known_as=public)
    return public


def define(name: str) -> Callable[[Function], Function]:
    """Let a definition in terms of other functions answer for one of `scipy.linalg` where an argument is tracked (a decorator)."""

    def register(definition: Function) -> Function:
        @wraps(definition)
        def of_arrays(*args: Any, **kwargs: Any) -> Any:
            return definition(*map(stacked, args), **kwargs)

        return drop_in(getattr(scipy.linalg, name))(of_arrays)

    return register


def stacked(value: Array) -> Array:
    """Return a list that holds tracked values as one tracked array; all else as it is."""
    return as_array(value) if type(value) is list and find_speaker(value) is not None else value
