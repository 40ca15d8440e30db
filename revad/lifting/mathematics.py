"""Python's `math` and `cmath` for tracked values: the same functions, in NumPy's words.

Without a tracked value among the arguments each is Python's own. With one, Python's is called on the numbers first, for its errors
(``math.sqrt(-1.0)`` raises).
"""

from __future__ import annotations

import cmath
import functools
import math
import operator
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from revad.base.aval import Aval
from revad.engine.dispatch import apply
from revad.engine.handles import Tracked
from revad.numpy.buffers import bottom
from revad.numpy.classes import to_complex, to_float
from revad.numpy.creation import array, holds_tracked
from revad.operations.protocol import own
from revad.operations.registry import elementwise, linear
from revad.tensors.batched import examples
from revad.typing import Array

_NUMBERS = frozenset((int, float, complex, bool, np.float64))


def lower(value: Any) -> Any:
    """Return a number, or a list of numbers, without what is tracked."""
    return [lower(item) for item in value] if isinstance(value, (list, tuple)) else bottom(value)


def _tracking(original: Callable[..., Any], form: Callable[..., Any], finish: Any) -> Callable[..., Any]:
    """Return a function of `math` that computes with tracked values in another form; what it returns is finished as a Python number."""

    @functools.wraps(original)
    def called(*args: Any, **kwargs: Any) -> Any:
        if not kwargs and _NUMBERS.issuperset(map(type, args)):
            return original(*args)
        args = tuple([list(arg) if hasattr(arg, "__next__") else arg for arg in args])
        if not holds_tracked(args) and not holds_tracked(list(kwargs.values())):
            return original(*args, **kwargs)
        for example in examples((args, kwargs)):  # refuses what is outside of its domain
            original(*[lower(arg) for arg in example[0]], **{name: lower(value) for name, value in example[1].items()})
        ans = form(*args, **kwargs)
        return apply(finish, (ans,), {}) if isinstance(ans, Tracked) else ans

    return called


# What NumPy lacks ---------------------------------------------------------------------------------------------------------------

erf, erfc, gamma, lgamma = own(math.erf), own(math.erfc), own(math.gamma), own(math.lgamma)
elementwise(erf, x=lambda x: 2 / math.sqrt(math.pi) * np.exp(-x * x))
elementwise(erfc, x=lambda x: -2 / math.sqrt(math.pi) * np.exp(-x * x))
elementwise(gamma, x=lambda ans, x: ans * digamma(x))

_ASYMPTOTIC = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)  # B₂ₖ / 2k


def digamma(x: Array) -> Any:
    """Return ψ(x) = Γ'(x)/Γ(x) of a number: reflected to x > 0, shifted to x ≥ 10, then its asymptotic series.

    ψ(1−x) − ψ(x) = π/tan(πx); ψ(x+1) = ψ(x) + 1/x; ψ(x) ~ log x − 1/(2x) − Σ B₂ₖ/(2k x²ᵏ).

    References
    ----------
    .. [1] NIST Digital Library of Mathematical Functions, 5.5.2, 5.5.4 and 5.11.2.
    """
    if x < 0.5:
        return digamma(1 - x) - math.pi / np.tan(math.pi * x)
    shift: Any = 0.0
    while x < 10:
        shift, x = shift - 1 / x, x + 1
    series: Any = 0.0
    for coefficient in reversed(_ASYMPTOTIC):
        series = (coefficient + series) / (x * x)
    return shift + np.log(x) - 1 / (2 * x) - series


elementwise(lgamma, x=digamma)


@own
def exact_sum(values: list[Any]) -> float:
    """Return the sum of numbers, rounded once; see `math.fsum`."""
    return math.fsum(values)


@linear(exact_sum, "values")
def exact_sum_adjoint(g: Array, values: Aval) -> Any:
    """Pass the cotangent to every number."""
    counted: Any = values
    return [g] * len(counted)


def _log(x: Array, *base: Any) -> Any:
    return np.log(x) / np.log(base[0]) if base else np.log(x)


def _remainder(x: Array, y: Array) -> Any:
    return x - np.rint(x / y) * y


