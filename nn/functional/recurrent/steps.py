"""One step in time of recurrent networks, from the products of input and state with the weights on: gates and new state.

The gates stand in PyTorch's order: input, forget, cell, output for the LSTM; reset, update, new for the GRU.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import revad
from nn.functional.activations.sigmoids import sigmoid
from revad.extend import vjp_joint
from revad.typing import Array


@revad.primitive
def lstm_step(gates: Array, cell: Any) -> tuple[Any, Any]:
    """Return the new hidden state h = o·tanh(c) and the new cell state c = f·c₋ + i·g.

    Parameters
    ----------
    gates : array, shape (..., 4n)
        Before their activations, in the order i f g o.
    cell : array, shape (..., n)
        The old cell state c₋.

    References
    ----------
    .. [1] S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory", Neural Computation 9 (1997); forget gate: F. Gers et al. 2000.

    Examples
    --------
    >>> import numpy as np
    >>> h, c = lstm_step(np.array([100.0, 100.0, 0.0, 100.0]), np.array([0.5]))
    >>> c
    array([0.5])
    """
    i, f, g, o = _lstm_gates(gates)
    new = f * cell + i * g
    return o * np.tanh(new), new


def _lstm_gates(gates: Array) -> tuple[Any, Any, Any, Any]:
    i, f, g, o = np.split(gates, 4, axis=-1)
    return sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)


@vjp_joint(lstm_step, "gates", "cell")
def _lstm_step_pullback(g: Array, needs: tuple[bool, bool], gates: Array, cell: Any, ans: Array) -> tuple[Any, Any]:
    """c̄ ← c̄ + h̄·o·(1 − tanh²c); then through c = f·c₋ + i·g and the activations."""
    g_hidden, g_new = g
    i, f, candidate, o = _lstm_gates(gates)
    t = np.tanh(ans[1])
    g_new = g_new + g_hidden * o * (1 - t * t)
    parts = (
        g_new * candidate * i * (1 - i),
        g_new * cell * f * (1 - f),
        g_new * i * (1 - candidate * candidate),
        g_hidden * t * o * (1 - o),
    )
    return (np.concatenate(parts, axis=-1) if needs[0] else None), g_new * f


@revad.primitive
def gru_step(from_input: Array, from_hidden: Array, hidden: Array) -> Array:
    """Return the new hidden state h = (1 − z)·n + z·h₋, with n = tanh(x_n + r·h_n), r = σ(x_r + h_r), z = σ(x_z + h_z).

    Parameters
    ----------
    from_input, from_hidden : array, shape (..., 3n)
        Products of the input and of the old state with their weights, in the order r z n.
    hidden : array, shape (..., n)
        The old state h₋.

    References
    ----------
    .. [1] K. Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", EMNLP 2014.

    Examples
    --------
    >>> import numpy as np
    >>> gru_step(np.array([0.0, 100.0, 0.0]), np.zeros(3), np.array([0.5]))
    array([0.5])
    """
    _, z, n, _ = _gru_gates(from_input, from_hidden)
    return n + z * (hidden - n)


def _gru_gates(from_input: Array, from_hidden: Array) -> tuple[Any, Any, Any, Any]:
    x_r, x_z, x_n = np.split(from_input, 3, axis=-1)
    h_r, h_z, h_n = np.split(from_hidden, 3, axis=-1)
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    return r, z, np.tanh(x_n + r * h_n), h_n


@vjp_joint(gru_step, "from_input", "from_hidden", "hidden")
def _gru_step_pullback(
    g: Array, needs: tuple[bool, bool, bool], from_input: Array, from_hidden: Array, hidden: Array
) -> tuple[Any, Any, Any]:
    r, z, n, h_n = _gru_gates(from_input, from_hidden)
    g_n = g * (1 - z) * (1 - n * n)
    g_z = g * (hidden - n) * z * (1 - z)
    g_r = g_n * h_n * r * (1 - r)
    g_input = np.concatenate((g_r, g_z, g_n), axis=-1) if needs[0] else None
    g_hidden = np.concatenate((g_r, g_z, g_n * r), axis=-1) if needs[1] else None
    return g_input, g_hidden, g * z
