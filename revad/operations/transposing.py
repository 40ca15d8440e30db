"""How deep rules are at work to be transposed, as forward mode does with a pull-back, rather than to pull a cotangent back.

Forward mode differentiates what is computed, also where only a comparison uses it. A rule that has no derivative to give then says
NaN, which harms nobody who does not use it; in a reverse sweep, where the derivative is wanted, it raises. At depth two, the rule
that is transposed stands for another one that is, and sees a cotangent that is not a value yet.
"""

from __future__ import annotations

from contextvars import ContextVar

DEPTH: ContextVar[int] = ContextVar("DEPTH", default=0)
