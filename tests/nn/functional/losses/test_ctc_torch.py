"""`ctc_loss` agrees with PyTorch in float64, through `log_softmax` (PyTorch's own gradient is meant for that)."""

import numpy as np
import pytest

from nn import functional as F
from tests.nn._checks import compare_function, random
from tests.nn.functional.losses.test_ctc import COUNTS, LABELS, LOGITS, TIMES

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("joined", [False, True])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_batches(reduction, joined):
    labels = np.concatenate([row[:n] for row, n in zip(LABELS, COUNTS, strict=True)]) if joined else LABELS
    theirs = [torch.tensor(a) for a in (labels, TIMES, COUNTS)]
    compare_function(
        lambda x: F.ctc_loss(F.log_softmax(x, 2), labels, TIMES, COUNTS, 0, reduction),
        lambda x: torch.nn.functional.ctc_loss(x.log_softmax(2), *theirs, 0, reduction),
        LOGITS,
    )


def test_long_inputs_with_another_blank():
    logits, labels = 3 * random().normal(size=(60, 3, 9)), random(1).integers(0, 8, (3, 20))
    times, counts = np.array([60, 55, 50]), np.array([20, 11, 20])
    theirs = [torch.tensor(a) for a in (labels, times, counts)]
    compare_function(
        lambda x: F.ctc_loss(F.log_softmax(x, 2), labels, times, counts, blank=8),
        lambda x: torch.nn.functional.ctc_loss(x.log_softmax(2), *theirs, blank=8),
        logits,
    )


def test_one_sequence_and_labels_without_an_alignment():
    compare_function(
        lambda x: F.ctc_loss(F.log_softmax(x, 1), LABELS[0], 7, 3),
        lambda x: torch.nn.functional.ctc_loss(x.log_softmax(1), torch.tensor(LABELS[0]), torch.tensor(7), torch.tensor(3)),
        LOGITS[:, 0],
    )
    labels, times, counts = [[1, 1, 1], [1, 2, 3]], [4, 4], [3, 3]
    compare_function(
        lambda x: F.ctc_loss(F.log_softmax(x, 2), labels, times, counts, zero_infinity=True),
        lambda x: torch.nn.functional.ctc_loss(x.log_softmax(2), torch.tensor(labels), times, counts, zero_infinity=True),
        LOGITS[:4, :2],
    )
