"""Views of a tracked value: a write through one is seen in the base and in the others, as in NumPy, or it raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad
from revad import grad, value_and_grad
from tests import numeric
from tests.engine.writing import MODES, M, right, right_or_raises


def test_alias_sees_the_write() -> None:
    def f(x: Any) -> Any:
        a = b = np.sin(x)
        a[0] = 3.0 * x[1]
        b *= x
        return np.sum(a * b)

    right(f)


VIEWS: dict[str, Callable[[Any], Any]] = {
    "slice": lambda t: t[1:],
    "step": lambda t: t[::-2],
    "int": lambda t: t[1],
    "none": lambda t: t[None, 0],
    "ellipsis": lambda t: t[...],
    "T": lambda t: t.T,
    "mT": lambda t: t.mT,
    "reshape": lambda t: t.reshape(-1),
    "np.reshape": lambda t: np.reshape(t, (9,)),
    "ravel": lambda t: t.ravel(),
    "np.ravel": lambda t: np.ravel(t),
    "transpose": lambda t: np.transpose(t),
    "transpose keyword": lambda t: np.transpose(a=t),
    "swapaxes": lambda t: t.swapaxes(0, 1),
    "moveaxis": lambda t: np.moveaxis(t, 0, 1),
    "squeeze": lambda t: np.squeeze(t[None]),
    "squeeze of nothing": lambda t: np.squeeze(t),
    "expand_dims": lambda t: np.expand_dims(t, 0),
    "view of view": lambda t: t[1:].T[1:],
    "view of view of view": lambda t: t.reshape(-1)[2:][::2],
    "flip": lambda t: np.flip(t, 0),
    "rot90": lambda t: np.rot90(t),
    "atleast_1d": lambda t: np.atleast_1d(t),
    "atleast_3d": lambda t: np.atleast_3d(t),
    "real": lambda t: t.real,
    "np.real": lambda t: np.real(t),
    "split": lambda t: np.split(t, 3)[1],
    "vsplit": lambda t: np.vsplit(t, 3)[0],
    "array_split": lambda t: np.array_split(t, 2)[1],
    "iteration": lambda t: list(t)[2],
    "einsum diagonal": lambda t: np.einsum("ii->i", t),
    "einsum transpose": lambda t: np.einsum("ij->ji", t),
    "rollaxis": lambda t: np.rollaxis(t, 1),
    "matrix_transpose": lambda t: np.matrix_transpose(t),
    "permute_dims": lambda t: np.permute_dims(t, (1, 0)),
    "asarray": lambda t: np.asarray(t) if isinstance(t, np.ndarray) else t,
    "astype without copy": lambda t: t.astype(float, copy=False),
    "nan_to_num": lambda t: np.nan_to_num(t, copy=False),
    "ravel order K": lambda t: np.ravel(t, order="K"),
    "broadcast": lambda t: np.broadcast_arrays(t, t)[0],
}
if hasattr(np, "unstack"):  # NumPy 2.1
    VIEWS["unstack"] = lambda t: np.unstack(t)[1]


@pytest.mark.filterwarnings("ignore:writing to an array")  # NumPy's DeprecationWarning on broadcast_arrays
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", VIEWS)
def test_write_through_a_view_is_seen_in_the_base(name: str, mode: str) -> None:
    def f(x: Any) -> Any:
        t = np.sin(x)
        before = np.sum(t**3)
        v = VIEWS[name](t)
        v[...] = v * 2.0 + x[0, 0] ** 2
        v += 1.0
        return before + np.sum(t**2 * M) + np.sum(v**2)

    right_or_raises(f, M, mode)


@pytest.mark.filterwarnings("ignore:writing to an array")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", VIEWS)
def test_write_to_the_base_is_seen_in_a_view(name: str, mode: str) -> None:
    def f(x: Any) -> Any:
        t = np.sin(x)
        v = VIEWS[name](t)
        before = np.sum(v**3)
        t[...] = t * 2.0 + x[0, 0] ** 2
        t[1] *= x[0]
        return before + np.sum(t**2 * M) + np.sum(v**2)

    right_or_raises(f, M, mode)


@pytest.mark.parametrize("name", ["slice", "T", "reshape", "ravel", "view of view", "int", "transpose", "swapaxes", "flip"])
def test_common_views_are_supported_not_refused(name: str) -> None:
    def f(x: Any) -> Any:
        t = np.sin(x)
        v = VIEWS[name](t)
        v[...] = v * 2.0 + x[0, 0] ** 2
        t += x
        return np.sum(t**2 * M) + np.sum(v**2)

    value, gradient = value_and_grad(f)(M)
    assert value == pytest.approx(f(np.array(M)))
    numeric.assert_close(numeric.gradient(f, M), gradient)


@pytest.mark.parametrize("mode", MODES)
def test_siblings_see_each_other(mode: str) -> None:
    def f(x: Any) -> Any:
        t = np.sin(x)
        a, b, c = t[:2], t[1:], t.T
        a *= 3.0
        b[0] = x[0]
        return np.sum(a**2) + np.sum(b**3) + np.sum(c * x)

    right_or_raises(f, M, mode)


def test_copies_do_not_see_writes() -> None:
    def f(x: Any) -> Any:
        t = np.sin(x)
        copies = [
            t.copy(),
            t[[0, 1]],
            t * 1.0,
            t.flatten(),
            np.array(t) if isinstance(t, np.ndarray) else t.copy(),
            +t,
            t[t > -2],
        ]
        t[...] = 0.0
        return sum((np.sum(c**2) for c in copies), start=np.sum(t))

    right(f, M)


def test_views_that_numpy_makes_read_only() -> None:
    for view in (lambda t: np.diagonal(t), lambda t: np.broadcast_to(t, (2, 3, 3)), lambda t: t.diagonal(1)):

        def f(x: Any, view: Any = view) -> Any:
            t = x * 1.0
            view(t)[...] = 5.0
            return np.sum(t)

        with pytest.raises((revad.InPlaceError, ValueError), match="read-only"):
            grad(f)(M)


@pytest.mark.parametrize(
    ("key", "view"),
    [
        (0, lambda t: np.diagonal(t, 0)),
        (0, lambda t: t.diagonal(0)),
        (1, lambda t: t[1:2, 1] * 1.0),
        (np.array([True, True, True]), lambda t: t.reshape((3, 3))),
        ((slice(None), 1), lambda t: t[:, 0]),
        (0, lambda t: t[1]),
        (slice(0, 2), lambda t: t[1:]),
        (np.array([0, 2]), lambda t: t[:2]),
    ],
)
def test_assigning_a_view_of_itself(key: Any, view: Any) -> None:
    """`t[k] = view of t` is a write like any other, whatever the view is called with."""

    def f(x: Any) -> Any:
        t = np.sin(x)
        t[key] = view(t)
        return np.sum(t**2 * M)

    right(f, M)


def test_a_deep_chain_of_views() -> None:
    def f(x: Any) -> Any:
        t = x * 1.0
        v = t
        for _ in range(3000):
            v = v[:]
        v[0] = 0.0
        return np.sum(t**2)

    np.testing.assert_array_equal(grad(f)(np.ones(2)), [0.0, 2.0])
