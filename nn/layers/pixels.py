"""Layers that turn channels into places, or the reverse: `PixelShuffle PixelUnshuffle ChannelShuffle`."""

from __future__ import annotations

from nn.functional.resizing import pixels
from nn.layers.functional_layer import FunctionalLayer


class PixelShuffle(FunctionalLayer):
    """Turn (..., C·r², H, W) into (..., C, H·r, W·r); settings as in `nn.functional.pixel_shuffle`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.PixelShuffle(3)(np.ones((1, 9, 4, 4))).shape
    (1, 1, 12, 12)
    """

    function = staticmethod(pixels.pixel_shuffle)


class PixelUnshuffle(FunctionalLayer):
    """Turn (..., C, H·r, W·r) into (..., C·r², H, W); settings as in `nn.functional.pixel_unshuffle`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.PixelUnshuffle(3)(np.ones((1, 1, 12, 12))).shape
    (1, 9, 4, 4)
    """

    function = staticmethod(pixels.pixel_unshuffle)


class ChannelShuffle(FunctionalLayer):
    """Lay channels that come in groups out alternately; settings as in `nn.functional.channel_shuffle`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ChannelShuffle(2)(np.array([[0, 1, 2, 3]]))
    array([[0, 2, 1, 3]])
    """

    function = staticmethod(pixels.channel_shuffle)
