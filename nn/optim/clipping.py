"""Limits on gradients: `clip_grad_norm_ clip_grad_value_`."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.optim.optimizer import parameters_of


def grad_norm(parameters: Any, norm_type: float = 2.0) -> float:
    """Return the norm of all gradients together.

    Parameters
    ----------
    parameters : iterable of Parameter, or Module
        Those without gradient are left out.
    norm_type : float
        The p of the norm; may be inf.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter([3.0, 4.0])
    >>> np.sum(w**2).backward()
    >>> nn.optim.grad_norm([w])
    10.0
    """
    grads = [np.ravel(p.grad) for p in parameters_of(parameters) if p.grad is not None]
    if not grads:
        return 0.0
    return float(np.linalg.norm([np.linalg.norm(g, norm_type) for g in grads if g.size] or [0.0], norm_type))


def clip_grad_norm_(parameters: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False) -> float:
    """Scale all gradients together so that their norm is at most ``max_norm``.

    Parameters
    ----------
    parameters : iterable of Parameter, or Module
        Whose gradients to scale.
    max_norm : float
        The limit.
    norm_type : float
        The p of the norm; may be inf.
    error_if_nonfinite : bool
        Whether a norm of nan or inf is an error.

    Returns
    -------
    float
        The norm before.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter([3.0, 4.0])
    >>> np.sum(w**2).backward()
    >>> nn.optim.clip_grad_norm_([w], 1.0)
    10.0
    >>> np.round(w.grad, 6)
    array([0.6, 0.8])
    """
    parameters = parameters_of(parameters)
    total = grad_norm(parameters, norm_type)
    if error_if_nonfinite and not np.isfinite(total):
        raise ValueError(f"clip_grad_norm_: the norm of the gradients is {total}, so they cannot be scaled.")
    factor = float(max_norm) / (total + 1e-6)
    if not factor >= 1:
        for parameter in parameters:
            if parameter.grad is not None:
                parameter.grad = parameter.grad * factor
    return total


def clip_grad_value_(parameters: Any, clip_value: float) -> None:
    """Limit each entry of the gradients to ±``clip_value``.

    Parameters
    ----------
    parameters : iterable of Parameter, or Module
        Whose gradients to limit.
    clip_value : float
        The limit.

    Examples
    --------
    >>> import numpy as np, nn
    >>> w = nn.Parameter([3.0, -4.0])
    >>> np.sum(w**2).backward()
    >>> nn.optim.clip_grad_value_([w], 7.0)
    >>> w.grad
    array([ 6., -7.])
    """
    for parameter in parameters_of(parameters):
        if parameter.grad is not None:
            parameter.grad = np.clip(parameter.grad, -clip_value, clip_value)
