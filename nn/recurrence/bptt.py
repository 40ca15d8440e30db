"""Truncated backpropagation through time: long sequences in windows, with a state that is carried on as a constant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

import revad
from revad.typing import Array


class Window(NamedTuple):
    """What `tbptt` yields: the part of a sequence whose loss is due.

    Attributes
    ----------
    output : array
        The model's outputs at these steps, tracked through up to k2 steps.
    steps : slice
        Which steps they are: targets are ``y[window.steps]``.
    state : pytree
        The state after the last of them, as a constant.
    """

    output: Any
    steps: slice
    state: Any


def tbptt(
    model: Callable[..., Any], x: Array, k1: int, k2: int | None = None, *, state: Any = None, batch_first: bool = False
) -> Iterator[Window]:
    """Run a recurrent model over a sequence in windows: every k1 steps a loss is due, whose gradient flows back through k2 steps.

    Parameters
    ----------
    model : callable
        ``model(x, state)`` returns outputs and the next state, as `nn.LSTM` and its kin do; ``state`` None starts anew.
    x : array, shape (steps, batch, ...), or (batch, steps, ...) with ``batch_first``
        The sequence; without batch, (steps, ...).
    k1 : int
        Steps from one loss to the next.
    k2 : int, optional
        Through how many steps each gradient flows back, at least k1 (the default). With ``k2 >= steps`` nothing is cut off, and
        the gradients of all losses sum to that of the whole sequence.
    state : pytree, optional
        Where to start from: the ``state`` of a window before, to go on where it stopped.
    batch_first : bool
        Whether the second axis of ``x`` and of the outputs counts the steps.

    Yields
    ------
    Window
        Outputs, their steps, and the state after them. The model may be changed between two windows.

    Raises
    ------
    ValueError
        ``k1`` is not positive or ``k2`` is smaller, so that some outputs would get no gradient; the sequence has no step;
        the model is bidirectional, or its ``batch_first`` is another.

    Notes
    -----
    The scheme is BPTT(k2; k1) of [1]_. If k2 exceeds k1 the steps before the window run again, with the present weights, from the
    state that was carried to their start: each step runs about k2/k1 times.

    References
    ----------
    .. [1] R. J. Williams and J. Peng, "An Efficient Gradient-Based Algorithm for On-Line Training of Recurrent Network
       Trajectories", Neural Computation 2 (1990).

    Examples
    --------
    >>> import numpy as np, nn
    >>> model, x, y = nn.RNN(1, 4), np.zeros((10, 2, 1)), np.ones((10, 2, 4))
    >>> optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    >>> for window in nn.tbptt(model, x, k1=4, k2=8):
    ...     optimizer.zero_grad()
    ...     np.mean((window.output - y[window.steps]) ** 2).backward()
    ...     optimizer.step()
    ...     print(window.steps)
    slice(0, 4, None)
    slice(4, 8, None)
    slice(8, 10, None)
    """
    k2 = k1 if k2 is None else k2
    axis = 1 if batch_first else 0
    if not 1 <= k1 <= k2:
        raise ValueError(
            f"tbptt: k1 must be at least 1 and k2 at least k1, so that every output is trained; not k1={k1}, k2={k2}."
        )
    if np.ndim(x) == 3 and getattr(model, "batch_first", batch_first) != batch_first:
        raise ValueError(
            f"tbptt: the model has batch_first={not batch_first}; pass batch_first={not batch_first} to tbptt too."
        )
    if getattr(model, "bidirectional", False):
        raise ValueError("tbptt: a bidirectional model reads the sequence from its end too, so its state cannot be carried on.")
    if np.ndim(x) <= axis or not np.shape(x)[axis]:
        raise ValueError(f"tbptt: the sequence has no step: axis {axis} of shape {np.shape(x)}.")
    return _windows(model, x, k1, k2, state, axis)


def _windows(model: Any, x: Array, k1: int, k2: int, state: Any, axis: int) -> Iterator[Window]:
    length, begin = np.shape(x)[axis], 0
    for first in range(0, length, k1):
        last = min(first + k1, length)
        next_begin = max(0, min(last + k1, length) - k2)  # where the next gradient ends: its state is carried to there
        due, state, after = _run(model, x, state, (begin, first, next_begin, last), axis)
        begin = next_begin
        window = [Window(due, slice(first, last), after)]
        del due  # nothing here may hold the tape: it belongs to whoever takes the window
        yield window.pop()


def _run(model: Any, x: Array, state: Any, steps: tuple[int, int, int, int], axis: int) -> tuple[Any, Any, Any]:
    """Run a window; return the outputs that are due, and the states at the next one's begin and at the end as constants."""
    begin, first, next_begin, last = steps
    outputs: list[Any] = []
    now = state
    if begin < next_begin:
        output, now = model(_part(x, begin, next_begin, axis), now)
        outputs.append(output)
    carried = revad.stop_gradient(now)
    if next_begin < last:
        output, now = model(_part(x, next_begin, last, axis), now)
        outputs.append(output)
    whole = outputs[0] if len(outputs) == 1 else np.concatenate(outputs, axis=axis)
    return _part(whole, first - begin, last - begin, axis), carried, revad.stop_gradient(now)


def _part(values: Array, start: int, stop: int, axis: int) -> Any:
    return values[(slice(None),) * axis + (slice(start, stop),)]
