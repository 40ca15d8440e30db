"""Rules have names: no traceback and no message says ``<lambda>``, and messages tell the operation and the argument."""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import re
import traceback
from typing import Any

import numpy as np
import pytest

import nn
import revad
import revad.scipy
from revad import RuleShapeError, extend, grad, primitive
from revad.engine.projection import rule_name
from revad.operations.operation import Operation
from revad.operations.registry import lookup, operations
from revad.rules import kinks

X = np.array([0.4, -0.7, 1.1])


def _functions(operation: Operation) -> list[Any]:
    """Return all functions that the rules of an operation consist of, also those inside wrappers."""
    found = [rule for rule, _ in operation.declared.values() if callable(rule)]
    found += [operation.joint.function] if operation.joint is not None else []
    found += [operation.composite] if operation.composite is not None else []
    return [*found, *map(inspect.unwrap, found)]


def test_no_rule_is_nameless() -> None:
    for package in (revad.scipy, nn):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    names = {
        name
        for operation in operations()
        for function in _functions(operation)
        for name in (getattr(function, "__name__", ""), *_code_names(function))
    }
    assert {"partial_multiply_x1", "adjoint_negative_x", "power_base"} <= names
    assert not [name for name in names if "<lambda" in name]


def _code_names(function: Any) -> tuple[str, ...]:
    code = getattr(function, "__code__", None)
    return () if code is None else (code.co_name, code.co_qualname)


def _frames(f: Any) -> list[str]:
    """Return the names of the functions in the traceback that differentiation ends in."""
    with pytest.raises(ZeroDivisionError) as caught:
        grad(lambda x: np.sum(f(x)))(X)
    return [frame.name for frame in traceback.extract_tb(caught.tb)]


def test_tracebacks_name_the_rule() -> None:
    @primitive
    def doubled(x: Any) -> Any:
        return x * 2

    extend.vjp(doubled, x=lambda g: g * (1 // 0))
    assert _frames(doubled)[-1] == "vjp_doubled_x"
    extend.elementwise(doubled, lambda x: x * (1 // 0))
    assert _frames(doubled)[-1] == "partial_doubled_x"
    extend.linear(doubled, "x")(lambda g: g * (1 // 0))
    assert _frames(doubled)[-1] == "adjoint_doubled_x"
    extend.vjp_joint(doubled, "x")(lambda g, needs: (g * (1 // 0),))
    assert _frames(doubled)[-1] == "vjp_joint_doubled"
    extend.composite(doubled)(lambda x: x * (1 // 0))
    assert _frames(doubled)[-1] == "composite_doubled"


def test_one_lambda_for_several_arguments_has_a_name_for_each() -> None:
    @primitive
    def first(a: Any, b: Any) -> Any:
        return a + b

    @primitive
    def second(x: Any) -> Any:
        return x * 1.0

    same = lambda g: g[:2]
    extend.vjp(first, a=same, b=same)
    extend.vjp(second, x=same)
    for argument in (0, 1):
        with pytest.raises(RuleShapeError, match=rf"the rule vjp_first_{'ab'[argument]} of first for {'ab'[argument]} \("):
            grad(lambda *args: np.sum(first(*args)), argument)(X, X)
    with pytest.raises(RuleShapeError, match=r"the rule vjp_second_x of second for x \("):
        grad(lambda x: np.sum(second(x)))(X)
    assert same.__name__ == "<lambda>"  # the author's own function stays as it was


def test_a_named_lambda_computes_as_before() -> None:
    factor = 3.0

    @primitive
    def scaled(x: Any, power: int = 1) -> Any:
        return factor * x**power

    rule = lambda g, x, power=1: g * factor * power * x ** (power - 1)
    rule.note = "kept"  # pyright: ignore[reportFunctionMemberAccess]
    extend.vjp(scaled, x=rule)
    np.testing.assert_allclose(grad(lambda x: np.sum(scaled(x, power=2)))(X), 6 * X)
    operation = lookup(scaled)
    assert operation is not None
    named = inspect.unwrap(operation.declared["x"][0])
    assert inspect.signature(named) == inspect.signature(rule)
    assert (named.note, named.__module__, named.__qualname__) == ("kept", __name__, "vjp_scaled_x")
    assert named.__code__.co_firstlineno == rule.__code__.co_firstlineno


def test_an_operation_without_a_name() -> None:
    nameless = primitive(lambda x: x * 2.0)
    extend.vjp(nameless, x=lambda g: g[:2])
    with pytest.raises(RuleShapeError, match=r"the rule vjp_lambda_x of"):
        grad(lambda x: np.sum(nameless(x)))(X)


def test_authors_names_stay_and_messages_tell_the_use() -> None:
    @primitive
    def cut(x: Any) -> Any:
        return x * 1.0

    def shortened(g: Any) -> Any:
        return g[:2]

    extend.vjp(cut, x=shortened)
    place = re.escape(f"{__file__}:{shortened.__code__.co_firstlineno}")
    with pytest.raises(RuleShapeError, match=rf"the rule shortened of cut for x \({place}\) returned"):
        grad(lambda x: np.sum(cut(x)))(X)
    extend.vjp_joint(cut, "x")(lambda g, needs: ())
    with pytest.raises(revad.RuleError, match=r"the rule vjp_joint_cut of cut for x \(.*\) must return 1 cotangents"):
        grad(lambda x: np.sum(cut(x)))(X)


def test_rules_without_code_stay_as_they_are() -> None:
    @primitive
    def wave(x: Any) -> Any:
        return np.sin(x)

    @primitive
    def halved(x: Any) -> Any:
        return x / 2

    extend.elementwise(wave, np.cos)
    np.testing.assert_allclose(grad(lambda x: np.sum(wave(x)))(X), np.cos(X))
    assert lookup(wave).declared["x"][0] is np.cos  # pyright: ignore[reportOptionalMemberAccess]
    extend.vjp(halved, x=functools.partial(lambda n, g: g[:n], 2))
    with pytest.raises(RuleShapeError, match=r"the rule partial of halved for x returned"):
        grad(lambda x: np.sum(halved(x)))(X)


def test_a_rule_of_several_functions_tells_them() -> None:
    assert rule_name(kinks.first_larger).startswith("first_larger of maximum for x1 or minimum for x2 (")
