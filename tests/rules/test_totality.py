"""The registry is total: NumPy itself is asked what it has, and each function belongs to exactly one class.

A function is differentiable (by rules or as a composite), a write in place, without derivative, a creation, or refused with a
reason. Public callables that never reach NumPy's protocols are listed here, with what happens to a tracked value there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.testing import overrides

import revad
from revad.errors import NoRuleError, RevadError
from revad.operations.operation import NONDIFF, ONE, Absent, Operation, if_present
from revad.operations.registry import lookup, operations

NAMESPACES = (np, np.linalg, np.fft)

NOT_DISPATCHED = {
    "makes constants from sizes": (
        "bartlett blackman hamming hanning kaiser diag_indices tril_indices triu_indices mask_indices indices "
        "fftfreq rfftfreq from_dlpack fromregex load"
    ),
    "converts to a plain array, which a tracked value refuses": "asarray_chkfinite asmatrix bmat",
    "calls functions that dispatch": "row_stack trapz",
    "asks about types, shapes or memory": (
        "broadcast_shapes isdtype isfortran isscalar issubdtype iterable mintypecode promote_types typename datetime_data"
    ),
    "formats one number": "base_repr binary_repr format_float_positional format_float_scientific",
    "makes an iterator or a function": "nested_iters frompyfunc",
    "settings and information": (
        "get_include get_printoptions set_printoptions printoptions getbufsize setbufsize geterr seterr geterrcall seterrcall "
        "info show_config show_runtime test"
    ),
}
"""Public functions without a protocol, by the reason why that is harmless. Classes (dtypes, iterators ...) are so by nature."""

EXEMPT_MODULES = ("numpy.lib.recfunctions",)  # structured arrays: not loaded by NumPy itself, refused as unknown


def overridable() -> Iterator[Any]:
    """Every ufunc and array function that NumPy lets us override."""
    for function in overrides.get_overridable_numpy_ufuncs() | overrides.get_overridable_numpy_array_functions():
        if getattr(function, "__module__", None) not in EXEMPT_MODULES:
            # of np.eye and its kin NumPy lists the inner form behind `like=`, but hands the public one to the protocol
            public = getattr(np, function.__name__, None)
            yield public if lookup(function) is None and callable(public) else function


def public_callables() -> Iterator[tuple[str, Any]]:
    """Every public callable of NumPy's main namespaces that is not a class."""
    for module in NAMESPACES:
        for name in dir(module):
            value = getattr(module, name)
            if not name.startswith("_") and callable(value) and not isinstance(value, type):
                yield f"{module.__name__}.{name}", value


def classes(function: Any) -> list[str]:
    """All classes that a function belongs to; one is right."""
    operation = lookup(function)
    if operation is None:
        return []
    states = {
        "rules": bool(operation.declared) or operation.joint is not None,
        "composite": operation.kind == "composite" and operation.composite is not None,
        "in_place": operation.kind == "in_place" and operation.composite is not None,
        "nondiff": operation.kind == "nondiff",
        "creation": operation.kind == "creation",
        "unsupported": operation.kind == "unsupported" and operation.reason != "",
    }
    return [name for name, state in states.items() if state]


def label(function: Any) -> str:
    """A readable test id."""
    return f"{getattr(function, '__module__', 'numpy')}.{getattr(function, '__name__', function)}"


OVERRIDABLE = sorted(set(overridable()), key=label)
REGISTERED = sorted(
    (op for op in operations() if callable(op.function) and type(op.function) is not Absent), key=lambda op: label(op.function)
)


@pytest.mark.parametrize("function", OVERRIDABLE, ids=label)
def test_every_overridable_function_has_one_class(function: Callable[..., Any]) -> None:
    """What NumPy's protocols can hand to us, we have decided about."""
    assert len(classes(function)) == 1


def test_every_public_callable_has_one_class() -> None:
    """No public function of NumPy is forgotten: it has a class, or is listed as one that does not dispatch."""
    listed = {name for names in NOT_DISPATCHED.values() for name in names.split()}
    undecided = [name for name, value in public_callables() if not classes(value) and name.rsplit(".", 1)[1] not in listed]
    assert undecided == []


def test_no_listed_callable_has_a_class() -> None:
    """The list of callables that do not dispatch holds no function that has a rule."""
    listed = {name for names in NOT_DISPATCHED.values() for name in names.split()}
    assert [name for name, value in public_callables() if classes(value) and name.rsplit(".", 1)[1] in listed] == []


def test_every_refusal_has_a_reason() -> None:
    """Whoever meets an unsupported function is told why, in a sentence."""
    refused = [op for op in REGISTERED if op.kind == "unsupported"]
    assert refused
    assert [op.name for op in refused if len(op.reason) < 20 or not op.reason.endswith(".")] == []


LATER_ARGUMENTS = {np.clip: ("min", "max")}
"""Arguments that not every supported release of NumPy has."""


def argument_names(operation: Operation) -> set[str]:
    """All arguments that a call may bind, keyword-only ones too."""
    names, rest = operation.parameters
    if isinstance(operation.function, np.ufunc):
        return {*names, "dtype", "casting", "order", "subok", "axes", "axis", "keepdims", "where"}
    return {*names, *operation.keywords(), *LATER_ARGUMENTS.get(operation.function, ())} | ({rest} if rest else set())


@pytest.mark.parametrize("operation", [op for op in REGISTERED if op.kind == "rules"], ids=lambda op: label(op.function))
def test_rules_name_existing_arguments(operation: Operation) -> None:
    """A rule is stated for, and asks for, arguments that the function has: a misspelt name would never be found out."""
    existing = argument_names(operation)
    assert {*operation.declared, *operation.joint_names} <= existing
    rules = [operation.rule(name) for name in operation.declared]
    rules = [rule for rule in [*rules, operation.joint] if rule is not None and rule is not ONE and rule is not NONDIFF]
    asked = {
        need.name for rule in rules for need in rule.needs if not need.name.startswith("_")
    }  # those are bound by the author
    assert asked <= existing | {"ans"}


@pytest.mark.parametrize(
    "call",
    [
        lambda t: np.asarray_chkfinite(t),
        lambda t: np.kaiser(3, t[0]),
        lambda t: np.fromiter((x for x in t), float),
        lambda t: np.vectorize(abs)(t),
        lambda t: np.frompyfunc(abs, 1, 1)(t),
        lambda t: np.poly1d(t),
        lambda t: np.nditer(t),
        lambda t: np.format_float_positional(t[0]),
        lambda t: np.save("unused", t),
        lambda t: np.char.upper(t),
    ],
)
def test_what_cannot_carry_a_derivative_refuses(call: Callable[[Any], Any]) -> None:
    """Ways to a plain array around the protocols end in an error, of ours where NumPy lets it through, never in a constant."""
    with pytest.raises((RevadError, TypeError, ValueError)):
        revad.grad(lambda t: np.sum(call(t)))(np.array([1.0, 2.0]))


def test_functions_that_the_installed_numpy_lacks_have_a_stand_in() -> None:
    """Rules may be registered for them; nobody can call them."""
    assert if_present("sum") is np.sum
    with pytest.raises(AttributeError, match="lacks the function no_such_function, which other releases have"):
        if_present("no_such_function")()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("mode", ["raw", "economic"])
def test_raw_householder_vectors(mode: Any) -> None:
    with pytest.raises(NoRuleError, match="gives LAPACK's Householder vectors, and has no derivative rule"):
        revad.vjp(lambda x: np.linalg.qr(x, mode), np.ones((2, 2)))
