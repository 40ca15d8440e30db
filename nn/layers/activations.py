"""Activations as modules, for `Sequential`: each calls the function of its name in `nn.functional` with its settings."""

from __future__ import annotations

from nn.functional.activations import rectifiers, sigmoids, softmaxes
from nn.layers.functional_layer import FunctionalLayer


class ReLU(FunctionalLayer):
    """Return max(x, 0); settings as in `nn.functional.relu`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ReLU()(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    function = staticmethod(rectifiers.relu)


class ReLU6(FunctionalLayer):
    """Return min(max(x, 0), 6); settings as in `nn.functional.relu6`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ReLU6()(np.array([-1.0, 8.0]))
    array([0., 6.])
    """

    function = staticmethod(rectifiers.relu6)


class LeakyReLU(FunctionalLayer):
    """Return x where positive and ``negative_slope``·x elsewhere; settings as in `nn.functional.leaky_relu`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.LeakyReLU(0.1)(np.array([-1.0, 2.0]))
    array([-0.1,  2. ])
    """

    function = staticmethod(rectifiers.leaky_relu)


class ELU(FunctionalLayer):
    """Return x where positive and α(eˣ − 1) elsewhere; settings as in `nn.functional.elu`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.ELU()(np.array([-1000.0, 2.0]))
    array([-1.,  2.])
    """

    function = staticmethod(rectifiers.elu)


class SELU(FunctionalLayer):
    """Return 1.0507·elu(x, α = 1.6733), for self-normalising nets; settings as in `nn.functional.selu`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.SELU()(np.array([0.0, 1.0]))
    array([0.        , 1.05070099])
    """

    function = staticmethod(rectifiers.selu)


class CELU(FunctionalLayer):
    """Return x where positive and α(e^(x/α) − 1) elsewhere; settings as in `nn.functional.celu`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.CELU(2.0)(np.array([-1000.0, 2.0]))
    array([-2.,  2.])
    """

    function = staticmethod(rectifiers.celu)


class Hardtanh(FunctionalLayer):
    """Return x limited to [min_val, max_val]; settings as in `nn.functional.hardtanh`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Hardtanh()(np.array([-3.0, 0.5]))
    array([-1. ,  0.5])
    """

    function = staticmethod(rectifiers.hardtanh)


class Hardsigmoid(FunctionalLayer):
    """Return x/6 + ½ limited to [0, 1]; settings as in `nn.functional.hardsigmoid`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Hardsigmoid()(np.array([-3.0, 0.0]))
    array([0. , 0.5])
    """

    function = staticmethod(rectifiers.hardsigmoid)


class Hardswish(FunctionalLayer):
    """Return x·hardsigmoid(x); settings as in `nn.functional.hardswish`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Hardswish()(np.array([3.0, 4.0]))
    array([3., 4.])
    """

    function = staticmethod(rectifiers.hardswish)


class Threshold(FunctionalLayer):
    """Return x where it exceeds ``threshold`` and ``value`` elsewhere; settings as in `nn.functional.threshold`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Threshold(0.1, 20.0)(np.array([0.05, 0.5]))
    array([20. ,  0.5])
    """

    function = staticmethod(rectifiers.threshold)


class Hardshrink(FunctionalLayer):
    """Return x where |x| > λ and 0 elsewhere; settings as in `nn.functional.hardshrink`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Hardshrink()(np.array([-1.0, 0.2]))
    array([-1.,  0.])
    """

    function = staticmethod(rectifiers.hardshrink)


class Softshrink(FunctionalLayer):
    """Return x moved towards 0 by λ; settings as in `nn.functional.softshrink`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Softshrink()(np.array([-1.0, 0.2]))
    array([-0.5,  0. ])
    """

    function = staticmethod(rectifiers.softshrink)


class Sigmoid(FunctionalLayer):
    """Return 1/(1 + e⁻ˣ); settings as in `nn.functional.sigmoid`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Sigmoid()(np.array([-1000.0, 0.0]))
    array([0. , 0.5])
    """

    function = staticmethod(sigmoids.sigmoid)


class LogSigmoid(FunctionalLayer):
    """Return log(1/(1 + e⁻ˣ)); settings as in `nn.functional.logsigmoid`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.LogSigmoid()(np.array([-1000.0, 1000.0]))
    array([-1000.,    -0.])
    """

    function = staticmethod(sigmoids.logsigmoid)


class Softplus(FunctionalLayer):
    """Return log(1 + e^(βx))/β; settings as in `nn.functional.softplus`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Softplus()(np.array([1000.0]))
    array([1000.])
    """

    function = staticmethod(sigmoids.softplus)


class Softsign(FunctionalLayer):
    """Return x/(1 + |x|); settings as in `nn.functional.softsign`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Softsign()(np.array([-3.0, 1.0]))
    array([-0.75,  0.5 ])
    """

    function = staticmethod(sigmoids.softsign)


class Tanh(FunctionalLayer):
    """Return tanh x; settings as in `nn.functional.tanh`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Tanh()(np.array([0.0, 100.0]))
    array([0., 1.])
    """

    function = staticmethod(sigmoids.tanh)


class Tanhshrink(FunctionalLayer):
    """Return x − tanh x; settings as in `nn.functional.tanhshrink`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Tanhshrink()(np.array([0.0, 100.0]))
    array([ 0., 99.])
    """

    function = staticmethod(sigmoids.tanhshrink)


class SiLU(FunctionalLayer):
    """Return x/(1 + e⁻ˣ), also called swish; settings as in `nn.functional.silu`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.SiLU()(np.array([0.0, 100.0]))
    array([  0., 100.])
    """

    function = staticmethod(sigmoids.silu)


class Mish(FunctionalLayer):
    """Return x·tanh(log(1 + eˣ)); settings as in `nn.functional.mish`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Mish()(np.array([0.0, 100.0]))
    array([  0., 100.])
    """

    function = staticmethod(sigmoids.mish)


class GELU(FunctionalLayer):
    """Return x·Φ(x) with the normal distribution function Φ; settings as in `nn.functional.gelu`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.GELU()(np.array([0.0, 1.0]))
    array([0.        , 0.84134475])
    """

    function = staticmethod(sigmoids.gelu)


class Softmax(FunctionalLayer):
    """Return eˣ/Σeˣ along an axis; settings as in `nn.functional.softmax`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Softmax(dim=1)(np.array([[2.0, 2.0]]))
    array([[0.5, 0.5]])
    """

    function = staticmethod(softmaxes.softmax)


class LogSoftmax(FunctionalLayer):
    """Return x − log Σeˣ along an axis; settings as in `nn.functional.log_softmax`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.LogSoftmax(dim=1)(np.array([[0.0, 1000.0]]))
    array([[-1000.,     0.]])
    """

    function = staticmethod(softmaxes.log_softmax)


class Softmin(FunctionalLayer):
    """Return softmax(−x) along an axis; settings as in `nn.functional.softmin`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Softmin(dim=1)(np.array([[0.0, 1000.0]]))
    array([[1., 0.]])
    """

    function = staticmethod(softmaxes.softmin)


class GLU(FunctionalLayer):
    """Return a·σ(b) with the two halves a and b of the input along an axis; settings as in `nn.functional.glu`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.GLU()(np.array([2.0, 0.0]))
    array([1.])
    """

    function = staticmethod(softmaxes.glu)
