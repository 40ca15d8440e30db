"""Where a nan or an infinity came from: the batch is run again, and the first operation that makes one is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import revad
from nn.metrics.metric import plain


class NonFiniteLossError(FloatingPointError):
    """The loss, or a gradient, became nan or infinite; the message names epoch, batch and the first bad operation."""


def first_bad(model: Any, batch: Any, compute: Callable[[], Any]) -> str:
    """Return a sentence that says where the first nan or infinity of a batch comes from.

    Parameters
    ----------
    model : Module
        Whose parameters may already be bad.
    batch : tuple of arrays
        The inputs and the target, which may be bad.
    compute : callable
        Returns the loss of the batch, computed anew.

    Examples
    --------
    >>> import nn
    >>> model = nn.Linear(1, 1)
    >>> first_bad(model, (np.array([[np.inf]]),), lambda: None)
    'Part 0 of the batch, shape (1, 1), contains inf at (0, 0).'
    """
    for name, parameter in model.named_parameters():
        if place := _bad_entry(parameter):
            return (
                f"The parameter {name!r} already contained {place}: an earlier step was too large. Lower lr, or clip gradients."
            )
    for i, part in enumerate(batch if isinstance(batch, tuple) else (batch,)):
        if place := _bad_entry(part):
            return f"Part {i} of the batch, shape {np.shape(part)}, contains {place}."
    try:
        with np.errstate(all="ignore"), revad.debug_nans():
            compute().backward()
    except revad.NonFiniteError as error:
        notes = " ".join(getattr(error, "__notes__", ()))
        return f"First: {error} {notes}".rstrip()
    return (
        "Run again, the same batch was finite: the model draws random numbers that are not nn's, or holds a state of its own."
    )


def _bad_entry(value: Any) -> str:
    array = plain(value) if hasattr(value, "dtype") or isinstance(value, (float, list)) else np.zeros(0)
    if array.dtype.kind not in "fc":
        return ""
    bad = np.argwhere(~np.isfinite(array))
    if not len(bad):
        return ""
    place = tuple(int(i) for i in bad[0])
    return f"{array[place]} at {place}"
