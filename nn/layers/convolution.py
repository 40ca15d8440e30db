"""Layers of convolutions: `Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d`."""

from __future__ import annotations

from math import prod, sqrt
from typing import Any

import numpy as np

from nn import init
from nn.functional.resizing.padding import MODES
from nn.functional.windows.correlation import convolve, convolve_transposed, padding_of
from nn.functional.windows.geometry import Sizes, each
from nn.layers.linear import new_parameter
from nn.module import Module
from nn.random import generator_or_default
from revad.typing import Array

_MODES = {"zeros": "constant", **{mode: MODES[mode] for mode in ("circular", "reflect", "replicate")}}


class _Convolution(Module):
    """What all convolutions share: settings, parameters, initial values."""

    axes = 0
    transposed = False

    def _prepare(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        groups: int,
        padding_mode: str,
        *,
        bias: bool,
        dtype: Any,
        rng: Any,
    ) -> None:
        name, n = type(self).__name__, self.axes
        if groups < 1 or in_channels % groups or out_channels % groups:
            raise ValueError(
                f"{name}: {in_channels} input and {out_channels} output channels cannot be divided into {groups} groups."
            )
        if padding_mode not in _MODES or (self.transposed and padding_mode != "zeros"):
            known = "'zeros'" if self.transposed else ", ".join(map(repr, _MODES))
            raise ValueError(f"{name}: padding_mode must be {known}, not {padding_mode!r}.")
        self.in_channels, self.out_channels, self.groups, self.padding_mode = in_channels, out_channels, groups, padding_mode
        self.kernel_size: Sizes = each(kernel_size, n, "kernel_size")
        self.stride, self.dilation = each(stride, n, "stride"), each(dilation, n, "dilation")
        self.padding = padding if isinstance(padding, str) else each(padding, n, "padding")
        padding_of(self.padding, self.kernel_size, self.stride, self.dilation, name)
        first, second = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        self.weight = new_parameter((first, second // groups, *self.kernel_size), dtype)
        self.register_parameter("bias", new_parameter((out_channels,), dtype) if bias else None)
        self.reset_parameters(rng)

    def reset_parameters(self, rng: Any = None) -> None:
        """Draw the parameters anew: uniform within ±1/√fan_in."""
        rng = generator_or_default(rng)
        fan_in = prod(self._parameters["weight"].shape[1:])
        for parameter in self._parameters.values():
            if parameter is not None:
                init.uniform_(parameter, -1 / sqrt(fan_in), 1 / sqrt(fan_in), rng)

    def extra_repr(self) -> str:
        """Return the settings."""
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        for name, usual in (
            ("padding", (0,) * self.axes),
            ("dilation", (1,) * self.axes),
            ("groups", 1),
            ("padding_mode", "zeros"),
        ):
            if getattr(self, name) != usual:
                text += f", {name}={getattr(self, name)!r}"
        return text if self._parameters["bias"] is not None else text + ", bias=False"


class _Conv(_Convolution):
    """Convolve samples with learned filters."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        self._prepare(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            groups,
            padding_mode,
            bias=bias,
            dtype=dtype,
            rng=rng,
        )

    def forward(self, input: Array) -> Any:
        """Return the convolution."""
        name, padding = type(self).__name__, self.padding
        if self.padding_mode != "zeros":
            pads = padding_of(padding, self.kernel_size, self.stride, self.dilation, name)
            mode: Any = _MODES[self.padding_mode]
            input = np.pad(input, [(0, 0)] * (np.ndim(input) - self.axes) + list(pads), mode=mode)
            padding = 0
        return convolve(name, self.axes, input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class _ConvTranspose(_Convolution):
    """Apply the adjoint of a convolution with learned filters."""

    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        *,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        self.output_padding = each(output_padding, self.axes, "output_padding")
        self._prepare(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            groups,
            padding_mode,
            bias=bias,
            dtype=dtype,
            rng=rng,
        )

    def forward(self, input: Array) -> Any:
        """Return the transposed convolution."""
        return convolve_transposed(
            type(self).__name__,
            self.axes,
            input,
            self.weight,
            self.bias,
            self.stride,
            self.padding,
            self.output_padding,
            self.groups,
            self.dilation,
        )


class Conv1d(_Conv):
    """Convolve (N, C, L) with learned filters.

    Parameters
    ----------
    in_channels, out_channels : int
        C and M.
    kernel_size, stride, padding, dilation : int or tuple of int
        How the windows lie; padding also "valid" or "same".
    groups : int
        Number of groups of channels that do not mix.
    bias : bool
        Whether to add a number to each output channel.
    padding_mode : {"zeros", "circular", "reflect", "replicate"}
        What stands around the input.
    dtype : dtype, optional
        Of the parameters.
    rng : numpy.random.Generator, optional
        For the initial values.

    Attributes
    ----------
    weight : Parameter, shape (M, C / groups, *kernel_size)
    bias : Parameter, shape (M,)

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Conv1d(2, 5, 3, padding="same")(np.ones((1, 2, 8), np.float32)).shape
    (1, 5, 8)
    """

    axes = 1


class Conv2d(_Conv):
    """Convolve (N, C, H, W) with learned filters; parameters as for `Conv1d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Conv2d(2, 5, 3, padding="same")(np.ones((1, 2, 8, 8), np.float32)).shape
    (1, 5, 8, 8)
    """

    axes = 2


class Conv3d(_Conv):
    """Convolve (N, C, D, H, W) with learned filters; parameters as for `Conv1d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Conv3d(2, 5, 3, padding="same")(np.ones((1, 2, 8, 8, 8), np.float32)).shape
    (1, 5, 8, 8, 8)
    """

    axes = 3


class ConvTranspose1d(_ConvTranspose):
    """Enlarge (N, C, L) by the adjoint of a convolution.

    Parameters
    ----------
    in_channels, out_channels : int
        C and M.
    kernel_size, stride, padding, dilation : int or tuple of int
        Of the convolution whose adjoint this is.
    output_padding : int or tuple of int
        Makes the output longer at one side, where the stride leaves its length open.
    groups : int
        Number of groups of channels that do not mix.
    bias : bool
        Whether to add a number to each output channel.
    padding_mode : {"zeros"}
        What stands around the input.
    dtype : dtype, optional
        Of the parameters.
    rng : numpy.random.Generator, optional
        For the initial values.

    Attributes
    ----------
    weight : Parameter, shape (C, M / groups, *kernel_size)
    bias : Parameter, shape (M,)

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ConvTranspose1d(2, 5, 2, stride=2)(np.ones((1, 2, 4), np.float32)).shape
    (1, 5, 8)
    """

    axes = 1


class ConvTranspose2d(_ConvTranspose):
    """Enlarge (N, C, H, W) by the adjoint of a convolution; parameters as for `ConvTranspose1d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ConvTranspose2d(2, 5, 2, stride=2)(np.ones((1, 2, 4, 4), np.float32)).shape
    (1, 5, 8, 8)
    """

    axes = 2


class ConvTranspose3d(_ConvTranspose):
    """Enlarge (N, C, D, H, W) by the adjoint of a convolution; parameters as for `ConvTranspose1d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ConvTranspose3d(2, 5, 2, stride=2)(np.ones((1, 2, 4, 4, 4), np.float32)).shape
    (1, 5, 8, 8, 8)
    """

    axes = 3
