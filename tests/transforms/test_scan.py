"""`scan` and `loop` are plain loops with less memory: same values, same derivatives, the fewest steps, few kept states."""

from __future__ import annotations

import tracemalloc
from functools import cache
from typing import Any

import numpy as np
import pytest

import revad
from revad import ArgumentError, LostGradientError, grad, hessian, jvp, loop, scan, value_and_grad
from revad.transforms.snapshots import Snapshots, advances, next_snapshot

RNG = np.random.default_rng(0)
W, X0, XS = 0.6 * RNG.normal(size=(3, 3)), RNG.normal(size=3), RNG.normal(size=(17, 3))


def step(x: Any, w: Any) -> Any:
    return np.tanh(w @ x + 0.1)


def plain(x: Any, w: Any, n: int) -> Any:
    for _ in range(n):
        x = step(x, w)
    return np.sum(x)


class Counted:
    """A step that counts how often it is taken."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, x: Any, w: Any) -> Any:
        self.count += 1
        return step(x, w)


@cache
def least(steps: int, snapshots: int) -> int:
    """The least number of plain steps, by trying all places for the next kept state."""
    if steps == 1:
        return 0
    if snapshots == 1:
        return steps * (steps - 1) // 2
    return min(m + least(m, snapshots) + least(steps - m, snapshots - 1) for m in range(1, steps))


@cache
def planned(steps: int, snapshots: int) -> int:
    if steps == 1:
        return 0
    if snapshots == 1:
        return steps * (steps - 1) // 2
    m = next_snapshot(steps, snapshots)
    return m + planned(m, snapshots) + planned(steps - m, snapshots - 1)


def test_the_schedule_is_the_best_one() -> None:
    """The formula of Griewank and Walther, the plan and an exhaustive search agree."""
    for steps in range(1, 70):
        for snapshots in range(1, 8):
            assert planned(steps, snapshots) == advances(steps, snapshots) == least(steps, snapshots), (steps, snapshots)


@pytest.mark.parametrize("snapshots", [1, 2, 3, 7, 100, None])
@pytest.mark.parametrize("n", [1, 2, 3, 10, 57])
def test_gradient_is_that_of_the_plain_loop_in_the_fewest_steps(n: int, snapshots: int | None) -> None:
    """Bit by bit; each step once to see the result, once recorded, and the theory's number to come back to."""
    counted = Counted()
    got = value_and_grad(lambda x, w: np.sum(loop(counted, x, n, w, snapshots=snapshots)), (0, 1))(X0, W)
    expected = value_and_grad(lambda x, w: plain(x, w, n), (0, 1))(X0, W)
    assert got[0] == expected[0]
    for mine, wanted in zip(got[1], expected[1], strict=True):
        np.testing.assert_array_equal(mine, wanted)
    assert counted.count == n + 1 + advances(n, snapshots or max(2, n.bit_length()))


def test_no_step_is_taken_more_often_than_the_theory_says() -> None:
    """With 4 kept states 70 steps need at most 4 passes, since β(4, 4) = 70, and one more to be recorded."""
    taken = np.zeros(70, int)

    def counted(state: Any, w: Any) -> Any:
        taken[state[1]] += 1
        return step(state[0], w), state[1] + 1

    grad(lambda x: np.sum(loop(counted, (x, 0), 70, W, snapshots=4)[0]))(X0)
    assert taken.max() == 5
    assert taken[-1] == 2


def test_leaves_made_by_hand_get_their_gradients() -> None:
    w = revad.tensor(W)
    np.sum(loop(step, X0, 5, w)).backward()
    np.testing.assert_array_equal(w.grad, grad(lambda w: plain(X0, w, 5))(W))


def test_a_step_may_reuse_a_buffer() -> None:
    """Kept states are copies, so what a step does to memory of its own cannot reach them."""
    buffer = np.empty(3)

    def buffered(x: Any, w: Any) -> Any:
        if isinstance(x, revad.Tensor):
            return step(x, w)
        buffer[...] = step(x, w)
        return buffer

    got = grad(lambda x: np.sum(loop(buffered, x, 20, W, snapshots=3)))(X0)
    np.testing.assert_array_equal(got, grad(lambda x: plain(x, W, 20))(X0))


