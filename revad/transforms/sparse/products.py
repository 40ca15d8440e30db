"""The products that a sparse matrix is made of: ``J v`` and ``uᵀ J`` of a function at one place, on flat vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from revad.base.aval import Aval, aval_of
from revad.base.trees import flatten
from revad.engine.handles import Tracked
from revad.errors import LostGradientError, NotDifferentiableError
from revad.transforms.arguments import Chosen
from revad.transforms.forward import jvp
from revad.transforms.recording import Recording
from revad.transforms.repetition import digest, not_repeated
from revad.transforms.reverse import grad
from revad.typing import Array


class Products:
    """Products with the Jacobian of ``f``, or with its Hessian, at the chosen leaves.

    Parameters
    ----------
    name : str
        The transformation, for messages.
    f : callable
        The function.
    chosen : Chosen
        Its arguments.
    hessian : bool
        Whether the matrix is that of the gradient.
    """

    def __init__(self, name: str, f: Callable[..., Any], chosen: Chosen, *, hessian: bool) -> None:
        self.name, self.f, self.chosen = name, f, chosen
        self.inputs = [aval_of(leaf) for leaf in chosen.leaves]
        check_plain_and_real(name, chosen.leaves, "argument")
        self.size = sum(aval.size for aval in self.inputs)
        self.dtype = np.result_type(*[aval.dtype for aval in self.inputs])

        def flat(*leaves: Any) -> Any:
            return chosen.call(f, list(leaves))

        self._function = grad(flat, tuple(range(len(chosen.leaves)))) if hessian else flat
        self._first: list[int] | None = None
        self._recording: Any = None

    def forward(self, v: Array) -> Any:
        """Return J v."""
        values, product = jvp(self._function, tuple(self.chosen.leaves), tuple(self._parts(v, self.inputs, self.chosen.leaves)))
        values, pushed = flatten(values)[0], flatten(product)[0]
        check_plain_and_real(self.name, values, "output")
        check_plain_and_real(self.name, pushed, "output")
        if self._first is None:
            self._first = digest(values)
        elif self._first != digest(values):
            raise not_repeated(self.name, self.f)
        return joined(pushed)

    def reverse(self, u: Array) -> Any:
        """Return uᵀ J."""
        if self._recording is None:
            self._recording = Recording(self.name, self.f, self.chosen, has_aux=False)
            check_plain_and_real(self.name, self._recording.values, "output")
        values = self._recording.values
        return joined(self._recording.pull(self._parts(u, [aval_of(value) for value in values], values)))

    def _parts(self, v: Array, avals: list[Aval], values: list[Any]) -> list[Any]:
        """Return a flat vector as one part for each value, in its shape and dtype."""
        parts: list[Any] = []
        start = 0
        for aval, value in zip(avals, values, strict=True):
            part = np.reshape(v[start : start + aval.size], aval.shape)
            dtype = aval.dtype if aval.dtype.kind == "f" else v.dtype
            parts.append(float(part) if type(value) is float else part.astype(dtype)[()])
            start += aval.size
        return parts


def joined(parts: list[Any]) -> Any:
    """Return arrays and numbers as one flat vector."""
    flat = [np.reshape(part, -1) for part in parts]
    return flat[0] if len(flat) == 1 else np.concatenate(flat) if flat else np.zeros(0)


def check_plain_and_real(name: str, values: list[Any], what: str) -> None:
    """Refuse what a matrix of SciPy cannot hold: tracked values, and complex ones, whose derivative is not one number."""
    for value in values:
        if isinstance(value, Tracked):
            raise LostGradientError(
                f"{name} of a tracked value (shape {value.shape}, dtype {value.dtype}): a matrix of SciPy cannot hold its derivative. "
                "Use revad.jacobian or revad.hessian inside a function that is differentiated, or products: revad.jvp, revad.hvp."
            )
        if aval_of(value).dtype.kind == "c":
            raise NotDifferentiableError(
                f"{name}: an {what} is complex ({aval_of(value).dtype}). Write the function with real and imaginary parts, or use "
                "revad.jacobian(holomorphic=True)."
            )
