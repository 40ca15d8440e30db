"""Sums over all alignments of labels with times: `log_likelihood`, and `occupancy`, which is its gradient.

The states are the labels with a blank before, between and after them. From one time to the next an alignment stays, moves on by
one state, or skips a blank between different labels. Written on logarithms; forward in time α, from the end β.
"""

from __future__ import annotations

import numpy as np

import revad
from revad.extend import vjp
from revad.typing import Array


def _may_skip(states: Array, blank: int) -> Array:
    """Return which states may be reached from two before: labels that differ from the label before."""
    skips = np.zeros(states.shape, bool)
    skips[:, 2:] = (states[:, 2:] != blank) & (states[:, 2:] != states[:, :-2])
    return skips


def _emissions(log_probs: Array, states: Array) -> Array:
    """Return log p(class of the state) for each time, sequence and state."""
    return np.take_along_axis(log_probs, states[None], axis=2)


def _start(states: Array) -> Array:
    """Return which states an alignment may start in: the first blank, and the first label."""
    return np.arange(states.shape[1]) < np.full((len(states), 1), 2)


def _end(states: Array, counts: Array) -> Array:
    """Return which states an alignment may end in: the last label, and the blank after it."""
    place = np.arange(states.shape[1])
    return (place == 2 * counts[:, None]) | (place == 2 * counts[:, None] - 1)


def _forward(emissions: Array, states: Array, blank: int) -> Array:
    """α[t, n, s]: log-probability of all ways to be in state s at time t, with what they emit until then."""
    forbidden = np.where(_may_skip(states, blank), 0, -np.inf).astype(emissions.dtype)
    alpha = np.full(emissions.shape, -np.inf, emissions.dtype)
    alpha[:1] = np.where(_start(states), emissions[:1], -np.inf)
    for t in range(1, len(emissions)):
        before, now = alpha[t - 1], alpha[t]
        now[:] = before
        np.logaddexp(now[:, 1:], before[:, :-1], out=now[:, 1:])
        np.logaddexp(now[:, 2:], before[:, :-2] + forbidden[:, 2:], out=now[:, 2:])
        now += emissions[t]
    return alpha


def _backward(emissions: Array, states: Array, blank: int, times: Array, counts: Array) -> Array:
    """β[t, n, s]: log-probability of all ways from state s at time t to the end, with what they emit after t."""
    forbidden = np.where(_may_skip(states, blank), 0, -np.inf).astype(emissions.dtype)
    end = np.where(_end(states, counts), 0, -np.inf).astype(emissions.dtype)
    beta = np.full(emissions.shape, -np.inf, emissions.dtype)
    for t in range(len(emissions) - 1, -1, -1):
        now = beta[t]
        if t + 1 < len(emissions):
            after = beta[t + 1] + emissions[t + 1]
            now[:] = after
            np.logaddexp(now[:, :-1], after[:, 1:], out=now[:, :-1])
            np.logaddexp(now[:, :-2], after[:, 2:] + forbidden[:, 2:], out=now[:, :-2])
        last = times == t + 1
        now[last] = end[last]
    return beta


def _total(alpha: Array, states: Array, times: Array, counts: Array) -> Array:
    """Return the log-probability of all alignments: Σ over the states at the last time that counts; without any, of none."""
    if not len(alpha):
        return np.where(counts == 0, 0, -np.inf).astype(alpha.dtype)
    last = alpha[np.maximum(times, 1) - 1, np.arange(len(states))]
    total = np.logaddexp.reduce(np.where(_end(states, counts), last, -np.inf), axis=1)
    return np.where(times > 0, total, np.where(counts == 0, 0, -np.inf)).astype(alpha.dtype)


