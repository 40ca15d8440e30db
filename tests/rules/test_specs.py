"""Every row of the operation table, through every check: values, VJP, JVP, second order, dtypes, mutation, capture."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad
from revad.testing import StrictArray
from tests.specs import FAMILIES, LEFT_OUT, ROWS
from tests.specs._row import Const, Row, complexes

pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:numpy.fix is deprecated:DeprecationWarning"),
]


def ids() -> list[str]:
    """Return a name for each row, no two alike."""
    seen: dict[str, int] = {}
    names = []
    for row in ROWS:
        n = seen[row.name] = seen.get(row.name, 0) + 1
        names.append(row.name if n == 1 else f"{row.name}#{n}")
    return names


every_row = pytest.mark.parametrize("row", ROWS, ids=ids())
real_row = pytest.mark.parametrize(
    "row", [r for r in ROWS if r.float32], ids=[i for i, r in zip(ids(), ROWS, strict=True) if r.float32]
)


def is_float(arg: Any) -> bool:
    return isinstance(arg, (float, complex)) or (isinstance(arg, np.ndarray) and arg.dtype.kind in "fc")


def split(args: tuple[Any, ...], convert: Callable[[Any], Any] = lambda a: a) -> tuple[list[Any], Callable[..., Any]]:
    """Return the differentiable leaves of a row's arguments and a function that puts leaves back."""
    leaves: list[Any] = []

    def take(arg: Any) -> Any:
        if isinstance(arg, Const):
            return lambda _: convert_constant(arg.value, convert)
        if is_float(arg):
            leaves.append(convert(arg))
            i = len(leaves) - 1
            return lambda new: new[i]
        if type(arg) in (list, tuple):
            parts = [take(item) for item in arg]
            return lambda new: type(arg)([part(new) for part in parts])
        return lambda _: arg

    takers = [take(arg) for arg in args]
    return leaves, lambda new: [taker(new) for taker in takers]


def convert_constant(value: Any, convert: Callable[[Any], Any]) -> Any:
    return convert(value) if is_float(value) and np.dtype(getattr(value, "dtype", float)).kind == "f" else value


def outputs_of(result: Any) -> list[Any]:
    """Return the inexact outputs."""
    parts = list(result) if isinstance(result, (tuple, list)) else [result]
    flat = [q for p in parts for q in (outputs_of(p) if isinstance(p, (tuple, list)) else [p])]
    return [
        p
        for p in flat
        if (hasattr(p, "dtype") and p.dtype.kind in "fc") or (isinstance(p, (float, complex)) and not isinstance(p, bool))
    ]


def setup(row: Row, convert: Callable[[Any], Any] = lambda a: a) -> tuple[Callable[..., list[Any]], list[Any]]:
    leaves, rebuild = split(row.args, convert)

    def f(*new: Any) -> list[Any]:
        return outputs_of(row.function(*rebuild(list(new)), **row.kwargs))

    return f, leaves


def rng() -> np.random.Generator:
    return np.random.default_rng(20)


def direction(value: Any, generator: np.random.Generator) -> Any:
    shape = np.shape(value)
    v = generator.normal(size=shape)
    if np.iscomplexobj(value):
        v = v + 1j * generator.normal(size=shape)
    dtype = getattr(value, "dtype", None)
    return np.asarray(v, dtype)[()] if dtype is not None else (complex(v) if np.iscomplexobj(value) else float(v))


def pairing(one: list[Any], other: list[Any]) -> float:
    return float(sum(np.sum(np.real(np.asarray(a) * np.asarray(b))) for a, b in zip(one, other, strict=True)))


def difference_quotient(f: Callable[..., list[Any]], leaves: list[Any], v: list[Any]) -> list[Any]:
    """Directional derivative by central differences, Richardson-extrapolated twice."""

    def central(h: float) -> list[Any]:
        up = f(*[x + h * d for x, d in zip(leaves, v, strict=True)])
        down = f(*[x - h * d for x, d in zip(leaves, v, strict=True)])
        return [(np.asarray(a) - np.asarray(b)) / (2 * h) for a, b in zip(up, down, strict=True)]

    a, b, c = central(4e-4), central(2e-4), central(1e-4)
    first = [[(4 * q - p) / 3 for p, q in zip(x, y, strict=True)] for x, y in ((a, b), (b, c))]
    return [(16 * q - p) / 15 for p, q in zip(*first, strict=True)]