@pytest.mark.parametrize("snapshots", [1, 2, 5, None])
@pytest.mark.parametrize("n", [1, 2, 10, 101])
def test_the_number_of_steps_need_not_be_known(n: int, snapshots: int | None) -> None:
    counted = Counted()

    def f(x: Any, w: Any) -> Any:
        last, count = loop(lambda s, w: (counted(s[0], w), s[1] + 1), (x, 0), lambda s: s[1] < n, w, snapshots=snapshots)
        assert count == n
        return np.sum(last)

    for mine, wanted in zip(grad(f, (0, 1))(X0, W), grad(lambda x, w: plain(x, w, n), (0, 1))(X0, W), strict=True):
        np.testing.assert_array_equal(mine, wanted)
    known = n + 1 + advances(n, snapshots or max(2, n.bit_length()))
    assert counted.count <= 3 * known if snapshots != 1 else counted.count <= known + n


def test_a_loop_may_go_on_while_a_value_says_so() -> None:
    """Newton's method for a square root, as often as it takes; the derivative is that of the root."""
    root = lambda a: loop(lambda x, a: 0.5 * (x + a / x), a, lambda x: abs(x * x - a) > 1e-14, a)
    assert root(2.0) == pytest.approx(2**0.5, rel=1e-15)
    by_a = grad(lambda a: loop(lambda s, a: (0.5 * (s[0] + a / s[0]), s[1] + 1), (a, 0), lambda s: s[1] < 8, a)[0])(2.0)
    assert by_a == pytest.approx(0.5 / 2**0.5, rel=1e-12)


def cell(h: Any, x: Any, p: Any) -> Any:
    h = {"h": np.tanh(p["w"] @ h["h"] + x["x"]), "t": h["t"] + 1}
    return h, (np.sum(h["h"]), h["h"] * x["s"])


def scanned(p: Any, h: Any, xs: Any, run: Any) -> Any:
    last, (sums, outputs) = run(cell, {"h": h, "t": 0}, {"x": xs, "s": np.arange(17)}, p)
    assert last["t"] == 17
    return np.sum(sums**2) + np.sum(outputs * outputs) + np.sum(last["h"])


def plain_scan(f: Any, carry: Any, xs: Any, *args: Any) -> Any:
    outputs = []
    for t in range(17):
        carry, y = f(carry, {name: leaf[t] for name, leaf in xs.items()}, *args)
        outputs.append(y)
    return carry, tuple(np.stack(parts) for parts in zip(*outputs, strict=True))


@pytest.mark.parametrize("snapshots", [1, 3, None])
def test_scan_is_the_plain_loop(snapshots: int | None) -> None:
    run = lambda *args: scan(*args, snapshots=snapshots)
    p = {"w": W}
    assert scanned(p, X0, XS, run) == scanned(p, X0, XS, plain_scan)
    got = grad(lambda *a: scanned(*a, run), (0, 1, 2))(p, X0, XS)
    expected = grad(lambda *a: scanned(*a, plain_scan), (0, 1, 2))(p, X0, XS)
    np.testing.assert_allclose(got[0]["w"], expected[0]["w"], rtol=1e-13)
    np.testing.assert_allclose(got[1], expected[1], rtol=1e-13)
    np.testing.assert_allclose(got[2], expected[2], rtol=1e-13)


def test_second_derivatives_and_forward_mode() -> None:
    looped = lambda x: np.sum(loop(step, x, 6, W) ** 2)
    unrolled = lambda x: np.sum(step(step(step(step(step(step(x, W), W), W), W), W), W) ** 2)
    np.testing.assert_allclose(hessian(looped)(X0), hessian(unrolled)(X0), rtol=1e-12)
    np.testing.assert_allclose(jvp(looped, (X0,), (W[0],)), jvp(unrolled, (X0,), (W[0],)), rtol=1e-12)
    third = lambda f: grad(grad(grad(f)))(0.3)
    assert third(lambda x: loop(lambda y, x: np.sin(y * x), x, 3, x)) == pytest.approx(
        third(lambda x: np.sin(np.sin(np.sin(x * x) * x) * x)), rel=1e-12
    )


