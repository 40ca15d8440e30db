"""Forward mode: `jvp`, the Jacobian-vector product."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from revad.base.arrays import is_inexact
from revad.base.aval import aval_of
from revad.base.trees import flatten
from revad.engine.handles import level_of
from revad.engine.levels import close_level, next_level, open_level
from revad.errors import ArgumentError
from revad.tensors.dual import dual, tangent_of
from revad.transforms.arguments import Chosen, check_alive, check_output, constant_of, own_copy, zero_like
from revad.transforms.recording import check_cotangent, public_value


def jvp(f: Callable[..., Any], primals: tuple[Any, ...], tangents: tuple[Any, ...], *, has_aux: bool = False) -> Any:
    r"""Evaluate a function together with its directional derivative.

    Parameters
    ----------
    f : callable
        Any function of the primals.
    primals : tuple of pytrees
        Where to evaluate.
    tangents : tuple of pytrees
        The direction; structure and shapes of the primals.
    has_aux : bool
        Whether ``f`` returns ``(output, aux)``.

    Returns
    -------
    output : pytree
        ``f(*primals)``.
    tangent : pytree
        :math:`\dot y = J \dot x`, shaped like the output.
    aux : Any
        Only with ``has_aux``.

    Raises
    ------
    CotangentError
        The tangents do not fit the primals.

    Notes
    -----
    The tangent travels along with the computation; nothing is recorded, so memory does not grow with its length.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import jvp
    >>> jvp(lambda x: x**2, (np.array([3.0, 4.0]),), (np.array([1.0, 0.0]),))
    (array([ 9., 16.]), array([6., 0.]))
    """
    if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
        raise ArgumentError(
            "jvp(f, primals, tangents): both must be tuples, one entry for each argument of f, as in jvp(f, (x,), (v,))."
        )
    if not callable(f):
        raise ArgumentError(f"jvp: the first argument must be a function, not {type(f).__name__}.")
    primals, tangents = tuple(primals), tuple(tangents)
    chosen = Chosen("jvp", tuple(range(len(primals))), primals, {})
    directions = check_cotangent("jvp", tangents, primals, chosen.leaves, what="tangent")
    level = next_level()
    token = open_level(level)
    try:
        output = chosen.call(f, [dual(own_copy(value), v, level) for value, v in zip(chosen.leaves, directions, strict=True)])
    finally:
        close_level(level, token)
    aux = None
    if has_aux:
        if not (isinstance(output, tuple) and len(output) == 2):
            raise ArgumentError("jvp(has_aux=True): the function must return a pair (output, aux).")
        output, aux = output
    leaves, rebuild = flatten(output)
    leaves = [check_output(constant_of(leaf), "jvp") for leaf in leaves]
    own = [level_of(value) == level for value in leaves]
    values = [value._value if mine else value for value, mine in zip(leaves, own, strict=True)]
    check_alive(values, "jvp")
    pushed = [tangent_of(leaf) if mine else _zero(value) for leaf, mine, value in zip(leaves, own, values, strict=True)]
    pushed = [t._value if level_of(t) == level else t for t in pushed]  # a rule may close over a value of this level
    result = rebuild([public_value(v) for v in values]), rebuild([public_value(t) for t in pushed])
    if has_aux:
        aux_leaves, aux_rebuild = flatten(aux)
        below = [v._value if level_of(v) == level else constant_of(v) for v in aux_leaves]
        return (*result, aux_rebuild(below))
    return result


def _zero(value: Any) -> Any:
    return zero_like(value) if is_inexact(value) else np.zeros(aval_of(value).shape)[()]
