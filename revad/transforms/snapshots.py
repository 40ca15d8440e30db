"""When to keep a state of a loop, so that going back through it with few kept states repeats few steps.

With s kept states (the first one counts) and at most r passes over each step, a loop of up to β(s, r) = (s+r)!/(s! r!) steps can
be gone back through; no schedule does better [1]_. For a loop whose length nobody knows beforehand, kept states are thinned out.

References
----------
.. [1] A. Griewank and A. Walther, "Algorithm 799: Revolve: An Implementation of Checkpointing for the Reverse or Adjoint Mode of
   Computational Differentiation", ACM Transactions on Mathematical Software 26 (2000).
"""

from __future__ import annotations

from math import comb
from typing import Any


def passes(steps: int, snapshots: int) -> int:
    """Return how often a step is passed at most: the least r with β(snapshots, r) ≥ steps.

    Examples
    --------
    >>> passes(10_000, 14)
    5
    """
    r = 0
    while comb(snapshots + r, snapshots) < steps:
        r += 1
    return r


def advances(steps: int, snapshots: int) -> int:
    """Return the least number of plain steps with which a loop is gone back through: r·steps − β(snapshots + 1, r − 1).

    The steps that are recorded to be pulled back, one each, are not counted.

    Examples
    --------
    >>> advances(10, 1), advances(10, 3), advances(10, 10)
    (45, 15, 9)
    """
    r = passes(steps, snapshots)
    return r * steps - comb(snapshots + r, r - 1) if r else 0


def next_snapshot(steps: int, snapshots: int) -> int:
    """Return after how many of the steps to keep a state next, if so many may be kept, among them the one before the first step.

    Examples
    --------
    >>> next_snapshot(10, 3)
    4
    """
    r = passes(steps, snapshots)
    at_least = comb(snapshots + r - 2, snapshots) if r > 1 else 0
    return max(1, at_least, steps - comb(snapshots - 1 + r, snapshots - 1))


class Snapshots:
    """Kept states by position, while the loop goes forwards.

    Parameters
    ----------
    steps : int or None
        The length of the loop, if it is known.
    limit : int or None
        How many states may be kept; by default the number of binary digits of the length.
    """

    def __init__(self, steps: int | None, limit: int | None) -> None:
        self.steps, self.limit = steps, limit
        self.kept: list[tuple[int, Any]] = []
        self.due = 0
        self.gap = 1  # between kept states, where the length is not known

    def room(self, position: int) -> int:
        """Return how many states may be kept when the loop has come to a position."""
        return self.limit or max(2, (position if self.steps is None else self.steps).bit_length())

    def offer(self, position: int, state: Any) -> None:
        """Keep a state that is due."""
        self.kept.append((position, state))
        room = self.room(position)
        if self.steps is not None:
            free = room - len(self.kept)
            left = self.steps - position
            # the state before the last step comes on top: going back begins with it
            self.due = position + next_snapshot(left, free + 1) if free > 0 and left > 1 else self.steps - 1
            return
        while len(self.kept) > room:
            self.gap *= 2
            self.kept = [entry for entry in self.kept if entry[0] % self.gap == 0]
        self.due = (position // self.gap + 1) * self.gap
