"""`Operation`: all that is known of one function, and how a rule says what it needs. Written by `registry`, read by the engine."""

from __future__ import annotations

import inspect
import re
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

from revad.base.aval import Aval
from revad.typing import Array, Function

NO_VALUE: Any = np._NoValue  # pyright: ignore[reportAttributeAccessIssue]  (NumPy's own sign for "not passed")
NEVER = 1 << 30  # a position that no argument has
REQUIRED: Any = inspect.Parameter.empty


class Need(NamedTuple):
    """One value that a rule asks for: an argument's name or ``ans``."""

    name: str
    default: Any  # REQUIRED, or the value used when the caller did not pass the argument
    as_aval: bool  # only shape and dtype


class Rule(NamedTuple):
    """A derivative rule of one argument: the function and what it asks for."""

    function: Function
    needs: tuple[Need, ...]
    is_partial: bool  # a partial derivative, to be multiplied with the cotangent
    reuses: bool = False  # takes ``ours``: whether it may write into the cotangent


class Marker:
    """A named constant that stands where a rule could."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


ONE: Any = Marker("ONE")  # the partial derivative is one: the cotangent passes through
NONDIFF: Any = Marker("NONDIFF")  # the derivative with respect to this argument is zero or cannot exist


class Absent:
    """Stands for a function that the installed NumPy lacks; nobody can call it."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse."""
        raise AttributeError(
            f"the installed NumPy {np.__version__} lacks the function {self.__name__}, which other releases have."
        )


def if_present(name: str) -> Function:
    """Return a function that some supported releases of NumPy have, or what stands for it where the installed one lacks it."""
    return getattr(np, name, Absent(name))


