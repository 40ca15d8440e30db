"""Layers that normalise: `BatchNorm1d/2d/3d LayerNorm GroupNorm InstanceNorm1d/2d/3d RMSNorm`."""

from __future__ import annotations

from typing import Any

import numpy as np

import revad
from nn.dtypes import dtype_or_default
from nn.functional.normalisation import batch_norm, group_norm, instance_norm, layer_norm, rms_norm
from nn.module import Module
from nn.parameter import Parameter
from revad.typing import Array


def _ones_and_zeros(module: Module, shape: tuple[int, ...], dtype: Any, *, weight: bool, bias: bool) -> None:
    """Register a scale of ones and a shift of zeros."""
    dtype = dtype_or_default(dtype)
    module.register_parameter("weight", Parameter(np.ones(shape, dtype)) if weight else None)
    module.register_parameter("bias", Parameter(np.zeros(shape, dtype)) if bias else None)


class _RunningNorm(Module):
    """What batch and instance normalisation share: settings, parameters per channel, running statistics."""

    axes: tuple[int, ...] = ()  # how many axes an input may have
    affine_default, track_default = True, True

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool | None = None,
        track_running_stats: bool | None = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine = self.affine_default if affine is None else affine
        self.track_running_stats = self.track_default if track_running_stats is None else track_running_stats
        _ones_and_zeros(self, (num_features,), dtype, weight=self.affine, bias=self.affine and bias)
        tracked = self.track_running_stats
        self.register_buffer("running_mean", np.zeros(num_features, dtype_or_default(dtype)) if tracked else None)
        self.register_buffer("running_var", np.ones(num_features, dtype_or_default(dtype)) if tracked else None)
        self.register_buffer("num_batches_tracked", np.array(0) if tracked else None)

    def check(self, input: Array) -> None:
        """Refuse inputs with other axes or channels."""
        shape = np.shape(input)
        if len(shape) not in self.axes or shape[1] != self.num_features:
            axes = " or ".join(map(str, self.axes))
            raise ValueError(
                f"{type(self).__name__}({self.num_features}) takes {axes} axes with {self.num_features} channels, not {shape}."
            )

    def share(self) -> float:
        """Count a batch; return its share in the running statistics."""
        self.num_batches_tracked = self.num_batches_tracked + 1
        return 1 / float(self.num_batches_tracked) if self.momentum is None else self.momentum

    def extra_repr(self) -> str:
        """Return the settings."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(_RunningNorm):
    """Normalise each channel over the batch and all places."""

    def forward(self, input: Array) -> Any:
        """Return (x − μ)/√(σ² + ε)·w + b; in training the running statistics move towards those of the batch."""
        self.check(input)
        if self.training and self.track_running_stats:
            share = self.share()
            output, self.running_mean, self.running_var = batch_norm(
                input, self.running_mean, self.running_var, self.weight, self.bias, True, share, self.eps
            )
            return output
        own = not self.track_running_stats
        return batch_norm(input, self.running_mean, self.running_var, self.weight, self.bias, own, 0.0, self.eps)[0]


class BatchNorm1d(_BatchNorm):
    """Normalise each channel of (N, C) or (N, C, L) over batch and places.

    Parameters
    ----------
    num_features : int
        C.
    eps : float
        Added to the variance.
    momentum : float, optional
        Share of a batch in the running statistics; None for the mean of all batches.
    affine : bool
        Whether to scale and shift by learned numbers.
    track_running_stats : bool
        Whether to keep running statistics, which evaluation uses.
    dtype : dtype, optional
        Of the parameters.
    bias : bool
        Whether ``affine`` shifts, or only scales.

    Examples
    --------
    >>> import numpy as np, nn
    >>> layer = nn.BatchNorm1d(1, affine=False)
    >>> np.round(layer(np.array([[1.0], [3.0]])), 4)
    array([[-1.],
           [ 1.]])
    >>> layer.running_mean
    array([0.2], dtype=float32)
    """

    axes = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Normalise each channel of (N, C, H, W) over batch and places; parameters as for `BatchNorm1d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.BatchNorm2d(3)(np.random.default_rng(0).normal(size=(2, 3, 4, 4))).shape
    (2, 3, 4, 4)
    """

    axes = (4,)


class BatchNorm3d(_BatchNorm):
    """Normalise each channel of (N, C, D, H, W) over batch and places; parameters as for `BatchNorm1d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.BatchNorm3d(3)(np.random.default_rng(0).normal(size=(2, 3, 2, 4, 4))).shape
    (2, 3, 2, 4, 4)
    """

    axes = (5,)


