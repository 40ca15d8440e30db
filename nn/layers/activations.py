"""Activations as modules, for `Sequential`: each calls the function of its name in `nn.functional` with its settings."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from nn.dtypes import dtype_or_default
from nn.functional import rectifiers, sigmoids, softmaxes
from nn.module import Module
from nn.parameter import Parameter


class Activation(Module):
    """A function of one array with settings; subclasses name the function and the settings with their defaults."""

    function: ClassVar[Any]
    settings: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        names = list(self.settings)
        if len(args) > len(names):
            raise TypeError(f"{type(self).__name__} takes at most {len(names)} arguments ({', '.join(names) or 'none'}), not {len(args)}.")
        given = dict(zip(names, args, strict=False))
        for name, value in kwargs.items():
            if name not in self.settings or name in given:
                what = "given twice" if name in given else f"unknown; known: {', '.join(names) or 'none'}"
                raise TypeError(f"{type(self).__name__}: the argument {name!r} is {what}.")
            given[name] = value
        for name, default in self.settings.items():
            value = given.get(name, default)
            if value is ...:
                raise TypeError(f"{type(self).__name__} needs the argument {name!r}.")
            setattr(self, name, value)

    def forward(self, input: Any) -> Any:
        """Return the function of the input."""
        return type(self).function(input, **{name: vars(self)[name] for name in self.settings})

    def extra_repr(self) -> str:
        """Return the settings."""
        return ", ".join(f"{name}={getattr(self, name)!r}" for name in self.settings)


def _activation(name: str, function: Any, **settings: Any) -> Any:
    """Return the class of an activation; a setting of ``...`` has no default."""
    summary = (function.__doc__ or "").split("\n")[0]
    signature = ", ".join(key if value is ... else f"{key}={value!r}" for key, value in settings.items())
    text = f"{summary}\n\n    ``{name}({signature})`` calls `nn.functional.{function.__name__}` with these settings."
    return type(
        name,
        (Activation,),
        {"__doc__": text, "__module__": __name__, "function": staticmethod(function), "settings": settings},
    )


ReLU = _activation("ReLU", rectifiers.relu)
ReLU6 = _activation("ReLU6", rectifiers.relu6)
LeakyReLU = _activation("LeakyReLU", rectifiers.leaky_relu, negative_slope=0.01)
ELU = _activation("ELU", rectifiers.elu, alpha=1.0)
SELU = _activation("SELU", rectifiers.selu)
CELU = _activation("CELU", rectifiers.celu, alpha=1.0)
Hardtanh = _activation("Hardtanh", rectifiers.hardtanh, min_val=-1.0, max_val=1.0)
Hardsigmoid = _activation("Hardsigmoid", rectifiers.hardsigmoid)
Hardswish = _activation("Hardswish", rectifiers.hardswish)
Threshold = _activation("Threshold", rectifiers.threshold, threshold=..., value=...)
Hardshrink = _activation("Hardshrink", rectifiers.hardshrink, lambd=0.5)
Softshrink = _activation("Softshrink", rectifiers.softshrink, lambd=0.5)
Sigmoid = _activation("Sigmoid", sigmoids.sigmoid)
LogSigmoid = _activation("LogSigmoid", sigmoids.logsigmoid)
Softplus = _activation("Softplus", sigmoids.softplus, beta=1.0, threshold=20.0)
Softsign = _activation("Softsign", sigmoids.softsign)
Tanh = _activation("Tanh", sigmoids.tanh)
Tanhshrink = _activation("Tanhshrink", sigmoids.tanhshrink)
SiLU = _activation("SiLU", sigmoids.silu)
Mish = _activation("Mish", sigmoids.mish)
GELU = _activation("GELU", sigmoids.gelu, approximate="none")
Softmax = _activation("Softmax", softmaxes.softmax, dim=...)
LogSoftmax = _activation("LogSoftmax", softmaxes.log_softmax, dim=...)
Softmin = _activation("Softmin", softmaxes.softmin, dim=...)
GLU = _activation("GLU", softmaxes.glu, dim=-1)


class Softmax2d(Module):
    """Softmax over the channels of (N, C, H, W).

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.Softmax2d()(np.zeros((1, 4, 2, 2)))[0, 0, 0, 0])
    0.25
    """

    def forward(self, input: Any) -> Any:
        """Return probabilities over axis −3."""
        if np.ndim(input) not in (3, 4):
            raise ValueError(f"Softmax2d takes (N, C, H, W) or (C, H, W), not shape {np.shape(input)}.")
        return softmaxes.softmax(input, -3)


class PReLU(Module):
    """Return x where positive and w·x elsewhere, with a learned w.

    Parameters
    ----------
    num_parameters : int
        1, or the number of channels.
    init : float
        Initial value of w.
    dtype : dtype, optional
        Of the parameter.

    Attributes
    ----------
    weight : Parameter, shape (num_parameters,)

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.PReLU()(np.array([-4.0, 2.0]))
    Tensor([-1.,  2.])
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(np.full(num_parameters, init, dtype_or_default(dtype)))

    def forward(self, input: Any) -> Any:
        """Return the input, scaled where it is not positive."""
        return rectifiers.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"num_parameters={self.num_parameters}"


class RReLU(Module):
    """Return x where positive and a·x elsewhere; in training each a is drawn from [lower, upper], else it is their mean.

    Parameters
    ----------
    lower, upper : float
        Range of a.
    rng : numpy.random.Generator, optional
        Where a comes from.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.RReLU(0.25, 0.75).eval()(np.array([-2.0]))
    array([-1.])
    """

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, rng: Any = None) -> None:
        super().__init__()
        self.lower, self.upper, self.rng = lower, upper, rng

    def forward(self, input: Any) -> Any:
        """Return the input, scaled where it is not positive."""
        return rectifiers.rrelu(input, self.lower, self.upper, self.training, self.rng)

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"lower={self.lower}, upper={self.upper}"
