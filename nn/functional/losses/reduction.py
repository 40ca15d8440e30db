"""How a loss per element becomes one number: ``reduction`` is "mean", "sum" or "none"."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.typing import Array


def reduce(losses: Any, reduction: str, name: str) -> Any:
    """Return the mean or the sum of losses, or the losses themselves.

    Examples
    --------
    >>> import numpy as np
    >>> float(reduce(np.array([1.0, 3.0]), "mean", "mse_loss"))
    2.0
    """
    if reduction == "mean":
        return np.mean(losses)
    if reduction == "sum":
        return np.sum(losses)
    if reduction == "none":
        return losses
    raise ValueError(f"{name}: reduction must be 'mean', 'sum' or 'none', not {reduction!r}.")


def check_same_shape(input: Array, target: Array, name: str) -> None:
    """Refuse targets of another shape: broadcasting (n,) against (n, 1) to (n, n) is a mistake that trains, badly.

    Examples
    --------
    >>> check_same_shape([1.0], [2.0], "mse_loss")
    """
    if np.shape(input) != np.shape(target):
        raise ValueError(
            f"{name}: the input has shape {np.shape(input)} and the target {np.shape(target)}; they must be the same. "
            "Reshape one of them, or use np.broadcast_to if that is meant."
        )
