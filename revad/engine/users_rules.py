"""What a rule that a user wrote may return, so that a mistake in it is an error and not a wrong number.

revad's own rules are tested, one by one, to return what `project` can put into the argument's space. A user's rule may return
anything. `project` would sum any shape down and drop any imaginary part, so it asks here first.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from revad.base.arrays import is_inexact, is_labelled
from revad.engine.handles import Tracked, plain
from revad.operations.operation import BROADCASTING, EXACT, Users

Shape = Sequence[int]
_measured: ContextVar[bool] = ContextVar("revad_measured", default=False)


@contextmanager
def taken_as_they_are() -> Generator[None, None, None]:
    """Let users' rules lose derivatives inside the block: whoever compares numbers shows what comes of it."""
    token = _measured.set(True)
    try:
        yield
    finally:
        _measured.reset(token)


def may_lose() -> bool:
    """Return whether users' rules may lose derivatives for now."""
    return _measured.get()


def is_plain(value: Any) -> bool:
    """Return whether what has a shape computes as NumPy's arrays do; matrices, Series, sparse matrices do not."""
    if isinstance(value, np.ndarray):
        return type(value) is np.ndarray
    return isinstance(value, (np.generic, Tracked)) or (hasattr(type(value), "__array_function__") and not is_labelled(value))


def may_return(users: Users, got: Shape, shape: Shape, given: Any) -> bool:
    """Return whether summing a rule's result down to the argument's shape undoes a broadcast that the call has made.

    It does where the result has the output's shape, or the one that the argument and an array that the rule asked for broadcast
    to. And it does where the function works on stacks, as `np.matmul`: the result then has the output's leading axes followed by
    the argument's own, and an array that the rule asked for has the axes that the argument lacks.
    """
    if users.fits is EXACT or len(got) < len(shape):
        return False
    outputs = [np.shape(part) for part in _parts(given[:1])]
    if tuple(got) in outputs:
        return True
    if users.fits is not BROADCASTING:
        return False
    others = list(_shapes(given[1:]))
    if any(broadcast(shape, other) == tuple(got) for other in others):
        return True
    lacking = len(got) - len(shape)
    summed = [i for i, n in enumerate(got) if i < lacking or shape[i - lacking] != n]
    stacked = summed[-1] + 1
    return any(
        output[:stacked] == tuple(got[:stacked]) and any(_has_axes(other, got, summed) for other in others)
        for output in outputs
    )


def may_push(users: Users, tangent: Any, given: Any) -> bool:
    """Return whether broadcasting a rule's result up to the output's shape repeats a broadcast that the call has made.

    It does where the result has the shape of the argument, or of the arguments that move together, or the one that it and an array
    that the rule asked for broadcast to. Zero has all shapes.
    """
    got = np.shape(tangent)
    if got == () and not isinstance(tangent, Tracked) and tangent == 0:
        return True
    moved = [np.shape(part) for part in _parts(given[:1])]
    known = [*moved, *_shapes(given[1:])]
    return users.fits is not EXACT and any(broadcast(one, other) == got for one in moved for other in known)


def broadcast(one: Shape, other: Shape) -> tuple[int, ...] | None:
    """Return the shape that two shapes broadcast to, None where they do not."""
    try:
        return np.broadcast_shapes(tuple(one), tuple(other))
    except ValueError:
        return None


def _has_axes(other: Shape, got: Shape, axes: list[int]) -> bool:
    """Return whether a shape has some axes of another, by position from the left, or from the right if it is a shorter one."""
    lacking = max(len(got) - len(other), 0)
    return lacking <= axes[0] and all(other[i - lacking] == got[i] for i in axes)


def has_imaginary_part(g: Any, given: Any) -> bool:
    """Return whether a result for a real argument is complex beyond rounding although nothing complex went in.

    Where the output or another argument is complex, the real part of the result is the derivative (see `project`).
    """
    parts = [plain(part) for part in _parts(given)]
    if any(np.iscomplexobj(part) for part in parts):
        return False
    value = np.asarray(plain(g))
    size = max([float(np.max(np.abs(part), initial=0.0)) for part in [value, *[plain(part) for part in _parts(given[:1])]]])
    return bool(np.max(np.abs(np.imag(value)), initial=0.0) > np.sqrt(np.finfo(value.dtype).eps) * size)


def _parts(values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, (list, tuple)) and not hasattr(value, "dtype"):
            yield from _parts(value)
        elif isinstance(value, dict):
            yield from _parts(value.values())
        elif is_inexact(value):
            yield value


def _shapes(values: Any) -> Iterator[tuple[int, ...]]:
    """Iterate over the shapes of the arrays among what was kept, of which the rule may have asked for the `Aval` only."""
    for value in values:
        if hasattr(value, "shape"):
            yield tuple(value.shape)
        elif isinstance(value, (list, tuple)):
            yield from _shapes(value)
