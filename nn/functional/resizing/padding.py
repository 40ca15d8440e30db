"""`pad`: more elements at the ends of the last axes, given as one flat tuple from the last axis backwards."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.typing import Array

MODES: dict[str, Any] = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def pad(input: Array, pad: Any, mode: str = "constant", value: float | None = None) -> Array:
    """Return the input with elements added at (or, where negative, taken from) the ends of its last axes.

    Parameters
    ----------
    input : array_like
        Any shape.
    pad : tuple of int
        How many before and after: of the last axis, then of the one before it, and so on.
    mode : {"constant", "reflect", "replicate", "circular"}
        What is added: a constant, the elements mirrored at the last one, the last one, or those of the other end.
    value : float, optional
        The constant; 0 by default.

    Returns
    -------
    array

    Examples
    --------
    >>> import numpy as np
    >>> pad(np.array([1.0, 2.0, 3.0]), (1, 2), "reflect")
    array([2., 1., 2., 3., 2., 1.])
    >>> pad(np.array([1.0, 2.0, 3.0]), (-1, 1))
    array([2., 3., 0.])
    """
    shape = np.shape(input)
    widths = _widths(pad, shape)
    if mode not in MODES:
        raise ValueError(f"pad: mode must be one of {', '.join(MODES)}, not {mode!r}.")
    if value is not None and mode != "constant":
        raise ValueError(f"pad: value is a setting of the mode 'constant', not of {mode!r}.")
    if any(n + min(0, before) + min(0, after) < 0 for (before, after), n in zip(widths, shape, strict=True)):
        raise ValueError(f"pad: {tuple(pad)} takes more away than an input of shape {shape} has.")
    if mode == "circular":  # what was taken away does not come back at the other end
        return _grow(_crop(input, widths), widths, mode, value)
    return _crop(_grow(input, widths, mode, value), widths)


def _crop(input: Array, widths: list[tuple[int, int]]) -> Array:
    """Take away what the negative widths say."""
    if not any(width < 0 for pair in widths for width in pair):
        return input
    return input[tuple(slice(max(0, -before), min(0, after) or None) for before, after in widths)]


def _grow(input: Array, widths: list[tuple[int, int]], mode: str, value: float | None) -> Array:
    """Add what the positive widths say."""
    grown = [(max(0, before), max(0, after)) for before, after in widths]
    if not any(map(any, grown)):
        return input
    _check_room(grown, np.shape(input), mode)
    if mode == "constant":
        return np.pad(input, grown, constant_values=0 if value is None else value)
    return np.pad(input, grown, MODES[mode])


def _widths(pad: Any, shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return how many before and after each axis, in order."""
    flat = [int(n) for n in pad]
    if len(flat) % 2 or len(flat) > 2 * len(shape):
        raise ValueError(
            f"pad: {tuple(flat)} must hold two numbers for each of the last axes, at most {len(shape)} pairs for shape {shape}."
        )
    pairs = list(zip(flat[::2], flat[1::2], strict=True))[::-1]
    return [(0, 0)] * (len(shape) - len(pairs)) + pairs


def _check_room(widths: list[tuple[int, int]], shape: tuple[int, ...], mode: str) -> None:
    """Refuse to take more elements from an axis than it has."""
    for axis, ((before, after), n) in enumerate(zip(widths, shape, strict=True)):
        most = {"constant": None, "replicate": None if n else 0, "reflect": n - 1, "circular": n}[mode]
        if most is not None and max(before, after) > most:
            raise ValueError(
                f"pad: mode {mode!r} can add at most {max(most, 0)} elements to axis {axis} of an input of shape {shape}, "
                f"not ({before}, {after})."
            )
