"""A function that is run again for its derivatives must repeat itself, to the last bit; one that does is never refused."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad
from revad import ArgumentError, checkpoint, grad, hessian, jacfwd, jvp, loop, scan
from revad.transforms.repetition import same_bits

X = np.array([0.4, -0.7, 1.1])
Maker = Callable[[], Callable[[Any, Any], Any]]


def drawing() -> Any:
    rng = np.random.default_rng(0)
    return lambda s, z: s + z * rng.normal()


def drawing_little() -> Any:
    rng = np.random.default_rng(0)
    return lambda s, z: s + 1e-9 * z * rng.normal()


def drawing_globally() -> Any:
    return lambda s, z: s + z * np.random.rand()


def dropping() -> Any:
    rng = np.random.default_rng(1)
    return lambda s, z: s * z * (rng.random(np.shape(s)) < 0.5) + 0.1


def permuting() -> Any:
    rng = np.random.default_rng(2)
    return lambda s, z: (s * z)[rng.permutation(3)] if np.ndim(s) else s * z + rng.permutation(7)[0]


def iterating() -> Any:
    numbers = iter(np.linspace(1, 2, 1000))
    return lambda s, z: s * z + next(numbers)


def exhausting() -> Any:
    numbers = iter(np.linspace(1, 2, 2))
    return lambda s, z: s * z + next(numbers)


def counting() -> Any:
    number = itertools.count()
    return lambda s, z: s * z + 0.25 * next(number)


def remembering() -> Any:
    seen: list[int] = []

    def step(s: Any, z: Any) -> Any:
        seen.append(1)
        return s * z + len(seen)

    return step


def writing() -> Any:
    weight = np.array([1.5])

    def step(s: Any, z: Any) -> Any:
        weight[0] *= 0.9
        return s * z + weight[0]

    return step


MAKERS = [drawing, drawing_little, drawing_globally, dropping, permuting, iterating, exhausting, counting, remembering, writing]


def looped(make: Maker, n: int, snapshots: int | None = None) -> Any:
    return lambda z: np.sum(loop(make(), X, n, z, snapshots=snapshots))


def scanned(make: Maker, n: int) -> Any:
    def f(z: Any) -> Any:
        step = make()
        return np.sum(scan(lambda c, x, z: (c + 1, step(x, z)), 0, np.tile(X, (n, 1)), z)[1])

    return f


def checkpointed(make: Maker, n: int) -> Any:
    step = make()

    def f(z: Any) -> Any:
        return np.sum(checkpoint(lambda z: step(step(X, z), z))(z))

    return f


@pytest.mark.parametrize("n", [2, 9])
@pytest.mark.parametrize("run", [looped, scanned, checkpointed])
@pytest.mark.parametrize("make", MAKERS)
def test_what_does_not_repeat_itself_is_refused(make: Maker, run: Any, n: int) -> None:
    """In reverse and forward mode, and where derivatives are nested; with the place of the function."""
    if make is exhausting and n != 2:
        return
    derivatives: list[Any] = [
        lambda f: grad(f)(2.0),
        lambda f: jvp(f, (2.0,), (1.0,)),
        lambda f: grad(grad(f))(2.0),
        lambda f: hessian(f)(np.array(2.0)),
        lambda f: jvp(grad(f), (2.0,), (1.0,)),
    ]
    for derivative in derivatives:
        with pytest.raises(ArgumentError, match=r"gave other values when it was called again .* at test_repetition.py:\d+\)"):
            derivative(run(make, n))


def test_a_draw_of_one_bit_is_no_matter_of_luck() -> None:
    for seed in range(40):
        rng = np.random.default_rng(seed)
        mask = [rng.random() < 0.5]  # of the first run
        step = lambda s, z, rng=rng, mask=mask: s * z * (mask.pop() if mask else rng.random() < 0.5) + 1.0
        try:
            found = grad(lambda z, step=step: loop(step, 1.0, 1, z))(2.0)
        except ArgumentError:
            continue
        assert found == float(np.random.default_rng(seed).random() < 0.5)


@pytest.mark.parametrize("snapshots", [1, 2, 3, 20])
def test_every_step_is_compared(snapshots: int) -> None:
    """Whichever step differs when it is taken again, and however little: what is pulled back is what was computed."""

    def spoiled(at: int, first: int) -> Any:
        taken = np.zeros(9, int)

        def step(state: Any, z: Any) -> Any:
            x, t = state
            taken[t] += 1
            return x * z + (1e-12 if t == at and taken[t] >= first else 0.0), t + 1

        return lambda z: loop(step, (1.0, 0), 9, z, snapshots=snapshots)[0]

    expected = grad(lambda z: loop(lambda x, z: x * z, 1.0, 9, z))(1.01)
    for at in range(9):
        with pytest.raises(ArgumentError, match="step at test_repetition"):
            grad(spoiled(at, 2))(1.01)
        assert grad(spoiled(at, 99))(1.01) == expected


def test_jacfwd_compares_its_runs_too() -> None:
    step = permuting()
    with pytest.raises(ArgumentError, match="jacfwd: the function gave other values"):
        jacfwd(lambda x: step(x, 1.0), max_bytes=1)(X)  # a run for each column


def of_others(s: Any, z: Any) -> Any:
    """NumPy's functions whose tracked form is made of others, and may round otherwise."""
    return np.tanh(s * z * (1 + np.var(s)) + np.std(s) + np.linalg.norm(s) / 30 + np.average(s, axis=0) + np.mean(s**3))