@revad.primitive
def log_likelihood(log_probs: Array, states: Array, blank: int, times: Array, counts: Array) -> Array:
    """Return the log-probability of labels, summed over all alignments.

    Parameters
    ----------
    log_probs : array_like, shape (T, N, C)
        Of the classes at each time.
    states : array of int, shape (N, 2S + 1)
        Labels with blanks around.
    blank : int
        Which class is the blank.
    times, counts : array of int, shape (N,)
        How many times, and how many labels, count.

    Returns
    -------
    array, shape (N,)

    Examples
    --------
    >>> import numpy as np
    >>> half = np.log(np.full((2, 1, 2), 0.5))
    >>> np.exp(log_likelihood(half, np.array([[0, 1, 0]]), 0, np.array([2]), np.array([1])))
    array([0.75])
    """
    return _total(_forward(_emissions(log_probs, states), states, blank), states, times, counts)


@revad.primitive
def occupancy(log_probs: Array, states: Array, blank: int, times: Array, counts: Array) -> Array:
    """Return the probability, over all alignments, that each class is at each time; zeros where there is no alignment.

    Parameters
    ----------
    log_probs, states, blank, times, counts
        As for `log_likelihood`.

    Returns
    -------
    array, shape (T, N, C)

    Examples
    --------
    >>> import numpy as np
    >>> half = np.log(np.full((2, 1, 2), 0.5))
    >>> 3 * occupancy(half, np.array([[0, 1, 0]]), 0, np.array([2]), np.array([1]))[:, 0]
    array([[1., 2.],
           [1., 2.]])
    """
    emissions = _emissions(log_probs, states)
    alpha = _forward(emissions, states, blank)
    total = _total(alpha, states, times, counts)
    alpha += _backward(emissions, states, blank, times, counts)
    alpha -= np.where(np.isfinite(total), total, 0)[:, None]
    share = np.exp(alpha, out=alpha)
    steps, batch, classes = log_probs.shape
    place = np.arange(steps * batch).reshape(steps, batch, 1) * classes + states
    summed = np.bincount(place.ravel(), share.ravel(), steps * batch * classes)
    return summed.reshape(log_probs.shape).astype(log_probs.dtype)


def _log_likelihood_log_probs(g: Array, log_probs: Array, states: Array, blank: int, times: Array, counts: Array) -> Array:
    """∂/∂log p[t, n, c] = expected number of times that class c is at time t."""
    return g[:, None] * occupancy(log_probs, states, blank, times, counts)


vjp(log_likelihood, log_probs=_log_likelihood_log_probs)


def _log_likelihood_on_tape(log_probs: Array, states: Array, blank: int, times: Array, counts: Array) -> Array:
    """Return a sum with the derivatives of all likelihoods' logarithms, to any order: the recursion itself, rescaled at each step."""
    probabilities = np.exp(_emissions(log_probs, states))
    skips = _may_skip(states, blank)[:, 2:]
    zeros = np.zeros((len(states), 2), log_probs.dtype)
    alpha = probabilities[0] * _start(states)
    for t in range(1, len(probabilities)):
        moved = alpha + np.concatenate([zeros[:, :1], alpha[:, :-1]], axis=1)
        moved = moved + np.concatenate([zeros, alpha[:, :-2] * skips], axis=1)
        largest = np.max(revad.stop_gradient(alpha), axis=1, keepdims=True)  # a factor that the derivative does not see
        moved = moved * probabilities[t] / np.where(largest > 0, largest, 1)
        alpha = np.where((t < times)[:, None], moved, alpha)
    likelihood = np.sum(np.where(_end(states, counts), alpha, 0), axis=1)
    return np.sum(np.log(np.where((likelihood > 0) & (times > 0), likelihood, 1)))


def _occupancy_log_probs(g: Array, log_probs: Array, states: Array, blank: int, times: Array, counts: Array) -> Array:
    """Apply the Hessian of the log-likelihood, which is symmetric, to ȳ."""
    if not log_probs.shape[0]:
        return np.zeros_like(log_probs)
    return revad.hvp(lambda x: _log_likelihood_on_tape(x, states, blank, times, counts), (log_probs,), (g,))[1]


vjp(occupancy, log_probs=_occupancy_log_probs)
