"""What messages call a function, and the errors for functions and arguments that have no rule."""

from __future__ import annotations

import inspect
import sys
from typing import Any

from revad.errors import NoRuleError
from revad.operations.operation import Operation
from revad.operations.registry import operations


def qualified_name(function: Any) -> str:
    """Return a function's name with its module, for messages."""
    name = getattr(function, "__name__", str(function))
    module = getattr(function, "__module__", None)
    if not module:  # a ufunc
        module = "scipy.special" if function is getattr(sys.modules.get("scipy.special"), name, None) else "numpy"
    return f"{module}.{name}"


def unknown_function(function: Any) -> NoRuleError:
    """Return the error for a function that nobody registered."""
    import difflib

    name = getattr(function, "__name__", repr(function))
    names = {o.name for o in operations() if qualified_name(o.function).startswith("numpy.")}
    near = difflib.get_close_matches(name, sorted(names), 3)
    hint = f" Registered names that are near: {', '.join(near)}." if near else ""
    return NoRuleError(
        f"{qualified_name(function)} has no derivative rule, so it cannot take a tracked value.{hint} "
        f"To add one: `import revad; revad.extend.vjp({name}, <argument>=lambda g, ans, <argument>: ...)`; "
        f"if its derivative is zero: `revad.extend.nondiff({name})`."
    )


def uses_of(rule: Any) -> list[str]:
    """Return what a rule is registered for, for messages: ``["maximum for x1", "minimum for x2"]``."""
    rule = inspect.unwrap(rule)
    found: dict[str, None] = {}
    for operation in operations():
        rules = {name: declared for name, (declared, _) in operation.declared.items()}
        if operation.joint is not None:
            rules[", ".join(operation.joint_names)] = operation.joint.function
        for names, declared in rules.items():
            if callable(declared) and inspect.unwrap(declared) is rule:
                found[f"{operation.name} for {names}"] = None
    return list(found)


def missing_rule(operation: Operation, name: str) -> NoRuleError:
    """Return the error for a tracked argument that has no rule."""
    return NoRuleError(
        f"{qualified_name(operation.function)} has no derivative rule for its argument {name!r}. "
        f"To add one: `revad.extend.vjp({operation.name}, {name}=lambda g, ans, {name}: ...)`."
    )
