"""NumPy and its parts as `revad.numpy` and lifted functions see them: own names first, and functions that take lists of tracked values."""

from __future__ import annotations

import copyreg
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from revad.numpy.namespaces import Namespace
from revad.numpy.strides import as_strided
from revad.numpy.widened import Widened, is_numpy_function

_OPAQUE = ("random", "testing", "ctypeslib", "dtypes", "typing")  # parts of NumPy that meet no tracked values
parts: dict[str, Any] = {}  # by name
_own: dict[str, Mapping[str, Any]] = {"numpy.lib.stride_tricks": {"as_strided": as_strided}}


class Part(Namespace):
    """NumPy, or a part of it."""

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.__dict__["_original"], name)
        if isinstance(found, ModuleType):
            return part_of_numpy(found)
        if is_numpy_function(found):
            found = Widened(found)
            self.__dict__[name] = found
        return found


def offer(module: ModuleType, own: Mapping[str, Any]) -> None:
    """State the names that stand in place of a module's."""
    _own[module.__name__] = own


def own_names(module: ModuleType) -> Mapping[str, Any]:
    """Return the names that stand in place of a module's."""
    return _own[module.__name__]


def part_of_numpy(module: ModuleType) -> Any:
    """Return what stands for NumPy or a part of it."""
    name = module.__name__
    if not name.startswith("numpy") or name.removeprefix("numpy.") in _OPAQUE:
        return module
    if name not in parts:
        parts[name] = Part(module, {**series(name), **_own.get(name, {})})
    return parts[name]


def replacement(function: Any) -> Any:
    """Return what stands for a function or an object of NumPy's."""
    part = part_of_numpy(sys.modules[getattr(function, "__module__", None) or "numpy"])  # ufuncs name no module
    return getattr(part, function.__name__)


copyreg.pickle(Widened, lambda widened: (replacement, (widened.__wrapped__,)))  # pyright: ignore[reportArgumentType]


def series(module: str) -> dict[str, Widened]:
    """Return, for a module of `numpy.polynomial`, its functions of series in the form that takes tracked values."""
    if not module.startswith("numpy.polynomial."):
        return {}
    from revad.rules.series import SERIES

    return {
        function.__name__: Widened(function, for_tracked)
        for function, for_tracked in SERIES.items()
        if function.__module__ == module and function is not for_tracked
    }
