"""Index sets through programs: what the pattern holds, operation by operation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import revad
from revad.programs.pattern.following import dependencies
from revad.programs.pattern.sets import IndexSets
from tests.rules.test_specs import every_row, setup
from tests.specs._row import Row

X = np.array([3.0, 1.0, 2.0, 5.0])


def pattern(f: Any, x: Any = X, **options: Any) -> list[str]:
    """Return the pattern as text, one row a line."""
    return ["".join(" x"[int(v)] for v in row) for row in revad.sparsity(f, x, **options).toarray()]


@every_row
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.filterwarnings("ignore:numpy.fix is deprecated:DeprecationWarning")
def test_the_pattern_of_every_operation_holds_its_derivative(row: Row) -> None:
    """Whatever the values say, an entry outside the pattern is zero in products with the Jacobian."""
    f, leaves = setup(row)
    if not leaves or any(np.iscomplexobj(leaf) for leaf in leaves):
        return
    program = revad.trace(f, *leaves)
    held = []
    for values, picks in ((leaves, True), (leaves, False), (None, False)):
        rows, columns, shape = dependencies(program, values, picks=picks)
        held.append(np.zeros(shape, bool))
        held[-1][rows, columns] = True
    assert np.all(held[0] <= held[1])
    assert np.all(held[1] <= held[2])
    ends = np.cumsum([0, *map(np.size, leaves)])
    for j in np.random.default_rng(0).permutation(ends[-1])[:8]:
        unit = np.arange(ends[-1]) == j
        tangents = tuple(as_one(unit[a:b], leaf) for leaf, a, b in zip(leaves, ends, ends[1:], strict=False))
        flat = np.concatenate([np.zeros(0), *[np.reshape(t, -1) for t in revad.jvp(f, tuple(leaves), tangents)[1]]])
        assert not np.any(flat[~held[0][:, j]])


def as_one(part: Any, value: Any) -> Any:
    """Return part of a flat vector in the shape and dtype of a value."""
    shaped = np.reshape(part, np.shape(value)).astype(np.result_type(value))[()]
    return float(shaped) if type(value) is float else shaped


def test_a_program_may_be_deep_or_wide() -> None:
    def chain(x: Any) -> Any:
        s = x[0] * 0.0
        for i in range(300):
            s = np.sin(s) * s + x[i] * x[max(i - 1, 0)]
        return s

    assert revad.sparsity(chain, np.ones(301)).nnz == 300

    def filled(x: Any) -> Any:
        y = np.zeros_like(x)
        y[0] = x[0]
        for i in range(1, 60):
            y[i] = np.sin(x[i]) * x[i - 1] + y[i]
        return y

    assert revad.sparsity(filled, np.ones(60)).nnz == 119


def test_elements_meet_by_broadcasting() -> None:
    assert pattern(lambda x: x[:2, None] * x[None, 2:] + 1.0) == ["x x ", "x  x", " xx ", " x x"]


@pytest.mark.parametrize(
    ("f", "rows"),
    [
        (lambda x: np.sum(x.reshape(2, 2), axis=0), ["x x ", " x x"]),
        (lambda x: np.max(x.reshape(2, 2), axis=(1,), keepdims=True), ["xx  ", "  xx"]),
        (lambda x: np.cumsum(x), ["x   ", "xx  ", "xxx ", "xxxx"]),
        (lambda x: np.cumprod(x.reshape(2, 2), axis=1), ["x   ", "xx  ", "  x ", "  xx"]),
        (lambda x: np.array([[1.0, 0.0, 2.0, 0.0], [0.0, 0.0, 0.0, 1.0]]) @ x, ["x x ", "   x"]),
        (lambda x: x.reshape(2, 2) @ np.array([[1.0], [0.0]]), ["x   ", "  x "]),
        (lambda x: x.reshape(2, 2) @ x.reshape(2, 2), ["xxx ", "xx x", "x xx", " xxx"]),
        (lambda x: np.einsum("ij,kj->ik", x.reshape(2, 2), np.ones((1, 2))), ["xx  ", "  xx"]),
        (lambda x: np.einsum("ii->i", x.reshape(2, 2)), ["x   ", "   x"]),
        (lambda x: np.fft.fft(x.reshape(2, 2)).real, ["xx  ", "xx  ", "  xx", "  xx"]),
        (lambda x: np.concatenate([x[1:], np.ones(1), x[:1]])[::2], [" x  ", "   x", "x   "]),
        (lambda x: np.pad(x, 1, mode="edge")[[0, 0, 5]], ["x   ", "x   ", "   x"]),
        (lambda x: np.split(x, 2)[1], ["  x ", "   x"]),
        (lambda x: np.modf(x[:2])[0], ["x   ", " x  "]),
        (lambda x: np.floor(x[:2]), ["    ", "    "]),
        (lambda x: np.linalg.inv(x.reshape(2, 2))[0], ["xxxx", "xxxx"]),
    ],
)
def test_patterns_of_operations(f: Any, rows: list[str]) -> None:
    assert pattern(f) == rows


def test_local_patterns_follow_what_is_picked() -> None:
    assert pattern(lambda x: np.where(x[:2] > 2, x[:2], x[2:])) == ["x   ", "   x"]
    assert pattern(lambda x: np.where(x[:2] > 2, x[:2], x[2:]), global_=True) == ["x x ", " x x"]
    assert pattern(lambda x: np.maximum(x[:2], x[2:])) == ["x   ", "   x"]
    assert pattern(lambda x: np.maximum(x[:2], x[2:]), global_=True) == ["x x ", " x x"]
    assert pattern(lambda x: np.maximum(x[:1], x[:1] + 0 * x[1:2])) == ["xx  "]
    assert pattern(lambda x: x[np.argmax(x)][None]) == ["   x"]
    assert pattern(lambda x: x[np.argmax(x)][None] if x[0] > 2 else x[:1]) == ["   x"]


def test_a_pattern_for_all_arguments_is_refused_where_the_function_decides() -> None:
    with pytest.raises(revad.ArgumentError, match=r"decides on a value, bool.* at .*test_patterns.py"):
        revad.sparsity(lambda x: x[0] * x[1] if x[0] > 0 else x[0], X, global_=True)


def test_writes_and_sums_into_part_of_an_array() -> None:
    def written(x: Any) -> Any:
        y = x.copy()
        y[0] = x[3]
        y[1:3] += x[0]
        y.reshape(2, 2)[1, 1] = 7.0
        return y

    assert pattern(written) == ["   x", "xx  ", "x x ", "    "]

    def added(x: Any) -> Any:
        y = np.zeros_like(x)
        np.add.at(y, [0, 0, 2], x[1:])
        return y

    assert pattern(added) == [" xx ", "    ", "   x", "    "]


def test_complex_parts_are_written_beside_each_other() -> None:
    def f(x: Any) -> Any:
        z = np.zeros_like(x[:2] + 0j)
        z.real[:] = x[:2]
        z.imag[:] = x[2:]
        return np.abs(z)

    assert pattern(f) == ["x x ", " x x"]


def test_constants_of_scipy_sparse_cut_the_way() -> None:
    scipy_sparse = pytest.importorskip("scipy.sparse")
    from revad.scipy.sparse import csr_array, matmul

    A = scipy_sparse.csr_array(np.array([[1.0, 0, 2.0, 0], [0, 0, 0, 3.0]]))
    assert pattern(lambda x: matmul(A, x)) == ["x x ", "   x"]
    assert pattern(lambda x: matmul(A, x[:, None] * np.ones((1, 2)))) == ["x x ", "x x ", "   x", "   x"]
    assert pattern(lambda x: csr_array((x[:2], [0, 1], [0, 1, 2]), shape=(2, 2)) @ x[2:]) == ["x x ", " x x"]
    assert pattern(lambda x: csr_array((x[:2], [1, 0], [0, 1, 2]), shape=(2, 2)).toarray()) == ["    ", "x   ", " x  ", "    "]
    assert pattern(lambda x: csr_array((x[:3], [1, 0, 1], [0, 1, 3]), shape=(2, 2)).sum(axis=1)) == ["x   ", " xx "]


def test_what_is_not_known_is_dense() -> None:
    @revad.primitive
    def swap(x: Any) -> Any:
        return x[::-1].copy()

    revad.extend.vjp(swap, x=lambda g: g[::-1])
    assert pattern(swap) == ["xxxx"] * 4


def test_sets_of_sets() -> None:
    sets = IndexSets(3)
    two = sets.merge(np.array([1, 0, 2]), np.array([2, 3, 2]))
    assert two[1:].tolist() == [3, 2]
    rows, elements = sets.elements(np.array([two[0], sets.union([two]), 0]))
    assert list(zip(rows.tolist(), elements.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)]


def test_a_pattern_too_large_to_be_sparse_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("revad.programs.pattern.sets.MOST", 10)
    with pytest.raises(revad.ArgumentError, match="so the matrix is not sparse"):
        revad.sparsity(lambda x: x * np.sum(x), X)
