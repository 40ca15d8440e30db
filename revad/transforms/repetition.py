"""Whether a function that is run again repeats itself: what it computes again must be, bit by bit, what it computed before.

Rounding may differ where a value is tracked (a function that is made of others, another order of a sum). So if a run on tracked
values gives other bits, the function is run once more on the kind of values that the first run had, and has to give the first run's
bits. That alone would let a draw of few bits through by luck (a dropout of one unit), so the tracked values must be near as well: they
may differ by rounding that has grown up to ε^¼ of the largest element, 10⁻⁴ in double precision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from inspect import unwrap
from typing import Any

import numpy as np

from revad.base.arrays import is_inexact
from revad.base.places import Site
from revad.engine.handles import plain
from revad.errors import ArgumentError
from revad.typing import Array


def bits(value: Any) -> Any:
    """Return what tells a value from any other one; None for what is no number."""
    value = plain(value)
    if isinstance(value, (np.ndarray, np.generic, float, complex, int)):
        array = np.asarray(value)
        return None if array.dtype.hasobject else (array.shape, array.dtype, _content(array))
    if hasattr(value, "__array_function__"):  # an array on a device
        return value.shape, value.dtype, complex(np.sum(value)), float(np.sum(np.abs(value)))
    return None


def _content(array: Array) -> bytes:
    """Return the bytes of an array's numbers; those of a long double are padded with bytes that mean nothing."""
    if array.dtype.char == "G":
        return _content(array.real) + _content(array.imag)
    if array.dtype.char != "g":
        return array.tobytes()
    mantissa, exponent = np.frexp(array)
    leading = mantissa.astype(np.float64)
    rest = np.where(np.isfinite(leading), mantissa, 0) - np.where(np.isfinite(leading), leading, 0)
    return leading.tobytes() + rest.astype(np.float64).tobytes() + exponent.tobytes()


def same_bits(values: Iterable[Any], others: Iterable[Any]) -> bool:
    """Return whether values are the same to the last bit."""
    return list(map(bits, values)) == list(map(bits, others))


def digest(values: Iterable[Any]) -> list[int]:
    """Return a hash of the bits of each value."""
    return [hash(bits(value)) for value in values]


def in_rows(value: Any) -> Any:
    """Return an array in row-major order without gaps, in which all copies of it are: NumPy's last bits depend on the layout."""
    return value.copy() if isinstance(value, np.ndarray) and not value.flags.c_contiguous else value


def near(values: Iterable[Any], others: Iterable[Any]) -> bool:
    """Return whether numbers differ by what rounding may have grown to, and everything else not at all."""
    for one, other in zip(map(plain, values), map(plain, others), strict=True):
        if bits(one) == bits(other):
            continue
        if not is_inexact(one) or np.shape(one) != np.shape(other):
            return False
        size = np.abs(one)
        bound = np.finfo(size.dtype).eps ** 0.25 * np.max(size, initial=0, where=np.isfinite(size))
        if not np.allclose(one, other, 0, bound, equal_nan=True):
            return False
    return True


class Repeating:
    """A function of the user's that has run before: it is called again, and what it gives is compared with what it gave."""

    def __init__(self, name: str, f: Callable[..., Any], call: Callable[..., Any] | None = None) -> None:
        self.name, self.f, self.call = name, f, call or f

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        try:
            return self.call(*args, **kwargs)
        except StopIteration as error:  # of an iterator that the first run has used up
            raise not_repeated(self.name, self.f) from error

    def check(self, before: list[Any], values: list[Any], once_more: Callable[[], list[Any]]) -> None:
        """Refuse values other than those before, unless rounding made them: ``once_more`` calls on what the first run was given."""
        if not same_bits(before, values):
            self.check_digest(digest(before), values, once_more)

    def check_digest(self, before: list[int], values: list[Any], once_more: Callable[[], list[Any]]) -> None:
        """Do the same where all that is left of the values before is their digest."""
        if before != digest(values):
            again = once_more()
            if before != digest(again) or not near(again, values):
                raise not_repeated(self.name, self.f)


def not_repeated(name: str, f: Callable[..., Any]) -> ArgumentError:
    """Return the error for a function whose second run gave other values than the first: its derivatives would belong to neither."""
    function: Any = unwrap(f)
    code = getattr(function, "__code__", None) or getattr(type(function).__call__, "__code__", None)
    title = getattr(function, "__name__", type(function).__name__)
    place = f" ({title} at {Site(code.co_filename, code.co_firstlineno)})" if code else ""
    return ArgumentError(
        f"{name}: the function gave other values when it was called again with the same arguments{place}. It draws random numbers, "
        "or changes what it uses. Make the generator inside the function, np.random.default_rng(seed), or pass the numbers in."
    )
