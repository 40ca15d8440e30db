"""Every ufunc of `scipy.special` is differentiable in every argument, or says why not: SciPy itself is asked what it has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import special

from revad.operations.operation import NONDIFF, ONE, Rule
from revad.operations.registry import lookup

UFUNCS = sorted({f.__name__: f for f in (getattr(special, name) for name in dir(special)) if isinstance(f, np.ufunc)}.items())

WITHOUT_DERIVATIVE = {"gammasgn", "round"}  # steps

STEPS = {
    **dict.fromkeys(("bdtr", "bdtrc", "bdtri", "nbdtr", "nbdtrc", "nbdtri"), ("x1", "x2")),
    **dict.fromkeys(("pdtr", "pdtrc", "pdtri", "smirnov"), ("x1",)),
}
"""Arguments that SciPy rounds down to whole numbers: the function is constant in between, its derivative zero."""


def float_arguments(ufunc: np.ufunc) -> list[str]:
    """The arguments that take a floating or complex number in some loop of the ufunc."""
    kinds = [{loop[i] for loop in ufunc.types} for i in range(ufunc.nin)]
    names = ["x"] if ufunc.nin == 1 else [f"x{i + 1}" for i in range(ufunc.nin)]
    return [name for name, kind in zip(names, kinds, strict=True) if kind & set("fdgFDG")]


@pytest.mark.parametrize("ufunc", [f for _, f in UFUNCS], ids=[name for name, _ in UFUNCS])
def test_every_argument_is_covered(ufunc: np.ufunc) -> None:
    operation = lookup(ufunc)
    assert operation is not None, f"scipy.special.{ufunc.__name__} is not registered"
    if ufunc.__name__ in WITHOUT_DERIVATIVE:
        assert operation.kind == "nondiff"
        return
    if operation.kind == "composite":
        return
    assert operation.kind == "rules"
    for name in float_arguments(ufunc):
        rule = operation.rule(name)
        if rule is NONDIFF:
            assert name in STEPS.get(ufunc.__name__, ())
        else:
            covered = isinstance(rule, Rule) or rule is ONE or name in operation.joint_names
            assert covered, f"no rule for {name} of {ufunc.__name__}"


@pytest.mark.filterwarnings("ignore:floating point number truncated to an integer")
@pytest.mark.filterwarnings("ignore:non-integer arg n is deprecated")
@pytest.mark.parametrize(("name", "argument"), [(name, argument) for name, steps in STEPS.items() for argument in steps])
def test_steps_are_steps(name: str, argument: str) -> None:
    ufunc = getattr(special, name)
    point: list[Any] = [2, 5, 0.3] if ufunc.nin == 3 else [2, 0.3]
    i = int(argument[1:]) - 1
    low, high = [ufunc(*point[:i], point[i] + share, *point[i + 1 :]) for share in (0.1, 0.8)]
    assert low == high


def test_the_count_is_that_of_the_issue() -> None:
    """At least 216 ufuncs with 395 floating arguments: were names to vanish from the enumeration, this would tell."""
    assert len(UFUNCS) >= 216
    assert sum(len(float_arguments(f)) for _, f in UFUNCS) >= 395
