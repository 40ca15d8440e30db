"""`Front`: an array with the batch axis in front, as batching rules see the arguments that are batched."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.base.arrays import CONTAINERS
from revad.typing import Array


class Front:
    """A batched argument of a call: the array with its batch axis in front. Shape and rank are those of one example."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one example."""
        return self.value.shape[1:]

    @property
    def ndim(self) -> int:
        """Rank of one example."""
        return self.value.ndim - 1

    @property
    def dtype(self) -> Any:
        """Element type."""
        return self.value.dtype


class Whole:
    """A result that is the same for the whole batch and no array: a name, a dtype, None."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def is_batched(value: Any) -> bool:
    """Return whether an argument is batched, or a list or tuple with such an item."""
    return type(value) is Front or (type(value) in CONTAINERS and any(map(is_batched, value)))


def rank(value: Any) -> int:
    """Return the rank of one example of an argument."""
    return value.ndim if hasattr(value, "ndim") else np.ndim(value)


def raised(value: Front, ndim: int) -> Any:
    """Return a batched array whose examples have a rank, by axes of length one behind the batch axis."""
    array = value.value
    missing = ndim - (array.ndim - 1)
    if missing <= 0:
        return array
    return np.reshape(array, (array.shape[0],) + (1,) * missing + array.shape[1:])


def spread(value: Any, size: int) -> Any:
    """Return an argument with its batch axis; one that is not batched is repeated, without a copy."""
    if type(value) is Front:
        return value.value
    if type(value) in CONTAINERS:
        value = (
            np.stack([np.asarray(v) if isinstance(v, (int, float, complex)) else v for v in value])
            if not is_batched(value)
            else None
        )
    return np.broadcast_to(value, (size, *np.shape(value)))


def flat(value: Front) -> Any:
    """Return a batched array with each example collapsed to one axis."""
    array = value.value
    return np.reshape(array, (array.shape[0], -1)) if array.size else np.reshape(array, (array.shape[0], _count(value.shape)))


def _count(shape: tuple[int, ...]) -> int:
    size = 1
    for n in shape:
        size *= n
    return size


def axis_in(axis: Any, ndim: int) -> int:
    """Return the place of an example's axis in a batched array."""
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis % ndim + 1


def example(value: Any, i: int) -> Any:
    """Return an argument of one example."""
    if type(value) is Front:
        return value.value[i]
    if type(value) in CONTAINERS and is_batched(value):
        return type(value)([example(item, i) for item in value])
    if type(value) is slice and any(map(is_batched, (value.start, value.stop, value.step))):
        return slice(*(example(part, i) for part in (value.start, value.stop, value.step)))
    return value


def bound(names: tuple[str, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return a call's arguments by name, in the order given."""
    return {**dict(zip(names, args, strict=False)), **kwargs}


def only_first(args: tuple[Any, ...], kwargs: dict[str, Any], but: Array = ()) -> bool:
    """Return whether nothing but the first argument is batched."""
    return (
        bool(args)
        and type(args[0]) is Front
        and not any(map(is_batched, args[1:]))
        and not any(is_batched(value) for name, value in kwargs.items() if name not in but)
    )
