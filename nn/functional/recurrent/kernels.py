"""The recurrences of RNN, LSTM and GRU over a block of steps, forwards and back, in plain NumPy: the inner loops, nothing else.

Everything is stored with the batch last, (features, batch): then a gate is a block of rows and a product's result is whole.
A sigmoid is computed as σ(z) = (1 + tanh(z/2))/2, so that one tanh serves all gates; the halves are in the scaled weights.
What does not depend on the step after is computed for the whole block at once; only the rest goes step by step.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from nn.functional.activations.rectifiers import relu
from nn.functional.recurrent.steps import gru_step, lstm_step
from revad.typing import Array

SMALL_PRODUCT = 10**6  # multiplications up to which BLAS libraries have fast paths that do not repack their operands


def by_pieces(weight: Array, batch: int) -> tuple[Any, Any]:
    """Return how to multiply a weight of shape (m, n) with (n, batch), and the weight, cut into (pieces, m/pieces, n) if it is large.

    Examples
    --------
    >>> multiply, pieces = by_pieces(np.ones((512, 128)), batch=32)
    >>> pieces.shape, multiply(pieces, np.ones((128, 32))).shape
    ((4, 128, 128), (4, 128, 32))
    """
    m, n = weight.shape
    pieces = min(m, -(-m * n * batch // SMALL_PRODUCT))
    while m % pieces:
        pieces += 1
    if pieces == 1:
        return np.dot, weight  # half the cost of a call of matmul
    return np.matmul, weight.reshape(pieces, m // pieces, n)


class Room:
    """Memory in one piece, given out in parts: fresh memory costs the operating system's time at every call."""

    def __init__(self, size: int, dtype: Any) -> None:
        self.memory, self.used = np.empty(size, dtype), 0

    def take(self, *shape: int) -> Any:
        """Return an array that is not filled in."""
        start, self.used = self.used, self.used + prod(shape)
        return self.memory[start : self.used].reshape(shape)

    def started(self, first: Array, steps: int) -> Array:
        """Return an array for the states before the first and after every step, with the first filled in."""
        states = self.take(steps + 1, *first.shape)
        states[0] = first
        return states


def _in_pieces(arrays: Any, weight: Array) -> Array:
    """Return arrays of shape (steps, ..., batch) so that each takes a product with the weight, cut like it."""
    return arrays.reshape(len(arrays), *weight.shape[:-1], arrays.shape[-1])


class Kernel:
    """What the recurrences share: by default the inner loops take weights and biases as they are."""

    def arranged(self, weight: Array) -> Array:
        """Return a weight's or bias's rows in the order of the inner loops."""
        return weight

    def restored(self, weight: Array) -> Array:
        """Return arranged rows in PyTorch's order again."""
        return weight

    def scaled(self, weight: Array) -> Array:
        """Return an arranged weight or bias with the halves of the sigmoids in it."""
        return weight

    def split_biases(self, from_input: Array, from_hidden: Array) -> tuple[Any, Any]:
        """Return the bias that joins the products of the inputs, and the one that must wait for the state's."""
        return from_input + from_hidden, None


class RNN(Kernel):
    """h = a(z) with z = W x + U h₋ and a the tanh or the positive part."""

    name, gates, states, kept = "rnn_sequence", 1, 1, 1  # kept: numbers per unit, row and step

    def __init__(self, nonlinearity: str) -> None:
        self.nonlinearity = nonlinearity

    def step(self, from_input: Array, from_hidden: Array, *_: Any) -> tuple[Any, ...]:
        """Return the state after one step, differentiable any number of times."""
        return ((np.tanh if self.nonlinearity == "tanh" else relu)(from_input + from_hidden),)

    def forward(self, products: Any, first: Array, weight: Array, bias: Array, room: Room) -> tuple[Any, ...]:
        """Go through a block of steps: products (steps, gates·n, batch), first states (n, batch); return what is kept, states first, in the room."""
        hiddens = room.started(first[0], len(products))
        multiply, weight = by_pieces(weight, products.shape[2])
        for product, hidden, new, out in zip(products, hiddens, hiddens[1:], _in_pieces(hiddens[1:], weight), strict=False):
            multiply(weight, hidden, out)
            np.add(new, product, new)
            if self.nonlinearity == "tanh":
                np.tanh(new, new)
            else:
                np.maximum(new, 0, out=new)
        return (hiddens,)

    def backward(self, kept: Any, g_outputs: Array, last: Any, weight: Array) -> tuple[Any, ...]:
        """Go back through a block: z̄ = h̄·a'(z), h̄₋ = Uᵀ z̄; return z̄ for inputs and states (steps, gates·n, batch), first states' cotangents."""
        new = kept[0][1:]
        slopes = 1 - new * new if self.nonlinearity == "tanh" else (new > 0).astype(new.dtype)
        (g,) = last
        multiply, weight = by_pieces(weight, g.shape[1])
        (out,) = _in_pieces(g[None], weight)
        for g_output, dz in zip(g_outputs[::-1], slopes[::-1], strict=True):
            np.add(g, g_output, g)
            np.multiply(dz, g, dz)
            multiply(weight, dz, out)
        return slopes, slopes, (g,)


