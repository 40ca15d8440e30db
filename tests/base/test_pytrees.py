"""Arguments and outputs in nested containers, through every transformation."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from revad import grad, hessian, jacfwd, jacobian, jvp, vjp


class Pair(NamedTuple):
    w: Any
    b: Any


@dataclass
class Model:
    layers: list[Pair]
    scale: Any
    nothing: Any = None


@dataclass(frozen=True)
class Frozen:
    x: Any
    more: dict[str, Any] = field(default_factory=dict)


def test_every_container() -> None:
    tree = {
        "list": [1.0, np.array([2.0, 3.0])],
        "tuple": (4.0, (5.0,), ()),
        "named": Pair(np.array([[6.0]]), 7.0),
        "model": Model([Pair(8.0, 9.0)], Frozen(10.0, {"z": 11.0, "a": 12.0})),
        "ordered": OrderedDict(q=13.0, p=14.0),
        "default": defaultdict(float, {"k": 15.0}),
        "none": None,
    }

    def squares(t: Any) -> Any:
        m = t["model"]
        parts = [
            t["list"][0],
            np.sum(t["list"][1] ** 2) ** 0.5,
            t["tuple"][0],
            t["tuple"][1][0],
            t["named"].w[0, 0],
            t["named"].b,
        ]
        parts += [m.layers[0].w, m.layers[0].b, m.scale.x, m.scale.more["z"], m.scale.more["a"]]
        parts += [t["ordered"]["q"], t["ordered"]["p"], t["default"]["k"]]
        assert m.nothing is None
        assert t["none"] is None
        return sum(p**2 for p in parts)

    g = grad(squares)(tree)
    assert list(g) == list(tree)
    np.testing.assert_allclose(g["list"][1], [4.0, 6.0])
    assert (g["list"][0], g["tuple"], g["named"].b) == (2.0, (8.0, (10.0,), ()), 14.0)
    assert type(g["named"]) is Pair
    assert g["named"].w.shape == (1, 1)
    assert g["model"].layers == [Pair(16.0, 18.0)]
    assert g["model"].scale == Frozen(20.0, {"z": 22.0, "a": 24.0})
    assert type(g["ordered"]) is OrderedDict
    assert list(g["ordered"].items()) == [("q", 26.0), ("p", 28.0)]
    assert g["default"]["k"] == 30.0
    assert g["none"] is None


def test_dictionaries_with_unlike_keys() -> None:
    assert grad(lambda d: d["b"] * d[1])({"b": 2.0, 1: 3.0}) == {"b": 3.0, 1: 2.0}


def test_pytrees_through_every_transformation() -> None:
    def f(p: Any) -> Any:
        return {"prod": p.w * p.b, "sum": (np.sum(p.w), p.b)}

    at = Pair(np.array([1.0, 2.0]), 3.0)
    _out, pushed = jvp(f, (at,), (Pair(np.array([1.0, 0.0]), 1.0),))
    np.testing.assert_array_equal(pushed["prod"], [4.0, 2.0])
    assert pushed["sum"] == (1.0, 1.0)
    _, pullback = vjp(f, at)
    (back,) = pullback({"prod": np.array([1.0, 1.0]), "sum": (10.0, 100.0)})
    np.testing.assert_array_equal(back.w, [13.0, 13.0])
    assert back.b == 103.0
    for matrix in (jacobian(f)(at), jacfwd(f)(at)):
        np.testing.assert_array_equal(matrix["prod"].w, [[3.0, 0.0], [0.0, 3.0]])
        np.testing.assert_array_equal(matrix["prod"].b, [1.0, 2.0])
        np.testing.assert_array_equal(matrix["sum"][0].w, [1.0, 1.0])
        assert matrix["sum"][1].b == 1.0
        np.testing.assert_array_equal(matrix["sum"][1].w, [0.0, 0.0])
    second = hessian(lambda p: np.sum(p.w**2) * p.b)(at)
    np.testing.assert_array_equal(second.w.w, 6 * np.eye(2))
    np.testing.assert_array_equal(second.w.b, [2.0, 4.0])
    np.testing.assert_array_equal(second.b.w, [2.0, 4.0])
    assert second.b.b == 0.0
