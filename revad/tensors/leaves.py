"""The imperative way: leaves made by hand (`tensor`), recording switched off (`no_grad`), constants (`stop_gradient`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.base.arrays import check_plain, copied
from revad.base.trees import flatten
from revad.engine.blocks import Block
from revad.engine.handles import Tracked
from revad.engine.levels import note_cut
from revad.engine.watching import Pause, note_exit, paused
from revad.errors import LostGradientError, NotDifferentiableError
from revad.tensors.batched import Batched, batched
from revad.tensors.gradient import GradTensor, make_leaf
from revad.typing import Array


def tensor(data: Array, dtype: Any = None) -> GradTensor:
    """Return a leaf: a variable whose ``.grad`` is filled by ``backward()``.

    Parameters
    ----------
    data : array_like
        A number, an array, or nested lists of numbers; copied. Python ints become floats.
    dtype : dtype, optional
        A floating or complex dtype to convert to.

    Returns
    -------
    Tensor
        With ``.grad`` None until the first ``backward()``; later calls add to it, as in PyTorch. It can be pickled, with its ``.grad``.

    Raises
    ------
    NotDifferentiableError
        The data are an integer, bool, string or object array.

    Examples
    --------
    >>> import numpy as np, revad
    >>> w = revad.tensor([1.0, -2.0])
    >>> np.sum(w**2).backward()
    >>> w.grad
    array([ 2., -4.])
    >>> with revad.no_grad():
    ...     w -= 0.1 * w.grad
    >>> w
    Tensor([ 0.8, -1.6])
    """
    if isinstance(data, Tracked):
        raise LostGradientError(
            "revad.tensor(t) of a tracked value would make a new leaf and drop the derivative; use t itself, or t.detach()."
        )
    if isinstance(data, np.ndarray):
        check_plain(data, "revad.tensor")
    value: Any = np.array(data, dtype=dtype)
    if value.dtype.kind in "iu" and not isinstance(data, (np.ndarray, np.generic)) and dtype is None:
        value = value.astype(np.float64)
    if value.dtype.kind not in "fc":
        raise NotDifferentiableError(
            f"revad.tensor: dtype {value.dtype} (shape {value.shape}) has no derivative. Pass data.astype(float) or dtype=float; "
            "data that nobody differentiates needs no tensor, leave it a NumPy array."
        )
    if value.ndim == 0:
        value = float(value) if value.dtype == np.float64 else value[()]
    return make_leaf(value)


def no_grad() -> Block:
    """Switch recording off: inside the block, operations on existing tracked values return plain arrays.

    Transformations that start inside the block work as usual. Writes such as ``w -= rate * w.grad`` update a leaf and leave it
    a leaf. The block holds for this thread (and this asyncio task) only.
    In a generator it holds while the generator runs, and not for its caller while it is suspended; a context manager made of a
    generator (``contextlib.contextmanager``) passes it on to whoever enters it.

    Examples
    --------
    >>> import revad
    >>> x = revad.tensor(3.0)
    >>> with revad.no_grad():
    ...     print(isinstance(x * 2.0, float))
    True
    """
    return paused()


def stop_gradient(x: Array) -> Any:
    """Return a value as a constant: its derivative is zero at every order.

    Parameters
    ----------
    x : pytree
        Tracked or plain values.

    Returns
    -------
    pytree
        Plain arrays and floats (inside `revad.trace`, captured ones). Arrays are copies.

    Examples
    --------
    >>> from revad import grad, stop_gradient
    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
    leaves, rebuild = flatten(x)
    constants = rebuild([_constant(leaf) for leaf in leaves])
    if Pause.blocks:
        note_exit("stop_gradient", constants, leaves)
    return constants


def _constant(leaf: Array) -> Any:
    if type(leaf) is Batched:  # all examples' constants
        return batched(_constant(leaf._value), *leaf._node[1:])
    tracked = isinstance(leaf, Tracked)
    while isinstance(leaf, Tracked) and type(leaf).pausable:
        note_cut(leaf._node[1])
        leaf = leaf._value
    if type(leaf) is Batched:
        return _constant(leaf)
    return copied(leaf) if tracked and isinstance(leaf, np.ndarray) else leaf
