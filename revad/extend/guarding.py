"""The cover around a rule that a user wrote: it protects what the rule is given, and notices a derivative that the rule drops.

Where what a rule is given is itself being differentiated, for a second derivative, the rule runs on a level of its own. If a value
leaves that level without its derivative (`stop_gradient`, `no_grad`, a plain array as a result), the derivative of the rule is
compared with a difference quotient, and the rule refused if they disagree.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

import numpy as np

from revad.base.arrays import CONTAINERS, is_inexact
from revad.base.aval import Aval
from revad.base.trees import flatten
from revad.engine.dispatch import strip
from revad.engine.handles import Tracked, level_of, plain
from revad.engine.levels import cut_levels, linear_levels, next_level, open_levels
from revad.engine.tape import leaf
from revad.engine.users_rules import may_lose
from revad.errors import LostGradientError
from revad.extend.calls import Call
from revad.operations.operation import ELEMENTWISE, EXACT, NONDIFF, Marker, Users
from revad.tensors.dual import dual, tangent_of
from revad.tensors.gradient import make
from revad.tensors.transposing import cut_off, probe, traced

_PLAIN = frozenset(
    (np.ndarray, float, int, bool, complex, str, type(None), np.float64, np.float32, Aval, Call)
)  # hold nothing tracked


def guard(rule: Any, fits: str, *, is_joint: bool = False) -> Any:
    """Return a user's rule under cover: its arguments read-only, its results held to what they may be.

    Parameters
    ----------
    rule : callable or Marker
        The rule; ONE and NONDIFF are returned as they are.
    fits : str
        The shapes that it may return: see `revad.operations.operation.Users`.
    is_joint : bool
        The second argument says which of the results count.
    """
    if isinstance(rule, Marker) or not callable(rule):
        return rule
    if isinstance(rule, np.ufunc):
        return rule if fits is ELEMENTWISE else guard(_of_two(rule), fits)
    holds_pytrees = fits is EXACT  # residuals do; an operation looks for tracked values in lists and tuples only
    may_write = "ours" in signature(rule).parameters  # into the cotangent

    def guarded(*args: Any, **options: Any) -> Any:
        shielded = _read_only((args[0], *args[2:]) if is_joint else args, holds_pytrees)
        if shielded is None:
            return rule(*args, **options) if may_lose() else _uncut(covered, args, options, is_joint)
        if may_write:
            shielded[0] = args[0]
        if is_joint:
            shielded.insert(1, args[1])
        return rule(*shielded, **options)

    covered = _covered(guarded, rule, fits)
    return covered


def _of_two(ufunc: Callable[..., Any]) -> Any:
    """Return a rule that is a ufunc, of the cotangent and the argument ``x``, as a function."""

    def rule(g: Any, x: Any) -> Any:
        return ufunc(g, x)

    return rule


def _covered(cover: Any, rule: Any, fits: str) -> Any:
    """Mark a cover as a user's rule, under the rule's name and with its parameters."""
    cover = wraps(rule)(cover)
    cover.__name__ = getattr(rule, "__name__", type(rule).__name__)
    cover.users = Users(rule, fits)
    return cover


def _read_only(values: Any, pytrees: bool) -> list[Any] | None:  # noqa: FBT001
    """Return values, which others use too, with their arrays protected; None where a derivative is taken with respect to one.

    It looks into lists, tuples and dicts, and into other containers if there may be ``pytrees``.
    """
    found: list[Any] = []
    for value in values:
        kind = type(value)
        if kind is np.ndarray:
            shown = value.view()
            shown.setflags(False)  # noqa: FBT003  (half the time of `shown.flags.writeable = False`)
            found.append(shown)
        elif kind in _PLAIN:
            found.append(value)
        elif kind is tuple or kind is list or kind is dict:
            inside = _read_only(value.values() if kind is dict else value, pytrees)
            if inside is None:
                return None
            found.append(dict(zip(value, inside, strict=True)) if kind is dict else inside if kind is list else tuple(inside))
        elif (pytrees or isinstance(value, Tracked)) and _is_differentiated(value):
            return None
        else:
            found.append(value)
    return found


def _is_differentiated(value: Any) -> bool:
    """Return whether a level of a derivative, not of a capture, tracks a value or something inside it."""
    while isinstance(value, Tracked):
        if value.pausable:
            return True
        value = value._value
    leaves = [value] if type(value) in _PLAIN else flatten(value)[0]
    return not (len(leaves) == 1 and leaves[0] is value) and any(map(_is_differentiated, leaves))


def _uncut(rule: Any, args: tuple[Any, ...], options: dict[str, Any], is_joint: bool) -> Any:  # noqa: FBT001
    """Run a user's rule on a level of its own, and refuse it if it loses a part of the derivative of its result."""
    level = next_level()
    given, rebuild = flatten(args)

    def run(leaves: list[Any]) -> Any:
        args = rebuild(leaves)
        results = rule.users.rule(*args, **options)
        return [part if counts else NONDIFF for part, counts in zip(results, args[1], strict=False)] if is_joint else results

    open_levels.add(level)
    linear_levels.add(level)
    try:
        results = traced(rule, run, [make(v, leaf(v, level)) if _is_differentiated(v) else v for v in given])
    finally:
        open_levels.discard(level)
        linear_levels.discard(level)
        was_cut = level in cut_levels
        cut_levels.discard(level)
    numbers = [plain(value) for value in given]
    if was_cut:
        is_right = is_recorded(run, numbers, len(numbers))
    else:  # what does not depend on the first argument of a linear rule is zero
        is_linear = rule.users.fits is not ELEMENTWISE
        is_right = not (is_linear and _is_differentiated(args[0]) and _has_constant(results, level))
        is_right = is_right or is_recorded(run, numbers, len(flatten(args[0])[0]))
    if not is_right:
        raise cut_off(rule)
    return strip(results, level)


