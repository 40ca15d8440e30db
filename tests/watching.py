"""An array that notes which functions are called on it, and with which arguments."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from revad.operations.operation import Operation
from revad.testing import StrictArray
from tests.rules.test_specs import moved, setup
from tests.specs._row import Row


class Watched(StrictArray):
    """An array on a device that notes the calls of functions that NumPy's protocols hand to it."""

    __slots__ = ()
    calls: dict[Any, set[str]] = defaultdict(set)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        note(function, args, kwargs)
        return super().__array_function__(function, types, args, kwargs)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        note(ufunc if method == "__call__" else (ufunc, method), inputs, kwargs)
        return super().__array_ufunc__(ufunc, method, *inputs, **kwargs)


def note(function: Any, args: Any, kwargs: Any) -> None:
    """Note the names of the arguments of a call."""
    names = Operation(function).parameters[0] if callable(function) else ()
    Watched.calls[function] |= {*names[: len(args)], *kwargs}


def calls_of(row: Row, *, on_host: bool = False) -> dict[Any, set[str]]:
    """Return the functions that a row calls on its arrays, and the names of the arguments that it gives them.

    A function that works on NumPy's arrays only, as SciPy's do, is noted when it is called, and fails after that.
    """
    Watched.calls.clear()
    options = {
        name: Watched(option) if isinstance(option, np.ndarray) else moved(option) for name, option in row.kwargs.items()
    }
    f, leaves = setup(row._replace(args=tuple(map(moved, row.args)), kwargs=options), Watched)
    try:
        f(*leaves)
    except (TypeError, AttributeError, ValueError, IndexError):
        if not on_host:
            raise
    return {function: set(names) for function, names in Watched.calls.items()}
