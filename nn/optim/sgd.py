"""Gradient descent with momentum (`SGD`), with the sign only (`Lion`), and with orthogonalised steps (`Muon`)."""

from __future__ import annotations

from dataclasses import KW_ONLY, InitVar
from math import sqrt
from typing import Any

import numpy as np

from nn.optim.optimizer import Optimizer, Params, decayed, running_mean, zeros
from nn.settings import settings
from revad.typing import Array


@settings
class SGD(Optimizer):
    """Gradient descent: w ← w − lr·d, where d is the gradient or its momentum.

    Parameters
    ----------
    params : iterable
        What to change.
    lr : float
        Learning rate.
    momentum : float
        μ in b ← μb + (1 − dampening)·g.
    dampening : float
        Of the momentum.
    weight_decay : float
        Adds this times w to the gradient.
    nesterov : bool
        Use g + μb in place of b.
    maximize : bool
        Ascend.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter([1.0])
    >>> optimizer = nn.optim.SGD([w], lr=0.1)
    >>> np.sum(w**2).backward()
    >>> optimizer.step()
    >>> w
    Parameter([0.8])
    """

    params: InitVar[Params]
    lr: InitVar[float] = 1e-3
    momentum: InitVar[float] = 0.0
    dampening: InitVar[float] = 0.0
    weight_decay: InitVar[float] = 0.0
    nesterov: InitVar[bool] = False
    _: KW_ONLY
    maximize: InitVar[bool] = False

    def begin(self, params: Any, defaults: dict[str, Any]) -> None:
        """Refuse to look ahead without a momentum."""
        if defaults["nesterov"] and (defaults["momentum"] <= 0 or defaults["dampening"] != 0):
            raise ValueError("SGD: nesterov=True needs a positive momentum and no dampening.")
        super().begin(params, defaults)

    def change(self, value: Any, grad: Array, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """Return lr·d."""
        momentum = group["momentum"]
        grad = decayed(grad, value, group)
        if momentum:
            buffer = state.get("momentum_buffer")
            if buffer is None:
                buffer = state["momentum_buffer"] = np.array(grad)
            else:
                buffer *= momentum
                buffer += (1 - group["dampening"]) * grad
            grad = grad + momentum * buffer if group["nesterov"] else buffer
        return float(group["lr"]) * grad


@settings
class Lion(Optimizer):
    """Descent by the sign of a momentum: w ← w − lr·(sign(β₁m + (1 − β₁)g) + λw).

    Parameters
    ----------
    params, lr, maximize
        As for `SGD`.
    betas : tuple of float
        Decay for the step, and of the momentum.
    weight_decay : float
        λ.

    References
    ----------
    .. [1] X. Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023, algorithm 2.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter([1.0, -5.0])
    >>> np.sum(w**2).backward()
    >>> nn.optim.Lion([w], lr=0.1).step()
    >>> w
    Parameter([ 0.9, -4.9])
    """

    params: InitVar[Params]
    lr: InitVar[float] = 1e-4
    betas: InitVar[tuple[float, float]] = (0.9, 0.99)
    weight_decay: InitVar[float] = 0.0
    _: KW_ONLY
    maximize: InitVar[bool] = False

    def change(self, value: Any, grad: Array, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """Return lr·(sign(β₁m + (1 − β₁)g) + λw)."""
        first, second = group["betas"]
        mean = state.setdefault("exp_avg", zeros(value))
        direction = np.sign(first * mean + (1 - first) * grad)
        running_mean(mean, grad, second)
        return float(group["lr"]) * (direction + group["weight_decay"] * value)


@settings
class Muon(Optimizer):
    """Momentum whose steps are orthogonalised, for matrices: w ← w − lr·(UVᵀ of the momentum), and decoupled weight decay.

    Parameters
    ----------
    params : iterable
        Matrices; use another optimiser for the rest.
    lr : float
        Learning rate.
    weight_decay : float
        Decay of the weights, times lr.
    momentum : float
        Decay of the momentum.
    nesterov : bool
        Look ahead by one step of the momentum.
    ns_coefficients : tuple of float
        Of the odd quintic polynomial.
    eps : float
        Keeps the first division finite.
    ns_steps : int
        How often the polynomial is applied.
    adjust_lr_fn : {"original", "match_rms_adamw"}
        How lr depends on the shape: times √max(1, rows/columns), or times 0.2·√max(rows, columns).

    References
    ----------
    .. [1] K. Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter(np.zeros((2, 2)))
    >>> np.sum(w * np.array([[3.0, 0.0], [0.0, 1.0]])).backward()
    >>> nn.optim.Muon([w], lr=1.0, ns_steps=30, ns_coefficients=(1.5, -0.5, 0.0)).step()
    >>> np.round(w.data, 6) + 0.0
    array([[-1.,  0.],
           [ 0., -1.]])
    """

    params: InitVar[Params]
    lr: InitVar[float] = 1e-3
    weight_decay: InitVar[float] = 0.1
    momentum: InitVar[float] = 0.95
    nesterov: InitVar[bool] = True
    ns_coefficients: InitVar[tuple[float, float, float]] = (3.4445, -4.7750, 2.0315)
    eps: InitVar[float] = 1e-7
    ns_steps: InitVar[int] = 5
    adjust_lr_fn: InitVar[str | None] = None

    def check(self, group: dict[str, Any]) -> None:
        """Refuse what is not a matrix."""
        super().check(group)
        for parameter in group["params"]:
            if parameter.ndim != 2:
                raise ValueError(f"Muon changes matrices only, not a parameter of shape {parameter.shape}; use AdamW for it.")
        if group["adjust_lr_fn"] not in (None, "original", "match_rms_adamw"):
            raise ValueError(f"Muon: adjust_lr_fn must be 'original' or 'match_rms_adamw', not {group['adjust_lr_fn']!r}.")

    def change(self, value: Any, grad: Array, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """Return lr·(c·UVᵀ + λw), with c from the shape."""
        momentum, lr = group["momentum"], float(group["lr"])
        mean = running_mean(state.setdefault("momentum_buffer", zeros(value)), grad, momentum)
        step = (1 - momentum) * grad + momentum * mean if group["nesterov"] else mean
        rows, columns = value.shape
        factor = 0.2 * sqrt(max(rows, columns)) if group["adjust_lr_fn"] == "match_rms_adamw" else sqrt(max(1, rows / columns))
        orthogonal = orthogonalise(step, group["ns_coefficients"], group["ns_steps"], group["eps"])
        return lr * factor * orthogonal + lr * group["weight_decay"] * value


def orthogonalise(G: Any, coefficients: tuple[float, float, float], steps: int, eps: float) -> Any:
    """Push all singular values of a matrix towards 1, by Newton–Schulz steps X ← aX + b(XXᵀ)X + c(XXᵀ)²X.

    Examples
    --------
    >>> import numpy as np
    >>> np.round(orthogonalise(np.diag([4.0, 1.0]), (1.5, -0.5, 0.0), 30, 1e-7), 6)
    array([[1., 0.],
           [0., 1.]])
    """
    a, b, c = coefficients
    tall = G.shape[0] > G.shape[1]
    x = G.T if tall else G
    x = x / max(float(np.linalg.norm(x)), eps)
    for _ in range(steps):
        square = x @ x.T
        x = a * x + (b * square + c * (square @ square)) @ x
    return x.T if tall else x
