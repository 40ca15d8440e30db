"""How large the rounding error of one call can be, from its values: the local part of a round-off analysis.

The unit is u, half the distance from 1 to the next number. Additions, multiplications, divisions and roots are off by at most
one unit of their result [1]_, or by nothing where a longer format gives the same number; NumPy's elementary functions by up to
two units in the last place, which is four. A sum of n terms is off by so many units of the sum of their magnitudes: pairwise
summation adds every term to log₂ n partial sums and 16 or so in its blocks; a sequential one to n, of whose errors about √n are
left, since they have random signs [2]_. Decompositions and solvers are backward stable: exact for a nearby matrix.

.. [1] N. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., SIAM, 2002, chapters 2 to 4.
.. [2] N. Higham and T. Mary, "A new approach to probabilistic rounding error analysis", *SIAM Journal on Scientific Computing*
   41(5), 2019.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from revad.base.arrays import CONTAINERS, is_inexact
from revad.operations.operation import Operation
from revad.operations.python import UFUNCS

Array = np.ndarray[Any, np.dtype[Any]]

EXACT = frozenset(
    (
        np.negative,
        np.positive,
        np.absolute,
        np.fabs,
        np.conjugate,
        np.maximum,
        np.minimum,
        np.fmax,
        np.fmin,
        np.copysign,
        np.sign,
    )
    + (np.floor, np.ceil, np.trunc, np.rint, np.ldexp, np.fmod, np.heaviside, np.floor_divide)
    + (np.real, np.imag)
)
ROUNDED_ONCE = frozenset((np.add, np.subtract, np.multiply, np.divide, np.sqrt, np.square, np.reciprocal))
LOGARITHMS_OF_SUMS = frozenset((np.logaddexp, np.logaddexp2))  # their maximum and a correction, which may cancel
FUNCTION = 4.0  # units of an elementary function
SUMS = frozenset((np.sum, np.mean, np.trace, np.cumsum, np.nansum, np.nanmean))
DIVIDED = frozenset((np.mean, np.nanmean))  # sums that are divided at the end
PRODUCTS = frozenset(
    (np.matmul, np.dot, np.vdot, np.inner, np.tensordot, np.einsum, np.convolve, np.correlate, np.vecdot, np.kron, np.outer)
)
FOLDS = frozenset((np.prod, np.cumprod, np.var, np.std, np.linalg.norm, np.nanprod, np.nanvar, np.nanstd))
BLOCK = 24  # what pairwise summation adds one after the other, in its blocks of 128 with 8 accumulators, and some more
LUCK = 8.0  # errors of random signs exceed √n by this factor hardly ever


class Local(NamedTuple):
    """Bounds on the rounding error of one output of a call, in units u; ``single`` if all were computed in single precision.

    ``backward`` says that the call is exact for arguments changed by so many units of their size; 0 if it is not of that kind.
    """

    size: Any
    single: Any
    backward: float = 0.0


def local_errors(operation: Operation, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: list[Any]) -> list[Local]:
    """Return how far each output of a call can be off by rounding in the call itself.

    Parameters
    ----------
    operation : Operation
        What was called.
    args, kwargs
        Its arguments, plain.
    outputs : list
        What it returned, plain: one output or several.
    """
    function = UFUNCS.get(operation.function, operation.function)
    ans = outputs[0]
    if function in EXACT:
        return [_exactly(ans, np.zeros(np.shape(ans)))]
    if function in ROUNDED_ONCE or (function is np.power and np.ndim(args[1]) == 0 and args[1] == 2):
        size = np.abs(ans) * (4.0 if np.iscomplexobj(ans) else 1.0)
        return [_exactly(ans, np.where(_same_if_longer(function, args, ans), 0.0, size), size)]
    if function in LOGARITHMS_OF_SUMS:
        return [_both(FUNCTION * (np.abs(ans) + np.maximum(*map(np.abs, args[:2]))))]
    if isinstance(function, np.ufunc) or _is_elementwise(operation):
        return [_both(FUNCTION * np.abs(output)) for output in outputs]
    if function in SUMS:
        size = _on_magnitudes(function, args, kwargs) * (_pairwise(args[0], ans) + (function in DIVIDED))
        exact = np.shape(args[0]) == () or np.all(_same_if_longer(function, args, ans, kwargs))
        return [_exactly(ans, np.zeros_like(size) if exact else size, size)]
    if function in PRODUCTS:
        return [_both(_on_magnitudes(function, args, kwargs) * (1 + _sequential(_terms(function, args))))]
    if function in FOLDS:
        return [_both(np.abs(ans) * (2 + _sequential(max(2, np.size(args[0]) // max(1, np.size(ans))))))]
    if all(_is_moved(output, args, kwargs) for output in outputs):
        return [_exactly(output, np.zeros(np.shape(output))) for output in outputs]
    if operation.linear_in:
        return [
            _both(np.full(np.shape(output), FUNCTION * math.log2(np.size(output) + 2) * _rms(output))) for output in outputs
        ]
    order = max([np.shape(value)[-1] for value in _numbers(args, kwargs) if np.ndim(value)], default=1)
    return [Local(FUNCTION * np.abs(output), FUNCTION * np.abs(output), FUNCTION + math.sqrt(order)) for output in outputs]


def _both(size: Any) -> Local:
    return Local(size, size)


def _exactly(ans: Any, size: Any, single: Any = None) -> Local:
    """Return the bounds of a result that may be exact; in single precision it is so if it has few enough bits there."""
    if single is None:
        return Local(size, size)
    with np.errstate(over="ignore", invalid="ignore"):
        fits = np.asarray(ans).astype(np.complex64 if np.iscomplexobj(ans) else np.float32) == ans
    return Local(size, np.where(fits & (np.asarray(size) == 0), 0.0, single))


def _same_if_longer(function: Callable[..., Any], args: tuple[Any, ...], ans: Any, kwargs: dict[str, Any] | None = None) -> Any:
    """Return where a longer format gives the same number, so that nothing was rounded."""
    dtype = np.result_type(np.asarray(ans).dtype)
    longer = {np.dtype(np.float16): np.float64, np.dtype(np.float32): np.float64, np.dtype(np.float64): np.longdouble}.get(
        dtype
    )
    if longer is None or np.finfo(longer).eps >= np.finfo(dtype).eps or (kwargs and set(kwargs) - {"axis", "keepdims"}):
        return False
    inputs = [np.asarray(value) for value in args if not isinstance(value, (int, tuple, type(None)))]
    if any(value.dtype.kind not in "fiub" or value.dtype == np.longdouble for value in inputs):
        return False
    wide = [np.asarray(value, longer) if not isinstance(value, (int, tuple, type(None))) else value for value in args]
    with np.errstate(all="ignore"):
        return function(*wide, **(kwargs or {})) == ans


def _on_magnitudes(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what a sum or product gives for the magnitudes of its terms."""

    def magnitudes(value: Any) -> Any:
        if type(value) in CONTAINERS:
            return type(value)(map(magnitudes, value))
        return np.abs(value) if is_inexact(value) else value

    return np.abs(function(*map(magnitudes, args), **{name: magnitudes(value) for name, value in kwargs.items()}))


