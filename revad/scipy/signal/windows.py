"""`scipy.signal.windows`, differentiable in the parameters of shape."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.signal import windows as sp

from revad.scipy.drop_in import as_array, drop_in
from revad.typing import Array


def shaped(M: int, sym: Any, formula: Any) -> Any:
    """Evaluate a window's formula at its samples n; a periodic one is that of one sample more without its last."""
    if M <= 1:
        return np.ones(M)
    length = M if sym else M + 1
    return formula(np.arange(float(length)), length)[:M]


@drop_in(sp.gaussian)
def gaussian(M: int, std: Any, sym: Any = True, **_: Any) -> Any:
    """exp(−t² / 2σ²) around the middle."""
    return shaped(M, sym, lambda n, m: np.exp(-((n - (m - 1) / 2) ** 2) / (2 * std * std)))


@drop_in(sp.general_gaussian)
def general_gaussian(M: int, p: Array, sig: Any, sym: Any = True, **_: Any) -> Array:
    """exp(−½ |t/σ|^2p) around the middle."""
    return shaped(M, sym, lambda n, m: np.exp(-0.5 * np.abs((n - (m - 1) / 2) / sig) ** (2 * p)))


@drop_in(sp.kaiser)
def kaiser(M: int, beta: Array, sym: Any = True, **_: Any) -> Array:
    """I₀(β √(1 − t²)) / I₀(β) for t from −1 to 1."""

    def formula(n: Any, m: int) -> Any:
        half = (m - 1) / 2
        return np.i0(beta * np.sqrt(1 - ((n - half) / half) ** 2)) / np.i0(beta)

    return shaped(M, sym, formula)


@drop_in(sp.tukey)
def tukey(M: int, alpha: Array = 0.5, sym: Any = True, **_: Any) -> Array:
    """A flat top with cosine flanks that take up the part α."""
    if alpha <= 0:
        return np.ones(M)
    alpha = np.minimum(alpha, 1.0)

    def formula(n: Any, m: int) -> Any:
        distance = np.minimum(n, m - 1 - n)  # from the nearer end
        flank = 0.5 * (1 + np.cos(np.pi * (-1 + 2 * distance / alpha / (m - 1))))
        return np.where(distance <= np.floor(alpha * (m - 1) / 2), flank, 1.0)

    return shaped(M, sym, formula)


@drop_in(sp.exponential)
def exponential(M: int, center: Any = None, tau: Any = 1.0, sym: Any = True, **_: Any) -> Any:
    """exp(−|t| / τ) around the center."""
    if sym and center is not None:
        raise ValueError("exponential: a symmetric window has its center in the middle; give sym=False with a center.")
    return shaped(M, sym, lambda n, m: np.exp(-np.abs(n - ((m - 1) / 2 if center is None else center)) / tau))


@drop_in(sp.general_cosine)
def general_cosine(M: int, a: Array, sym: Any = True) -> Array:
    """Σ aₖ cos(k t) for t from −π to π."""
    a = as_array(a)
    return shaped(M, sym, lambda n, m: sum(a[k] * np.cos(k * np.linspace(-np.pi, np.pi, m)) for k in range(np.shape(a)[0])))


@drop_in(sp.general_hamming)
def general_hamming(M: int, alpha: Array, sym: Any = True, **_: Any) -> Array:
    """α + (1 − α) cos t for t from −π to π."""
    return shaped(M, sym, lambda _, m: alpha + (1 - alpha) * np.cos(np.linspace(-np.pi, np.pi, m)))


@drop_in(sp.taylor)
def taylor(M: int, nbar: int = 4, sll: Any = 30, norm: Any = True, sym: Any = True, **_: Any) -> Any:
    """1 + 2 Σ Fₘ cos(2π m t), the first sidelobes at one level of ``sll`` decibels below the main one."""
    level = np.arccosh(10 ** (sll / 20)) / np.pi
    m = np.arange(1.0, nbar)
    stretch = nbar**2 / (level**2 + (nbar - 0.5) ** 2)
    weights: list[Any] = []
    for i, order in enumerate(m):
        above = (-1) ** i * np.prod(1 - order**2 / stretch / (level**2 + (m - 0.5) ** 2))
        weights.append(above / (2 * np.prod(1 - order**2 / np.delete(m, i) ** 2)))

    def at(n: Any, length: int) -> Any:
        return 1 + 2 * sum(
            w * np.cos(2 * np.pi * order * (n - length / 2.0 + 0.5) / length) for w, order in zip(weights, m, strict=True)
        )

    return shaped(M, sym, lambda n, length: at(n, length) / (at((length - 1) / 2, length) if norm else 1.0))


@drop_in(sp.chebwin)
def chebwin(M: int, at: Any, sym: Any = True, **_: Any) -> Any:
    """Return the window whose sidelobes all have the level ``at``: its spectrum is a Chebyshev polynomial."""

    def formula(n: Any, m: int) -> Any:
        order = m - 1.0
        x = np.cosh(np.arccosh(10 ** (np.abs(at) / 20.0)) / order) * np.cos(np.pi * n / m)
        beyond = np.cosh(order * np.arccosh(np.where(np.abs(x) > 1, np.abs(x), 2.0)))
        inside = np.cos(order * np.arccos(np.where(np.abs(x) > 1, 0.0, x)))
        spectrum = np.where(np.abs(x) <= 1, inside, np.where(x > 1, beyond, (2 * (m % 2) - 1) * beyond))
        shift = 0.0 if m % 2 else n / m
        half = np.real(np.fft.fft(spectrum * np.exp(1j * np.pi * shift)))[: m // 2 + 1]
        w = np.concatenate([np.flip(half[1:]), half[1 - m % 2 :]])
        return w / np.max(w)

    return shaped(M, sym, formula)


def __getattr__(name: str) -> Any:
    return getattr(sp, name)


def __dir__() -> list[str]:
    return dir(sp)
