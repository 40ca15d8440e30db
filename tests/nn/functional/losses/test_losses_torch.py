"""Losses agree with PyTorch in float64, with their gradients, for every reduction."""

import numpy as np
import pytest

from nn import functional as F
from tests.nn._checks import compare_function, random
from tests.nn.functional.losses.test_losses import BITS, CLASSES, SIGNS, WEIGHT, A, B, P, Q

torch = pytest.importorskip("torch")

T = torch.nn.functional
IMAGES = random().normal(size=(2, 3, 2, 4))
IMAGE_CLASSES = np.where(random(1).random((2, 2, 4)) < 0.3, -100, random(2).integers(0, 3, (2, 2, 4)))
LABELS = np.array([[2, 0, -1], [1, -1, 0], [-1, 0, 0], [0, 1, 2]])


def t(x):
    return torch.tensor(x)


CASES = {
    "mse_loss": ({}, A, B),
    "l1_loss": ({}, A, B),
    "smooth_l1_loss": ({"beta": 0.7}, A, B),
    "huber_loss": ({"delta": 0.7}, A, B),
    "poisson_nll_loss": ({"full": True}, A, BITS * 3),
    "poisson_nll_loss of rates": ({"log_input": False}, P, BITS),
    "gaussian_nll_loss": ({"full": True}, A, B, Q),
    "gaussian_nll_loss of rows": ({}, A, B, Q[:, 0]),
    "cross_entropy": ({}, A, CLASSES),
    "cross_entropy weighted": ({"weight": WEIGHT, "label_smoothing": 0.2}, A, CLASSES),
    "cross_entropy ignoring": ({"ignore_index": 2, "label_smoothing": 0.2}, A, CLASSES),
    "cross_entropy of images": ({"weight": WEIGHT}, IMAGES, IMAGE_CLASSES),
    "cross_entropy of probabilities": ({"weight": WEIGHT, "label_smoothing": 0.2}, A, P),
    "nll_loss": ({"weight": WEIGHT}, np.log(P), CLASSES),
    "nll_loss of images": ({}, IMAGES, IMAGE_CLASSES),
    "binary_cross_entropy": ({"weight": WEIGHT}, P, Q),
    "binary_cross_entropy_with_logits": ({"weight": WEIGHT, "pos_weight": WEIGHT}, A, Q),
    "kl_div": ({}, np.log(P), Q),
    "kl_div of logarithms": ({"log_target": True}, np.log(P), np.log(Q)),
    "hinge_embedding_loss": ({}, np.abs(A[:, 0]), SIGNS),
    "margin_ranking_loss": ({"margin": 0.3}, A[:, 0], B[:, 0], SIGNS),
    "soft_margin_loss": ({}, A[:, 0], SIGNS),
    "multi_margin_loss": ({"p": 2, "weight": WEIGHT}, A, CLASSES),
    "multilabel_soft_margin_loss": ({"weight": WEIGHT}, A, BITS),
    "multilabel_margin_loss": ({}, A, LABELS),
    "cosine_embedding_loss": ({"margin": -0.5}, A, B, SIGNS),
    "triplet_margin_loss": ({"margin": 2.0, "swap": True}, A, B, A + 0.5 * B),
}
CONSTANT = {  # arguments that PyTorch does not differentiate, or whose gradient is not wanted
    "poisson_nll_loss": 1, "hinge_embedding_loss": 1, "margin_ranking_loss": 2, "soft_margin_loss": 1, "cosine_embedding_loss": 2,
    "multilabel_soft_margin_loss": 1,
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:reduction. .mean. divides:UserWarning")  # PyTorch's own, of kl_div
@pytest.mark.parametrize(
    ("case", "reduction"),
    [
        (case, reduction)
        for case in CASES
        for reduction in ("mean", "sum", "none", *(("batchmean",) if case.startswith("kl_div") else ()))
    ],
)
def test_loss(case, reduction):
    name = case.split()[0]
    settings, *arrays = CASES[case]
    theirs_settings = {key: t(value) if isinstance(value, np.ndarray) else value for key, value in settings.items()}
    if name in CONSTANT:
        i = CONSTANT[name]
        fixed = arrays[i]
        before = arrays[:i]
        compare_function(
            lambda *x: getattr(F, name)(*x, fixed, reduction=reduction, **settings),
            lambda *x: getattr(T, name)(*x, t(fixed), reduction=reduction, **theirs_settings),
            *before,
        )
        return
    compare_function(
        lambda *x: getattr(F, name)(*x, reduction=reduction, **settings),
        lambda *x: getattr(T, name)(*x, reduction=reduction, **theirs_settings),
        *arrays,
    )
