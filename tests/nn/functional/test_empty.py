"""Batches of no samples: PyTorch's answer (nan for a mean of nothing, else something empty), without a warning; or one sentence."""

from itertools import product

import numpy as np
import pytest

import nn
import revad
from nn import functional as F


def z(*shape):
    return np.zeros(shape)


def no_indices(*shape):
    return np.zeros(shape, int)


def check(function, inputs, expected):
    """Compare the value; and run first and second derivatives, which have the inputs' shapes."""
    output = function(*inputs)
    np.testing.assert_array_equal(output, expected)
    total = lambda *x: np.sum(function(*x))
    every = tuple(range(len(inputs)))
    assert [np.shape(g) for g in revad.grad(total, every)(*inputs)] == [np.shape(x) for x in inputs]
    revad.grad(lambda *x: sum(np.sum(g) for g in revad.grad(total, every)(*x)))(*inputs)


OF_PAIRS = [
    F.mse_loss, F.l1_loss, F.smooth_l1_loss, F.huber_loss, F.binary_cross_entropy, F.binary_cross_entropy_with_logits, F.kl_div,
    F.poisson_nll_loss, F.soft_margin_loss,
]  # fmt: skip


@pytest.mark.parametrize("loss", OF_PAIRS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (0, 3, 2)])
def test_losses_of_no_pairs(loss, shape):
    target = z(*shape)
    for reduction, expected in (("mean", np.nan), ("sum", 0.0), ("none", z(*shape))):
        check(lambda x, reduction=reduction: loss(x, target, reduction=reduction), [z(*shape)], expected)
    if loss is F.kl_div:
        check(lambda x: loss(x, target, reduction="batchmean"), [z(*shape)], 0.0 if shape[0] else np.nan)


@pytest.mark.parametrize("loss", [F.cross_entropy, F.nll_loss, F.multi_margin_loss], ids=lambda f: f.__name__)
@pytest.mark.parametrize("weight", [None, np.ones(3)])
def test_losses_of_no_classes(loss, weight):
    for shape, places in (((0, 3), (0,)), ((0, 3, 2), (0, 2)), ((2, 3, 0), (2, 0))):
        if loss is F.multi_margin_loss and len(shape) > 2:
            continue
        for reduction, expected in (("mean", np.nan), ("sum", 0.0), ("none", z(*places))):
            check(lambda x: loss(x, no_indices(*places), weight=weight, reduction=reduction), [z(*shape)], expected)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_of_nothing(smoothing):
    soft = lambda x, r: F.cross_entropy(x, x * 0 + 1.0, reduction=r, label_smoothing=smoothing)
    hard = lambda x, r: F.cross_entropy(x, no_indices(0), reduction=r, label_smoothing=smoothing)
    for f, shape in ((soft, (0, 3)), (soft, (0, 3, 2)), (hard, (0, 3))):
        check(lambda x: f(x, "mean"), [z(*shape)], np.nan)
        check(lambda x: f(x, "sum"), [z(*shape)], 0.0)
    for reduction, expected in (("mean", np.nan), ("sum", 0.0), ("none", z(0))):
        np.testing.assert_array_equal(F.cross_entropy(z(0, 0), no_indices(0), reduction=reduction), expected)
        np.testing.assert_array_equal(F.nll_loss(z(0, 0), no_indices(0), reduction=reduction), expected)
    with pytest.raises(IndexError, match="target 0 is out of range for 0 classes"):
        F.cross_entropy(z(2, 0), no_indices(2))