def transposed(s: Any, z: Any) -> Any:
    return np.tanh((s * z).T @ s).T + np.sum(s) / 10


def strided(s: Any, z: Any) -> Any:
    wide = np.stack([np.sin(s * z), np.cos(s)], axis=-1)
    return wide[..., 0] * 0.9 + np.sum(wide[..., 1]) / 2000  # less would amplify rounding errors from step to step


def of_complex(s: Any, z: Any) -> Any:
    return np.real(np.exp(1j * s * z)) + np.sum(s) / 100


def not_numbers(s: Any, z: Any) -> Any:
    return np.where(np.arange(s.size).reshape(s.shape) == 1, np.nan, np.sin(s * z))


def drawing_inside(s: Any, z: Any) -> Any:
    return s * z + np.random.default_rng(0).normal(size=s.shape)


@pytest.mark.parametrize("step", [of_others, transposed, strided, of_complex, not_numbers, drawing_inside])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_what_repeats_itself_is_never_refused(step: Any, dtype: Any) -> None:
    """Whatever the layout of states and arguments, and however the tracked function rounds."""
    rng = np.random.default_rng(0)
    square = rng.normal(size=(37, 37)).astype(dtype) / 10
    for start in (square, square.T, np.repeat(square, 2, 1)[:, ::2], square[::-1]):

        def plain(z: Any, start: Any = start) -> Any:
            s = start
            for _ in range(7):
                s = step(s, z)
            return np.nansum(s)

        runs = [
            lambda z, start=start: np.nansum(loop(step, start, 7, z, snapshots=2)),
            lambda z, start=start: np.nansum(scan(lambda c, _, z: (step(c, z), None), start, None, z, length=7)[0]),
        ]
        z = start * 0 + dtype(0.7)
        for f in runs:
            np.testing.assert_allclose(grad(f)(z), grad(plain)(z), rtol=1e-3 if dtype is np.float32 else 1e-9, atol=1e-5)
            jvp(f, (z,), (z,))
        jvp(grad(runs[0]), (z,), (z,))
        grad(lambda z, start=start: np.nansum(checkpoint(step)(start * z, z)))(z)
        grad(lambda z, start=start: np.nansum(checkpoint(step)((start * z).T, z)))(z)
        jvp(grad(lambda z, start=start: np.nansum(checkpoint(step)((start * z).T, z))), (z,), (z,))


