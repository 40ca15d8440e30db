"""Layers that drop elements in training: `Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout`."""

from __future__ import annotations

from typing import Any

from nn.functional.dropping import alpha_dropout, dropout, dropout1d, dropout2d, dropout3d, feature_alpha_dropout
from nn.module import Module
from nn.random import generator_or_default
from revad.typing import Array


class Dropout(Module):
    """Set elements to zero with probability p and scale the others by 1/(1 − p), in training.

    Parameters
    ----------
    p : float
        Probability of being dropped.
    rng : numpy.random.Generator, optional
        Where the masks come from; by default `nn.default_generator`.

    References
    ----------
    .. [1] N. Srivastava et al., "Dropout", JMLR 15 (2014).

    Examples
    --------
    >>> import numpy as np, nn
    >>> layer = nn.Dropout(0.5).eval()
    >>> layer(np.ones(2))
    array([1., 1.])
    """

    def __init__(self, p: float = 0.5, rng: Any = None) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"{type(self).__name__}: the probability p must be between 0 and 1, not {p}.")
        self.p, self.rng = p, None if rng is None else generator_or_default(rng)

    def forward(self, input: Array) -> Any:
        """Return the input with elements dropped, in training."""
        return dropout(input, self.p, self.training, self.rng)

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"p={self.p}"


class Dropout1d(Dropout):
    """Drop whole channels of (N, C, L) with probability p, in training; parameters as for `Dropout`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Dropout1d(1.0)(np.ones((1, 2, 3))).sum()
    np.float64(0.0)
    """

    def forward(self, input: Array) -> Any:
        """Return the input with channels dropped, in training."""
        return dropout1d(input, self.p, self.training, self.rng)


class Dropout2d(Dropout):
    """Drop whole channels of (N, C, H, W) with probability p, in training; parameters as for `Dropout`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Dropout2d(1.0)(np.ones((1, 2, 3, 3))).sum()
    np.float64(0.0)
    """

    def forward(self, input: Array) -> Any:
        """Return the input with channels dropped, in training."""
        return dropout2d(input, self.p, self.training, self.rng)


class Dropout3d(Dropout):
    """Drop whole channels of (N, C, D, H, W) with probability p, in training; parameters as for `Dropout`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Dropout3d(1.0)(np.ones((1, 2, 3, 3, 3))).sum()
    np.float64(0.0)
    """

    def forward(self, input: Array) -> Any:
        """Return the input with channels dropped, in training."""
        return dropout3d(input, self.p, self.training, self.rng)


class AlphaDropout(Dropout):
    """Drop elements so that mean 0 and variance 1 are kept, for nets with `SELU`, in training; parameters as for `Dropout`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.AlphaDropout(0.1).eval()(np.ones(2))
    array([1., 1.])
    """

    def forward(self, input: Array) -> Any:
        """Return the input with elements dropped, in training."""
        return alpha_dropout(input, self.p, self.training, self.rng)


class FeatureAlphaDropout(Dropout):
    """Drop whole channels of (N, C, ...) as `AlphaDropout` drops elements, in training; parameters as for `Dropout`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.FeatureAlphaDropout(0.1).eval()(np.ones((1, 2)))
    array([[1., 1.]])
    """

    def forward(self, input: Array) -> Any:
        """Return the input with channels dropped, in training."""
        return feature_alpha_dropout(input, self.p, self.training, self.rng)
