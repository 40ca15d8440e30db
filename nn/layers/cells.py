"""Recurrent cells, one step in time: `RNNCell LSTMCell GRUCell`."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from nn import init
from nn.functional.activations.rectifiers import relu
from nn.functional.linear import linear
from nn.functional.recurrent.steps import gru_step, lstm_step
from nn.layers.linear import new_parameter
from nn.module import Module
from nn.random import generator_or_default
from revad.typing import Array

ACTIVATIONS = {"tanh": np.tanh, "relu": relu}


class _Cell(Module):
    """What all cells share: the weights of input and state, and the state to start from."""

    gates = 1

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, *, dtype: Any = None, rng: Any = None) -> None:
        super().__init__()
        self.input_size, self.hidden_size, rows = input_size, hidden_size, self.gates * hidden_size
        self.weight_ih = new_parameter((rows, input_size), dtype)
        self.weight_hh = new_parameter((rows, hidden_size), dtype)
        self.register_parameter("bias_ih", new_parameter((rows,), dtype) if bias else None)
        self.register_parameter("bias_hh", new_parameter((rows,), dtype) if bias else None)
        self.reset_parameters(rng)

    def reset_parameters(self, rng: Any = None) -> None:
        """Draw the parameters anew: uniform within ±1/√hidden_size."""
        rng = generator_or_default(rng)
        bound = 1 / sqrt(self.hidden_size)
        for parameter in self._parameters.values():
            if parameter is not None:
                init.uniform_(parameter, -bound, bound, rng)

    def start(self, input: Array, state: Any) -> Any:
        """Return the state, zeros if none is given, after checking the shapes."""
        shape, name = np.shape(input), type(self).__name__
        if len(shape) not in (1, 2) or shape[-1] != self.input_size:
            raise ValueError(f"{name}: the input must have shape (N, {self.input_size}) or ({self.input_size},), not {shape}.")
        wanted = (*shape[:-1], self.hidden_size)
        if state is None:
            return np.zeros(wanted, getattr(input, "dtype", np.float64))
        if np.shape(state) != wanted:
            raise ValueError(
                f"{name}: for an input of shape {shape} the state must have shape {wanted}, not {np.shape(state)}."
            )
        return state

    def products(self, input: Array, hidden: Array) -> tuple[Any, Any]:
        """Return the products of input and state with their weights."""
        return linear(input, self.weight_ih, self.bias_ih), linear(hidden, self.weight_hh, self.bias_hh)

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"{self.input_size}, {self.hidden_size}" + ("" if self._parameters["bias_ih"] is not None else ", bias=False")


class RNNCell(_Cell):
    """The simple recurrence h = tanh(W_ih x + b_ih + W_hh h₋ + b_hh).

    Parameters
    ----------
    input_size, hidden_size : int
        Lengths of x and h.
    bias : bool
        Whether to add the b.
    nonlinearity : {"tanh", "relu"}
        The activation.
    dtype : dtype, optional
        Of the parameters.
    rng : numpy.random.Generator, optional
        For the initial values.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.RNNCell(3, 4)(np.ones((2, 3))).shape
    (2, 4)
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        if nonlinearity not in ACTIVATIONS:
            raise ValueError(f"RNNCell: nonlinearity must be 'tanh' or 'relu', not {nonlinearity!r}.")
        super().__init__(input_size, hidden_size, bias, dtype=dtype, rng=rng)
        self.nonlinearity = nonlinearity

    def forward(self, input: Array, hx: Any = None) -> Any:
        """Return the new state."""
        from_input, from_hidden = self.products(input, self.start(input, hx))
        return ACTIVATIONS[self.nonlinearity](from_input + from_hidden)


class LSTMCell(_Cell):
    """One step of the long short-term memory, with gates i f g o.

    Parameters
    ----------
    input_size, hidden_size : int
        Lengths of the input and of each state.
    bias, dtype, rng
        As for `RNNCell`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> h, c = nn.LSTMCell(3, 4)(np.ones((2, 3)))
    >>> h.shape, c.shape
    ((2, 4), (2, 4))
    """

    gates = 4

    def forward(self, input: Array, hx: Any = None) -> tuple[Any, Any]:
        """Return the new hidden state and the new cell state."""
        hidden, cell = (None, None) if hx is None else hx
        from_input, from_hidden = self.products(input, self.start(input, hidden))
        return lstm_step(from_input + from_hidden, self.start(input, cell))


class GRUCell(_Cell):
    """One step of the gated recurrent unit, with gates r z n.

    Parameters
    ----------
    input_size, hidden_size, bias, dtype, rng
        As for `LSTMCell`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.GRUCell(3, 4)(np.ones((2, 3))).shape
    (2, 4)
    """

    gates = 3

    def forward(self, input: Array, hx: Any = None) -> Any:
        """Return the new state."""
        hidden = self.start(input, hx)
        return gru_step(*self.products(input, hidden), hidden)
