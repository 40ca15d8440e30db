"""Initial value problems under SciPy's names: `solve_ivp` and `odeint`, differentiable by the adjoint method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.integrate as scipy_integrate

from revad.engine.dispatch import find_top
from revad.engine.handles import Tracked, is_captured
from revad.engine.watching import Pause
from revad.errors import ArgumentError, LostGradientError
from revad.scipy.drop_in import as_array
from revad.scipy.integrate._closures import as_vector, plain, untracked
from revad.scipy.integrate.flow import Precision, Seen, WatchedField, flow
from revad.tensors.leaves import no_grad, stop_gradient
from revad.transforms.implicit import attach
from revad.transforms.matrices import jacobian
from revad.transforms.sparse.matrices import sparse_jacobian
from revad.typing import Array

STIFF = {"RADAU": "Radau", "BDF": "Radau", "LSODA": "LSODA"}


def solve_ivp(
    fun: Callable[..., Any],
    t_span: Any,
    y0: Array,
    method: Any = "RK45",
    t_eval: Any = None,
    dense_output: bool = False,
    events: Any = None,
    vectorized: bool = False,
    args: Any = None,
    *,
    adjoint_rtol: float = 1e-8,
    adjoint_atol: float = 1e-10,
    **options: Any,
) -> Array:
    r"""Solve an initial value problem, as `scipy.integrate.solve_ivp`; differentiable.

    Parameters
    ----------
    fun : callable
        ``fun(t, y, *args)`` returns dy/dt, shape (n,). What it uses, in ``args`` or closed over, is differentiated.
    t_span : pair of float
        First and last time; differentiable.
    y0 : array_like, shape (n,)
        Initial value, real or complex; differentiable.
    method : str or OdeSolver
        As for SciPy.
    t_eval : array_like, optional
        Times of the output; differentiable.
    dense_output, events, vectorized
        As for SciPy. The solution function and the times of events are differentiable.
    args : tuple, optional
        Further arguments of ``fun`` and of events; differentiable.
    adjoint_rtol, adjoint_atol : float
        Tolerances of everything that is integrated for a derivative. It is that of the exact solution to these tolerances, by
        DOP853 for explicit methods, by Radau or LSODA for implicit ones.
    **options
        As for SciPy. For implicit methods ``jac="revad"`` computes ∂f/∂y, ``jac="sparse"`` as a sparse matrix
        (`revad.sparse_jacobian`), whose pattern may be given as ``jac_sparsity``.

    Returns
    -------
    OdeResult
        As SciPy's; ``y``, ``t`` (where a time is tracked), ``sol``, ``t_events`` and ``y_events`` are differentiable.

    Raises
    ------
    LostGradientError
        While a program is captured; or a value that ``fun`` closes over was replaced before the backward pass.
    ArithmeticError
        A second derivative of a stiff equation by reverse over reverse mode, or an integration that fails.

    Notes
    -----
    :math:`\lambda' = -\lambda\,\partial f/\partial y` from the last output back to the first, where each output adds its
    cotangent; :math:`\bar y_0 = \lambda(t_0)`, :math:`\bar\theta = \int \lambda\,\partial f/\partial\theta\,dt`,
    :math:`\bar t_i = \bar y_i \cdot f(t_i, y_i)`. An event's time follows from its equation by the implicit function theorem.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import grad
    >>> from revad.scipy.integrate import solve_ivp
    >>> last = lambda k: solve_ivp(lambda t, y: -k * y, (0.0, 2.0), np.array([1.0])).y[0, -1]  # e^(−2k)
    >>> round(grad(last)(0.5), 7), round(float(-2 * np.exp(-1)), 7)
    (-0.7357589, -0.7357589)
    """
    theta = () if args is None else tuple(args)
    start = as_vector(y0)
    start = start if start.dtype.kind in "fc" else start * 1.0
    times = None if t_eval is None else as_array(t_eval)
    arguments = () if Pause.blocks else theta  # whose tracking is known before the right-hand side is called
    given = untracked(theta) if arguments else theta
    watched = WatchedField(lambda t, y: fun(t, y, *given))
    several = None if events is None else [events] if callable(events) else list(events)
    if isinstance(options.get("jac"), str):
        options["jac"] = slopes(fun, method, stop_gradient(theta), options)
    refuse_capture((t_span, start, times, theta))
    depends: list[Any] = []
    result = scipy_integrate.solve_ivp(
        (lambda t, y: plain(fun(t, y, *stop_gradient(theta)))) if vectorized else watched,
        [plain(t) for t in t_span],
        plain(start),
        method,
        t_eval=plain(times),
        dense_output=dense_output,
        events=None if several is None else [_plain_event(event, theta, depends) for event in several],
        vectorized=vectorized,
        **options,
    )
    is_plain = watched.top < 0 and not depends and find_top((tuple(t_span), start, times, theta)) is None
    if is_plain and not dense_output:
        return result

    def field_of(theta: Any) -> Any:
        return lambda t, y: fun(t, y, *theta)

    field = field_of(theta)
    tolerances = {"rtol": adjoint_rtol, "atol": adjoint_atol}
    name = method.upper() if isinstance(method, str) else method.__name__.upper()
    precision = Precision(method, options, {"method": STIFF.get(name, "DOP853"), **tolerances})
    first, last = t_span

    def at(ts: list[Any], seen: Seen | None = None) -> Any:
        return flow(field, first, ts, start, precision, seen)

    if dense_output:
        result.sol = Continuous(result.sol, at, [plain(t) for t in t_span], is_plain=is_plain)
    if is_plain:
        return result
    if several is not None:
        _attach_events(result, several, theta, at)
    ts = [result.t[i] if times is None else times[i] for i in range(len(result.t))]
    if times is None and ts:
        ts[0] = first
        ts[-1] = last if result.status == 0 else _last_event(result) if result.status == 1 else ts[-1]
    y = at(ts, None if vectorized or not result.success else Seen(result.y.T, watched, arguments, field_of))
    result.y = result.y + np.swapaxes(y - stop_gradient(y), 0, 1)
    if any(isinstance(t, Tracked) for t in ts):
        result.t = as_array(ts)
    return result


def refuse_capture(values: Array) -> None:
    """Refuse captured values: a program has a fixed number of steps, a solver has not."""
    if is_captured(find_top(values)):
        raise LostGradientError(
            "solve_ivp and odeint cannot be captured into a program (trace, compile). Capture the right-hand side instead, "
            "and call the solver outside."
        )


def slopes(fun: Callable[..., Any], method: Any, theta: tuple[Any, ...], options: dict[str, Any]) -> Callable[..., Any]:
    """Return ∂f/∂y as SciPy's implicit methods want it, for ``jac="revad"`` and ``jac="sparse"``."""
    kind = options["jac"]
    if kind not in ("revad", "sparse"):
        raise ArgumentError(f"solve_ivp(jac={kind!r}): give 'revad', 'sparse', a function or a matrix.")

    def field(y: Array, t: Array) -> Array:
        return as_vector(fun(t, y, *theta))

    if kind == "revad":
        found = jacobian(field)
    else:
        found = sparse_jacobian(field, pattern=options.pop("jac_sparsity", None), format="csc")
    is_dense = method == "LSODA"  # and LSODA alone wants a dense matrix

    def slope(t: Array, y: Array) -> Any:
        with no_grad():
            matrix = found(y, t)
        return matrix.toarray() if kind == "sparse" and is_dense else matrix

    return slope


