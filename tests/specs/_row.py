"""One row of the operation table, and the arrays that rows are made of."""

from __future__ import annotations

from collections.abc import Callable
from inspect import unwrap
from typing import Any, NamedTuple

import numpy as np
from numpy.lib import NumpyVersion

from revad.operations.operation import Absent


class Row(NamedTuple):
    """A call to differentiate: every float or complex array among ``args`` is a differentiable argument."""

    name: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    order: int  # highest order of differentiation that is checked
    complex: bool  # also run with complex arrays in place of the real ones
    float32: bool  # also run in float32 and require float32 back
    tolerance: float  # allowed relative error against finite differences (central, float64)
    since: str  # the release of NumPy that has all of the call's arguments

    @property
    def is_callable(self) -> bool:
        """Whether the installed NumPy has the function and its arguments."""
        return type(unwrap(self.function)) is not Absent and NumpyVersion(np.__version__) >= self.since


class Const(NamedTuple):
    """An argument that is not differentiated although it is a float array."""

    value: Any


def row(
    function: Callable[..., Any],
    *args: Any,
    name: str = "",
    order: int = 2,
    complex: bool = False,
    float32: bool = True,
    tolerance: float = 1e-6,
    since: str = "2.0.0",
    **kwargs: Any,
) -> Row:
    """Return a row; its name is the function's, with the keywords behind it."""
    label = name or getattr(function, "__name__", "function")
    if kwargs and not name:
        label += "(" + ", ".join(f"{k}={v!r}"[:40] for k, v in kwargs.items()) + ")"
    return Row(label, function, args, kwargs, order, complex, float32, tolerance, since)


def _rng(shape: tuple[int, ...], salt: int) -> np.random.Generator:
    return np.random.default_rng([salt, *shape])


def real(*shape: int, salt: int = 0) -> np.ndarray:
    """Normal values; well separated from each other and from zero, so that no row sits on a kink by accident."""
    size = int(np.prod(shape))
    magnitudes = 0.3 + np.arange(size) * (2.0 / max(size, 1))
    signs = np.where(_rng(shape, salt + 1).random(size) < 0.5, -1.0, 1.0)
    return (_rng(shape, salt).permutation(magnitudes) * signs).reshape(shape)


def positive(*shape: int, salt: int = 0) -> np.ndarray:
    """Values between 0.3 and 2.3, all different."""
    return np.abs(real(*shape, salt=salt))


def unit(*shape: int, salt: int = 0) -> np.ndarray:
    """Values strictly inside (-1, 1), all different, away from zero."""
    return real(*shape, salt=salt) / 2.5


def complexes(*shape: int, salt: int = 0) -> np.ndarray:
    """Complex values with both parts away from zero."""
    return real(*shape, salt=salt) + 1j * real(*shape, salt=salt + 7)
