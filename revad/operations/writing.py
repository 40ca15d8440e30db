"""Writes into part of an array as a plain function: `write_at`, which the engine records for ``x[key] = value`` and its kin.

`index_update` and `index_add` are short names for the two writes into a copy. The part may lie behind views: in ``x.T[0][1:] = v`` the steps lead from ``x`` to ``x.T[0]``, and the key is ``1:``. A step is
what a view remembers of how it was read, ``(function, args, position, kwargs, item)``: the function's arguments with a gap at the
position where the array stood, and which of several outputs it was.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from revad.base.arrays import copied
from revad.operations.indexing import add_at, in_order
from revad.operations.protocol import own
from revad.typing import Array, Index

Step: TypeAlias = tuple[Any, tuple[Any, ...], int | str, dict[str, Any], int | None]


def take_step(step: Step, x: Array) -> Any:
    """Read the view of an array that a step describes."""
    function, args, position, kwargs, item = step
    if isinstance(position, int):
        args = (*args[:position], x, *args[position + 1 :])
    else:
        kwargs = {**kwargs, position: x}
    whole = function(*args, **kwargs)
    return whole if item is None else whole[item]


def locate(x: Array, steps: tuple[Step, ...], key: Index) -> tuple[Any, Any]:
    """Return a view of ``x``, and the key in it, that the steps and the key lead to.

    A step may copy where it did not on another array, as a reshape does if the elements lie in another order, or show an element
    several times, as sliding windows do. Then the elements are found by their numbers.
    """
    if not steps:
        return x, key
    target = x
    for step in steps:
        target = take_step(step, target)
    if np.may_share_memory(target, x) and not any(step[0] is sliding_window_view for step in steps):
        return target, key
    numbers = np.reshape(np.arange(np.size(x)), np.shape(x))
    target = x
    for step in steps:
        if step[0] in (np.real, np.imag):
            target = take_step(step, target)
        else:
            numbers = take_step(step, numbers)
    return target, np.unravel_index(numbers[key], np.shape(x))


@own
def write_at(x: Array, steps: tuple[Step, ...], key: Index, value: Any, adds: bool = False, spare: bool = False) -> Any:  # noqa: FBT001, FBT002
    """Write into a view of an array; return the array with the view's elements at ``key`` set to ``value``.

    Parameters
    ----------
    x : array_like
        What the view is of.
    steps : tuple
        How the view is read from ``x``; empty for ``x`` itself.
    key : index expression
        Where to write in the view.
    value : array_like
        Cast to the dtype of ``x``.
    adds : bool
        Add the value instead; repeated indices add up, as in ``np.add.at``.
    spare : bool
        Nobody needs ``x`` as it was: write into its memory. Otherwise into a copy.

    Returns
    -------
    ndarray
        ``x`` itself, or the copy.

    Examples
    --------
    >>> write_at(np.zeros((2, 2)), ((np.transpose, (None,), 0, {}, None),), 0, 5.0)
    array([[5., 0.],
           [5., 0.]])
    """
    if not spare:
        x = copied(x) if type(x) is np.ndarray else np.copy(x)
    target, key = locate(x, steps, key)
    if adds:
        add_at(target, key, value)
    else:
        key, value = in_order(key, value)
        target[key] = value
    return x


def index_update(x: Array, key: Index, value: Any) -> Any:
    """Return a copy of ``x`` in which ``x[key]`` is ``value``, cast to the dtype of ``x``.

    Examples
    --------
    >>> index_update(np.zeros(3), slice(1, None), 5.0)
    array([0., 5., 5.])
    """
    return write_at(x, (), key, value)


def index_add(x: Array, key: Index, value: Any) -> Any:
    """Return a copy of ``x`` with ``value`` added at ``key``; repeated indices add up, as in ``np.add.at``.

    Examples
    --------
    >>> index_add(np.zeros(3), [0, 0], 5.0)
    array([10.,  0.,  0.])
    """
    return write_at(x, (), key, value, adds=True)
