"""Operations that their functions keep, as an attribute, so that both are freed together: those that users make and drop."""

from __future__ import annotations

from weakref import WeakSet

from revad.operations.operation import Operation
from revad.typing import Function

_ATTRIBUTE = "__revad_operation__"
owned: WeakSet[Operation] = WeakSet()


def own_operation(function: Function) -> Operation | None:
    """Return the operation that a function carries itself; one that `functools.wraps` copied is another function's."""
    found = getattr(function, _ATTRIBUTE, None)
    return found if isinstance(found, Operation) and found.function is function else None


def is_kept_by(function: Function, operation: Operation) -> bool:
    """Leave an operation to its function, and return whether that was possible: some functions take no attributes."""
    try:
        setattr(function, _ATTRIBUTE, operation)
    except (AttributeError, TypeError):
        return False
    owned.add(operation)
    return True