def test_scalars_of_every_kind_repeat_themselves() -> None:
    """Python's arithmetic, which tracked floats use, and NumPy's may differ in the last bit."""
    steps = [
        lambda s, z: abs(s) ** z * 0.9,
        lambda s, z: (s * z) ** 2.5,
        lambda s, z: np.sin(s) ** 3 / z,
        lambda s, z: np.exp(-s) % z,
    ]
    for step, first in itertools.product(steps, (0.3, np.float64(0.3), np.float32(0.3), np.array(0.3))):
        by_loop = grad(lambda z, step=step, first=first: loop(step, first, 6, z) * 1.0)(1.7)
        assert np.isfinite(by_loop)


def test_a_result_may_be_written_into() -> None:
    """What the steps are compared with is not what the caller may change."""

    def f(z: Any) -> Any:
        last, ys = scan(lambda s, x, z: (s * z, s * x), X * 1.0, np.ones((4, 3)), z)
        total = np.sum(ys) + np.sum(last)
        ys[0] = 0.0
        last *= 2.0
        return total + np.sum(ys**2) + np.sum(last)

    def plain(z: Any) -> Any:
        states = [X, X * z, X * z**2, X * z**3]
        return sum(np.sum(s) for s in states) + np.sum(X * z**4) * 3 + sum(np.sum(s**2) for s in states[1:])

    assert grad(f)(1.3) == pytest.approx(grad(plain)(1.3), rel=1e-12)
    w = revad.tensor(1.3)
    last = loop(lambda s, z: s * z, X, 4, w)
    total = np.sum(last)
    with revad.no_grad():
        last *= 0.0
    total.backward()
    assert w.grad == pytest.approx(np.sum(X) * 4 * 1.3**3)


def test_a_loop_without_steps_has_no_derivative_by_what_the_steps_share() -> None:
    assert grad(lambda z: loop(lambda s, z: s * z, 1.0, 0, z))(2.0) == 0.0
    np.testing.assert_array_equal(grad(lambda w: np.sum(loop(lambda s, w: w @ s, X, 0, w)))(np.eye(3)), np.zeros((3, 3)))
    assert grad(grad(lambda z: loop(lambda s, z: s * z, 1.0, lambda s: s < 0, z) * z**2))(2.0) == 2.0
    assert jvp(lambda z: loop(lambda s, z: s * z, 1.0, 0, z), (2.0,), (1.0,)) == (1.0, 0.0)


def test_an_operation_that_somebody_else_ran_in_between_is_pulled_back_at_its_own_values() -> None:
    """The doctor and the analysis of rounding run an operation again, on other values too."""
    f = lambda z: np.sum(loop(lambda s, z: np.sin(s * z), X, 6, z))
    assert not revad.diagnose(f, 1.3).findings
    with revad.debug_nans():
        assert grad(f)(1.3) == pytest.approx(grad(lambda z: plain_sines(z))(1.3))


def plain_sines(z: Any) -> Any:
    s = X
    for _ in range(6):
        s = np.sin(s * z)
    return np.sum(s)


def test_long_doubles_are_compared_without_their_padding() -> None:
    one = np.array([1.1, -0.0, np.nan, np.inf], np.longdouble) / 3
    other = np.frombuffer(bytearray(one.tobytes()), np.uint8).copy()
    if one.itemsize == 16 and np.finfo(np.longdouble).nmant == 63:  # ten bytes of sixteen hold an extended double
        other.reshape(-1, 16)[:, 10:] ^= 255
    assert same_bits([one], [other.view(np.longdouble)])
    assert not same_bits([one], [np.nextafter(one, np.longdouble(2))])
    turned = one[:1] * (1 + 1j)
    assert same_bits([turned], [turned.copy()])
