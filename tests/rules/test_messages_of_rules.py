"""What the rules of NumPy's functions refuse: the message says what is wrong, and NumPy refuses the same call on plain arrays."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from revad import grad
from revad.operations.operation import Absent, if_present

V = np.array([1.0, -2.0, 3.0, 0.5])
M = V.reshape(2, 2)
T = np.ones((2, 2, 2))


class Refused(NamedTuple):
    """A call that is refused, and what the user is told."""

    call: Callable[[Any], Any]
    at: Any
    error: type[Exception]
    message: str


def written(call: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function that has a copy of its argument written into."""

    def f(x: Any) -> Any:
        copy = np.copy(x)
        call(copy)
        return copy

    return f


REFUSED = [
    # along an axis
    Refused(if_present("cumulative_sum"), M, ValueError, "x has shape (2, 2): say along which axis, axis=..."),
    Refused(
        lambda x: np.gradient(x, edge_order=2),
        V[:2],
        ValueError,
        "axis 0 has 2 points; differences with edge_order=2 need 3",
    ),
    Refused(
        lambda x: np.apply_along_axis(np.sum, 0, x),
        np.ones((2, 0)),
        ValueError,
        "Cannot apply_along_axis when any iteration dimensions are 0",
    ),
    Refused(lambda x: np.fft.fftn(x, (2, 2), (0,)), M, ValueError, "Shape and axes have different lengths."),
    Refused(
        np.subtract.reduce,
        np.ones((0, 3)),
        ValueError,
        "subtract has no identity, so to reduce no elements, or those in a mask, give initial=...",
    ),
    # sums of products
    Refused(
        lambda x: np.einsum("ij,jk", x),
        M,
        ValueError,
        "einstein sum subscripts 'ij,jk' name 2 operands, but 1 were given",
    ),
    Refused(
        lambda x: np.einsum("ijk->i", x),
        M,
        ValueError,
        "einstein sum subscripts 'ijk->i' give 3 letters to an operand of 2 axes",
    ),
    Refused(
        lambda x: np.einsum("...i->i", x),
        M,
        ValueError,
        "the output of einstein sum subscripts '...i->i' leaves out the axes under the ellipsis",
    ),
    Refused(
        lambda x: np.einsum("ij->ii", x),
        M,
        ValueError,
        "the output of einstein sum subscripts 'ij->ii' must name letters of the inputs, each once",
    ),
    Refused(
        lambda x: np.linalg.cross(x, x),
        V,
        ValueError,
        "Both input arrays must be (arrays of) 3-dimensional vectors, but they are 4 and 4 dimensional instead.",
    ),
    # picking
    Refused(lambda x: np.select([x > 0], [x, -x]), V, ValueError, "list of cases must be same length as list of conditions"),
    Refused(lambda x: np.select([], []) + x, V, ValueError, "select with an empty condition list is not possible"),
    Refused(lambda x: np.select([[1, 0, 1, 0]], [x]), V, TypeError, "invalid entry in condlist: should be boolean ndarray"),
    Refused(
        lambda x: np.piecewise(x, [x > 0], [1.0, 2.0, 3.0]),
        V,
        ValueError,
        "with 1 condition(s), either 1 or 2 functions are expected",
    ),
    Refused(
        lambda x: np.meshgrid(x, x, indexing="yx")[0],
        V,
        ValueError,
        "Valid values for `indexing` are 'xy' and 'ij'.",
    ),
    Refused(
        lambda x: np.histogramdd(M, [2, 2, 2], weights=x)[0],
        V[:2],
        ValueError,
        "the samples have 2 coordinates: give as many bins (or one number for all) and ranges",
    ),
    # joining
    Refused(
        lambda x: np.block([[x], (x,)]),
        V,
        TypeError,
        "np.block takes lists, not tuples: only a list opens a new level of nesting.",
    ),
    Refused(lambda x: np.block([x, [x]]), V, ValueError, "List depths are mismatched."),
    Refused(lambda x: np.block([[x], []]), V, ValueError, "List at arrays cannot be empty"),
    # padding
    Refused(lambda x: np.pad(x, 1, "around"), V, ValueError, "mode 'around' is not supported"),
    Refused(
        lambda x: np.pad(x, 1, "wrap", end_values=1),
        V,
        ValueError,
        "unsupported keyword arguments for mode 'wrap': {'end_values'}",
    ),
    Refused(lambda x: np.pad(x, 1.5), V, TypeError, "`pad_width` must be of integral type."),
    Refused(lambda x: np.pad(x, -1), V, ValueError, "index can't contain negative values"),
    Refused(
        lambda x: np.pad(x, 1, "edge"),
        np.ones((0,)),
        ValueError,
        "can't extend empty axis 0 using modes other than 'constant' or 'empty'",
    ),
    # writing
    Refused(written(lambda x: np.place(x, x > 0, [])), V, ValueError, "Cannot insert from an empty array!"),
    Refused(
        written(lambda x: np.copyto(x, V * 1j)),
        V,
        TypeError,
        "Cannot cast array data from dtype('complex128') to dtype('float64') according to the rule 'same_kind'",
    ),
    # linear algebra
    Refused(
        lambda x: np.linalg.tensorsolve(x, np.ones(3)),
        np.ones((3, 2)),
        np.linalg.LinAlgError,
        "tensorsolve needs prod(a.shape[b.ndim:]) == prod(a.shape[:b.ndim]), not shape (3, 2) with b.ndim=1.",
    ),
    Refused(lambda x: np.linalg.tensorinv(x, 0), M, ValueError, "Invalid ind argument."),
    Refused(lambda x: np.linalg.norm(x, 1), T, ValueError, "Improper number of dimensions to norm."),
    Refused(lambda x: np.linalg.norm(x, "nuc"), V, ValueError, "Invalid norm order 'nuc' for vectors"),
    Refused(lambda x: np.linalg.norm(x, 1, (0, -2)), M, ValueError, "Duplicate axes given."),
    Refused(lambda x: np.linalg.norm(x, 3), M, ValueError, "Invalid norm order for matrices."),
    # fitting
    Refused(lambda x: np.polyfit(x, V, -1), V, ValueError, "expected deg >= 0"),
    Refused(lambda x: np.polyfit(x, V, 1), M, TypeError, "expected 1D vector for x"),
    Refused(lambda x: np.polyfit(x, x, 1), np.ones(0), TypeError, "expected non-empty vector for x"),
    Refused(lambda x: np.polyfit(V[:2], x, 1), T, TypeError, "expected 1D or 2D array for y"),
    Refused(lambda x: np.polyfit(x, V[:3], 1), V, TypeError, "expected x and y to have same length"),
]
REFUSED = [row for row in REFUSED if not isinstance(row.call, Absent)]  # what the installed NumPy lacks
if np.lib.NumpyVersion(np.__version__) >= "2.2.0":  # earlier ones look at no letters but f and b
    REFUSED.append(Refused(lambda x: np.trim_zeros(x, "left"), V, ValueError, "unexpected character(s) in `trim`: 'left'"))


@pytest.mark.parametrize(("call", "at", "error", "message"), REFUSED, ids=[row.message for row in REFUSED])
def test_it_is_refused(call: Callable[[Any], Any], at: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        grad(lambda x: np.sum(call(x)))(at)


@pytest.mark.parametrize(("call", "at", "error", "message"), REFUSED, ids=[row.message for row in REFUSED])
def test_numpy_refuses_it_too(call: Callable[[Any], Any], at: Any, error: type[Exception], message: str) -> None:
    del message
    with pytest.raises(error):
        call(at)
