"""What all transformations share: choosing arguments by ``argnums``, checking leaves, wrapping them for a level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from revad.base.arrays import check_open, check_plain, copied
from revad.base.aval import aval_of
from revad.base.trees import describe, flatten
from revad.engine.handles import Tracked, level_of, snapshot
from revad.engine.levels import open_levels
from revad.errors import ArgumentError, LeakedTracerError, LostGradientError, NotDifferentiableError
from revad.typing import PyTree

Argnums = int | str | Sequence[int | str]


class Chosen:
    """The arguments to differentiate, flattened: their leaves and how to call the function with replaced leaves."""

    __slots__ = ("args", "keys", "kwargs", "leaves", "rebuild", "single")

    def __init__(self, name: str, argnums: Argnums, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.args = args
        self.kwargs = kwargs
        self.single = isinstance(argnums, (int, str, np.integer)) and not isinstance(argnums, bool)
        self.keys = keys_of(name, argnums, args, kwargs)
        if self.single:
            chosen: Any = self._get(self.keys[0])
        else:
            chosen = tuple(self._get(key) for key in self.keys)
        self.leaves, self.rebuild = flatten(chosen)
        self.leaves = [differentiable(leaf, name, chosen, i) for i, leaf in enumerate(self.leaves)]

    def _get(self, key: int | str) -> Any:
        return self.kwargs[key] if isinstance(key, str) else self.args[key]

    def call(self, f: Callable[..., Any], leaves: list[Any]) -> Any:
        """Call ``f`` with the chosen arguments rebuilt from ``leaves``."""
        chosen = self.rebuild(leaves)
        args = list(self.args)
        kwargs = self.kwargs
        for key, value in [(self.keys[0], chosen)] if self.single else zip(self.keys, chosen, strict=True):
            if isinstance(key, str):
                kwargs = {**kwargs, key: value}
            else:
                args[key] = value
        try:
            return f(*args, **kwargs)
        except ValueError as error:  # NumPy hides our error behind "setting an array element with a sequence"
            hidden = error.__cause__ or error.__context__
            if isinstance(hidden, LostGradientError):
                raise hidden from None
            raise


def keys_of(name: str, argnums: Argnums, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[int | str]:
    """Return the positions and keywords that ``argnums`` names, after checking them against the call."""
    several = list(argnums) if isinstance(argnums, (list, tuple)) else [argnums]
    keys: list[int | str] = []
    for key in several:
        if isinstance(key, str):
            if key not in kwargs:
                raise ArgumentError(
                    f"{name}(..., argnums={argnums!r}): no keyword argument {key!r} in this call "
                    f"(keywords: {', '.join(kwargs) or 'none'})."
                )
            keys.append(key)
            continue
        if isinstance(key, bool) or not isinstance(key, (int, np.integer)):
            raise ArgumentError(
                f"{name}(..., argnums={argnums!r}): argnums must be an int, a keyword's name, or several of them."
            )
        if not -len(args) <= key < len(args):
            raise ArgumentError(
                f"{name}(..., argnums={argnums!r}): there is no positional argument {key}; the call has {len(args)}. "
                "Name keyword arguments by string, as in argnums='w'."
            )
        keys.append(int(key) % len(args))
    if not keys:
        raise ArgumentError(f"{name}(..., argnums=()): name at least one argument to differentiate.")
    if len(set(keys)) != len(keys):
        raise ArgumentError(f"{name}(..., argnums={argnums!r}): an argument is named twice.")
    return keys


def differentiable(leaf: Any, name: str, tree: PyTree, index: int) -> Any:
    """Return a leaf that can be differentiated: a Python int becomes a float; arrays without derivative are refused."""
    kind = type(leaf)
    if kind is float or kind is complex or (kind is np.ndarray and leaf.dtype.kind in "fc" and leaf.dtype.isnative):
        return leaf
    if kind is int:
        return float(leaf)
    if isinstance(leaf, Tracked) and leaf.is_parameter:
        return leaf._value
    if isinstance(leaf, np.memmap):
        leaf = np.asarray(leaf)
    elif isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fc":
        check_plain(leaf, name)
    if isinstance(leaf, (np.ndarray, np.generic, Tracked)) or hasattr(leaf, "__array_function__"):
        dtype = leaf.dtype
        if dtype.kind in "fc":
            return leaf if dtype.isnative else leaf.astype(dtype.newbyteorder("="))
        cure = "x.astype(float)" if dtype.kind in "iub" else "numbers of a floating dtype"
        raise NotDifferentiableError(
            f"{name}: the argument{_where(tree, index)} has dtype {dtype} (shape {leaf.shape}), which has no derivative. "
            f"Pass {cure}, or leave it out of `argnums` if it is a constant."
        )
    raise NotDifferentiableError(
        f"{name}: the argument{_where(tree, index)} is a {kind.__name__}, which has no derivative. "
        "Pass a float or an array of floats (or a tuple, list, dict, namedtuple or dataclass of them), or leave it out of `argnums`."
    )


def _where(tree: PyTree, index: int) -> str:
    path = describe(tree)[index]
    return f" at {path}" if path else ""


def own_copy(leaf: Any) -> Any:
    """Return a leaf that later writes by the caller, or by the function into its own argument, do not reach.

    Otherwise it is the caller's array: it lies in memory in the same way, and is read-only if that is.
    """
    if isinstance(leaf, np.ndarray):
        copy = copied(leaf)
        if not leaf.flags.writeable:
            copy.setflags(write=False)
        return copy
    return snapshot(leaf) if isinstance(leaf, Tracked) else leaf


def constant_of(value: Any) -> Any:
    """Return the array of a buffer that nothing tracked was written into (`revad.numpy`); any other value as it is."""
    return np.array(value) if isinstance(value, Tracked) and level_of(value) < 0 else value


def check_output(value: Any, name: str) -> Any:
    """Return a leaf of an output; refuse an object in which tracked values would not be found."""
    if not isinstance(value, (Tracked, float)):
        check_open(value, name)
    return value


def check_alive(values: list[Any], name: str) -> None:
    """Refuse results that hold a tracked value of a transformation that has ended."""
    for value in values:
        if level_of(value) > 0 and level_of(value) not in open_levels:
            raise LeakedTracerError(
                f"{name}: the result depends on a tracked value (shape {value.shape}) of a transformation that has already "
                "ended; it was stored in a variable outside the function and used again. Return it from the function instead "
                "(for instance with has_aux=True), or store revad.stop_gradient(t)."
            )


def zero_like(leaf: Any) -> Any:
    """Return zero in a leaf's shape, dtype and kind."""
    if type(leaf) is float:
        return 0.0
    if isinstance(leaf, np.generic) or type(leaf) is complex:
        return type(leaf)(0)
    shape, dtype = aval_of(leaf)
    return np.zeros(shape, dtype)
