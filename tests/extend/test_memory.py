"""Functions that users make on the fly, and all that revad keeps of them, go when the user lets go of them."""

from __future__ import annotations

import functools
import gc
import tracemalloc
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad
from revad import extend, grad, hessian, jvp
from revad.operations.registry import lookup, operations

X = np.array([0.4, -0.7, 1.1])


def used(f: Any) -> Any:
    """Return a function after it went through every mode."""
    scalar = lambda x: np.sum(f(x))
    grad(scalar)(X)
    jvp(f, (X,), (X,))
    hessian(scalar)(X)
    revad.trace(scalar, X)(X)
    return f


def with_vjp() -> Any:
    f = revad.primitive(lambda x: x * x)
    extend.vjp(f, x=lambda g, x: 2 * g * x)
    return used(f)


def with_partial() -> Any:
    f = revad.primitive(lambda x: x * x)
    extend.elementwise(f, lambda x: 2 * x)
    return used(f)


def with_jvp() -> Any:
    f = revad.primitive(lambda x: x * x)
    extend.jvp(f, x=lambda t, x: 2 * t * x)
    return used(f)


def composite() -> Any:
    f = revad.primitive(lambda x: x * x)
    extend.composite(f)(lambda x: x * x)
    return used(f)


def custom_vjp() -> Any:
    f: Any = revad.custom_vjp(lambda x: x * x)
    f.defvjp(lambda x: (x * x, x), lambda x, g: (2 * x * g,))
    f.defjvp(lambda primals, tangents: (primals[0] ** 2, 2 * primals[0] * tangents[0]))
    return used(f)


def custom_jvp() -> Any:
    f: Any = revad.custom_jvp(lambda x: x * x)
    f.defjvp(lambda primals, tangents: (primals[0] ** 2, 2 * primals[0] * tangents[0]))
    return used(f)


def unruled() -> Any:
    f = revad.primitive(lambda x: x * x)
    extend.nondiff(f)
    return used(f)


@pytest.mark.parametrize("make", [with_vjp, with_partial, with_jvp, composite, custom_vjp, custom_jvp, unruled])
def test_a_function_made_for_one_call_is_freed(make: Callable[[], Any]) -> None:
    make()
    reference = weakref.ref(make())
    gc.collect()
    assert reference() is None


def test_nothing_is_left_of_a_hundred_functions() -> None:
    for _ in range(3):
        with_vjp()
    gc.collect()
    known = len(list(operations()))
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(100):
            with_vjp()
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert kept < 100_000  # one registration takes 2,700 bytes; Python's free lists some 30,000 in all
    assert len(list(operations())) == known


def test_a_copy_of_a_functions_attributes_is_another_function() -> None:
    square = with_vjp()

    @revad.primitive
    @functools.wraps(square)
    def lookalike(x: Any) -> Any:
        return square(x)

    assert lookup(square) is not None
    assert lookup(lookalike) is None
    with pytest.raises(revad.NoRuleError):
        grad(lookalike)(1.0)


def test_functions_of_numpy_keep_their_rules() -> None:
    gc.collect()
    assert lookup(np.sum) is not None
    assert lookup(np.sin) in list(operations())
