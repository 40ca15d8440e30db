"""Nested containers: flatten a pytree into its leaves and put it together again.

Tuples, lists, dicts, namedtuples and dataclasses are containers; everything else is a leaf. A bare leaf, by far the most
common case, is answered here; containers go to optree, which is imported on first use.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from revad.typing import ArrayLike, PyTree

_NAMESPACE = "revad"
_BARE = frozenset({float, int, complex, bool, np.ndarray, np.float64, np.float32})
Rebuild = Callable[[list[Any]], Any]


def flatten(tree: PyTree) -> tuple[list[Any], Rebuild]:
    """Return the leaves of a pytree, and a function that puts leaves back into the same structure.

    Parameters
    ----------
    tree : pytree
        Any nesting of tuple, list, dict, namedtuple, dataclass; ``None`` counts as an empty container.

    Returns
    -------
    leaves : list
        In a fixed order.
    rebuild : callable
        ``rebuild(leaves)`` returns a pytree of the same structure.

    Examples
    --------
    >>> leaves, rebuild = flatten({"a": 1.0, "b": (2.0, 3.0)})
    >>> leaves
    [1.0, 2.0, 3.0]
    >>> rebuild([10.0, 20.0, 30.0])
    {'a': 10.0, 'b': (20.0, 30.0)}
    """
    if type(tree) in _BARE or hasattr(tree, "__array_ufunc__"):
        return [tree], _first
    if type(tree) in (list, tuple) and _BARE.issuperset(map(type, tree)):  # one level of leaves: no need to ask optree
        return list(tree), type(tree)
    import optree

    leaves, spec = optree.tree_flatten(tree, namespace=_NAMESPACE)
    unknown = {kind for kind in set(map(type, leaves)) - _BARE if dataclasses.is_dataclass(kind)}
    if unknown:
        for cls in unknown:
            register_dataclass(cls)
        return flatten(tree)
    return leaves, lambda new: optree.tree_unflatten(spec, new)


def describe(tree: PyTree, path: str = "") -> list[str]:
    """Return the access path of each leaf, as in ``['w'][0]`` or ``model.0.weight``, for error messages."""
    if type(tree) in _BARE:
        return [path]
    import optree

    accessors = optree.tree_accessors(tree, namespace=_NAMESPACE)
    return [_dotted(accessor.codify(path)) for accessor in accessors]


def _dotted(path: str) -> str:
    """Return a path with children that are no identifiers, as those of a sequence of modules, behind dots too."""
    while (shorter := re.sub(r"getattr\(([^(),]*), '([^']*)'\)", r"\1.\2", path)) != path:
        path = shorter
    return path


def same_structure(one: Any, other: ArrayLike) -> bool:
    """Return whether two pytrees have the same containers (leaves may differ)."""
    if type(one) in _BARE and type(other) in _BARE:
        return True
    import optree

    flatten((one, other))  # registers dataclasses
    return optree.tree_structure(one, namespace=_NAMESPACE) == optree.tree_structure(other, namespace=_NAMESPACE)


def register_pytree(cls: type, split: Callable[[Any], tuple[Any, Any, Any]], join: Callable[[Any, Any], Any]) -> None:
    """Make a class a container, so that transformations differentiate what it holds.

    Parameters
    ----------
    cls : type
        The class; instances of subclasses are not covered.
    split : callable
        ``split(instance)`` returns the children, whatever else is needed to put it together again (compared with ``==``), and the
        children's names.
    join : callable
        ``join(rest, children)`` returns an instance.

    Examples
    --------
    >>> from revad import grad
    >>> class Line:
    ...     def __init__(self, slope, offset):
    ...         self.slope, self.offset = slope, offset
    >>> register_pytree(Line, lambda l: ((l.slope, l.offset), None, ("slope", "offset")), lambda _, parts: Line(*parts))
    >>> grad(lambda line: line.slope * 3.0 + line.offset)(Line(1.0, 2.0)).slope
    3.0
    """
    import optree

    optree.register_pytree_node(cls, split, join, namespace=_NAMESPACE, path_entry_type=optree.GetAttrEntry)  # pyright: ignore[reportArgumentType]


def register_dataclass(cls: type) -> None:
    """Register a dataclass as a container of its fields."""
    names = [field.name for field in dataclasses.fields(cls)]

    def split(instance: Any) -> tuple[tuple[Any, ...], None, tuple[str, ...]]:
        return tuple(getattr(instance, name) for name in names), None, tuple(names)

    def join(_: None, values: tuple[Any, ...]) -> Any:
        instance = object.__new__(cls)
        for name, value in zip(names, values, strict=True):
            object.__setattr__(instance, name, value)
        return instance

    register_pytree(cls, split, join)


def _first(leaves: list[Any]) -> Any:
    return leaves[0]
