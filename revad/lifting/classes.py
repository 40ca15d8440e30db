"""Lifted classes: subclasses of the user's classes whose methods are lifted, and objects that share their attributes."""

from __future__ import annotations

import enum
import functools
import threading
from types import FunctionType, ModuleType
from typing import Any

_BUILTINS = (int, float, complex, str, bytes, tuple, list, dict, set, frozenset, type, ModuleType)  # whose data we cannot share


_MARK = "__lifted__"
_asking = threading.local()  # classes that are being asked whether another one is a subclass


class LiftedClass(type):
    """The type of lifted classes, mixed into the type of the original: instances of either count for both."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return type.__instancecheck__(cls, instance) or isinstance(instance, vars(cls).get("__original__", ()))

    def __subclasscheck__(cls, subclass: type) -> bool:
        original = vars(cls).get("__original__")
        if type.__subclasscheck__(cls, subclass) or original is None:
            return type.__subclasscheck__(cls, subclass)
        asked = _asking.__dict__.setdefault("asked", set())
        if (cls, subclass) in asked:  # by an abstract original, which asks its subclasses, and so this one, in turn
            return False
        asked.add((cls, subclass))
        try:
            return issubclass(subclass, original)
        finally:
            asked.discard((cls, subclass))

    def __setattr__(cls, name: str, value: Any) -> None:
        type.__setattr__(vars(cls).get("__original__", cls), name, value)


def is_liftable(cls: type, lifter: Any) -> bool:
    """Return whether a class has methods that can be lifted; exceptions stay as they are, so that handlers know them."""
    if issubclass(cls, (BaseException, enum.Enum)) or isinstance(cls, LiftedClass):
        return False
    return any(_function_of(member, lifter) is not None for base in cls.__mro__ for member in vars(base).values())


def _function_of(member: Any, lifter: Any) -> Any:
    """Return a function of a lifted module behind a member of a class, or None."""
    for name in ("__func__", "fget", "func", "__wrapped__"):
        if not isinstance(member, FunctionType):
            member = getattr(member, name, member) if not isinstance(member, type) else member
    return member if isinstance(member, FunctionType) and lifter.owns(member.__globals__) else None


def lift_class(cls: type, lifter: Any) -> Any:
    """Return a subclass whose methods are lifted. Its bases are the class, then the lifted bases, where `super()` finds them."""
    members: dict[str, Any] = {}
    for name, member in vars(cls).items():
        if isinstance(member, (staticmethod, classmethod)):
            members[name] = type(member)(lifter.value(member.__func__))
        elif isinstance(member, property):
            parts = [part and lifter.value(part) for part in (member.fget, member.fset, member.fdel)]
            members[name] = property(*parts, doc=member.__doc__)
        elif isinstance(member, functools.cached_property):
            members[name] = functools.cached_property(lifter.value(member.func))
        elif isinstance(member, FunctionType) or hasattr(member, "cache_info"):
            members[name] = lifter.value(member)
        elif hasattr(type(member), "__get__") and (lifted := lifter.value(member)) is not member:
            members[name] = lifted
    lifted_bases = [lifted for base in cls.__bases__ if (lifted := lifter.value(base)) is not base]
    read_plainly: Any = cls.__getattribute__

    def read(self: Any, name: str) -> Any:
        return lifter.value(read_plainly(self, name))  # a function or an object among the attributes

    described = {name: getattr(cls, name) for name in ("__module__", "__qualname__", "__doc__")}
    members |= {**described, "__slots__": (), "__getattribute__": read, _MARK: True}
    made = _kind(type(cls))(cls.__name__, (_unannounced(), cls, *lifted_bases), members)
    type.__setattr__(made, "__original__", cls)  # from now on what is set on the class is set on the original
    return made


def _unannounced() -> type:
    """Return a first base for a lifted class, so that no hook of the user's is told that there is another subclass."""

    class Unannounced:
        __slots__ = ()

        def __init_subclass__(cls, **kwargs: Any) -> None:
            if _MARK not in vars(cls):  # a subclass that the user makes
                super().__init_subclass__(**kwargs)

    return Unannounced


@functools.cache
def _kind(metaclass: type) -> Any:
    return LiftedClass if metaclass is type else type("LiftedClass", (LiftedClass, metaclass), {})


def stand_in(instance: Any, cls: Any) -> Any:
    """Return an object of the lifted class that has the very attributes of an instance, or the instance where that cannot be."""
    kind: type = type(instance)
    if issubclass(kind, tuple):
        return tuple.__new__(cls, instance)
    has_slots = any(vars(base).get("__slots__") for base in kind.__mro__)
    if has_slots or not hasattr(instance, "__dict__") or any(issubclass(kind, builtin) for builtin in _BUILTINS):
        return instance
    made = object.__new__(cls)
    object.__setattr__(made, "__dict__", instance.__dict__)
    return made