class Operation:
    """All that is known of one function: its kind, its rules, its parameters.

    Parameters
    ----------
    function : callable
        The function that computes the values.
    kind : {"rules", "composite", "in_place", "nondiff", "creation", "unsupported"}
        How calls with tracked values are answered.
    """

    __slots__ = (
        "accuracy",
        "composite",
        "declared",
        "function",
        "joint",
        "joint_names",
        "kind",
        "linear_in",
        "linear_jointly",
        "name",
        "out_at",
        "plans",
        "reason",
        "rules",
        "signature",
    )

    def __init__(self, function: Function, kind: str = "rules") -> None:
        self.function = function
        self.kind = kind
        self.name: str = getattr(function, "__name__", repr(function))
        self.declared: dict[str, tuple[Any, bool]] = {}  # argument name -> what the rule author wrote, is it a partial
        self.rules: dict[str, Any] = {}  # argument name -> Rule, ONE or NONDIFF; read from `declared` on first use
        self.linear_in = ""
        self.linear_jointly = False  # in all arguments of the joint rule together
        self.plans: dict[Any, Any] = {}  # the engine's notes, one for each pattern of arguments; void when rules change
        self.joint: Rule | None = None
        self.joint_names: tuple[str, ...] = ()
        self.accuracy: dict[str, str] = {}  # argument name -> how good its derivative is, where that is a numerical one
        self.composite: Function | None = None
        self.reason = ""
        self.out_at = -1  # position of the parameter `out` (or NEVER), known once the parameters were read
        self.signature: tuple[tuple[str, ...], str | None] | None = None

    def __repr__(self) -> str:
        return f"<Operation {self.name} ({self.kind})>"

    def rule(self, name: str) -> Any:
        """Return the rule of an argument: a `Rule`, ONE, NONDIFF, or None where nobody wrote one."""
        found = self.rules.get(name)
        if found is None and name in self.declared:
            declared, is_partial = self.declared[name]
            if not isinstance(declared, Marker):
                declared = read_rule(declared, is_partial=is_partial, skip=0 if is_partial else 1)
            found = self.rules[name] = declared
        return found

    @property
    def parameters(self) -> tuple[tuple[str, ...], str | None]:
        """Names of the positional parameters, and the name of ``*args`` or None. Read once, on first use."""
        if self.signature is None:
            self.signature = parameters_of(self.function)
        if self.out_at < 0:
            names = self.signature[0]
            self.out_at = names.index("out") if "out" in names else NEVER
        return self.signature

    def keywords(self) -> list[str]:
        """Return the names of keyword-only parameters."""
        if isinstance(self.function, np.ufunc) or not callable(self.function):
            return []
        try:
            parameters = inspect.signature(self.function).parameters.values()
        except ValueError:
            return []
        return [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return the call's arguments by name; those that the caller left out are absent."""
        names, rest = self.parameters
        bound = dict(zip(names, args, strict=False))
        if rest is not None:
            bound[rest] = args[len(names) :]
        return bound | {name: value for name, value in kwargs.items() if value is not NO_VALUE}


def whole(name: str, run: Function, pull: Function) -> Operation:
    """Return an operation made for one call: ``run(*leaves)`` gives a list of outputs, ``pull(g, leaves)`` the cotangents of all leaves."""
    run.__name__, run.__module__ = name, "revad"  # for messages and programs
    operation = Operation(run)
    operation.signature = ((), "leaves")
    operation.declared["leaves"] = (pull, False)
    return operation


_SIGNATURES = {
    "dot": ("a", "b", "out"),
    "inner": ("a", "b"),
    "vdot": ("a", "b"),
    "bincount": ("x", "weights", "minlength"),
    "where": ("condition", "x", "y"),
    "concatenate": ("arrays", "axis", "out"),
    "array": ("object", "dtype"),
    "asarray": ("a", "dtype", "order"),
    "asanyarray": ("a", "dtype", "order"),
    "ascontiguousarray": ("a", "dtype"),
    "asfortranarray": ("a", "dtype"),
    "putmask": ("a", "mask", "values"),
    "copyto": ("dst", "src", "casting", "where"),
}


def parameters_of(function: Function) -> tuple[tuple[str, ...], str | None]:
    """Return the names of a function's positional parameters, and the name of ``*args`` or None."""
    if not callable(function):  # a method of ufuncs, registered under its name
        return (), None
    if isinstance(function, np.ufunc):
        return (("x",) if function.nin == 1 else tuple(f"x{i + 1}" for i in range(function.nin))), None
    names: list[str] = []
    rest = None
    try:
        signature = inspect.signature(function)
    except ValueError:  # a function in C, whose signature NumPy states since 2.4
        return _SIGNATURES.get(function.__name__, ()), None
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            rest = parameter.name
        elif parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            names.append(parameter.name)
    return tuple(names), rest


def named(rule: Any, kind: str, operation: str, argument: str = "") -> Any:
    """Return a rule that has a name: a lambda as a copy named after what it is registered for, such as ``vjp_matmul_x1``.

    Tracebacks show the name of the code and messages that of the function, so the copy has both. It is a copy because one
    lambda may be registered for several arguments or functions. A rule that its author named keeps that name.
    """
    if type(rule) is not FunctionType or rule.__name__ != "<lambda>":
        return rule
    name = "_".join(filter(None, (kind, operation, argument)))
    if not name.isidentifier():  # as `poisson.pmf` is not
        name = re.sub(r"[\W_]+", "_", name)
    code = rule.__code__.replace(co_name=name, co_qualname=name)
    copy = FunctionType(code, rule.__globals__, name, rule.__defaults__, rule.__closure__)
    copy.__kwdefaults__, copy.__module__ = rule.__kwdefaults__, rule.__module__
    copy.__dict__.update(rule.__dict__)
    return copy


def itself(ans: Array) -> Any:
    """Return the output: the partial derivative of exp."""
    return ans


def read_rule(function: Function, *, is_partial: bool, skip: int) -> Rule:
    """Read a rule's parameters; ``skip`` leading ones (``g``, or ``g, needs``) are the engine's own."""
    if isinstance(function, np.ufunc):  # a partial that NumPy has a name for, as cos for sin
        return Rule(function, (Need("x", REQUIRED, as_aval=False),), is_partial)
    parameters = list(inspect.signature(function).parameters.values())
    needs = tuple(
        Need(p.name, p.default, p.annotation is Aval or (isinstance(p.annotation, str) and p.annotation.endswith("Aval")))
        for p in parameters[skip:]
        if p.name != "ours"
    )
    return Rule(function, needs, is_partial, reuses=len(needs) < len(parameters[skip:]))
