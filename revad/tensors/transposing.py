r"""The transpose of a linear map that is given as a function: record it on variables, and pull back.

A JVP follows from a pull-back in this way, and a pull-back from a JVP. What is recorded does not depend on the value of the
variables. So revad's own rules are recorded at zero, and a rule that a user wrote at numbers of all kinds, which tell whether it
is linear and whether the record is complete: for the recorded map :math:`A` and its transpose,
:math:`\langle t, A p\rangle = \langle A^T t, p\rangle`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from revad.base.arrays import CONTAINERS, is_inexact
from revad.base.aval import aval_of
from revad.engine.backward import backward
from revad.engine.dispatch import find_top
from revad.engine.handles import Tracked, level_of, plain
from revad.engine.levels import next_level, open_levels
from revad.engine.projection import project, rule_name
from revad.engine.sweep import check_count
from revad.engine.tape import DTYPE, LEVEL, ORDER, SHAPE, leaf
from revad.engine.users_rules import broadcast, may_lose, may_push
from revad.errors import LostGradientError, RuleError, RuleShapeError
from revad.operations.operation import NONDIFF, Marker
from revad.tensors.gradient import make

Fit = Callable[..., Any] | None


def transpose(pull: Callable[[Any], Any], tangents: Any, like: Any, rule: Any = None, kept: Any = (), fit: Fit = None) -> Any:
    """Return the transpose of a linear function, applied to what its outputs pair with.

    Parameters
    ----------
    pull : callable
        The function, of one value or of a tuple of values.
    tangents : Tracked, array, nested lists of them
        One for each output; None for an output that does not count.
    like : array, or list or tuple of arrays
        In the shape and dtype of the function's argument, and so of the result.
    rule : callable, optional
        The rule that ``pull`` is made of. One that a user wrote is held to what it may return, to linearity, and to being recorded.
    kept : sequence
        What the rule was given besides.
    fit : callable, optional
        ``fit(output, tangent, rule, given)`` puts an output of a user's rule into the space that it belongs to, as the engine does.
    """
    level = next_level()
    is_users = getattr(rule, "users", None) is not None
    several = isinstance(like, CONTAINERS)
    parts = like if several else [like]
    values = [probe(part) if is_users and is_inexact(part) else _zero(part) for part in parts]
    leaves = [leaf(value, level) for value in values]
    variables: Any = [make(value, node) for value, node in zip(values, leaves, strict=True)]
    given = tuple(variables) if several else variables[0]
    open_levels.add(level)  # a rule may itself call a transformation
    try:
        outputs = traced(rule, pull, given) if is_users else pull(given)
    except RecursionError:
        if not is_users:
            raise
        raise RuleError(
            f"the rule {rule_name(rule)} applies its own function to a tangent, so there is no end to transposing it. State the "
            "pull-back too: revad.extend.vjp, or defjvp and defvjp of a custom_vjp."
        ) from None
    finally:
        open_levels.discard(level)
    put = partial(fit, rule=rule, given=(given, *kept)) if is_users and fit is not None else None
    pairs = list(_paired(outputs, tangents, rule, put))
    roots: list[tuple[Any, Any]] = []
    for output, tangent in pairs:
        if isinstance(output, Tracked) and output._node[LEVEL] == level:
            node = output._node
            # the transpose of `project`: broadcast the tangent to what the rule returned, in its dtype
            wide = tangent if np.shape(tangent) == node[SHAPE] else np.broadcast_to(tangent, node[SHAPE])
            roots.append((node, project(wide, node[SHAPE], node[DTYPE])))
    found = backward(roots) if roots else {}
    results = [found[node[ORDER]][1] if node[ORDER] in found else _zero(part) for node, part in zip(leaves, parts, strict=True)]
    if is_users and not may_lose():
        constant = any(level_of(output) != level and is_inexact(output) and np.any(plain(output) != 0) for output, _ in pairs)
        if constant or not _agree(pairs, list(zip(results, values, strict=True))):
            raise cut_off(rule)
    return results if several else results[0]


def as_recorded(rule: Any, kept: Any) -> Any:
    """Return what to record of a rule: a user's rule as it was written, unless its cover has to look at what was kept."""
    users = getattr(rule, "users", None)
    return rule if users is None or find_top(kept) is not None else users.rule


def traced(rule: Any, pull: Callable[[Any], Any], g: Any) -> Any:
    """Run a user's rule on values that are recorded; where it needs plain numbers, say what else there is."""
    try:
        return pull(g)
    except (TypeError, ValueError) as error:
        explain(rule, error)
        raise


def explain(rule: Any, error: Exception) -> None:
    """Raise an error that says more, if a user's rule failed because it was given tracked values."""
    hidden = error.__cause__ or error.__context__  # a library hides our error behind one of its own
    lost = next((e for e in (error, hidden) if isinstance(e, LostGradientError)), None)
    if lost is not None or (isinstance(error, TypeError) and re.search(r"\b(GradTensor|Dual)\b", str(error))):
        told = str(lost or error).rstrip(".")
        raise LostGradientError(f"{told}. It was in {_needs_more(rule)}") from error