class LSTM(Kernel):
    """c = f·c₋ + i·g, h = o·tanh(c). Inside, the gates stand in the order o i f g: sigmoids together, and what c̄ goes to together."""

    name, gates, states, kept = "lstm_sequence", 4, 2, 6

    def step(self, from_input: Array, from_hidden: Array, *states: Any) -> tuple[Any, ...]:
        """Return the states after one step, differentiable any number of times."""
        return lstm_step(from_input + from_hidden, states[1])

    def arranged(self, weight: Array) -> Array:
        """Return a weight's rows i f g o in the order o i f g."""
        n = 3 * len(weight) // 4
        return np.concatenate([weight[n:], weight[:n]])

    def restored(self, weight: Array) -> Array:
        """Return rows o i f g in the order i f g o."""
        n = len(weight) // 4
        return np.concatenate([weight[n:], weight[:n]])

    def scaled(self, weight: Array) -> Array:
        """Return a weight's rows o i f g, those of the sigmoids halved."""
        scaled = self.arranged(weight)
        scaled[: 3 * len(weight) // 4] *= 0.5
        return scaled

    def forward(self, products: Any, first: Array, weight: Array, bias: Array, room: Room) -> tuple[Any, ...]:
        """Return hidden states, cell states (steps + 1, n, batch) and gates (steps, 4, n, batch)."""
        steps, _, batch = products.shape
        hiddens, cells = (room.started(state, steps) for state in first)
        gates = room.take(steps, 4, *first[0].shape)
        rows = gates.reshape(steps, -1, batch)
        multiply, weight = by_pieces(weight, batch)
        half, t = np.asarray(0.5, hiddens.dtype), np.empty_like(first[0])
        for product, hidden, new_hidden, cell, new_cell, out, z, sigmoids, (o, i, f, g) in zip(
            products, hiddens, hiddens[1:], cells, cells[1:],
            _in_pieces(rows, weight), rows, gates[:, :3], gates, strict=False,
        ):  # fmt: skip
            multiply(weight, hidden, out)
            np.add(z, product, z)
            np.tanh(z, z)
            np.multiply(sigmoids, half, sigmoids)
            np.add(sigmoids, half, sigmoids)
            np.multiply(f, cell, new_cell)
            np.multiply(i, g, t)
            np.add(new_cell, t, new_cell)
            np.tanh(new_cell, t)
            np.multiply(o, t, new_hidden)
        return hiddens, cells, gates

    def backward(self, kept: Any, g_outputs: Array, last: Any, weight: Array) -> tuple[Any, ...]:
        """c̄ ← c̄ + h̄·o·(1 − tanh²c); z̄ from h̄ (for o) and c̄ (for i f g) times factors known beforehand; then c̄₋ = c̄·f, h̄₋ = Uᵀ z̄."""
        _, cells, gates = kept
        o, i, f, g = gates.swapaxes(0, 1)
        dz = gates * gates  # σ' = σ − σ², tanh' = 1 − tanh²
        np.subtract(gates[:, :3], dz[:, :3], dz[:, :3])
        np.subtract(1, dz[:, 3], dz[:, 3])
        t = np.tanh(cells[1:])
        dz[:, 0] *= t
        dz[:, 1] *= g
        dz[:, 2] *= cells[:-1]
        dz[:, 3] *= i
        np.multiply(t, t, t)
        np.subtract(1, t, t)
        to_cell = np.multiply(t, o, t)
        g_hidden, g_cell = last
        multiply, weight = by_pieces(weight, g_hidden.shape[1])
        (out,) = _in_pieces(g_hidden[None], weight)
        rows = dz.reshape(len(dz), -1, g_hidden.shape[1])
        for g_output, through, dz_o, dz_ifg, z, forget in zip(
            g_outputs[::-1], to_cell[::-1], dz[::-1, 0], dz[::-1, 1:], rows[::-1], f[::-1], strict=True
        ):
            np.add(g_hidden, g_output, g_hidden)
            np.multiply(through, g_hidden, through)
            np.add(g_cell, through, g_cell)
            np.multiply(dz_o, g_hidden, dz_o)
            np.multiply(dz_ifg, g_cell, dz_ifg)
            multiply(weight, z, out)
            np.multiply(g_cell, forget, g_cell)
        return rows, rows, (g_hidden, g_cell)


class GRU(Kernel):
    """h = n + z·(h₋ − n) with n = tanh(x_n + r·h_n): the state's product h_n passes through the reset gate r."""

    name, gates, states, kept = "gru_sequence", 3, 1, 5

    def step(self, from_input: Array, from_hidden: Array, *states: Any) -> tuple[Any, ...]:
        """Return the state after one step, differentiable any number of times."""
        return (gru_step(from_input, from_hidden, *states),)

    def scaled(self, weight: Array) -> Array:
        """Return a weight with the rows of the sigmoids r and z halved."""
        scaled = weight.copy()
        scaled[: 2 * len(weight) // 3] *= 0.5
        return scaled

    def split_biases(self, from_input: Array, from_hidden: Array) -> tuple[Any, Any]:
        """Return the biases of the inputs with those of r and z of the state, and the state's own for n."""
        n = len(from_hidden) // 3
        together = from_input.copy()
        together[: 2 * n] += from_hidden[: 2 * n]
        return together, from_hidden[2 * n :]

    def forward(self, products: Any, first: Array, weight: Array, bias: Array, room: Room) -> tuple[Any, ...]:
        """Return hidden states (steps + 1, n, batch), gates r z and h_n (steps, 3, n, batch), and n (steps, n, batch)."""
        steps, _, batch = products.shape
        hiddens = room.started(first[0], steps)
        n = hiddens.shape[1]
        gates, news = room.take(steps, 3, n, batch), room.take(steps, n, batch)
        multiply, weight = by_pieces(weight, batch)
        half = np.asarray(0.5, hiddens.dtype)
        bias = None if bias is None else np.repeat(bias[:, None], batch, axis=1)
        parts = products.reshape(steps, 3, n, batch)
        for to_gates, to_new, hidden, after, out, both, (r, z, from_hidden), new in zip(
            parts[:, :2], parts[:, 2], hiddens, hiddens[1:],
            _in_pieces(gates, weight), gates[:, :2], gates, news, strict=False,
        ):  # fmt: skip
            multiply(weight, hidden, out)
            if bias is not None:
                np.add(from_hidden, bias, from_hidden)
            np.add(both, to_gates, both)
            np.tanh(both, both)
            np.multiply(both, half, both)
            np.add(both, half, both)
            np.multiply(r, from_hidden, new)
            np.add(new, to_new, new)
            np.tanh(new, new)
            np.subtract(hidden, new, after)
            np.multiply(after, z, after)
            np.add(after, new, after)
        return hiddens, gates, news

    def backward(self, kept: Any, g_outputs: Array, last: Any, weight: Array) -> tuple[Any, ...]:
        """All of z̄ is h̄ times factors known beforehand; h̄₋ = h̄·z + Uᵀ z̄."""
        hiddens, gates, news = kept
        r, z, from_hidden = gates.swapaxes(0, 1)
        to_new = (1 - z) * (1 - news * news)
        dz = np.empty_like(gates)
        dz[:, 0] = to_new * from_hidden * (r - r * r)
        dz[:, 1] = (hiddens[:-1] - news) * (z - z * z)
        dz[:, 2] = to_new * r
        (g,) = last
        multiply, weight = by_pieces(weight, g.shape[1])
        through = np.empty_like(g)
        (out,) = _in_pieces(through[None], weight)
        rows = dz.reshape(len(dz), -1, g.shape[1])
        for g_output, step, flat, keeps, from_new in zip(
            g_outputs[::-1], dz[::-1], rows[::-1], z[::-1], to_new[::-1], strict=True
        ):
            np.add(g, g_output, g)
            np.multiply(step, g, step)
            np.multiply(from_new, g, from_new)
            multiply(weight, flat, out)
            np.multiply(g, keeps, g)
            np.add(g, through, g)
        to_inputs = dz.copy()
        to_inputs[:, 2] = to_new
        return to_inputs.reshape(rows.shape), rows, (g,)
