"""`lift`: differentiate functions that create arrays, call `math`, or use SciPy, with their source untouched."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from types import FunctionType, MethodType, ModuleType
from typing import Any

from revad.base.trees import flatten
from revad.engine.levels import recording
from revad.errors import ArgumentError
from revad.lifting.lifter import Lifter, originals
from revad.numpy.buffers import Buffer, find_tracked, hand_out

_running: ContextVar[bool] = ContextVar("revad_lifted_running", default=False)


def lift(f: Callable[..., Any] | None = None, *, modules: Iterable[ModuleType | str] = ()) -> Callable[..., Any]:
    """Return a function that does what ``f`` does, and accepts tracked values where NumPy itself cannot.

    In the lifted function, and in whatever else of its module it uses, the names of NumPy, SciPy, ``math``, ``cmath`` and ``statistics``
    mean the versions that accept tracked values: ``a = np.zeros(n); a[i] = t``, ``np.array([[t, 0], [0, t]])``, ``math.sin(t)``,
    ``scipy.linalg.expm(t)``, ``float(t)``. The user's modules are not changed.

    Parameters
    ----------
    f : callable
        A Python function, method, class or callable object; also a decorated one.
    modules : iterable of module or str
        Further modules of yours whose functions ``f`` calls.

    Returns
    -------
    callable
        Same parameters, name and documentation. On plain arguments it returns exactly what ``f`` returns.

    Raises
    ------
    ArgumentError
        ``f`` has no Python code to lift, or a module that was named has not been imported.

    Notes
    -----
    Functions of libraries that are not named are left alone. Decorated with ``functools.lru_cache``, a helper is called anew each
    time. Objects and functions that are kept in lists or dicts of the module are not lifted.

    Examples
    --------
    >>> import math
    >>> import numpy as np
    >>> import revad
    >>> def rotated(angle, v):
    ...     rotation = np.zeros((2, 2))
    ...     rotation[0] = math.cos(angle), -math.sin(angle)
    ...     rotation[1] = math.sin(angle), math.cos(angle)
    ...     return rotation @ v
    >>> revad.jacobian(lift(rotated))(0.0, np.array([2.0, 0.0]))
    array([0., 2.])
    """
    if f is None:
        return functools.partial(lift, modules=modules)
    root = _code_of(f)
    lifter = Lifter([root.__globals__], [_imported(module) for module in modules])
    made = lifter.value(f)

    @functools.wraps(f)
    def lifted(*args: Any, **kwargs: Any) -> Any:
        outermost = not _running.get()
        running = _running.set(True)
        tracking = recording.set(recording.get() or find_tracked(flatten((args, kwargs))[0]) is not None)
        try:
            result = made(*map(lifter.value, args), **{name: lifter.value(value) for name, value in kwargs.items()})
        finally:
            recording.reset(tracking)
            _running.reset(running)
            lifter.flush()
        return _handed_out(result) if outermost else result

    originals[lifted] = f
    return lifted


def _handed_out(result: Any) -> Any:
    leaves, rebuild = flatten(result)
    return rebuild([hand_out(leaf) for leaf in leaves]) if any(isinstance(leaf, Buffer) for leaf in leaves) else result


def _code_of(f: Any) -> FunctionType:
    """Return the Python function behind a callable."""
    found = f
    while not isinstance(found, FunctionType) or hasattr(found, "__wrapped__"):
        if isinstance(found, (functools.partial, MethodType)):
            found = found.func if isinstance(found, functools.partial) else found.__func__
        elif hasattr(found, "__wrapped__"):
            found = inspect.unwrap(found)
        elif isinstance(found, type) and isinstance(found.__init__, FunctionType):
            found = found.__init__
        elif isinstance(call := inspect.getattr_static(type(found), "__call__", None), FunctionType):
            found = call
        else:
            raise ArgumentError(
                f"lift: {f!r} has no Python code that could be lifted. Give a function, method, class or callable object of yours."
            )
    return found


def _imported(module: ModuleType | str) -> ModuleType:
    found = sys.modules.get(module) if isinstance(module, str) else module
    if not isinstance(found, ModuleType):
        raise ArgumentError(f"lift(modules=...): {module!r} is not a module that has been imported; import it first.")
    return found
