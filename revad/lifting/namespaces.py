"""What stands in place of NumPy, SciPy, `math`, `cmath` and `statistics`, and of the functions imported from them by name."""

from __future__ import annotations

import cmath
import math
import statistics
import sys
from importlib import import_module, util
from types import ModuleType
from typing import Any

import numpy as np

from revad.lifting.averages import STATISTICS
from revad.lifting.mathematics import CMATH, MATH
from revad.numpy.namespaces import Namespace
from revad.numpy.parts import own_names, part_of_numpy, parts
from revad.numpy.widened import Widened, is_numpy_function


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
for _module, _functions in ((np, own_names(np)), (math, MATH), (cmath, CMATH), (statistics, STATISTICS)):
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
    if home.startswith("numpy.") and getattr(sys.modules.get(home), str(name), None) is value:
        return getattr(part_of_numpy(sys.modules[home]), str(name))
    if home.startswith("scipy."):
        package = ".".join(home.split(".")[:2])
        if getattr(import_module(package), str(name), None) is value:
            found = differentiable_scipy(package, str(name))
    return value if found is None else found
