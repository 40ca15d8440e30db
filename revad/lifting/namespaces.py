"""What stands in place of NumPy, SciPy, `math`, `cmath` and `statistics`, and of the functions imported from them by name."""

from __future__ import annotations

import cmath
import math
import statistics
import sys
from collections.abc import Callable
from importlib import import_module, util
from types import ModuleType
from typing import Any

import numpy as np

import revad.numpy as tracked_numpy
from revad.errors import LostGradientError
from revad.lifting.averages import STATISTICS
from revad.lifting.mathematics import CMATH, MATH
from revad.numpy.buffers import buffer
from revad.numpy.creation import array, holds_tracked
from revad.numpy.namespaces import Namespace

_OWN = {name: value for name, value in vars(tracked_numpy).items() if not name.startswith("_") and hasattr(np, name)}
_OPAQUE = ("random", "testing", "ctypeslib", "dtypes", "typing")  # parts of NumPy that meet no tracked values


class Widened:
    """A NumPy function that also takes lists of tracked values, and whose new arrays may be written into.

    NumPy looks for tracked values among the arguments, but not inside lists, save where a list of arrays is expected.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.__wrapped__ = function

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.__wrapped__, name)
        return Widened(found) if callable(found) and not isinstance(found, type) and not name.startswith("__") else found

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        try:
            result = self.__wrapped__(*args, **kwargs)
        except LostGradientError:
            result = self._call_with_arrays(args, kwargs)
        return buffer(result) if type(result) is np.ndarray and _is_new(result, (*args, *kwargs.values())) else result

    def _call_with_arrays(self, args: Any, kwargs: Any) -> Any:
        if not any(isinstance(value, (list, tuple)) and holds_tracked(value) for value in (*args, *kwargs.values())):
            return self.__wrapped__(*args, **kwargs)
        try:  # a list of arrays is expected, and they are given as lists
            return self.__wrapped__(*map(_with_joined_items, args), **{k: _with_joined_items(v) for k, v in kwargs.items()})
        except LostGradientError:
            return self.__wrapped__(*map(_joined, args), **{name: _joined(value) for name, value in kwargs.items()})

    def __repr__(self) -> str:
        return repr(self.__wrapped__)


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


class NumPy(Namespace):
    """NumPy, or a part of it."""

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.__dict__["_original"], name)
        if isinstance(found, ModuleType):
            return part_of_numpy(found)
        if is_numpy_function(found):
            found = Widened(found)
            self.__dict__[name] = found
        return found


def is_numpy_function(value: Any) -> bool:
    """Return whether a value is a function of NumPy's that may be given arrays."""
    return isinstance(value, np.ufunc) or type(value).__name__ == "_ArrayFunctionDispatcher"


class SciPy(Namespace):
    """SciPy, or a subpackage: names of `revad.scipy` first, SciPy's own otherwise."""

    def __getattr__(self, name: str) -> Any:
        original = self.__dict__["_original"]
        found = differentiable_scipy(original.__name__, name)
        if found is None:
            found = getattr(original, name)
        if isinstance(found, ModuleType):
            found = replaced_module(found)
        self.__dict__[name] = found
        return found


def differentiable_scipy(module: str, name: str) -> Any:
    """Return the function of `revad.scipy` that stands for one of SciPy's, or None."""
    ours = f"revad.{module}"
    if module == "scipy" or util.find_spec(ours) is None:
        return None
    return getattr(import_module(ours), name, None)


_replaced: dict[Any, Any] = {}
parts: dict[str, Any] = {}  # of NumPy and SciPy, by name


def part_of_numpy(module: ModuleType) -> Any:
    """Return what stands for NumPy or a part of it."""
    if not module.__name__.startswith("numpy") or module.__name__.removeprefix("numpy.") in _OPAQUE:
        return module
    if module.__name__ not in parts:
        own = _OWN if module is np else vars(tracked_numpy.lib) if module is np.lib else {}
        parts[module.__name__] = NumPy(module, {name: value for name, value in own.items() if not name.startswith("_")})
    return parts[module.__name__]


def replaced_module(module: ModuleType) -> Any:
    """Return what stands for a module of NumPy, SciPy or the standard library, or the module itself."""
    name = module.__name__
    if name == "numpy" or name.startswith("numpy."):
        return part_of_numpy(module)
    if name == "scipy" or name.startswith("scipy."):
        return parts.setdefault(name, SciPy(module, {}))
    return _STANDARD.get(name, module)


_STANDARD = {
    "math": Namespace(math, MATH),
    "cmath": Namespace(cmath, CMATH),
    "statistics": Namespace(statistics, STATISTICS),
}
for _module, _functions in ((np, _OWN), (math, MATH), (cmath, CMATH), (statistics, STATISTICS)):
    for _name, _function in _functions.items():
        _replaced.setdefault(getattr(_module, _name), _function)


def replaced_value(value: Any) -> Any:
    """Return what stands for a function, class or object that was imported from one of these modules, or the value itself."""
    try:
        found = _replaced.get(value)
    except TypeError:  # it cannot be hashed, so it is none of them
        return value
    if found is not None:
        return found
    if is_numpy_function(value):
        found = _replaced[value] = Widened(value)
        return found
    home = getattr(value, "__module__", None) or ""
    name = getattr(value, "__name__", None) or getattr(value, "name", "")
    if home in parts and getattr(sys.modules[home], str(name), None) is value:
        return getattr(parts[home], str(name))
    if home.startswith("scipy."):
        package = ".".join(home.split(".")[:2])
        if getattr(import_module(package), str(name), None) is value:
            found = differentiable_scipy(package, str(name))
    return value if found is None else found
