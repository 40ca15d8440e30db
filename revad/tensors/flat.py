"""`Flat`: what ``t.flat`` gives."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from revad.engine import overlaps
from revad.engine.dispatch import apply
from revad.operations.writing import flat_key
from revad.tensors import calls


class Flat:
    """An iterator over the elements in row-major order, readable by index and assignable, as `numpy.flatiter`.

    An element is read when it is asked for, so a loop sees what it has written.
    """

    __slots__ = ("base", "index")
    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __init__(self, tensor: Any) -> None:
        self.base = tensor
        self.index = 0

    @property
    def coords(self) -> tuple[int, ...]:
        """The index of the next element in the array."""
        shape = self.base.shape
        return tuple(int(i) for i in np.unravel_index(self.index, (shape[0] + 1, *shape[1:]))) if shape else ()

    def __len__(self) -> int:
        return self.base.size

    def __iter__(self) -> Flat:
        return self

    def __next__(self) -> Any:
        if self.index >= len(self):
            raise StopIteration
        self.index += 1
        return self._at(self.index - 1)

    def _at(self, number: int) -> Any:
        tensor, key = flat_key(self.base, number)
        return tensor[key]

    def copy(self) -> Any:
        """Return the elements as an array of one axis."""
        return apply(np.copy, (apply(np.ravel, (self.base,), {}),), {})

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        return self.base.__array__(*args, **kwargs)

    def __getitem__(self, key: Any) -> Any:
        self.index = 0
        if is_integer(key):
            return self._at(self._checked(key))
        return np.copy(apply(np.ravel, (self.base,), {})[key])

    def __setitem__(self, key: Any, value: Any) -> None:
        self.index = 0
        if is_integer(key):
            if np.ndim(value):
                raise ValueError("Error setting single item of array.")
            target, place = flat_key(self.base, self._checked(key))
            target[place] = value
        elif overlaps.overlap(self.base, (value,)):
            overlaps.move(lambda target, elements: operator.setitem(target.flat, key, elements), self.base, value)
        else:
            calls.call(np.put, (self.base, np.arange(len(self))[key], value), {})

    def _checked(self, key: Any) -> int:
        number, size = operator.index(key), len(self)
        if not -size <= number < size:
            raise IndexError(f"index {number} is out of bounds for size {size}")
        return number % size

    def __eq__(self, other: object) -> Any:
        return self.copy() == other

    def __ne__(self, other: object) -> Any:
        return self.copy() != other

    def __lt__(self, other: Any) -> Any:
        return self.copy() < other

    def __le__(self, other: Any) -> Any:
        return self.copy() <= other

    def __gt__(self, other: Any) -> Any:
        return self.copy() > other

    def __ge__(self, other: Any) -> Any:
        return self.copy() >= other


def is_integer(key: Any) -> bool:
    """Return whether a key is one number; a bool is a mask."""
    return isinstance(key, (int, np.integer)) and not isinstance(key, bool)
