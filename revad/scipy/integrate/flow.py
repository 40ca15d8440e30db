"""The flow of an ordinary differential equation, differentiated by the adjoint method, one level of tracking at a time.

Along y' = f(t, y) the cotangent λ of y obeys λ' = −λ ∂f/∂y, backwards in time; what f uses from outside collects ∫ λ ∂f/∂θ dt.
Both are integrated by SciPy with tolerances of their own, so the derivative is that of the exact solution, whatever the
tolerance of the solution itself was.

Pontryagin et al. (1962), *The Mathematical Theory of Optimal Processes*; Chen et al. (2018), "Neural ordinary differential
equations". Forward levels carry the tangent s along: s' = ∂f/∂y s + ∂f/∂θ θ̇.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import scipy.integrate as scipy_integrate

from revad.engine.dispatch import find_top
from revad.engine.handles import Tracked, level_of, levels_of
from revad.engine.levels import recording
from revad.engine.probes import node_dtype, node_number, node_shape, node_size
from revad.operations.operation import whole
from revad.scipy.integrate._closures import as_vector, handle, is_forward, plain, tangent, tracked_within, with_tangent, without
from revad.scipy.integrate.quadrature import Watched
from revad.scipy.integrate.sensitivities import Sensitivities, Slope
from revad.typing import Array

Field = Callable[[Any, Any], Any]


class Precision(NamedTuple):
    """How a solution and its derivatives are integrated."""

    method: Any
    options: dict[str, Any]
    adjoint: dict[str, Any]  # method and tolerances of all that belongs to derivatives

    def tight(self) -> Precision:
        """Return the precision of derivatives, for the solution too."""
        rest = {name: value for name, value in self.adjoint.items() if name != "method"}
        return Precision(self.adjoint["method"], rest, self.adjoint)

    def in_one_run(self) -> Callable[..., Any] | None:
        """Return how an equation is integrated together with its sensitivities; None by an implicit method, which would take long."""
        tight = self.tight()
        if tight.method not in ("DOP853", "LSODA"):
            return None
        return lambda f, t0, ts, start: integrate(f, t0, ts, start, tight)


class Seen(NamedTuple):
    """A solution that has been found, and what it was seen to depend on: by closures, and by arguments of the right-hand side."""

    value: Any  # y at the times
    closures: WatchedField
    arguments: Any
    field_of: Callable[[Any], Field] | None = None  # from arguments to a right-hand side


def flow(f: Field, t0: Array, ts: list[Any], y0: Array, precision: Precision, seen: Seen | None = None) -> Array:
    """Return y at the times ``ts`` as an array of shape (len(ts), n), tracked wherever ``f``, a time or ``y0`` is.

    Parameters
    ----------
    f : callable
        ``f(t, y)`` returns a 1-d array like ``y``.
    t0 : float
        Where ``y0`` is given.
    ts : list of float
        Times in the order in which they are reached, the first at ``t0`` or after it.
    y0 : array, shape (n,)
        The initial value.
    precision : Precision
        Methods and tolerances.
    seen : Seen, optional
        If the solution is known already.
    """
    if seen is None:
        watched = WatchedField(f)
        seen = Seen(integrate(watched, plain(t0), [plain(t) for t in ts], plain(y0), precision), watched, ())
    watched, value = seen.closures, seen.value
    tracked = find_top((t0, *ts, y0, seen.arguments))
    top = max(watched.top, level_of(tracked))
    if top < 0:
        return value
    forward = is_forward(tracked) if level_of(tracked) == top else watched.forward
    if forward:
        return _with_tangents(f, t0, ts, y0, precision, top, value)
    used = {node_number(value._node): value._node for value in tracked_within(seen.arguments) if level_of(value) == top}
    nodes = list((used | watched.outer if watched.top == top else used).values())
    below = _below(f, top)
    lowest = watched.levels.union(*[levels_of(value) for value in tracked_within((t0, *ts, y0, seen.arguments))]) <= {top}
    moves = any(level_of(t) == top for t in (t0, *ts))
    sensitivities = Sensitivities(f, top, nodes, precision.in_one_run(), moves=moves)
    if seen.field_of is not None and seen.arguments and watched.top < 0:
        sensitivities.set_apart(seen.field_of, seen.arguments)

    def run(*leaves: Any) -> list[Any]:
        lower = leaves[: len(ts) + 2]
        if lowest and find_top(lower) is None:
            return [value]
        return [flow(below, lower[0], list(lower[2:]), lower[1], precision)]

    def pull(g: Array, leaves: Any) -> list[Any]:
        lower = leaves[: len(ts) + 2]
        with recording.raised():  # the right-hand side runs again, and may write tracked values into arrays that it makes
            if lowest and sensitivities.suit(lower):
                return sensitivities.pull(g[0], lower[0], list(lower[2:]), lower[1])
            return adjoint(f, g[0], lower[0], list(lower[2:]), lower[1], precision, top, nodes)

    operation = whole("flow", run, pull)
    leaves = (t0, y0, *ts, *[handle(node) for node in nodes])
    found = find_top(leaves)
    if found is None or level_of(found) != top:
        return flow(below, t0, ts, y0, precision)
    return found.process(operation, top, leaves, {})[0]


class WatchedField(Watched):
    """A right-hand side that is called on plain values, and whose dependence on tracked values is noted."""

    def __init__(self, f: Field) -> None:
        super().__init__(lambda ty: as_vector(f(*ty)))

    def __call__(self, *ty: Any) -> Any:
        """Return the plain value."""
        return super().__call__(ty)  # pyright: ignore[reportArgumentType]


def _below(f: Field, level: int) -> Field:
    return lambda t, y: without(as_vector(f(t, y)), level)


def integrate(f: Field, t0: float, ts: list[float], y0: Array, precision: Precision, dense: Any = None) -> Array:
    """Return y at the times on plain values; ``dense`` receives the continuous solution."""
    end = ts[-1] if ts else t0
    if end == t0:
        return np.stack([y0 for _ in ts]) if ts else np.zeros((0, *np.shape(y0)))
    result = scipy_integrate.solve_ivp(
        f, (t0, end), y0, precision.method, t_eval=ts, dense_output=dense is not None, **precision.options
    )
    if result.status != 0:
        raise ArithmeticError(f"the differential equation could not be integrated to t = {end}: {result.message}")
    if dense is not None:
        dense.append(result.sol)
    return result.y.T


def _with_tangents(f: Field, t0: Array, ts: list[Any], y0: Array, precision: Precision, level: int, known: Array) -> Array:
    """Return the flow on a forward level: the tangent s of y obeys s' = d/dε f(t, y + ε s; θ + ε θ̇)."""
    lower_t0, lower_ts, lower_y0 = without(t0, level), [without(t, level) for t in ts], without(y0, level)
    n = np.size(plain(y0))

    def both(t: Array, z: Array) -> Array:
        out = as_vector(f(t, with_tangent(z[:n], z[n:], level)))
        return np.concatenate([without(out, level), tangent(out, level)])

    below = _below(f, level)
    start = tangent(y0, level)
    if level_of(t0) == level:
        start = start - below(lower_t0, lower_y0) * tangent(t0, level)
    z0 = np.concatenate([lower_y0, start])
    z = flow(both, lower_t0, lower_ts, z0, precision.tight())
    y = flow(below, lower_t0, lower_ts, lower_y0, precision) if isinstance(z, Tracked) else known
    moved = z[:, n:]  # pyright: ignore[reportIndexIssue]
    if any(level_of(time) == level for time in ts):
        moved = moved + np.stack(
            [below(t, z[i, :n]) * tangent(time, level) for i, (t, time) in enumerate(zip(lower_ts, ts, strict=True))]  # pyright: ignore[reportIndexIssue]
        )
    return with_tangent(y, moved, level)


