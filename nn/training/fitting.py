"""`fit`: training in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nn.training.history import History
from nn.training.trainer import Trainer


def fit(
    model: Any,
    loss: Callable[[Any, Any], Any],
    optimizer: Any,
    train: Any,
    validation: Any = None,
    epochs: int = 10,
    batch_size: int = 32,
    rng: Any = None,
    **options: Any,
) -> History:
    """Train a model in one call.

    Parameters
    ----------
    model, loss, optimizer
        As for `Trainer`.
    train, validation, epochs, batch_size, rng
        As for `Trainer.fit`.
    **options
        Of `Trainer`: metrics, schedule, clip_norm, callbacks, progress ...

    Returns
    -------
    History

    Examples
    --------
    >>> import nn
    >>> model = nn.Linear(13, 3)
    >>> data = nn.data.wine()
    >>> scaled = (nn.data.Standardize(data.arrays[0])(data.arrays[0]), data.arrays[1])
    >>> optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    >>> history = nn.fit(model, nn.CrossEntropyLoss(), optimizer, scaled, epochs=20, progress=False)
    >>> bool(history["loss"][-1] < 0.2)
    True
    """
    return Trainer(model, loss, optimizer, **options).fit(train, validation, epochs, batch_size, rng)
