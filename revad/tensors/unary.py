"""What the partial derivative of a ufunc of one argument takes: read once, so that gradient and forward levels need not ask the registry."""

from __future__ import annotations

from typing import Any

from revad.operations.operation import Rule
from revad.operations.registry import caches, lookup
from revad.typing import Ufunc

OF_ANS, OF_X, OF_BOTH = range(3)
_NEEDS: dict[tuple[str, ...], int] = {("ans",): OF_ANS, ("x",): OF_X, ("x", "ans"): OF_BOTH}
unary_rules: dict[Any, tuple[Any, int]] = {}
unary_pushes: dict[Any, tuple[Any, int]] = {}
caches += unary_rules, unary_pushes


def read_unary_rule(ufunc: Ufunc) -> tuple[Any, int]:
    """Return a ufunc's partial and what it takes, or (None, 0) where it needs `apply`."""
    operation = lookup(ufunc)
    rule = operation.rule("x") if operation is not None and ufunc.nin == ufunc.nout == 1 else None
    found: tuple[Any, int] = (None, OF_ANS)
    if isinstance(rule, Rule) and rule.is_partial and not any(need.as_aval for need in rule.needs):
        needs = _NEEDS.get(tuple([need.name for need in rule.needs]))
        found = found if needs is None else (rule.function, needs)
    if operation is not None:
        unary_rules[ufunc] = found
    return found


def read_unary_push(ufunc: Ufunc) -> tuple[Any, int]:
    """Return the same for forward mode, where somebody may have stated another JVP."""
    found = unary_rules.get(ufunc) or read_unary_rule(ufunc)
    operation = lookup(ufunc)
    if operation is not None and (operation.pushes or operation.joint_push is not None):
        found = (None, OF_ANS)
    unary_pushes[ufunc] = found
    return found