class _InstanceNorm(_RunningNorm):
    """Normalise each channel of each sample over all places."""

    affine_default, track_default = False, False

    def forward(self, input: Array) -> Any:
        """Return (x − μ)/√(σ² + ε)·w + b."""
        if np.ndim(input) == min(self.axes):
            return self.forward(input[None])[0]
        if np.ndim(input) != max(self.axes) or np.shape(input)[1] != self.num_features:
            self.check(input)
        if not self.track_running_stats:
            return instance_norm(input, self.weight, self.bias, self.eps)
        if not self.training:
            return batch_norm(input, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, self.eps)[0]
        share = 0.0 if self.momentum is None else self.momentum
        plain = np.asarray(revad.stop_gradient(input))
        places = tuple(range(2, plain.ndim))
        mean, variance = plain.mean(axis=(0, *places)), plain.var(axis=places, ddof=1).mean(axis=0)
        self.running_mean = ((1 - share) * self.running_mean + share * mean).astype(self.running_mean.dtype)
        self.running_var = ((1 - share) * self.running_var + share * variance).astype(self.running_var.dtype)
        return instance_norm(input, self.weight, self.bias, self.eps)


class InstanceNorm1d(_InstanceNorm):
    """Normalise each channel of each sample of (N, C, L) or (C, L) over its places.

    Parameters
    ----------
    num_features, eps, momentum, affine, track_running_stats, dtype, bias
        As for `BatchNorm1d`; by default nothing is learned and no running statistics are kept.

    References
    ----------
    .. [1] D. Ulyanov, A. Vedaldi and V. Lempitsky, "Instance Normalization", 2016.

    Examples
    --------
    >>> import numpy as np, nn
    >>> np.round(nn.InstanceNorm1d(1)(np.array([[[1.0, 3.0]]])), 4)
    array([[[-1.,  1.]]])
    """

    axes = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Normalise each channel of each sample of (N, C, H, W); parameters as for `InstanceNorm1d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.InstanceNorm2d(3)(np.random.default_rng(0).normal(size=(2, 3, 4, 4))).shape
    (2, 3, 4, 4)
    """

    axes = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Normalise each channel of each sample of (N, C, D, H, W); parameters as for `InstanceNorm1d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.InstanceNorm3d(3)(np.random.default_rng(0).normal(size=(2, 3, 2, 4, 4))).shape
    (2, 3, 2, 4, 4)
    """

    axes = (4, 5)


class LayerNorm(Module):
    """Normalise each sample over its last axes.

    Parameters
    ----------
    normalized_shape : int or tuple of int
        Lengths of these axes.
    eps : float
        Added to the variance.
    elementwise_affine : bool
        Whether to scale (and shift) by learned numbers.
    bias : bool
        Whether to shift.
    dtype : dtype, optional
        Of the parameters.

    Examples
    --------
    >>> import numpy as np, nn
    >>> np.round(nn.LayerNorm(2, elementwise_affine=False)(np.array([[1.0, 3.0]])), 4)
    array([[-1.,  1.]])
    """

    def __init__(
        self, normalized_shape: Any, eps: float = 1e-5, elementwise_affine: bool = True, bias: bool = True, dtype: Any = None
    ) -> None:
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        _ones_and_zeros(self, self.normalized_shape, dtype, weight=elementwise_affine, bias=elementwise_affine and bias)

    def forward(self, input: Array) -> Any:
        """Return (x − μ)/√(σ² + ε)·w + b."""
        return layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(Module):
    """Normalise each sample over groups of channels and all places.

    Parameters
    ----------
    num_groups, num_channels : int
        The first divides the second.
    eps, affine, dtype, bias
        As for `BatchNorm1d`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> np.round(nn.GroupNorm(1, 2, affine=False)(np.array([[1.0, 3.0]])), 4)
    array([[-1.,  1.]])
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(f"GroupNorm: {num_channels} channels cannot be divided into {num_groups} groups.")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        _ones_and_zeros(self, (num_channels,), dtype, weight=affine, bias=affine and bias)

    def forward(self, input: Array) -> Any:
        """Return (x − μ)/√(σ² + ε)·w + b."""
        return group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}"


class RMSNorm(Module):
    """Divide each sample by its root mean square over the last axes.

    Parameters
    ----------
    normalized_shape, elementwise_affine, dtype
        As for `LayerNorm`; nothing shifts.
    eps : float, optional
        Added to the mean square; by default the spacing of the dtype at 1.

    Examples
    --------
    >>> import numpy as np, nn
    >>> np.round(nn.RMSNorm(2, elementwise_affine=False)(np.array([[3.0, 3.0]])), 4)
    array([[1., 1.]])
    """

    def __init__(
        self, normalized_shape: Any, eps: float | None = None, elementwise_affine: bool = True, dtype: Any = None
    ) -> None:
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        weight = Parameter(np.ones(self.normalized_shape, dtype_or_default(dtype)))
        self.register_parameter("weight", weight if elementwise_affine else None)

    def forward(self, input: Array) -> Any:
        """Return x/√(mean(x²) + ε)·w."""
        return rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
