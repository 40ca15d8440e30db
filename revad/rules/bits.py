"""Functions of the floating-point representation: sign bit, exponent, neighbours, whole part."""

from __future__ import annotations

import numpy as np

from revad.operations.operation import NONDIFF, ONE
from revad.operations.registry import elementwise, linear, nondiff, vjp
from revad.typing import Array

elementwise(np.copysign, x1=lambda x1, ans: np.sign(x1) * np.sign(ans), x2=NONDIFF)
elementwise(np.nextafter, x1=ONE, x2=NONDIFF)
nondiff(np.spacing, np.signbit)


@linear(np.ldexp, "x1")
def ldexp_adjoint(g: Array, x2: Array) -> Array:
    """Scale by the same power of two: x̄ = ȳ · 2^n."""
    return np.ldexp(g, x2)


# x = m · 2^e and x = f + n: the exponent e and the whole part n are locally constant.
vjp(np.frexp, x=lambda g, ans: np.ldexp(g[0], -ans[1]))
vjp(np.modf, x=lambda g: g[0])
