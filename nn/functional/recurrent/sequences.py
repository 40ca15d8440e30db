"""Recurrences over whole sequences as single operations: `lstm_sequence gru_sequence rnn_sequence`, backpropagated through time.

The inputs of many steps are multiplied with their weights in one product, and so are the gradients of the weights: only what
depends on the step before goes step by step (`nn.functional.recurrent.kernels`). Sequences of different lengths are packed: the
rows of step 0, then those of step 1, ..., longest sequence first, so that step t has ``sizes[t]`` rows and no row is padding.

References
----------
.. [1] P. J. Werbos, "Backpropagation Through Time: What It Does and How to Do It", Proceedings of the IEEE 78 (1990).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

import revad
from nn.functional.linear import linear
from nn.functional.recurrent.kernels import GRU, LSTM, RNN, Room
from revad.typing import Array

Sizes = tuple[int, ...]
BLOCK_BYTES = 1 << 20  # what a block of steps works on stays in a core's cache
TANH, RELU, LONG_SHORT, GATED = RNN("tanh"), RNN("relu"), LSTM(), GRU()


class Block(NamedTuple):
    """Steps that follow each other and have equally many rows."""

    rows: slice  # in the packed data
    steps: int
    batch: int
    going_on: int  # how many of its sequences have a step after the block


def blocks(sizes: Sizes, bytes_of_a_row: int) -> Iterator[Block]:
    """Cut time into blocks of steps that have equally many rows and, together, not too many bytes.

    Examples
    --------
    >>> for block in blocks((3, 3, 1), 100):
    ...     print(block)
    Block(rows=slice(0, 6, None), steps=2, batch=3, going_on=1)
    Block(rows=slice(6, 7, None), steps=1, batch=1, going_on=0)
    """
    first = start = 0
    while first < len(sizes):
        batch = sizes[first]
        longest = first + max(1, BLOCK_BYTES // max(1, batch * bytes_of_a_row))
        last = first + 1
        while last < min(longest, len(sizes)) and sizes[last] == batch:
            last += 1
        stop = start + (last - first) * batch
        yield Block(slice(start, stop), last - first, batch, sizes[last] if last < len(sizes) else 0)
        first, start = last, stop


def backwards(sizes: Sizes) -> Any:
    """Return the order of rows in which every sequence runs from its end to its start; it is its own inverse.

    Examples
    --------
    >>> backwards((2, 2, 1))
    array([4, 3, 2, 1, 0])
    """
    counts = np.array(sizes)
    starts = np.cumsum(counts) - counts
    time = np.repeat(np.arange(len(counts)), counts)
    sequence = np.arange(len(time)) - starts[time]
    lengths = np.bincount(sequence)
    return starts[lengths[sequence] - 1 - time] + sequence


def unrolled(
    step: Callable[..., Any], sizes: Sizes, order: Any, x: Array, states: Array, w_input: Any, w_hidden: Any, biases: Any
) -> Any:
    """Return outputs and last states, step by step: ``step(from_input, from_hidden, *states)`` gives the next states, output first."""
    b_input, b_hidden = biases or (None, None)
    products = linear(x if order is None else x[order], w_input, b_input)
    outputs: list[Any] = []
    ended: list[Any] = []
    start = 0
    for batch in sizes:
        if batch < len(states[0]):
            ended.append([state[batch:] for state in states])
            states = [state[:batch] for state in states]
        states = step(products[start : start + batch], linear(states[0], w_hidden, b_hidden), *states)
        outputs.append(states[0])
        start += batch
    ended.append(states)
    output = np.concatenate(outputs)
    last = tuple(np.concatenate(parts[::-1]) for parts in zip(*ended, strict=True))
    return (output if order is None else output[order]), last


def _forward(
    kernel: Any, sizes: Sizes, order: Any, x: Array, states: Array, w_input: Any, w_hidden: Any, biases: Any, *, keep: bool
) -> Any:
    """Return outputs and last states; and what the pull-back needs, by block."""
    dtype = np.result_type(x, *states, w_input, w_hidden, *biases)
    x = np.asarray(x if order is None else x[order], dtype)
    w_input, w_hidden = (kernel.scaled(w.astype(dtype, copy=False)) for w in (w_input, w_hidden))
    together = waiting = None
    if biases:
        together, waiting = kernel.split_biases(*(kernel.scaled(b.astype(dtype, copy=False)) for b in biases))
    states = [np.ascontiguousarray(state.T, dtype) for state in states]
    last = [np.empty_like(state) for state in states]
    outputs = np.empty((len(x), len(states[0])), dtype)
    kept: list[Any] = []
    plan = list(blocks(sizes, len(w_hidden) * dtype.itemsize))
    units = [len(states[0]) * block.batch * (block.steps * kernel.kept + kernel.states) for block in plan]
    room = Room(sum(units) if keep else max(units), dtype)
    for block in plan:
        products = w_input @ x[block.rows].T
        if together is not None:
            products += together[:, None]
        products = np.ascontiguousarray(products.reshape(-1, block.steps, block.batch).swapaxes(0, 1))
        first = [state[:, : block.batch] for state in states]
        arrays = kernel.forward(products, first, w_hidden, waiting, room)
        outputs[block.rows].reshape(block.steps, block.batch, -1)[...] = arrays[0][1:].swapaxes(1, 2)
        states = [array[-1].copy() for array in arrays[: kernel.states]]  # the room may be given out again
        for end, state in zip(last, states, strict=True):
            end[:, block.going_on : block.batch] = state[:, block.going_on :]
        if keep:
            kept.append((block, arrays))
        else:
            room.used = 0
    return (outputs if order is None else outputs[order], tuple(state.T.copy() for state in last)), kept


def _columns(dz: Any) -> Any:
    """Return (steps, n, batch) as (n, steps·batch)."""
    return dz.swapaxes(0, 1).reshape(dz.shape[1], -1)


def _backward(kernel: Any, order: Any, kept: Any, args: Any, g: Array, needs: tuple[bool, ...]) -> tuple[Any, ...]:
    """W̄ = Σₜ Z̄ₜ Xₜᵀ, Ū = Σₜ Z̄ₜ Hₜ₋₁ᵀ, b̄ = Σ Z̄, X̄ = Wᵀ Z̄, with the cotangents Z̄ of the products from the kernel."""
    x, states, w_input, w_hidden, biases = args
    g_outputs, g_last = g
    dtype = kept[0][1][0].dtype
    if order is not None:
        x, g_outputs = x[order], g_outputs[order]
    w_input, w_hidden = (kernel.arranged(w.astype(dtype, copy=False)) for w in (w_input, w_hidden))
    back = np.ascontiguousarray(w_hidden.T)
    g_x = np.empty_like(x, dtype) if needs[0] else None
    g_w_input, g_w_hidden = np.zeros_like(w_input), np.zeros_like(w_hidden)
    g_biases = [np.zeros_like(w_input, shape=len(w_input)) for _ in biases]
    g_states = [np.empty((len(back), 0), dtype)] * len(states)
    for block, arrays in reversed(kept):
        ending = slice(g_states[0].shape[1], block.batch)  # sequences whose last step is in this block
        joined = [np.concatenate([g_state, end[ending].T], axis=1) for g_state, end in zip(g_states, g_last, strict=True)]
        g_states = list(map(np.ascontiguousarray, joined))  # NumPy may join columns in another order, and kernels write by rows
        into = np.ascontiguousarray(g_outputs[block.rows].reshape(block.steps, block.batch, -1).swapaxes(1, 2))
        to_inputs, to_hiddens, g_states = kernel.backward(arrays, into, g_states, back)
        columns = input_columns = _columns(to_hiddens)
        if to_inputs is not to_hiddens:
            input_columns = _columns(to_inputs)
        if needs[2]:
            g_w_input += input_columns @ x[block.rows]
        if needs[3]:
            before = arrays[0][:-1].swapaxes(1, 2).reshape(columns.shape[1], -1)
            g_w_hidden += columns @ before
        if biases and needs[4]:
            for g_bias, z in zip(g_biases, (input_columns, columns), strict=True):
                g_bias += np.add.reduce(z, 1)
        if g_x is not None:
            np.matmul(input_columns.T, w_input, out=g_x[block.rows])
    if g_x is not None and order is not None:
        g_x = g_x[order]
    first = tuple(state.T.copy() for state in g_states)
    return g_x, first, kernel.restored(g_w_input), kernel.restored(g_w_hidden), tuple(map(kernel.restored, g_biases))


def _is_tracked(*trees: Any) -> bool:
    return any(_is_tracked(*tree) if isinstance(tree, (tuple, list)) else isinstance(tree, revad.Tensor) for tree in trees)


@revad.custom_vjp
def _sequence(
    kernel: Any, sizes: Sizes, order: Any, x: Array, states: Array, w_input: Any, w_hidden: Any, biases: Any
) -> Array:
    return _forward(kernel, sizes, order, x, states, w_input, w_hidden, biases, keep=False)[0]


def _sequence_forward(kernel: Any, sizes: Sizes, order: Any, *args: Any) -> Any:
    if _is_tracked(args):  # differentiated twice: the level below records the call as well
        return _sequence(kernel, sizes, order, *args), (None, args)
    result, kept = _forward(kernel, sizes, order, *args, keep=True)
    return result, (kept, args)


def _sequence_backward(kernel: Any, sizes: Sizes, order: Any, residuals: Any, g: Array, needs: tuple[bool, ...]) -> Array:
    kept, args = residuals
    if _is_tracked(args, g):
        return _pull_back(kernel, sizes, order, kept, args, g)
    return _backward(kernel, order, kept, args, g, needs)


@revad.custom_vjp
def _pull_back(kernel: Any, sizes: Sizes, order: Any, kept: Any, args: Any, g: Array) -> Array:
    """The pull-back as an operation, so that it can be differentiated: by way of the steps one by one."""
    kept = kept or _forward(kernel, sizes, order, *args, keep=True)[1]
    return _backward(kernel, order, kept, args, g, (True,) * len(args))


def _pull_back_forward(kernel: Any, sizes: Sizes, order: Any, kept: Any, args: Any, g: Array) -> Any:
    return _pull_back(kernel, sizes, order, kept, args, g), (args, g)


def _pull_back_backward(kernel: Any, sizes: Sizes, order: Any, kept: Any, residuals: Any, g: Array) -> Array:
    def pulled(args: Any, g: Array) -> Array:
        return revad.vjp(lambda *values: unrolled(kernel.step, sizes, order, *values), *args)[1](g)

    return revad.vjp(pulled, *residuals)[1](g)


_sequence.nondiff_argnums = (0, 1, 2)
_sequence.defvjp(_sequence_forward, _sequence_backward)
_pull_back.nondiff_argnums = (0, 1, 2, 3)
_pull_back.defvjp(_pull_back_forward, _pull_back_backward)


def as_rows(name: str, x: Array, sizes: Sizes | None) -> tuple[Any, Sizes]:
    """Return sequences as packed rows, with the number of rows of each step, after checking them."""
    shape = np.shape(x)
    if sizes is None:
        if len(shape) != 3 or 0 in shape[:2]:
            raise ValueError(f"{name}: sequences have the shape (steps, batch, features), with at least one step, not {shape}.")
        return np.reshape(x, (shape[0] * shape[1], shape[2])), (shape[1],) * shape[0]
    if len(shape) != 2 or sum(sizes) != shape[0] or sorted(sizes, reverse=True) != list(sizes) or min(sizes, default=0) < 1:
        raise ValueError(
            f"{name}: packed rows have the shape (sum of sizes, features) and sizes that never grow, not {shape} and {sizes}."
        )
    return x, tuple(sizes)


def _run(kernel: Any, x: Array, states: Array, w_input: Any, w_hidden: Any, biases: Any, sizes: Any, *, reverse: bool) -> Any:
    rows, packed = as_rows(kernel.name, x, sizes)
    order = backwards(packed) if reverse else None
    output, last = _sequence(kernel, packed, order, rows, tuple(states), w_input, w_hidden, tuple(biases))
    return (np.reshape(output, (*np.shape(x)[:-1], -1)) if sizes is None else output), last


def lstm_sequence(
    x: Array,
    hidden: Array,
    cell: Any,
    w_input: Any,
    w_hidden: Any,
    biases: Any = (),
    *,
    sizes: Any = None,
    reverse: bool = False,
) -> Array:
    """Return the outputs of all steps and the last hidden and cell states of an LSTM with gates i f g o.

    Parameters
    ----------
    x : array, shape (steps, batch, k), or packed (rows, k) with ``sizes``
        The inputs.
    hidden, cell : array, shape (batch, n)
        The states before the first step.
    w_input, w_hidden : array, shapes (4n, k) and (4n, n)
        The weights.
    biases : pair of array, shape (4n,), optional
        Added to the products of inputs and of states.
    sizes : sequence of int, optional
        For packed sequences: how many rows each step has; they never grow.
    reverse : bool
        Whether to go from the end of each sequence to its start.

    Returns
    -------
    output : array, shape (steps, batch, n) or packed (rows, n)
    last : tuple of array, shape (batch, n)
        Hidden and cell state after the last step of each sequence.

    Examples
    --------
    >>> import numpy as np
    >>> output, (h, c) = lstm_sequence(np.ones((5, 2, 3)), *np.zeros((2, 2, 1)), np.zeros((4, 3)), np.zeros((4, 1)))
    >>> output.shape, h.shape
    ((5, 2, 1), (2, 1))
    """
    return _run(LONG_SHORT, x, (hidden, cell), w_input, w_hidden, biases, sizes, reverse=reverse)


def gru_sequence(
    x: Array, hidden: Array, w_input: Any, w_hidden: Any, biases: Any = (), *, sizes: Any = None, reverse: bool = False
) -> Array:
    """Return the outputs of all steps and the last state of a GRU with gates r z n; arguments as for `lstm_sequence`.

    Examples
    --------
    >>> import numpy as np
    >>> output, (h,) = gru_sequence(np.ones((5, 2, 3)), np.ones((2, 1)), np.zeros((3, 3)), np.zeros((3, 1)))
    >>> output[:, 0, 0]
    array([0.5    , 0.25   , 0.125  , 0.0625 , 0.03125])
    """
    return _run(GATED, x, (hidden,), w_input, w_hidden, biases, sizes, reverse=reverse)


def rnn_sequence(
    x: Array,
    hidden: Array,
    w_input: Any,
    w_hidden: Any,
    biases: Any = (),
    nonlinearity: str = "tanh",
    *,
    sizes: Any = None,
    reverse: bool = False,
) -> Array:
    """Return the outputs of all steps and the last state of a simple recurrence (tanh or relu); arguments as for `lstm_sequence`.

    Examples
    --------
    >>> import numpy as np
    >>> output, (h,) = rnn_sequence(np.ones((3, 1, 1)), np.zeros((1, 1)), np.ones((1, 1)), np.ones((1, 1)), (), "relu")
    >>> output[:, 0, 0]
    array([1., 2., 3.])
    """
    return _run(TANH if nonlinearity == "tanh" else RELU, x, (hidden,), w_input, w_hidden, biases, sizes, reverse=reverse)
