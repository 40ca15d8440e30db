"""Combinations, factorials and polygamma functions: functions of real arguments, by way of the gamma function."""

from __future__ import annotations

import numpy as np
from scipy import special

from revad.operations.operation import NONDIFF
from revad.operations.protocol import own
from revad.operations.registry import elementwise
from revad.scipy.special.numeric import Slope, integer
from revad.typing import Array


@own
def comb(N: Array, k: Array, *, exact: bool = False, repetition: bool = False) -> Array:
    """Return the binomial coefficient N! / (k! (N − k)!) of real N and k.

    Parameters
    ----------
    N : array_like
        How many there are.
    k : array_like
        How many are taken.
    exact : bool
        Compute with integers, as `scipy.special.comb` does; then nothing is differentiable.
    repetition : bool
        Count draws with repetition, of which there are (N + k − 1)! / (k! (N − 1)!).

    Returns
    -------
    float, ndarray or Tensor
        0 where k > N, N < 0 or k < 0.

    Examples
    --------
    >>> import revad
    >>> print(f"{revad.grad(comb)(5.0, 2):.6f}")  # of N (N − 1) / 2
    4.500000
    """
    return special.comb(N, k, exact=exact, repetition=repetition)


def chosen(i: int, N: Array, k: Array, exact: bool, repetition: bool) -> Array:
    """∂/∂N or ∂/∂k of the binomial coefficient; 0 where that is set to 0."""
    del exact  # an integer result is not differentiated
    n = N + k - 1 if repetition else N
    inside = (k <= n) & (n >= 0) & (k >= 0) if not repetition else np.not_equal(k, 0) | (N >= 0)
    slope = Slope(special.binom, i)(n, k)
    if repetition and i == 1:
        slope = slope + Slope(special.binom, 0)(n, k)
    return np.where(inside, slope, 0)


elementwise(
    comb,
    N=lambda N, k, exact=False, repetition=False: chosen(0, N, k, exact, repetition),
    k=lambda N, k, exact=False, repetition=False: chosen(1, N, k, exact, repetition),
)


@own
def perm(N: Array, k: Array, exact: bool = False) -> Array:
    """Return N! / (N − k)!, the number of ways to take k of N things in order, for real N and k.

    Parameters
    ----------
    N : array_like
        How many there are.
    k : array_like
        How many are taken.
    exact : bool
        Compute with integers, as `scipy.special.perm` does; then nothing is differentiable.

    Returns
    -------
    float, ndarray or Tensor
        0 where k > N, N < 0 or k < 0.

    Examples
    --------
    >>> import revad
    >>> print(f"{revad.grad(perm)(5.0, 2):.6f}")  # of N (N − 1)
    9.000000
    """
    return special.perm(N, k, exact=exact)


def arranged(i: int, N: Array, k: Array) -> Array:
    """∂/∂N or ∂/∂k of (N − k + 1) (N − k + 2) ... N, Pochhammer's symbol."""
    start = Slope(special.poch, 0)(N - k + 1, k)
    slope = start if i == 0 else Slope(special.poch, 1)(N - k + 1, k) - start
    return np.where((k <= N) & (N >= 0) & (k >= 0), slope, 0)


elementwise(perm, N=lambda N, k: arranged(0, N, k), k=lambda N, k: arranged(1, N, k))


@own
def factorial(n: Array, exact: bool = False, extend: str = "zero") -> Array:
    """Return n! = Γ(n + 1).

    Parameters
    ----------
    n : array_like
        Real; complex too where ``extend`` is ``"complex"``.
    exact : bool
        Compute with integers, as `scipy.special.factorial` does; then nothing is differentiable.
    extend : {"zero", "complex"}
        What the factorial of a negative number is: 0, or Γ(n + 1).

    Returns
    -------
    float, ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> print(f"{revad.grad(factorial)(0.0):.4f}")  # minus Euler's constant
    -0.5772
    """
    return special.factorial(n, exact=exact, extend=extend)


