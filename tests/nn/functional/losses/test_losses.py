"""Losses: gradients against finite differences, extremes, masks, and what wrong targets get."""

import numpy as np
import pytest

import revad
from nn import functional as F
from tests.nn._checks import check_gradients, random

A, B = random().normal(size=(4, 3)), random(1).normal(size=(4, 3))
P, Q = F.softmax(A, 1), F.softmax(B, 1)
SIGNS = np.array([1.0, -1.0, 1.0, -1.0])
BITS = np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 1.0, 1.0], [0.0, 1.0, 0.0]])
CLASSES = np.array([2, 0, 1, 2])
WEIGHT = np.array([0.5, 1.0, 2.0])

CASES = {
    "mse": (F.mse_loss, A, B),
    "mse weighted": (lambda x, y: F.mse_loss(x, y, weight=BITS + 0.5), A, B),
    "l1": (F.l1_loss, A, B),
    "smooth l1": (lambda x, y: F.smooth_l1_loss(x, y, beta=0.7), A, B),
    "huber": (lambda x, y: F.huber_loss(x, y, delta=0.7), A, B),
    "poisson": (lambda x: F.poisson_nll_loss(x, np.arange(12.0).reshape(4, 3), full=True), A),
    "poisson of rates": (lambda x: F.poisson_nll_loss(x, BITS, log_input=False), P),
    "gaussian": (lambda x, y, v: F.gaussian_nll_loss(x, y, v, full=True), A, B, Q),
    "gaussian, one variance per row": (lambda x, y, v: F.gaussian_nll_loss(x, y, v), A, B, Q[:, 0]),
    "cross-entropy": (lambda x: F.cross_entropy(x, CLASSES), A),
    "cross-entropy with all options": (
        lambda x: F.cross_entropy(x, np.array([2, 0, -1, 2]), WEIGHT, ignore_index=-1, label_smoothing=0.1),
        A,
    ),
    "cross-entropy of probabilities": (lambda x, p: F.cross_entropy(x, p, WEIGHT, label_smoothing=0.1), A, P),
    "cross-entropy of images": (
        lambda x: F.cross_entropy(x, random().integers(0, 3, (2, 2, 4))),
        random().normal(size=(2, 3, 2, 4)),
    ),
    "cross-entropy of one row": (lambda x: F.cross_entropy(x, np.array(1)), A[0]),
    "nll": (lambda x: F.nll_loss(x, CLASSES, WEIGHT), np.log(P)),
    "bce": (lambda p: F.binary_cross_entropy(p, BITS, WEIGHT), P),
    "bce of logits": (lambda x, y: F.binary_cross_entropy_with_logits(x, y, pos_weight=WEIGHT), A, P),
    "kl": (lambda x, y: F.kl_div(x, y, "batchmean"), np.log(P), Q),
    "kl of logarithms": (lambda x, y: F.kl_div(x, y, log_target=True), np.log(P), np.log(Q)),
    "hinge embedding": (lambda x: F.hinge_embedding_loss(x, SIGNS), np.abs(A[:, 0])),
    "margin ranking": (lambda x, y: F.margin_ranking_loss(x, y, SIGNS, margin=0.3), A[:, 0], B[:, 0]),
    "soft margin": (lambda x: F.soft_margin_loss(x, SIGNS), A[:, 0]),
    "multi-margin": (lambda x: F.multi_margin_loss(x, CLASSES, p=2, weight=WEIGHT), A),
    "multilabel soft margin": (lambda x: F.multilabel_soft_margin_loss(x, BITS, WEIGHT), A),
    "multilabel margin": (lambda x: F.multilabel_margin_loss(x, np.array([[2, 0, -1], [1, -1, 0], [-1, 0, 0], [0, 1, 2]])), A),
    "cosine embedding": (lambda x, y: F.cosine_embedding_loss(x, y, SIGNS, margin=-0.5), A, B),
    "triplet": (lambda a, p, n: F.triplet_margin_loss(a, p, n, margin=2.0, swap=True), A, B, A + 0.5 * B),
}


@pytest.mark.parametrize("name", CASES)
def test_gradients_agree_with_differences(name):
    f, *arrays = CASES[name]
    check_gradients(f, *arrays)


@pytest.mark.parametrize("name", ["mse", "cross-entropy", "bce of logits", "cross-entropy with all options", "soft margin"])
def test_second_derivatives_agree_with_differences(name):
    f, *arrays = CASES[name]
    check_gradients(f, *arrays, order=2)


def test_cross_entropy_of_extreme_logits_is_exact():
    x = np.array([[1000.0, 0.0], [0.0, 1000.0]])
    np.testing.assert_array_equal(F.cross_entropy(x, np.array([0, 0]), reduction="none"), [0.0, 1000.0])
    np.testing.assert_array_equal(revad.grad(lambda x: F.cross_entropy(x, np.array([0, 0])))(x), [[0, 0], [-0.5, 0.5]])


