"""`implicit`: differentiate the solution of an equation, whatever found it, by the implicit function theorem.

Where residual(x, θ) = 0, a step x ← x − J⁻¹ residual(x, θ) with the constant matrix J = ∂residual/∂x leaves the value where it
is and gives it the derivative −J⁻¹ ∂residual/∂θ. Each such step makes one more order of derivatives right, so as many steps as
orders of derivatives are taken make all of them right; a pull-back is then one linear solve with Jᵀ. θ may be closed over: what
the residual returns is tracked, and that is all that is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from revad.base.arrays import is_inexact
from revad.base.aval import aval_of
from revad.base.trees import flatten
from revad.engine.dispatch import find_top, process
from revad.engine.handles import Tracked, is_captured, order_of, plain
from revad.errors import ArgumentError, LostGradientError
from revad.operations.operation import whole
from revad.tensors.batched import refuse_batched
from revad.tensors.leaves import no_grad, stop_gradient
from revad.transforms.matrices import jacobian
from revad.transforms.reverse import vjp
from revad.typing import Array, PyTree


def implicit(solve: Callable[..., Any], residual: Callable[..., Any]) -> Callable[..., Any]:
    r"""Return a solver that is differentiable: its result is defined by ``residual(x, *args) = 0``.

    Parameters
    ----------
    solve : callable
        ``solve(*args)`` returns the solution ``x``: an array, a number, or a pytree of them. It is called on plain values and
        may do anything: iterate, call compiled code, branch.
    residual : callable
        ``residual(x, *args)`` returns as many numbers as ``x`` has, zero at the solution. It is differentiated, so it uses
        NumPy on tracked values. Of a minimum, it is the gradient of the objective.

    Returns
    -------
    callable
        Takes ``args`` (arrays, numbers or pytrees of them; all are differentiable) and returns what ``solve`` returns.

    Raises
    ------
    ArgumentError
        The residual has another size than the solution.
    LostGradientError
        While a program is captured, ``solve`` or ``residual`` closes over a captured value.
    LinAlgError
        The Jacobian is singular at the solution, so that the solution is not a differentiable function of ``args``.

    Notes
    -----
    With :math:`J = \partial r / \partial x` at the solution, :math:`\dot x = -J^{-1} (\partial r / \partial\theta)\,\dot\theta`,
    and :math:`\bar\theta = -(\partial r / \partial\theta)^T J^{-T} \bar x` [1]_. The cost is one dense Jacobian, of as many
    reverse sweeps as x has numbers, and one linear solve. All orders of derivatives are right, and tracked values that
    ``residual`` closes over are differentiated too. The derivative is that of an exact solution: a solver that stopped early
    gives the derivative of the level set on which it stopped.

    References
    ----------
    .. [1] A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM 2008, chapter 15.

    Examples
    --------
    >>> from revad import grad
    >>> from revad.transforms.implicit import implicit
    >>> def newton(a):
    ...     x = a
    ...     for _ in range(60):
    ...         x = 0.5 * (x + a / x)
    ...     return x
    >>> root = implicit(newton, lambda x, a: x * x - a)
    >>> root(4.0), grad(root)(4.0), grad(grad(root))(4.0)
    (2.0, 0.25, -0.03125)
    """

    def solved(*args: Any) -> Any:
        return one_step(_solved)(*args)

    def _solved(*args: Any) -> Any:
        with no_grad():
            x = solve(*stop_gradient(args))
        refuse_captured(x)
        leaves, rebuild = flatten(x)
        avals = [aval_of(leaf) for leaf in leaves]

        def flat_residual(flat: Array) -> Any:
            return concatenated(residual(rebuild(split(flat, avals, leaves)), *args))

        flat = attach(concatenated(x), flat_residual)
        return rebuild(split(flat, avals, leaves)) if isinstance(flat, Tracked) else x

    return solved


def attach(x: Array, residual: Callable[[Any], Any], *, elementwise: bool = False) -> Any:
    """Give a plain solution the derivatives that its equation implies.

    Parameters
    ----------
    x : ndarray, shape (n,)
        The solution, a plain array.
    residual : callable
        ``residual(x)``, of shape (n,), zero (or constant) at the solution; uses tracked values by closure.
    elementwise : bool
        Whether each residual depends on its own unknown only, so that the Jacobian is diagonal.

    Returns
    -------
    ndarray or Tensor, shape (n,)
        The same value, tracked wherever the residual depends on tracked values.
    """
    here = residual(x)
    refuse_batched(x, here)
    if np.shape(here) != np.shape(x):
        raise ArgumentError(
            f"the residual returned {np.size(plain(here))} numbers for a solution of {np.size(x)}; an equation is needed for "
            "each unknown."
        )
    orders = order_of(here)
    if not orders:
        return x
    refuse_captured(here)
    start = plain(here)
    divide = over_slopes(residual, x) if elementwise else over_jacobian(residual, x)
    for step in range(orders):
        change = (here if step == 0 else residual(x)) - start
        x = x - divide(change)
    return x


def over_jacobian(residual: Callable[[Any], Any], x: Array) -> Callable[[Any], Any]:
    """Return the function that solves J y = b with the Jacobian at x, a plain array."""
    with no_grad():
        matrix = np.asarray(stop_gradient(jacobian(residual, holomorphic=bool(np.iscomplexobj(x)))(x)))
    return lambda b: np.linalg.solve(matrix, b)


def over_slopes(residual: Callable[[Any], Any], x: Array) -> Callable[[Any], Any]:
    """Return the function that divides by the derivative at x of a residual that works element by element."""
    with no_grad():
        slopes = vjp(residual, x)[1](np.ones_like(x))[0]
    return lambda b: b / slopes


def refuse_captured(value: Any) -> None:
    """Refuse a value of a capture where only a number can go: the program would keep it as it is now."""
    if is_captured(value):
        raise LostGradientError(
            "while a program is captured (trace, compile), a function handed to a solver or integrator closes over a captured "
            "value, which would be frozen into the program. Pass it through `args`."
        )


def concatenated(tree: PyTree) -> Any:
    """Return the leaves of a pytree as one flat array."""
    leaves = flatten(tree)[0]
    if len(leaves) == 1:
        return np.reshape(leaves[0], -1)
    return np.concatenate([np.reshape(leaf, -1) for leaf in leaves])


def split(flat: Array, avals: list[Any], like: list[Any]) -> list[Any]:
    """Return the pieces of a flat array in the shapes and dtypes of leaves."""
    pieces: list[Any] = []
    start = 0
    for (shape, dtype), leaf in zip(avals, like, strict=True):
        size = int(np.prod(shape))
        piece = np.reshape(flat[start : start + size], shape) if shape else flat[start]
        start += size
        if type(leaf) not in (float, complex) and piece.dtype != dtype:
            piece = np.real(piece) if piece.dtype.kind == "c" and dtype.kind != "c" else piece
            piece = piece.astype(dtype)
        elif type(leaf) is float and type(piece) is np.float64:
            piece = float(piece)
        pieces.append(piece)
    return pieces


def one_step(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is one step of a captured program, whatever it does inside; elsewhere it is ``f`` itself.

    Parameters
    ----------
    f : callable
        From pytrees of arrays and numbers to pytrees of arrays. It may decide on plain values, call solvers, and so on; a
        replay calls it again.
    """

    def stepped(*args: Any) -> Any:
        leaves, rebuild = flatten(args)
        if not any(map(is_captured, leaves)):
            return f(*args)
        shape: list[Any] = []

        def run(*values: Any) -> list[Any]:
            outputs, rebuild_output = flatten(f(*rebuild(list(values))))
            shape[:] = [rebuild_output]
            return outputs

        outputs = _step(run, tuple(leaves))
        return shape[0](outputs)

    return stepped


def _step(run: Callable[..., list[Any]], leaves: tuple[Any, ...]) -> list[Any]:
    """Call ``run``, or record the call of it: on a capture level as one step, on a gradient level with its VJP as a step."""
    top = find_top(leaves)
    if top is None:
        return run(*leaves)

    def pull(g: Array, leaves: Any) -> list[Any]:
        moving = [i for i, leaf in enumerate(leaves) if is_inexact(leaf)]

        def pulled(*values: Any) -> list[Any]:
            cotangents, constants = values[: len(g)], list(values[len(g) :])

            def moved(*new: Any) -> list[Any]:
                merged = list(constants)
                for i, value in zip(moving, new, strict=True):
                    merged[i] = value
                return run(*merged)

            return list(vjp(moved, *[constants[i] for i in moving])[1](list(cotangents)))

        found = iter(_step(pulled, (*g, *leaves)))
        return [next(found) if is_inexact(leaf) else None for leaf in leaves]

    operation = whole("one_step", lambda *lower: _step(run, lower), pull)
    return process(top, operation, leaves, {})
