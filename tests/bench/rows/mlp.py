"""A training step's value and gradients: a perceptron 64-128-128-10 with softmax cross-entropy on a batch of 32, float32.

Two rows: all engines with the loss written out in the same operations, and torch with the fused functions that its users call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.bench.engines import ENGINES as ENGINES
from tests.bench.engines import Engine
from tests.bench.race import race
from tests.bench.table import Row

ALONE = False
SIZES = (64, 128, 128, 10)
BATCH = 32


def measure(engines: Sequence[Engine], seconds: float) -> list[Row]:
    """Time the step with all parameter gradients."""
    draw = np.random.default_rng(0)
    inputs = draw.standard_normal((BATCH, SIZES[0])).astype(np.float32)
    labels = draw.integers(0, SIZES[-1], BATCH)
    one_hot = np.eye(SIZES[-1], dtype=np.float32)[labels]
    parameters: list[Any] = []
    for n, m in zip(SIZES[:-1], SIZES[1:], strict=True):
        parameters += [(draw.standard_normal((n, m)) / np.sqrt(n)).astype(np.float32), np.zeros(m, np.float32)]
    constants = {engine.name: (inputs, one_hot) for engine in engines}
    by_namespace = {engine.xp: engine.name for engine in engines}
    if "torch" in constants:
        import torch

        torch_labels = torch.tensor(labels)
        constants["torch"] = (torch.tensor(inputs), torch.tensor(one_hot))

    def written_out(xp: Any, *parameters: Any) -> Any:
        h, one_hot = constants[by_namespace[xp]]
        for i in range(0, len(parameters) - 2, 2):
            h = xp.maximum(h @ parameters[i] + parameters[i + 1], zero(xp))
        logits = h @ parameters[-2] + parameters[-1]
        return cross_entropy(xp, logits, one_hot)

    def as_users_write(xp: Any, *parameters: Any) -> Any:
        if xp.__name__ != "torch":
            return written_out(xp, *parameters)
        h = constants["torch"][0]
        for i in range(0, len(parameters) - 2, 2):
            h = xp.relu(xp.addmm(parameters[i + 1], h, parameters[i]))
        return xp.nn.functional.cross_entropy(xp.addmm(parameters[-1], h, parameters[-2]), torch_labels)

    rows: list[Row] = []
    for label, step in {"same operations": written_out, "torch's fused functions": as_users_write}.items():
        name = f"MLP step 64-128-128-10, {label}"
        times = race(engines, step, *parameters, seconds=seconds, tolerance=1e-4, label=name)
        rows.append(Row(name, "µs", {engine: 1e6 * t for engine, t in times.items()}, {"torch": 1.0}))
    return rows
