"""Functions of our own that NumPy lacks but rules need as primitives: they speak NumPy's protocol as NumPy's functions do."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np


def own(function: Callable[..., Any]) -> Callable[..., Any]:
    """Ask an argument (or an item of a list) that has an ``__array_function__`` first; else run the function itself (NEP 18)."""

    @wraps(function)
    def primitive(*args: Any) -> Any:
        for value in [item for arg in args for item in (arg if type(arg) is list else (arg,))]:
            kind = type(value)
            if hasattr(kind, "__array_function__") and not issubclass(kind, (np.ndarray, np.generic)):
                answer = value.__array_function__(primitive, (kind,), args, {})
                if answer is not NotImplemented:
                    return answer
        return function(*args)

    return primitive
