"""`ExponentialMovingAverage`: a copy of a model whose parameters follow those of the model slowly."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from nn.module import Module


class ExponentialMovingAverage(Module):
    """A copy of a model with averaged parameters a ← decay·a + (1 − decay)·w; it is called like the model.

    Parameters
    ----------
    model : Module
        The model that is trained.
    decay : float
        Between 0 and 1: how slowly the average follows.
    use_buffers : bool
        Average floating buffers too; otherwise they are copied.

    Examples
    --------
    >>> import numpy as np, nn
    >>> model = nn.Linear(1, 1, bias=False)
    >>> average = nn.optim.ExponentialMovingAverage(model, decay=0.75)
    >>> for value in (4.0, 8.0):
    ...     model.weight.data = [[value]]
    ...     average.update_parameters(model)
    >>> average(np.ones((1, 1), np.float32))
    array([[5.]], dtype=float32)
    """

    def __init__(self, model: Module, decay: float = 0.999, use_buffers: bool = False) -> None:
        super().__init__()
        if not 0 <= decay <= 1:
            raise ValueError(f"ExponentialMovingAverage: decay must be between 0 and 1, not {decay}.")
        self.decay, self.use_buffers = decay, use_buffers
        self.module = copy.deepcopy(model).requires_grad_(requires_grad=False)
        self.register_buffer("n_averaged", 0)

    def update_parameters(self, model: Module) -> None:
        """Let the average follow the model; the first call copies it."""
        decay = self.decay if self.n_averaged > 0 else 0.0
        mine, theirs = dict(self.module.named_parameters()), dict(model.named_parameters())
        if mine.keys() != theirs.keys():
            raise ValueError(
                "ExponentialMovingAverage: the model has other parameters than the one that the average was made of."
            )
        for name, parameter in mine.items():
            parameter.data = _between(parameter.data, theirs[name].data, decay)
        for mine_below, theirs_below in zip(self.module.modules(), model.modules(), strict=True):
            for name, buffer in theirs_below._buffers.items():
                if buffer is not None:
                    averaged = self.use_buffers and buffer.dtype.kind in "fc"
                    old = mine_below._buffers[name]
                    mine_below._buffers[name] = _between(old, buffer, decay) if averaged else np.array(buffer)
        self.n_averaged = self.n_averaged + 1

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Call the averaged model."""
        return self.module(*args, **kwargs)

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"decay={self.decay}"


def _between(old: Any, new: Any, decay: float) -> Any:
    return decay * old + (1 - decay) * new if decay else new
