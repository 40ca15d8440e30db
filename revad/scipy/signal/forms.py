"""Forms of a filter and their transformations: coefficients, zeros and poles, sections; analog to digital, low-pass to others.

With these, Butterworth and the other classical designs are differentiable in their critical frequencies: only the prototype's
zeros and poles are constants.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal as sp

from revad.errors import NoRuleError
from revad.rules.axes import as_dtype
from revad.scipy.drop_in import as_array, drop_in, is_tracked
from revad.typing import Array


def roots_and(*values: Any) -> list[Any]:
    """Return zeros and poles as vectors."""
    return [np.atleast_1d(as_array(value)) for value in values]


def polynomial(roots: Any) -> Any:
    """Return the coefficients of Π (x − rₖ), highest power first: real where the roots come in conjugate pairs."""
    return np.poly(roots) if np.size(roots) else np.ones(1)


@drop_in(sp.zpk2tf)
def zpk2tf(z: Array, p: Array, k: Any) -> Any:
    """Return the coefficients of k Π (s − zₖ) / Π (s − pₖ)."""
    z, p = roots_and(z, p)
    if np.ndim(z) > 1:
        k = np.broadcast_to(np.atleast_1d(as_array(k)), np.shape(z)[:1])
        return np.stack([k[i] * polynomial(z[i]) for i in range(np.shape(z)[0])]), polynomial(p)
    return k * polynomial(z), polynomial(p)


@drop_in(sp.normalize)
def normalize(b: Array, a: Array) -> Any:
    """Divide by the leading coefficient of the denominator; leading zeros are dropped."""
    b, a = roots_and(b, a)
    a = a[int(np.argmax(a != 0)) :]
    b, a = b / a[0], a / a[0]
    rows = np.reshape(b, (-1, np.shape(b)[-1]))
    filled = np.any(np.abs(rows) > 1e-14, 0)
    return b[..., min(int(np.argmax(filled)), np.shape(b)[-1] - 1) :], a


@drop_in(sp.tf2zpk)
def tf2zpk(b: Array, a: Array) -> Any:
    """Return the zeros, the poles and the gain."""
    b, a = normalize(b, a)
    return np.roots(b / b[0]), np.roots(a), b[0]


@drop_in(sp.sos2tf)
def sos2tf(sos: Array) -> Any:
    """Multiply the polynomials of all sections."""
    sos = as_array(sos)
    b, a = sos[0, :3], sos[0, 3:]
    for section in range(1, np.shape(sos)[0]):
        b, a = np.convolve(b, sos[section, :3]), np.convolve(a, sos[section, 3:])
    return b, a


@drop_in(sp.sos2zpk)
def sos2zpk(sos: Array) -> Any:
    """Return the zeros, poles and gain of all sections; what a section of lower order lacks is 0."""
    sos = as_array(sos)
    parts = [tf2zpk(sos[section, :3], sos[section, 3:]) for section in range(np.shape(sos)[0])]

    def pairs(which: int) -> Any:
        return np.concatenate([np.concatenate([part[which], np.zeros(2 - np.size(part[which]), complex)]) for part in parts])

    return pairs(0), pairs(1), np.prod(np.stack([part[2] for part in parts]))


# Transformations of zeros and poles ------------------------------------------------------------------------------------------


def excess(z: Array, p: Array) -> int:
    """Return how many more poles than zeros there are: so many zeros lie at infinity."""
    if np.size(z) > np.size(p):
        raise ValueError(
            f"Improper transfer function with {np.size(z)} zeros and {np.size(p)} poles: it must have as many poles as zeros."
        )
    return np.size(p) - np.size(z)


@drop_in(sp.lp2lp_zpk)
def lp2lp_zpk(z: Array, p: Array, k: Any, wo: Any = 1.0) -> Any:
    """Move the cutoff from 1 to wo: s → s / wo."""
    z, p = roots_and(z, p)
    return wo * z, wo * p, k * wo ** excess(z, p)


@drop_in(sp.lp2hp_zpk)
def lp2hp_zpk(z: Array, p: Array, k: Any, wo: Any = 1.0) -> Any:
    """Make a high-pass filter: s → wo / s."""
    z, p = roots_and(z, p)
    return np.concatenate([wo / z, np.zeros(excess(z, p))]), wo / p, k * np.real(np.prod(-z) / np.prod(-p))


def split_roots(r: Array, wo: Any) -> Array:
    """Return r ± √(r² − wo²)."""
    r = as_dtype(r, np.complex128)
    root = np.sqrt(r**2 - wo**2)
    return np.concatenate([r + root, r - root])


@drop_in(sp.lp2bp_zpk)
def lp2bp_zpk(z: Array, p: Array, k: Any, wo: Any = 1.0, bw: Any = 1.0) -> Any:
    """Make a band-pass filter: s → (s² + wo²) / (s bw)."""
    z, p = roots_and(z, p)
    degree = excess(z, p)
    return np.concatenate([split_roots(z * bw / 2, wo), np.zeros(degree)]), split_roots(p * bw / 2, wo), k * bw**degree


@drop_in(sp.lp2bs_zpk)
def lp2bs_zpk(z: Array, p: Array, k: Any, wo: Any = 1.0, bw: Any = 1.0) -> Any:
    """Make a band-stop filter: s → s bw / (s² + wo²)."""
    z, p = roots_and(z, p)
    notch = np.broadcast_to(np.reshape(1j * as_array(wo), (1,)), (excess(z, p),))
    zeros = np.concatenate([split_roots(bw / 2 / z, wo), notch, -notch])
    return zeros, split_roots(bw / 2 / p, wo), k * np.real(np.prod(-z) / np.prod(-p))


@drop_in(sp.bilinear_zpk)
def bilinear_zpk(z: Array, p: Array, k: Any, fs: Array) -> Any:
    """Make a digital filter: s = 2 fs (z − 1) / (z + 1)."""
    z, p = roots_and(z, p)
    double = 2.0 * fs
    zeros = np.concatenate([(double + z) / (double - z), -np.ones(excess(z, p))])
    return zeros, (double + p) / (double - p), k * np.real(np.prod(double - z) / np.prod(double - p))


@drop_in(sp.bilinear)
def bilinear(b: Array, a: Array, fs: Array = 1.0) -> Array:
    """Make a digital filter from coefficients: Σ bₖ sᵏ (z + 1)ᴺ with s = 2 fs (z − 1) / (z + 1)."""
    b, a = roots_and(b, a)
    b, a = b[int(np.argmax(b != 0)) :], a[int(np.argmax(a != 0)) :]
    degree = max(np.size(a), np.size(b)) - 1
    powers = [bilinear_power(degree, q) for q in range(degree + 1)]

    def moved(c: Array) -> Array:
        reverse = np.flip(c)
        return sum(reverse[q] * (2.0 * fs) ** q * powers[q] for q in range(np.size(c)))

    return normalize(moved(b), moved(a))


def bilinear_power(degree: int, q: int) -> Any:
    """Return the coefficients of (z − 1)^q (z + 1)^(degree − q), highest power first."""
    return np.poly([1.0] * q + [-1.0] * (degree - q))


@drop_in(sp.lp2lp)
def lp2lp(b: Array, a: Array, wo: Any = 1.0) -> Array:
    """Move the cutoff of coefficients from 1 to wo."""
    b, a = roots_and(b, a)
    wo = as_array(wo) if np.ndim(wo) == 0 else wo[0]
    d, n = np.size(a), np.size(b)
    lead = max(n - d, 0)
    powers = wo ** np.arange(max(d, n) - 1, -1, -1.0)
    return normalize(b * powers[lead] / powers[max(d - n, 0) :], a * powers[lead] / powers[lead:])


# Designs ---------------------------------------------------------------------------------------------------------------------

BANDS = {
    **dict.fromkeys(("band", "bandpass", "pass", "bp"), "bandpass"),
    **dict.fromkeys(("bs", "bandstop", "bands", "stop"), "bandstop"),
    **dict.fromkeys(("l", "low", "lowpass", "lp"), "lowpass"),
    **dict.fromkeys(("high", "highpass", "h", "hp"), "highpass"),
}


def prototype(ftype: str, N: int, rp: Any, rs: Any) -> Any:
    """Return zeros, poles and gain of the analog low-pass filter with the cutoff 1."""
    if is_tracked(rp, rs):
        raise NoRuleError(
            "iirfilter is differentiable in the critical frequencies Wn, not in the ripples rp and rs. Make these constants."
        )
    if ftype in ("butter", "butterworth"):
        return sp.buttap(N)
    if ftype in ("cheby1", "chebyshev1", "chebyshevi"):
        return sp.cheb1ap(N, rp)
    if ftype in ("cheby2", "chebyshev2", "chebyshevii"):
        return sp.cheb2ap(N, rs)
    if ftype in ("ellip", "elliptic", "cauer"):
        return sp.ellipap(N, rp, rs)
    return sp.besselap(N, norm={"bessel": "phase"}.get(ftype, ftype.removeprefix("bessel_")))


@drop_in(sp.iirfilter)
def iirfilter(
    N: int,
    Wn: Any,
    rp: Any = None,
    rs: Any = None,
    btype: str = "band",
    analog: Any = False,
    ftype: str = "butter",
    output: str = "ba",
    fs: Array = None,
) -> Array:
    """Design a filter: prototype, transformation of frequencies, bilinear transformation; differentiable in Wn and fs."""
    if output == "sos":
        raise NoRuleError(
            "a design as sections pairs zeros with poles by their values; for tracked Wn use output='zpk' or 'ba'."
        )
    Wn = as_array(Wn) if fs is None else as_array(Wn) / (fs / 2)
    z, p, k = prototype(ftype.lower(), N, rp, rs)
    warped = Wn if analog else 4.0 * np.tan(np.pi * Wn / 2.0)
    kind = BANDS[btype.lower()]
    if kind in ("lowpass", "highpass"):
        z, p, k = (lp2lp_zpk if kind == "lowpass" else lp2hp_zpk)(z, p, k, warped if np.ndim(warped) == 0 else warped[0])
    else:
        move = lp2bp_zpk if kind == "bandpass" else lp2bs_zpk
        z, p, k = move(z, p, k, np.sqrt(warped[0] * warped[1]), warped[1] - warped[0])
    if not analog:
        z, p, k = bilinear_zpk(z, p, k, 2.0)
    return (z, p, k) if output == "zpk" else zpk2tf(z, p, k)


@drop_in(sp.butter)
def butter(N: int, Wn: Any, btype: str = "low", analog: Any = False, output: str = "ba", fs: Array = None) -> Array:
    """Design a Butterworth filter."""
    return iirfilter(N, Wn, None, None, btype, analog, "butter", output, fs)


@drop_in(sp.cheby1)
def cheby1(N: int, rp: Any, Wn: Any, btype: str = "low", analog: Any = False, output: str = "ba", fs: Array = None) -> Array:
    """Design a Chebyshev filter with ripples in the pass band."""
    return iirfilter(N, Wn, rp, None, btype, analog, "cheby1", output, fs)


@drop_in(sp.cheby2)
def cheby2(N: int, rs: Any, Wn: Any, btype: str = "low", analog: Any = False, output: str = "ba", fs: Array = None) -> Array:
    """Design a Chebyshev filter with ripples in the stop band."""
    return iirfilter(N, Wn, None, rs, btype, analog, "cheby2", output, fs)


@drop_in(sp.ellip)
def ellip(
    N: int, rp: Any, rs: Any, Wn: Any, btype: str = "low", analog: Any = False, output: str = "ba", fs: Array = None
) -> Array:
    """Design an elliptic filter."""
    return iirfilter(N, Wn, rp, rs, btype, analog, "elliptic", output, fs)


@drop_in(sp.bessel)
def bessel(
    N: int,
    Wn: Any,
    btype: str = "low",
    analog: Any = False,
    output: str = "ba",
    norm: str = "phase",
    fs: Array = None,
) -> Array:
    """Design a Bessel filter."""
    return iirfilter(N, Wn, None, None, btype, analog, f"bessel_{norm}", output, fs)
