"""The table of batching rules: which family an operation belongs to.

A rule is called as ``rule(size, function, args, kwargs)``, with a `Front` in place of each batched argument, and returns the outputs with the
batch axis in front; ``NotImplemented`` for a call that it does not cover, which is then run example by example.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from revad.operations.operation import ONE, Operation
from revad.typing import Function

Rule = Callable[[int, Any, tuple[Any, ...], dict[str, Any]], Any]
_RULES: dict[Any, Rule] = {}


def batches(*functions: Any) -> Callable[[Rule], Rule]:
    """Register the batching rule of functions (a decorator)."""

    def register(rule: Rule) -> Rule:
        for function in functions:
            _RULES[function] = rule
        return rule

    return register


def rule_of(operation: Operation) -> Rule | None:
    """Return the batching rule of an operation, or None where it has to be run example by example."""
    found = _RULES.get(operation.function)
    if found is None and is_elementwise(operation):
        found = _RULES[operation.function] = _RULES["elementwise"]
    return found


def is_elementwise(operation: Operation) -> bool:
    """Return whether an operation works element by element: a ufunc, or a function that states partial derivatives for all it has."""
    function: Function = operation.function
    if isinstance(function, np.ufunc):
        return function.signature is None
    if operation.joint is not None or not operation.declared or function in _NOT_ELEMENTWISE or operation.name in _OF_NUMBERS:
        return False
    return all(is_partial or rule is ONE for rule, is_partial in operation.declared.values())


# these state partial derivatives, but the dtype of what they return depends on values, or elements see their neighbours
_NOT_ELEMENTWISE: frozenset[Any] = frozenset(
    (np.unwrap, np.real_if_close, *[getattr(np.emath, name) for name in np.emath.__all__])
)
_OF_NUMBERS = frozenset(("factorialk",))  # SciPy's function takes no arrays in all its arguments