def _plain_event(event: Any, theta: tuple[Any, ...], depends: list[Any]) -> Any:
    def called(t: float, y: Array) -> Array:
        value = event(t, y, *theta)
        if isinstance(value, Tracked) and not depends:
            depends.append(value)
        return plain(value)

    for name in ("terminal", "direction"):
        if hasattr(event, name):
            setattr(called, name, getattr(event, name))
    return called


def _attach_events(result: Array, events: list[Any], theta: tuple[Any, ...], at: Callable[[list[Any]], Any]) -> None:
    """Give the times of events, and the states then, their derivatives: g(t, y(t)) = 0."""
    for i, event in enumerate(events):
        times: list[Any] = []
        for t in result.t_events[i]:

            def residual(time: Any, event: Any = event) -> Any:
                return np.reshape(event(time[0], at([time[0]])[0], *theta), (1,))

            times.append(attach(np.array([t]), residual)[0])
        if times:
            states = [at([time])[0] for time in times]
            y = np.stack(states)
            result.t_events[i] = as_array(times)
            result.y_events[i] = result.y_events[i] + (y - stop_gradient(y))


def _last_event(result: Array) -> Array:
    """Return the time of the event that ended the integration."""
    ends = [times[-1] for times in result.t_events if np.size(plain(times))]
    return min(ends, key=lambda t: abs(plain(t) - result.t[-1]))


