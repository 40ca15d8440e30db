"""Recurrent layers over whole sequences: `RNN LSTM GRU`, stacked, in both directions, on padded or packed batches.

One layer in one direction is one operation on the tape (`nn.functional.recurrent.sequences`), whose pull-back is BPTT.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from nn import init
from nn.functional.dropping import dropout
from nn.functional.linear import linear
from nn.functional.recurrent.sequences import backwards, gru_sequence, lstm_sequence, rnn_sequence, unrolled
from nn.functional.recurrent.steps import lstm_step
from nn.layers.cells import ACTIVATIONS
from nn.layers.linear import new_parameter
from nn.module import Module
from nn.random import generator_or_default
from nn.recurrence.packed import PackedSequence
from revad.typing import Array


def _goes_back(suffix: str) -> bool:
    return suffix.endswith("reverse")


class _Recurrent(Module):
    """What all recurrent layers share: weights by layer and direction, the states, the forms that a batch of sequences has."""

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        if not 0 <= dropout <= 1:
            raise ValueError(f"{name}: dropout must be between 0 and 1, not {dropout}.")
        if min(input_size, hidden_size, num_layers) < 1:
            raise ValueError(
                f"{name}: sizes and number of layers must be positive, not {input_size}, {hidden_size}, {num_layers}."
            )
        if not 0 <= proj_size < hidden_size:
            raise ValueError(f"{name}: proj_size must be smaller than hidden_size={hidden_size}, not {proj_size}.")
        self.input_size, self.hidden_size, self.num_layers, self.bias = input_size, hidden_size, num_layers, bias
        self.batch_first, self.dropout, self.bidirectional, self.proj_size = batch_first, dropout, bidirectional, proj_size
        self.rng = None if rng is None else generator_or_default(rng)
        self.output_size = proj_size or hidden_size
        rows, directions = self.gates * hidden_size, 2 if bidirectional else 1
        for layer in range(num_layers):
            length = input_size if layer == 0 else self.output_size * directions
            for suffix in self._suffixes(layer):
                self.register_parameter(f"weight_ih{suffix}", new_parameter((rows, length), dtype))
                self.register_parameter(f"weight_hh{suffix}", new_parameter((rows, self.output_size), dtype))
                self.register_parameter(f"bias_ih{suffix}", new_parameter((rows,), dtype) if bias else None)
                self.register_parameter(f"bias_hh{suffix}", new_parameter((rows,), dtype) if bias else None)
                if proj_size:
                    self.register_parameter(f"weight_hr{suffix}", new_parameter((proj_size, hidden_size), dtype))
        self.reset_parameters(self.rng)

    def _suffixes(self, layer: int) -> list[str]:
        return [f"_l{layer}", f"_l{layer}_reverse"] if self.bidirectional else [f"_l{layer}"]

    def reset_parameters(self, rng: Any = None) -> None:
        """Draw the parameters anew: uniform within ±1/√hidden_size."""
        rng = generator_or_default(rng)
        bound = 1 / sqrt(self.hidden_size)
        for parameter in self._parameters.values():
            if parameter is not None:
                init.uniform_(parameter, -bound, bound, rng)

    def through_time(self, rows: Array, states: Any, sizes: Any, suffix: str) -> tuple[Any, tuple[Any, ...]]:
        """Return the outputs of one layer in one direction, for packed rows of so many per step, and its last states."""
        raise NotImplementedError

    def weights(self, suffix: str) -> tuple[Any, Any, tuple[Any, ...]]:
        """Return the weights of input and state and the pair of biases (empty without) of a layer and direction."""
        biases = (getattr(self, f"bias_ih{suffix}"), getattr(self, f"bias_hh{suffix}")) if self.bias else ()
        return getattr(self, f"weight_ih{suffix}"), getattr(self, f"weight_hh{suffix}"), biases

    def run(self, input: Array, states: tuple[Any, ...] | None) -> tuple[Any, tuple[Any, ...]]:
        """Return the outputs of the last layer, and the last states of all layers and directions."""
        if isinstance(input, PackedSequence):
            return self._run_packed(input, states)
        shape, name = np.shape(input), type(self).__name__
        if len(shape) not in (2, 3) or shape[-1] != self.input_size:
            raise ValueError(
                f"{name}: the input must end with an axis of {self.input_size} and have 2 or 3 axes, not shape {shape}."
            )
        if len(shape) == 2:
            lifted = None if states is None else tuple(state[:, None] for state in states)
            batch_axis = 0 if self.batch_first else 1
            output, ends = self.run(np.expand_dims(input, batch_axis), lifted)
            return np.squeeze(output, batch_axis), tuple(state[:, 0] for state in ends)
        x = np.swapaxes(input, 0, 1) if self.batch_first else input
        steps, batch = np.shape(x)[:2]
        if steps == 0:
            raise ValueError(f"{name}: the sequence is empty (input of shape {shape}).")
        rows, last = self._layers(np.reshape(x, (steps * batch, self.input_size)), states, (batch,) * steps)
        output = np.reshape(rows, (steps, batch, -1))
        return (np.swapaxes(output, 0, 1) if self.batch_first else output), last

    def _run_packed(self, packed: PackedSequence, states: tuple[Any, ...] | None) -> tuple[Any, tuple[Any, ...]]:
        shape = np.shape(packed.data)
        if len(shape) != 2 or shape[1] != self.input_size:
            raise ValueError(f"{type(self).__name__}: packed data must have shape (rows, {self.input_size}), not {shape}.")
        if states is not None and packed.sorted_indices is not None:
            states = tuple(state[:, packed.sorted_indices] for state in states)
        data, last = self._layers(packed.data, states, tuple(map(int, packed.batch_sizes)))
        if packed.unsorted_indices is not None:
            last = tuple(state[:, packed.unsorted_indices] for state in last)
        return packed._replace(data=data), last

    def _layers(self, rows: Array, states: tuple[Any, ...] | None, sizes: tuple[int, ...]) -> tuple[Any, tuple[Any, ...]]:
        """Go through all layers: packed rows, of which step t has ``sizes[t]``."""
        states = self._start(rows, states, sizes[0])
        last: list[tuple[Any, ...]] = []
        for layer in range(self.num_layers):
            if layer and self.dropout:
                rows = dropout(rows, self.dropout, self.training, self.rng)
            outputs: list[Any] = []
            for suffix in self._suffixes(layer):
                output, state = self.through_time(rows, tuple(part[len(last)] for part in states), sizes, suffix)
                outputs.append(output)
                last.append(state)
            rows = outputs[0] if len(outputs) == 1 else np.concatenate(outputs, axis=-1)
        return rows, tuple(np.stack(parts) for parts in zip(*last, strict=True))

    def _start(self, rows: Array, states: tuple[Any, ...] | None, batch: int) -> tuple[Any, ...]:
        count = self.num_layers * (2 if self.bidirectional else 1)
        wanted = [(count, batch, self.output_size), (count, batch, self.hidden_size)][: 2 if self.gates == 4 else 1]
        if states is None:
            return tuple(np.zeros(shape, getattr(rows, "dtype", np.float64)) for shape in wanted)
        for state, shape in zip(states, wanted, strict=True):
            if np.shape(state) != shape:
                raise ValueError(f"{type(self).__name__}: a first state must have shape {shape}, not {np.shape(state)}.")
        return states

    def extra_repr(self) -> str:
        """Return the settings that are not usual."""
        usual = {"num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0, "bidirectional": False, "proj_size": 0}
        changed = "".join(f", {key}={getattr(self, key)}" for key, value in usual.items() if getattr(self, key) != value)
        return f"{self.input_size}, {self.hidden_size}{changed}"


class RNN(_Recurrent):
    """The simple recurrence h = tanh(W_ih x + b_ih + W_hh h₋ + b_hh) over sequences.

    Parameters
    ----------
    input_size, hidden_size : int
        Lengths of x and h.
    num_layers : int
        Each layer after the first takes the outputs of the one before.
    nonlinearity : {"tanh", "relu"}
        The activation.
    bias : bool
        Whether to add the b.
    batch_first : bool
        Whether sequences are (N, L, ...) in place of (L, N, ...).
    dropout : float
        Probability of dropping an output between layers, in training.
    bidirectional : bool
        Whether a second recurrence goes from the end; outputs stand side by side.
    dtype : dtype, optional
        Of the parameters.
    rng : numpy.random.Generator, optional
        For the initial values and the dropout.

    Examples
    --------
    >>> import numpy as np, nn
    >>> output, h = nn.RNN(3, 4)(np.ones((7, 2, 3)))
    >>> output.shape, h.shape
    ((7, 2, 4), (1, 2, 4))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        if nonlinearity not in ACTIVATIONS:
            raise ValueError(f"RNN: nonlinearity must be 'tanh' or 'relu', not {nonlinearity!r}.")
        super().__init__(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, dtype=dtype, rng=rng)
        self.nonlinearity = nonlinearity

    def through_time(self, rows: Array, states: Any, sizes: Any, suffix: str) -> tuple[Any, tuple[Any, ...]]:
        """Return the outputs and the last state of one layer in one direction."""
        (hidden,), (w_input, w_hidden, biases) = states, self.weights(suffix)
        way = {"sizes": sizes, "reverse": _goes_back(suffix)}
        return rnn_sequence(rows, hidden, w_input, w_hidden, biases, self.nonlinearity, **way)

    def forward(self, input: Array, hx: Any = None) -> tuple[Any, Any]:
        """Return all outputs and the last state."""
        output, (hidden,) = self.run(input, None if hx is None else (hx,))
        return output, hidden


