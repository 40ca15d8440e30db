"""Metrics: values as in scikit-learn, batches as the whole, states that can be saved."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
import sklearn.metrics as reference

import nn
from nn import metrics

RNG = np.random.default_rng(0)
TRUE = RNG.integers(5, size=200)
SCORES = RNG.normal(size=(200, 5)) + 1.5 * np.eye(5)[TRUE]
PREDICTED = SCORES.argmax(1)
YES = RNG.integers(2, size=200)
CHANCE = np.clip(0.6 * YES + RNG.uniform(0, 0.5, 200), 0, 1)
Y = RNG.normal(size=(200, 3)) * [1, 10, 100] + 1e4
P = Y + RNG.normal(size=(200, 3))


def batches(metric: Any, output: Any, target: Any) -> Any:
    """The measure gathered over uneven batches, the state saved and loaded in between."""
    for part, truth in zip(np.split(output, [1, 50, 50, 120]), np.split(target, [1, 50, 50, 120])):
        state = metric.state_dict()
        metric.reset()
        metric.load_state_dict(state)
        metric.update(part, truth)
    return metric.compute()


def test_accuracy() -> None:
    expected = reference.accuracy_score(TRUE, PREDICTED)
    assert metrics.accuracy(SCORES, TRUE) == metrics.accuracy(PREDICTED, TRUE) == pytest.approx(expected)
    assert batches(metrics.Accuracy(), SCORES, TRUE) == pytest.approx(expected)
    assert metrics.accuracy(CHANCE, YES) == pytest.approx(reference.accuracy_score(YES, CHANCE > 0.5))
    assert metrics.accuracy(CHANCE - 0.5, YES, threshold=0) == metrics.accuracy(CHANCE, YES)
    assert metrics.accuracy(CHANCE[:, None], YES[:, None].astype(float)) == metrics.accuracy(CHANCE, YES)


def test_accuracy_of_sequences() -> None:
    """Scores (N, C, T) for classes (N, T), some of which do not count."""
    scores, true = SCORES.reshape(20, 10, 5).swapaxes(1, 2), TRUE.reshape(20, 10).copy()
    assert metrics.accuracy(scores, true) == pytest.approx(metrics.accuracy(SCORES, TRUE))
    true[:, 3:] = -1
    assert metrics.accuracy(scores, true, ignore_index=-1) == pytest.approx(metrics.accuracy(scores[..., :3], true[:, :3]))


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_top_k(k: int) -> None:
    rounded = SCORES.round(1)  # with ties
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn finds k = 5 of 5 not worth while
        expected = reference.top_k_accuracy_score(TRUE, rounded, k=k)
    assert metrics.top_k_accuracy(rounded, TRUE, k) == pytest.approx(expected)
    assert batches(metrics.TopKAccuracy(k), rounded, TRUE) == pytest.approx(expected)
    assert metrics.TopKAccuracy(k).name == f"top{k}"


def test_confusion_matrix() -> None:
    expected = reference.confusion_matrix(TRUE, PREDICTED)
    np.testing.assert_array_equal(metrics.confusion_matrix(SCORES, TRUE), expected)
    np.testing.assert_array_equal(batches(metrics.ConfusionMatrix(), SCORES, TRUE), expected)
    np.testing.assert_array_equal(batches(metrics.ConfusionMatrix(5), SCORES, TRUE), expected)
    assert metrics.confusion_matrix([0], [1], num_classes=4).shape == (4, 4)


@pytest.mark.parametrize("average", ["macro", "micro", "weighted", None])
@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
def test_precision_recall_and_f1(name: str, average: str | None) -> None:
    """Also with classes that are never true, never predicted, or neither."""
    oracle = getattr(reference, f"{name}_score")
    kind = {"precision": metrics.Precision, "recall": metrics.Recall, "f1": metrics.F1}[name]
    odd_true, odd = np.array([0, 0, 1, 1, 4, 4, 4]), np.array([0, 1, 1, 5, 4, 0, 4])
    for true, predicted in ((TRUE, PREDICTED), (odd_true, odd)):
        labels = None if average else range(max(true.max(), predicted.max()) + 1)
        expected = oracle(true, predicted, average=average, labels=labels, zero_division=0)
        np.testing.assert_allclose(getattr(metrics, name)(predicted, true, average), expected)
    np.testing.assert_allclose(batches(kind(average), SCORES, TRUE), oracle(TRUE, PREDICTED, average=average))


@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
def test_two_classes(name: str) -> None:
    """The measures of class 1 alone, also where it does not occur."""
    expected = getattr(reference, f"{name}_score")(YES, CHANCE > 0.4)
    assert getattr(metrics, name)(CHANCE, YES, "binary", threshold=0.4) == pytest.approx(expected)
    assert getattr(metrics, name)([0, 0], [0, 0], "binary") == 0


def test_regression() -> None:
    for function, kind, expected in (
        (metrics.mae, metrics.MAE, reference.mean_absolute_error(Y.ravel(), P.ravel())),
        (metrics.rmse, metrics.RMSE, math.sqrt(reference.mean_squared_error(Y.ravel(), P.ravel()))),
        (metrics.r2, metrics.R2, reference.r2_score(Y, P)),
    ):
        assert function(P, Y) == pytest.approx(expected, rel=1e-12)
        assert batches(kind(), P, Y) == pytest.approx(expected, rel=1e-12)


def test_r2_does_not_cancel() -> None:
    """Small variations about a large mean, where the sum of squares would lose all digits."""
    y = 1e8 + RNG.normal(size=100)
    p = y + 0.1 * RNG.normal(size=100)
    assert batches(metrics.R2(), p, y) == pytest.approx(reference.r2_score(y, p), rel=1e-6)


def test_r2_of_constants() -> None:
    """As in scikit-learn: 1 where a constant is met, else 0; one item has no variation to explain."""
    assert metrics.r2([2.0, 2.0], [2.0, 2.0]) == reference.r2_score([2.0, 2.0], [2.0, 2.0]) == 1
    assert metrics.r2([2.0, 3.0], [2.0, 2.0]) == reference.r2_score([2.0, 2.0], [2.0, 3.0]) == 0
    assert math.isnan(metrics.r2([2.0], [2.0]))


def test_perplexity() -> None:
    """exp of scikit-learn's log loss; large logits neither overflow nor underflow."""
    softmax = np.exp(SCORES) / np.exp(SCORES).sum(1, keepdims=True)
    expected = math.exp(reference.log_loss(TRUE, softmax))
    assert metrics.perplexity(SCORES, TRUE) == pytest.approx(expected)
    assert batches(metrics.Perplexity(), SCORES, TRUE) == pytest.approx(expected)
    assert metrics.perplexity(SCORES + 1e5, TRUE) == pytest.approx(expected)
    assert metrics.perplexity(np.array([[1e5, 0.0]]), [1]) == math.inf
    masked = np.where(np.arange(200) < 50, TRUE, -100)
    assert metrics.perplexity(SCORES, masked) == pytest.approx(metrics.perplexity(SCORES[:50], TRUE[:50]))
    assert math.isnan(metrics.perplexity(SCORES, np.full(200, -100)))


