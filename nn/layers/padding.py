"""Layers that pad the places of signals, images and volumes: `ConstantPad ZeroPad ReflectionPad ReplicationPad CircularPad`."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from nn.functional.resizing.padding import pad
from nn.functional.windows.geometry import each
from nn.module import Module
from revad.typing import Array


class _Pad(Module):
    """Pad the last axes; a subclass says how many, and with what."""

    axes: ClassVar[int]
    mode: ClassVar[str] = "constant"
    value: float | None = None

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = each(padding, 2 * self.axes, f"{type(self).__name__}: padding")

    def forward(self, input: Array) -> Any:
        """Return the input, padded."""
        if np.ndim(input) not in (self.axes + 1, self.axes + 2):
            raise ValueError(
                f"{type(self).__name__} takes {self.axes + 1} or {self.axes + 2} axes, not an input of shape {np.shape(input)}."
            )
        return pad(input, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"{self.padding}"


class _ConstantPad(_Pad):
    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPad):
    """Add a constant at the ends of signals (N, C, L); N may be missing.

    Parameters
    ----------
    padding : int or tuple of 2 int
        How many at each end: left and right.
    value : float
        The constant.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ConstantPad1d(1, 9.0)(np.array([[1.0, 2.0, 3.0]]))
    array([[9., 1., 2., 3., 9.]])
    """

    axes = 1


class ConstantPad2d(_ConstantPad):
    """Add a constant at the ends of images (N, C, H, W); N may be missing.

    Parameters
    ----------
    padding : int or tuple of 4 int
        How many at each end: left, right, top and bottom.
    value : float
        The constant.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ConstantPad2d(1, 9.0)(np.ones((1, 3, 4))).shape
    (1, 5, 6)
    """

    axes = 2


class ConstantPad3d(_ConstantPad):
    """Add a constant at the ends of volumes (N, C, D, H, W); N may be missing.

    Parameters
    ----------
    padding : int or tuple of 6 int
        How many at each end: left, right, top, bottom, front and back.
    value : float
        The constant.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ConstantPad3d(1, 9.0)(np.ones((1, 3, 4, 5))).shape
    (1, 5, 6, 7)
    """

    axes = 3


class ZeroPad1d(_Pad):
    """Add zeros at the ends of signals (N, C, L); ``padding`` as for `ConstantPad1d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ZeroPad1d(1)(np.array([[1.0, 2.0, 3.0]]))
    array([[0., 1., 2., 3., 0.]])
    """

    axes = 1


class ZeroPad2d(_Pad):
    """Add zeros at the ends of images (N, C, H, W); ``padding`` as for `ConstantPad2d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ZeroPad2d(1)(np.ones((1, 3, 4))).shape
    (1, 5, 6)
    """

    axes = 2


class ZeroPad3d(_Pad):
    """Add zeros at the ends of volumes (N, C, D, H, W); ``padding`` as for `ConstantPad3d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ZeroPad3d(1)(np.ones((1, 3, 4, 5))).shape
    (1, 5, 6, 7)
    """

    axes = 3


class ReflectionPad1d(_Pad):
    """Add the elements mirrored at the last one at the ends of signals (N, C, L); ``padding`` as for `ConstantPad1d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ReflectionPad1d(1)(np.array([[1.0, 2.0, 3.0]]))
    array([[2., 1., 2., 3., 2.]])
    """

    axes = 1
    mode = "reflect"


class ReflectionPad2d(_Pad):
    """Add the elements mirrored at the last one at the ends of images (N, C, H, W); ``padding`` as for `ConstantPad2d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ReflectionPad2d(1)(np.ones((1, 3, 4))).shape
    (1, 5, 6)
    """

    axes = 2
    mode = "reflect"


class ReflectionPad3d(_Pad):
    """Add the elements mirrored at the last one at the ends of volumes (N, C, D, H, W); ``padding`` as for `ConstantPad3d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ReflectionPad3d(1)(np.ones((1, 3, 4, 5))).shape
    (1, 5, 6, 7)
    """

    axes = 3
    mode = "reflect"


class ReplicationPad1d(_Pad):
    """Add the last element at the ends of signals (N, C, L); ``padding`` as for `ConstantPad1d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ReplicationPad1d(1)(np.array([[1.0, 2.0, 3.0]]))
    array([[1., 1., 2., 3., 3.]])
    """

    axes = 1
    mode = "replicate"


class ReplicationPad2d(_Pad):
    """Add the last element at the ends of images (N, C, H, W); ``padding`` as for `ConstantPad2d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ReplicationPad2d(1)(np.ones((1, 3, 4))).shape
    (1, 5, 6)
    """

    axes = 2
    mode = "replicate"


class ReplicationPad3d(_Pad):
    """Add the last element at the ends of volumes (N, C, D, H, W); ``padding`` as for `ConstantPad3d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ReplicationPad3d(1)(np.ones((1, 3, 4, 5))).shape
    (1, 5, 6, 7)
    """

    axes = 3
    mode = "replicate"


class CircularPad1d(_Pad):
    """Add the elements of the other end at the ends of signals (N, C, L); ``padding`` as for `ConstantPad1d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.CircularPad1d(1)(np.array([[1.0, 2.0, 3.0]]))
    array([[3., 1., 2., 3., 1.]])
    """

    axes = 1
    mode = "circular"


class CircularPad2d(_Pad):
    """Add the elements of the other end at the ends of images (N, C, H, W); ``padding`` as for `ConstantPad2d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.CircularPad2d(1)(np.ones((1, 3, 4))).shape
    (1, 5, 6)
    """

    axes = 2
    mode = "circular"


class CircularPad3d(_Pad):
    """Add the elements of the other end at the ends of volumes (N, C, D, H, W); ``padding`` as for `ConstantPad3d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.CircularPad3d(1)(np.ones((1, 3, 4, 5))).shape
    (1, 5, 6, 7)
    """

    axes = 3
    mode = "circular"
