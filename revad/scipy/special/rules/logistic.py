"""The logistic function, its inverse and its logarithm; stable in both tails."""

from __future__ import annotations

from scipy import special

from revad.operations.registry import elementwise

elementwise(special.expit, lambda x, ans: ans * special.expit(-x))
elementwise(special.logit, lambda x: 1 / (x * (1 - x)))
elementwise(special.log_expit, lambda x: special.expit(-x))
