"""Distances between vectors as layers: `CosineSimilarity PairwiseDistance`."""

from __future__ import annotations

from nn.functional import vectors
from nn.layers.functional_layer import FunctionalLayer


class CosineSimilarity(FunctionalLayer):
    """Return the cosine of the angle between vectors; settings as in `nn.functional.cosine_similarity`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.CosineSimilarity(dim=0)(np.array([1.0, 0.0]), np.array([0.0, 2.0])))
    0.0
    """

    function = staticmethod(vectors.cosine_similarity)
    inputs = 2


class PairwiseDistance(FunctionalLayer):
    """Return the norm of the difference of vectors; settings as in `nn.functional.pairwise_distance`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> round(float(nn.PairwiseDistance()(np.array([3.0, 0.0]), np.array([0.0, 4.0]))), 5)
    5.0
    """

    function = staticmethod(vectors.pairwise_distance)
    inputs = 2
