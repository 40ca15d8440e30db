"""Higher derivatives along directions in one run: `taylor`, `directional`, `laplacian`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from revad.base.aval import aval_of
from revad.base.trees import flatten
from revad.engine.handles import level_of
from revad.engine.levels import close_level, next_level, open_level
from revad.errors import ArgumentError, NotDifferentiableError
from revad.tensors.directions import ONE_LINE, Lines, derivatives, fit, nest_lines
from revad.tensors.series import NestInstead, series, tail_of
from revad.transforms.arguments import Chosen, check_alive, check_output, constant_of, own_copy
from revad.transforms.recording import check_cotangent, public_value
from revad.typing import Array, PyTree


class Estimate(NamedTuple):
    """A random estimate: its value and the standard error of that, each shaped like the output."""

    value: Any
    error: Any


def taylor(f: Callable[..., Any], x: PyTree, v: PyTree, order: int) -> Any:
    r"""Evaluate a function together with all its derivatives along a direction, up to an order.

    Parameters
    ----------
    f : callable
        Any function of one argument.
    x : pytree
        Where to evaluate.
    v : pytree
        The direction; structure and shapes of ``x``.
    order : int
        The highest derivative, 1 or more.

    Returns
    -------
    tuple of pytrees
        :math:`f(x)` and :math:`\frac{d^k}{dt^k} f(x + t v)` at :math:`t = 0` for :math:`k` from 1 to ``order``, each shaped like the output.

    Raises
    ------
    ArgumentError
        The order is not a positive integer.
    CotangentError
        The direction does not fit ``x``.

    Notes
    -----
    Truncated Taylor series go along with the computation [1]_: each value carries its coefficients, so the cost grows with the square of
    the order. Linear functions are applied to each coefficient, products are Cauchy products, elementary functions follow
    recurrences. A function without one of these is run in nested forward mode, at a cost that doubles with each order.

    References
    ----------
    .. [1] A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM, 2008, chapter 13.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import taylor
    >>> taylor(lambda x: x**3, 2.0, 1.0, 4)
    (8.0, 12.0, 12.0, 6.0, 0.0)
    >>> taylor(np.exp, np.array([0.0]), np.array([2.0]), 3)
    (array([1.]), array([2.]), array([4.]), array([8.]))
    """
    _check_order("taylor", order)
    chosen = _chosen("taylor", f, x)
    directions = check_cotangent("taylor", (v,), (x,), chosen.leaves, what="tangent")
    return _expand("taylor", f, chosen, directions, order, ONE_LINE)


def directional(f: Callable[..., Any], x: PyTree, vs: PyTree, order: int = 2) -> Any:
    r"""Evaluate a function together with its derivatives along many directions.

    Parameters
    ----------
    f : callable
        Any function of one argument.
    x : pytree
        Where to evaluate.
    vs : pytree
        The directions: structure of ``x``, each leaf with an axis of directions in front, of shape ``(m, *x.shape)``.
    order : int
        The highest derivative, 1 or more.

    Returns
    -------
    tuple of pytrees
        :math:`f(x)`, shaped like the output, and the derivatives of first to highest order, each with the axis of directions in front:
        ``first[i]`` is :math:`J v_i`, ``second[i]`` is :math:`v_i^T H v_i`.

    Raises
    ------
    ArgumentError
        The order is not a positive integer, or the directions do not fit ``x``.

    Notes
    -----
    One run of the function for all directions: the values are computed once. Where an operation cannot take the directions as an axis,
    it is called for each.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import directional
    >>> directional(lambda x: x**2 + x, np.array([1.0]), np.array([[1.0], [2.0]]))
    (array([2.]), array([[3.],
           [6.]]), array([[2.],
           [8.]]))
    """
    _check_order("directional", order)
    chosen = _chosen("directional", f, x)
    leaves, _ = flatten(vs)
    counts = {np.shape(leaf)[:1] for leaf in leaves}
    fits = len(leaves) == len(chosen.leaves) and all(
        np.shape(leaf)[1:] == np.shape(value) for leaf, value in zip(leaves, chosen.leaves, strict=True)
    )
    if not fits or len(counts) != 1 or counts in ({()}, {(0,)}):
        raise ArgumentError(
            f"directional: the directions must be shaped like x with an axis of directions in front, (m, *x.shape); got "
            f"{[np.shape(leaf) for leaf in leaves]} for {[np.shape(value) for value in chosen.leaves]}."
        )
    (count,) = counts
    directions = [_cast(leaf, value) for leaf, value in zip(leaves, chosen.leaves, strict=True)]
    return _expand("directional", f, chosen, directions, order, Lines(count[0]))


def laplacian(
    f: Callable[..., Any],
    x: PyTree,
    *,
    axis: int | None = None,
    chunk_size: int | None = None,
    samples: int | None = None,
    rng: np.random.Generator | None = None,
) -> Any:
    r"""Return the Laplacian of a function: the sum of its second derivatives by each coordinate.

    Parameters
    ----------
    f : callable
        Any function of one argument.
    x : pytree
        Where to evaluate, real.
    axis : int, optional
        The axis of an array ``x`` that holds the coordinates, if ``x`` is many points; ``f`` must treat each point by itself. By default
        every element of ``x`` is a coordinate.
    chunk_size : int, optional
        How many directions go along in one run, by default all.
    samples : int, optional
        Estimate the Laplacian from so many random directions of ±1 instead (2 or more).
    rng : numpy.random.Generator, optional
        The source of random directions, required with ``samples``.

    Returns
    -------
    pytree, or Estimate
        :math:`\Delta f = \sum_i \partial^2 f / \partial x_i^2` of each element of the output; with ``samples`` an estimate ``value`` with
        its standard ``error``.

    Raises
    ------
    ArgumentError
        An argument is out of its range.
    NotDifferentiableError
        ``x`` is complex.

    Notes
    -----
    The forward Laplacian [1]_: values, first derivatives by each coordinate, and the sum of second ones go through the computation
    together. With :math:`n` coordinates this costs about as much as :math:`n + 2` runs of the function. The estimate is Hutchinson's [2]_:
    :math:`E\, v^T H v = \operatorname{tr} H`.

    References
    ----------
    .. [1] R. Li et al., "A computational framework for neural network-based variational Monte Carlo with Forward Laplacian",
       *Nature Machine Intelligence* 6, 2024.
    .. [2] M. F. Hutchinson, "A stochastic estimator of the trace of the influence matrix for Laplacian smoothing splines",
       *Communications in Statistics* 18(3), 1989.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import laplacian
    >>> float(laplacian(lambda x: np.sum(x**3), np.array([1.0, 2.0])))
    18.0
    >>> laplacian(lambda points: points[:, 0] ** 2 * points[:, 1], np.array([[1.0, 2.0], [3.0, 4.0]]), axis=-1)
    array([4., 8.])
    """
    chosen = _chosen("laplacian", f, x)
    if any(aval_of(leaf).dtype.kind == "c" for leaf in chosen.leaves):
        raise NotDifferentiableError("laplacian: x is complex. Make its real and imaginary parts two real coordinates.")
    size = _coordinates(chosen.leaves, axis)
    if samples is not None:
        return _estimated(f, chosen, samples, rng)
    if chunk_size is not None and (not _is_int(chunk_size) or chunk_size < 1):
        raise ArgumentError(f"laplacian: chunk_size must be a positive integer or None, not {chunk_size!r}.")
    step = max(1, size if chunk_size is None else chunk_size)
    parts: list[Any] = []
    rebuild: Any = None
    for start in range(0, max(size, 1), step):
        directions = _units(chosen.leaves, axis, start, min(start + step, size))
        if not size:  # no coordinates, no change
            directions = [np.zeros((1, *np.shape(leaf)), aval_of(leaf).dtype) for leaf in chosen.leaves]
        lines = Lines(np.shape(directions[0])[0], summed=True)
        second, rebuild = flatten(_expand("laplacian", f, chosen, directions, 2, lines)[2])
        parts = second if not parts else [one + other for one, other in zip(parts, second, strict=True)]
    return rebuild(parts)


def _is_int(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _check_order(name: str, order: Any) -> None:
    if not _is_int(order) or order < 1:
        raise ArgumentError(f"{name}: the order must be a positive integer, not {order!r}.")


def _chosen(name: str, f: Any, x: PyTree) -> Chosen:
    if not callable(f):
        raise ArgumentError(f"{name}: the first argument must be a function, not {type(f).__name__}.")
    chosen = Chosen(name, (0,), (x,), {})
    if not chosen.leaves:
        raise ArgumentError(f"{name}: x holds no numbers.")
    return chosen


def _cast(direction: Array, value: Array) -> Any:
    kind, wanted = aval_of(direction).dtype, aval_of(value).dtype
    if kind.kind not in "fciub" or (kind.kind == "c" and wanted.kind != "c"):
        raise ArgumentError(f"directional: the directions have dtype {kind}, which does not fit {wanted}.")
    direction = direction if hasattr(direction, "astype") else np.asarray(direction)
    return direction if kind == wanted else direction.astype(wanted)


def _coordinates(leaves: list[Any], axis: Any) -> int:
    """Return how many coordinates there are."""
    if axis is None:
        return sum(aval_of(leaf).size for leaf in leaves)
    ndim = np.ndim(leaves[0])
    if len(leaves) != 1 or not _is_int(axis) or not -ndim <= axis < ndim:
        raise ArgumentError(f"laplacian: axis={axis!r} is no axis of x; with an axis, x must be one array that has it.")
    return np.shape(leaves[0])[axis]


def _units(leaves: list[Any], axis: int | None, start: int, stop: int) -> list[Any]:
    """Return unit vectors from ``start`` to ``stop``, for each leaf in its shape behind the axis of directions."""
    directions: list[Any] = []
    at = 0
    for leaf in leaves:
        shape, dtype = aval_of(leaf)
        if axis is None:
            n = aval_of(leaf).size
            unit = np.eye(stop - start, n, start - at, dtype).reshape(stop - start, *shape)
            at += n
        else:
            n, place = shape[axis], axis % len(shape)
            rows = np.eye(stop - start, n, start, dtype)
            rows = rows.reshape(stop - start, *(1,) * place, n, *(1,) * (len(shape) - place - 1))
            unit = np.broadcast_to(rows, (stop - start, *shape))
        directions.append(unit)
    return directions


def _estimated(f: Callable[..., Any], chosen: Chosen, samples: Any, rng: Any) -> Estimate:
    if not _is_int(samples) or samples < 2:
        raise ArgumentError(f"laplacian: samples must be an integer of 2 or more, not {samples!r}.")
    if not isinstance(rng, np.random.Generator):
        raise ArgumentError(
            "laplacian: a random estimate needs a generator, so that it can be repeated: rng=numpy.random.default_rng(0)."
        )
    directions = [rng.choice(np.array([-1, 1], aval_of(leaf).dtype), (samples, *np.shape(leaf))) for leaf in chosen.leaves]
    leaves, rebuild = flatten(_expand("laplacian", f, chosen, directions, 2, Lines(samples))[2])
    values = [np.mean(leaf, axis=0) for leaf in leaves]
    errors = [np.std(leaf, axis=0, ddof=1) / np.sqrt(samples) for leaf in leaves]
    return Estimate(rebuild(values), rebuild(errors))


def _expand(name: str, f: Callable[..., Any], chosen: Chosen, directions: list[Any], order: int, lines: Lines) -> Any:
    """Run a function on series that start in directions; return its output and the derivatives of it."""
    level = next_level()
    rest = (None,) * (order - 1)
    try:
        with open_level(level):
            output = chosen.call(
                f, [series(own_copy(leaf), (v, *rest), level, lines) for leaf, v in zip(chosen.leaves, directions, strict=True)]
            )
    except NestInstead:
        output = None
    finally:
        close_level(level, None)
    if output is None:
        return _nested(name, f, chosen, directions, order, lines)
    leaves, rebuild = flatten(output)
    leaves = [check_output(constant_of(leaf), name) for leaf in leaves]
    own = [level_of(leaf) == level for leaf in leaves]
    values = [leaf._value if mine else leaf for leaf, mine in zip(leaves, own, strict=True)]
    tails = [tail_of(leaf) if mine else (None,) * order for leaf, mine in zip(leaves, own, strict=True)]
    return _public(name, values, tails, rebuild, order, lines)


def _nested(name: str, f: Callable[..., Any], chosen: Chosen, directions: list[Any], order: int, lines: Lines) -> Any:
    """Run the whole function in nested forward mode, where something in it knows no series."""
    rebuild: Any = None

    def run(leaves: list[Any]) -> Any:
        nonlocal rebuild
        outputs, rebuild = flatten(chosen.call(f, leaves))
        return [check_output(constant_of(leaf), name) for leaf in outputs]

    rest = (None,) * (order - 1)
    values = [own_copy(leaf) for leaf in chosen.leaves]
    outputs, found = nest_lines(run, values, [(v, *rest) for v in directions], order, lines)
    tails = [fit([part[i] for part in found], value, lines) for i, value in enumerate(outputs)]
    return _public(name, outputs, tails, rebuild, order, lines)


def _public(name: str, values: list[Any], tails: list[Any], rebuild: Any, order: int, lines: Lines) -> Any:
    check_alive(values, name)
    full = [derivatives(tail, value, lines) for tail, value in zip(tails, values, strict=True)]
    return tuple(
        rebuild([public_value(part) for part in parts]) for parts in (values, *([d[k] for d in full] for k in range(order)))
    )
