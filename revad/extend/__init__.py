"""Add operations: the registry's verbs for users, `primitive` functions, ``custom_vjp`` and ``custom_jvp`` in JAX's style.

The verbs `elementwise`, `linear`, `vjp`, `vjp_joint`, `jvp`, `jvp_joint`, `composite`, `nondiff` and `unsupported` work on any
NumPy (or other protocol-speaking) function and on what `primitive` returns. See :mod:`revad.operations.registry` for what a rule
looks like.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from revad.base.aval import Aval as Aval
from revad.base.extras import need as need
from revad.base.trees import register_pytree as register_pytree
from revad.extend.custom import custom_jvp as custom_jvp
from revad.extend.custom import custom_vjp as custom_vjp
from revad.extend.verbs import elementwise as elementwise
from revad.extend.verbs import jvp as jvp
from revad.extend.verbs import jvp_joint as jvp_joint
from revad.extend.verbs import linear as linear
from revad.extend.verbs import vjp as vjp
from revad.extend.verbs import vjp_joint as vjp_joint
from revad.operations.operation import NONDIFF as NONDIFF
from revad.operations.operation import ONE as ONE
from revad.operations.protocol import own
from revad.operations.registry import composite as composite
from revad.operations.registry import nondiff as nondiff
from revad.operations.registry import unsupported as unsupported

__all__ = [
    "NONDIFF",
    "ONE",
    "Aval",
    "composite",
    "custom_jvp",
    "custom_vjp",
    "elementwise",
    "jvp",
    "jvp_joint",
    "linear",
    "need",
    "nondiff",
    "primitive",
    "register_pytree",
    "unsupported",
    "vjp",
    "vjp_joint",
]


def primitive(f: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function of arrays an operation of its own: it is called on plain values, and its rules say how to differentiate it.

    Parameters
    ----------
    f : callable
        Takes arrays (positional or by keyword) and returns an array or a tuple of arrays. It may do anything: call compiled code,
        write in place, use other libraries.

    Returns
    -------
    callable
        Like ``f``, to be given rules with `revad.extend.vjp` and the other verbs, under the names of its parameters.

    Examples
    --------
    >>> import math
    >>> import numpy as np
    >>> import revad
    >>> @revad.primitive
    ... def erf(x):
    ...     return math.erf(x)
    >>> revad.extend.elementwise(erf, lambda x: 2 / math.sqrt(math.pi) * np.exp(-(x**2)))
    >>> revad.grad(erf)(0.0) == 2 / math.sqrt(math.pi)
    True
    """
    return own(f)
