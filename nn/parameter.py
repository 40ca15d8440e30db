"""`Parameter`: a variable that a module owns and an optimiser changes, a leaf of the tape with a name of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

import revad
from revad.typing import Array

_Leaf: Any = type(revad.tensor(0.0))


class Parameter(_Leaf):
    """A tracked variable: what `revad.tensor` returns, recognised by modules and optimisers.

    Parameters
    ----------
    data : array_like
        The initial value; copied. Python ints become floats.
    requires_grad : bool
        False freezes the parameter: modules then hand out its plain array, so nothing is recorded for it, and its ``.grad``
        stays None.
    dtype : dtype, optional
        A floating or complex dtype to convert to.

    Examples
    --------
    >>> import numpy as np
    >>> import nn
    >>> w = nn.Parameter([1.0, -2.0])
    >>> np.sum(w**2).backward()
    >>> w.grad
    array([ 2., -4.])
    >>> w.data = w.data - 0.1 * w.grad
    >>> w
    Parameter([ 0.8, -1.6])
    """

    __slots__ = ()
    __hash__ = object.__hash__
    is_parameter = True  # a transformation of a model differentiates the plain value

    def __new__(cls, data: Array, requires_grad: bool = True, dtype: Any = None) -> Any:
        """Make a leaf of the data."""
        leaf = revad.tensor(data.data if isinstance(data, Parameter) else data, dtype)
        leaf.__class__ = cls if requires_grad else _Frozen
        return leaf

    @property
    def requires_grad(self) -> bool:
        """Whether gradients reach this parameter; settable."""
        return type(self) is not _Frozen

    @requires_grad.setter
    def requires_grad(self, flag: bool) -> None:
        self.__class__ = Parameter if flag else _Frozen  # pyright: ignore[reportAttributeAccessIssue]

    def requires_grad_(self, requires_grad: bool = True) -> Parameter:
        """Set `requires_grad` and return the parameter."""
        self.requires_grad = requires_grad
        return self

    @property
    def data(self) -> Any:
        """The value as a read-only array (a number where there are no axes); assign to it to change the parameter."""
        return self.value

    @data.setter
    def data(self, new: Any) -> None:
        shape = np.shape(new)
        if shape != self.shape:
            raise ValueError(
                f"a parameter of shape {self.shape} cannot take a value of shape {shape}. "
                "Make a new nn.Parameter if the shape is to change."
            )
        self.assign(revad.stop_gradient(new) if isinstance(new, revad.Tensor) else new)

    def numel(self) -> int:
        """Return the number of elements."""
        return self.size

    def zero_grad(self) -> None:
        """Forget the accumulated gradient."""
        self.grad = None

    def __deepcopy__(self, memo: Any) -> Parameter:
        return Parameter(self.data, self.requires_grad)

    __copy__ = _Leaf.__copy__

    def __reduce_ex__(self, protocol: Any) -> Any:
        return Parameter, (np.array(self.data), self.requires_grad)

    def __repr__(self) -> str:
        text = super().__repr__().removeprefix("Tensor(").removesuffix(")").replace("\n       ", "\n          ")
        return f"Parameter({text}{'' if self.requires_grad else ', requires_grad=False'})"


class _Frozen(Parameter):
    """A parameter that is held fixed; not made by hand."""

    __slots__ = ()
    __hash__ = object.__hash__
