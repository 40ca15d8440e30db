"""Derivatives of a right-hand side, and those of a small equation's solution by everything that it depends on, in one run.

Along y' = f(t, y, θ) the sensitivities S = ∂y/∂(y₀, θ) obey S' = ∂f/∂y S + (0, ∂f/∂θ). Solved together with y, with error control over
both, they answer any cotangent of the solution afterwards by a product; so a Jacobian costs no more than a gradient.

E. Hairer, S. P. Nørsett and G. Wanner (1993), *Solving Ordinary Differential Equations I*, section I.14.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from revad.engine.dispatch import find_top
from revad.engine.handles import Tracked, level_of
from revad.engine.probes import node_dtype, node_number, node_of, node_shape, node_size, number_of
from revad.engine.tape import leaf, next_order
from revad.errors import LostGradientError
from revad.scipy.integrate._closures import as_vector, plain, pulled_back, root_of, without
from revad.tensors.gradient import make
from revad.typing import Array

Field = Callable[[Any, Any], Any]
_MOST = 64  # entries of S; beyond, the adjoint equation is cheaper


class Slope:
    """A right-hand side at one time and place, recorded, so that cotangents of it can be pulled back."""

    def __init__(self, f: Field, t: Array, y: Array, level: int, nodes: list[Any], *, apart: bool = False) -> None:
        self.level, self.nodes = level, nodes
        self.marker = next_order()
        self.variable = make(y, leaf(plain(y), level))
        self.out = as_vector(f(t, self.variable))
        self.root = (
            node_of(self.out, level) if apart else root_of(self.out, level, self.marker)
        )  # apart: no tape behind the nodes

    def below(self) -> Array:
        """Return its value one level down."""
        return without(self.out, self.level)

    def pull(self, cotangent: Array) -> Array:
        """Return λ ∂f/∂y and λ ∂f/∂θ, flat."""
        found = pulled_back(self.root, _fit(cotangent, self.out))
        by_y = found.pop(number_of(self.variable), None)
        pieces = [np.zeros(self.variable.size) if by_y is None else by_y]
        for node in self.nodes:
            g = found.pop(node_number(node), None)
            pieces.append(np.zeros(node_size(node)) if g is None else np.reshape(g, -1))
        if any(number > self.marker for number in found):  # the others are arrays that the right-hand side made
            raise LostGradientError(
                "solve_ivp: the right-hand side uses other tracked values in the backward pass than it did in the forward pass. "
                "A tracked value that it closes over was replaced in between; pass it through `args`."
            )
        return np.concatenate(pieces)


def _fit(cotangent: Array, out: Any) -> Array:
    """Return λ as a cotangent of the right-hand side's value, which may be real where λ is complex by rounding."""
    if isinstance(out, Tracked) and out.dtype.kind != "c" and np.iscomplexobj(cotangent):
        return np.real(cotangent)
    return cotangent


class Sensitivities:
    """∂y/∂(y₀, θ) at the output times, found at the first pull-back and kept for further ones.

    ``solve(f, t0, ts, y0)`` integrates a plain equation; ``moves`` says whether a time is differentiated too.
    """

    def __init__(self, f: Field, level: int, nodes: list[Any], solve: Callable[..., Any] | None, *, moves: bool) -> None:
        self.f, self.level, self.nodes, self.solve, self.moves = f, level, nodes, solve, moves
        self.sizes = [node_size(node) for node in nodes]
        self.apart = False
        self.states = 0
        self.found: Any = None

    def set_apart(self, field_of: Callable[[Any], Field], arguments: Any) -> None:
        """Run the right-hand side on leaves in place of its tracked arguments: a tape that ends there need not be cut."""
        fresh: dict[int, Any] = {}

        def renewed(value: Any) -> Any:
            if isinstance(value, Tracked):
                if level_of(value) != self.level:
                    return value
                number = node_number(value._node)
                if number not in fresh:
                    fresh[number] = make(value._value, leaf(value._value, self.level))
                return fresh[number]
            return type(value)([renewed(item) for item in value]) if type(value) in (list, tuple) else value

        self.f = field_of(renewed(arguments))
        self.nodes = [fresh[node_number(node)]._node for node in self.nodes]
        self.apart = True

    def suit(self, leaves: Any) -> bool:
        """Return whether the equation is small and real, and the values below are plain."""
        n = np.size(plain(leaves[1]))
        kinds = [np.asarray(plain(leaves[1])).dtype, *[node_dtype(node) or np.dtype(float) for node in self.nodes]]
        if self.solve is None or n * (n + sum(self.sizes)) > _MOST or any(kind.kind == "c" for kind in kinds):
            return False
        return find_top(leaves) is None

    def pull(self, g: Array, t0: Array, ts: list[Any], y0: Array) -> list[Any]:
        """Return the cotangents of t0, y0, the times and the nodes, given that of the solution at the times."""
        n = self.states = np.size(y0)
        width = n + sum(self.sizes)
        if self.found is None:
            start = np.concatenate([y0, np.eye(n, width).ravel()])
            self.found = self.solve(self._rate, t0, ts, start)  # pyright: ignore[reportOptionalCall]
        y, s = self.found[:, :n], np.reshape(self.found[:, n:], (-1, n, width))
        flat = np.einsum("in,inw->w", g, s)
        begin, *times = [np.zeros(())[()]] * (len(ts) + 1)
        if self.moves:
            begin = -np.sum(flat[:n] * Slope(self.f, t0, y0, self.level, self.nodes).below())
            times = [np.sum(g[i] * Slope(self.f, t, y[i], self.level, self.nodes).below()) for i, t in enumerate(ts)]
        places = np.cumsum([n, *self.sizes])
        theta = [
            np.reshape(flat[at : at + size], node_shape(node))
            for at, size, node in zip(places, self.sizes, self.nodes, strict=False)
        ]
        return [begin, flat[:n], *times, *theta]

    def _rate(self, t: float, z: Array) -> Array:
        n, width = self.states, self.states + sum(self.sizes)
        slope = Slope(self.f, t, z[:n], self.level, self.nodes, apart=self.apart)
        jacobian = np.stack([slope.pull(unit) for unit in np.eye(n)])
        change = jacobian[:, :n] @ np.reshape(z[n:], (n, width))
        change[:, n:] += jacobian[:, n:]
        return np.concatenate([slope.below(), change.ravel()])
