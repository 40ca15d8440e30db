"""Words for signatures: what a parameter is, where Python's types cannot say it.

NumPy's own stubs know `ndarray` alone, while an array here may be tracked, captured, or of another library that speaks NumPy's protocols.
So `Array` and its kin are names for readers; to a type checker they are `Any`. The others are checked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = Any
"""An `ndarray`, a tracked value, or any array that speaks NumPy's protocols; a NumPy or Python number where it may be 0-d."""

ArrayLike: TypeAlias = Any
"""An `Array`, or whatever NumPy reads as one: numbers and nested lists of them."""

Scalar: TypeAlias = Any
"""A Python or NumPy number, or a tracked one."""

PyTree: TypeAlias = Any
"""A number or array, or any nesting of tuples, lists, dicts, namedtuples and dataclasses of them."""

Index: TypeAlias = Any
"""What NumPy takes between square brackets."""

Function: TypeAlias = Callable[..., Any]
"""A function of arrays."""

Ufunc: TypeAlias = Any
"""A universal function; NumPy's stubs know the attributes of each by itself only."""

Axis: TypeAlias = int | tuple[int, ...] | None
"""One axis, several, or all of them."""

Shape: TypeAlias = tuple[int, ...]
"""The length along each axis."""

ShapeLike: TypeAlias = int | Sequence[int]
"""A shape, or the length of the only axis."""

DType: TypeAlias = np.dtype[Any]
"""The type of an array's elements."""
