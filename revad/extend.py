"""Add operations: the registry's verbs under public names, `primitive` functions, and `custom_vjp` in JAX's style.

The verbs `elementwise`, `linear`, `vjp`, `vjp_joint`, `composite`, `nondiff` and `unsupported` work on any NumPy (or other
protocol-speaking) function and on what `primitive` returns. See :mod:`revad.operations.registry` for what a rule looks like.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from revad.base.arrays import is_inexact
from revad.base.aval import Aval as Aval
from revad.base.extras import need as need
from revad.base.trees import flatten
from revad.base.trees import register_pytree as register_pytree
from revad.engine.dispatch import find_top, process
from revad.engine.handles import Tracked, keep, level_of
from revad.engine.record import is_on
from revad.errors import ArgumentError, RuleError
from revad.operations.operation import NONDIFF as NONDIFF
from revad.operations.operation import ONE as ONE
from revad.operations.operation import whole
from revad.operations.protocol import own
from revad.operations.registry import composite as composite
from revad.operations.registry import elementwise as elementwise
from revad.operations.registry import linear as linear
from revad.operations.registry import nondiff as nondiff
from revad.operations.registry import unsupported as unsupported
from revad.operations.registry import vjp as vjp
from revad.operations.registry import vjp_joint as vjp_joint
from revad.typing import Array

__all__ = [
    "NONDIFF",
    "ONE",
    "Aval",
    "composite",
    "custom_vjp",
    "elementwise",
    "linear",
    "need",
    "nondiff",
    "primitive",
    "register_pytree",
    "unsupported",
    "vjp",
    "vjp_joint",
]


def primitive(f: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function of arrays an operation of its own: it is called on plain values, and its rules say how to differentiate it.

    Parameters
    ----------
    f : callable
        Takes arrays (positional or by keyword) and returns an array or a tuple of arrays. It may do anything: call compiled code,
        write in place, use other libraries.

    Returns
    -------
    callable
        Like ``f``, to be given rules with `revad.extend.vjp` and the other verbs, under the names of its parameters.

    Examples
    --------
    >>> import math
    >>> import revad
    >>> @revad.primitive
    ... def erf(x):
    ...     return math.erf(x)
    >>> revad.extend.elementwise(erf, lambda x: 2 / math.sqrt(math.pi) * np.exp(-(x**2)))
    >>> revad.grad(erf)(0.0) == 2 / math.sqrt(math.pi)
    True
    """
    return own(f)


class custom_vjp:  # noqa: N801  (reads as a decorator)
    """Give a function a pull-back of its own (a decorator, in JAX's style).

    Parameters
    ----------
    f : callable
        The function. Arguments and output may be pytrees.
    nondiff_argnums : tuple of int
        Positions of arguments that are not differentiated (functions, strings, options); they are passed first to ``bwd``.

    Examples
    --------
    >>> import revad
    >>> @revad.custom_vjp
    ... def clipped(x):
    ...     return x
    >>> def forward(x):
    ...     return x, None  # output, residuals
    >>> def backward(residuals, g):
    ...     return (np.clip(g, -1.0, 1.0),)  # one cotangent per argument
    >>> clipped.defvjp(forward, backward)
    >>> revad.grad(lambda x: 5.0 * clipped(x))(2.0)
    1.0
    """

    def __init__(self, f: Callable[..., Any], nondiff_argnums: tuple[int, ...] = ()) -> None:
        self.f = f
        self.nondiff_argnums = nondiff_argnums
        self.fwd: Callable[..., Any] | None = None
        self.bwd: Callable[..., Any] | None = None
        self.takes_needs = False
        functools.update_wrapper(self, f)

    def defvjp(self, fwd: Callable[..., Any], bwd: Callable[..., Any]) -> None:
        """Set the rules: ``fwd(*args) -> (output, residuals)`` and ``bwd(*nondiff, residuals, g) -> tuple of cotangents``.

        A ``bwd`` with a parameter ``needs`` is told which of the cotangents are used, one bool for each; the others may be None.
        """
        self.fwd, self.bwd = fwd, bwd
        self.takes_needs = "needs" in inspect.signature(bwd).parameters

    def __call__(self, *args: Any) -> Any:
        """Call the function; tracked arguments are differentiated by ``bwd``."""
        static = {i % len(args): args[i] for i in self.nondiff_argnums}
        moving = tuple(arg for i, arg in enumerate(args) if i not in static)
        leaves, rebuild = flatten(moving)
        top = find_top(leaves)
        if top is None:
            return self.f(*args)
        if self.fwd is None or self.bwd is None:
            raise RuleError(f"custom_vjp: call {self._name}.defvjp(fwd, bwd) before differentiating {self._name}.")
        fwd, bwd = self.fwd, self.bwd
        residuals: Any = None
        rebuild_output: Any = None

        def run(*values: Any) -> list[Any]:
            nonlocal residuals, rebuild_output
            moved = iter(rebuild(list(values)))
            result = fwd(*[static[i] if i in static else next(moved) for i in range(len(args))])
            if not (isinstance(result, tuple) and len(result) == 2):
                raise RuleError(
                    f"custom_vjp: fwd of {self._name} must return (output, residuals), not {type(result).__name__}."
                )
            output, residuals = result
            outputs, rebuild_output = flatten(output)
            return outputs

        level = level_of(top)
        options = (
            {"needs": tuple([any(is_on(leaf, level) for leaf in flatten(a)[0]) for a in moving])} if self.takes_needs else {}
        )

        def pull(g: Array, leaves: Any) -> list[Any]:
            cotangents = bwd(*static.values(), residuals, rebuild_output(list(g)), **options)
            if not isinstance(cotangents, (tuple, list)) or len(cotangents) != len(moving):
                raise RuleError(
                    f"custom_vjp: bwd of {self._name} must return a tuple of {len(moving)} cotangents, one per argument, "
                    f"not {type(cotangents).__name__}{f' of {len(cotangents)}' if isinstance(cotangents, (tuple, list)) else ''}."
                )
            flat = [part for arg, c in zip(moving, cotangents, strict=True) for part in self._matched(arg, c)]
            return [_cotangent(part, leaf) for part, leaf in zip(flat, leaves, strict=True)]

        kept = tuple(leaf if isinstance(leaf, Tracked) else keep(leaf) for leaf in leaves)
        operation = whole(self._name, run, pull)
        outputs = process(top, operation, kept, {})
        return rebuild_output(outputs)

    @property
    def _name(self) -> str:
        return getattr(self.f, "__name__", "f")

    def _matched(self, arg: Any, cotangent: Array) -> list[Any]:
        wanted = flatten(arg)[0]
        got = [None] * len(wanted) if cotangent is None else flatten(cotangent)[0]
        if len(wanted) != len(got):
            raise ArgumentError(
                f"custom_vjp: bwd of {self._name} returned a cotangent with {len(got)} leaves for an argument with {len(wanted)}."
            )
        return got


def _cotangent(part: Any, leaf: Any) -> Any:
    """Return the cotangent of one leaf: zeros for None, nothing for a leaf without derivative."""
    if not is_inexact(leaf):
        return None
    return np.zeros_like(leaf) if part is None else part
