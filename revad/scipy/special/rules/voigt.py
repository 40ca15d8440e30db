"""The Voigt profile and the Fresnel integrals: functions of w(z), the Faddeeva function (NIST DLMF 7.19, 7.5)."""

from __future__ import annotations

from cmath import exp
from math import pi, sqrt
from typing import Any

import numpy as np
from scipy import special

from revad.operations.registry import elementwise, vjp
from revad.scipy.special.rules.error_functions import FAR, ROOT_PI, TERMS, erfcx_slope, is_far, wofz_slope
from revad.typing import Array


def wofz_curvature(z: Array) -> Array:
    """w″ = −2w − 2zw′; far out, where that cancels, by the asymptotic series."""
    far = is_far(z)
    near = np.where(far, 1j, z)
    distant = np.where(far, z, FAR)
    square = 1 / (distant * distant)
    total: Any = TERMS + 1
    for k in range(TERMS, 0, -1):
        total = k + (2 * k + 1) / 2 * square * total
    series = (2j / ROOT_PI) * square * total / distant
    return np.where(far, series, -2 * special.wofz(near) - 2 * near * wofz_slope(near))


def line_slope(x: Array, sigma: Array, gamma: Any) -> Array:
    """F′(ζ) at ζ = x + iγ, where the profile is Re F(ζ) = Re w(ζ/(σ√2))/(σ√(2π)), or Re i/(πζ) for σ = 0."""
    zero = sigma == 0
    width, place = np.where(zero, 1, sigma), x + 1j * gamma
    lorentz = np.where(zero, place, 1)
    return np.where(zero, -1j / (pi * lorentz * lorentz), wofz_slope(place / (width * sqrt(2))) / (2 * ROOT_PI * width**2))


def line_curvature(x: Array, sigma: Array, gamma: Any) -> Array:
    """F″(ζ), as `line_slope`."""
    zero = sigma == 0
    width, place = np.where(zero, 1, sigma), x + 1j * gamma
    lorentz = np.where(zero, place, 1)
    gauss = wofz_curvature(place / (width * sqrt(2))) / (2 * sqrt(2 * pi) * width**3)
    return np.where(zero, 2j / (pi * lorentz * lorentz * lorentz), gauss)


elementwise(
    special.voigt_profile,
    x1=lambda x1, x2, x3: np.real(line_slope(x1, x2, x3)),
    x2=lambda x1, x2, x3: x2 * np.real(line_curvature(x1, x2, x3)),  # the heat equation
    x3=lambda x1, x2, x3: -np.imag(line_slope(x1, x2, x3)),
)

# Fresnel integrals -----------------------------------------------------------------------------------------------------------

vjp(special.fresnel, x=lambda g, x: g[0] * np.sin(pi / 2 * x * x) + g[1] * np.cos(pi / 2 * x * x))

TURN = exp(-1j * pi / 4)

vjp(  # K±(x) = erfcx(x e^(∓iπ/4))/2; of F± SciPy's values are off for x < 0, the slope is that of F±
    special.modfresnelp, x=lambda g, x: -g[0] * np.exp(1j * x * x) + g[1] * (TURN / 2) * erfcx_slope(x * TURN)
)
vjp(
    special.modfresnelm,
    x=lambda g, x: -g[0] * np.exp(-1j * x * x) + g[1] * (TURN.conjugate() / 2) * erfcx_slope(x * TURN.conjugate()),
)