class Continuous:
    """SciPy's continuous solution, differentiable in its argument and in what the equation depends on."""

    def __init__(self, sol: Any, at: Callable[[list[Any]], Any], span: list[float], *, is_plain: bool) -> None:
        self._sol = sol
        self._at = at
        self._sign = 1.0 if span[1] >= span[0] else -1.0
        self._is_plain = is_plain

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sol, name)

    def __call__(self, t: Array) -> Array:
        """Return the solution at times within the span."""
        value = self._sol(plain(t))
        if self._is_plain and find_top((t,)) is None:
            return value
        flat = [t] if np.ndim(t) == 0 else [t[i] for i in range(np.size(t))]
        order = np.argsort([self._sign * plain(time) for time in flat], kind="stable")
        y = self._at([flat[k] for k in order])[np.argsort(order)]
        change = y - stop_gradient(y)
        return value + (change[0] if np.ndim(t) == 0 else np.swapaxes(change, 0, 1))


def odeint(
    func: Callable[..., Any],
    y0: Array,
    t: Array,
    args: Any = (),
    *further: Any,
    full_output: Any = 0,
    tfirst: bool = False,
    adjoint_rtol: float = 1e-8,
    adjoint_atol: float = 1e-10,
    **options: Any,
) -> Array:
    """Solve an initial value problem, as `scipy.integrate.odeint`; differentiable in ``y0``, ``t``, ``args``, closed-over values.

    Parameters
    ----------
    func : callable
        ``func(y, t, *args)`` returns dy/dt (``func(t, y, *args)`` with ``tfirst``).
    y0 : array_like, shape (n,)
        Value at ``t[0]``.
    t : array_like, shape (m,)
        Times of the output.
    args : tuple
        Further arguments, differentiable.
    *further, full_output, tfirst, **options
        As for SciPy.
    adjoint_rtol, adjoint_atol : float
        Tolerances of what is integrated for derivatives, by LSODA.

    Returns
    -------
    ndarray, shape (m, n)
        The solution; with ``full_output`` also SciPy's report.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import grad
    >>> from revad.scipy.integrate import odeint
    >>> last = lambda k: odeint(lambda y, t: -k * y, np.array([1.0]), np.array([0.0, 2.0]))[-1, 0]
    >>> round(grad(last)(0.5), 6)
    -0.735759
    """
    theta = args if isinstance(args, tuple) else (args,)
    start = as_vector(y0)
    times = as_array(t)
    refuse_capture((start, times, theta))

    def field_of(theta: Any) -> Any:
        return lambda time, y: func(time, y, *theta) if tfirst else func(y, time, *theta)

    field = field_of(theta)
    arguments = () if Pause.blocks else theta
    given = untracked(theta) if arguments else theta
    watched = WatchedField(field_of(given))
    found = scipy_integrate.odeint(
        watched, plain(start), plain(times), (), *further, full_output=full_output, tfirst=True, **options
    )
    values = found[0] if full_output else found
    if watched.top >= 0 or find_top((start, times, theta)) is not None:
        tolerances = {"rtol": adjoint_rtol, "atol": adjoint_atol}
        precision = Precision("LSODA", dict(tolerances), {"method": "LSODA", **tolerances})
        y = flow(
            field,
            times[0],
            [times[i] for i in range(np.size(times))],
            start * 1.0,
            precision,
            Seen(values, watched, arguments, field_of),
        )
        values = values + (y - stop_gradient(y))
    return (values, found[1]) if full_output else values
