"""Recurrent layers over whole sequences against torch's own: value and the gradients of weights and biases, float32.

The LSTM on sequences of equal length is among the rows of `networks`; here are its packed form, the GRU and the simple recurrence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.bench.clock import clock
from tests.bench.engines import Engine
from tests.bench.rows import nothing as derived
from tests.bench.table import Row

ENGINES = ("revad", "torch")
ROUNDS = 9
STEPS, BATCH, INPUTS, HIDDEN = 100, 32, 64, 128
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}

__all__ = ["ENGINES", "ROUNDS", "derived", "measure"]


def measure(engine: Engine, seconds: float) -> list[Row]:
    """Time the steps."""
    rows: list[Row] = []
    lengths = np.linspace(STEPS, 10, BATCH).astype(int)
    packed = [int(np.sum(lengths > t)) for t in range(STEPS)]
    for kind, sizes, bound in (("GRU", None, 1.0), ("RNN", None, 1.0), ("LSTM", packed, 1.3)):
        draw = np.random.default_rng(0)
        x = draw.standard_normal((STEPS, BATCH, INPUTS) if sizes is None else (sum(sizes), INPUTS)).astype(np.float32)
        rows_of_weights = GATES[kind] * HIDDEN
        shapes = (rows_of_weights, INPUTS), (rows_of_weights, HIDDEN), (rows_of_weights,), (rows_of_weights,)
        parameters = [(draw.uniform(-1, 1, shape) / np.sqrt(HIDDEN)).astype(np.float32) for shape in shapes]
        run = (torch_outputs if engine.name == "torch" else our_outputs)(engine, kind, x, sizes)

        def step(xp: Any, *parameters: Any, run: Callable[..., Any] = run) -> Any:
            output = run(parameters)
            return xp.sum(output * output)

        form = f"{STEPS} steps" if sizes is None else f"packed, {lengths[-1]} to {STEPS} steps"
        row = Row(f"{kind} {form}, batch {BATCH}, {INPUTS} to {HIDDEN}", "ms", {"torch": bound}, tolerance=1e-3)
        rows.append(clock(row, engine, step, *parameters, seconds=seconds, per=1e-3))
    return rows


def torch_outputs(engine: Engine, kind: str, x: Any, sizes: Any) -> Callable[[Any], Any]:
    """Return what torch makes of its parameters."""
    torch = engine.xp
    first, inputs = torch.zeros((1, BATCH, HIDDEN)), torch.tensor(x)
    run = {"LSTM": torch.lstm, "GRU": torch.gru, "RNN": torch.rnn_tanh}[kind]
    states = (first, first) if kind == "LSTM" else first
    rest = (True, 1, 0.0, True, False)  # biases, layers, dropout, training, both ways
    if sizes is None:
        return lambda parameters: run(inputs, states, parameters, *rest, False)[0]
    counts = torch.tensor(sizes)
    return lambda parameters: run(inputs, counts, states, parameters, *rest)[0]


def our_outputs(engine: Engine, kind: str, x: Any, sizes: Any) -> Callable[[Any], Any]:
    """Return what our functions make of the same parameters."""
    from nn.functional.recurrent import sequences

    run = getattr(sequences, f"{kind.lower()}_sequence")
    states = [np.zeros((BATCH, HIDDEN), np.float32)] * (2 if kind == "LSTM" else 1)
    return lambda parameters: run(x, *states, *parameters[:2], parameters[2:], sizes=sizes)[0]
