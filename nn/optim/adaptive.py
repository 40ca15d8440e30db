"""Optimisers with a rate for each weight from the history of its gradient: `Adagrad Adadelta RMSprop Rprop`."""

from __future__ import annotations

from dataclasses import KW_ONLY, InitVar
from typing import Any

import numpy as np

from nn.optim.optimizer import Optimizer, Params, decayed, running_mean, zeros
from nn.settings import settings
from revad.typing import Array


@settings
class Adagrad(Optimizer):
    """Step lr·g/(√Σg² + ε).

    Parameters
    ----------
    params, weight_decay, maximize
        As for `SGD`.
    lr : float
        Learning rate; at step t it is lr/(1 + (t − 1)·lr_decay).
    lr_decay : float
        How fast it falls.
    initial_accumulator_value : float
        Where Σg² starts.
    eps : float
        ε.

    References
    ----------
    .. [1] J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods", JMLR 12 (2011).

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter([1.0])
    >>> np.sum(w**2).backward()
    >>> nn.optim.Adagrad([w], lr=0.1).step()
    >>> np.round(w.data, 6)
    array([0.9])
    """

    params: InitVar[Params]
    lr: InitVar[float] = 1e-2
    lr_decay: InitVar[float] = 0.0
    weight_decay: InitVar[float] = 0.0
    initial_accumulator_value: InitVar[float] = 0.0
    eps: InitVar[float] = 1e-10
    _: KW_ONLY
    maximize: InitVar[bool] = False

    def change(self, value: Any, grad: Array, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """Return lr·g/(√Σg² + ε)."""
        if not state:
            state.update(step=0, sum=zeros(value))
            state["sum"] += group["initial_accumulator_value"]
        state["step"] += 1
        grad = decayed(grad, value, group)
        state["sum"] += grad * grad
        rate = float(group["lr"]) / (1 + (state["step"] - 1) * group["lr_decay"])
        return rate * grad / (np.sqrt(state["sum"]) + group["eps"])


@settings
class Adadelta(Optimizer):
    """Step lr·g·√(d + ε)/√(v + ε), with running means v of the square of gradients and d of that of steps.

    Parameters
    ----------
    params, weight_decay, maximize
        As for `SGD`.
    lr : float
        Factor of the steps.
    rho : float
        Decay of the means.
    eps : float
        ε.

    References
    ----------
    .. [1] M. Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter([1.0])
    >>> np.sum(w**2).backward()
    >>> nn.optim.Adadelta([w]).step()
    >>> bool(w.data[0] < 1)
    True
    """

    params: InitVar[Params]
    lr: InitVar[float] = 1.0
    rho: InitVar[float] = 0.9
    eps: InitVar[float] = 1e-6
    weight_decay: InitVar[float] = 0.0
    _: KW_ONLY
    maximize: InitVar[bool] = False

    def check(self, group: dict[str, Any]) -> None:
        """Refuse a decay above 1."""
        super().check(group)
        if group["rho"] > 1:
            raise ValueError(f"Adadelta: rho must be between 0 and 1, not {group['rho']}.")

    def change(self, value: Any, grad: Array, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """Return lr·g·√(d + ε)/√(v + ε)."""
        if not state:
            state.update(step=0, square_avg=zeros(value), acc_delta=zeros(value))
        state["step"] += 1
        rho, eps = group["rho"], group["eps"]
        grad = decayed(grad, value, group)
        square = running_mean(state["square_avg"], grad * grad, rho)
        delta = np.sqrt((state["acc_delta"] + eps) / (square + eps)) * grad
        running_mean(state["acc_delta"], delta * delta, rho)
        return float(group["lr"]) * delta


@settings
class RMSprop(Optimizer):
    """Step lr·g/(√v + ε), with a running mean v of g².

    Parameters
    ----------
    params, lr, weight_decay, maximize
        As for `SGD`.
    alpha : float
        Decay of the mean.
    eps : float
        ε.
    momentum : float
        Decay of a momentum of the steps.
    centered : bool
        Use the variance v − (mean of g)².

    References
    ----------
    .. [1] G. Hinton, "Neural Networks for Machine Learning", lecture 6e, 2012.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter([1.0])
    >>> np.sum(w**2).backward()
    >>> nn.optim.RMSprop([w], lr=0.1, alpha=0.75).step()
    >>> np.round(w.data, 6)
    array([0.8])
    """

    params: InitVar[Params]
    lr: InitVar[float] = 1e-2
    alpha: InitVar[float] = 0.99
    eps: InitVar[float] = 1e-8
    weight_decay: InitVar[float] = 0.0
    momentum: InitVar[float] = 0.0
    centered: InitVar[bool] = False
    _: KW_ONLY
    maximize: InitVar[bool] = False

    def change(self, value: Any, grad: Array, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """Return lr·g/(√v + ε), or its momentum."""
        if not state:
            state.update(step=0, square_avg=zeros(value))
        state["step"] += 1
        alpha = group["alpha"]
        grad = decayed(grad, value, group)
        square = running_mean(state["square_avg"], grad * grad, alpha)
        if group["centered"]:
            mean = running_mean(state.setdefault("grad_avg", zeros(value)), grad, alpha)
            square = square - mean * mean
        step = grad / (np.sqrt(square) + group["eps"])
        if group["momentum"]:
            buffer = state.setdefault("momentum_buffer", zeros(value))
            buffer *= group["momentum"]
            buffer += step
            step = buffer
        return float(group["lr"]) * step


@settings
class Rprop(Optimizer):
    """Step by the sign of the gradient, with a size for each weight that grows while the sign stays and shrinks when it flips.

    Parameters
    ----------
    params, maximize
        As for `SGD`.
    lr : float
        The first size.
    etas : tuple of float
        Factors of shrinking and growing.
    step_sizes : tuple of float
        Smallest and largest size.

    References
    ----------
    .. [1] M. Riedmiller and H. Braun, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm", 1993.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter([1.0])
    >>> np.sum(w**2).backward()
    >>> nn.optim.Rprop([w], lr=0.1).step()
    >>> w
    Parameter([0.9])
    """

    params: InitVar[Params]
    lr: InitVar[float] = 1e-2
    etas: InitVar[tuple[float, float]] = (0.5, 1.2)
    step_sizes: InitVar[tuple[float, float]] = (1e-6, 50.0)
    _: KW_ONLY
    maximize: InitVar[bool] = False

    def check(self, group: dict[str, Any]) -> None:
        """Refuse factors that do not shrink and grow."""
        super().check(group)
        if not 0 < group["etas"][0] < 1 < group["etas"][1]:
            raise ValueError(f"Rprop: etas must be a factor below and one above 1, not {group['etas']}.")

    def change(self, value: Any, grad: Array, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """Return size·sign(g)."""
        if not state:
            state.update(step=0, prev=zeros(value), step_size=zeros(value))
            state["step_size"] += float(group["lr"])
        state["step"] += 1
        (shrink, grow), (smallest, largest) = group["etas"], group["step_sizes"]
        agreement = grad * state["prev"]
        size = state["step_size"]
        size *= np.where(agreement > 0, grow, np.where(agreement < 0, shrink, 1.0)).astype(size.dtype)
        np.clip(size, smallest, largest, out=size)
        state["prev"] = np.where(agreement < 0, 0, grad)
        return np.sign(state["prev"]) * size
