"""`trace`: run a function once on captured values, which write every call on them into a `Program`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from revad.base.arrays import copied
from revad.base.aval import aval_of
from revad.base.trees import flatten
from revad.engine.handles import level_of
from revad.engine.levels import close_level, next_level, open_level
from revad.errors import ArgumentError
from revad.programs.program import Program
from revad.tensors.captured import captured, reference
from revad.transforms.arguments import check_alive, check_output, constant_of


def trace(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Program:
    """Run a function once and return what it did as a program.

    Parameters
    ----------
    f : callable
        Any function of arrays, a gradient function too (``trace(grad(f), x)``).
    *args, **kwargs : pytree
        Its arguments; all numbers and arrays among them become inputs of the program.

    Returns
    -------
    Program
        Calls in topological order with operation, arguments, shape, dtype and the user's file and line, and a guard for every
        decision that was taken on a value. Callable.

    Raises
    ------
    ArgumentError
        ``f`` is not callable.

    Examples
    --------
    >>> import numpy as np, revad
    >>> program = revad.trace(revad.grad(lambda x: np.sum(np.sin(x))), np.zeros(3))
    >>> program(np.array([0.0, np.pi, 0.0]))
    array([ 1., -1.,  1.])
    """
    if not callable(f):
        raise ArgumentError(f"trace: the first argument must be a function, not {type(f).__name__}.")
    program = Program(getattr(f, "__name__", type(f).__name__))
    level = next_level()
    leaves, rebuild = flatten((args, kwargs))
    leaves = [copied(leaf) if isinstance(leaf, np.ndarray) else leaf for leaf in leaves]
    program.inputs = [aval_of(leaf) for leaf in leaves]
    program.size = len(leaves)
    program.template = rebuild([f"%{i}" for i in range(len(leaves))])
    token = open_level(level)
    try:
        inner_args, inner_kwargs = rebuild([captured(leaf, i, level, program) for i, leaf in enumerate(leaves)])
        output = f(*inner_args, **inner_kwargs)
    finally:
        close_level(level, token)
    outputs, program.rebuild_output = flatten(output)
    outputs = [check_output(constant_of(leaf), "trace") for leaf in outputs]
    check_alive([leaf._value if level_of(leaf) == level else leaf for leaf in outputs], "trace")
    program.outputs = [reference(leaf, level) for leaf in outputs]
    return program