class LSTM(_Recurrent):
    """The long short-term memory over sequences, with gates i f g o.

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, dtype, rng
        As for `RNN`.
    proj_size : int
        If positive, each output is a product of the hidden state with a matrix of so many rows.

    Examples
    --------
    >>> import numpy as np, nn
    >>> output, (h, c) = nn.LSTM(3, 4)(np.ones((7, 2, 3)))
    >>> output.shape, h.shape, c.shape
    ((7, 2, 4), (1, 2, 4), (1, 2, 4))
    """

    gates = 4

    def through_time(self, rows: Array, states: Any, sizes: Any, suffix: str) -> tuple[Any, tuple[Any, ...]]:
        """Return the outputs and the last states of one layer in one direction; step by step if the outputs are projected."""
        (hidden, cell), (w_input, w_hidden, biases) = states, self.weights(suffix)
        if not self.proj_size:
            return lstm_sequence(rows, hidden, cell, w_input, w_hidden, biases, sizes=sizes, reverse=_goes_back(suffix))

        def step(from_input: Array, from_hidden: Array, _: Any, cell: Any) -> tuple[Any, Any]:
            hidden, cell = lstm_step(from_input + from_hidden, cell)
            return linear(hidden, getattr(self, f"weight_hr{suffix}")), cell

        order = backwards(sizes) if _goes_back(suffix) else None
        return unrolled(step, sizes, order, rows, states, w_input, w_hidden, biases)

    def forward(self, input: Array, hx: Any = None) -> tuple[Any, tuple[Any, Any]]:
        """Return all outputs, and the last hidden and cell states."""
        output, (hidden, cell) = self.run(input, hx)
        return output, (hidden, cell)


class GRU(_Recurrent):
    """The gated recurrent unit over sequences, with gates r z n.

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, dtype, rng
        As for `RNN`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> output, h = nn.GRU(3, 4, bidirectional=True)(np.ones((7, 2, 3)))
    >>> output.shape, h.shape
    ((7, 2, 8), (2, 2, 4))
    """

    gates = 3

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, dtype=dtype, rng=rng)

    def through_time(self, rows: Array, states: Any, sizes: Any, suffix: str) -> tuple[Any, tuple[Any, ...]]:
        """Return the outputs and the last state of one layer in one direction."""
        (hidden,), (w_input, w_hidden, biases) = states, self.weights(suffix)
        return gru_sequence(rows, hidden, w_input, w_hidden, biases, sizes=sizes, reverse=_goes_back(suffix))

    def forward(self, input: Array, hx: Any = None) -> tuple[Any, Any]:
        """Return all outputs and the last state."""
        output, (hidden,) = self.run(input, None if hx is None else (hx,))
        return output, hidden
