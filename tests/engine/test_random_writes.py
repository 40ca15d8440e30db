"""Programs drawn at random that take views and write through them: values are NumPy's, derivatives those of differences.

Where NumPy raises, so does revad.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import revad
from revad import jvp, trace, value_and_grad
from tests import numeric

W = np.cos(np.arange(64.0) * 1.7)
LAYOUTS: list[Any] = [
    lambda a: a.copy(),
    lambda a: np.asfortranarray(a),
    lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    lambda a: np.ascontiguousarray(a[::-1])[::-1],
    lambda a: np.ascontiguousarray(a.T).T,
]
READS: list[Any] = [
    lambda p: p.T,
    lambda p: p[1:],
    lambda p: p[::-1],
    lambda p: p[..., :2],
    lambda p: p[None],
    lambda p: p[[1, 0]],
    lambda p: p.reshape(-1),
    lambda p: p.reshape(-1)[1:],
    lambda p: p.reshape(p.shape[::-1], order="A"),
    lambda p: p.ravel(),
    lambda p: p.ravel("K"),
    lambda p: np.ravel(p, "F"),
    lambda p: p.flatten("F"),
    lambda p: p.copy(),
    lambda p: p.copy("K"),
    lambda p: np.copy(p, "A"),
    lambda p: p.astype(float, copy=False),
    lambda p: p * 1.0,
    lambda p: np.real(p),
    lambda p: np.swapaxes(p, 0, -1),
    lambda p: np.moveaxis(p, 0, -1),
    lambda p: np.squeeze(p),
    lambda p: np.atleast_2d(p),
    lambda p: np.flip(p, 0),
    lambda p: np.roll(p, 1),
    lambda p: np.sort(p, axis=0),
    lambda p: np.split(p, [1])[1],
    lambda p: np.insert(p, 0, 1.5, axis=0),
    lambda p: np.delete(p, 0, axis=0),
    lambda p: np.diagonal(p),
    lambda p: np.einsum("i...->...i", p),
    lambda p: np.lib.stride_tricks.sliding_window_view(p, 2, axis=0),
    lambda p: np.broadcast_arrays(p, p)[0],
    lambda p: np.concatenate([p, p]),
    lambda p: np.pad(p, 1),
    lambda p: np.tile(p, 2),
]


def some(p: Any) -> Any:
    """Return a mask of two elements in three."""
    return ((np.arange(p.size) % 3) > 0).reshape(p.shape)


def loop(p: Any, q: Any) -> None:
    for element in p.T.flat:
        p[0] = element * 0.9


WRITES: list[Any] = [
    lambda p, q: p.__setitem__(0, q[-1] * 2),
    lambda p, q: p.__setitem__(..., p[::-1]),
    lambda p, q: p.__setitem__(slice(1, None), p[:-1]),
    lambda p, q: p.__setitem__([0, 1], p[[1, 0]]),
    lambda p, q: p.T.__setitem__(0, q.T[-1]),
    lambda p, q: p.__setitem__(some(p), p[some(p)] * 2),
    lambda p, q: p.__iadd__(0.5),
    lambda p, q: p.__imul__(p),
    lambda p, q: p[-1].__isub__(p[0]),
    lambda p, q: p.flat.__setitem__(0, np.sum(q)),
    lambda p, q: p.flat.__setitem__(slice(1, 3), q.flat[:2]),
    lambda p, q: setattr(p, "flat", q),
    lambda p, q: p.fill(0.5),
    lambda p, q: p.put([0, 0], p.flat[2:4]),
    lambda p, q: p.sort(axis=0),
    lambda p, q: p.partition(1, axis=0),
    loop,
    lambda p, q: np.multiply.at(p, 0, q[0]),
    lambda p, q: np.add.at(p, [0, 0, -1], p[:1]),
    lambda p, q: np.subtract.at(p, [1, 1], p[1:2]),
    lambda p, q: np.power.at(p, [0, 0], 2),
    lambda p, q: np.copyto(p, p[::-1]),
    lambda p, q: np.copyto(p, q, where=some(p)),
    lambda p, q: np.put(p, [0, 1], q),
    lambda p, q: np.place(p, some(p), q),
    lambda p, q: np.putmask(p, some(p), q),
    lambda p, q: np.fill_diagonal(p, q),
    lambda p, q: np.put_along_axis(p, np.zeros((1,) * p.ndim, int), 1.5, 0),
    lambda p, q: np.nan_to_num(p, copy=False),
    lambda p, q: np.add(p, p[::-1], out=p),
    lambda p, q: np.negative(p[::-1], p),
    lambda p, q: np.exp(p, out=p, where=some(p)),
    lambda p, q: np.maximum(p[0], p[1], out=p[0]),
    lambda p, q: np.clip(p, -0.4, 0.9, out=p),
    lambda p, q: np.matmul(p, p.T, out=p),
    lambda p, q: np.sum(p, axis=0, out=p[0]),
    lambda p, q: np.cumsum(p, axis=0, out=p),
    lambda p, q: np.multiply.accumulate(p, axis=0, out=p),
    lambda p, q: np.add.reduceat(p, [0], axis=0, out=p[:1]),
    lambda p, q: np.take(p, [1, 0, *range(2, len(p))], axis=0, out=p),
    lambda p, q: np.concatenate([p[1:], p[:1]], out=p),
    lambda p, q: np.stack([p[i] for i in range(len(p))], out=p),
]
NUMPYS = (ValueError, TypeError, IndexError, AttributeError)

steps = st.tuples(st.booleans(), st.integers(0, 999), st.integers(0, 999), st.integers(0, 999))


@pytest.mark.filterwarnings("ignore:future versions will not create a writeable array")
@given(
    program=st.lists(steps, min_size=2, max_size=6),
    layout=st.sampled_from(LAYOUTS),
    shape=st.sampled_from([(3, 3), (3, 2), (2, 3), (4,), (2, 2, 2), (3, 1)]),
    into_argument=st.booleans(),
)
def test_random_programs(program: list[Any], layout: Any, shape: tuple[int, ...], into_argument: bool) -> None:
    def f(z: Any) -> Any:
        values = [z if into_argument else z * 1.0]
        for reads, which, first, second in program:
            p, q = values[first % len(values)], values[second % len(values)]
            if reads:
                values.append(READS[which % len(READS)](p))
            else:
                WRITES[which % len(WRITES)](p, q)
        return sum(np.sum(np.resize(W, v.size).reshape(v.shape) * v ** (i % 2 + 1)) for i, v in enumerate(values))

    def point() -> Any:
        return layout(np.cos(np.arange(np.prod(shape)) * 1.3 + 0.2).reshape(shape) * 0.8 + 0.1)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        direction = np.sin(np.arange(np.prod(shape)) + 1.0).reshape(shape)
        try:
            expected = f(point())
        except NUMPYS:
            for run in (value_and_grad(f), lambda x: jvp(f, (x,), (direction,)), lambda x: trace(f, x)):
                with pytest.raises((*NUMPYS, revad.RevadError)):
                    run(point())
            return
        if not np.abs(expected) < 1e6:
            return
        slopes = numeric.gradient(lambda x: f(layout(x)), point())
        size = max(1.0, float(np.max(np.abs(slopes))))
        try:
            value, gradient = value_and_grad(f)(point())
            primal, tangent = jvp(f, (point(),), (direction,))
            replayed = trace(f, point())(point())
        except revad.InPlaceError:
            return  # refused: not silently wrong
        assert (value, primal, replayed) == pytest.approx((expected,) * 3, rel=1e-9)
        np.testing.assert_allclose(gradient, slopes, 1e-4, 1e-4 * size)
        assert tangent == pytest.approx(np.sum(slopes * direction), rel=1e-4, abs=1e-4 * size)