def _has_constant(results: Any, level: int) -> bool:
    """Return whether a result other than zero does not depend on a level."""
    if isinstance(results, CONTAINERS):
        return any(_has_constant(part, level) for part in results)
    on_level = level_of(results) == level
    return not on_level and is_inexact(results) and bool(np.any(plain(results) != 0))


def is_recorded(f: Callable[[list[Any]], Any], leaves: list[Any], first: int) -> bool:
    """Return whether forward mode and a difference quotient agree on the derivative of a function, where it has one.

    The direction has no symmetries; only so many of the first leaves move.
    """
    directions = {i: probe(value) * _scale(value) for i, value in enumerate(leaves[:first]) if is_inexact(value)}
    eps = max([float(np.finfo(np.asarray(leaves[i]).dtype).eps) for i in directions], default=0.0)
    step = eps ** (1 / 3)

    def at(step: float) -> list[Any]:
        moved = [value + step * directions[i] if i in directions else value for i, value in enumerate(leaves)]
        return flatten(f([_like(new, old) for new, old in zip(moved, leaves, strict=True)]))[0]

    level = next_level()
    open_levels.add(level)
    try:
        outputs = flatten(f([dual(v, directions[i], level) if i in directions else v for i, v in enumerate(leaves)]))[0]
    except LostGradientError:
        return False
    finally:
        open_levels.discard(level)
    for output, above, here, below in zip(outputs, at(step), at(0.0), at(-step), strict=True):
        if is_inexact(above):
            tangent = plain(tangent_of(output)) if level_of(output) == level else 0.0
            slope, bend, error = _differences(np.asarray(above), np.asarray(here), np.asarray(below), step, tangent)
            smooth = np.isfinite(error) & (
                bend <= step**0.5 * np.max(bend + np.abs(here), initial=0.0, where=np.isfinite(bend))
            )
            size = np.max(np.abs(slope), initial=0.0, where=smooth)
            if np.any(error[smooth] > eps**0.2 * size):
                return False
    return True


def _differences(above: Any, here: Any, below: Any, step: float, tangent: Any) -> tuple[Any, Any, Any]:
    """Return the slope between two values, how far they bend around the one in the middle, and how far a tangent is off the slope."""
    with np.errstate(invalid="ignore"):
        slope = (above - below) / (2 * step)
        return slope, np.abs(above - 2 * here + below), np.abs(slope - np.asarray(tangent))


def _like(new: Any, old: Any) -> Any:
    """Return a changed value as the kind of number that it was."""
    return new.astype(old.dtype) if isinstance(old, (np.ndarray, np.generic)) and is_inexact(old) else new


def _scale(value: Any) -> Any:
    """Return a size for the change of each element: its own, so that it stays where it is in its domain."""
    size = np.abs(value)
    return np.where(size == 0, np.max(size, initial=0.0) or 1.0, size)[()]
