"""Functions that move elements one after another, such as ``a.flat[1:] = a``, where what they read lies in what they write.

Most of NumPy's functions copy an operand that overlaps what they write; a few read elements that they have written just before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from revad.base.arrays import copied
from revad.engine import views
from revad.engine.dispatch import apply
from revad.engine.handles import Tracked, plain
from revad.errors import InPlaceError
from revad.operations.writing import Step, take_step


def overlap(target: Any, values: Any) -> bool:
    """Return whether a tracked value, or an item of a list of them, lies in the memory of a target."""
    base, _ = trail(target)
    return any(isinstance(value, Tracked) and trail(value)[0] is base for value in values)


def trail(handle: Any) -> tuple[Any, list[Step]]:
    """Return what a handle is a view of in the end, and the steps from there."""
    steps: list[Step] = []
    while (view := getattr(handle, "_view", None)) is not None:
        steps.append(view[1:])
        handle = view.base
    return handle, steps[::-1]


def move(function: Callable[..., None], target: Tracked, *values: Any) -> None:
    """Perform ``function(target, *values)``, which puts elements of the values into the target.

    NumPy itself performs it, on the numbers of the elements in arrays that lie in memory in the same way. The numbers that it
    leaves say which element each place receives; so the write is that of a gather.
    """
    base, steps = trail(target)
    numbers = _numbered(plain(base))
    count = numbers.size
    pool = [apply(np.ravel, (base,), {})]
    stand_ins: list[Any] = []
    for value in values:
        root, way = trail(value)
        if root is base:
            stand_ins.append(_follow(numbers, way))
        else:
            size = np.size(value)
            stand_ins.append(np.arange(count, count + size).astype(numbers.dtype).reshape(np.shape(value)))
            pool.append(np.ravel(value))
            count += size
    function(_follow(numbers, steps), *stand_ins)
    found = np.real(numbers).astype(np.intp).reshape(-1)
    moved = np.flatnonzero(found != np.arange(found.size))
    if moved.size:
        elements = pool[0] if len(pool) == 1 else apply(np.concatenate, (pool,), {})
        key = np.unravel_index(moved, np.shape(numbers))
        views.write(base, key, elements[found[moved]])


def _numbered(array: np.ndarray) -> Any:
    """Return the numbers of an array's elements, as elements of the same size that lie in memory in the same way."""
    numbers: Any = copied(array)
    if array.itemsize in (4, 8):
        numbers = numbers.view(f"i{array.itemsize}")
    elif array.dtype.kind == "f" and array.itemsize < 4 and array.size > 1024:
        refuse(f"an array of dtype {array.dtype}")
    numbers[...] = np.arange(array.size).reshape(array.shape)
    return numbers


def _follow(numbers: Any, steps: list[Step]) -> Any:
    for step in steps:
        if step[0] in (np.real, np.imag):
            refuse("the real or imaginary part of an array")
        numbers = take_step(step, numbers)
    return numbers


def refuse(what: str) -> None:
    """Refuse a function whose result would depend on the order in which it reads and writes."""
    raise InPlaceError(
        f"{what} is written with elements of its own memory by a function that reads and writes them in turn, so that the result "
        "depends on the order. Give it a copy of what it reads, `v.copy()`."
    )
