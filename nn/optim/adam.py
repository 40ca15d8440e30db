"""`Adam` and its relatives: steps by a running mean of the gradient over the root of a running mean of its square."""

from __future__ import annotations

from dataclasses import KW_ONLY, InitVar
from math import sqrt
from typing import Any

import numpy as np

from nn.optim.optimizer import Optimizer, Params, decayed, running_mean, zeros
from nn.settings import settings
from revad.typing import Array

Betas = tuple[float, float]


@settings
class _Moments(Optimizer):
    """Running means of the gradient and of its square, and weight decay: added to the gradient, or decoupled from it."""

    decoupled = False

    params: InitVar[Params]
    lr: InitVar[float] = 1e-3
    betas: InitVar[Betas] = (0.9, 0.999)
    eps: InitVar[float] = 1e-8
    weight_decay: InitVar[float] = 0.0
    _: KW_ONLY
    maximize: InitVar[bool] = False

    def change(self, value: Any, grad: Array, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """Return the step, with the weight decay."""
        if not state:
            state.update(step=0, exp_avg=zeros(value), exp_avg_sq=zeros(value))
        state["step"] += 1
        decay = group["weight_decay"]
        decoupled = group.get("decoupled_weight_decay", self.decoupled)
        if not decoupled:
            grad = decayed(grad, value, group)
        running_mean(state["exp_avg"], grad, group["betas"][0])
        running_mean(
            state["exp_avg_sq"], np.real(grad * np.conj(grad)) if np.iscomplexobj(grad) else grad * grad, group["betas"][1]
        )
        step = self.scaled_step(grad, state, group)
        return step + float(group["lr"]) * decay * value if decay and decoupled else step

    def scaled_step(self, grad: Array, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """Return the step from the running means."""
        raise NotImplementedError


@settings
class Adam(_Moments):
    """Step lr·m̂/(√v̂ + ε), with the means m and v of gradient and square freed from their bias towards 0.

    Parameters
    ----------
    params, lr, weight_decay, maximize
        As for `SGD`.
    betas : tuple of float
        Decays of the means of gradient and square.
    eps : float
        ε.
    amsgrad : bool
        Use the largest v̂ so far.

    References
    ----------
    .. [1] D. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter([1.0, -5.0])
    >>> np.sum(w**2).backward()
    >>> nn.optim.Adam([w], lr=0.1).step()
    >>> np.round(w.data, 6)
    array([ 0.9, -4.9])
    """

    amsgrad: InitVar[bool] = False

    def scaled_step(self, grad: Array, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """Return lr·m̂/(√v̂ + ε)."""
        (b1, b2), t = group["betas"], state["step"]
        square = state["exp_avg_sq"]
        if group["amsgrad"]:
            largest = state.setdefault("max_exp_avg_sq", zeros(square))
            square = np.maximum(largest, square, out=largest)
        denominator = np.sqrt(square)
        denominator /= sqrt(1 - b2**t)
        denominator += group["eps"]
        return (float(group["lr"]) / (1 - b1**t)) * state["exp_avg"] / denominator


@settings
class AdamW(Adam):
    """`Adam` with decoupled weight decay: w ← w − lr·λ·w besides the step.

    Parameters
    ----------
    params, lr, betas, eps, amsgrad, maximize
        As for `Adam`.
    weight_decay : float
        λ.

    References
    ----------
    .. [1] I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, algorithm 2.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter([1.0])
    >>> np.sum(w**2).backward()
    >>> nn.optim.AdamW([w], lr=0.1, weight_decay=0.5).step()
    >>> np.round(w.data, 6)
    array([0.85])
    """

    decoupled = True

    weight_decay: InitVar[float] = 1e-2


@settings
class NAdam(_Moments):
    """`Adam` with Nesterov's momentum.

    Parameters
    ----------
    params, lr, betas, eps, weight_decay, maximize
        As for `Adam`.
    momentum_decay : float
        ψ in μₜ = β₁(1 − ½·0.96^(tψ)).
    decoupled_weight_decay : bool
        As in `AdamW`.

    References
    ----------
    .. [1] T. Dozat, "Incorporating Nesterov Momentum into Adam", ICLR workshop 2016.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter([1.0])
    >>> np.sum(w**2).backward()
    >>> nn.optim.NAdam([w], lr=0.1).step()
    >>> bool(w.data[0] < 1)
    True
    """

    lr: InitVar[float] = 2e-3
    momentum_decay: InitVar[float] = 4e-3
    decoupled_weight_decay: InitVar[bool] = False

    def scaled_step(self, grad: Array, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """Return lr·((1 − μₜ)g/(1 − Πμ) + μₜ₊₁m/(1 − Πμ·μₜ₊₁))/(√v̂ + ε)."""
        (b1, b2), t, psi, lr = group["betas"], state["step"], group["momentum_decay"], float(group["lr"])
        now, then = (b1 * (1 - 0.5 * 0.96 ** (s * psi)) for s in (t, t + 1))
        product = state["mu_product"] = state.get("mu_product", 1.0) * now
        denominator = np.sqrt(state["exp_avg_sq"] / (1 - b2**t)) + group["eps"]
        ahead = (lr * (1 - now) / (1 - product)) * grad + (lr * then / (1 - product * then)) * state["exp_avg"]
        return ahead / denominator


@settings
class RAdam(_Moments):
    """`Adam` whose adaptive rate is held back while the running mean of the square is uncertain.

    Parameters
    ----------
    params, lr, betas, eps, weight_decay, maximize
        As for `Adam`.
    decoupled_weight_decay : bool
        As in `AdamW`.

    References
    ----------
    .. [1] L. Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", ICLR 2020, algorithm 2.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter([1.0])
    >>> np.sum(w**2).backward()
    >>> nn.optim.RAdam([w], lr=0.1).step()
    >>> np.round(w.data, 6)
    array([0.8])
    """

    decoupled_weight_decay: InitVar[bool] = False

    def scaled_step(self, grad: Array, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """Return lr·m̂·r/(√v̂ + ε), or lr·m̂ while the length ρ of the mean is at most 5."""
        (b1, b2), t, lr = group["betas"], state["step"], float(group["lr"])
        mean = state["exp_avg"] * (lr / (1 - b1**t))
        longest = 2 / (1 - b2) - 1
        length = longest - 2 * t * b2**t / (1 - b2**t)
        if length <= 5:
            return mean
        rectified = sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
        return mean * (rectified * sqrt(1 - b2**t)) / (np.sqrt(state["exp_avg_sq"]) + group["eps"])


@settings
class Adamax(Optimizer):
    """`Adam` with the largest recent |g| in place of the root of the mean square.

    Parameters
    ----------
    params, lr, betas, eps, weight_decay, maximize
        As for `Adam`.

    References
    ----------
    .. [1] D. Kingma and J. Ba, "Adam", ICLR 2015, algorithm 2.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter([1.0])
    >>> np.sum(w**2).backward()
    >>> nn.optim.Adamax([w], lr=0.1).step()
    >>> np.round(w.data, 6)
    array([0.9])
    """

    params: InitVar[Params]
    lr: InitVar[float] = 2e-3
    betas: InitVar[Betas] = (0.9, 0.999)
    eps: InitVar[float] = 1e-8
    weight_decay: InitVar[float] = 0.0
    _: KW_ONLY
    maximize: InitVar[bool] = False

    def change(self, value: Any, grad: Array, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """Return lr·m̂/u with u ← max(β₂u, |g| + ε)."""
        if not state:
            state.update(step=0, exp_avg=zeros(value), exp_inf=zeros(value))
        state["step"] += 1
        (b1, b2), t = group["betas"], state["step"]
        grad = decayed(grad, value, group)
        mean = running_mean(state["exp_avg"], grad, b1)
        largest = state["exp_inf"]
        largest *= b2
        np.maximum(largest, np.abs(grad) + group["eps"], out=largest)
        return (float(group["lr"]) / (1 - b1**t)) * mean / largest
