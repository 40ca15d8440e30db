"""Dtypes of results and gradients are those of plain NumPy, for every pair of kinds of numbers."""

from __future__ import annotations

import itertools
import operator
from typing import Any

import numpy as np
import pytest

import revad
from revad import jvp

KINDS: dict[str, Any] = {
    "float": 1.5,
    "float64": np.float64(1.5),
    "float32": np.float32(1.5),
    "float32 array": np.array([1.5, 2.0], np.float32),
    "float64 array": np.array([1.5, 2.0]),
    "int": 3,
    "int array": np.array([1, 2]),
    "bool array": np.array([True, True]),
    "complex": 1.5 + 0.5j,
    "complex64 array": np.array([1.5 + 1j, 2.0], np.complex64),
    "0-d": np.array(1.5),
    "0-d float32": np.array(1.5, np.float32),
}


def facts(value: Any) -> Any:
    """A Python float counts as a weak float64: what tells it apart is how it promotes float32."""
    weak = (value * np.ones(1, np.float32)).dtype
    return np.shape(value), np.result_type(value), weak


@pytest.mark.parametrize("mode", ["grad", "jvp"])
@pytest.mark.parametrize(("left", "right"), list(itertools.product(KINDS, KINDS)))
def test_promotion_is_that_of_numpy(left: str, right: str, mode: str) -> None:
    """Under each operator, each side tracked or not: dtype of the result, and of the gradient."""
    x, y = KINDS[left], KINDS[right]
    operators = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
    tracked_sides = [side for side, name in ((0, left), (1, right)) if not name.startswith(("int", "bool"))]
    for op, sides in itertools.product(
        operators, [*[(s,) for s in tracked_sides], *([(0, 1)] if len(tracked_sides) == 2 else [])]
    ):
        try:
            expected = facts(op(x, y))
        except (TypeError, ValueError, ZeroDivisionError):
            continue
        seen: list[Any] = []

        def f(*args: Any) -> Any:
            operands = [x, y]
            for side, arg in zip(sides, args, strict=True):
                operands[side] = arg
            out = op(*operands)
            weak = out * np.ones(1, np.float32)
            seen.append((out.shape, out.dtype, weak.dtype))
            return out

        args = [(x, y)[side] for side in sides]
        label = f"{op.__name__} of {left}, {right}, tracked {sides}"
        if mode == "jvp":
            out, tangent = jvp(f, tuple(args), tuple(np.ones_like(a)[()] for a in args))
            assert np.result_type(out) == np.result_type(tangent) == expected[1], label
        else:
            out, pullback = revad.vjp(f, *args)
            assert np.result_type(out) == expected[1], label
            for arg, g in zip(args, pullback(np.ones_like(out)[()]), strict=True):
                assert (np.shape(g), np.result_type(g)) == (np.shape(arg), np.result_type(arg)), label
        assert seen[0] == expected, label
