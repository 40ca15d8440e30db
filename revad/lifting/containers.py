"""Lists, tuples and dicts of the user's functions and objects, as lifted code sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from revad.errors import InPlaceError

_WRITES = (
    *("__setitem__", "__delitem__", "__iadd__", "__imul__", "__ior__", "append", "extend", "insert", "pop", "popitem"),
    *("remove", "clear", "sort", "reverse", "update", "setdefault"),
)


def _refuse(name: str) -> Callable[..., Any]:
    def refuse(self: Any, *args: Any, **kwargs: Any) -> Any:
        kind = "dict" if isinstance(self, dict) else "list"
        raise InPlaceError(
            f"{name}: lifted code would change a {kind} of functions or objects that was made outside; "
            "it sees a lifted copy. Make the change before, or make the container inside the lifted function."
        )

    refuse.__name__ = name
    return refuse


class LiftedList(list[Any]):
    """A list whose items are lifted."""

    locals().update({name: _refuse(name) for name in _WRITES if hasattr(list, name)})


class LiftedDict(dict[Any, Any]):
    """A dict whose values are lifted."""

    locals().update({name: _refuse(name) for name in _WRITES if hasattr(dict, name)})


def lift_items(container: Any, lift: Callable[[Any], Any]) -> Any:
    """Return a list, tuple or dict with its items lifted; the very same where the first item needs no lifting."""
    kind = type(container)
    first = next(iter(container.values() if kind is dict else container), None)
    if first is None or lift(first) is first:
        return container
    if kind is dict:
        return LiftedDict({key: lift(value) for key, value in container.items()})
    items = [lift(item) for item in container]
    return tuple(items) if kind is tuple else LiftedList(items)