def assert_near(got: list[Any], expected: list[Any], tolerance: float) -> None:
    assert len(got) == len(expected)
    for g, e in zip(got, expected, strict=True):
        scale = max(1.0, float(np.max(np.abs(e), initial=0.0)))
        np.testing.assert_allclose(np.asarray(g) / scale, np.asarray(e) / scale, rtol=0, atol=tolerance)


def check_first_order(f: Callable[..., list[Any]], leaves: list[Any], tolerance: float) -> None:
    generator = rng()
    v = [direction(x, generator) for x in leaves]
    plain = f(*leaves)
    out, tangent = revad.jvp(f, tuple(leaves), tuple(v))
    assert_near(out, plain, 1e-14)
    assert [np.shape(o) for o in out] == [np.shape(p) for p in plain]
    numeric = difference_quotient(f, leaves, v)
    assert_near(tangent, numeric, tolerance)
    out, pullback = revad.vjp(f, *leaves)
    assert_near(out, plain, 1e-14)
    g = [direction(o, generator) for o in out]
    cotangents = pullback(g)
    for c, x in zip(cotangents, leaves, strict=True):
        assert np.shape(c) == np.shape(x)
        assert np.result_type(c) == np.result_type(x)
    left, right = pairing(g, tangent), pairing(list(cotangents), v)
    scale = 1.0 + sum(float(np.sum(np.abs(np.asarray(a) * np.asarray(b)))) for a, b in zip(g, tangent, strict=True))
    assert abs(left - right) <= 1e-10 * scale, (left, right)
    numeric_right = pairing(g, numeric)
    assert abs(numeric_right - right) <= tolerance * scale


@every_row
def test_first_order(row: Row) -> None:
    """VJP and JVP agree with finite differences and with each other; the value is NumPy's."""
    f, leaves = setup(row)
    if leaves:
        check_first_order(f, leaves, row.tolerance)


def to_complex(value: Any) -> Any:
    if np.iscomplexobj(value):
        return value
    shape = np.shape(value)
    imaginary = complexes(*shape, salt=3).imag * 0.3
    return value + 1j * (imaginary if shape else float(imaginary))


REAL_ONLY = {
    "unique(sorted=False)": "the order of its values is that of a hash table, and changes with each of them",
    "unique_values": "the order of its values is that of a hash table, and changes with each of them",
    "eigh_vectors": "the signs of real vectors are fixed nearby, the phases of complex ones are not",
    "svd_vectors": "the signs of real vectors are fixed nearby, the phases of complex ones are not",
    "svd_vectors#2": "the signs of real vectors are fixed nearby, the phases of complex ones are not",
    "histogram_density": "NumPy sorts complex samples by their real parts, and what lies between two of them is no number's business",
    "histogram_between": "NumPy sorts complex samples by their real parts, and what lies between two of them is no number's business",
    "weighted_cov": "weights are real numbers; NumPy does not check that",
    "doubly_weighted_cov": "weights are real numbers; NumPy does not check that",
    "population_cov": "weights are real numbers; NumPy does not check that",
}
"""Rows for real arrays only although NumPy computes something from complex ones, with the reason."""