def test_a_pull_back_may_be_used_again() -> None:
    _, pullback = revad.vjp(lambda x: loop(step, x, 9, W, snapshots=2), X0)
    np.testing.assert_array_equal(pullback(np.ones(3))[0], pullback(np.ones(3))[0])
    assert jacobian_row(pullback, 1) == pytest.approx(grad(lambda x: plain_state(x)[1])(X0))


def jacobian_row(pullback: Any, i: int) -> Any:
    return pullback(np.eye(3)[i])[0]


def plain_state(x: Any) -> Any:
    for _ in range(9):
        x = step(x, W)
    return x


def test_steps_may_write_into_their_state_but_not_into_what_they_share() -> None:
    def writing(x: Any, w: Any) -> Any:
        x[0] = x[1] * w
        return x * 0.9

    def f(x: Any, w: Any) -> Any:
        x = x * 1.0
        for _ in range(7):
            x = writing(x, w)
        return np.sum(x)

    got = grad(lambda x, w: np.sum(loop(writing, x, 7, w, snapshots=2)), (0, 1))(X0, 0.7)
    expected = grad(f, (0, 1))(X0, 0.7)
    np.testing.assert_allclose(got[0], expected[0], rtol=1e-14)
    assert got[1] == pytest.approx(expected[1])

    def spoiling(x: Any, w: Any) -> Any:
        w[0] = 0.0
        return x

    with pytest.raises(ValueError, match="read-only"):
        grad(lambda x: np.sum(loop(spoiling, x, 2, np.ones(3))))(X0)


def test_no_step_leaves_the_state_alone() -> None:
    assert grad(lambda x: loop(lambda x: x * 2, x, 0))(3.0) == 1.0
    assert grad(lambda x: loop(lambda x: x * 2, x, lambda x: x < 0))(3.0) == 1.0
    assert scan(lambda c, _: (c + 1, None), 0, None, length=4) == (4, None)


def test_ten_thousand_steps_in_the_memory_of_few() -> None:
    """15 kept states and what one recorded step needs (Python objects included), where the plain loop keeps some of each step."""
    n, x, w = 10_000, np.linspace(-1, 1, 500), np.full(500, 0.999)

    def peak(f: Any) -> float:
        tracemalloc.start()
        try:
            grad(f, (0, 1))(x, w)
            return tracemalloc.get_traced_memory()[1] / x.nbytes
        finally:
            tracemalloc.stop()

    assert peak(lambda x, w: np.sum(loop(lambda x, w: w * np.sin(x), x, n, w))) < 100
    assert peak(lambda x, w: np.sum(loop(lambda x, w: w * np.sin(x), x, 1000, w, snapshots=5))) < 80


def test_thinning_keeps_equal_gaps_and_never_too_many() -> None:
    memory = Snapshots(None, 4)
    for t in range(1000):
        if t == memory.due:
            memory.offer(t, None)
        assert len(memory.kept) <= 4
    assert [position for position, _ in memory.kept] == [0, 256, 512, 768]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ArgumentError, match="n must be a number of steps or a function"):
        loop(step, X0, -1, W)
    with pytest.raises(ArgumentError, match="snapshots counts the states that may be kept"):
        loop(step, X0, 3, W, snapshots=0)
    for xs, length in ((None, None), ((XS, XS[1:]), None), (XS, 3), (XS[:0], None), (1.0, None)):
        with pytest.raises(ArgumentError, match="xs must hold arrays of equal length"):
            scan(lambda c, x: (c, None), 0.0, xs, length=length)
    with pytest.raises(LostGradientError, match="closes over a tracked value"):
        grad(lambda x, w: np.sum(loop(lambda x: step(x, w), x, 3)), (0, 1))(X0, W)
