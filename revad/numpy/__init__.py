"""NumPy's namespace where tracked values may appear everywhere: ``import revad.numpy as np``.

Ours is only what NumPy's protocols do not reach: arrays made of nothing, of numbers and of lists, types, and lists of tracked values
as arguments. All else is done by NumPy's own functions, and without tracked values these give what NumPy gives.

Examples
--------
>>> import revad
>>> import revad.numpy as np
>>> def turned(angle, v):
...     c, s = np.cos(angle), np.sin(angle)
...     return np.array([[c, -s], [s, c]]) @ v
>>> revad.jacobian(turned)(0.0, np.array([2.0, 0.0]))
array([0., 2.])
>>> def geometric(q):
...     terms = np.zeros(4)
...     terms[0] = 1.0
...     for k in range(1, 4):
...         terms[k] = q * terms[k - 1]
...     return np.sum(terms)
>>> revad.grad(geometric)(2.0)  # 1 + 2q + 3q²
17.0
"""

from typing import Any

import numpy as _numpy  # noqa: ICN001  (np is what users call this module)

from revad.numpy.classes import INTEGERS as _INTEGERS
from revad.numpy.classes import cdouble as cdouble
from revad.numpy.classes import complex64 as complex64
from revad.numpy.classes import complex128 as complex128
from revad.numpy.classes import complexfloating as complexfloating
from revad.numpy.classes import csingle as csingle
from revad.numpy.classes import double as double
from revad.numpy.classes import float16 as float16
from revad.numpy.classes import float32 as float32
from revad.numpy.classes import float64 as float64
from revad.numpy.classes import floating as floating
from revad.numpy.classes import generic as generic
from revad.numpy.classes import half as half
from revad.numpy.classes import inexact as inexact
from revad.numpy.classes import isscalar as isscalar
from revad.numpy.classes import longdouble as longdouble
from revad.numpy.classes import ndarray as ndarray
from revad.numpy.classes import number as number
from revad.numpy.classes import single as single
from revad.numpy.creation import arange as arange
from revad.numpy.creation import array as array
from revad.numpy.creation import asanyarray as asanyarray
from revad.numpy.creation import asarray as asarray
from revad.numpy.creation import asarray_chkfinite as asarray_chkfinite
from revad.numpy.creation import ascontiguousarray as ascontiguousarray
from revad.numpy.creation import asfortranarray as asfortranarray
from revad.numpy.creation import copy as copy
from revad.numpy.creation import empty as empty
from revad.numpy.creation import empty_like as empty_like
from revad.numpy.creation import eye as eye
from revad.numpy.creation import fromfunction as fromfunction
from revad.numpy.creation import fromiter as fromiter
from revad.numpy.creation import full as full
from revad.numpy.creation import full_like as full_like
from revad.numpy.creation import geomspace as geomspace
from revad.numpy.creation import identity as identity
from revad.numpy.creation import kaiser as kaiser
from revad.numpy.creation import linspace as linspace
from revad.numpy.creation import logspace as logspace
from revad.numpy.creation import ones as ones
from revad.numpy.creation import ones_like as ones_like
from revad.numpy.creation import tri as tri
from revad.numpy.creation import zeros as zeros
from revad.numpy.creation import zeros_like as zeros_like
from revad.numpy.grids import c_ as c_
from revad.numpy.grids import mgrid as mgrid
from revad.numpy.grids import ogrid as ogrid
from revad.numpy.grids import r_ as r_
from revad.numpy.loops import frompyfunc as frompyfunc
from revad.numpy.loops import vectorize as vectorize
from revad.numpy.parts import offer as _offer
from revad.numpy.parts import part_of_numpy as _part_of_numpy

_names = {name: value for name, value in globals().items() if not name.startswith("_") and hasattr(_numpy, name)}
_offer(_numpy, {**_INTEGERS, **_names})


def __getattr__(name: str) -> Any:
    return getattr(_part_of_numpy(_numpy), name)


def __dir__() -> list[str]:
    return sorted({*dir(_numpy), *(name for name in globals() if not name.startswith("_"))})
