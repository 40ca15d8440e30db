"""A run with everything that has a state, and what is left of it: used by the tests of resuming, also in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np

import nn

EPOCHS = 3
BATCHES = 7  # of an epoch


class KillAt(nn.training.Callback):
    """Ends the process, or raises, after so many batches."""

    def __init__(self, batches: int, how: Any) -> None:
        self.batches, self.how = batches, how

    def on_boundary(self, trainer: Any) -> None:
        if trainer.batches_seen == self.batches and trainer.batch:
            if self.how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise self.how


def make(path: Path, every: int = 1, extra: Any = None, kind: str = "step", workers: int = 0) -> tuple[nn.Trainer, Any, Any]:
    """Return a trainer, a loader and validation data; all are random, and all have a state."""
    nn.manual_seed(5)
    draw = np.random.default_rng(1)
    x = draw.normal(size=(52, 6)).astype(np.float32)
    y = (x[:, 0] * x[:, 1] > 0).astype(np.int64)
    own = np.random.default_rng(9)
    model = nn.Sequential(
        nn.Linear(6, 8),
        nn.BatchNorm1d(8),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Linear(8, 8),
        nn.Tanh(),
        nn.Dropout(0.2, rng=own),
        nn.Linear(8, 2),
    )
    optimizer = nn.optim.AdamW(model.parameters(), lr=0.02)
    if kind == "plateau":
        schedule, per = nn.schedules.ReduceLROnPlateau(optimizer, patience=0, threshold=0.5), "epoch"
    else:
        schedule, per = nn.schedules.OneCycleLR(optimizer, 0.05, total_steps=100), "step"
    callbacks = [
        nn.training.EarlyStopping(patience=50),
        nn.training.GradientNorm(),
        nn.training.LearningRate(),
        nn.training.Checkpoint(path, every=every, unit="step"),
        *([extra] if extra else [KillAt(-1, None)]),
    ]
    trainer = nn.Trainer(
        model,
        nn.CrossEntropyLoss(),
        optimizer,
        metrics=[nn.metrics.Accuracy(), nn.metrics.F1()],
        schedule=schedule,
        schedule_every=per,
        clip_norm=1.0,
        accumulate=2,
        average=0.9,
        callbacks=callbacks,
        progress=False,
    )
    loader = nn.data.DataLoader(
        nn.data.ArrayDataset(x[:50], y[:50]),
        8,
        shuffle=True,
        num_workers=workers,
        transform=lambda batch, rng: (batch[0] + rng.normal(size=batch[0].shape).astype(np.float32) * 0.1, batch[1]),
    )
    return trainer, loader, (x[:20], y[:20])


def remains(trainer: nn.Trainer) -> dict[str, bytes]:
    """Return every byte of what a run leaves."""
    parts: dict[str, bytes] = {}
    for name, module in trainer.trained.items():
        parts.update({f"{name}.{key}": array.tobytes() for key, array in module.state_dict().items()})
    parts.update({f"history.{name}": trainer.history[name].tobytes() for name in trainer.history})
    parts["norms"], parts["rates"] = (callback.values.tobytes() for callback in trainer.callbacks[1:3])
    parts["random"] = nn.default_generator().random(4).tobytes()
    parts["optimizer"] = repr(trainer.optimizer.state_dict()).encode()
    return parts


if __name__ == "__main__":  # python runs.py FILE BATCHES: a process that is killed after so many batches
    run, data, held_out = make(Path(sys.argv[1]), extra=KillAt(int(sys.argv[2]), "kill"))
    run.resume(sys.argv[1], missing_ok=True)
    run.fit(data, held_out, epochs=EPOCHS)
    print(json.dumps({name: content.hex() for name, content in remains(run).items()}))
