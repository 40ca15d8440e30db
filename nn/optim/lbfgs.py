"""`LBFGS`: quasi-Newton steps from the last few changes of the gradient, with a line search on request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import InitVar
from typing import Any

import numpy as np

import revad
from nn.optim.line_search import strong_wolfe
from nn.optim.optimizer import Optimizer, Params
from nn.settings import settings
from revad.typing import Array


@settings
class LBFGS(Optimizer):
    """Limited-memory BFGS. `step` needs a closure that computes the loss and the gradients, and calls it several times.

    Parameters
    ----------
    params : iterable
        What to change: one group only.
    lr : float
        Length of a step, as a share of the quasi-Newton step.
    max_iter : int
        Iterations in one call of `step`.
    max_eval : int, optional
        Calls of the closure in one call of `step`; by default 1.25 times ``max_iter``.
    tolerance_grad : float
        Stop where no entry of the gradient is larger.
    tolerance_change : float
        Stop where no entry of a step, nor the change of the loss, is larger.
    history_size : int
        How many changes are remembered.
    line_search_fn : {None, "strong_wolfe"}
        How far to go along a direction.

    References
    ----------
    .. [1] J. Nocedal and S. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, algorithms 7.4 and 3.5.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter([5.0, -3.0])
    >>> optimizer = nn.optim.LBFGS([w], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = np.sum(w**2) + np.sum(w) ** 4
    ...     loss.backward()
    ...     return loss
    >>> _ = optimizer.step(closure)
    >>> bool(np.all(np.abs(w.data) < 1e-3))
    True
    """

    state_is_shaped = False  # the first parameter holds flat vectors for all

    params: InitVar[Params]
    lr: InitVar[float] = 1.0
    max_iter: InitVar[int] = 20
    max_eval: InitVar[int | None] = None
    tolerance_grad: InitVar[float] = 1e-7
    tolerance_change: InitVar[float] = 1e-9
    history_size: InitVar[int] = 100
    line_search_fn: InitVar[str | None] = None

    def begin(self, params: Any, defaults: dict[str, Any]) -> None:
        """Refuse unknown line searches and several groups, and say how many evaluations belong to the iterations."""
        if defaults["line_search_fn"] not in (None, "strong_wolfe"):
            raise ValueError(f"LBFGS: line_search_fn must be None or 'strong_wolfe', not {defaults['line_search_fn']!r}.")
        if defaults["max_eval"] is None:
            defaults["max_eval"] = defaults["max_iter"] * 5 // 4
        super().begin(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError(f"LBFGS takes one group of parameters, not {len(self.param_groups)}.")
        self.parameters: list[Any] = [p for p in self.param_groups[0]["params"] if p.requires_grad]

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Iterate; return the loss before."""
        if closure is None:
            raise TypeError("LBFGS.step needs a closure that computes the loss and the gradients: optimizer.step(closure).")
        group = self.param_groups[0]
        state = self.state.setdefault(self.parameters[0], {"func_evals": 0, "n_iter": 0, "directions": [], "changes": []})
        first = closure()
        loss, grad = _number(first), self._flat_grad()
        evaluations = 1
        state["func_evals"] += 1
        left = group["max_iter"] if np.max(np.abs(grad)) > group["tolerance_grad"] else 0
        while left:
            left -= 1
            state["n_iter"] += 1
            direction, length = self._direction(grad, state, group)
            slope = float(grad @ direction)
            state.update(direction=direction, length=length, old_grad=grad)
            if slope > -group["tolerance_change"]:
                break
            place, old_loss = self._flat_value(), loss
            if group["line_search_fn"] == "strong_wolfe":

                def evaluate(t: float, place: Any = place, direction: Any = direction) -> tuple[float, Any]:
                    self._move(place + t * direction)
                    return _number(closure()), self._flat_grad()

                loss, grad, length, used = strong_wolfe(evaluate, length, direction, loss, grad, slope)
                self._move(place + length * direction)
                state["length"] = length
            else:
                self._move(place + length * direction)
                used = 1 if left else 0  # after the last step nobody asks for the gradient
                if used:
                    loss, grad = _number(closure()), self._flat_grad()
            evaluations += used
            state["func_evals"] += used
            if (
                evaluations >= group["max_eval"]
                or np.max(np.abs(grad)) <= group["tolerance_grad"]
                or np.max(np.abs(length * direction)) <= group["tolerance_change"]
                or abs(loss - old_loss) < group["tolerance_change"]
            ):
                break
        return first

    def _direction(self, grad: Array, state: dict[str, Any], group: dict[str, Any]) -> tuple[Any, float]:
        """Return the quasi-Newton direction by the two-loop recursion, and how far to try along it."""
        if state["n_iter"] == 1:
            state["scale"] = 1.0
            return -grad, min(1.0, 1 / float(np.sum(np.abs(grad)))) * group["lr"]
        step = state["length"] * state["direction"]
        change = grad - state["old_grad"]
        curvature = float(change @ step)
        if curvature > 1e-10:
            for held, new in ((state["directions"], step), (state["changes"], change)):
                if len(held) == group["history_size"]:
                    held.pop(0)
                held.append(new)
            state["scale"] = curvature / float(change @ change)
        steps, changes = state["directions"], state["changes"]
        q, shares = -grad, []
        for s, y in zip(reversed(steps), reversed(changes), strict=True):
            shares.append(float(s @ q) / float(y @ s))
            q = q - shares[-1] * y
        q = q * state["scale"]
        for s, y, share in zip(steps, changes, reversed(shares), strict=True):
            q = q + s * (share - float(y @ q) / float(y @ s))
        return q, float(group["lr"])

    def _flat_grad(self) -> Any:
        return np.concatenate([np.ravel(np.zeros(p.shape) if p.grad is None else p.grad) for p in self.parameters])

    def _flat_value(self) -> Any:
        return np.concatenate([np.ravel(p.data) for p in self.parameters])

    def _move(self, flat: Array) -> None:
        at = 0
        for parameter in self.parameters:
            parameter.data = np.reshape(flat[at : at + parameter.size], parameter.shape)
            at += parameter.size


def _number(loss: Any) -> float:
    return float(revad.stop_gradient(loss))