def factorial_slope(n: Array, extend: str = "zero") -> Array:
    """Γ(n + 1) ψ(n + 1)."""
    inside = np.equal(n, n) if extend == "complex" else n >= 0
    n = np.where(inside, n, 1)
    return np.where(inside, special.gamma(n + 1) * special.digamma(n + 1), 0)


elementwise(factorial, n=factorial_slope)


@own
def factorial2(n: Array, exact: bool = False, extend: str = "zero") -> Array:
    """Return the double factorial n!! = n (n − 2) (n − 4) ..., of real and complex n with ``extend="complex"``.

    Parameters
    ----------
    n : array_like
        Integers; with ``extend="complex"`` any number.
    exact : bool
        Compute with integers, as `scipy.special.factorial2` does.
    extend : {"zero", "complex"}
        ``"complex"`` continues the values at odd numbers: √(2/π) 2^(n/2) Γ(n/2 + 1).

    Returns
    -------
    float, ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> print(f"{revad.grad(factorial2)(1.0, extend='complex'):.4f}")
    0.3648
    """
    return special.factorial2(n, exact=exact, extend=extend)


@own
def factorialk(n: Array, k: Array, exact: bool = False, extend: str = "zero") -> Array:
    """Return the multifactorial n (n − k) (n − 2k) ..., of real and complex n and k with ``extend="complex"``.

    Parameters
    ----------
    n : array_like
        Integers; with ``extend="complex"`` any number.
    k : int, float or complex
        The step.
    exact : bool
        Compute with integers, as `scipy.special.factorialk` does.
    extend : {"zero", "complex"}
        ``"complex"`` continues the values at 1, k + 1, 2k + 1 ...: k^((n−1)/k) Γ(n/k + 1) / Γ(1/k + 1).

    Returns
    -------
    float, ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> print(f"{revad.grad(factorialk)(4.0, 3, extend='complex'):.4f}")
    2.2888
    """
    step = k[()] if isinstance(k, np.ndarray) else k  # SciPy takes numbers only
    return special.factorialk(n, step, exact=exact, extend=extend)


def multifactorial_in_n(ans: Array, n: Array, k: Array) -> Array:
    """Y (log k + ψ(n/k + 1)) / k."""
    return ans * (np.log(k) + special.digamma(n / k + 1)) / k


def multifactorial_in_k(ans: Array, n: Array, k: Array) -> Array:
    """Y ((n − 1)(1 − log k) − n ψ(n/k + 1) + ψ(1/k + 1)) / k²."""
    return ans * ((n - 1) * (1 - np.log(k)) - n * special.digamma(n / k + 1) + special.digamma(1 / k + 1)) / (k * k)


elementwise(factorial2, n=lambda ans, n: multifactorial_in_n(ans, n, 2))
elementwise(factorialk, n=lambda ans, n, k: multifactorial_in_n(ans, n, k), k=lambda ans, n, k: multifactorial_in_k(ans, n, k))


@own
def polygamma(n: Array, x: Array) -> Array:
    """Return the n-th derivative of the digamma function.

    Parameters
    ----------
    n : array_like of int
        The order.
    x : array_like, real

    Returns
    -------
    ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> np.allclose(revad.grad(polygamma, argnums=1)(0, 1.0), np.pi**2 / 6)
    True
    """
    return special.polygamma(n, x)


integer(polygamma, n="the order of the derivative")
elementwise(polygamma, x=lambda n, x: polygamma(n + 1, x))


@own
def multigammaln(a: Array, d: int) -> Array:
    """Return the logarithm of the multivariate gamma function, log Γ_d(a) = d(d − 1)/4 · log π + Σ log Γ(a − (j − 1)/2).

    Parameters
    ----------
    a : array_like, real
        Greater than (d − 1)/2.
    d : int
        The dimension.

    Returns
    -------
    ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> np.allclose(revad.grad(multigammaln)(3.0, 1), special.digamma(3.0))
    True
    """
    return special.multigammaln(a, d)  # pyright: ignore[reportAttributeAccessIssue]  (not in the stubs)


elementwise(multigammaln, a=lambda a, d: sum(special.digamma(a - j / 2) for j in range(d)), d=NONDIFF)
