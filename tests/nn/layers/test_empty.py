"""Every layer and every loss on a batch of no samples: what PyTorch gives, without a warning, or one sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nn
import revad

Case = tuple[Callable[[], Any], tuple[Any, ...]]
N = 7  # samples of the batch whose shapes tell those of the empty one; no other axis has that length


def x(*shape: int) -> Any:
    """Return inputs between 0 and 1."""
    return 0.1 + 0.8 * np.random.default_rng(0).random((N, *shape))


def whole(*shape: int) -> Any:
    """Return labels, all 1."""
    return np.ones((N, *shape), int)


def signs(*shape: int) -> Any:
    """Return labels ±1."""
    return np.where(np.arange(N * int(np.prod(shape))).reshape(N, *shape) % 2, 1.0, -1.0)


ACTIVATIONS = [
    "CELU",
    "ELU",
    "GELU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "Identity",
    "LeakyReLU",
    "LogSigmoid",
    "Mish",
    "PReLU",
    "RReLU",
    "ReLU",
    "ReLU6",
    "SELU",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Dropout",
    "AlphaDropout",
    "GLU",
    "Flatten",
]
SPACES = ((6,), (6, 6), (6, 6, 6))
LAYERS: dict[str, Case] = {name: (getattr(nn, name), (x(4),)) for name in ACTIVATIONS} | {
    "Threshold": (lambda: nn.Threshold(0.5, 0.0), (x(4),)),
    "LogSoftmax": (lambda: nn.LogSoftmax(-1), (x(4),)),
    "Softmax": (lambda: nn.Softmax(-1), (x(4),)),
    "Softmin": (lambda: nn.Softmin(-1), (x(4),)),
    "Softmax2d": (nn.Softmax2d, (x(3, 4, 4),)),
    "FeatureAlphaDropout": (nn.FeatureAlphaDropout, (x(3, 4),)),
    "Linear": (lambda: nn.Linear(4, 3), (x(4),)),
    "Bilinear": (lambda: nn.Bilinear(4, 3, 2), (x(4), x(3))),
    "CosineSimilarity": (nn.CosineSimilarity, (x(4), x(4))),
    "PairwiseDistance": (nn.PairwiseDistance, (x(4), x(4))),
    "Embedding": (lambda: nn.Embedding(5, 3), (whole(4),)),
    "EmbeddingBag": (lambda: nn.EmbeddingBag(5, 3), (whole(4),)),
    "GroupNorm": (lambda: nn.GroupNorm(2, 4), (x(4, 3),)),
    "LayerNorm": (lambda: nn.LayerNorm(4), (x(4),)),
    "RMSNorm": (lambda: nn.RMSNorm(4), (x(4),)),
    "ChannelShuffle": (lambda: nn.ChannelShuffle(2), (x(4, 3, 3),)),
    "PixelShuffle": (lambda: nn.PixelShuffle(2), (x(4, 3, 3),)),
    "PixelUnshuffle": (lambda: nn.PixelUnshuffle(2), (x(4, 4, 4),)),
    "Unflatten": (lambda: nn.Unflatten(1, (2, 2)), (x(4),)),
    "Upsample": (lambda: nn.Upsample(scale_factor=2), (x(3, 4, 4),)),
    "UpsamplingBilinear2d": (lambda: nn.UpsamplingBilinear2d(scale_factor=2), (x(3, 4, 4),)),
    "UpsamplingNearest2d": (lambda: nn.UpsamplingNearest2d(scale_factor=2), (x(3, 4, 4),)),
    "RNNCell": (lambda: nn.RNNCell(4, 3), (x(4),)),
    "GRUCell": (lambda: nn.GRUCell(4, 3), (x(4),)),
    "LSTMCell": (lambda: nn.LSTMCell(4, 3), (x(4),)),
    "RNN": (lambda: nn.RNN(4, 3, batch_first=True), (x(5, 4),)),
    "GRU": (lambda: nn.GRU(4, 3, batch_first=True), (x(5, 4),)),
    "LSTM": (lambda: nn.LSTM(4, 3, batch_first=True), (x(5, 4),)),
    "MultiheadAttention": (lambda: nn.MultiheadAttention(4, 2, batch_first=True), (x(5, 4),) * 3),
    "TransformerEncoderLayer": (lambda: nn.TransformerEncoderLayer(4, 2, 8, batch_first=True), (x(5, 4),)),
    "TransformerDecoderLayer": (lambda: nn.TransformerDecoderLayer(4, 2, 8, batch_first=True), (x(5, 4), x(3, 4))),
    "TransformerEncoder": (
        lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8, batch_first=True), 2),
        (x(5, 4),),
    ),
    "TransformerDecoder": (
        lambda: nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 8, batch_first=True), 2),
        (x(5, 4), x(3, 4)),
    ),
    "Transformer": (lambda: nn.Transformer(4, 2, 1, 1, 8, batch_first=True), (x(5, 4), x(3, 4))),
    "Sequential": (lambda: nn.Sequential(nn.Linear(4, 3), nn.ReLU()), (x(4),)),
}
for d, space in enumerate(SPACES, 1):
    for kind in ("Conv", "ConvTranspose"):
        LAYERS[f"{kind}{d}d"] = (lambda name=f"{kind}{d}d": getattr(nn, name)(3, 4, 3), (x(3, *space),))
    for kind in ("BatchNorm", "InstanceNorm"):
        LAYERS[f"{kind}{d}d"] = (lambda name=f"{kind}{d}d": getattr(nn, name)(3), (x(3, *space),))
    for kind in ("AdaptiveAvgPool", "AdaptiveMaxPool", "AvgPool", "MaxPool"):
        LAYERS[f"{kind}{d}d"] = (lambda name=f"{kind}{d}d": getattr(nn, name)(2), (x(3, *space),))
    for kind in ("CircularPad", "ReflectionPad", "ReplicationPad", "ZeroPad"):
        LAYERS[f"{kind}{d}d"] = (lambda name=f"{kind}{d}d": getattr(nn, name)(1), (x(3, *space),))
    LAYERS[f"ConstantPad{d}d"] = (lambda name=f"ConstantPad{d}d": getattr(nn, name)(1, 0.5), (x(3, *space),))
    LAYERS[f"Dropout{d}d"] = (getattr(nn, f"Dropout{d}d"), (x(3, *space),))

LOSSES: dict[str, tuple[Any, ...]] = {
    "BCELoss": (x(3), x(3)),
    "BCEWithLogitsLoss": (x(3), x(3)),
    "CosineEmbeddingLoss": (x(3), x(3), signs()),
    "CrossEntropyLoss": (x(3), whole()),
    "GaussianNLLLoss": (x(3), x(3), x(3)),
    "HingeEmbeddingLoss": (x(3), signs(3)),
    "HuberLoss": (x(3), x(3)),
    "KLDivLoss": (x(3), x(3)),
    "L1Loss": (x(3), x(3)),
    "MSELoss": (x(3), x(3)),
    "MarginRankingLoss": (x(), x(), signs()),
    "MultiLabelMarginLoss": (x(3), whole(3)),
    "MultiLabelSoftMarginLoss": (x(3), x(3)),
    "MultiMarginLoss": (x(3), whole()),
    "NLLLoss": (x(3), whole()),
    "PoissonNLLLoss": (x(3), x(3)),
    "SmoothL1Loss": (x(3), x(3)),
    "SoftMarginLoss": (x(3), signs(3)),
    "TripletMarginLoss": (x(3), x(3), x(3)),
    "TripletMarginWithDistanceLoss": (x(3), x(3), x(3)),
}
ELSEWHERE = {
    "CTCLoss",
    "Module",
    "ModuleDict",
    "ModuleList",
    "ParameterDict",
    "ParameterList",
}  # test_empty of functional; no forward


def leaves(output: Any) -> list[Any]:
    """Return the arrays of nested tuples."""
    return (
        [leaf for part in output for leaf in leaves(part)] if isinstance(output, tuple) else [] if output is None else [output]
    )


def none_of(arrays: tuple[Any, ...]) -> list[Any]:
    """Return the arrays without their samples; those of floats tracked."""
    return [revad.tensor(a[:0]) if a.dtype.kind == "f" else a[:0] for a in arrays]


def check_gradients(total: Any, inputs: list[Any], module: Any) -> None:
    """Every gradient has its shape, and parameters that no sample reaches get zeros."""
    total.backward()
    for given in inputs:
        if isinstance(given, revad.Tensor):
            assert given.grad is None or given.grad.shape == given.shape
    for parameter in module.parameters():
        np.testing.assert_array_equal(0.0 if parameter.grad is None else parameter.grad, 0.0)


def test_every_layer_and_loss_is_in_a_table():
    modules = {name for name, each in vars(nn).items() if isinstance(each, type) and issubclass(each, nn.Module)}
    assert modules == {*LAYERS, *LOSSES} | ELSEWHERE


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", LAYERS)
def test_layers(name, training):
    make, arrays = LAYERS[name]
    module = make().double().train(training)
    full = leaves(module(*arrays))
    inputs = none_of(arrays)
    outputs = leaves(module(*inputs))
    expected = [tuple(0 if n == N else n for n in np.shape(part)) for part in full]
    assert [np.shape(part) for part in outputs] == expected
    total = sum(np.sum(part) for part in outputs)
    if isinstance(total, revad.Tensor):
        module.zero_grad()
        check_gradients(total, inputs, module)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", LOSSES)
def test_losses(name, reduction):
    module, inputs = getattr(nn, name)(reduction=reduction), none_of(LOSSES[name])
    output = module(*inputs)
    if reduction == "none":
        assert np.shape(output) == (0, *np.shape(module(*LOSSES[name]))[1:])
    else:
        np.testing.assert_array_equal(revad.stop_gradient(output), np.nan if reduction == "mean" else 0.0)
    check_gradients(np.sum(output), inputs, module)
