"""Functions of our own speak NumPy's protocol (NEP 18), as NumPy's functions do: a tracked argument is asked first."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from revad.typing import Array

_SILENT = frozenset((np.ndarray, np.float64, np.float32, float, int, complex, slice, bool, str, type(None), type(...)))


def own(function: Callable[..., Any], known_as: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """Let a function dispatch on its arguments: one that has an ``__array_function__`` (also inside a list) answers the call.

    Parameters
    ----------
    function : callable
        Works on plain arrays.
    known_as : callable, optional
        The function under which rules are registered; by default what is returned.

    Returns
    -------
    callable
        Same parameters. Register rules for it, not for ``function``.
    """

    @wraps(function)
    def dispatched(*args: Any, **kwargs: Any) -> Any:
        if not kwargs and _SILENT.issuperset(map(type, args)):  # the common case, on plain arrays
            return function(*args)
        speaker = find_speaker(args)
        if speaker is None and kwargs:
            speaker = find_speaker(kwargs.values())
        asked: list[type] = []
        while speaker is not None:
            answer = speaker.__array_function__(known_as or dispatched, (type(speaker),), args, kwargs)
            if answer is not NotImplemented:
                return answer
            asked.append(type(speaker))
            speaker = find_speaker((args, tuple(kwargs.values())), asked)
        return function(*args, **kwargs)

    return dispatched


def find_speaker(values: Array, asked: Any = ()) -> Any:
    """Return the first value, in lists and tuples too, that has a protocol of its own and was not asked; None if there is none."""
    for value in values:
        kind = type(value)
        if kind in _SILENT or kind in asked:
            continue
        if kind is list or kind is tuple:
            if value and (found := find_speaker(value, asked)) is not None:
                return found
        elif hasattr(kind, "__array_function__") and not issubclass(kind, (np.ndarray, np.generic)):
            return value
    return None
