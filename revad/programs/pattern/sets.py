"""`IndexSets`: sets of input positions by number, so that an array of sets is an array of integers.

Set 0 is empty, sets 1 to n hold one input element each, every later set is the union of some that came before. To move elements
about is to move numbers, so shaping and indexing run as they are on arrays of numbers. What each set holds is worked out once, at
the end, for those that the outputs need.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.errors import ArgumentError
from revad.typing import Array

EMPTY = 0
MOST = 1 << 28  # entries of a pattern: beyond, the matrix takes gigabytes and is not sparse


class IndexSets:
    """All sets that arise while a program is followed.

    Parameters
    ----------
    n : int
        How many input elements there are; element j is set ``j + 1``.
    """

    def __init__(self, n: int) -> None:
        self.n = n
        self.count = n + 1
        self._parents: list[Any] = []
        self._children: list[Any] = []

    def unite(self, targets: Array, members: Array, size: int) -> Any:
        """Return ``size`` sets: set t is the union of the members k with ``targets[k] == t``."""
        there = members != EMPTY
        if not there.all():
            targets, members = targets[there], members[there]
        result = np.zeros(size, np.int64)
        how_many = np.bincount(targets, minlength=size)
        if np.max(how_many, initial=0) <= 1:
            result[targets] = members
            return result
        targets, members = np.divmod(distinct(targets * self.count + members), self.count)
        how_many = np.bincount(targets, minlength=size)
        several = how_many > 1
        result[several] = self.count + np.arange(np.count_nonzero(several))
        single = ~several[targets]
        result[targets[single]] = members[single]
        self.count += int(np.count_nonzero(several))
        self._parents.append(result[targets[~single]])
        self._children.append(members[~single])
        return result

    def merge(self, one: Array, other: Array) -> Any:
        """Return the unions of two arrays of sets, element by element with broadcasting."""
        one, other = np.broadcast_arrays(one, other)
        result = np.where(one == EMPTY, other, one)
        new = (one != other) & (one != EMPTY) & (other != EMPTY)
        how_many = int(np.count_nonzero(new))
        if how_many:
            made = self.count + np.arange(how_many)
            result[new] = made
            self.count += how_many
            self._parents += [made, made]
            self._children += [one[new], other[new]]
        return result

    def union(self, members: list[Array]) -> Any:
        """Return the one set that is the union of all members, as a 0-d array."""
        flat = np.concatenate([np.reshape(m, -1) for m in members]) if members else np.zeros(0, np.int64)
        return self.unite(np.zeros(flat.size, np.int64), flat, 1)[0]

    def elements(self, sets: Array) -> tuple[Any, Any]:
        """Return what the sets of a vector hold: two arrays, the position in the vector and the input element, sorted.

        Sets that serve one union only are replaced by their members. The rest is taken by levels, a union above all of its
        members, from the top: each pair (row, set) is opened once.
        """
        parents, children = self._edges(sets)
        level, starts, order = self._levels(parents, children)
        members = children[order]
        rows = np.flatnonzero(sets)
        waiting: dict[int, list[Any]] = {}
        self._sort_in(waiting, rows * self.count + sets[rows], level)
        found = waiting.pop(0, [])
        while waiting:
            top = max(waiting)
            row, at = np.divmod(distinct(np.concatenate(waiting.pop(top))), self.count)
            how_many = starts[at + 1] - starts[at]
            if int(how_many.sum()) > MOST:
                raise ArgumentError(
                    f"sparsity: the pattern has more than {MOST:,} entries, so the matrix is not sparse. "
                    "Use revad.jvp, revad.vjp or revad.hvp, which need no matrix."
                )
            first = np.repeat(starts[at] - np.cumsum(how_many) + how_many, how_many)
            opened = members[first + np.arange(first.size)]
            self._sort_in(waiting, np.repeat(row, how_many) * self.count + opened, level)
            found += waiting.pop(0, [])
        pairs = distinct(np.concatenate([np.zeros(0, np.int64), *found]))
        rows, numbers = np.divmod(pairs, self.count)
        return rows, numbers - 1

    def _edges(self, sets: Array) -> tuple[Any, Any]:
        """Return (union, member) for all unions, after those that one other union alone needs have been replaced by their members."""
        parents = np.concatenate([np.zeros(0, np.int64), *self._parents])
        children = np.concatenate([np.zeros(0, np.int64), *self._children])
        user = np.zeros(self.count, np.int64)
        user[children] = parents
        alone = np.bincount(children, minlength=self.count) == 1
        alone[: self.n + 1] = False
        alone[sets] = False
        root = np.where(alone, user, np.arange(self.count))
        while not np.array_equal(further := root[root], root):
            root = further
        kept = ~alone[children]
        return root[parents[kept]], children[kept]

    def _levels(self, parents: Array, children: Array) -> tuple[Any, Any, Any]:
        """Return the level of each set, and its edges as slices of an order: a union lies one above its highest member."""
        order = np.argsort(parents, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(parents, minlength=self.count))])
        upward = np.argsort(children, kind="stable")
        above = np.concatenate([[0], np.cumsum(np.bincount(children, minlength=self.count))])
        level = np.zeros(self.count, np.int64)
        missing = np.diff(starts)
        ready = np.flatnonzero(missing == 0)
        height = 0
        while ready.size:
            level[ready] = height
            height += 1
            how_many = above[ready + 1] - above[ready]
            first = np.repeat(above[ready] - np.cumsum(how_many) + how_many, how_many)
            users, settled = np.unique(parents[upward[first + np.arange(first.size)]], return_counts=True)
            missing[users] -= settled
            ready = users[missing[users] == 0]
        return level, starts, order

    def _sort_in(self, waiting: dict[int, list[Any]], pairs: Array, level: Array) -> None:
        """Put pairs (row, set) on the heaps of their sets' levels."""
        heights = level[pairs % self.count]
        for height in np.flatnonzero(np.bincount(heights)).tolist():
            waiting.setdefault(height, []).append(pairs[heights == height])


def distinct(keys: Array) -> Any:
    """Return the values among keys, sorted; the sort is fast where they come in sorted runs."""
    keys = np.sort(keys, kind="stable")
    return keys[np.append(True, keys[1:] != keys[:-1])[: keys.size]]
