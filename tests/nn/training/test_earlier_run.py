"""A run that an earlier version saved goes on: checkpoints hold names and numbers, and no module that may move since."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import nn

SAVED = Path(__file__).parent / "earlier_run.safetensors"  # after one epoch, when the modules still stood elsewhere
LOSSES = [0.81310269, 0.44699726]  # what was found then in this epoch and the next
X = np.sin(np.arange(60.0)).reshape(5, 4, 3).astype(np.float32)
Y = np.cos(np.arange(8.0)).reshape(4, 2).astype(np.float32)


class Last(nn.Module):
    """A linear map of the last output of an LSTM, normalised."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.norm, self.out = nn.LSTM(3, 2), nn.BatchNorm1d(2), nn.Linear(2, 2)

    def forward(self, x: Any) -> Any:
        return self.out(self.norm(self.lstm(x)[0][-1]))


def new() -> nn.Trainer:
    model = Last()
    optimizer = nn.optim.AdamW(model.parameters(), lr=0.1, amsgrad=True)
    return nn.Trainer(model, nn.MSELoss(), optimizer, schedule=nn.schedules.StepLR(optimizer, 1, gamma=0.5), progress=False)


def test_a_saved_run_goes_on() -> None:
    """Parameters, the state of the optimiser and of the schedule, and the history are those that were saved."""
    trainer = new()
    assert trainer.resume(SAVED)
    trainer.fit([(X, Y)] * 2, epochs=2)
    np.testing.assert_allclose(trainer.history["loss"], LOSSES, rtol=1e-5)
    assert trainer.optimizer.param_groups[0]["lr"] == 0.025


def test_a_saved_model_is_loaded_by_names() -> None:
    model = Last()
    assert model.load_state_dict(nn.load(SAVED)["modules"]["model"]) == ([], [])
    assert model.norm.num_batches_tracked == 2