def _is_close(a: Array, b: Array, *, rel_tol: float = 1e-9, abs_tol: float = 0.0) -> bool:
    near = np.abs(a - b) <= np.maximum(rel_tol * np.maximum(np.abs(a), np.abs(b)), abs_tol)
    return bool(np.logical_or(a == b, near))  # one decision, which a captured program guards


def _hypot(*coordinates: Any) -> Any:
    return np.linalg.norm(array(coordinates))


def _product(values: Iterable[Any], *, start: Array = 1) -> Any:
    return functools.reduce(operator.mul, values, start)


def _frexp(x: Array) -> tuple[Any, int]:
    exponent = int(np.frexp(x)[1])
    return x * 2.0**-exponent, exponent


def _modf(x: Array) -> tuple[Any, float]:
    whole = int(x)
    return x - whole, float(whole)


def _numpy_names(names: str) -> dict[str, Any]:
    """Return the NumPy functions for names of `math`, where ``acos`` stands for ``arccos``."""
    return {name: getattr(np, f"arc{name[1:]}" if name[0] == "a" else name) for name in names.split()}


_FORMS: dict[str, Callable[..., Any]] = {
    **_numpy_names("acos acosh asin asinh atan atanh cbrt copysign cos cosh degrees exp exp2 expm1 fabs fmod"),
    **_numpy_names("log10 log1p log2 radians sin sinh sqrt tan tanh"),
    "atan2": np.arctan2,
    "ceil": lambda x: int(np.ceil(x)),
    "dist": lambda p, q: np.linalg.norm(array(p) - array(q)),
    "erf": erf,
    "erfc": erfc,
    "floor": lambda x: int(np.floor(x)),
    "fma": lambda x, y, z: x * y + z,
    "frexp": _frexp,
    "fsum": lambda values: exact_sum(list(values)),
    "gamma": gamma,
    "hypot": _hypot,
    "isclose": _is_close,
    "isfinite": lambda x: bool(np.isfinite(x)),
    "isinf": lambda x: bool(np.isinf(x)),
    "isnan": lambda x: bool(np.isnan(x)),
    "ldexp": lambda x, i: x * 2.0**i,
    "lgamma": lgamma,
    "log": _log,
    "modf": _modf,
    "nextafter": lambda x, y, **steps: x + (math.nextafter(lower(x), lower(y), **steps) - lower(x)),
    "pow": np.power,
    "prod": _product,
    "remainder": _remainder,
    "sumprod": lambda p, q: np.dot(array(p), array(q)),
    "trunc": int,
    "ulp": lambda x: np.spacing(np.abs(x)),
}

MATH = {name: _tracking(getattr(math, name), form, to_float) for name, form in _FORMS.items() if hasattr(math, name)}


# Complex numbers ----------------------------------------------------------------------------------------------------------------


def _of_complex(function: Callable[..., Any]) -> Callable[..., Any]:
    def form(x: Array, *rest: Any) -> Any:
        return function(apply(to_complex, (x,), {}) if isinstance(x, Tracked) else x, *rest)

    return form


def _polar(z: Array) -> tuple[Any, Any]:
    return apply(to_float, (np.abs(z),), {}), apply(to_float, (np.angle(z),), {})


_COMPLEX_FORMS: dict[str, Callable[..., Any]] = {
    name: _of_complex(function)
    for name, function in _numpy_names("acos acosh asin asinh atan atanh cos cosh exp log10 sin sinh sqrt tan tanh").items()
}
_COMPLEX_FORMS["log"] = _of_complex(_log)
_COMPLEX_FORMS["rect"] = lambda r, phi: r * np.cos(phi) + 1j * (r * np.sin(phi))

CMATH = {name: _tracking(getattr(cmath, name), form, to_complex) for name, form in _COMPLEX_FORMS.items()}
CMATH |= {name: _tracking(getattr(cmath, name), _FORMS[name], to_float) for name in ("isclose", "isfinite", "isinf", "isnan")}  # pyright: ignore[reportConstantRedefinition]
CMATH["phase"] = _tracking(cmath.phase, np.angle, to_float)
CMATH["polar"] = _tracking(cmath.polar, _polar, to_float)
