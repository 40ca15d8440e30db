"""NumPy's ways to call a Python function for every element, with tracked elements: `vectorize` and `frompyfunc`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from revad.errors import ArgumentError
from revad.numpy.buffers import plain
from revad.numpy.creation import array, holds_tracked
from revad.typing import Function


class vectorize(np.vectorize):  # noqa: N801  (NumPy's name)  # pyright: ignore[reportIncompatibleVariableOverride]
    """`numpy.vectorize`, which loops over the elements of tracked arrays itself.

    Examples
    --------
    >>> import revad
    >>> import revad.numpy as np
    >>> power = np.vectorize(lambda a, b: a**b if a > 0 else 0.0)
    >>> revad.grad(lambda x: np.sum(power(x, 3)))(np.array([1.0, -2.0, 3.0]))
    array([ 3.,  0., 27.])
    """

    signature: str | None
    excluded: Any
    pyfunc: Any
    otypes: str | None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the function's values for all elements."""
        if not hasattr(self, "pyfunc") or self.pyfunc is np._NoValue:  # made as a decorator with options  # pyright: ignore[reportAttributeAccessIssue]
            return super().__call__(*args, **kwargs)
        if not (holds_tracked(args) or holds_tracked(tuple(kwargs.values())) or _closes_over_tracked(self.pyfunc)):
            return super().__call__(*plain(args), **{name: plain(value) for name, value in kwargs.items()})
        places: list[Any] = [i for i in range(len(args)) if i not in set(self.excluded)]
        places += [name for name in kwargs if name not in set(self.excluded)]
        arrays = [array(args[at] if isinstance(at, int) else kwargs[at], copy=None) for at in places]
        inner, outer = _core_dimensions(self.signature) if self.signature else ([0] * len(arrays), None)
        if len(inner) != len(arrays):
            raise TypeError(f"wrong number of positional arguments: expected {len(inner)}, got {len(arrays)}")
        loops = np.broadcast_shapes(*[a.shape[: a.ndim - n] for a, n in zip(arrays, inner, strict=True)])
        if 0 in loops:
            raise ArgumentError(
                f"vectorize: the tracked arguments have no elements (shape {loops}), so the function cannot be called."
            )
        whole = [np.broadcast_to(a, loops + a.shape[a.ndim - n :]) for a, n in zip(arrays, inner, strict=True)]

        def call(index: tuple[int, ...]) -> Any:
            scalars = {at: a[index] for at, a in zip(places, whole, strict=True)}
            return self.pyfunc(
                *[scalars.get(i, arg) for i, arg in enumerate(args)],
                **{name: scalars.get(name, value) for name, value in kwargs.items()},
            )

        results = [call(index) for index in np.ndindex(*loops)]
        if not isinstance(results[0], tuple) or (outer == 1):
            return self._joined(results, loops, 0)
        return tuple(self._joined(list(parts), loops, i) for i, parts in enumerate(zip(*results, strict=True)))

    def _joined(self, results: list[Any], loops: tuple[int, ...], i: int) -> Any:
        joined = array(results)
        if self.otypes is not None:
            joined = joined.astype(self.otypes[i])
        return np.reshape(joined, loops + joined.shape[1:])


def _core_dimensions(signature: str) -> tuple[list[int], int]:
    """Return how many core dimensions each input of a signature such as ``(n),(n,m)->(m)`` has, and the number of outputs."""
    inputs, outputs = signature.replace(" ", "").split("->")
    cores = inputs[1:-1].split("),(")
    return [len(core.split(",")) if core else 0 for core in cores], outputs.count("(")


def _closes_over_tracked(function: Function) -> bool:
    cells = getattr(function, "__closure__", None) or ()
    return any(holds_tracked(cell.cell_contents) for cell in cells if _is_filled(cell))


def _is_filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def frompyfunc(func: Callable[..., Any], nin: int, nout: int, **options: Any) -> Callable[..., Any]:
    """Return a function that calls a Python function for every element; see `numpy.frompyfunc`.

    Parameters
    ----------
    func : callable
        Takes ``nin`` scalars.
    nin, nout : int
        Numbers of inputs and outputs.
    **options
        ``identity``, as for `numpy.frompyfunc`.

    Returns
    -------
    callable
        Plain arguments give arrays of objects, as with NumPy; tracked ones an array of floats.

    Examples
    --------
    >>> import revad
    >>> import revad.numpy as np
    >>> cube = np.frompyfunc(lambda x: x * x * x, 1, 1)
    >>> revad.grad(lambda x: np.sum(cube(x)))(np.array([1.0, 2.0]))
    array([ 3., 12.])
    """
    plainly = np.frompyfunc(func, nin, nout, **options)
    elements = vectorize(func)

    def called(*args: Any, **kwargs: Any) -> Any:
        return elements(*args) if holds_tracked(args) else plainly(*plain(args), **kwargs)

    called.__name__ = plainly.__name__
    return called
