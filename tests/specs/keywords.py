"""Rows of keywords that many functions share, ``out where dtype``, and of rare ones; the common ones stand with their families."""

from __future__ import annotations

from collections.abc import Iterator
from functools import wraps
from typing import Any

import numpy as np

from revad.operations.operation import if_present
from tests.specs import complex_parts, elementwise
from tests.specs._row import Const, Row, positive, real, row


def into(function: Any) -> Any:
    """Return a function that lets another one write into ``out``, where something stood before."""

    @wraps(function)
    def write(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        several = isinstance(result, tuple)
        targets = tuple(np.full_like(part, 2.0) for part in (result if several else (result,)))
        returned = function(*args, out=targets if several else targets[0], **kwargs)
        return (*targets, *(returned if several else (returned,)))

    return write


def masked(function: Any) -> Any:
    """Return a function that lets a ufunc write where a mask holds, and keeps the old values elsewhere."""

    @wraps(function)
    def write(*args: Any) -> Any:
        result = function(*args[:-1])
        several = isinstance(result, tuple)
        targets = tuple(part * 0 + args[0] for part in (result if several else (result,)))
        function(*args[:-1], out=targets if several else targets[0], where=args[-1])
        return targets

    return write


def of_ufuncs() -> Iterator[Row]:
    """Rows of each ufunc with ``out``, with ``where``, and with the result in double precision whatever comes in."""
    seen: set[Any] = set()
    for r in [*elementwise.ROWS, *complex_parts.ROWS]:
        ufunc = r.function
        if not isinstance(ufunc, np.ufunc) or ufunc in seen or r.name == "heaviside: steps":
            continue
        seen.add(ufunc)
        args = r.args
        result = ufunc(*(a.value if isinstance(a, Const) else a for a in args))
        mask = np.resize([True, False, True, True, False], np.shape(result[0] if isinstance(result, tuple) else result))
        options: Any = {"order": r.order, "tolerance": r.tolerance}
        if ufunc is not np.frexp:
            yield row(into(ufunc), *args, name=f"{ufunc.__name__}(out)", float32=r.float32, complex=r.complex, **options)
        if ufunc.nout == 1:
            yield row(masked(ufunc), *args, mask, name=f"{ufunc.__name__}(out, where)", float32=r.float32, **options)
        if ufunc not in (np.ldexp, np.frexp):
            yield row(ufunc, *args, name=f"{ufunc.__name__}(dtype)", dtype=np.float64, float32=False, **options)


A = real(3, 4)
OUT = [
    (np.choose, [2, 0, 1, 1], A),
    (np.clip, A, -1.0, 1.0),
    (np.compress, [True, False], A, 1),
    (np.concatenate, [A, A[:1] * 2]),
    (np.stack, [A, A * 2]),
    *((f, A, 1) for f in (np.cumsum, np.cumprod, np.nancumsum, np.nancumprod)),
    *((f, A[0]) for f in (if_present("cumulative_sum"), if_present("cumulative_prod"))),
    (np.dot, A, real(4, 2, salt=1)),
    (np.matmul, A, real(4, 2, salt=1)),
    (if_present("matvec"), A, real(4, salt=1)),
    (if_present("vecmat"), real(3, salt=1), A),
    (np.vecdot, A, real(4, salt=1)),
    (np.outer, real(3), real(2, salt=1)),
    (np.linalg.multi_dot, [A, real(4, 2, salt=1), real(2, 3, salt=2)]),
    (np.take, A, [0, 2, 2], 0),
    (np.trace, A),
    (np.quantile, A, Const(0.4), 1),
    (np.percentile, A, Const(40.0), 1),
    (np.nanpercentile, A, Const(40.0), 1),
    (np.nanquantile, A, Const(0.4), 1),
    *((f, A, 1) for f in (np.max, np.min, np.amax, np.amin, np.mean, np.median, np.prod, np.ptp, np.std, np.sum, np.var)),
    *((f, A, 1) for f in (np.nanmax, np.nanmin, np.nanmean, np.nanmedian, np.nanprod, np.nanstd, np.nansum, np.nanvar)),
]
OF_FFT = (  # hfft, ifft2 and irfft2 of NumPy 2.4 take `out` and leave it alone
    *(np.fft.fft, np.fft.ifft, np.fft.rfft, np.fft.ihfft, np.fft.irfft),
    *(np.fft.fft2, np.fft.rfft2, np.fft.fftn, np.fft.ifftn, np.fft.rfftn, np.fft.irfftn),
)


def einsum_into(a: Any, b: Any) -> Any:
    return into(np.einsum)("ij,jk->ik", a, b)


def indices_kept(a: Any, b: Any) -> Any:
    """Intersect, and use the positions that come along."""
    values, first, second = np.intersect1d(a, np.concatenate([a[1:], b]), return_indices=True)
    return values + a[first], second


def about(function: Any) -> Any:
    """Return a function that hands over a mean which the caller has already."""

    @wraps(function)
    def run(a: Any, mean: Any) -> Any:
        return function(a, axis=1, mean=mean, keepdims=True)

    return run


def like_itself(x: Any) -> Any:
    """Make arrays of the kind of x by the functions that take no array otherwise."""
    kin = (np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray, np.require)
    return [
        np.array(x, dtype=np.float64, ndmin=2, like=x),
        np.full((3,), x[0], dtype=np.float64, like=x),
        *(convert(x, dtype=np.float64, like=x) ** 2 for convert in kin),
        np.arange(x[0], x[0] + 2.5, 1.0, dtype=np.float64, like=x),
        np.array([[x[0], 1.0], [x[1], x[2]]], like=x),
    ]


def values_of(function: Any) -> Any:
    """Return a function that gives the values among the outputs."""

    @wraps(function)
    def run(x: Any) -> Any:
        return function(x).values

    return run


ROWS = [
    row(like_itself, real(3), float32=False),
    row(lambda x: np.array(x, ndmax=3, like=x), real(3), name="array(ndmax=3)", since="2.4.0"),
    *(row(about(f), A, real(3, 1, salt=1), name=f"{f.__name__}(mean)") for f in (np.nanvar, np.nanstd)),
    *(row(values_of(f), real(5)) for f in (np.unique_all, np.unique_counts, np.unique_inverse)),
    row(lambda x: np.sort(np.unique_values(x)), real(5), name="sorted unique_values"),
    *of_ufuncs(),
    *(row(into(f), *args, name=f"{f.__name__}(out)") for f, *args in OUT),
    *(row(into(f), A, name=f"{f.__name__}(out)", float32=False) for f in OF_FFT),
    row(einsum_into, A, real(4, 2, salt=1), complex=True),
    *(row(f, real(3, 4), real(4, salt=1), dtype=np.complex128, float32=False) for f in (if_present("matvec"), np.vecdot)),
    row(np.matmul, A, real(4, 2, salt=1), dtype=np.float64, float32=False),
    row(if_present("vecmat"), real(3), A, dtype=np.float64, float32=False),
    *(row(f, A, axis=1, dtype=np.complex128, float32=False) for f in (np.nancumsum, np.nancumprod)),
    *(
        row(f, A, axis=1, dtype=np.float64, float32=False)
        for f in (if_present("cumulative_sum"), if_present("cumulative_prod"))
    ),
    *(row(f, [A, A * 2], dtype=np.float64, casting="unsafe", float32=False) for f in (np.hstack, np.vstack, np.stack)),
    row(np.trace, A, dtype=np.complex128, float32=False),
    row(np.linalg.trace, A, dtype=np.float64, float32=False),
    row(np.corrcoef, real(3, 5), dtype=np.float64, float32=False),
    row(np.full_like, A, 1.5, dtype=np.complex128, float32=False),
    row(np.geomspace, positive(2), positive(2, salt=1), num=4, dtype=np.float64, float32=False),
    row(np.logspace, real(2), real(2, salt=1), num=4, dtype=np.float64, float32=False),
    row(np.cross, real(4, 3), real(3, 4, salt=1), axisb=0),
    row(np.partition, real(7), 3, kind="introselect"),
    row(np.polyfit, real(6), real(6, salt=1), 2, rcond=1e-12),
    row(np.setxor1d, real(3), real(4, salt=1), assume_unique=True),
    row(np.unique, real(5), equal_nan=False),
    row(indices_kept, real(5), real(2, salt=1)),
    row(np.nanvar, A, axis=1, correction=1),
    row(np.nanstd, A, axis=1, ddof=1),
    row(np.lib.stride_tricks.sliding_window_view, real(6), 3, writeable=False),
    row(np.nanpercentile, A, Const(40.0), axis=1, keepdims=True),
    row(np.nanpercentile, A[0], Const(40.0), weights=positive(4), method="inverted_cdf"),
    row(np.histogramdd, real(6, 2), bins=3, range=[(-2.5, 2.5), (-3.0, 3.0)], density=True, float32=False),
    row(np.histogram2d, real(6), real(6, salt=1), bins=3, range=[(-2.5, 2.5), (-3.0, 3.0)], float32=False),
    row(np.histogram, real(6), bins=3, range=(-2.5, 2.5), float32=False),
    row(np.histogram_bin_edges, real(6), bins=3, range=(-2.5, 2.5), weights=positive(6), float32=False),
]