def adjoint(
    f: Field, g: Array, t0: Array, ts: list[Any], y0: Array, precision: Precision, level: int, nodes: list[Any]
) -> list[Any]:
    """Return the cotangents of t0, y0, the times and the nodes that f uses, given that of the flow."""
    below = _below(f, level)
    y, back = _solution_and_back(below, t0, ts, y0, precision)
    n = np.size(plain(y0))
    sizes = [node_size(node) for node in nodes]
    kind = np.result_type(plain(g), *[node_dtype(node) or float for node in nodes])

    def pulled(t: Array, y: Array, cotangent: Array) -> Array:
        """Return λ ∂f/∂y and λ ∂f/∂θ, flat."""
        return Slope(f, t, y, level, nodes).pull(cotangent)

    state = np.zeros(n + sum(sizes), kind)
    time_cotangents: list[Any] = []
    for i in range(len(ts) - 1, -1, -1):
        time_cotangents.append(np.sum(g[i] * below(ts[i], y[i])))
        state = state + np.concatenate([g[i], np.zeros(sum(sizes))])
        state = back(pulled, i, state)
    start = -np.sum(state[:n] * below(t0, y0))
    theta: list[Any] = []
    at = n
    for node, size in zip(nodes, sizes, strict=True):
        theta.append(np.reshape(state[at : at + size], node_shape(node)))
        at += size
    return [start, state[:n], *reversed(time_cotangents), *theta]


