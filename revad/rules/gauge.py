"""Eigenvectors and singular vectors that are not unique: what a derivative may ask of them, and the error if it asks more.

The derivative of an eigenvector divides by the gaps wⱼ − wᵢ. Where two eigenvalues are equal their eigenvectors may be
turned into each other freely. A function that does not depend on the choice has a cotangent that meets a condition (the
gauge condition: the matrix ``mix`` below is Hermitian in that pair), and then the numerator over the gap vanishes: the term
is dropped. If it does not meet it there is no derivative, and the error says which pair is to blame. The phase of a complex
vector is free in the same way.

One case lies between. A matrix function V diag(h(w)) Vᴴ has a derivative at equal eigenvalues, but it lies in the limit
0/0, which the cotangents of w and V do not tell; and a cotangent may meet the condition by accident. So where a pair's
vectors are used at all, the call is refused, or warned of if the dropped term is zero for the functions that are likely
(projectors).
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from revad.operations.constants import beside
from revad.operations.protocol import own
from revad.operations.registry import nondiff, vjp
from revad.rules.matrices import mH
from revad.typing import Array


def repeated(w: Array) -> Array:
    """Return which pairs i, j of values are equal up to the rounding of the algorithm that found them (i = j too)."""
    size = np.abs(w)
    rounding = 8 * np.finfo(w.dtype).eps * np.sum(size, -1, keepdims=True)
    return np.abs(gaps(w)) <= np.expand_dims(rounding, -1)


def gaps(w: Array) -> Array:
    """Return wⱼ − wᵢ."""
    return np.expand_dims(w, -2) - np.expand_dims(w, -1)


def off_diagonal(w: Array) -> Array:
    """Return where i ≠ j, for as many values as there are along the last axis."""
    return beside(~np.eye(w.shape[-1], dtype=bool), w)


def reciprocal(x: Array) -> Array:
    """Return 1 / x, and 0 where x is 0."""
    return np.where(x == 0, 0, 1 / np.where(x == 0, 1, x))


@own
def settled(same: Any, mix: Any, slope: Array, w: Array, name: str) -> Array:
    """Return ``same``, after making sure that equal values leave the derivative well defined.

    Parameters
    ----------
    same : ndarray of bool, shape (..., n, n)
        Which pairs of values are equal.
    mix : ndarray, shape (..., n, n)
        The pairing of the cotangent with turning vector i towards vector j; Hermitian where turning changes nothing.
    slope : ndarray, shape (..., n)
        The cotangent of the values.
    w : ndarray, shape (..., n)
        The values, for the message.
    name : str
        The function and what its values are called, for the message.

    Returns
    -------
    ndarray of bool
        ``same``.
    """
    pairs = same & off_diagonal(w)
    if not np.iscomplexobj(mix) and not np.any(pairs):
        return same
    tolerance = np.sqrt(np.finfo(w.dtype).eps)
    size, turned = np.max(np.abs(mix), (-2, -1), keepdims=True, initial=0), mH(mix)
    free = same & (np.abs(mix - turned) > tolerance * size)
    if np.any(free):
        raise np.linalg.LinAlgError(_free(*_first(free), w, name))
    pairs = pairs & ((size > 0) | np.all(w == 0, -1)[..., None, None])
    if np.any(pairs):
        steep = np.abs(slope) > tolerance * np.max(np.abs(slope), -1, keepdims=True, initial=0)
        steep = steep[..., None] | steep[..., None, :]
        mixed = np.abs(mix + turned) > tolerance * size
        own_part = np.diagonal(mix, 0, -2, -1)
        used = np.abs(own_part) > tolerance * size[..., 0]
        uneven = np.abs(gaps(own_part)) > tolerance * size
        if np.any(alone := pairs & uneven & ~mixed & ~steep):
            raise np.linalg.LinAlgError(_free(*_first(alone), w, name))
        if np.any(both := pairs & mixed & steep):
            raise np.linalg.LinAlgError(_undetermined(*_first(both), w, name))
        if np.any(dropped := pairs & (steep | mixed | used[..., None] | used[..., None, :])):
            warnings.warn(_dropped(*_first(dropped), w, name), RuntimeWarning, stacklevel=3)
    return same


# Division by what may be zero ------------------------------------------------------------------------------------------------


@own
def over(x: Array, d: Array, zero: Array, doubtful: Any, what: str) -> Array:
    """Return x / d, and 0 where ``zero`` says so.

    In forward mode, and in second derivatives, what arrives here need not be zero where it is divided by zero. That is
    warned of where ``doubtful`` says so, since here nobody can tell whether the dropped term matters.
    """
    return np.where(zero, 0, x / np.where(zero, 1, d))


def over_numerator(g: Array, d: Array, zero: Array, doubtful: Any, what: str) -> Array:
    """x̄ = ȳ / d."""
    return over_once_more(g, d, zero, warned(doubtful, g, what), what)


def over_denominator(g: Array, ans: Array, d: Array, zero: Array) -> Array:
    """d̄ = −ȳ y / d."""
    return np.where(zero, 0, -g * ans / np.where(zero, 1, d))


vjp(over, x=over_numerator, d=over_denominator)


@own
def over_once_more(x: Array, d: Array, zero: Array, doubtful: Any, what: str) -> Array:
    """Return x / d, and 0 where ``zero`` says so, as a derivative of `over`. The next derivative needs what was dropped."""
    return np.where(zero, 0, x / np.where(zero, 1, d))


def once_more_numerator(g: Array, x: Array, d: Array, zero: Array, doubtful: Any, what: str) -> Array:
    """x̄ = ȳ / d, if nothing was dropped."""
    return over_once_more(g, d, zero, refused(refused(doubtful, x, what), g, what), what)


def once_more_denominator(g: Array, ans: Array, x: Array, d: Array, zero: Array, doubtful: Any, what: str) -> Array:
    """d̄ = −ȳ y / d, if nothing was dropped."""
    refused(doubtful, x, what)
    return over_denominator(g, ans, d, zero)


vjp(over_once_more, x=once_more_numerator, d=once_more_denominator)


def lost(doubtful: Any, g: Array) -> Array:
    """Return where g is not zero up to rounding although it is doubtful."""
    size = np.abs(g)
    return doubtful & (size > np.sqrt(np.finfo(size.dtype).eps) * np.max(size, (-2, -1), keepdims=True, initial=0))


@own
def refused(doubtful: Any, g: Array, what: str) -> Array:
    """Return ``doubtful``, after making sure that g is zero there."""
    where = lost(doubtful, g)
    if np.any(where):
        _, i, j = _first(where)
        raise np.linalg.LinAlgError(_limit(what.format(i, j)))
    return doubtful


@own
def barred(x: Array, pairs: Any, what: str) -> Array:
    """Return x with zeros at pairs of equal values, after making sure that it is zero there; its own adjoint."""
    return np.where(refused(pairs, x, what), 0, x)


vjp(barred, x=lambda g, pairs, what: barred(g, pairs, what))


@own
def warned(doubtful: Any, g: Array, what: str) -> Array:
    """Return ``doubtful``, after a warning if g is not zero there."""
    where = lost(doubtful, g)
    if np.any(where):
        _, i, j = _first(where)
        warnings.warn(
            f"{what.format(i, j)}: the derivative of their vectors is taken as zero in the directions that this leaves open. "
            "That is right for functions that do not depend on the choice of these vectors, or on them at all; for a matrix "
            f"function v @ diag(h(w)) @ v.T it misses terms. To be sure, write it without the decomposition, {_CURE}",
            RuntimeWarning,
            stacklevel=3,
        )
    return doubtful


@own
def in_use(same: Any, mix: Array, w: Array) -> Array:
    """Return which pairs of values are equal, and none where no vector is used."""
    return same & off_diagonal(w) & (np.max(np.abs(mix), (-2, -1), keepdims=True, initial=0) > 0)


@own
def rigid(v: Array, pairs: Any, what: str) -> Array:
    """Return vectors, whose own derivative is refused where pairs of values are equal: it is open how these turn into each other."""
    return v


def rigid_pullback(g: Array, pairs: Any, what: str) -> Array:
    """V̄ = ȳ, if no two values are equal."""
    return rigid(unlimited(g, pairs, what), pairs, what)


@own
def unlimited(g: Array, pairs: Any, what: str) -> Array:
    """Return g, after making sure that it is zero for all vectors that belong to a pair; its own adjoint."""
    moves = np.any(np.not_equal(g, 0), -2)[..., : np.shape(pairs)[-1]]
    pairs = pairs & (np.expand_dims(moves, -1) | np.expand_dims(moves, -2))
    if np.any(pairs):
        _, i, j = _first(pairs)
        raise np.linalg.LinAlgError(_limit(what.format(i, j)))
    return g


vjp(rigid, v=rigid_pullback)
vjp(unlimited, g=lambda g, pairs, what: unlimited(g, pairs, what))
nondiff(settled, warned, refused, in_use)


# Messages --------------------------------------------------------------------------------------------------------------------


def _first(where: Any) -> tuple[tuple[int, ...], int, int]:
    *batch, i, j = (int(k) for k in np.argwhere(where)[0])
    return tuple(batch), i, j


def _pair(batch: tuple[int, ...], i: int, j: int, w: Array, name: str) -> str:
    function, _, values = name.partition(": ")
    of = f" of matrix {batch}" if batch else ""
    return f"{function}: {values} {i} and {j}{of} are equal ({float(np.real(w[(*batch, i)])):.6g})"


_CURE = "or keep the values apart with a small perturbation of the matrix, such as A + np.diag(np.linspace(0, 1e-8, n))."


def _limit(values: str) -> str:
    return (
        f"{values}, so this derivative of second or higher order lies in the limit 0/0, which the rules cannot "
        "take. Write the function without the decomposition if you can: a sum over powers of eigenvalues as the trace of a "
        "matrix power, their product as np.linalg.det, a sum of singular values as np.linalg.norm(a, 'nuc'); "
        f"{_CURE}"
    )


def _free(batch: tuple[int, ...], i: int, j: int, w: Array, name: str) -> str:
    if i == j:
        return (
            f"{name.partition(':')[0]}: the phase of complex vector {i} is arbitrary, and the function that is differentiated "
            "depends on it, so it has no derivative. Use only what does not depend on phases: np.abs(v), or the product of a "
            "vector with the conjugate of itself."
        )
    return (
        f"{_pair(batch, i, j, w, name)}, so their vectors may be turned into each other freely, and the function that is "
        "differentiated depends on the choice: it has no derivative. Use only what does not depend on it (the values, or the "
        f"projector v @ v.T onto both vectors), {_CURE}"
    )


def _undetermined(batch: tuple[int, ...], i: int, j: int, w: Array, name: str) -> str:
    return (
        f"{_pair(batch, i, j, w, name)}, and the function that is differentiated uses both them and their vectors, as the "
        "matrix function v @ diag(h(w)) @ v.T does. Its derivative cannot be told from those of w and v. Write the function "
        f"without the decomposition if you can (np.linalg.inv, solve, slogdet), {_CURE}"
    )


def _dropped(batch: tuple[int, ...], i: int, j: int, w: Array, name: str) -> str:
    return (
        f"{_pair(batch, i, j, w, name)}. The derivative given is right if the function uses their vectors only through the "
        "projector v @ v.T onto both, and their values apart from that; for a matrix function v @ diag(h(w)) @ v.T it misses "
        f"terms. To be sure, write it without the decomposition, {_CURE}"
    )
