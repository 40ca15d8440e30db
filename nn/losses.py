"""Losses as modules: each holds its settings and calls the function of its name in `nn.functional`."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from nn.functional import classification_losses as classes
from nn.functional import ranking_losses as ranking
from nn.functional import regression_losses as numbers
from nn.module import Module


class Loss(Module):
    """A function of predictions and targets with settings; subclasses name the function and the settings with their defaults.

    Settings that are arrays (class weights) are buffers.
    """

    function: ClassVar[Any]
    settings: ClassVar[dict[str, Any]] = {}
    arrays: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        names = list(self.settings)
        if len(args) > len(names):
            raise TypeError(f"{type(self).__name__} takes at most {len(names)} arguments ({', '.join(names)}), not {len(args)}.")
        given = dict(zip(names, args, strict=False))
        for name, value in kwargs.items():
            if name not in self.settings or name in given:
                what = "given twice" if name in given else f"unknown; known: {', '.join(names)}"
                raise TypeError(f"{type(self).__name__}: the argument {name!r} is {what}.")
            given[name] = value
        if given.get("reduction", "mean") not in ("mean", "sum", "none", "batchmean"):
            raise ValueError(f"{type(self).__name__}: reduction must be 'mean', 'sum' or 'none', not {given['reduction']!r}.")
        for name, default in self.settings.items():
            value = given.get(name, default)
            if name in self.arrays:
                self.register_buffer(name, None if value is None else np.asarray(value))
            else:
                setattr(self, name, value)

    def forward(self, *args: Any) -> Any:
        """Return the loss of predictions and targets."""
        return type(self).function(*args, **{name: getattr(self, name) for name in self.settings})

    def extra_repr(self) -> str:
        """Return the settings that differ from their defaults."""
        changed = {name: getattr(self, name) for name, default in self.settings.items() if name not in self.arrays}
        return ", ".join(f"{name}={value!r}" for name, value in changed.items() if value != self.settings[name])


def _loss(name: str, function: Any, *, arrays: tuple[str, ...] = (), **settings: Any) -> Any:
    """Return the class of a loss."""
    summary = (function.__doc__ or "").split("\n")[0]
    signature = ", ".join(f"{key}={value!r}" for key, value in settings.items())
    text = f"{summary}\n\n    ``{name}({signature})`` calls `nn.functional.{function.__name__}` with these settings."
    content = {"__doc__": text, "__module__": __name__, "function": staticmethod(function), "settings": settings, "arrays": arrays}
    return type(name, (Loss,), content)


MSELoss = _loss("MSELoss", numbers.mse_loss, reduction="mean")
L1Loss = _loss("L1Loss", numbers.l1_loss, reduction="mean")
SmoothL1Loss = _loss("SmoothL1Loss", numbers.smooth_l1_loss, reduction="mean", beta=1.0)
HuberLoss = _loss("HuberLoss", numbers.huber_loss, reduction="mean", delta=1.0)
PoissonNLLLoss = _loss("PoissonNLLLoss", numbers.poisson_nll_loss, log_input=True, full=False, eps=1e-8, reduction="mean")
GaussianNLLLoss = _loss("GaussianNLLLoss", numbers.gaussian_nll_loss, full=False, eps=1e-6, reduction="mean")

CrossEntropyLoss = _loss(
    "CrossEntropyLoss",
    classes.cross_entropy,
    arrays=("weight",),
    weight=None,
    ignore_index=-100,
    reduction="mean",
    label_smoothing=0.0,
)
NLLLoss = _loss("NLLLoss", classes.nll_loss, arrays=("weight",), weight=None, ignore_index=-100, reduction="mean")
BCELoss = _loss("BCELoss", classes.binary_cross_entropy, arrays=("weight",), weight=None, reduction="mean")
BCEWithLogitsLoss = _loss(
    "BCEWithLogitsLoss",
    classes.binary_cross_entropy_with_logits,
    arrays=("weight", "pos_weight"),
    weight=None,
    reduction="mean",
    pos_weight=None,
)
KLDivLoss = _loss("KLDivLoss", classes.kl_div, reduction="mean", log_target=False)

HingeEmbeddingLoss = _loss("HingeEmbeddingLoss", ranking.hinge_embedding_loss, margin=1.0, reduction="mean")
MarginRankingLoss = _loss("MarginRankingLoss", ranking.margin_ranking_loss, margin=0.0, reduction="mean")
SoftMarginLoss = _loss("SoftMarginLoss", ranking.soft_margin_loss, reduction="mean")
MultiLabelSoftMarginLoss = _loss(
    "MultiLabelSoftMarginLoss", ranking.multilabel_soft_margin_loss, arrays=("weight",), weight=None, reduction="mean"
)
MultiLabelMarginLoss = _loss("MultiLabelMarginLoss", ranking.multilabel_margin_loss, reduction="mean")
MultiMarginLoss = _loss(
    "MultiMarginLoss", ranking.multi_margin_loss, arrays=("weight",), p=1, margin=1.0, weight=None, reduction="mean"
)
CosineEmbeddingLoss = _loss("CosineEmbeddingLoss", ranking.cosine_embedding_loss, margin=0.0, reduction="mean")
TripletMarginLoss = _loss(
    "TripletMarginLoss", ranking.triplet_margin_loss, margin=1.0, p=2.0, eps=1e-6, swap=False, reduction="mean"
)
TripletMarginWithDistanceLoss = _loss(
    "TripletMarginWithDistanceLoss",
    ranking.triplet_margin_with_distance_loss,
    distance_function=ranking.pairwise_distance,
    margin=1.0,
    swap=False,
    reduction="mean",
)
