"""Peak memory of a training step of a convolutional network: what the process needs beyond libraries, model and data."""

from __future__ import annotations

import resource
from typing import Any

import numpy as np

from tests.bench.engines import Engine
from tests.bench.rows import nothing as derived
from tests.bench.rows.networks import Library, training_step
from tests.bench.table import Row

ENGINES = ("revad", "torch")
ROUNDS = 1

__all__ = ["ENGINES", "ROUNDS", "derived", "measure"]


def measure(engine: Engine, seconds: float) -> list[Row]:
    """Take the growth of the process's peak over three steps, after one on a tiny batch that loads what is loaded late."""
    library = Library(engine)
    nn = library.nn

    def step_of(batch: int) -> Any:
        features = [nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        model = library.filled(nn.Sequential(*features, nn.Flatten(), nn.Linear(32 * 16 * 16, 10)))
        return training_step(library, model, (batch, 3, 32, 32), library.optim.SGD(model.parameters(), lr=0.0))

    step_of(2)()
    step = step_of(256)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(3):
        loss, _ = step()
    if not np.isfinite(float(loss)):
        raise AssertionError(f"{engine.name}: the loss is {loss}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return [Row("CNN 3-32-32 on 32 x 32, batch 256: peak of a step", "MB", {"torch": 1.2}, values={engine.name: peak / 1024})]
