"""How results lie in memory: what NumPy gives as a view is a view, what it copies is a copy, and both lie as NumPy's do.

Every function that decides about memory runs on arrays of every layout, plain and tracked. The nesting of axes is compared, and what a write
into the result changes in the argument; so are a reshape and a ravel of the result, whose own decisions follow from its strides.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import revad
from revad import grad, jvp

pytestmark = [  # about what np.broadcast_arrays gives
    pytest.mark.filterwarnings("ignore:future versions will not create a writeable array"),
    pytest.mark.filterwarnings("ignore:Numpy has detected that you"),
]
LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "C": lambda a: a.copy(),
    "F": lambda a: np.asfortranarray(a),
    "transposed": lambda a: np.ascontiguousarray(a.T).T,
    "axes turned": lambda a: np.moveaxis(np.ascontiguousarray(np.moveaxis(a, 0, -1)), -1, 0),
    "strided": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "strided rows": lambda a: np.repeat(a, 2, axis=0)[::2],
    "a part": lambda a: np.pad(a, 1)[tuple(slice(1, -1) for _ in a.shape)],
    "a part of F": lambda a: np.asfortranarray(np.pad(a, 1))[tuple(slice(1, -1) for _ in a.shape)],
    "reversed": lambda a: np.ascontiguousarray(a[::-1])[::-1],
    "reversed columns": lambda a: np.ascontiguousarray(a[..., ::-1])[..., ::-1],
    "reversed, F": lambda a: np.asfortranarray(a[..., ::-1])[..., ::-1],
}
ORDERS = ["C", "F", "A", "K"]
ORDERED: dict[str, Callable[[Any, Any], Any]] = {
    "t.copy(order)": lambda a, order: a.copy(order),
    "t.flatten(order)": lambda a, order: a.flatten(order),
    "t.ravel(order)": lambda a, order: a.ravel(order),
    "t.astype(order, copy=False)": lambda a, order: a.astype(a.dtype, order=order, copy=False),
    "t.astype(order)": lambda a, order: a.astype(np.float32, order=order),
    "copy(order)": lambda a, order: np.copy(a, order),
    "ravel(order)": lambda a, order: np.ravel(a, order),
    "reshape(order)": lambda a, order: np.reshape(a, (-1, 2), order="C" if order == "K" else order),
    "t.reshape(order)": lambda a, order: a.reshape(2, -1, order="C" if order == "K" else order),
    "array(order)": lambda a, order: np.array(a, order=order, like=a),
    "array(order, copy=None)": lambda a, order: np.array(a, order=order, copy=None, like=a),
    "asarray(order)": lambda a, order: np.asarray(a, order=order, like=a),
    "asanyarray(order)": lambda a, order: np.asanyarray(a, order=order, like=a),
    "zeros_like(order)": lambda a, order: np.zeros_like(a, order=order),
    "ones_like(order)": lambda a, order: np.ones_like(a, order=order),
    "full_like(order)": lambda a, order: np.full_like(a, 2.0, order=order),
}
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "t.copy": lambda a: a.copy(),
    "t.flatten": lambda a: a.flatten(),
    "t.ravel": lambda a: a.ravel(),
    "t.reshape": lambda a: a.reshape(-1),
    "t.T": lambda a: a.T,
    "t.mT": lambda a: a.mT,
    "t.view": lambda a: a.view(),
    "t.conj": lambda a: a.conj(),
    "t.real": lambda a: a.real,
    "t.squeeze": lambda a: a[:1].squeeze(),
    "t.repeat": lambda a: a.repeat(2, 0),
    "t.take": lambda a: a.take([1, 0], -1),
    "t.round": lambda a: a.round(1),
    "t.clip": lambda a: a.clip(0, 1),
    "t.cumsum": lambda a: a.cumsum(0),
    "t.diagonal": lambda a: a.diagonal(),
    "t.swapaxes": lambda a: a.swapaxes(0, -1),
    "ascontiguousarray": lambda a: np.ascontiguousarray(a, like=a),
    "asfortranarray": lambda a: np.asfortranarray(a, like=a),
    "require C": lambda a: np.require(a, None, "C", like=a),
    "require F": lambda a: np.require(a, None, ["F", "A"], like=a),
    "require W": lambda a: np.require(a, None, "W", like=a),
    "positive": lambda a: +a,
    "negative": lambda a: -a,
    "add": lambda a: a + 1,
    "add rows": lambda a: a + a[0],
    "multiply by its transpose": lambda a: a * a.T if a.shape == a.T.shape else a * 1.0,
    "exp": lambda a: np.exp(a),
    "where": lambda a: np.where(a > 0, a, 0.5),
    "clip": lambda a: np.clip(a, 0, 1),
    "nan_to_num": lambda a: np.nan_to_num(a),
    "real_if_close": lambda a: np.real_if_close(a),
    "sort": lambda a: np.sort(a, axis=0),
    "sort of rows": lambda a: np.sort(a),
    "partition": lambda a: np.partition(a, 1, axis=0),
    "insert": lambda a: np.insert(a, 1, 5.0, axis=0),
    "insert columns": lambda a: np.insert(a, [0, 2], 5.0, axis=1),
    "delete": lambda a: np.delete(a, 0, axis=0),
    "delete a slice": lambda a: np.delete(a, slice(0, 1), axis=-1),
    "delete a list": lambda a: np.delete(a, [0, 1], axis=-1),
    "delete by mask": lambda a: np.delete(a, np.arange(a.shape[0]) == 1, axis=0),
    "append": lambda a: np.append(a, a, axis=0),
    "concatenate": lambda a: np.concatenate([a, a], axis=-1),
    "concatenate mixed": lambda a: np.concatenate([a, np.copy(a, "C")], axis=0),
    "stack": lambda a: np.stack([a, a], axis=1),
    "vstack": lambda a: np.vstack([a, a]),
    "hstack": lambda a: np.hstack([a, a]),
    "dstack": lambda a: np.dstack([a, a]),
    "column_stack": lambda a: np.column_stack([a[0].reshape(-1), a[1].reshape(-1)]),
    "block": lambda a: np.block([a, a]),
    "block of one": lambda a: np.block([a]),
    "split": lambda a: np.split(a, [1], axis=0)[1],
    "gradient": lambda a: np.gradient(a, axis=0),
    "diff": lambda a: np.diff(a, axis=0),
    "cumsum": lambda a: np.cumsum(a, axis=-1),
    "cumprod": lambda a: np.cumprod(a, axis=0),
    "select": lambda a: np.select([a > 1, a > 0], [a, 2 * a], 0.0),
    "choose": lambda a: np.choose((np.asarray(np.sign(revad.stop_gradient(a))) > 0).astype(int), [a, 2 * a]),
    "meshgrid": lambda a: np.meshgrid(a[0, ..., 0], a[1, ..., 0])[0],
    "meshgrid, views": lambda a: np.meshgrid(a[0, ..., 0], a[1, ..., 0], copy=False)[1],
    "pad": lambda a: np.pad(a, 1),
    "pad edge": lambda a: np.pad(a, 1, mode="edge"),
    "pad nothing": lambda a: np.pad(a, 0),
    "tile": lambda a: np.tile(a, 2),
    "tile once": lambda a: np.tile(a, 1),
    "repeat": lambda a: np.repeat(a, 2, axis=0),
    "roll": lambda a: np.roll(a, 1, axis=0),
    "flip": lambda a: np.flip(a, 0),
    "rot90": lambda a: np.rot90(a),
    "take": lambda a: np.take(a, [1, 0], axis=0),
    "take_along_axis": lambda a: np.take_along_axis(a, np.zeros((1,) * a.ndim, dtype=int), 0),
    "compress": lambda a: np.compress([False, True], a, axis=0),
    "extract": lambda a: np.extract(np.ones(a.shape, dtype=bool), a),
    "index by a list": lambda a: a[[1, 0]],
    "index columns by a list": lambda a: a[:, [1, 0]],
    "index by a mask": lambda a: a[np.arange(a.shape[0]) != 0],
    "slice": lambda a: a[1:, ::-1],
    "new axis": lambda a: a[:, None],
    "diagonal": lambda a: np.diagonal(a),
    "diag": lambda a: np.diag(a[0].reshape(-1)),
    "tril": lambda a: np.tril(a),
    "triu": lambda a: np.triu(a),
    "transpose": lambda a: np.transpose(a),
    "moveaxis": lambda a: np.moveaxis(a, 0, -1),
    "rollaxis": lambda a: np.rollaxis(a, 1),
    "expand_dims": lambda a: np.expand_dims(a, 1),
    "atleast_1d": lambda a: np.atleast_1d(a),
    "atleast_2d": lambda a: np.atleast_2d(a),
    "atleast_3d": lambda a: np.atleast_3d(a),
    "squeeze": lambda a: np.squeeze(a),
    "broadcast_to": lambda a: np.broadcast_to(a, (2, *a.shape)),
    "broadcast_arrays": lambda a: np.broadcast_arrays(a, np.ones(a.shape))[0],
    "sum": lambda a: np.sum(a, axis=0),
    "sum, keepdims": lambda a: np.sum(a, axis=-1, keepdims=True),
    "max": lambda a: np.max(a, axis=-1),
    "mean": lambda a: np.mean(a, axis=0),
    "add.accumulate": lambda a: np.add.accumulate(a, axis=0),
    "subtract.accumulate": lambda a: np.subtract.accumulate(a, axis=-1),
    "maximum.reduce": lambda a: np.maximum.reduce(a, axis=0),
    "subtract.reduce": lambda a: np.subtract.reduce(a, axis=0),
    "add.reduceat": lambda a: np.add.reduceat(a, [0, 1], axis=0),
    "multiply.outer": lambda a: np.multiply.outer(a, a[0]),
    "matmul": lambda a: a @ a.mT,
    "dot": lambda a: np.dot(a, a[0].T),
    "einsum transpose": lambda a: np.einsum("i...->...i", a),
    "einsum diagonal": lambda a: np.einsum("ii...->i...", a[:2, :2]),
    "tensordot": lambda a: np.tensordot(a, a, 1) if a.shape[0] == a.shape[-1] else a * 2,
    "kron": lambda a: np.kron(a, a[:1]),
    "outer": lambda a: np.outer(a, a[0]),
    "cross": lambda a: np.cross(a[..., :3], a[..., :3] + 1) if a.shape[-1] >= 3 else a * 2,
    "interp": lambda a: np.interp(a, np.arange(5.0), np.arange(5.0) ** 2),
    "trim_zeros": lambda a: np.trim_zeros(a[0].reshape(-1)),
    "resize": lambda a: np.resize(a, (3, 2)),
    "unstack": lambda a: np.unstack(a, axis=1)[0],
    "apply_along_axis": lambda a: np.apply_along_axis(lambda row: row * 2, 0, a),
    "fft": lambda a: np.fft.fft(a, axis=0),
    "matrix_power": lambda a: np.linalg.matrix_power(a[..., :2, :2], 0),
    "inv": lambda a: np.linalg.inv(a[..., :2, :2] + 3 * np.eye(2)),
}
CASES = {
    **FUNCTIONS,
    **{f"{name} {order}": lambda a, f=f, order=order: f(a, order) for name, f in ORDERED.items() for order in ORDERS},
}


def looks(result: Any) -> tuple[Any, ...]:
    """What can be told of how a result lies in memory; the width of gaps, and the strides of axes of one element, decide nothing."""
    steps = [step for step, n in zip(result.strides, result.shape, strict=True) if n > 1] if result.size else []
    widths = sorted({abs(step) for step in steps})
    nesting = [(widths.index(abs(step)), step < 0) for step in steps]
    return result.shape, result.dtype, nesting, result.flags.c_contiguous, result.flags.f_contiguous, result.flags.writeable


def observe(f: Callable[[Any], Any], a: Any, note: list[Any]) -> Any:
    """Call a function; note how its result lies in memory, and what writes through reshapes of it change."""
    result = f(a)
    note.append(looks(result) if np.ndim(result) else np.shape(result))
    if np.ndim(result) and result.flags.writeable and result.size and result.dtype.kind == "f":
        for number, part in enumerate((result, result.reshape(-1), result.T.reshape(-1), result.reshape(-1, order="F"))):
            part[(0,) * part.ndim] = 7.5 + number
            note.append((np.array(plain(result)), np.array(plain(a))))
    return np.sum(np.abs(result)) + np.sum(a)


def plain(value: Any) -> Any:
    return revad.stop_gradient(value)


def same(expected: list[Any], found: list[Any], case: str) -> None:
    assert expected[0] == found[0], f"{case}: {expected[0]} became {found[0]}"
    assert len(expected) == len(found)
    for i, (ours, theirs) in enumerate(zip(found[1:], expected[1:], strict=True)):
        np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-6, err_msg=f"{case}: the result after write {i}")
        np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-6, err_msg=f"{case}: the argument after write {i}")


def check(name: str, layout: str, shape: tuple[int, ...], mode: str) -> None:
    """A function does with memory what it does on plain arrays."""
    a = LAYOUTS[layout](np.cos(np.arange(np.prod(shape))).reshape(shape) + 0.3)
    expected: list[Any] = []
    try:
        observe(CASES[name], LAYOUTS[layout](a), expected)
    except (ValueError, IndexError, np.linalg.LinAlgError, np.exceptions.AxisError):
        return  # not for this shape
    found: list[Any] = []
    case = f"{name} of {layout} {shape} in {mode}"
    try:
        if mode == "grad":
            grad(lambda x: observe(CASES[name], x, found))(a)
        else:
            jvp(lambda x: observe(CASES[name], x, found), (a,), (np.ones(shape),))
    except (revad.NoRuleError, revad.InPlaceError):
        return  # refused: not silently wrong
    same(expected, found, case)


@pytest.mark.parametrize("name", CASES)
def test_results_lie_in_memory_as_numpys_do(name: str) -> None:
    for layout in LAYOUTS:
        for shape in ((3, 4), (2, 2), (3, 1), (2, 3, 2)):
            check(name, layout, shape, "grad")
        check(name, layout, (3, 4), "jvp")


@given(
    name=st.sampled_from(sorted(CASES)),
    layout=st.sampled_from(sorted(LAYOUTS)),
    shape=st.lists(st.integers(1, 4), min_size=2, max_size=4).map(tuple),
    mode=st.sampled_from(["grad", "jvp"]),
)
def test_any_shape(name: str, layout: str, shape: tuple[int, ...], mode: str) -> None:
    check(name, layout, shape, mode)


@given(
    names=st.lists(st.sampled_from(sorted(CASES)), min_size=2, max_size=3),
    layout=st.sampled_from(sorted(LAYOUTS)),
    shape=st.lists(st.integers(2, 3), min_size=2, max_size=3).map(tuple),
)
def test_one_function_after_another(names: list[str], layout: str, shape: tuple[int, ...]) -> None:
    def chain(a: Any) -> Any:
        for name in names:
            a = CASES[name](a)
        return a

    CASES["a chain"] = chain
    try:
        check("a chain", layout, shape, "grad")
    finally:
        del CASES["a chain"]
