"""`scaled_dot_product_attention`: gradients to second order, masks, what is not allowed weighs nothing."""

import numpy as np
import pytest

import revad
from nn import functional as F
from nn.functional.attention.dot_product import attention_weights, softmax_pullback
from tests.nn._checks import check_gradients, random

Q, K, V = (random(i).normal(size=shape) for i, shape in enumerate([(2, 3, 4, 5), (2, 3, 6, 5), (2, 3, 6, 2)]))
ALLOWED = random(9).random((4, 6)) < 0.6
ALLOWED[0], ALLOWED[1] = True, False  # the second query may attend to nothing

CASES = {
    "plain": (lambda q, k, v: F.scaled_dot_product_attention(q, k, v), Q, K, V),
    "boolean mask": (lambda q, k, v: F.scaled_dot_product_attention(q, k, v, ALLOWED), Q, K, V),
    "numbers as a mask": (F.scaled_dot_product_attention, Q, K, V, random(4).normal(size=(3, 4, 6))),
    "causal": (lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True), Q, K, V),
    "scale": (lambda q, k, v, s: F.scaled_dot_product_attention(q, k, v, scale=s), Q, K, V, np.array(0.3)),
    "without batch": (lambda q, k, v: F.scaled_dot_product_attention(q, k, v), Q[0, 0], K[0, 0], V[0, 0]),
    "one key for all": (lambda q, k, v: F.scaled_dot_product_attention(q, k, v), Q, K[:1, :1], V[:, :1]),
    "a mask with more axes": (
        lambda q, k, v: F.scaled_dot_product_attention(q, k, v, ALLOWED[None]),
        Q[0, 0],
        K[0, 0],
        V[0, 0],
    ),
    "grouped heads": (lambda q, k, v: F.scaled_dot_product_attention(q, k, v, enable_gqa=True), Q, K[:, :1], V[:, :1]),
    "pull-back of softmax": (softmax_pullback, Q, K[..., :4, :]),
}


@pytest.mark.parametrize("name", CASES)
def test_gradients_agree_with_differences(name):
    f, *arrays = CASES[name]
    check_gradients(f, *arrays, order=2)


def test_what_is_not_allowed_weighs_nothing():
    weights = attention_weights(Q, K, ALLOWED)
    np.testing.assert_array_equal(weights[..., ~ALLOWED], 0)
    np.testing.assert_allclose(weights.sum(axis=-1)[0, 0], [1, 0, 1, 1], rtol=1e-14)
    infinite = np.where(ALLOWED, 0.0, -np.inf)
    np.testing.assert_array_equal(attention_weights(Q, K, infinite), weights)
    gradients = revad.grad(lambda q, k: np.sum(attention_weights(q, k, infinite)[..., 0]), (0, 1))(Q, K)
    assert all(np.all(np.isfinite(g)) for g in gradients)


def test_large_scores_do_not_overflow():
    weights = attention_weights(1e4 * Q, K)
    np.testing.assert_allclose(weights.sum(axis=-1), 1)


def test_later_places_do_not_matter_to_causal_attention():
    changed = np.array(K)
    changed[..., 2:, :] = 7.0
    first, second = (F.scaled_dot_product_attention(Q, k, V, is_causal=True) for k in (K, changed))
    np.testing.assert_array_equal(first[..., :2, :], second[..., :2, :])
    assert np.all(first[..., 2:, :] != second[..., 2:, :])


def test_arguments_keep_their_values_and_dtype():
    q, k, v = (x.astype(np.float32) for x in (Q, K, V))
    mask = np.where(ALLOWED, 0.5, -np.inf)
    copies = [np.copy(x) for x in (q, k, v, mask)]
    y, pullback = revad.vjp(lambda *x: F.scaled_dot_product_attention(*x, mask), q, k, v)
    assert {y.dtype, *(g.dtype for g in pullback(np.ones_like(y)))} == {np.dtype(np.float32)}
    for before, after in zip(copies, (q, k, v, mask), strict=True):
        np.testing.assert_array_equal(before, after)


def test_empty_lengths():
    y = F.scaled_dot_product_attention(Q, K[..., :0, :], V[..., :0, :])
    np.testing.assert_array_equal(y, np.zeros((2, 3, 4, 2)))
    assert F.scaled_dot_product_attention(Q[..., :0, :], K, V).shape == (2, 3, 0, 2)


def test_dropped_weights():
    value = np.ones((1, 400, 1))
    y = F.scaled_dot_product_attention(np.zeros((1, 50, 3)), np.zeros((1, 400, 3)), value, dropout_p=0.25, rng=0)
    assert y.std() > 0.01
    assert abs(y.mean() - 1) < 0.02


def test_wrong_arguments_are_refused():
    with pytest.raises(
        ValueError, match=r"takes a query \(..., L, E\), a key \(..., S, E\) and a value \(..., S, Ev\), not shapes"
    ):
        F.scaled_dot_product_attention(Q, V, K)
    with pytest.raises(ValueError, match="takes either attn_mask or is_causal=True, not both"):
        F.scaled_dot_product_attention(Q, K, V, ALLOWED, is_causal=True)
    with pytest.raises(ValueError, match=r"attn_mask of shape \(6, 4\) does not broadcast to \(..., L, S\) = \(..., 4, 6\)"):
        F.scaled_dot_product_attention(Q, K, V, ALLOWED.T)
    with pytest.raises(TypeError, match="attn_mask must be boolean or floating, not int64"):
        F.scaled_dot_product_attention(Q, K, V, ALLOWED.astype(int))
    with pytest.raises(
        ValueError, match=r"with enable_gqa the 2 heads .axis -3. of the keys and values must divide the 3 heads"
    ):
        F.scaled_dot_product_attention(Q, K[:, :2], V[:, :2], enable_gqa=True)
