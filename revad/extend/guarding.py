"""The cover around a rule that a user wrote: it protects what the rule is given, and notices a derivative that the rule drops.

A rule is linear in its first argument, the cotangent or tangent. Where that argument is itself being differentiated, for a second
derivative, the rule runs on a level of its own, on which everything that depends on the argument is recorded. If something is
cut off there (`stop_gradient`, `no_grad`, a plain array as a result), the rule is compared with its transpose on numbers, and
refused if they disagree.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

import numpy as np

from revad.base.arrays import CONTAINERS, is_inexact
from revad.engine.dispatch import strip
from revad.engine.handles import Tracked, plain
from revad.engine.tape import active_levels, cut_levels, leaf, linear_levels, next_level
from revad.operations.operation import ELEMENTWISE, NONDIFF, Marker, Users
from revad.tensors.gradient import make
from revad.tensors.transposing import cut_off, is_complete, traced

Rule = Callable[..., Any]


def guard(rule: Any, fits: str, *, is_joint: bool = False) -> Any:
    """Return a user's rule under cover: its first argument read-only, its results held to what they may be.

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
    if fits is ELEMENTWISE:
        return rule if isinstance(rule, np.ufunc) else _covered(lambda *args: rule(*args), rule, fits)
    if isinstance(rule, np.ufunc):
        return guard(lambda g, x: rule(g, x), fits)
    writes = "ours" in signature(rule).parameters

    def guarded(g: Any, *args: Any, **options: Any) -> Any:
        kind = type(g)
        if kind is np.ndarray:
            if not writes:
                g = g.view()
                g.setflags(False)  # noqa: FBT003  (half the time of `g.flags.writeable = False`)
        elif kind is not float:
            if kind in CONTAINERS:
                g = kind([_read_only(part) for part in g])
            if _is_differentiated(g):
                return _uncut(covered, g, args, options, is_joint)
        return rule(g, *args, **options)

    covered = _covered(guarded, rule, fits)
    return covered


def _covered(cover: Any, rule: Any, fits: str) -> Any:
    """Mark a cover as a user's rule, under the rule's name and with its parameters."""
    cover = wraps(rule)(cover)
    cover.__name__ = getattr(rule, "__name__", type(rule).__name__)
    cover.users = Users(rule, fits)
    return cover


def _read_only(part: Any) -> Any:
    if type(part) is np.ndarray:
        part = part.view()
        part.setflags(False)  # noqa: FBT003
    elif type(part) in CONTAINERS:
        part = type(part)([_read_only(item) for item in part])
    return part


def _is_differentiated(g: Any) -> bool:
    if type(g) in CONTAINERS:
        return any(_is_differentiated(part) for part in g)
    while isinstance(g, Tracked):
        if g.pausable:  # a level of a derivative, not of a capture
            return True
        g = g._value
    return False


def _uncut(rule: Any, g: Any, args: Any, options: dict[str, Any], is_joint: bool) -> Any:  # noqa: FBT001
    """Run a user's rule on a level of its own, and refuse it if its result lost a part of what comes of its first argument."""
    level = next_level()

    def run(g: Any, args: Any = args) -> Any:
        results = rule.users.rule(g, *args, **options)
        return [part if counts else NONDIFF for part, counts in zip(results, args[0], strict=False)] if is_joint else results

    active_levels.add(level)
    linear_levels.add(level)
    try:
        results = traced(rule, run, _variables(g, level))
    finally:
        active_levels.discard(level)
        linear_levels.discard(level)
        was_cut = level in cut_levels
        cut_levels.discard(level)
    if (was_cut or _has_constant(results, level)) and not is_complete(rule, lambda g: run(g, _plain(args)), _plain(g)):
        raise cut_off(rule)
    return strip(results, level)


def _variables(g: Any, level: int) -> Any:
    """Return the first argument of a rule as an independent variable of a level."""
    if type(g) in CONTAINERS:
        return type(g)([_variables(part, level) for part in g])
    return make(g, leaf(g, level)) if is_inexact(g) else g


def _has_constant(results: Any, level: int) -> bool:
    """Return whether a result other than zero does not depend on a level."""
    if isinstance(results, CONTAINERS):
        return any(_has_constant(part, level) for part in results)
    on_level = isinstance(results, Tracked) and results._node[1] == level
    return not on_level and is_inexact(results) and bool(np.any(plain(results) != 0))


def _plain(value: Any) -> Any:
    if type(value) in CONTAINERS:
        return type(value)([_plain(item) for item in value])
    return plain(value)