def takes_complex(row: Row) -> bool:
    """Return whether NumPy takes complex arrays in place of the real ones of a row, and uses all of them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        try:
            f, leaves = setup(row, to_complex)
            f(*leaves)
        except (TypeError, ValueError, np.linalg.LinAlgError, np.exceptions.ComplexWarning):
            return False
    return any(not np.iscomplexobj(x) for x in setup(row)[1])


COMPLEX = [
    (r, i)
    for r, family, i in zip(ROWS, FAMILIES, ids(), strict=True)
    if r.complex or (not family.startswith("scipy") and i not in REAL_ONLY and takes_complex(r))
]
complex_row = pytest.mark.parametrize("row", [r for r, _ in COMPLEX], ids=[i for _, i in COMPLEX])


@complex_row
def test_first_order_complex(row: Row) -> None:
    """The same with complex arguments in place of real ones."""
    f, leaves = setup(row, to_complex)
    check_first_order(f, leaves, row.tolerance)


def second_order(row: Row, convert: Callable[[Any], Any] = lambda a: a) -> None:
    f, leaves = setup(row, convert)
    if row.order < 2 or not leaves or not f(*leaves):
        return
    generator = rng()
    g = [direction(o, generator) for o in revad.vjp(f, *leaves)[0]]

    def pulled(*new: Any) -> list[Any]:
        return list(revad.vjp(f, *new)[1](g))

    v = [direction(x, generator) for x in leaves]
    numeric = difference_quotient(pulled, leaves, v)
    assert_near(revad.jvp(pulled, tuple(leaves), tuple(v))[1], numeric, 20 * row.tolerance)
    weights = [direction(x, generator) for x in leaves]
    twice = revad.vjp(pulled, *leaves)[1](weights)
    left, right = pairing(weights, numeric), pairing(list(twice), v)
    scale = 1.0 + sum(float(np.sum(np.abs(np.asarray(a) * np.asarray(b)))) for a, b in zip(weights, numeric, strict=True))
    assert abs(left - right) <= 20 * row.tolerance * scale, (left, right)


@every_row
def test_second_order(row: Row) -> None:
    """Derivatives of the pull-back, forward and reverse, agree with finite differences of it."""
    second_order(row)


@complex_row
def test_second_order_complex(row: Row) -> None:
    """The same with complex arguments."""
    second_order(row, to_complex)


def to_float32(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.astype(np.complex64 if value.dtype.kind == "c" else np.float32)
    return np.float32(value) if isinstance(value, float) else np.complex64(value)


@real_row
def test_float32_stays_float32(row: Row) -> None:
    """Single precision goes in, single precision comes out, near the double-precision result."""
    f, leaves = setup(row)
    single_f, singles = setup(row, to_float32)
    if not leaves:
        return
    out, pullback = revad.vjp(single_f, *singles)
    plain = single_f(*singles)
    assert [np.result_type(o) for o in out] == [np.result_type(p) for p in plain]
    generator = rng()
    double_out, double_pullback = revad.vjp(f, *leaves)
    g = [direction(o, generator) for o in double_out]
    cotangents = pullback([np.asarray(c).astype(np.result_type(o)) for c, o in zip(g, out, strict=True)])
    assert [np.result_type(c) for c in cotangents] == [np.result_type(x) for x in singles]
    assert_near(list(cotangents), list(double_pullback(g)), 2e-2)


@every_row
def test_inputs_are_not_changed(row: Row) -> None:
    """Neither the forward nor the backward pass writes into inputs, and gradients do not alias them."""
    f, leaves = setup(row)
    before = [np.array(x) for x in leaves]
    if not leaves:
        return
    out, pullback = revad.vjp(f, *leaves)
    g = [np.ones(np.shape(o), np.result_type(o)) for o in out]
    first = pullback(g)
    for c in first:
        assert not any(
            np.may_share_memory(c, x)
            for x in [*leaves, *g]
            if isinstance(c, np.ndarray) and isinstance(x, np.ndarray) and c.size
        )
    second = pullback(g)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
    for x, old in zip(leaves, before, strict=True):
        np.testing.assert_array_equal(x, old)


READS_AMONG_USES = {"hessenberg(calc_q=True)"}
"""One array is read at indices and used as a whole: a capture adds these cotangents up in another order than the eager sweep."""

NAMES = {id(row): name for row, name in zip(ROWS, ids(), strict=True)}


@every_row
def test_capture_replays_bit_for_bit(row: Row) -> None:
    """The captured function and the captured pull-back give exactly what the eager ones give."""
    f, leaves = setup(row)
    if not leaves:
        return
    plain = f(*leaves)
    program = revad.trace(f, *leaves)
    for a, b in zip(program(*leaves), plain, strict=True):
        np.testing.assert_array_equal(a, b)
    g = [np.ones(np.shape(o), np.result_type(o))[()] for o in plain]

    def pulled(*new: Any) -> Any:
        return revad.vjp(f, *new)[1](g)

    arrays = [np.asarray(x) for x in leaves]
    rounding = 8 * np.finfo(float).eps if NAMES[id(row)] in READS_AMONG_USES else 0
    for a, b in zip(revad.trace(pulled, *arrays)(*arrays), pulled(*arrays), strict=True):
        np.testing.assert_allclose(a, b, rounding, rounding)  # 0 is to the last bit


# On a device ------------------------------------------------------------------------------------------------------------------------

HOST_ONLY = {
    "histogram_edges_of_range": "NumPy's protocols do not look at `range`, so the samples take the call for themselves",
    "einsum of a constant": "the constant is asked first, and knows nothing of the tracked value beside it",
}
"""Rows that do not run on a device, with the reason."""


def on_device(value: Any) -> Any:
    """Move arrays, and numbers that are differentiated, to the device; what is fixed as a number stays one."""
    if isinstance(value, np.ndarray) or is_float(value):
        return StrictArray(value)
    return type(value)(map(moved, value)) if type(value) in (list, tuple) else value


def moved(value: Any) -> Any:
    """Move arrays that are constants of a call, such as masks and indices."""
    if isinstance(value, Const):
        return Const(moved(value.value))
    if type(value) in (list, tuple):
        return type(value)([moved(item) for item in value])
    return StrictArray(value) if isinstance(value, np.ndarray) and not is_float(value) else value


def on_host(family: str, name: str) -> bool:
    """Return whether a row needs NumPy's own arrays: SciPy and `numpy.polynomial` convert whatever they get to them."""
    return family.startswith("scipy") or family == "series" or name in HOST_ONLY


