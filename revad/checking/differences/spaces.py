"""Function calls as maps between real vectors, the form in which derivatives are compared.

A `Space` lays leaves of any shape, real or complex, out in one real vector and names each entry. A `Mapping` is a function from
leaves to leaves between two such spaces. `mappings` makes one of a call. A complex number counts as
two real ones; a cotangent, du/dx − i du/dy, as the pair (du/dx, du/dy), so that pairing it with a tangent is a dot product.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from revad.base.aval import Aval, aval_of
from revad.errors import ArgumentError

Vector = np.ndarray[Any, np.dtype[Any]]


class Part(NamedTuple):
    """Where one leaf lies in the vector."""

    label: str
    aval: Aval
    kind: type
    start: int
    stop: int

    @property
    def is_complex(self) -> bool:
        """Whether the leaf takes two real entries for each of its own."""
        return self.aval.dtype.kind == "c"


class Space:
    """The real vector space that a list of leaves lives in.

    Parameters
    ----------
    leaves : list
        Floating or complex numbers and arrays.
    labels : list of str
        A name for each leaf.
    """

    def __init__(self, leaves: list[Any], labels: list[str]) -> None:
        self.parts: list[Part] = []
        self.size = 0
        for leaf, label in zip(leaves, labels, strict=True):
            aval = aval_of(leaf)
            stop = self.size + aval.size * (2 if aval.dtype.kind == "c" else 1)
            self.parts.append(Part(label, aval, type(leaf), self.size, stop))
            self.size = stop
        self.labels = labels
        reals = [np.finfo(part.aval.dtype).dtype for part in self.parts]  # of a complex dtype, the dtype of its parts
        self.dtype = np.result_type(np.float64, *reals)  # double, or longer where a leaf is
        self.eps = max((float(np.finfo(dtype).eps) for dtype in reals), default=0.0)  # rounding unit of the coarsest leaf

    def vector(self, leaves: list[Any]) -> Vector:
        """Return leaves as one vector; ValueError if they are not of this space."""
        out = np.empty(self.size, self.dtype)
        for part, leaf in zip(self.parts, leaves, strict=True):
            value = np.asarray(leaf)
            if value.shape != part.aval.shape or (value.dtype.kind == "c" and not part.is_complex):
                raise ValueError(f"{part.label} is no longer of {part.aval}, but of {aval_of(value)}")
            middle = part.start + part.aval.size
            out[part.start : middle] = np.real(value).ravel()
            if part.is_complex:
                out[middle : part.stop] = np.imag(value).ravel()
        return out

    def leaves(self, vector: Vector, *, wide: bool = False) -> list[Any]:
        """Return a vector as leaves, in their own dtypes or (``wide``) in double precision at least; complex if it is so."""
        return [self._leaf(part, vector[part.start : part.stop], wide=wide) for part in self.parts]

    def _leaf(self, part: Part, entries: Vector, *, wide: bool) -> Any:
        size, (shape, dtype) = part.aval.size, part.aval
        value = entries[:size] + 1j * entries[size:] if part.is_complex else entries
        dtype = np.result_type(dtype, np.float64) if wide else dtype
        value = np.array(value, np.result_type(dtype, value.dtype) if value.dtype.kind == "c" else dtype).reshape(shape)
        if issubclass(part.kind, (float, complex)) and not issubclass(part.kind, np.generic):
            return value[()].item()
        return value if issubclass(part.kind, np.ndarray) else value[()]

    @staticmethod
    def stack(points: list[list[Any]]) -> list[Any]:
        """Return the leaves of several points as one list of leaves, whose first axis counts the points."""
        return [np.stack([np.asarray(leaf) for leaf in leaves]) for leaves in zip(*points, strict=True)]

    def flip(self, vector: Vector) -> Vector:
        """Return the vector with imaginary entries negated: from a cotangent to its pair of derivatives, and back."""
        out = vector.copy()
        for part in self.parts:
            if part.is_complex:
                out[part.start + part.aval.size : part.stop] *= -1
        return out

    def label(self, position: int) -> str:
        """Return the name of one entry, as in ``w['bias'][3]`` or ``z[0, 1].imag``."""
        part = next(part for part in self.parts if part.start <= position < part.stop)
        offset = position - part.start
        index = np.unravel_index(offset % part.aval.size, part.aval.shape)
        where = f"[{', '.join(str(int(i)) for i in index)}]" if index else ""
        return part.label + where + (("", ".imag")[offset >= part.aval.size] or ".real" if part.is_complex else "")

    def scales(self, vector: Vector) -> Vector:
        """Return how far each entry may be moved: its own size; if it is (almost) zero, part of its leaf's typical size."""
        out = np.ones_like(vector)
        for part in self.parts:
            finite = np.abs(vector[part.start : part.stop])
            finite = np.where(np.isfinite(finite), finite, 0.0)
            typical = float(np.sqrt(np.mean(finite**2))) if finite.size else 0.0
            near_zero = np.where(finite == 0, 0.1, 1e-6) * typical
            out[part.start : part.stop] = np.maximum(finite, near_zero) if typical > 0 else 1.0
        return out


class Mapping(NamedTuple):
    """A function from leaves to a list of leaves, at a point."""

    name: str
    function: Callable[..., list[Any]]
    leaves: list[Any]
    inputs: Space
    outputs: Space
    point: Vector  # the leaves as a vector
    value: Vector  # the outputs as a vector, computed in double precision
    stacked: Callable[..., list[Any]] | None = None  # the function of leaves with a further, first axis that counts points

    def at(self, vector: Vector) -> Vector:
        """Return the function's value at another point, computed in at least double precision."""
        return self.outputs.vector(self.function(*self.inputs.leaves(vector, wide=True)))

    def at_many(self, points: Vector) -> Vector:
        """Return the function's values, shape (points, outputs), at the rows of an array: in one call if it takes a stack."""
        if self.stacked is None:
            return np.stack([self.at(point) for point in points])
        found = self.stacked(*self.inputs.stack([self.inputs.leaves(point, wide=True) for point in points]))
        return np.stack([self.outputs.vector([leaf[i] for leaf in found]) for i in range(len(points))])


def mapping(
    name: str, function: Callable[..., list[Any]], leaves: list[Any], labels: list[str], out_labels: list[str]
) -> Mapping:
    """Return a function of leaves as a `Mapping`; it is run to see what comes out.

    Parameters
    ----------
    name : str
        Stands in messages.
    function : callable
        From leaves to a list of leaves, all floating or complex.
    leaves, labels : list
        The point, and the names of its leaves.
    out_labels : list of str
        Names of the outputs.

    Raises
    ------
    ArgumentError
        Two runs at the same point gave different values.
    """
    inputs = Space(leaves, labels)
    point = inputs.vector(leaves)
    outputs = function(*inputs.leaves(point, wide=True))
    space = Space(outputs, out_labels)
    value = space.vector(outputs)
    result = Mapping(name, function, leaves, inputs, space, point, value)
    if not np.array_equal(value, result.at(point), equal_nan=True):
        raise ArgumentError(
            f"{name} returned different values for the same arguments, so it has no derivative to check: it draws random "
            "numbers or keeps state. Make its generator inside the function, from a fixed seed."
        )
    return result
