"""Index sets through products of matrices and sums of products: what is constant and zero in a matrix cuts the way."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.programs.pattern.rules import Call, all_of, elements, fill, lanes
from revad.programs.steps import references
from revad.typing import Array


def product(call: Call, one: Any, other: Any) -> Any:
    """Return the sets of the matrix product of two arguments."""
    left, right = (np.asarray(call.tracked(arg)) for arg in (one, other))
    if left.ndim == 1:
        left, one = left[None, :], one if references(one) else np.asarray(one)[None, :]
    if right.ndim == 1:
        right, other = right[:, None], other if references(other) else np.asarray(other)[:, None]
    if not references(one) and left.ndim == right.ndim == 2:
        total = through(call, one, right)
    elif not references(other) and left.ndim == right.ndim == 2:
        total = through(call, np.transpose(other), left.T).T
    else:
        total = call.sets.merge(lanes(call, left, -1)[..., :, None], lanes(call, right, -2)[..., None, :])
    return fill(call, np.reshape(total, call.step.aval.shape))  # pyright: ignore[reportOptionalMemberAccess]


def through(call: Call, matrix: Array, sets: Array) -> Any:
    """Return the sets of ``matrix @ x`` for a constant matrix: row i needs the rows of x where it has entries."""
    rows, columns = np.nonzero(matrix)
    width = sets.shape[1]
    targets = (rows[:, None] * width + np.arange(width)).reshape(-1)
    shape = (np.shape(matrix)[0], width)
    return np.reshape(call.sets.unite(targets, sets[columns].reshape(-1), shape[0] * width), shape)


def matmul(call: Call) -> Any:
    """``a @ b``; with other axes than the last, whatever."""
    return all_of(call) if "axes" in call.step.kwargs else product(call, *call.step.args[:2])


def dot(call: Call) -> Any:
    """``np.dot``: a scaling, a matrix product, or with more axes whatever."""
    one, other = call.step.args[:2]
    ndims = [np.ndim(call.tracked(arg)) for arg in (one, other)]
    return elements(call) if 0 in ndims else product(call, one, other) if max(ndims) < 3 else all_of(call)


def einsum(call: Call) -> Any:
    """Sums of products by letters: each output needs, of each operand, the elements along the letters that are summed."""
    args = {name: arg for _, name, arg in call.named()}
    inputs, output = args["subscripts"].split("->")
    operands = args["operands"] if "operands" in args else [args[name] for name in ("a", "b") if name in args]
    total: Any = np.zeros((), np.int64)
    for term, operand in zip(inputs.split(","), operands, strict=True):
        if references(operand):
            letters = "".join(dict.fromkeys(term))
            sets = np.einsum(f"{term}->{letters}", call.tracked(operand))
            sets = lanes(call, sets, tuple(i for i, c in enumerate(letters) if c not in output))
            met = [c for c in letters if c in output]
            sets = np.transpose(sets, [met.index(c) for c in output if c in met])
            total = call.sets.merge(total, np.reshape(sets, _with_gaps(sets.shape, [c in met for c in output])))
    return fill(call, total)


def _with_gaps(shape: tuple[int, ...], present: list[bool]) -> list[int]:
    lengths = iter(shape)
    return [next(lengths) if there else 1 for there in present]


CONTRACTIONS: dict[str, Any] = {"matmul": matmul, "dot": dot, "einsum": einsum}