def _solution_and_back(f: Field, t0: Array, ts: list[Any], y0: Array, precision: Precision) -> tuple[Any, Any]:
    """Return y at the times, precisely, and the function that takes the adjoint state back over interval i.

    On plain values y is interpolated. Where it is tracked on a lower level (a derivative of the derivative), it is integrated
    backwards together with its adjoint, from checkpoints at all steps.
    """
    tight = precision.tight()
    n = np.size(plain(y0))
    dense: list[Any] = []
    watched = WatchedField(f)
    plain_times = [plain(t) for t in ts]
    y = integrate(watched, plain(t0), plain_times, plain(y0), tight, dense)
    if watched.top < 0 and find_top((t0, *ts, y0)) is None:
        starts = [t0, *ts[:-1]]

        def back(pulled: Any, i: int, state: Array) -> Array:
            def rate(t: float, s: Any) -> Any:
                return -np.concatenate([(change := pulled(t, dense[0](t), s[:n]))[:n], change[n:]])

            return flow(rate, ts[i], [starts[i]], state, tight)[0] if ts[i] != starts[i] else state

        return y, back
    inner = [float(t) for t in dense[0].ts[1:-1]] if dense else []
    grid, places = _merged(t0, ts, plain_times, inner)
    path = flow(f, t0, grid, y0, tight)

    def back_with_solution(pulled: Any, i: int, state: Array) -> Array:
        for k in range(places[i], places[i - 1] if i else -1, -1):
            before, y_before = (grid[k - 1], path[k - 1]) if k else (t0, y0)
            if plain(grid[k]) == plain(before):
                continue
            y_before = _step_back(f, pulled, grid[k], before, path[k], y_before, state, tight)
            state = y_before
        return state

    return np.stack([path[p] for p in places]), back_with_solution


def _step_back(
    f: Field, pulled: Any, t: Array, before: Any, y: Array, y_before: Any, state: Array, precision: Precision
) -> Array:
    """Integrate solution and adjoint state back over one step of the grid; refuse where the way back is unstable."""
    n = np.size(plain(y))

    def rate(time: Any, z: Array) -> Array:
        return np.concatenate([f(time, z[:n]), -pulled(time, z[:n], z[n : 2 * n])])

    z = flow(rate, t, [before], np.concatenate([y, state]), precision)[0]
    expected = plain(y_before)
    drift = float(np.max(np.abs(plain(z)[:n] - expected)))
    if drift > 1e-4 * (1.0 + float(np.max(np.abs(expected)))):
        raise ArithmeticError(
            f"solve_ivp: a second derivative needs the solution backwards in time, which is unstable here (at t = "
            f"{plain(before):.6g} it misses by {drift:.1e}): the equation is stiff. Use forward mode first (revad.jacfwd, "
            "revad.jvp), or first derivatives only."
        )
    return z[n:]


def _merged(t0: Array, ts: list[Any], plain_times: list[float], inner: list[float]) -> tuple[list[Any], list[int]]:
    """Return output times and the solver's own steps in one order, and where the output times are."""
    sign = 1.0 if plain_times[-1] >= plain(t0) else -1.0
    marked = [(sign * p, 0, t) for p, t in zip(plain_times, ts, strict=True)]
    marked += [(sign * t, 1, t) for t in inner if t not in plain_times and sign * t < sign * plain_times[-1]]
    order = sorted(range(len(marked)), key=lambda k: (marked[k][0], k))
    return [marked[k][2] for k in order], [order.index(k) for k in range(len(ts))]