def test_other_losses_of_nothing():
    three = [z(0, 3)] * 3
    cases = {
        "triplet_margin_loss": (F.triplet_margin_loss, three),
        "gaussian_nll_loss": (F.gaussian_nll_loss, three),
        "margin_ranking_loss": (F.margin_ranking_loss, three),
        "cosine_embedding_loss": (lambda a, b, **r: F.cosine_embedding_loss(a, b, z(0), **r), three[:2]),
        "multilabel_margin_loss": (lambda a, **r: F.multilabel_margin_loss(a, no_indices(0, 3), **r), three[:1]),
        "multilabel_soft_margin_loss": (lambda a, **r: F.multilabel_soft_margin_loss(a, z(0, 3), **r), three[:1]),
        "ctc_loss": (lambda a, **r: F.ctc_loss(a, no_indices(0, 2), no_indices(0), no_indices(0), **r), [z(4, 0, 3)]),
    }
    for loss, inputs in cases.values():
        check(lambda *x: loss(*x, reduction="mean"), inputs, np.nan)
        check(lambda *x: loss(*x, reduction="sum"), inputs, 0.0)
    np.testing.assert_array_equal(F.multilabel_soft_margin_loss(z(3, 0), z(3, 0), reduction="none"), np.full(3, np.nan))


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (0, 3, 2)])
def test_softmaxes_of_nothing(shape):
    for f, dim in product((F.softmax, F.log_softmax, F.softmin), range(-len(shape), len(shape))):
        check(lambda x: f(x, dim=dim), [z(*shape)], z(*shape))


def test_normalisations_of_nothing():
    one = np.ones(4)
    for shape in ((0, 4), (0, 4, 3), (0, 4, 3, 3), (2, 4, 0)):
        check(lambda x, w: F.group_norm(x, 2, w, one), [z(*shape), one], z(*shape))
        check(lambda x, w: F.batch_norm(x, z(4), one, w, training=True)[0], [z(*shape), one], z(*shape))
        _, mean, variance = F.batch_norm(z(*shape), z(4), one, training=True)
        assert mean.tolist() == [0.0] * 4  # nothing was learned
        assert variance.tolist() == [1.0] * 4
    check(F.instance_norm, [z(2, 4, 0)], z(2, 4, 0))
    check(lambda x: F.layer_norm(x, (0,)), [z(3, 0)], z(3, 0))
    check(lambda x: F.rms_norm(x, (0,)), [z(3, 0)], z(3, 0))
    with pytest.raises(ValueError, match="in training each channel needs more than one value"):
        F.batch_norm(z(1, 4), z(4), one, training=True)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_windows_of_nothing(n):
    lengths, filters = (6,) * n, (3,) * n
    pool, correlate = (getattr(F, f"{name}{n}d") for name in ("adaptive_max_pool", "conv"))
    for size in (1, 2, 4, 6):
        check(lambda x: pool(x, size), [z(0, 2, *lengths)], z(0, 2, *(size,) * n))
        check(lambda x: pool(x, size), [z(2, 0, *lengths)], z(2, 0, *(size,) * n))
    for name in ("adaptive_max_pool", "adaptive_avg_pool"):
        with pytest.raises(ValueError, match="the axes that are pooled must have elements, but the input has shape"):
            getattr(F, f"{name}{n}d")(z(2, 2, 0, *lengths[1:]), 2)
    check(correlate, [z(2, 0, *lengths), z(4, 0, *filters)], z(2, 4, *(4,) * n))
    check(correlate, [z(2, 3, *lengths), z(0, 3, *filters)], z(2, 0, *(4,) * n))
    check(lambda x: F.pad(x, (1, 1) * n, mode="reflect"), [z(0, 2, *lengths)], z(0, 2, *(8,) * n))


def test_one_hot_of_nothing():
    assert F.one_hot(no_indices(0), 3).shape == (0, 3)
    with pytest.raises(ValueError, match="without indices the number of classes must be given"):
        F.one_hot(no_indices(0))


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_recurrences_of_no_sequences(name):
    layer = getattr(nn, name)(3, 2, num_layers=2, bidirectional=True, rng=0).double()
    check(lambda x: layer(x)[0].value if isinstance(x, np.ndarray) else layer(x)[0], [z(4, 0, 3)], z(4, 0, 4))
    np.sum(layer(z(4, 0, 3))[0]).backward()
    for p in layer.parameters():
        np.testing.assert_array_equal(p.grad, z(*p.shape))
    with pytest.raises(ValueError, match="the sequence is empty"):
        layer(z(0, 4, 3))
