"""Layers that pool: `MaxPool AvgPool AdaptiveMaxPool AdaptiveAvgPool`, each for one, two and three axes."""

from __future__ import annotations

from nn.functional.windows import pooling
from nn.layers.functional_layer import FunctionalLayer


class MaxPool1d(FunctionalLayer):
    """Return the largest element of each window of (N, C, L); settings as in `nn.functional.max_pool1d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.MaxPool1d(2)(np.ones((1, 1, 4))).shape
    (1, 1, 2)
    """

    function = staticmethod(pooling.max_pool1d)
    last = ("ceil_mode",)


class MaxPool2d(FunctionalLayer):
    """Return the largest element of each window of (N, C, H, W); settings as in `nn.functional.max_pool2d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.MaxPool2d(2)(np.ones((1, 1, 4, 4))).shape
    (1, 1, 2, 2)
    """

    function = staticmethod(pooling.max_pool2d)
    last = ("ceil_mode",)


class MaxPool3d(FunctionalLayer):
    """Return the largest element of each window of (N, C, D, H, W); settings as in `nn.functional.max_pool3d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.MaxPool3d(2)(np.ones((1, 1, 4, 4, 4))).shape
    (1, 1, 2, 2, 2)
    """

    function = staticmethod(pooling.max_pool3d)
    last = ("ceil_mode",)


class AvgPool1d(FunctionalLayer):
    """Return the mean of each window of (N, C, L); settings as in `nn.functional.avg_pool1d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.AvgPool1d(2)(np.ones((1, 1, 4))).shape
    (1, 1, 2)
    """

    function = staticmethod(pooling.avg_pool1d)


class AvgPool2d(FunctionalLayer):
    """Return the mean of each window of (N, C, H, W); settings as in `nn.functional.avg_pool2d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.AvgPool2d(2)(np.ones((1, 1, 4, 4))).shape
    (1, 1, 2, 2)
    """

    function = staticmethod(pooling.avg_pool2d)


class AvgPool3d(FunctionalLayer):
    """Return the mean of each window of (N, C, D, H, W); settings as in `nn.functional.avg_pool3d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.AvgPool3d(2)(np.ones((1, 1, 4, 4, 4))).shape
    (1, 1, 2, 2, 2)
    """

    function = staticmethod(pooling.avg_pool3d)


class AdaptiveMaxPool1d(FunctionalLayer):
    """Return the largest elements of a given number of windows of (N, C, L); settings as in `nn.functional.adaptive_max_pool1d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.AdaptiveMaxPool1d(2)(np.ones((1, 1, 4))).shape
    (1, 1, 2)
    """

    function = staticmethod(pooling.adaptive_max_pool1d)


class AdaptiveMaxPool2d(FunctionalLayer):
    """Return the largest elements of a given number of windows of (N, C, H, W); settings as in `nn.functional.adaptive_max_pool2d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.AdaptiveMaxPool2d(2)(np.ones((1, 1, 4, 4))).shape
    (1, 1, 2, 2)
    """

    function = staticmethod(pooling.adaptive_max_pool2d)


class AdaptiveMaxPool3d(FunctionalLayer):
    """Return the largest elements of a given number of windows of (N, C, D, H, W); settings as in `nn.functional.adaptive_max_pool3d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.AdaptiveMaxPool3d(2)(np.ones((1, 1, 4, 4, 4))).shape
    (1, 1, 2, 2, 2)
    """

    function = staticmethod(pooling.adaptive_max_pool3d)


class AdaptiveAvgPool1d(FunctionalLayer):
    """Return the means of a given number of windows of (N, C, L); settings as in `nn.functional.adaptive_avg_pool1d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.AdaptiveAvgPool1d(2)(np.ones((1, 1, 4))).shape
    (1, 1, 2)
    """

    function = staticmethod(pooling.adaptive_avg_pool1d)


class AdaptiveAvgPool2d(FunctionalLayer):
    """Return the means of a given number of windows of (N, C, H, W); settings as in `nn.functional.adaptive_avg_pool2d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.AdaptiveAvgPool2d(2)(np.ones((1, 1, 4, 4))).shape
    (1, 1, 2, 2)
    """

    function = staticmethod(pooling.adaptive_avg_pool2d)


class AdaptiveAvgPool3d(FunctionalLayer):
    """Return the means of a given number of windows of (N, C, D, H, W); settings as in `nn.functional.adaptive_avg_pool3d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.AdaptiveAvgPool3d(2)(np.ones((1, 1, 4, 4, 4))).shape
    (1, 1, 2, 2, 2)
    """

    function = staticmethod(pooling.adaptive_avg_pool3d)
