"""Reverse mode: `vjp` and what follows from one reverse sweep: `grad`, `value_and_grad`, `elementwise_grad`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from revad.base.aval import aval_of
from revad.engine.handles import Tracked
from revad.engine.probes import filled
from revad.engine.pulling import NanPolicy
from revad.errors import NotDifferentiableError, NotScalarError
from revad.transforms.arguments import Argnums, Chosen
from revad.transforms.recording import Recording, check_cotangent, kind_of, public_value
from revad.typing import Array


def scalar_seed(name: str, recording: Recording, *, holomorphic: bool) -> Any:
    """Return the cotangent 1 for a scalar output, after checking that it is one."""
    output = recording.output
    if len(recording.values) != 1 or isinstance(output, (tuple, list, dict)):
        raise NotScalarError(
            f"{name}: the function must return one scalar, but it returned {kind_of(output)}. "
            "Return a sum or another scalar, use has_aux=True for extra results, or use revad.jacobian / revad.vjp."
        )
    value = recording.values[0]
    if np.shape(value) != ():
        raise NotScalarError(
            f"{name}: the function must return a scalar, but it returned an array of shape {np.shape(value)}. "
            "Use np.sum of it, revad.jacobian for all derivatives, revad.elementwise_grad for a function that works element by "
            "element, or revad.vjp with a cotangent."
        )
    if value is None or isinstance(value, (str, bytes)) or aval_of(value).dtype.kind not in "fciub":
        raise NotScalarError(f"{name}: the function must return a scalar number, but it returned {value!r}.")
    dtype = aval_of(value).dtype
    if dtype.kind == "c" and not holomorphic:
        raise NotDifferentiableError(
            f"{name}: the function returned a complex number ({dtype}); its gradient is not one number per input. Return a real "
            "scalar (np.real, np.abs), pass holomorphic=True if the function is complex-differentiable, or use revad.vjp."
        )
    if holomorphic and dtype.kind != "c":
        raise NotDifferentiableError(
            f"{name}(holomorphic=True): the function must return a complex scalar, not one of dtype {dtype}."
        )
    node = recording.nodes[0]
    if node is None:
        return None
    if isinstance(value, float):
        return 1.0
    return dtype.type(1) if isinstance(value, (complex, np.generic, np.ndarray, Tracked)) else np.ones_like(value)


def _prepare(
    name: str, f: Any, argnums: Argnums, args: Any, kwargs: Any, *, has_aux: bool, holomorphic: bool, nan_policy: NanPolicy
) -> tuple[Any, Any]:
    chosen = Chosen(name, argnums, args, kwargs)
    if holomorphic:
        for value in chosen.leaves:
            if aval_of(value).dtype.kind != "c":
                raise NotDifferentiableError(
                    f"{name}(holomorphic=True): the inputs must be complex, not {aval_of(value).dtype}."
                )
    recording = Recording(name, f, chosen, has_aux=has_aux, nan_policy=nan_policy)
    seed = scalar_seed(name, recording, holomorphic=holomorphic)
    return recording, chosen.rebuild(recording.pull([seed]))


def value_and_grad(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    nan_policy: NanPolicy = "zero",
) -> Callable[..., Any]:
    r"""Return a function that computes ``f`` and its gradient together.

    Parameters
    ----------
    f : callable
        Returns a real scalar (with ``has_aux``, a pair of that and anything else).
    argnums : int, str, or sequence of them
        Which arguments to differentiate: positions, or names of keyword arguments. Each may be a number, an array, or any
        nesting of tuple, list, dict, namedtuple and dataclass of them.
    has_aux : bool
        Whether ``f`` returns ``(output, aux)``.
    holomorphic : bool
        Whether ``f`` is complex-differentiable, from complex to complex.
    nan_policy : {"zero", "ieee"}
        What 0 times infinity is in the reverse sweep. By default a cotangent that is exactly zero contributes exactly zero, so
        that the unused branch of ``np.where(x > 0, np.sqrt(x), 0.0)`` cannot spoil the result; ``"ieee"`` gives NaN.

    Returns
    -------
    callable
        Takes the arguments of ``f``; returns ``(value, gradient)``, or ``((value, aux), gradient)`` with ``has_aux``. The
        gradient has the structure, shapes and dtypes of the argument (a tuple of such for several ``argnums``).

    Raises
    ------
    NotScalarError
        ``f`` returned something else than a scalar.
    NotDifferentiableError
        A chosen argument holds integers, bools, strings or objects.
    ArgumentError
        ``argnums`` names no argument of the call.

    Notes
    -----
    For a real function :math:`u` of :math:`z = x + iy` the gradient is :math:`\partial u/\partial x - i\,\partial u/\partial y`.
    One reverse sweep costs a small multiple of one call of ``f``, whatever the number of inputs [1]_.

    References
    ----------
    .. [1] A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM 2008, section 4.6.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import value_and_grad
    >>> value, gradient = value_and_grad(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
    >>> float(value), gradient
    (5.0, array([2., 4.]))
    """

    @named_after(f, "value_and_grad")
    def value_and_grad_of(*args: Any, **kwargs: Any) -> Any:
        recording, gradient = _prepare(
            "value_and_grad", f, argnums, args, kwargs, has_aux=has_aux, holomorphic=holomorphic, nan_policy=nan_policy
        )
        value = public_value(recording.values[0])
        return ((value, recording.aux), gradient) if has_aux else (value, gradient)

    return value_and_grad_of


def grad(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    nan_policy: NanPolicy = "zero",
) -> Callable[..., Any]:
    """Return the gradient function of a scalar function.

    Parameters
    ----------
    f, argnums, has_aux, holomorphic, nan_policy
        As for `value_and_grad`.

    Returns
    -------
    callable
        Takes the arguments of ``f``; returns the gradient, or ``(gradient, aux)`` with ``has_aux``.

    Raises
    ------
    NotScalarError, NotDifferentiableError, ArgumentError
        As for `value_and_grad`.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import grad
    >>> grad(np.tanh)(0.0)
    1.0
    >>> grad(grad(np.sin))(0.5), -float(np.sin(0.5))
    (-0.479425538604203, -0.479425538604203)
    """

    @named_after(f, "grad")
    def grad_of(*args: Any, **kwargs: Any) -> Any:
        recording, gradient = _prepare(
            "grad", f, argnums, args, kwargs, has_aux=has_aux, holomorphic=holomorphic, nan_policy=nan_policy
        )
        return (gradient, recording.aux) if has_aux else gradient

    return grad_of


def grad_and_aux(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return the gradient function of ``f``, which returns ``(output, aux)``; short for ``grad(f, argnums, has_aux=True)``.

    Examples
    --------
    >>> from revad import grad_and_aux
    >>> grad_and_aux(lambda x: (x * x, "note"))(3.0)
    (6.0, 'note')
    """
    return grad(f, argnums, has_aux=True)


def elementwise_grad(f: Callable[..., Any], argnums: Argnums = 0, *, nan_policy: NanPolicy = "zero") -> Callable[..., Any]:
    """Return the derivative of a function that works element by element, for all elements at once.

    Parameters
    ----------
    f : callable
        Each output element depends only on the input element at the same place (after broadcasting).
    argnums, nan_policy
        As for `value_and_grad`.

    Returns
    -------
    callable
        Takes the arguments of ``f``; returns the derivative, shaped like the argument.

    Notes
    -----
    It is the VJP with a cotangent of ones: the sum over each column of the Jacobian, which is the diagonal if the function is
    elementwise.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import elementwise_grad
    >>> elementwise_grad(lambda x: x**3)(np.array([1.0, 2.0]))
    array([ 3., 12.])
    """

    @named_after(f, "elementwise_grad")
    def elementwise_grad_of(*args: Any, **kwargs: Any) -> Any:
        chosen = Chosen("elementwise_grad", argnums, args, kwargs)
        recording = Recording("elementwise_grad", f, chosen, has_aux=False, nan_policy=nan_policy)
        ones = [None if node is None else filled(node, 1.0) for node in recording.nodes]
        return chosen.rebuild(recording.pull(ones))

    return elementwise_grad_of


def vjp(f: Callable[..., Any], *primals: Any, has_aux: bool = False, nan_policy: NanPolicy = "zero") -> Any:
    r"""Evaluate a function and return its pull-back, the vector-Jacobian product.

    Parameters
    ----------
    f : callable
        Any function of the primals.
    *primals : pytree
        Where to evaluate; all are differentiated. Arrays are copied, so changing them afterwards is harmless.
    has_aux : bool
        Whether ``f`` returns ``(output, aux)``.
    nan_policy : {"zero", "ieee"}
        As for `value_and_grad`.

    Returns
    -------
    output : pytree
        ``f(*primals)``.
    pullback : callable
        ``pullback(cotangent)`` returns a tuple with the cotangent of each primal, :math:`\bar x = J^T \bar y`. The
        cotangent has the structure and shapes of the output. It may be called many times.
    aux : Any
        Only with ``has_aux``.

    Raises
    ------
    CotangentError
        The pull-back was given a cotangent of another structure or shape than the output.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import vjp
    >>> y, pullback = vjp(lambda a, b: a * b, 3.0, 4.0)
    >>> y, pullback(1.0)
    (12.0, (4.0, 3.0))
    """
    chosen = Chosen("vjp", tuple(range(len(primals))), primals, {})
    recording = Recording("vjp", f, chosen, has_aux=has_aux, nan_policy=nan_policy)
    values = [public_value(value) for value in recording.values]
    output = recording.rebuild(values)

    def pullback(cotangent: Array) -> tuple[Any, ...]:
        """Return the cotangents of the primals."""
        return chosen.rebuild(recording.pull(check_cotangent("vjp", cotangent, output, values)))

    return (output, pullback, recording.aux) if has_aux else (output, pullback)


def named_after(f: Any, transformation: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a transformed function the docstring and a telling name of the original."""

    def wrap(wrapper: Callable[..., Any]) -> Callable[..., Any]:
        name = getattr(f, "__name__", type(f).__name__)
        functools.update_wrapper(wrapper, f, assigned=("__module__", "__doc__"), updated=())
        wrapper.__name__ = wrapper.__qualname__ = f"{transformation}({name})"
        return wrapper

    return wrap
