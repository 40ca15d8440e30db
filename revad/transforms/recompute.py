"""`checkpoint`: trade time for memory, recompute in the backward pass instead of keeping values."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from revad.base.arrays import is_inexact
from revad.base.trees import flatten
from revad.engine.dispatch import find_top, process, strip
from revad.engine.handles import Tracked, keep, level_of, snapshot
from revad.engine.watching import sealed
from revad.errors import InPlaceError
from revad.operations.operation import whole
from revad.transforms.repetition import Repeating, digest, in_rows
from revad.transforms.reverse import vjp
from revad.typing import Array


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``f`` with nothing kept for the backward pass but its arguments: it is run again when it is pulled back.

    Parameters
    ----------
    f : callable
        A pure function of its arguments: tracked values must be passed, not closed over; it returns all its results and writes
        into nothing that it was given; random draws must come from a generator made inside (the second run has to repeat the
        first).

    Returns
    -------
    callable
        Same arguments and output as ``f``.

    Raises
    ------
    LostGradientError
        ``f`` closes over a tracked value.
    InPlaceError
        ``f`` writes into an argument.
    ArgumentError
        The second run gave other values than the first.

    References
    ----------
    .. [1] A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM 2008, chapter 12.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import checkpoint, grad
    >>> block = checkpoint(lambda x: np.sin(np.exp(x)))
    >>> grad(lambda x: block(x) + x)(0.0)
    1.5403023058681398
    """

    @functools.wraps(f)
    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        leaves, rebuild = flatten((args, kwargs))
        top = find_top(leaves)
        if top is None:
            return f(*args, **kwargs)
        leaves = [leaf if isinstance(leaf, Tracked) else keep(leaf) for leaf in leaves]
        level = level_of(top)
        name = f"checkpoint({getattr(f, '__name__', 'f')})"
        repeated = Repeating(name, f)
        rebuild_output: Any = None
        known: tuple[Any, Any] = None, None  # of the arguments and outputs of the first run

        def run(*values: Any) -> list[Any]:
            nonlocal known
            outputs = run_once(values, f if known[0] is None else repeated)
            given, found = digest(values), digest(outputs)
            if given != known[0]:
                known = given, found
            elif found != known[1]:
                lower = strip(values, level_of(find_top(values)))  # of the kind that the first run had
                repeated.check_digest(known[1], outputs, lambda: run_once(lower, repeated))
            return outputs

        def run_once(values: tuple[Any, ...], call: Callable[..., Any]) -> list[Any]:
            nonlocal rebuild_output
            fresh = [_fresh(value) for value in values]
            nodes = [value._node if isinstance(value, Tracked) else None for value in fresh]
            positional, named = rebuild(fresh)
            with sealed(level, fresh):
                try:
                    outputs, rebuild_output = flatten(call(*positional, **named))
                except ValueError as error:
                    if "read-only" in str(error):
                        raise _written(name) from error
                    raise
            if any(isinstance(value, Tracked) and value._node is not node for value, node in zip(fresh, nodes, strict=True)):
                raise _written(name)
            return [np.copy(part) if isinstance(part, np.ndarray) and not part.flags.writeable else part for part in outputs]

        def pull(g: Array, leaves: Any) -> list[Any]:
            return pull_leaves(run, leaves, g)

        operation = whole(name, run, pull)
        outputs = process(top, operation, tuple(leaves), {})
        return rebuild_output(outputs)

    return checkpointed


def pull_leaves(
    f: Callable[..., list[Any]], leaves: Any, g: Array, check: Callable[[list[Any]], None] | None = None
) -> list[Any]:
    """Return the cotangents of leaves, None for those without derivative, after ``check`` has seen the values of the outputs."""
    inexact = [i for i, value in enumerate(leaves) if is_inexact(value)]

    def of_inexact(*values: Any) -> list[Any]:
        merged = list(leaves)
        for i, value in zip(inexact, values, strict=True):
            merged[i] = value
        return f(*merged)

    outputs, pullback = vjp(of_inexact, *[leaves[i] for i in inexact])
    if check is not None:
        check(outputs)
    given = [
        part if is_inexact(output) and part is not None else np.zeros_like(output)
        for part, output in zip(g, outputs, strict=True)
    ]
    cotangents: list[Any] = [None] * len(leaves)
    for i, cotangent in zip(inexact, pullback(given), strict=True):
        cotangents[i] = cotangent
    return cotangents


def _fresh(value: Any) -> Any:
    """Return an argument in a form that shows whether the function writes into it, which the caller would not see."""
    if isinstance(value, np.ndarray):
        value = in_rows(value).view()
        value.flags.writeable = False
        return value
    return snapshot(value) if isinstance(value, Tracked) else value


def _written(name: str) -> InPlaceError:
    return InPlaceError(
        f"{name}: the function writes into its argument, which would be lost: it runs on copies, now and again in the reverse pass. "
        "Write into a copy inside the function and return that."
    )