def test_cross_entropy_pulls_back_probability_minus_truth():
    expected = F.softmax(A, 1) - np.eye(3)[CLASSES]
    np.testing.assert_allclose(revad.grad(lambda x: F.cross_entropy(x, CLASSES, reduction="sum"))(A), expected, rtol=1e-14)


def test_ignored_targets_have_no_influence():
    target = np.array([2, -100, 1, -100])
    np.testing.assert_allclose(F.cross_entropy(A, target), F.cross_entropy(A[[0, 2]], target[[0, 2]]))
    g = revad.grad(lambda x: F.cross_entropy(x, target))(A)
    np.testing.assert_array_equal(g[[1, 3]], 0)
    nothing = np.full(4, -100)
    assert np.isnan(F.cross_entropy(A, nothing))
    for smoothing in (0.0, 0.1):  # the weights stay whole, as in PyTorch
        g = revad.grad(lambda x, smoothing=smoothing: F.cross_entropy(x, nothing, WEIGHT, label_smoothing=smoothing))(A)
        np.testing.assert_array_equal(g, 0)


def test_bce_of_extreme_logits_is_exact():
    x, y = np.array([-1000.0, 1000.0, -40.0, 40.0]), np.array([0.0, 1.0, 0.0, 1.0])
    losses = F.binary_cross_entropy_with_logits(x, y, reduction="none")
    np.testing.assert_allclose(losses, [0, 0, np.exp(-40), np.exp(-40)], rtol=1e-14)


def test_float32_stays_float32():
    x = A.astype(np.float32)
    for loss in (F.cross_entropy(x, CLASSES), F.mse_loss(x, x + 1), F.cross_entropy(x, CLASSES, WEIGHT, label_smoothing=0.1)):
        assert loss.dtype == np.float32


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_reductions(reduction):
    losses = F.mse_loss(A, B, reduction="none")
    expected = {"mean": losses.mean(), "sum": losses.sum(), "none": losses}[reduction]
    np.testing.assert_allclose(F.mse_loss(A, B, reduction=reduction), expected)


def test_an_unknown_reduction_is_refused():
    with pytest.raises(ValueError, match=r"mse_loss: reduction must be 'mean', 'sum' or 'none', not 'max'"):
        F.mse_loss(A, B, reduction="max")


def test_shapes_that_would_broadcast_are_refused():
    with pytest.raises(
        ValueError, match=r"mse_loss: the input has shape \(4, 1\) and the target \(4,\); they must be the same"
    ):
        F.mse_loss(A[:, :1], B[:, 0])


def test_wrong_classes_are_refused():
    with pytest.raises(IndexError, match=r"cross_entropy: target 3 is out of range for 3 classes \(0 to 2\)"):
        F.cross_entropy(A, np.array([0, 1, 2, 3]))
    with pytest.raises(TypeError, match="cross_entropy: class indices must be integers, not float64"):
        F.cross_entropy(A, np.zeros(4))
    with pytest.raises(
        ValueError, match=r"the target must hold class indices of shape \(4,\) or probabilities of shape \(4, 3\), not"
    ):
        F.cross_entropy(A, np.zeros((3,), int))
    with pytest.raises(
        ValueError, match=r"cross_entropy: weight must have one entry for each of the 3 classes, not shape \(4,\)"
    ):
        F.cross_entropy(A, CLASSES, np.ones(4))
    with pytest.raises(ValueError, match="cross_entropy: label_smoothing must be between 0 and 1, not 2"):
        F.cross_entropy(A, CLASSES, label_smoothing=2)


def test_other_wrong_arguments_are_refused():
    with pytest.raises(
        ValueError, match="binary_cross_entropy: the input must be probabilities between 0 and 1; for logits use"
    ):
        F.binary_cross_entropy(A, BITS)
    with pytest.raises(ValueError, match="gaussian_nll_loss: var has negative entries"):
        F.gaussian_nll_loss(A, B, -np.ones((4, 3)))
    with pytest.raises(ValueError, match=r"gaussian_nll_loss: var of shape \(2,\) does not fit the input of shape \(4, 3\)"):
        F.gaussian_nll_loss(A, B, np.ones(2))
    with pytest.raises(ValueError, match="huber_loss: delta must be positive, not 0"):
        F.huber_loss(A, B, delta=0)
    with pytest.raises(ValueError, match="smooth_l1_loss: beta must not be negative, but it is -1"):
        F.smooth_l1_loss(A, B, beta=-1)


def test_weighted_huber_loss_divides_by_the_number() -> None:
    """As in PyTorch, unlike its other weighted losses."""
    weight = np.array([1.0, 3.0])
    assert F.huber_loss(np.array([1.0, 0.5]), np.zeros(2), weight=weight) == (0.5 + 3 * 0.125) / 2