device_row = pytest.mark.parametrize(
    "row",
    [r for r, family, i in zip(ROWS, FAMILIES, ids(), strict=True) if not on_host(family, i)],
    ids=[i for family, i in zip(FAMILIES, ids(), strict=True) if not on_host(family, i)],
)


@device_row
def test_rules_run_on_a_device(row: Row) -> None:
    """On arrays that refuse to meet NumPy's own, value, VJP and JVP are what they are on NumPy's, and stay on the device."""
    f, leaves = setup(row)
    if not leaves:
        return
    options = {
        name: on_device(option) if isinstance(option, np.ndarray) else moved(option) for name, option in row.kwargs.items()
    }
    device_f, device_leaves = setup(row._replace(args=tuple(map(moved, row.args)), kwargs=options), on_device)
    out, pullback = revad.vjp(f, *leaves)
    device_out, device_pullback = revad.vjp(device_f, *device_leaves)
    assert_same(device_out, out)
    g = [direction(o, rng()) for o in out]
    assert_same(device_pullback([on_device(c) for c in g]), pullback(g))
    v = [direction(x, rng()) for x in leaves]
    device_out, tangent = revad.jvp(device_f, tuple(device_leaves), tuple(map(on_device, v)))
    assert_same(device_out, out)
    assert_same(tangent, revad.jvp(f, tuple(leaves), tuple(v))[1])


def assert_same(on_device: Any, on_host: Any) -> None:
    """Compare values; what is not on the device is an exact zero, that of an argument without any influence."""
    for one, other in zip(on_device, on_host, strict=True):
        assert isinstance(one, StrictArray) or not np.any(one)
        plain = one.to_numpy() if isinstance(one, StrictArray) else one
        np.testing.assert_allclose(plain, other, rtol=1e-9, atol=1e-12)


def test_exceptions_are_rows() -> None:
    """The lists of exceptions do not outlive their rows."""
    assert {*HOST_ONLY, *REAL_ONLY} <= {*ids(), *(row.name for row in LEFT_OUT)}


def test_table_is_not_empty() -> None:
    """The families are found."""
    assert len(ROWS) > 300
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert all(isinstance(row, Row) for row in ROWS)
