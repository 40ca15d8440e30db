"""A cost that has no derivative: learning to balance a pole on a cart, by trial, error and a critic.

The cart-pole of Barto, Sutton and Anderson (1983): a cart on a track is pushed left or right fifty times a second, and the pole on it
must not fall. What counts is how long it stands; this is a whole number, found by trying, and knows no derivative.

What has a derivative is the probability of a push. The *policy gradient* (Williams, 1992; Sutton et al., 2000) is

    d/dw E[return] = E[ sum over t of  d/dw log π(push t | state t) · (return from t - V(state t)) ]

so after some trials those pushes that went better than expected become more probable. What is to be expected, V, is learned at the
same time by a second net, the *critic*: without it the gradient is right on average too, but noisier,
and what has been learned is lost again now and then.
"""

import numpy as np
from _common import BLACK, BLUE, ORANGE, PICTURES, RED, figure, run, save

import nn

GRAVITY, CART, POLE, HALF_LENGTH, FORCE, TICK = 9.8, 1.0, 0.1, 0.5, 10.0, 0.02  # SI units
TRACK, TILT = 2.4, np.radians(12)  # beyond these the trial is lost
LONGEST, CARTS, DISCOUNT = 500, 16, 0.99


def push(state, right):
    """The state (x, dx/dt, angle, d angle/dt) of each cart after a push of 1/50 s to the right (1) or to the left (0)."""
    x, v, angle, turning = state.T
    force = np.where(right == 1, FORCE, -FORCE)
    total = CART + POLE
    sine, cosine = np.sin(angle), np.cos(angle)
    pressed = (force + POLE * HALF_LENGTH * turning**2 * sine) / total
    bent = (GRAVITY * sine - cosine * pressed) / (HALF_LENGTH * (4 / 3 - POLE * cosine**2 / total))
    moved = pressed - POLE * HALF_LENGTH * bent * cosine / total
    return np.stack([x + TICK * v, v + TICK * moved, angle + TICK * turning, turning + TICK * bent], axis=1)


def fallen(state):
    return (np.abs(state[:, 0]) > TRACK) | (np.abs(state[:, 2]) > TILT)


def features(state):
    return (state / [TRACK, 2.0, TILT, 2.0]).astype(np.float32)


def trials(actor, rng):
    """Let all carts run until the last has fallen; return states, pushes and `up`, each (time, carts): which were up then."""
    state, up = rng.uniform(-0.05, 0.05, (CARTS, 4)), np.ones(CARTS, bool)
    seen = []
    while up.any() and len(seen) < LONGEST:
        right = rng.random(CARTS) < 1 / (1 + np.exp(-actor(features(state)).value[:, 0]))
        seen.append((state, right, up))
        state = push(state, right)
        up = up & ~fallen(state)
    return (np.stack(part) for part in zip(*seen, strict=True))


def returns(up):
    """The discounted number of ticks that each cart will yet stand, from each moment on."""
    total, sums = np.zeros(up.shape[1]), []
    for standing in up[::-1]:
        total = standing * (1 + DISCOUNT * total)
        sums.append(total)
    return np.stack(sums[::-1])


def net():
    return nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))


def learn(rounds, seed, *, critic_helps):
    """Learn for some rounds of 16 trials; return the actor, and how long the carts stood in each round."""
    nn.manual_seed(seed)
    rng = np.random.default_rng(seed)
    actor, critic = net(), net()
    optimizer = nn.optim.Adam([*actor.parameters(), *critic.parameters()], lr=0.01)
    stood = []
    for _ in range(rounds):
        states, right, up = trials(actor, rng)
        stood.append(up.sum(axis=0).mean())
        states, pushed, goal = features(states[up]), right[up], (returns(up)[up] * (1 - DISCOUNT)).astype(np.float32)
        expected = critic(states)[:, 0]
        better = goal - expected.value if critic_helps else goal
        unlikely = nn.functional.binary_cross_entropy_with_logits(
            actor(states)[:, 0], pushed.astype(np.float32), reduction="none"
        )
        loss = np.mean(unlikely * better) / 0.1 + np.mean((expected - goal) ** 2)  # unlikely is -log π
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return actor, np.array(stood)


def main(quick=False, out=PICTURES):
    rounds, seeds = (60, 1) if quick else (100, 3)
    report, courses, learned = {}, {}, {}
    for name, helps in (("with a critic", True), ("without", False)):
        actors, stood = zip(*(learn(rounds, seed, critic_helps=helps) for seed in range(seeds)), strict=True)
        courses[name], learned[name] = np.array(stood), actors[0]
        report[name] = courses[name][:, 0].mean(), courses[name][:, -10:].mean()
        print(f"{name:>14}: {report[name][0]:.0f} ticks at first, {report[name][1]:.0f} of {LONGEST} at the end ({seeds} runs)")
    states, _, up = trials(learned["with a critic"], np.random.default_rng(100))
    longest = int(np.argmax(up.sum(axis=0)))
    draw(out, courses, states[:, longest][up[:, longest]], learned["with a critic"])
    return report


def draw(out, courses, states, actor):
    """Draw how long the poles stood, one trial, and what the net has learned to do where the cart stands in the middle."""
    picture, (left, middle, right) = figure(1, 3, size=(11, 3.2))
    for (name, stood), colour in zip(courses.items(), (BLUE, ORANGE), strict=True):
        left.plot(stood.T, color=colour, linewidth=0.6, alpha=0.6)
        left.plot(stood.mean(axis=0), color=colour, label=name)
    left.set(xlabel="rounds of 16 trials", ylabel="ticks until it falls", ylim=(0, LONGEST), title="Learning to balance")
    left.legend()
    seconds = TICK * np.arange(len(states))
    middle.plot(seconds, states[:, 0], color=BLACK, label="place of the cart (m)")
    middle.plot(seconds, np.degrees(states[:, 2]) / 10, color=RED, label="angle of the pole (10°)")
    middle.set(xlabel="seconds", ylim=(-2.4, 2.4), title="One trial")
    middle.legend()
    tilts, turns = np.meshgrid(np.linspace(-12, 12, 60), np.linspace(-120, 120, 60))  # degrees, and degrees a second
    standing = np.zeros_like(tilts)
    seen = np.stack([standing, standing, np.radians(tilts), np.radians(turns)], axis=-1).reshape(-1, 4)
    chances = 1 / (1 + np.exp(-actor(features(seen)).value.reshape(tilts.shape)))
    shown = right.imshow(chances, cmap="RdBu", vmin=0, vmax=1, origin="lower", extent=(-12, 12, -120, 120), aspect="auto")
    picture.colorbar(shown, ax=right)
    right.set(xlabel="angle of the pole (°)", ylabel="its turning (° a second)", title="Probability of a push to the right")
    save(picture, out, "13_balance.png")


if __name__ == "__main__":
    run(main, __doc__)
