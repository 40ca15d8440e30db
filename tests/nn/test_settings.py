"""`settings`: annotated attributes as the arguments of a constructor."""

from __future__ import annotations

import inspect
from dataclasses import KW_ONLY, InitVar
from typing import Any

import pytest

import nn
from nn.settings import settings


@settings
class Base:
    first: InitVar[Any]
    size: int = 2
    _: KW_ONLY
    last: InitVar[bool] = False

    def __post_init__(self, first: Any, last: bool) -> None:
        self.kept = (first, last)


@settings
class Derived(Base):
    size: int = 3
    more: float = 0.5


def test_arguments_come_in_order_with_those_of_the_base_first() -> None:
    assert (
        str(inspect.signature(Derived)).replace("'", "")
        == "(first: Any, size: int = 3, more: float = 0.5, *, last: bool = False) -> None"
    )
    made = Derived("one", 4, last=True)
    assert (made.size, made.more, made.kept) == (4, 0.5, ("one", True))


def test_what_is_handed_on_leaves_no_attribute() -> None:
    """`optimizer.lr` would be what the rate was, or what it is by default: it does not exist."""
    optimizer = nn.optim.Adam([nn.Parameter(1.0)], lr=0.5)
    assert not hasattr(Derived("one"), "last")
    assert not hasattr(optimizer, "lr")
    assert optimizer.param_groups[0]["lr"] == 0.5


def test_wrong_arguments_are_refused_as_python_does() -> None:
    with pytest.raises(TypeError, match=r"Adam.__init__\(\) missing 1 required positional argument: 'params'"):
        nn.optim.Adam()  # pyright: ignore[reportCallIssue]
    with pytest.raises(TypeError, match=r"SGD.__init__\(\) got an unexpected keyword argument 'rate'"):
        nn.optim.SGD([nn.Parameter(1.0)], rate=1.0)  # pyright: ignore[reportCallIssue]


def test_a_subclass_may_have_a_constructor_of_its_own() -> None:
    class Fast(nn.optim.Adam):
        def __init__(self, params: Any) -> None:
            super().__init__(params, 1.0, amsgrad=True)

    group = Fast([nn.Parameter(1.0)]).param_groups[0]
    assert (group["lr"], group["amsgrad"]) == (1.0, True)
    assert str(inspect.signature(Fast)).startswith("(params")
