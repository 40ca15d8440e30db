"""Coefficients along one line, along many at once, or summed over many: how they are multiplied and mapped.

Along many lines a coefficient has a leading axis, one entry for each line; the value has none, as all lines meet there. Of a Laplacian
only the sum of second coefficients is wanted, so that is what its second coefficient is from the start (the forward Laplacian).

R. Li et al. (2024), "A computational framework for neural network-based variational Monte Carlo with Forward Laplacian",
*Nature Machine Intelligence* 6.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from math import factorial
from typing import Any, NamedTuple

import numpy as np

from revad.base.arrays import CONTAINERS
from revad.base.aval import aval_of
from revad.engine.projection import project
from revad.operations.indexing import is_basic
from revad.tensors.nested import run_nested
from revad.typing import Array


class Lines(NamedTuple):
    """What coefficients are taken along."""

    number: int = 0  # how many lines; 0 for one, without an axis
    summed: bool = False  # second coefficients are added up over all lines

    def stacks(self, j: int) -> bool:
        """Return whether the j-th coefficient has the axis of lines."""
        return bool(self.number and j and not (self.summed and j == 2))


ONE_LINE = Lines()


def fit(tail: list[Any], ans: Array, lines: Lines) -> tuple[Any, ...]:
    """Return coefficients in the shape and dtype of the value, behind the axis of lines."""
    shape, dtype = aval_of(ans)
    if dtype.kind not in "fc":
        return tuple(tail)
    fitted: list[Any] = []
    for j, part in enumerate(tail, 1):
        stacks = lines.stacks(j)
        wanted = (lines.number, *shape) if stacks else shape
        if part is not None:
            if np.shape(part) != wanted:
                part = np.broadcast_to(part, wanted)
            part = project(part, wanted, None if type(ans) is float and not stacks else dtype)
        fitted.append(part)
    return tuple(fitted)


def product(lines: Lines, a: list[Any], i: int, b: list[Any], j: int) -> Any:
    """Return aᵢ bⱼ of elementwise factors, None where it is zero."""
    x, y = a[i], b[j]
    if x is None or y is None:
        return None
    if lines.number:
        ndim = max(np.ndim(a[0]), np.ndim(b[0]))
        x, y = aligned(lines, x, i, np.ndim(a[0]), ndim), aligned(lines, y, j, np.ndim(b[0]), ndim)
        if lines.summed and i == j == 1:
            return np.sum(x * y, axis=0)
    return x * y


def aligned(lines: Lines, part: Array, j: int, ndim: int, wanted: int) -> Any:
    """Return a coefficient of a value of ``ndim`` axes with the axis of lines in front of ``wanted`` axes."""
    if part is None or not lines.stacks(j) or ndim >= wanted:
        return part
    shape = np.shape(part)
    return np.reshape(part, (shape[0], *(1,) * (wanted - ndim), *shape[1:]))


def total(parts: Any) -> Any:
    """Return the sum of what is not None; None if nothing is."""
    result: Any = None
    for part in parts:
        if part is not None:
            result = part if result is None else result + part
    return result


def map_linear(call: Any, once: Callable[[dict[str, Any]], Any], parts: dict[str, Any], j: int) -> Any:
    """Return a linear function of coefficients, on all lines at once where that is a call of the same function."""
    if not call.lines.stacks(j):
        return once(parts)
    if len(parts) == 1 and not isinstance(next(iter(parts.values())), list) and not call.operation.linear_jointly:
        (name,) = parts
        names, _ = call.operation.parameters
        if name in names[: len(call.args)]:
            result = at_once(call, names.index(name), parts[name])
            if result is not None:
                return result
    return _stack([once({name: _pick(part, k) for name, part in parts.items()}) for k in range(call.lines.number)])


def map_bilinear(call: Any, places: list[int]) -> list[Any]:
    """Return the Cauchy products of a function that is linear in each of two arguments."""
    args, lines = call.below[0], call.lines
    a, b = (call.coefficients(call.args[place]) for place in places)

    def at(i: int, j: int, line: int | None = None) -> Any:
        new = list(args)
        for place, part, k in ((places[0], a[i], i), (places[1], b[j], j)):
            new[place] = part if line is None or not lines.stacks(k) else part[line]
        return call.operation.function(*new)

    def pair(i: int, j: int) -> Any:
        if a[i] is None or b[j] is None:
            return None
        if not lines.stacks(i) and not lines.stacks(j):
            return at(i, j)
        if not (i and j):
            result = at_once(call, places[0] if i else places[1], a[i] if i else b[j])
            if result is not None:
                return result
        each = [at(i, j, line) for line in range(lines.number)]
        return total(each) if lines.summed and i == j == 1 else _stack(each)

    return [total(pair(i, k - i) for i in range(k + 1)) for k in range(1, call.order + 1)]


def at_once(call: Any, place: int, part: Array) -> Any:
    """Return a linear function of an argument with an axis of lines in front, by one call; None where that takes one for each."""
    function, args, kwargs = call.operation.function, call.below[0], call.below[1]
    ndim = np.ndim(args[place])
    if isinstance(function, np.ufunc) and function.nin == 1 and not kwargs:
        return function(part)
    if function is np.matmul and not kwargs:
        other = args[1 - place]
        if np.ndim(other) > 2:
            return None
        if place == 0:
            return np.matmul(part, other)
        return (
            np.matmul(other, part) if ndim > 1 else np.matmul(part, np.swapaxes(other, 0, 1) if np.ndim(other) == 2 else other)
        )
    if function is operator.getitem and place == 0 and is_basic(args[1]):
        key = args[1] if type(args[1]) is tuple else (args[1],)
        return part[(slice(None), *key)]
    if function in (np.sum, np.mean) and len(args) == 1 and set(kwargs) <= {"axis", "keepdims"}:
        axis = kwargs.get("axis")
        axes = range(ndim) if axis is None else axis if type(axis) is tuple else (axis,)
        return function(part, axis=tuple([n % ndim + 1 for n in axes]), keepdims=bool(kwargs.get("keepdims", False)))
    return None


def _pick(part: Any, line: int) -> Any:
    if isinstance(part, list):
        return [_pick(item, line) for item in part]
    return None if part is None else part[line]


def _stack(each: list[Any]) -> Any:
    if isinstance(each[0], CONTAINERS):
        return [_stack([parts[i] for parts in each]) for i in range(len(each[0]))]
    return np.stack(each)


def nest_lines(
    run: Callable[[list[Any]], Any], values: list[Any], tails: list[Any], order: int, lines: Lines
) -> tuple[Any, list[Any]]:
    """Run a function of several values in nested forward mode along each line; return its output and the coefficients."""
    if not lines.number:
        return run_nested(run, values, [tail[:order] for tail in tails], order)
    ans: Any = None
    found: list[list[Any]] = []
    for line in range(lines.number):
        picked = [
            [
                (part[line] if lines.stacks(j) else part if line == 0 else None) if part is not None else None
                for j, part in enumerate(tail[:order], 1)
            ]
            for tail in tails
        ]
        ans, tail = run_nested(run, values, picked, order)
        found.append(tail)
    return ans, [_gather([tail[j - 1] for tail in found], stacks=lines.stacks(j)) for j in range(1, order + 1)]


def _gather(each: list[Any], *, stacks: bool) -> Any:
    if isinstance(each[0], list):
        return [_gather([parts[i] for parts in each], stacks=stacks) for i in range(len(each[0]))]
    return _stack(each) if stacks else total(each)


def derivatives(tail: tuple[Any, ...], value: Array, lines: Lines) -> list[Any]:
    """Return the derivatives that coefficients stand for, in full."""
    shape, dtype = aval_of(value)
    full: list[Any] = []
    for j, part in enumerate(tail, 1):
        wanted = (lines.number, *shape) if lines.stacks(j) else shape
        if part is None:
            full.append(0.0 if type(value) is float and not wanted else np.zeros(wanted, dtype)[()])
        else:
            full.append(part * factorial(j) if j > 1 else part)
    return full
