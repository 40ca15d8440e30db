"""The adjoint of a write into part of an array, in the memory of the cotangent: many writes into a long array cost little each."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.base.aval import Aval
from revad.operations.indexing import is_basic
from revad.operations.registry import vjp_joint
from revad.operations.writing import Step, locate, write_at
from revad.rules.scattering import last_writes, may_repeat, with_leading_ones
from revad.typing import Array, Index


@vjp_joint(write_at, "x", "value", linear=True)
def write_pullback(
    g: Array,
    needs: tuple[bool, bool],
    steps: tuple[Step, ...],
    key: Index,
    value: Aval,
    adds: bool = False,
    ours: bool = False,
) -> tuple[Any, Any]:
    """v̄ = ȳ[key], read through the view; x̄ = ȳ, with 0 where it was overwritten, written into ȳ itself if that is ours."""
    g_value = None
    if needs[1]:
        target, at = locate(g, steps, key)
        g_value = target[at]
        if any(step[0] is np.imag for step in steps):
            g_value = -g_value  # Im z = Re(−i z), and cotangents pair without conjugation
        if not adds and may_repeat(at):
            g_value = np.where(last_writes(at, np.shape(target), g_value), g_value, 0)
        if needs[0] and is_basic(at) and not isinstance(g_value, (float, np.generic)):
            g_value = np.copy(g_value)  # a view of what is about to be overwritten
        g_value = with_leading_ones(g_value, value)
    if adds or not needs[0]:
        return g, g_value
    g = g if ours and np.ndim(g) else np.copy(g)
    target, at = locate(g, steps, key)
    target[at] = 0
    return g, g_value
