"""Lambert's W, which solves W e^W = z, so that W′ = 1/(z + e^W); through the ufunc behind `scipy.special.lambertw`."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import _ufuncs

from revad.operations.operation import NONDIFF
from revad.operations.registry import elementwise

_lambertw: Any = getattr(_ufuncs, "_lambertw")  # noqa: B009  (private, so not in the stubs)

elementwise(_lambertw, x1=lambda x1, ans: 1 / (x1 + np.exp(ans)), x2=NONDIFF, x3=NONDIFF)
