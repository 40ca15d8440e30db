"""`ctc_loss`: gradients to second order, all forms of targets, impossible and empty labels, errors."""

import itertools

import numpy as np
import pytest

import nn
import revad
from nn import functional as F
from tests.nn._checks import check_gradients, random

LOGITS = random().normal(size=(7, 4, 5))
LABELS = np.array([[3, 3, 1], [1, 2, 0], [4, 0, 0], [0, 0, 0]])
TIMES, COUNTS = np.array([7, 6, 1, 5]), np.array([3, 2, 1, 0])


def loss(logits, **options):
    return F.ctc_loss(F.log_softmax(logits, 2), LABELS, TIMES, COUNTS, **options)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_gradients_agree_with_differences(reduction):
    check_gradients(lambda x: loss(x, reduction=reduction), LOGITS, order=2)
    check_gradients(lambda x: F.ctc_loss(x, LABELS[:2], TIMES[:2], COUNTS[:2], blank=4, reduction=reduction), LOGITS[:, :2])


def test_the_probability_is_the_sum_over_all_sequences_that_read_the_labels():
    log_probs = F.log_softmax(LOGITS[:4, 0], 1)
    total = 0.0
    for classes in itertools.product(range(5), repeat=4):
        if [c for c, _ in itertools.groupby(classes) if c] == [3, 1]:
            total += np.exp(sum(log_probs[t, c] for t, c in enumerate(classes)))
    np.testing.assert_allclose(F.ctc_loss(log_probs, [3, 1], 4, 2, reduction="none"), -np.log(total), rtol=1e-12)


def test_forms_of_targets():
    expected = loss(LOGITS, reduction="none")
    joined = np.concatenate([row[:n] for row, n in zip(LABELS, COUNTS, strict=True)])
    log_probs = F.log_softmax(LOGITS, 2)
    np.testing.assert_array_equal(F.ctc_loss(log_probs, joined, TIMES, COUNTS, reduction="none"), expected)
    junk = np.where(np.arange(3) < COUNTS[:, None], LABELS, -1)  # padding is never looked at
    np.testing.assert_array_equal(F.ctc_loss(log_probs, junk, TIMES, COUNTS, reduction="none"), expected)
    for reduction, divisor in (("none", 1), ("sum", 1), ("mean", 3)):
        alone = F.ctc_loss(log_probs[:, 0], LABELS[0], 7, 3, reduction=reduction)
        np.testing.assert_allclose(alone, expected[0] / divisor, rtol=1e-14)
    np.testing.assert_array_equal(nn.CTCLoss(reduction="none")(log_probs, joined, TIMES, COUNTS), expected)


def test_labels_without_an_alignment():
    log_probs = F.log_softmax(LOGITS[:, :2], 2)
    f = lambda x, **options: F.ctc_loss(x, [[1, 1, 1], [1, 2, 3]], [4, 4], [3, 3], reduction="none", **options)
    values, pullback = revad.vjp(f, log_probs)
    assert np.isinf(values).tolist() == [True, False]
    (g,) = pullback(np.ones(2))
    np.testing.assert_array_equal(g[:, 0], 0)
    assert np.all(g[:4, 1].sum(axis=1) < -0.99)
    np.testing.assert_array_equal(f(log_probs, zero_infinity=True), [0, values[1]])
    g = revad.grad(lambda x: np.sum(f(x, zero_infinity=True)))(log_probs)
    assert np.all(np.isfinite(g))
    product = revad.hvp(lambda x: np.sum(f(x, zero_infinity=True)), (log_probs,), (log_probs,))[1]
    np.testing.assert_array_equal(np.any(product != 0, axis=(0, 2)), [False, True])


def test_nothing_to_read():
    log_probs = F.log_softmax(LOGITS[:, :1], 2)
    assert F.ctc_loss(log_probs, [[1]], [0], [0]) == 0
    assert F.ctc_loss(log_probs, [[1]], [0], [1]) == np.inf
    np.testing.assert_allclose(F.ctc_loss(log_probs, [[1]], [7], [0]), -log_probs[:, 0, 0].sum())
    assert F.ctc_loss(log_probs[:0], np.zeros((1, 0), int), [0], [0]) == 0
    np.testing.assert_array_equal(revad.grad(lambda x: F.ctc_loss(x, [[1]], [0], [0]))(log_probs), 0)


def test_probabilities_of_zero_and_long_inputs():
    certain = np.full((3, 1, 3), -np.inf)
    certain[[0, 1, 2], 0, [1, 0, 2]] = 0.0
    value, g = revad.value_and_grad(lambda x: F.ctc_loss(x, [[1, 2]], [3], [2], reduction="sum"))(certain)
    assert value == 0
    np.testing.assert_array_equal(g, np.where(certain == 0, -1.0, 0.0))
    long = np.log(np.full((2000, 1, 50), 1 / 50))
    value, g = revad.value_and_grad(lambda x: F.ctc_loss(x, np.ones((1, 3), int), [2000], [3], reduction="sum"))(long)
    assert 7000 < value < 2000 * np.log(50)
    np.testing.assert_allclose(g.sum(axis=2), -1, rtol=1e-9)


def test_float32_stays_float32():
    value, g = revad.value_and_grad(loss)(LOGITS.astype(np.float32))
    assert (np.asarray(value).dtype, g.dtype) == (np.float32, np.float32)
    np.testing.assert_allclose(value, loss(LOGITS), rtol=1e-5)


def test_wrong_arguments_are_refused():
    log_probs = F.log_softmax(LOGITS, 2)
    with pytest.raises(
        ValueError, match=r"log_probs of shape \(7, 4, 5\) must be \(times, batch, classes\), one of them blank=5"
    ):
        F.ctc_loss(log_probs, LABELS, TIMES, COUNTS, blank=5)
    with pytest.raises(ValueError, match="ctc_loss: input_lengths must be 4 integers between 0 and 7, not"):
        F.ctc_loss(log_probs, LABELS, TIMES + 1, COUNTS)
    with pytest.raises(ValueError, match="ctc_loss: target_lengths must be 4 integers between 0 and 3, not"):
        F.ctc_loss(log_probs, LABELS, TIMES, COUNTS[:3])
    with pytest.raises(ValueError, match=r"targets must be \(4, S\), padded, or one sequence after the other, 6 labels in all"):
        F.ctc_loss(log_probs, LABELS[:2], TIMES, COUNTS)
    with pytest.raises(IndexError, match="ctc_loss: index 5 is out of range for 5 rows"):
        F.ctc_loss(log_probs, LABELS + (LABELS > 3), TIMES, COUNTS)
    with pytest.raises(ValueError, match="ctc_loss: reduction must be 'mean', 'sum' or 'none', not 'max'"):
        F.ctc_loss(log_probs, LABELS, TIMES, COUNTS, reduction="max")