@pytest.mark.parametrize("kind", [metrics.Accuracy, metrics.TopKAccuracy, metrics.F1, metrics.MAE, metrics.RMSE, metrics.R2])
def test_nothing_gives_nan(kind: Any) -> None:
    assert math.isnan(kind().compute())


def test_tracked_values_are_read() -> None:
    """What a model returns in training may be given as it is."""
    output = nn.Linear(4, 5)(np.ones((3, 4), np.float32))
    assert metrics.accuracy(output, np.zeros(3, int)) in (0.0, 1 / 3, 2 / 3, 1.0)
    assert metrics.mae(output, np.zeros((3, 5))) > 0


def test_functions_become_metrics() -> None:
    """The mean over batches, weighted by their lengths."""
    metric = metrics.Mean(lambda output, target: float(np.mean(output)), "mean")
    assert batches(metric, SCORES, TRUE) == pytest.approx(SCORES.mean())
    assert metric(np.array(2.0), np.array(0.0)) == 2


def test_refusals() -> None:
    with pytest.raises(ValueError, match=r"outputs of shape \(4, 1\) do not fit targets of shape \(4,\)"):
        metrics.accuracy(np.zeros((4, 1)), np.zeros(4, int))
    with pytest.raises(ValueError, match="outputs and targets must have the same shape"):
        metrics.mae(np.zeros((4, 1)), np.zeros(4))
    with pytest.raises(ValueError, match="go with classes"):
        metrics.top_k_accuracy(np.zeros(4), np.zeros(4, int))
    with pytest.raises(ValueError, match="go with classes"):
        metrics.perplexity(np.zeros((4, 2)), np.zeros((4, 2), int))
    with pytest.raises(ValueError, match="average must be 'macro'"):
        metrics.F1("mean")
    with pytest.raises(ValueError, match="is for two classes, but there are 3"):
        metrics.precision([0, 1, 2], [0, 1, 2], "binary")
    with pytest.raises(ValueError, match="classes must be numbers from 0 to 1, but there is 2"):
        metrics.confusion_matrix([0, 2], [0, 1], num_classes=2)
    with pytest.raises(ValueError, match="classes must be numbers from 0, but there is -1"):
        metrics.confusion_matrix([0, 2], [0, -1])


def test_a_metric_of_ones_own_must_be_complete() -> None:
    class Empty(metrics.Metric):
        def start(self) -> dict[str, Any]:
            return {}

    with pytest.raises(NotImplementedError, match=r"Empty defines no add"):
        Empty().update([1], [1])
    with pytest.raises(NotImplementedError, match=r"Empty defines no compute"):
        Empty().compute()
    with pytest.raises(NotImplementedError, match=r"Metric defines no start"):
        metrics.Metric()
    with pytest.raises(NotImplementedError, match=r"_FromMatrix defines no quotient"):
        metrics.confusion._FromMatrix().compute()
    with pytest.raises(NotImplementedError, match=r"_Distance defines no of"):
        metrics.regression._Distance()([1.0], [1.0])
