"""Schedules: closed forms, saving, combining, and what is refused."""

import math

import numpy as np
import pytest

import nn
from nn import schedules


def optimizer(lr=1.0, **settings):
    return nn.optim.SGD([nn.Parameter(1.0)], lr=lr, **settings)


def rates(schedule, n):
    found = []
    for _ in range(n):
        found.append(schedule.get_last_lr()[0])
        schedule.step()
    return found


CLOSED = {
    "step": (lambda o: schedules.StepLR(o, 3, 0.5), lambda t: 0.5 ** (t // 3)),
    "milestones": (lambda o: schedules.MultiStepLR(o, [2, 2, 5], 0.5), lambda t: 0.5 ** (2 * (t >= 2) + (t >= 5))),
    "constant": (lambda o: schedules.ConstantLR(o, 0.5, 4), lambda t: 0.5 if t < 4 else 1),
    "linear": (lambda o: schedules.LinearLR(o, 0.25, 1.0, 4), lambda t: 0.25 + 0.75 * min(t, 4) / 4),
    "exponential": (lambda o: schedules.ExponentialLR(o, 0.9), lambda t: 0.9**t),
    "polynomial": (lambda o: schedules.PolynomialLR(o, 6, 2.0), lambda t: (1 - min(t, 6) / 6) ** 2),
    "cosine": (lambda o: schedules.CosineAnnealingLR(o, 5, 0.1), lambda t: 0.1 + 0.9 * (1 + math.cos(math.pi * t / 5)) / 2),
    "lambda": (lambda o: schedules.LambdaLR(o, lambda t: 1 / (1 + t)), lambda t: 1 / (1 + t)),
    "multiplicative": (lambda o: schedules.MultiplicativeLR(o, lambda t: 0.9), lambda t: 0.9**t),
    "restarts": (
        lambda o: schedules.CosineAnnealingWarmRestarts(o, 4),
        lambda t: (1 + math.cos(math.pi * (t % 4) / 4)) / 2,
    ),
}


@pytest.mark.parametrize("name", CLOSED)
def test_closed_forms(name):
    make, formula = CLOSED[name]
    np.testing.assert_allclose(rates(make(optimizer()), 20), [formula(t) for t in range(20)], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", CLOSED)
def test_going_on_from_a_saved_state_is_exact(name):
    make, _ = CLOSED[name]
    expected = rates(make(optimizer()), 12)
    one = optimizer()
    schedule = make(one)
    rates(schedule, 5)
    other = optimizer()
    again = make(other)
    again.load_state_dict(schedule.state_dict())
    other.load_state_dict(one.state_dict())
    np.testing.assert_array_equal(rates(again, 7), expected[5:])


def test_one_cycle_moves_rate_and_momentum_against_each_other():
    o = optimizer(momentum=0.9)
    schedule = schedules.OneCycleLR(o, 1.0, total_steps=20)
    path = []
    for _ in range(20):
        path.append((o.param_groups[0]["lr"], o.param_groups[0]["momentum"]))
        schedule.step()
    path = np.array(path)
    assert path[:, 0].argmax() == path[:, 1].argmin() == 5
    np.testing.assert_allclose(path[[0, 5, 19], 0], [0.04, 1.0, 4e-6])
    np.testing.assert_allclose(path[[0, 5, 19], 1], [0.95, 0.85, 0.95])
    with pytest.raises(ValueError, match="OneCycleLR: step 21 is beyond the 20 steps of the cycle"):
        schedule.step()


def test_plateaus():
    o = optimizer()
    schedule = schedules.ReduceLROnPlateau(
        o, "max", factor=0.5, patience=0, threshold=0.1, threshold_mode="abs", cooldown=1, min_lr=0.2
    )
    path = []
    for value in (1.0, 2.0, 2.05, 2.05, 2.05, 2.05, 2.05, 2.05):
        schedule.step(value)
        path += schedule.get_last_lr()
    assert path == [1, 1, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2]
    again = schedules.ReduceLROnPlateau(o)
    again.load_state_dict(schedule.state_dict())
    assert again.best == 2.0


def test_a_warm_up_followed_by_a_decay():
    o = optimizer(8.0)
    parts = [schedules.LinearLR(o, 0.25, total_iters=3), schedules.ExponentialLR(o, 0.5)]
    schedule = schedules.SequentialLR(o, parts, [3])
    np.testing.assert_allclose(rates(schedule, 6), [2, 4, 6, 8, 4, 2])
    state = schedule.state_dict()
    again = schedules.SequentialLR(o, parts, [3])
    again.load_state_dict(state)
    assert again.last_epoch == 6
    chained = schedules.ChainedScheduler(parts)
    chained.load_state_dict(chained.state_dict())


def test_groups_may_have_functions_and_limits_of_their_own():
    o = nn.optim.SGD([{"params": [nn.Parameter(1.0)]}, {"params": [nn.Parameter(1.0)], "lr": 2.0}], lr=1.0)
    schedule = schedules.LambdaLR(o, [lambda t: 1.0, lambda t: 0.5**t])
    schedule.step()
    assert schedule.get_last_lr() == [1.0, 1.0]
    with pytest.raises(ValueError, match="LambdaLR: 1 settings were given for 2 groups of parameters"):
        schedules.LambdaLR(o, [lambda t: 1.0])


def test_going_on_needs_the_first_rate():
    with pytest.raises(KeyError, match=r"StepLR\(last_epoch=4\): the groups need 'initial_lr' to go on from a step"):
        schedules.StepLR(optimizer(), 3, last_epoch=4)


def test_wrong_settings_are_refused():
    o = optimizer(momentum=0.9)
    plain = nn.optim.Adagrad([nn.Parameter(1.0)])
    cases = [
        (TypeError, "StepLR takes an optimiser, not float", lambda: schedules.StepLR(0.1, 3)),
        (ValueError, "ConstantLR: factor must be between 0 and 1, not 2", lambda: schedules.ConstantLR(o, 2)),
        (
            ValueError,
            "LinearLR: the factors must be between 0 and 1, the first not 0, but are 0 and 1",
            lambda: schedules.LinearLR(o, 0, 1),
        ),
        (
            ValueError,
            "CosineAnnealingWarmRestarts: T_0 and T_mult must be at least 1",
            lambda: schedules.CosineAnnealingWarmRestarts(o, 0),
        ),
        (ValueError, "OneCycleLR: give total_steps, or both epochs and steps_per_epoch", lambda: schedules.OneCycleLR(o, 1.0)),
        (ValueError, "OneCycleLR: total_steps must be at least 1, not 0", lambda: schedules.OneCycleLR(o, 1.0, 0)),
        (
            ValueError,
            "OneCycleLR: pct_start must be between 0 and 1, not 2",
            lambda: schedules.OneCycleLR(o, 1.0, 9, pct_start=2),
        ),
        (ValueError, "OneCycleLR: anneal_strategy must be", lambda: schedules.OneCycleLR(o, 1.0, 9, anneal_strategy="x")),
        (
            ValueError,
            "OneCycleLR: Adagrad has no momentum; pass cycle_momentum=False",
            lambda: schedules.OneCycleLR(plain, 1.0, 9),
        ),
        (ValueError, "CyclicLR: mode must be", lambda: schedules.CyclicLR(o, 1.0, 2.0, mode="x")),
        (ValueError, "ReduceLROnPlateau: mode must be 'min' or 'max', not 'x'", lambda: schedules.ReduceLROnPlateau(o, "x")),
        (ValueError, "ReduceLROnPlateau: factor must be less than 1, not 1", lambda: schedules.ReduceLROnPlateau(o, factor=1)),
        (
            ValueError,
            "ReduceLROnPlateau: threshold_mode must be 'rel' or 'abs', not 'x'",
            lambda: schedules.ReduceLROnPlateau(o, threshold_mode="x"),
        ),
        (
            ValueError,
            "SequentialLR: 1 schedules need 0 milestones, not 1",
            lambda: schedules.SequentialLR(o, [schedules.StepLR(o, 1)], [1]),
        ),
        (
            ValueError,
            "SequentialLR: all schedules must be made for the optimiser",
            lambda: schedules.SequentialLR(plain, [schedules.StepLR(o, 1)], []),
        ),
        (ValueError, "ChainedScheduler needs at least one schedule", lambda: schedules.ChainedScheduler([])),
        (NotImplementedError, "LRScheduler defines no get_lr", lambda: schedules.LRScheduler(o)),
    ]
    for kind, message, make in cases:
        with pytest.raises(kind, match=message):
            make()


def test_a_step_size_of_zero_is_told() -> None:
    optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=1.0)
    with pytest.raises(ValueError, match=r"StepLR: step_size must be positive, not 0"):
        nn.schedules.StepLR(optimizer, 0)
