"""Losses as modules: each holds its settings and calls the function of its name in `nn.functional`."""

from __future__ import annotations

from nn.functional.losses import classification, ctc, ranking, regression
from nn.layers.functional_layer import FunctionalLayer


class Loss(FunctionalLayer):
    """A function of predictions and targets with settings."""

    inputs = 2


class MSELoss(Loss):
    """Return the squared error; settings as in `nn.functional.mse_loss`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.MSELoss()(np.array([1.0, 2.0]), np.array([1.0, 4.0])))
    2.0
    """

    function = staticmethod(regression.mse_loss)


class L1Loss(Loss):
    """Return the absolute error; settings as in `nn.functional.l1_loss`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.L1Loss()(np.array([1.0, 2.0]), np.array([1.0, 4.0])))
    1.0
    """

    function = staticmethod(regression.l1_loss)


class SmoothL1Loss(Loss):
    """Return d²/2β near and |d| − β/2 far from the truth; settings as in `nn.functional.smooth_l1_loss`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.SmoothL1Loss()(np.array([0.5, 3.0]), np.zeros(2)))
    1.3125
    """

    function = staticmethod(regression.smooth_l1_loss)


class HuberLoss(Loss):
    """Return d²/2 near and δ(|d| − δ/2) far from the truth; settings as in `nn.functional.huber_loss`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.HuberLoss()(np.array([0.5, 3.0]), np.zeros(2)))
    1.3125
    """

    function = staticmethod(regression.huber_loss)


class PoissonNLLLoss(Loss):
    """Return the negative log-likelihood of counts; settings as in `nn.functional.poisson_nll_loss`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.PoissonNLLLoss()(np.array([0.0]), np.array([3.0])))
    1.0
    """

    function = staticmethod(regression.poisson_nll_loss)


class GaussianNLLLoss(Loss):
    """Return the negative log-likelihood of a Gaussian with predicted mean and variance; settings as in `nn.functional.gaussian_nll_loss`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.GaussianNLLLoss()(np.ones(1), np.full(1, 3.0), np.ones(1)))
    2.0
    """

    function = staticmethod(regression.gaussian_nll_loss)
    inputs = 3


class CrossEntropyLoss(Loss):
    """Return −log softmax(x)[y] of logits and classes; settings as in `nn.functional.cross_entropy`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.CrossEntropyLoss()(np.array([[0.0, 1000.0]]), np.array([0])))
    1000.0
    """

    function = staticmethod(classification.cross_entropy)


class NLLLoss(Loss):
    """Return −x[y] of log-probabilities and classes; settings as in `nn.functional.nll_loss`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.NLLLoss()(np.array([[-0.5, -1.0]]), np.array([1])))
    1.0
    """

    function = staticmethod(classification.nll_loss)


class BCELoss(Loss):
    """Return the binary cross-entropy of probabilities; settings as in `nn.functional.binary_cross_entropy`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.BCELoss()(np.array([1.0, 0.0]), np.array([1.0, 0.0])))
    0.0
    """

    function = staticmethod(classification.binary_cross_entropy)


class BCEWithLogitsLoss(Loss):
    """Return the binary cross-entropy of logits; settings as in `nn.functional.binary_cross_entropy_with_logits`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.BCEWithLogitsLoss()(np.array([1000.0]), np.array([0.0])))
    1000.0
    """

    function = staticmethod(classification.binary_cross_entropy_with_logits)


class KLDivLoss(Loss):
    """Return the Kullback–Leibler divergence of log-probabilities from probabilities; settings as in `nn.functional.kl_div`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.KLDivLoss()(np.zeros((1, 1)), np.ones((1, 1))))
    0.0
    """

    function = staticmethod(classification.kl_div)


class HingeEmbeddingLoss(Loss):
    """Return x where y = 1 and max(0, margin − x) where y = −1; settings as in `nn.functional.hinge_embedding_loss`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.HingeEmbeddingLoss()(np.array([0.5, 0.25]), np.array([1, -1])))
    0.625
    """

    function = staticmethod(ranking.hinge_embedding_loss)


class MarginRankingLoss(Loss):
    """Return max(0, margin − y(x₁ − x₂)); settings as in `nn.functional.margin_ranking_loss`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.MarginRankingLoss()(np.ones(1), np.full(1, 3.0), np.ones(1)))
    2.0
    """

    function = staticmethod(ranking.margin_ranking_loss)
    inputs = 3


class SoftMarginLoss(Loss):
    """Return log(1 + e^(−yx)) for classes y = ±1; settings as in `nn.functional.soft_margin_loss`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.SoftMarginLoss()(np.array([-1000.0]), np.array([1])))
    1000.0
    """

    function = staticmethod(ranking.soft_margin_loss)


class MultiLabelSoftMarginLoss(Loss):
    """Return the binary cross-entropy of logits, averaged over classes; settings as in `nn.functional.multilabel_soft_margin_loss`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.MultiLabelSoftMarginLoss()(np.array([[1000.0, 0.0]]), np.array([[0.0, 0.0]])))
    500.34657359027995
    """

    function = staticmethod(ranking.multilabel_soft_margin_loss)


class MultiLabelMarginLoss(Loss):
    """Return Σ max(0, 1 − x[y] + x[j])/C over true classes y and others j; settings as in `nn.functional.multilabel_margin_loss`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.MultiLabelMarginLoss()(np.array([[0.0, 1.0]]), np.array([[0, -1]])))
    1.0
    """

    function = staticmethod(ranking.multilabel_margin_loss)


class MultiMarginLoss(Loss):
    """Return Σ max(0, margin − x[y] + x[j])ᵖ/C over classes j ≠ y; settings as in `nn.functional.multi_margin_loss`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.MultiMarginLoss()(np.array([[0.0, 1.0]]), np.array([0])))
    1.0
    """

    function = staticmethod(ranking.multi_margin_loss)


class CosineEmbeddingLoss(Loss):
    """Return 1 − cos where y = 1 and max(0, cos − margin) where y = −1; settings as in `nn.functional.cosine_embedding_loss`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.CosineEmbeddingLoss()(np.eye(2), np.eye(2), np.array([1, -1])))
    0.5
    """

    function = staticmethod(ranking.cosine_embedding_loss)
    inputs = 3


class TripletMarginLoss(Loss):
    """Return max(0, d(a, p) − d(a, n) + margin); settings as in `nn.functional.triplet_margin_loss`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.TripletMarginLoss(p=1)(np.zeros((1, 2)), np.zeros((1, 2)), np.ones((1, 2))))
    0.0
    """

    function = staticmethod(ranking.triplet_margin_loss)
    inputs = 3


class TripletMarginWithDistanceLoss(Loss):
    """Return `TripletMarginLoss` with any distance function; settings as in `nn.functional.triplet_margin_with_distance_loss`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.TripletMarginWithDistanceLoss(margin=0.5)(np.zeros((1, 2)), np.zeros((1, 2)), np.ones((1, 2))))
    0.0
    """

    function = staticmethod(ranking.triplet_margin_with_distance_loss)
    inputs = 3


class CTCLoss(Loss):
    """Return −log of the probability of labels whatever their alignment; settings as in `nn.functional.ctc_loss`.

    It is called with log-probabilities (T, N, C), targets, and the lengths of both.

    Examples
    --------
    >>> import numpy as np, nn
    >>> log_probs = np.log(np.full((2, 1, 2), 0.5))
    >>> round(float(np.exp(-nn.CTCLoss()(log_probs, [[1]], [2], [1]))), 12)
    0.75
    """

    function = staticmethod(ctc.ctc_loss)
    inputs = 4
