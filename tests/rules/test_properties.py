"""Rules on random shapes, axes and values: 0-d and empty arrays, axes of length one, real and complex numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revad.operations.writing import index_update
from revad.transforms.reverse import grad
from tests.rules.test_specs import check_first_order
from tests.specs._row import complexes, real

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
few = settings(max_examples=60)
sizes = st.integers(0, 4)
shapes = st.lists(sizes, max_size=3).map(tuple)


@st.composite
def arrays(draw: Any, shape: Any = shapes) -> Any:
    """Draw an array of one's own making: away from kinks and ties, in any layout."""
    shape = shape if isinstance(shape, tuple) else draw(shape)
    make = draw(st.sampled_from([real, complexes]))
    flipped = tuple(slice(None, None, draw(st.sampled_from([1, -1]))) for _ in shape)
    order = draw(st.permutations(range(len(shape))))
    x = np.transpose(make(*[shape[i] for i in order], salt=draw(st.integers(0, 20))), np.argsort(order) if order else None)
    return x[flipped] if shape else x


def check(function: Callable[..., Any], *args: Any) -> None:
    """Compare both modes with differences, and with each other."""
    check_first_order(lambda *leaves: [function(*leaves)], list(args), 1e-5)


@st.composite
def broadcastable(draw: Any) -> tuple[Any, Any]:
    """Draw two arrays whose shapes broadcast together."""
    shape = draw(shapes)
    pair = []
    for _ in range(2):
        kept = tuple(n if draw(st.booleans()) else 1 for n in shape)
        pair.append(draw(arrays(kept[draw(st.integers(0, len(kept))) :])))
    return pair[0], pair[1] * 0.83  # so that no two elements tie


@few
@given(st.sampled_from([np.sin, np.exp, np.square, np.negative, np.arctan, np.absolute, np.real, np.conjugate]), arrays())
def test_functions_of_one_argument(function: Any, x: Any) -> None:
    check(function, x)


@few
@given(st.sampled_from([np.add, np.subtract, np.multiply, np.divide, np.maximum]), broadcastable())
def test_functions_of_two_arguments(function: Any, pair: tuple[Any, Any]) -> None:
    check(function, *pair)


@st.composite
def with_axes(draw: Any, *, several: bool = True) -> tuple[Any, Any]:
    """Draw an array of one or more elements, and axes of it."""
    x = draw(arrays(draw(st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple))))
    axes = st.integers(-x.ndim, x.ndim - 1)
    kinds = [st.none(), axes]
    if several:
        kinds.append(st.lists(st.integers(0, x.ndim - 1), unique=True, min_size=1).map(tuple))
    return x, draw(st.one_of(*kinds))


@few
@given(st.sampled_from([np.sum, np.mean, np.prod, np.max, np.min, np.var, np.ptp]), with_axes(), st.booleans())
def test_reductions(function: Any, given_: tuple[Any, Any], keepdims: Any) -> None:
    x, axis = given_
    check(lambda x: function(x, axis=axis, keepdims=keepdims), x)


@few
@given(st.sampled_from([np.cumsum, np.cumprod, np.sort, np.flip]), with_axes(several=False))
def test_functions_along_an_axis(function: Any, given_: tuple[Any, Any]) -> None:
    x, axis = given_
    check(lambda x: function(x, axis=axis), x)


@few
@given(arrays(), st.data())
def test_rearrangements(x: Any, data: Any) -> None:
    n = x.ndim
    axes = data.draw(st.permutations(range(n)))
    check(lambda x: np.transpose(x, axes), x)
    order = data.draw(st.sampled_from("CF"))
    check(lambda x: np.reshape(x, (-1,) if x.size else x.shape, order), x)
    place = data.draw(st.integers(-n - 1, n))
    check(lambda x: np.stack([x, x * 2], axis=place), x)
    check(lambda x: np.expand_dims(x, place), x)
    copies = data.draw(sizes)
    check(lambda x: np.broadcast_to(x, (copies, *x.shape)), x)
    if n:
        axis = data.draw(st.integers(-n, n - 1))
        check(lambda x: np.roll(x, 2, axis), x)
        check(lambda x: np.concatenate([x, x], axis), x)
        check(lambda x: np.repeat(x, 2, axis), x)


@few
@given(
    st.lists(st.sampled_from("ijkb"), max_size=3, unique=True),
    st.lists(st.sampled_from("ijkb"), max_size=3, unique=True),
    st.data(),
)
def test_contractions(first: list[str], second: list[str], data: Any) -> None:
    """Two terms of `einsum`, of any letters, with any output."""
    lengths = {c: data.draw(sizes) for c in "ijkb"}
    letters = sorted({*first, *second})
    output = "".join(data.draw(st.permutations([c for c in letters if data.draw(st.booleans())])))
    a = data.draw(arrays(tuple(lengths[c] for c in first)))
    b = data.draw(arrays(tuple(lengths[c] for c in second)))
    check(lambda a, b: np.einsum(f"{''.join(first)},{''.join(second)}->{output}", a, b), a, b)


@few
@given(st.lists(sizes, max_size=2).map(tuple), sizes, sizes, sizes, st.data())
def test_matrix_products(batch: tuple[int, ...], n: int, m: int, k: int, data: Any) -> None:
    a = data.draw(arrays((*(batch if data.draw(st.booleans()) else ()), n, m)))
    b = data.draw(arrays((*(batch if data.draw(st.booleans()) else ()), m, k)))
    check(np.matmul, a, b)


@few
@given(st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple), st.data())
def test_of_repeated_writes_the_last_one_stands(shape: tuple[int, ...], data: Any) -> None:
    """However indices and values lie in memory: what is left, and who gets its cotangent, is the last one in the order of the index."""
    value = np.real(data.draw(arrays(shape)))
    number = data.draw(st.permutations(range(len(shape))))
    index = np.transpose(
        np.array(data.draw(st.lists(st.integers(0, 2), min_size=value.size, max_size=value.size))).reshape(
            [shape[i] for i in number]
        ),
        np.argsort(number),
    )
    winners = {int(index[at]): at for at in np.ndindex(*shape)}
    expected = np.zeros(shape)
    for at in winners.values():
        expected[at] = 1.0
    written = index_update(np.zeros(3), index, value)
    assert {k: written[k] for k in winners} == {k: value[at] for k, at in winners.items()}
    np.testing.assert_array_equal(grad(lambda v: np.sum(index_update(np.zeros(3), index, v)))(value), expected)
