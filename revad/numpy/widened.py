"""`Widened`: a NumPy function that also meets tracked values where NumPy's protocols do not look, and whose results can be written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from revad.errors import LostGradientError
from revad.numpy.buffers import buffer, find_tracked, plain
from revad.numpy.creation import array, holds_tracked
from revad.typing import Function


class Widened:
    """A NumPy function that also takes lists of tracked values, and whose new arrays may be written into.

    NumPy looks for tracked values among the arguments, but not inside lists, save where a list of arrays is expected.

    Parameters
    ----------
    function : callable
        NumPy's.
    for_tracked : callable, optional
        What computes the same of tracked values, where NumPy does not let its function be overridden.
    """

    def __init__(self, function: Callable[..., Any], for_tracked: Function | None = None) -> None:
        self.__wrapped__ = function
        self.__doc__ = function.__doc__
        self._for_tracked = for_tracked

    def __getattr__(self, name: str) -> Any:
        if name == "__wrapped__":  # of a copy that is not filled yet
            raise AttributeError(name)
        found = getattr(self.__wrapped__, name)
        return Widened(found) if callable(found) and not isinstance(found, type) and not name.startswith("__") else found

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        function = self.__wrapped__
        if self._for_tracked is not None:
            if find_tracked((*args, *kwargs.values())) is None:
                args, kwargs = tuple(map(plain, args)), {name: plain(value) for name, value in kwargs.items()}
            else:
                function = self._for_tracked
        try:
            result = function(*args, **kwargs)
        except LostGradientError:
            if not any(isinstance(value, (list, tuple)) and holds_tracked(value) for value in (*args, *kwargs.values())):
                raise
            result = _call_with_arrays(function, args, kwargs)
        return buffer(result) if type(result) is np.ndarray and _is_new(result, (*args, *kwargs.values())) else result

    def __eq__(self, other: object) -> bool:
        return self.__wrapped__ == (other.__wrapped__ if isinstance(other, Widened) else other)

    def __hash__(self) -> int:
        return hash(self.__wrapped__)

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """What `isinstance` is told: the type of NumPy's function."""
        return type(self.__wrapped__)

    def __repr__(self) -> str:
        return repr(self.__wrapped__)


def is_numpy_function(value: Any) -> bool:
    """Return whether a value is a function of NumPy's that may be given arrays."""
    return isinstance(value, np.ufunc) or type(value).__name__ == "_ArrayFunctionDispatcher"


def _call_with_arrays(function: Function, args: Any, kwargs: Any) -> Any:
    """Call a function that refused lists of tracked values, with arrays in their place."""
    try:  # a list of arrays is expected, and they are given as lists
        return function(*map(_with_joined_items, args), **{k: _with_joined_items(v) for k, v in kwargs.items()})
    except LostGradientError:
        return function(*map(_joined, args), **{name: _joined(value) for name, value in kwargs.items()})


def _joined(value: Any) -> Any:
    """Return a list of tracked values, nested or not, as an array."""
    return array(value) if isinstance(value, (list, tuple)) and holds_tracked(value) else value


def _with_joined_items(value: Any) -> Any:
    return [_joined(item) for item in value] if isinstance(value, (list, tuple)) and holds_tracked(value) else value


def _is_new(result: Any, arguments: Any) -> bool:
    """Return whether an array shows the memory of no argument, so that nobody else can see it."""
    return result.flags.writeable and not any(
        np.may_share_memory(result, arg)
        if isinstance(arg, np.ndarray)
        else isinstance(arg, (list, tuple)) and not _is_new(result, arg)
        for arg in arguments
    )
