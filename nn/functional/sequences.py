"""Recurrences over whole sequences as single operations: `lstm_sequence gru_sequence rnn_sequence`, backpropagated through time.

The inputs of all steps are multiplied with their weights in one product, and so are the gradients of all weights: only what depends
on the step before goes step by step. A sequence that is shorter than the longest keeps its state from its end on; it must stand
behind the longer ones, so that the first ``sizes[t]`` rows of the batch are those that still run at step t.

References
----------
.. [1] P. J. Werbos, "Backpropagation Through Time: What It Does and How to Do It", Proceedings of the IEEE 78 (1990).
"""

from __future__ import annotations

from typing import Any

import numpy as np

import revad

Sizes = tuple[int, ...] | None
BLOCK_BYTES = 1 << 19  # products of so many steps at a time stay in a core's cache


def _block_length(batch: int, weight: Any) -> int:
    """Return for how many steps the products with a weight fit into the cache."""
    return max(1, BLOCK_BYTES // max(1, batch * np.shape(weight)[0] * weight.dtype.itemsize))


def _products(x: Any, weight: Any, bias: Any) -> Any:
    """Return x Wᵀ + b for a block of steps."""
    steps, batch = np.shape(x)[:2]
    product = np.reshape(x, (steps * batch, -1)) @ weight
    if bias is not None:
        product += bias
    return np.reshape(product, (steps, batch, -1))


class _Gradients:
    """The gradients of input, weights and biases, gathered block by block: W̄ = Σₜ Z̄ₜᵀ Xₜ, X̄ = Z̄ W, b̄ = Σ Z̄."""

    def __init__(self, x: Any, w_input: Any, w_hidden: Any, biases: tuple[Any, ...], *, needs_x: bool) -> None:
        self.x, self.weight, self.biases = x, w_input, biases
        self.g_x = np.empty_like(x) if needs_x else None
        self.g_input, self.g_hidden = np.zeros_like(w_input), np.zeros_like(w_hidden)
        self.g_bias = np.zeros_like(w_input, shape=np.shape(w_input)[:1])

    def add(self, block: slice, dz: Any, hiddens: Any) -> None:
        """Add what the steps of a block contribute, given the cotangents of their products and the states before them."""
        flat = np.reshape(dz, (-1, np.shape(dz)[-1]))
        x = self.x[block]
        self.g_input += flat.T @ np.reshape(x, (-1, np.shape(x)[-1]))
        self.g_hidden += flat.T @ np.reshape(hiddens, (-1, np.shape(hiddens)[-1]))
        if self.biases:
            self.g_bias += np.sum(flat, axis=0)
        if self.g_x is not None:
            self.g_x[block] = np.reshape(flat @ self.weight, np.shape(x))

    def results(self, *first: Any) -> tuple[Any, ...]:
        """Return the cotangents in the order of the arguments: input, first states, weights, biases."""
        return self.g_x, *first, self.g_input, self.g_hidden, tuple(self.g_bias for _ in self.biases)


def _masked(states: Any, sizes: Sizes) -> Any:
    """Return the outputs: the states after each step, zero where a sequence has ended."""
    outputs = np.copy(states[1:]) if sizes else states[1:]
    for t, n in enumerate(sizes or ()):
        outputs[t, n:] = 0
    return outputs


def _on_one_level(*arrays: Any) -> Any:
    """Return the arrays, all tracked if one of them is (at second order), so that buffers like any of them take all values."""
    if not any(isinstance(array, revad.Tensor) for array in arrays):
        return arrays
    zero = sum(np.sum(array[:0]) for array in arrays)
    return [array + zero for array in arrays]


def _states(first: Any, steps: int) -> Any:
    states = np.empty_like(first, shape=(steps + 1, *np.shape(first)))
    states[0] = first
    return states


def _by_gate(z: Any, gates: int) -> Any:
    """Return products of shape (rows, gates·n) as a view of shape (gates, rows, n)."""
    return np.swapaxes(np.reshape(z, (np.shape(z)[0], gates, -1)), 0, 1)


# LSTM ------------------------------------------------------------------------------------------------------------------------


def _lstm_run(sizes: Sizes, x: Any, hidden: Any, cell: Any, w_input: Any, w_hidden: Any, biases: Any) -> Any:
    """Return outputs and last states; and what the pull-back needs: activations, cell states and hidden states of all steps."""
    x, hidden, cell, w_input, w_hidden, *biases = _on_one_level(x, hidden, cell, w_input, w_hidden, *biases)
    steps, batch = np.shape(x)[:2]
    n = np.shape(cell)[-1]
    length = _block_length(batch, w_hidden)
    # σ(z) = (1 + tanh(z/2))/2, so that one tanh serves all four gates; the halves go into the weights
    half = np.repeat(np.array([0.5, 0.5, 1.0, 0.5], dtype=w_hidden.dtype), n)
    w_input, w_hidden = ((w * half[:, None]).T for w in (w_input, w_hidden))
    w_hidden = np.ascontiguousarray(w_hidden)
    bias = sum(biases[1:], biases[0]) * half if biases else None
    gates = np.empty_like(w_hidden, shape=(steps, 4, batch, n))
    hiddens, cells = _states(hidden, steps), _states(cell, steps)
    products = None
    for t in range(steps):
        if t % length == 0:
            products = _products(x[t : t + length], w_input, bias)
        rows = sizes[t] if sizes else batch
        z, new_cell = gates[t, :, :rows], cells[t + 1, :rows]
        product = products[t % length, :rows]
        product += hiddens[t, :rows] @ w_hidden
        np.tanh(product, out=product)
        z[...] = _by_gate(product, 4)
        for sigmoids in (z[:2], z[3]):
            sigmoids *= 0.5
            sigmoids += 0.5
        np.multiply(z[1], cells[t, :rows], out=new_cell)
        new_cell += z[0] * z[2]
        np.multiply(np.tanh(new_cell), z[3], out=hiddens[t + 1, :rows])
        if rows < batch:
            hiddens[t + 1, rows:] = hiddens[t, rows:]
            cells[t + 1, rows:] = cells[t, rows:]
    return (_masked(hiddens, sizes), hiddens[-1], cells[-1]), (gates, cells, hiddens)


@revad.custom_vjp
def _lstm(sizes: Sizes, x: Any, hidden: Any, cell: Any, w_input: Any, w_hidden: Any, biases: Any) -> Any:
    return _lstm_run(sizes, x, hidden, cell, w_input, w_hidden, biases)[0]


def _lstm_forward(sizes: Sizes, x: Any, hidden: Any, cell: Any, w_input: Any, w_hidden: Any, biases: Any) -> Any:
    outputs, kept = _lstm_run(sizes, x, hidden, cell, w_input, w_hidden, biases)
    return outputs, (*kept, x, w_input, w_hidden, biases)


def _lstm_backward(sizes: Sizes, kept: Any, g: Any, needs: tuple[bool, ...]) -> tuple[Any, ...]:
    """c̄ ← c̄ + h̄·o·(1 − tanh²c), through c = f·c₋ + i·g and the activations; then h̄₋ = z̄ W."""
    *kept, biases = kept
    gates, cells, hiddens, x, w_input, w_hidden, g_outputs, dh, dc = _on_one_level(*kept, *g)
    dh, dc = np.copy(dh), np.copy(dc)
    steps, batch, n = np.shape(g_outputs)
    gradients = _Gradients(x, w_input, w_hidden, biases, needs_x=needs[0])
    length = _block_length(batch, w_hidden)
    dz = np.zeros_like(gates, shape=(min(length, steps), batch, 4 * n))
    slopes = np.empty_like(gates[0])
    for t in reversed(range(steps)):
        rows = sizes[t] if sizes else batch
        z, d = gates[t, :, :rows], slopes[:, :rows]
        t_cell = np.tanh(cells[t + 1, :rows])
        g_hidden = dh[:rows] + g_outputs[t, :rows]
        g_cell = 1 - t_cell * t_cell
        g_cell *= z[3]
        g_cell *= g_hidden
        g_cell += dc[:rows]
        np.multiply(z, z, out=d)  # σ' = σ − σ², tanh' = 1 − tanh²
        np.subtract(1, d[2], out=d[2])
        np.subtract(z[:2], d[:2], out=d[:2])
        np.subtract(z[3], d[3], out=d[3])
        d[0] *= z[2]
        d[1] *= cells[t, :rows]
        d[2] *= z[0]
        d[:3] *= g_cell
        t_cell *= g_hidden
        d[3] *= t_cell
        product = dz[t % length]
        _by_gate(product[:rows], 4)[...] = d
        product[rows:] = 0
        np.matmul(product[:rows], w_hidden, out=dh[:rows])
        np.multiply(g_cell, z[1], out=dc[:rows])
        if t % length == 0:
            block = slice(t, min(t + length, steps))
            gradients.add(block, dz[: block.stop - t], hiddens[block])
    return gradients.results(dh, dc)


_lstm.nondiff_argnums = (0,)
_lstm.defvjp(_lstm_forward, _lstm_backward)