def _pairwise(value: Any, ans: Any) -> float:
    """Return how many roundings a term of a sum goes through."""
    terms = max(1, np.size(value) // max(1, np.size(ans)))
    if np.size(ans) == np.size(value) > 1:  # cumsum
        return _sequential(np.size(value))
    contiguous = np.ndim(ans) == 0 or (isinstance(value, np.ndarray) and np.shape(value)[:-1] == np.shape(ans))
    return min(terms - 1, BLOCK + math.log2(terms)) if contiguous else _sequential(terms)


def _sequential(terms: int) -> float:
    return float(min(terms, LUCK * math.sqrt(terms)))


def _terms(function: Callable[..., Any], args: tuple[Any, ...]) -> int:
    arrays = [value for value in args if is_inexact(value)]
    if function in (np.matmul, np.dot, np.inner, np.vecdot):
        return max(1, np.shape(arrays[0])[-1] if arrays and np.ndim(arrays[0]) else 1)
    if function in (np.outer, np.kron):
        return 1
    return max([np.size(value) for value in arrays], default=1)


def _is_elementwise(operation: Operation) -> bool:
    return any(is_partial for _, is_partial in operation.declared.values())


def _is_moved(output: Any, args: Any, kwargs: dict[str, Any]) -> bool:
    """Return whether an output consists of numbers that came in: they were picked, moved or padded, not computed."""
    if not is_inexact(output):
        return True
    given = [np.ravel(value) for value in _numbers(args, kwargs)]
    known = np.concatenate([np.zeros(1), np.ones(1), *given])
    return bool(np.all(np.isin(np.ravel(output), np.concatenate([known, -known]))))


def _numbers(args: Any, kwargs: dict[str, Any]) -> list[Any]:
    found: list[Any] = []
    for value in (*args, *kwargs.values()):
        if type(value) in CONTAINERS:
            found += _numbers(value, {})
        elif is_inexact(value):
            found.append(value)
    return found


def _rms(value: Any) -> float:
    return float(np.sqrt(np.mean(np.abs(value) ** 2))) if np.size(value) else 0.0
