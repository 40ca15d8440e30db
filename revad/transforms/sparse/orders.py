"""Orders in which a greedy colouring takes the vertices: natural, largest first, smallest last, incidence degree.

The last two are found in linear time with vertices in buckets by degree [1]_.

References
----------
.. [1] D. W. Matula and L. L. Beck, "Smallest-last ordering and clustering and graph coloring algorithms", *Journal of the ACM*
   30(3), 1983.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

Neighbours = Callable[[int], Iterable[int]]


def natural(degrees: list[int], neighbours: Neighbours) -> list[int]:
    """Return the vertices as they are numbered."""
    return list(range(len(degrees)))


def largest_first(degrees: list[int], neighbours: Neighbours) -> list[int]:
    """Return the vertices by falling degree."""
    return np.argsort(-np.asarray(degrees, np.int64), kind="stable").tolist()


def smallest_last(degrees: list[int], neighbours: Neighbours) -> list[int]:
    """Return the order that, from its end, takes away the vertex of least degree in what remains."""
    return _by_buckets(degrees, neighbours, -1)[::-1]


def incidence(degrees: list[int], neighbours: Neighbours) -> list[int]:
    """Return the order that takes next the vertex with the most neighbours among those before it."""
    return _by_buckets([0] * len(degrees), neighbours, 1)


def _by_buckets(keys: list[int], neighbours: Neighbours, change: int) -> list[int]:
    """Take the vertex of least key (of largest, if keys grow) again and again; each that is taken changes its neighbours' keys by one."""
    keys = list(keys)
    buckets: list[list[int]] = [[] for _ in range(max(keys, default=0) + 1)]
    for vertex in reversed(range(len(keys))):
        buckets[keys[vertex]].append(vertex)
    taken = [False] * len(keys)
    order: list[int] = []
    at = 0
    while len(order) < len(keys):
        while not buckets[at]:
            at -= change
        vertex = buckets[at].pop()
        if taken[vertex] or keys[vertex] != at:  # an entry that has been overtaken
            continue
        taken[vertex] = True
        order.append(vertex)
        for other in neighbours(vertex):
            if not taken[other]:
                key = keys[other] = keys[other] + change
                if key == len(buckets):
                    buckets.append([])
                buckets[key].append(other)
                if (key - at) * change > 0:
                    at = key
    return order


ORDERS: dict[str, Any] = {
    "largest-first": largest_first,
    "natural": natural,
    "smallest-last": smallest_last,
    "incidence": incidence,
}
