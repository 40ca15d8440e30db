"""One run of a function on a gradient level, ready to be pulled back; and the cotangents that are pulled back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from revad.base.arrays import is_inexact
from revad.base.aval import aval_of
from revad.base.trees import describe, flatten, same_structure
from revad.engine.backward import backward
from revad.engine.handles import Tracked, below, level_of, snapshot
from revad.engine.levels import close_level, next_level, open_level
from revad.engine.probes import node_number, node_of
from revad.engine.projection import project
from revad.engine.pulling import NanPolicy, is_ieee, own
from revad.engine.tape import leaf
from revad.errors import ArgumentError, CotangentError
from revad.tensors.gradient import make
from revad.transforms.arguments import Chosen, check_alive, check_output, constant_of, own_copy, zero_like
from revad.typing import Array, PyTree


class Recording:
    """One run of a function on a new gradient level: its output, and how to pull cotangents back to its inputs."""

    __slots__ = ("aux", "chosen", "ieee", "leaf_nodes", "level", "nodes", "output", "rebuild", "values")

    def __init__(
        self, name: str, f: Callable[..., Any], chosen: Chosen, *, has_aux: bool, nan_policy: NanPolicy = "zero"
    ) -> None:
        if not callable(f):
            raise ArgumentError(f"{name}: the first argument must be a function, not {type(f).__name__}.")
        self.ieee = is_ieee(name, nan_policy)
        self.chosen = chosen
        self.level = level = next_level()
        values = [own_copy(value) for value in chosen.leaves]
        self.leaf_nodes = [leaf(value, level) for value in values]
        token = open_level(level)
        try:
            output = chosen.call(f, [make(value, node) for value, node in zip(values, self.leaf_nodes, strict=True)])
        finally:
            close_level(level, token)
        self.aux: Any = None
        if has_aux:
            if not (isinstance(output, tuple) and len(output) == 2):
                raise ArgumentError(
                    f"{name}(has_aux=True): the function must return a pair (output, aux), not {kind_of(output)}."
                )
            output, aux = output
            self.aux = self._below(aux)
        self.output = output
        outputs, self.rebuild = flatten(output)
        self.values = [check_output(self._untrack(value), name) for value in outputs]
        self.nodes = [node_of(value, level) for value in outputs]
        check_alive(self.values, name)

    def _untrack(self, value: Any) -> Any:
        return below(value) if level_of(value) == self.level else constant_of(value)

    def _below(self, tree: PyTree) -> Any:
        leaves, rebuild = flatten(tree)  # what is handed out must not be what rules kept, which a later pull-back reads
        return rebuild([public_value(self._untrack(v)) if isinstance(v, Tracked) else v for v in leaves])

    def pull(self, cotangents: list[Any]) -> list[Any]:
        """Return the cotangents of the input leaves; zeros where an input has no influence."""
        roots = [(node, g) for node, g in zip(self.nodes, cotangents, strict=True) if node is not None]
        found = backward(roots, ieee=self.ieee) if roots else {}
        results: list[Any] = []
        for node, value in zip(self.leaf_nodes, self.chosen.leaves, strict=True):
            reached = found.pop(node_number(node), None)
            # a rule may close over a value of this level: it states a number, not what that depends on
            results.append(zero_like(value) if reached is None else _like_input(self._untrack(reached[1]), value))
        return results


def _like_input(g: Array, value: Any) -> Any:
    """Return a cotangent as the same kind of thing as the input, sharing memory with nothing."""
    if isinstance(g, Tracked):
        return snapshot(g)
    if isinstance(value, np.ndarray):
        return own(g, 2) if isinstance(g, np.ndarray) else np.asarray(g)
    if type(value) is float and isinstance(g, (float, np.ndarray)):
        return float(g)
    if isinstance(value, np.generic) and isinstance(g, (float, complex, np.ndarray)):
        return value.dtype.type(g)
    if type(value) is complex and isinstance(g, (complex, np.ndarray)):
        return complex(g)  # pyright: ignore[reportArgumentType]
    return g


def public_value(value: Any) -> Any:
    """Return what may be handed out of a value, which rules may have kept: an array as a copy, a handle as another one."""
    return value.copy() if isinstance(value, np.ndarray) else snapshot(value) if isinstance(value, Tracked) else value


def kind_of(output: Any) -> str:
    """Return what an output is, for messages."""
    return f"{type(output).__name__} of shape {np.shape(output)}" if hasattr(output, "shape") else type(output).__name__


def check_cotangent(name: str, cotangent: Array, output: Any, values: list[Any], what: str = "cotangent") -> list[Any]:
    """Return the leaves of a cotangent (or tangent) in the shapes and dtypes of the values, or say what does not fit."""
    if not same_structure(cotangent, output):
        raise CotangentError(
            f"{name}: the {what} has another structure than the {'output' if what == 'cotangent' else 'primals'}: "
            f"{kind_of(cotangent)} with {len(flatten(cotangent)[0])} leaves, expected {kind_of(output)} with {len(values)}."
        )
    leaves, _ = flatten(cotangent)
    return [_fitted(name, g, value, output, i, what) for i, (g, value) in enumerate(zip(leaves, values, strict=True))]


def _fitted(name: str, g: Array, value: Any, output: Any, index: int, what: str) -> Any:
    expected = aval_of(value)
    shape = np.shape(g)
    if shape != expected.shape:
        where = describe(output)[index]
        raise CotangentError(
            f"{name}: the {what}{f' at {where}' if where else ''} has shape {shape}, expected {expected.shape}, the shape of what it "
            "belongs to. Broadcast it with np.broadcast_to if that is meant."
        )
    if not is_inexact(value):
        return g  # the output carries no derivative; its cotangent is not used
    if not isinstance(g, Tracked) and aval_of(g).dtype.kind not in "fciub":
        raise CotangentError(f"{name}: the {what} has dtype {aval_of(g).dtype}; it must be numbers.")
    if aval_of(g).dtype.kind == "c" and expected.dtype.kind != "c":
        raise CotangentError(
            f"{name}: the {what} is complex but the value it belongs to is {expected.dtype}; pass its real part."
        )
    if type(g) is int or type(g) is bool:
        g = float(g)
    if type(value) is float:
        return project(g, (), None)
    return project(g if hasattr(g, "shape") else np.asarray(g)[()], expected.shape, expected.dtype)
