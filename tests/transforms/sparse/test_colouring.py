"""Colourings: valid, and as few colours as known matrices take."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import revad
from revad.transforms.sparse.colouring import Colouring, colour, sources
from revad.transforms.sparse.greedy import lists, stars
from revad.transforms.sparse.orders import ORDERS
from revad.transforms.sparse.patterns import symmetric_part

PATTERNS = st.integers(0, 10_000).map(
    lambda seed: np.random.default_rng(seed).random(tuple(np.random.default_rng(seed).integers(1, 12, 2))) < 0.3
)


def csr(dense: Any) -> Any:
    return sp.csr_array(np.asarray(dense, bool))


def read_back(dense: Any, colouring: Colouring) -> Any:
    """Return the matrix that is read off the products of a matrix."""
    pattern = csr(dense)
    products = [dense @ (colouring.columns == c) for c in range(colouring.forward)]
    products += [(colouring.rows == c) @ dense for c in range(colouring.reverse)]
    flat = np.concatenate([np.zeros(0), *products])[sources(pattern, colouring)]
    return sp.csr_array((flat, pattern.indices, pattern.indptr), shape=pattern.shape).toarray()


@settings(max_examples=60, deadline=None)
@given(PATTERNS, st.sampled_from(["auto", "column", "row", "bidirectional"]), st.sampled_from(["auto", *ORDERS]))
def test_every_entry_is_read_off(pattern: Any, direction: str, order: str) -> None:
    colouring = colour(csr(pattern), direction, order)
    values = pattern * np.random.default_rng(0).normal(size=pattern.shape)
    np.testing.assert_array_equal(read_back(values, colouring), values)


@settings(max_examples=60, deadline=None)
@given(PATTERNS, st.sampled_from(["auto", *ORDERS]))
def test_every_entry_of_a_symmetric_matrix_is_read_off(pattern: Any, order: str) -> None:
    n = min(pattern.shape)
    pattern = pattern[:n, :n] | pattern[:n, :n].T
    colouring = colour(csr(pattern), order=order, symmetric=True)
    values = np.random.default_rng(0).normal(size=pattern.shape)
    values = pattern * (values + values.T)
    np.testing.assert_array_equal(read_back(values, colouring), values)


@settings(max_examples=60, deadline=None)
@given(PATTERNS, st.sampled_from(list(ORDERS)))
def test_star_colourings_are_star_colourings(pattern: Any, order: str) -> None:
    n = min(pattern.shape)
    edges = np.triu(pattern[:n, :n], 1)
    edges = csr(edges | edges.T)
    around = lists(edges.indptr, edges.indices)
    colours = stars(around, ORDERS[order](np.diff(edges.indptr).tolist(), around.__getitem__), n + 1)
    assert colours is not None
    adjacent = edges.toarray()
    for path in permutations(range(n), 2):
        assert not adjacent[path] or colours[path[0]] != colours[path[1]]
    for a, b in permutations(range(n), 2):
        if adjacent[a, b]:
            for c in around[b]:
                for d in around[c]:
                    if len({a, b, c, d}) == 4:
                        assert len({colours[v] for v in (a, b, c, d)}) > 2


@pytest.mark.parametrize("name", list(ORDERS))
def test_an_order_is_a_permutation(name: str) -> None:
    pattern = csr(np.random.default_rng(1).random((30, 30)) < 0.1)
    pattern = symmetric_part(csr(pattern.toarray() | pattern.toarray().T))
    around = lists(pattern.indptr, pattern.indices)
    assert sorted(ORDERS[name]([len(a) for a in around], around.__getitem__)) == list(range(30))


def test_smallest_last_colours_a_tree_in_two() -> None:
    """Each vertex has one neighbour at most among those before it."""
    parents = [0, 0, 0, 1, 1, 2, 2, 3]
    around: list[list[int]] = [[] for _ in range(9)]
    for child, parent in enumerate(parents, start=1):
        around[child].append(parent)
        around[parent].append(child)
    order = ORDERS["smallest-last"]([len(a) for a in around], around.__getitem__)
    place = {v: i for i, v in enumerate(order)}
    assert all(sum(place[w] < place[v] for w in around[v]) <= 1 for v in range(9))


def test_incidence_takes_next_who_has_most_coloured_neighbours() -> None:
    around = [[1, 2], [0, 2], [0, 1, 3], [2, 4], [3]]
    order = ORDERS["incidence"]([2, 2, 3, 2, 1], around.__getitem__)
    assert order[:3] in ([0, 2, 1], [0, 1, 2])
    assert order[3:] == [3, 4]


def arrow(n: int) -> Any:
    pattern = np.eye(n, dtype=bool)
    pattern[0] = pattern[:, 0] = True
    return pattern


@pytest.mark.parametrize(
    ("pattern", "symmetric", "products"),
    [
        (np.eye(9), False, 1),
        (np.eye(9) + np.eye(9, k=1), False, 2),
        (np.tri(9, k=1) * np.tri(9, k=1).T, False, 3),
        (np.tri(9, k=1) * np.tri(9, k=1).T, True, 3),
        (np.ones((4, 9)), False, 4),
        (np.ones((9, 4)), False, 4),
        (np.ones((5, 5)), True, 5),
        (arrow(30), False, 3),
        (arrow(30), True, 2),
        (np.zeros((3, 4)), False, 0),
        (np.zeros((0, 4)), False, 0),
        (np.eye(3), True, 1),
    ],
)
def test_known_matrices_take_few_products(pattern: Any, symmetric: bool, products: int) -> None:
    assert colour(csr(pattern), symmetric=symmetric).products == products


def test_directions() -> None:
    row = np.zeros((6, 6), bool)
    row[0] = True
    row |= np.eye(6, dtype=bool)
    assert colour(csr(row), "column").products == 6
    assert (colour(csr(row), "row").forward, colour(csr(row), "row").reverse) == (0, 2)
    both = colour(csr(arrow(8)), "bidirectional")
    assert (both.products, both.forward > 0, both.reverse > 0) == (3, True, True)
    assert repr(both) in ("Colouring(2 forward + 1 reverse products)", "Colouring(1 forward + 2 reverse products)")
    assert repr(colour(csr(np.zeros((2, 2))))) == "Colouring(no products)"


def test_a_five_point_stencil_takes_few_colours() -> None:
    line = sp.diags_array([np.ones(19), np.ones(20), np.ones(19)], offsets=[-1, 0, 1])
    grid = csr((sp.kron(line, sp.eye_array(20)) + sp.kron(sp.eye_array(20), line)).toarray())
    assert colour(grid).products <= 6
    assert colour(grid, symmetric=True).products <= 6


def test_the_work_is_linear_in_the_entries() -> None:
    """A dense row or a dense matrix does not make each entry meet each other one."""
    n = 3_000
    pattern = sp.coo_array(
        (np.ones(2 * n - 1, bool), (np.r_[np.zeros(n, int), np.arange(1, n)], np.r_[np.arange(n), np.arange(1, n)]))
    )
    assert colour(pattern.tocsr()).products == 2


def test_bad_options_are_refused() -> None:
    with pytest.raises(
        revad.ArgumentError, match="give 'auto', 'column', 'row', 'bidirectional', a Colouring, or the columns' colours"
    ):
        colour(csr(np.eye(2)), "diagonal")
    with pytest.raises(revad.ArgumentError, match="order='best': give 'auto' or one of 'largest-first'"):
        colour(csr(np.eye(2)), order="best")
    with pytest.raises(revad.ArgumentError, match=r"entry \(0, 0\) of the pattern cannot be read off any product"):
        sources(csr(np.ones((2, 2))), Colouring(np.zeros(2, int), np.full(2, -1)))