def cut_off(rule: Any) -> LostGradientError:
    """Return the error for a user's rule whose derivative is not what its values say."""
    return LostGradientError(
        "the derivative of a rule would be lost: its result depends on what it was given in a way that was not recorded "
        "(stop_gradient, no_grad, plain arrays), or not linearly on its cotangent or tangent. It was in "
        f"{_needs_more(rule)}"
    )


def _needs_more(rule: Any) -> str:
    return (
        f"the rule {rule_name(rule)}, which forward mode and second derivatives have to differentiate. Write it in NumPy functions; "
        "what leaves NumPy in it makes an operation of its own (revad.primitive). Or state the JVP for forward mode: "
        "revad.extend.jvp, revad.custom_jvp, or defjvp of a custom_vjp."
    )


def probe(like: Any) -> Any:
    """Return numbers in the shape and dtype of a value that satisfy no equation by chance: multiples of the golden ratio modulo 2."""
    shape, dtype = aval_of(like)
    size = int(np.prod(shape))
    numbers: Any = np.reshape(np.fmod(np.arange(1, size + 1) * 1.618033988749895, 2.0) - 1.0, shape)
    if dtype.kind == "c":
        numbers = numbers + 1j * np.cos(37.0 * numbers)
    return numbers.astype(dtype)[()] if shape == () else numbers.astype(dtype, copy=False)


def fit_tangent(part: Any, ans: Any, rule: Any = None, given: Any = ()) -> Any:
    """Broadcast a tangent to the output's shape and cast it to its dtype."""
    if isinstance(ans, CONTAINERS):
        if not isinstance(part, CONTAINERS) or len(part) != len(ans):
            raise RuleError(
                f"the rule {rule_name(rule)} must return the tangents of {len(ans)} outputs; it returned one {type(part).__name__}"
                f"{f' of {len(part)}' if isinstance(part, CONTAINERS) else ''}."
            )
        return [fit_tangent(p, a, rule, given) for p, a in zip(part, ans, strict=True)]
    shape, dtype = aval_of(ans)
    if dtype.kind not in "fc":
        return part
    if not hasattr(part, "shape") and not isinstance(part, (int, float, complex, Marker)):
        raise RuleError(f"the rule {rule_name(rule)} returned {type(part).__name__} instead of a tangent of shape {shape}.")
    got = np.shape(part)
    if got != shape and part is not NONDIFF:
        users = getattr(rule, "users", None)
        if broadcast(got, shape) != shape or (users is not None and not may_push(users, part, given)):
            raise RuleShapeError(
                f"the rule {rule_name(rule)} returned a tangent of shape {got} for an output of shape {shape}."
            )
        if hasattr(part, "shape"):
            part = np.broadcast_to(part, shape)
        elif isinstance(part, (int, float, complex)):
            part = np.full_like(ans, part)
    return part if type(part) is float and dtype == np.float64 else project(part, shape, dtype, rule, given)


def fit_cotangent(cotangent: Any, tangent: Any, rule: Any, given: Any) -> Any:
    """Return a cotangent in the space of its argument, to which the tangent belongs."""
    dtype = None if type(tangent) is float else aval_of(tangent).dtype
    return project(cotangent, np.shape(tangent), dtype, rule, given)


def _paired(output: Any, tangent: Any, rule: Any, put: Any) -> Iterator[tuple[Any, Any]]:
    """Pair each output of a pull-back with the tangent that is to be pulled back through it."""
    if tangent is None or output is NONDIFF:
        return
    if isinstance(tangent, list):
        check_count(rule, output, len(tangent))
        for item, t in zip(output, tangent, strict=True):
            yield from _paired(item, t, rule, put)
    elif is_inexact(tangent):  # else that of an output without derivative
        yield output if put is None else put(output, tangent), tangent


def _agree(*sides: list[tuple[Any, Any]]) -> bool:
    """Return whether two sums of products are the same number but for rounding, or are no numbers at all."""
    totals: list[float] = []
    size, eps = 0.0, 0.0
    for pairs in sides:
        total = 0.0
        for one, other in pairs:
            product: Any = np.asarray(plain(one)) * np.asarray(plain(other))
            if product.dtype.kind in "fc":
                total += float(np.sum(np.real(product)))
                size += float(np.sum(np.abs(product)))
                eps = max(eps, float(np.finfo(product.dtype).eps))
        totals.append(total)
    return not np.isfinite(size) or abs(totals[0] - totals[1]) <= eps**0.4 * size


def _zero(part: Any) -> Any:
    if not is_inexact(part):  # an output that carries no derivative, or is no number
        return 0.0
    value = np.zeros_like(part)
    return value if not isinstance(value, np.ndarray) or value.ndim else value[()]
