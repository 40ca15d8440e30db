"""A training step's value and gradients: a perceptron 64-128-128-10 with softmax cross-entropy on a batch of 32, float32.

Two rows: every engine with the step written out in the same operations, and torch with the fused functions that its users call.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from tests.bench.clock import clock
from tests.bench.engines import ENGINES as ENGINES
from tests.bench.engines import Engine
from tests.bench.rows import nothing as derived
from tests.bench.table import Row

ROUNDS = 9
SIZES = (64, 128, 128, 10)
BATCH = 32

__all__ = ["ENGINES", "ROUNDS", "derived", "measure"]


def relu(xp: Any, x: Any) -> Any:
    """Return max(x, 0)."""
    return xp.relu(x) if hasattr(xp, "relu") else xp.maximum(x, 0)


def cross_entropy(xp: Any, logits: Any, one_hot: Any) -> Any:
    """Return the mean of log Σ exp(logits) − logit of the label, safe against overflow."""
    shifted = logits - xp.amax(logits, axis=1, keepdims=True)
    return xp.mean(xp.log(xp.sum(xp.exp(shifted), axis=1)) - xp.sum(shifted * one_hot, axis=1))


def written_out(xp: Any, inputs: Any, one_hot: Any, parameters: Sequence[Any]) -> Any:
    """Return the loss in elementary operations."""
    w1, b1, w2, b2, w3, b3 = parameters
    h = relu(xp, inputs @ w1 + b1)
    h = relu(xp, h @ w2 + b2)
    return cross_entropy(xp, h @ w3 + b3, one_hot)


def fused(torch: Any, inputs: Any, labels: Any, parameters: Sequence[Any]) -> Any:
    """Return the loss in torch's own functions."""
    w1, b1, w2, b2, w3, b3 = parameters
    h = torch.relu(torch.addmm(b1, inputs, w1))
    h = torch.relu(torch.addmm(b2, h, w2))
    return torch.nn.functional.cross_entropy(torch.addmm(b3, h, w3), labels)


def measure(engine: Engine, seconds: float) -> list[Row]:
    """Time the step with all parameter gradients."""
    draw = np.random.default_rng(0)
    inputs: Any = draw.standard_normal((BATCH, SIZES[0])).astype(np.float32)
    labels: Any = draw.integers(0, SIZES[-1], BATCH)
    one_hot: Any = np.eye(SIZES[-1], dtype=np.float32)[labels]
    parameters: list[Any] = []
    for n, m in pairwise(SIZES):
        parameters += [(draw.standard_normal((n, m)) / np.sqrt(n)).astype(np.float32), np.zeros(m, np.float32)]
    if engine.name == "torch":
        inputs, labels, one_hot = map(engine.xp.tensor, (inputs, labels, one_hot))

    def same(xp: Any, *parameters: Any) -> Any:
        return written_out(xp, inputs, one_hot, parameters)

    def native(xp: Any, *parameters: Any) -> Any:
        return fused(xp, inputs, labels, parameters) if engine.name == "torch" else same(xp, *parameters)

    rows: list[Row] = []
    for label, step in {"torch in the same operations": same, "torch in its fused functions": native}.items():
        row = Row(f"MLP step 64-128-128-10, {label}", "µs", {"torch": 1.0}, tolerance=1e-4)
        rows.append(clock(row, engine, step, *parameters, seconds=seconds, per=1e-6))
    return rows
