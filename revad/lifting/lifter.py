"""`Lifter`: makes copies of functions whose names `np`, `math`, `scipy` ... mean the versions that accept tracked values.

A lifted function has the code of the original and other globals: a mapping that looks every name up in the module, as it is at
that moment, and hands out what stands for it. So helpers of the module are lifted when they are met, and nothing of the user's
is changed.
"""

from __future__ import annotations

import builtins
import functools
import sys
from collections.abc import Callable, Iterable
from threading import RLock
from types import BuiltinFunctionType, CellType, FunctionType, MethodType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from revad.lifting.classes import is_liftable, lift_class, stand_in
from revad.lifting.containers import lift_items
from revad.lifting.namespaces import replaced_module, replaced_value
from revad.numpy.classes import python_complex, python_float, python_type
from revad.numpy.namespaces import Namespace
from revad.numpy.parts import parts, series
from revad.typing import Function

_cached_function: Any = type(functools.lru_cache(lambda: None))
_PLAIN = frozenset((int, float, complex, bool, str, bytes, type(None), set))
_CONTAINERS = frozenset((list, tuple, dict))
_STEADY = frozenset(
    (FunctionType, BuiltinFunctionType, ModuleType, type, type(np.sin), type(np.sum))
)  # what stands for them stays
originals: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()  # what `lift` returned -> what it was given


class LiftedGlobals(dict[str, Any]):
    """A module's globals as its lifted functions see them.

    The interpreter reads through `__getitem__`, but stores (``global n; n += 1``) in the dict itself; `flush` moves what was stored
    to the module. The bodies of classes read the dict itself; `fix` puts there what they need.
    """

    def __init__(self, lifter: Lifter, true: dict[str, Any]) -> None:
        super().__init__({"__builtins__": lifter.builtins, "__name__": true.get("__name__", "__main__")})
        self.lifter = lifter
        self.true = true
        self.fixed = dict(self)  # what the interpreter has to find in the dict itself
        self.known: dict[str, tuple[Any, Any]] = {}  # what a name meant last time, and what stands for that
        self.lock = RLock()

    def __getitem__(self, name: str) -> Any:
        if len(self) > len(self.fixed) or (name in self.fixed and dict.__getitem__(self, name) is not self.fixed[name]):
            self.flush()
        value = self.true[name]
        found = self.known.get(name)
        if found is not None and found[0] is value:
            return found[1]
        lifted = self.lifter.value(value)
        if type(value) in _STEADY:
            self.known[name] = value, lifted
        return lifted

    def flush(self) -> None:
        """Move what was stored to the module."""
        with self.lock:
            for name, value in tuple(dict.items(self)):
                if name not in self.fixed:
                    self.true[name] = dict.pop(self, name)
                elif value is not self.fixed[name]:
                    self.true[name] = self.fixed[name] = value

    def fix(self, names: Iterable[str]) -> None:
        """Let the body of a class find these names as they are now."""
        with self.lock:
            self.flush()
            for name in names:
                if name in self.true:
                    value = self[name]
                    dict.__setitem__(self, name, value)
                    self.fixed[name] = value


class LiftedModule(Namespace):
    """A module whose functions are lifted when they are read."""

    def __init__(self, original: ModuleType, lifter: Lifter) -> None:
        super().__init__(original, {"_lifter": lifter, **series(original.__name__)})

    def __getattr__(self, name: str) -> Any:
        return self.__dict__["_lifter"].value(super().__getattr__(name))

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.__dict__["_original"], name, value)


