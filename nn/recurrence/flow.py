"""`gradient_flow`: how much gradient arrives at each step of a sequence, vanishing or exploding on its way back through time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite, log10
from typing import Any

import numpy as np

import revad
from revad.extend import need
from revad.typing import Array

VANISHING, EXPLODING = 1e-3, 1e3  # of the gradient at the last step, what arrives at the first


@dataclass(frozen=True)
class GradientFlow:
    """Norms of the gradient by the state that each step hands to the next; made by `gradient_flow`.

    Attributes
    ----------
    parts : ndarray, shape (steps - 1, parts)
        By part of the state: hidden and cell state of an LSTM, say.
    """

    parts: np.ndarray[Any, Any]

    @property
    def norms(self) -> np.ndarray[Any, Any]:
        """The norm by the whole state, shape (steps - 1,): entry t belongs to the state after step t."""
        return np.hypot.reduce(self.parts, axis=1)  # squares would overflow

    @property
    def rate(self) -> float:
        """The factor per step back, as a geometric mean: below 1 the gradient shrinks."""
        first, last = float(self.norms[0]), float(self.norms[-1])
        if not first or not last:
            return inf if first else 0.0
        return (first / last) ** (1 / max(1, len(self.norms) - 1))

    @property
    def verdict(self) -> str:
        """``"vanishing"`` or ``"exploding"`` if three powers of ten are lost or gained from end to start, else ``"steady"``."""
        first, last = float(self.norms[0]), float(self.norms[-1])
        if not isfinite(first) or first > EXPLODING * last:
            return "exploding"
        return "vanishing" if not first or first < VANISHING * last else "steady"

    def __str__(self) -> str:
        norms = self.norms
        shown = np.unique(np.linspace(0, len(norms) - 1, 12).astype(int))
        heights = [log10(norms[t]) if 0 < norms[t] < np.inf else None for t in shown]
        known = [height for height in heights if height is not None] or [0.0]
        low, high = min(known), max(known)
        lines = [f"gradient by the state, {len(norms) + 1} steps: x {self.rate:.3g} per step back, {self.verdict}"]
        for t, height in zip(shown, heights, strict=True):
            bar = "" if height is None else "#" * (1 + round(39 * (height - low) / ((high - low) or 1)))
            lines.append(f"  after step {t:>6}  {norms[t]:9.2e}  {bar}".rstrip())
        return "\n".join(lines)

    def plot(self, axes: Any = None) -> Any:
        """Draw the norms over time on a logarithmic scale.

        Parameters
        ----------
        axes : matplotlib axes, optional
            Where; a new figure by default.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        MissingExtraError
            matplotlib is not installed.
        """
        if axes is None:
            figure_module = need("matplotlib.figure", "train", "GradientFlow.plot")
            axes = figure_module.Figure(figsize=(5, 3.2), layout="constrained").subplots()
        for i, column in enumerate(self.parts.T):
            axes.plot(np.where(column > 0, column, np.nan), label=f"state {i}")
        axes.set(xlabel="step", ylabel="norm of the gradient by the state", yscale="log", title=self.verdict)
        axes.legend()
        return axes.figure


def gradient_flow(model: Callable[..., Any], x: Array, loss: Callable[[Any], Any], *, state: Any = None) -> GradientFlow:
    """Measure the gradient of a loss by the state that each step of a recurrent model hands to the next.

    Parameters
    ----------
    model : callable
        ``model(x, state)`` returns outputs and the next state, for sequences of any length, as `nn.LSTM` and its kin do.
    x : array, shape (steps, batch, ...)
        A sequence of two steps at least.
    loss : callable
        ``loss(outputs)`` returns a scalar, for the outputs of all steps.
    state : pytree, optional
        The first state.

    Returns
    -------
    GradientFlow
        ``norms``, ``rate``, ``verdict``; its text is a small chart.

    Raises
    ------
    ValueError
        The sequence is too short.

    References
    ----------
    .. [1] Y. Bengio, P. Simard and P. Frasconi, "Learning Long-Term Dependencies with Gradient Descent Is Difficult", IEEE
       Transactions on Neural Networks 5 (1994).

    Examples
    --------
    >>> import numpy as np, nn
    >>> model = nn.RNN(1, 1, nonlinearity="relu", bias=False)
    >>> model.load_state_dict({"weight_ih_l0": [[1.0]], "weight_hh_l0": [[0.5]]})
    Loaded(missing_keys=[], unexpected_keys=[])
    >>> flow = nn.gradient_flow(model, np.ones((5, 1, 1), np.float32), lambda outputs: np.sum(outputs[-1]))
    >>> flow.norms, flow.rate
    (array([0.0625, 0.125 , 0.25  , 0.5   ]), 0.5)
    """
    steps = np.shape(x)[0] if np.ndim(x) else 0
    if steps < 2:
        raise ValueError(f"gradient_flow: a sequence needs two steps at least, but x has shape {np.shape(x)}.")

    def by_shifts(shifts: list[Any]) -> Any:
        outputs: list[Any] = []
        now = state
        for t in range(steps):
            output, now = model(x[t : t + 1], now)
            outputs.append(output)
            if t < len(shifts):
                now = _shifted(now, shifts[t])
        return loss(np.concatenate(outputs))

    with revad.no_grad():  # the parameters are constants here
        _, after = model(x[:1], state)
        zeros = _zeros_like(after)
        gradients = revad.grad(by_shifts)([zeros] * (steps - 1))
    return GradientFlow(np.array([[float(np.linalg.norm(part)) for part in _parts(step)] for step in gradients]))


def _shifted(state: Any, shift: Any) -> Any:
    if isinstance(state, (tuple, list)):
        return tuple(map(_shifted, state, shift))
    return state + shift


def _zeros_like(state: Any) -> Any:
    return tuple(map(_zeros_like, state)) if isinstance(state, (tuple, list)) else np.zeros_like(state)


def _parts(state: Any) -> list[Any]:
    return [part for item in state for part in _parts(item)] if isinstance(state, (tuple, list)) else [state]
