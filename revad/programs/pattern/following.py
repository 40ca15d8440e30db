"""`dependencies`: follow a program step by step and return which output elements need which input elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.errors import ArgumentError
from revad.operations.dependence import pattern_of
from revad.operations.operation import NONDIFF, Operation
from revad.operations.registry import lookup
from revad.programs.pattern import rules
from revad.programs.pattern.contractions import CONTRACTIONS
from revad.programs.pattern.rules import Call
from revad.programs.pattern.sets import IndexSets
from revad.programs.pattern.writes import WRITES, edges
from revad.programs.steps import Guard, Listing, Ref, resolve
from revad.typing import Array

KINDS: dict[str, Any] = {
    "elements": rules.elements,
    "selects": rules.selects,
    "moves": rules.moves,
    "reduces": rules.reduces,
    "along": rules.along,
    "accumulates": rules.accumulates,
    "nothing": rules.nothing,
    **CONTRACTIONS,
    **WRITES,
}


def dependencies(program: Listing, leaves: list[Any] | None, *, picks: bool) -> tuple[Any, Any, tuple[int, int]]:
    """Return the row and the column of each entry of a program's pattern, sorted by rows, and its shape.

    Parameters
    ----------
    program : Program
        From `revad.trace`. Its inputs, flattened and put one after the other, are the columns; its outputs the rows.
    leaves : list or None
        The values of the inputs, so that an index that is computed from them picks what it picks there; None for the pattern
        whatever the values are, where it may pick all.
    picks : bool
        With values: whether of the branches of ``np.where`` and ``np.maximum`` the one that is picked counts alone.

    Returns
    -------
    rows, columns : ndarray of int
        Of the entries that may differ from zero.
    shape : tuple of int
        Of the matrix.
    """
    sizes = [aval.size for aval in program.inputs]
    sets = IndexSets(sum(sizes))
    known: list[Any] = [None] * program.size
    start = 1
    for i, aval in enumerate(program.inputs):
        known[i] = np.reshape(np.arange(start, start + aval.size), aval.shape)
        start += aval.size
    values = None if leaves is None else Values(program, leaves)
    for step in program.calls:
        operation = lookup(step.operation)
        known[step.index] = rule_of(step.operation, operation)(Call(step, operation, sets, known, values, picks=picks))
    outputs = [
        np.reshape(known[out.index], -1) if isinstance(out, Ref) else np.zeros(np.size(out), np.int64)
        for out in program.outputs
    ]
    joined = np.concatenate([np.zeros(0, np.int64), *outputs])
    return *sets.elements(joined), (joined.size, sets.n)


def refuse_decisions(program: Listing) -> None:
    """Refuse a program that holds for some inputs only."""
    for step in program.steps:
        if isinstance(step, Guard):
            raise ArgumentError(
                f"sparsity(global_=True): {program.name} decides on a value, {step.kind.__name__}(...) at {step.file}:{step.line}, "
                "so one run cannot show the pattern for all inputs. Use np.where for both branches, or ask for the pattern at x, "
                "without global_."
            )


def rule_of(function: Any, operation: Operation | None) -> Any:
    """Return what carries the sets through a call."""
    stated = pattern_of(function)
    if stated is not None:
        return edges if callable(stated) else KINDS[stated]
    if operation is None:
        return rules.all_of
    if operation.kind in ("nondiff", "creation"):
        return rules.nothing
    if isinstance(function, np.ufunc) and function.signature is None:
        return rules.elements
    partial = [is_partial or rule is NONDIFF for rule, is_partial in operation.declared.values()]
    return rules.elements if partial and all(partial) and operation.joint is None else rules.all_of


class Values:
    """The values of a program's steps, computed when the first is asked for."""

    def __init__(self, program: Listing, leaves: list[Any]) -> None:
        self.program, self.leaves = program, leaves
        self.all: list[Any] = []

    def __call__(self, arg: Any) -> Array:
        """Return an argument with values in place of Refs."""
        if not self.all:
            self.all = [None] * self.program.size
            self.all[: len(self.leaves)] = self.leaves
            for step in self.program.calls:
                args, kwargs = resolve(step.args, self.all), {k: resolve(v, self.all) for k, v in step.kwargs.items()}
                self.all[step.index] = step.operation(*args, **kwargs)
        return resolve(arg, self.all)
