"""The logistic function, its inverse and its logarithm; stable in both tails."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from revad.operations.operation import NONDIFF
from revad.operations.protocol import own
from revad.operations.registry import elementwise


@own
def bell(x: Any, expit: Any) -> Any:
    """Return σ(x) σ(−x), given σ(x)."""
    return expit * special.expit(-x)


@own
def logit_slope(p: Any) -> Any:
    """Return 1/(p (1 − p))."""
    return 1 / (p * (1 - p))


# σ(−x) − σ(x) = −tanh(x/2), and p − (1 − p), keep their digits where the two are equal
elementwise(bell, x=lambda x, ans: -np.tanh(x / 2) * ans, expit=NONDIFF)
elementwise(logit_slope, p=lambda p, ans: (2 * p - 1) * ans * ans)

elementwise(special.expit, lambda x, ans: bell(x, ans))
elementwise(special.logit, lambda x: logit_slope(x))
elementwise(special.log_expit, lambda x: special.expit(-x))
