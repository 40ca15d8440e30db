"""Layers that stretch images: `Upsample UpsamplingNearest2d UpsamplingBilinear2d`."""

from __future__ import annotations

from typing import Any

from nn.functional.resizing.interpolation import MODES, interpolate
from nn.module import Module
from revad.typing import Array


class Upsample(Module):
    """Return the input with other numbers of places, filled in from its elements.

    Parameters
    ----------
    size : int or tuple of int, optional
        The new numbers of places.
    scale_factor : float or tuple of float, optional
        Instead of ``size``: factors.
    mode : {"nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear", "area"}
        How to fill in; see `nn.functional.interpolate`.
    align_corners : bool, optional
        Whether the centres of the corner elements stay where they are, instead of their edges.
    recompute_scale_factor : bool, optional
        Use the quotient of the rounded numbers of places to place the new elements.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Upsample(scale_factor=2)(np.array([[[1.0, 2.0]]]))
    array([[[1., 1., 2., 2.]]])
    """

    def __init__(
        self,
        size: Any = None,
        scale_factor: Any = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        if mode not in MODES:
            raise ValueError(f"Upsample: mode must be one of {', '.join(MODES)}, not {mode!r}.")
        self.size, self.scale_factor, self.mode = size, scale_factor, mode
        self.align_corners, self.recompute_scale_factor = align_corners, recompute_scale_factor

    def forward(self, input: Array) -> Any:
        """Return the input, stretched."""
        return interpolate(input, self.size, self.scale_factor, self.mode, self.align_corners, self.recompute_scale_factor)

    def extra_repr(self) -> str:
        """Return the settings."""
        how = f"size={self.size}" if self.scale_factor is None else f"scale_factor={self.scale_factor}"
        return f"{how}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Stretch images by repeating elements.

    Parameters
    ----------
    size, scale_factor
        As for `Upsample`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.UpsamplingNearest2d(scale_factor=2)(np.ones((1, 1, 2, 3))).shape
    (1, 1, 4, 6)
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "nearest")


class UpsamplingBilinear2d(Upsample):
    """Stretch images linearly, corners aligned.

    Parameters
    ----------
    size, scale_factor
        As for `Upsample`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.UpsamplingBilinear2d(size=3)(np.array([[[[0.0, 2.0], [4.0, 6.0]]]]))[0, 0]
    array([[0., 1., 2.],
           [2., 3., 4.],
           [4., 5., 6.]])
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "bilinear", align_corners=True)