class Lifter:
    """Lifts what belongs to some modules.

    Parameters
    ----------
    scopes : iterable of dict
        The globals of these modules.
    modules : iterable of module
        The modules that have been named.
    """

    def __init__(self, scopes: Iterable[dict[str, Any]], modules: Iterable[ModuleType]) -> None:
        self._modules = [*modules]
        self._scopes = [*scopes, *(vars(module) for module in self._modules)]
        self._globals: dict[int, LiftedGlobals] = {}
        self._made: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()  # function or class -> its lifted copy
        self._lock = RLock()
        self.builtins = {**vars(builtins), "float": python_float, "complex": python_complex, "type": python_type}
        self.builtins |= {"__import__": self._import, "__build_class__": _build_class}

    def owns(self, scope: Any) -> bool:
        """Return whether globals are those of a module that is lifted."""
        return any(scope is own for own in self._scopes)

    def value(self, value: Any) -> Any:
        """Return what stands for a value that lifted code meets."""
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind in _CONTAINERS:
            return lift_items(value, self.value)
        if isinstance(value, ModuleType):
            return self._module(value)
        if kind is FunctionType:
            return self.function(originals.get(value, value))
        if kind is MethodType:
            return self._method(value)
        if kind is functools.partial:
            return functools.partial(self.value(value.func), *map(self.value, value.args), **value.keywords)
        if kind is _cached_function:
            return self._cached(value)
        if isinstance(value, type):
            lifted = self._class(value)
            home = sys.modules.get(value.__module__)
            return replaced_value(value) if lifted is value and not (home and self.owns(vars(home))) else lifted
        if (lifted := self._class(kind)) is not kind:
            return stand_in(value, lifted)
        return replaced_value(value)

    def function(self, function: Function) -> Any:
        """Return the lifted copy of a function, made once."""
        if not isinstance(function, FunctionType):
            return self.value(function)
        made = self._made.get(function)
        if made is None:
            with self._lock:
                made = self._made.get(function)
                if made is None:
                    made = self._copy(function)
        return made

    def flush(self) -> None:
        """Hand what lifted code stored in globals to the modules."""
        for scope in tuple(self._globals.values()):
            scope.flush()

    def _copy(self, function: FunctionType) -> Any:
        owned = self.owns(function.__globals__)
        if not owned and (replaced := replaced_value(function)) is not function:
            return replaced
        self._made[function] = function  # a library's function that refers to itself
        cells = tuple(
            [self._cell(*named) for named in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)]
        )
        if not owned and all(new is old for new, old in zip(cells, function.__closure__ or (), strict=True)):
            return function
        scope: Any = self._globals_of(function.__globals__) if owned else function.__globals__
        made = FunctionType(function.__code__, scope, function.__name__, None, cells or None)
        self._made[function] = made
        originals[made] = function
        for cell, old in zip(cells, function.__closure__ or (), strict=True):
            if cell is not old and cell.cell_contents is function:  # it refers to itself
                cell.cell_contents = made
        made.__defaults__ = tuple([self.value(value) for value in function.__defaults__]) if function.__defaults__ else None
        if function.__kwdefaults__:
            made.__kwdefaults__ = {name: self.value(value) for name, value in function.__kwdefaults__.items()}
        made.__dict__ = function.__dict__
        made.__doc__, made.__qualname__, made.__module__ = function.__doc__, function.__qualname__, function.__module__
        made.__annotations__ = function.__annotations__
        return made

    def _cell(self, name: str, cell: CellType) -> CellType:
        """Return a cell with what stands for the contents; the same cell where that is the contents, so that writes are shared."""
        try:
            contents = cell.cell_contents
        except ValueError:  # it is filled later
            return cell
        if name == "__class__":  # `super()` needs it as it is
            return cell
        lifted = contents if isinstance(contents, LiftedModule) else self.value(contents)
        same = lifted is contents and not (isinstance(contents, FunctionType) and self.owns(contents.__globals__))
        return cell if same else CellType(lifted)

    def _globals_of(self, true: dict[str, Any]) -> LiftedGlobals:
        scope = self._globals.get(id(true))
        if scope is None:
            scope = self._globals[id(true)] = LiftedGlobals(self, true)
        return scope

    def _module(self, module: ModuleType) -> Any:
        if isinstance(module, Namespace):
            return module
        if self.owns(vars(module)) or any(own.__name__.startswith(f"{module.__name__}.") for own in self._modules):
            return LiftedModule(module, self)
        return replaced_module(module)

    def _method(self, method: MethodType) -> Any:
        function, owner = self.value(method.__func__), self.value(method.__self__)
        return method if function is method.__func__ and owner is method.__self__ else MethodType(function, owner)

    def _cached(self, cached: Any) -> Callable[..., Any]:
        """Return a function without the cache, which would hold on to tracked values and mistake them for one another."""
        return self.function(cached.__wrapped__)

    def _class(self, cls: type) -> Any:
        made = self._made.get(cls)
        if made is None:
            with self._lock:
                made = self._made.get(cls)
                if made is None:
                    made = self._made[cls] = lift_class(cls, self) if is_liftable(cls, self) else cls
        return made

    def _import(self, name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        """Import for lifted code: what stands for the module."""
        true = globals.true if isinstance(globals, LiftedGlobals) else globals
        return self.value(builtins.__import__(name, true, locals, fromlist, level))


def _lift_polynomials() -> None:
    """Lift `numpy.polynomial`, which is pure Python on top of NumPy, for all lifted functions."""
    found = [module for name, module in tuple(sys.modules.items()) if name.startswith("numpy.polynomial")]
    lifter = Lifter([], found)
    parts.update({module.__name__: LiftedModule(module, lifter) for module in found})


def _build_class(body: FunctionType, name: str, *bases: Any, **options: Any) -> Any:
    """Run a class statement of a lifted function."""
    if isinstance(body.__globals__, LiftedGlobals):
        body.__globals__.fix(body.__code__.co_names)
    return builtins.__build_class__(body, name, *bases, **options)


_lift_polynomials()
