"""`out=` of methods of ufuncs, of reductions and of methods of arrays: written, cast and refused as NumPy does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from revad import grad
from tests.engine.writing import M, right

OUTPUTS: dict[str, Callable[[Any, Any], Any]] = {
    "subtract.accumulate": lambda z, o: np.subtract.accumulate(z, out=o),
    "add.accumulate along rows": lambda z, o: np.add.accumulate(z, axis=1, out=o),
    "accumulate, positional": lambda z, o: np.multiply.accumulate(z, 0, None, o),
    "divide.accumulate": lambda z, o: np.divide.accumulate(z, out=o),
    "multiply.reduce": lambda z, o: np.multiply.reduce(z, axis=0, out=o[1]),
    "subtract.reduce": lambda z, o: np.subtract.reduce(z, axis=1, out=o[:, 0]),
    "reduce, keepdims": lambda z, o: np.add.reduce(z, axis=1, out=o[:, :1], keepdims=True),
    "reduce, where and initial": lambda z, o: np.maximum.reduce(z, axis=0, out=o[0], where=z < 1.9, initial=0.5),
    "add.reduceat": lambda z, o: np.add.reduceat(z, [0, 2], axis=1, out=o[:, 1:]),
    "sum": lambda z, o: np.sum(z, axis=0, out=o[0]),
    "sum, where": lambda z, o: np.sum(z, axis=0, out=o[0], where=z > 1.1),
    "mean, where": lambda z, o: np.mean(z, axis=1, out=o[:, 0], where=z > 0.4),
    "prod, where": lambda z, o: np.prod(z, axis=0, out=o[0], where=z > 1.1),
    "max, where": lambda z, o: np.max(z, axis=0, out=o[0], where=z > 1.1, initial=-1),
    "std": lambda z, o: np.std(z, axis=0, out=o[0]),
    "cumsum": lambda z, o: np.cumsum(z, axis=0, out=o),
    "exp, where": lambda z, o: np.exp(z, out=o, where=z > 1.1),
    "modf": lambda z, o: np.modf(z * 0.7, out=(o, None))[0],
    "t.sum": lambda z, o: z.sum(0, out=o[0]),
    "t.compress": lambda z, o: z.compress([False, True, True], axis=0, out=o[1:]),
    "t.compress of all": lambda z, o: z.compress([True, False, True, True], None, o[0]),
    "t.dot": lambda z, o: z.dot(z.T, out=o),
    "t.dot, positional": lambda z, o: z.dot(z[0], o[0]),
    "t.take": lambda z, o: z.take([2, 0, 0], 0, o),
    "t.clip": lambda z, o: z.clip(0.6, 1.9, out=o),
    "np.dot": lambda z, o: np.dot(z, z, out=o),
    "einsum": lambda z, o: np.einsum("ij,ij->j", z, z, out=o[0]),
    "matmul": lambda z, o: np.matmul(z, z[0], out=o[0]),
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_what_is_written_into_an_output(name: str) -> None:
    """The output holds the result, what lies beside it is as it was, and the call returns the output itself."""

    def f(z: Any) -> Any:
        o = np.copy(z.T, "C")
        returned = OUTPUTS[name](z, o)
        return np.sum(np.cos(o)) + np.sum(returned**2)

    right(f, M)


def refused(call: Callable[[Any, Any], Any], kind: type[Exception], match: str) -> None:
    """NumPy refuses a call, and so is it refused on tracked values, in words that match."""

    def f(z: Any) -> Any:
        o = z * 1.0
        call(z, o)
        return np.sum(o)

    with pytest.raises(kind):
        f(M)
    with pytest.raises(kind, match=match):
        grad(f)(M)


def test_outputs_that_numpy_refuses() -> None:
    refused(lambda z, o: np.multiply(z, 1j, out=o), TypeError, "Cannot cast output of numpy.multiply from")
    refused(lambda z, o: np.multiply.accumulate(z[0, 0], out=o), TypeError, "cannot accumulate on a scalar")
    refused(lambda z, o: np.sum(z, axis=0, keepdims=True, out=o[0]), ValueError, "cannot hold a result of shape")


def test_extra_leading_axes_of_length_one() -> None:
    """Copies and writes by key take them, ``ufunc.at`` does not."""

    def f(z: Any) -> Any:
        a = z * 1.0
        np.copyto(a, np.cos(z)[None])
        np.copyto(a, np.sin(z)[None, None], where=np.arange(3) > 0)
        a[[0, 1]] = a[None, 1:] * 2
        np.put(a, [0, 1], z[None, :1, :2])
        return np.sum(a**2)

    right(f, M)
    for ufunc in (np.subtract, np.add, np.multiply):
        refused(lambda z, o, ufunc=ufunc: ufunc.at(o, [0, 1], z[None, :2]), ValueError, "broadcast|more dimensions")
        refused(lambda z, o, ufunc=ufunc: ufunc.at(o, slice(2), z[None, :2]), ValueError, "broadcast|more dimensions")
