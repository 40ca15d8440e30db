"""Finite differences of ordinary functions: `directional_difference` and `finite_difference`, as jvp and jacobian.

They call the function on plain arrays and know nothing of the tape, so they can judge it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from revad.base.trees import flatten
from revad.checking.differences.mappings import as_mapping
from revad.checking.differences.slopes import slope
from revad.checking.differences.spaces import Mapping, Part, Vector
from revad.checking.differences.sweeps import check_stack, jacobian_by_columns
from revad.errors import ArgumentError, NotDifferentiableError
from revad.transforms.arguments import Argnums
from revad.transforms.recording import check_cotangent
from revad.typing import Array


class Difference(NamedTuple):
    """An estimated derivative and, in the same structure, a bound on its error entry by entry."""

    value: Any
    error: Any


@np.errstate(all="ignore")  # a step that leaves the domain is expected
def directional_difference(
    f: Callable[..., Any], primals: tuple[Any, ...], tangents: tuple[Any, ...], *, method: str = "ridders"
) -> Difference:
    r"""Estimate a directional derivative by finite differences; the counterpart of `revad.jvp`.

    Parameters
    ----------
    f : callable
        Any function of the primals; it is called on plain numbers and arrays.
    primals, tangents : tuple of pytrees
        Where, and in which direction.
    method : {"ridders", "central", "forward", "complex-step"}
        As for `finite_difference`.

    Returns
    -------
    Difference
        ``value`` :math:`\approx J v` and ``error``, each shaped like the output.

    Examples
    --------
    >>> import numpy as np
    >>> from revad.checking import directional_difference
    >>> value, error = directional_difference(np.sin, (0.0,), (1.0,))
    >>> bool(abs(value - 1.0) <= error < 1e-12)
    True
    """
    primals, tangents = _as_tuple(primals), _as_tuple(tangents)
    here, rebuild = as_mapping("directional_difference", f, tuple(range(len(primals))), primals, {})
    fitted = check_cotangent("directional_difference", tangents, primals, here.leaves, what="tangent")
    found = slope(here, here.inputs.vector(fitted), method)
    return Difference(rebuild(here.outputs.leaves(found.value, wide=True)), rebuild(_moduli(here, found.error)))


def _as_tuple(values: Array) -> tuple[Any, ...]:
    if isinstance(values, (tuple, list)):
        return tuple(values)
    raise ArgumentError("directional_difference(f, primals, tangents): both must be tuples, one entry for each argument of f.")


def _moduli(here: Mapping, error: Vector) -> list[Any]:
    """Return error bars as leaves: for a complex entry, of its modulus."""
    return [np.abs(leaf) for leaf in here.outputs.leaves(error, wide=True)]


@np.errstate(all="ignore")
def finite_difference(
    f: Callable[..., Any],
    *args: Any,
    argnums: Argnums = 0,
    method: str = "ridders",
    batch: bool = False,
    threads: int | bool | None = None,
    progress: bool | None = None,
    **kwargs: Any,
) -> Difference:
    r"""Estimate all partial derivatives by finite differences, with an error bar for each; the counterpart of `revad.jacobian`.

    Parameters
    ----------
    f : callable
        Any function of arrays; it is called on plain numbers and arrays, in double precision at least.
    *args, **kwargs
        Where to differentiate. Arguments may be pytrees.
    argnums : int, str, or sequence of them
        Which arguments to differentiate, as for `revad.grad`.
    method : {"ridders", "central", "forward", "complex-step"}
        ``"ridders"`` extrapolates central differences to step zero (20 to 60 evaluations per entry, 11 to 13 digits of smooth
        functions); ``"central"`` and ``"forward"`` use one step (about 10 and 8 digits); ``"complex-step"`` is exact to
        round-off, for real-analytic functions that take complex numbers.
    batch : bool
        ``f`` takes a stack: what is differentiated has a further, first axis that counts points, and so has the result. All
        coordinates are then moved in one call (or a few, for very many), which saves Python's overhead.
    threads : int or bool, optional
        How many threads call ``f``; True for one per processor. Of use where ``f`` spends its time in NumPy.
    progress : bool, optional
        Whether to show a progress bar (by tqdm). By default one appears on a terminal, if it takes over a second.

    Returns
    -------
    Difference
        ``value``, of shape ``output.shape + input.shape`` (of ``input.shape``, the gradient, for a scalar function); for
        pytrees the output's structure with the input's structure at each leaf. ``error`` has the same structure.

    Raises
    ------
    ArgumentError
        An unknown method; a function that is not deterministic; complex-step of a function that is not analytic; ``batch`` with
        a function that mixes the points of a stack, or loses their axis.
    MissingExtraError
        ``progress=True`` without tqdm.
    NotDifferentiableError
        A complex function of complex numbers that is not complex-differentiable.

    Notes
    -----
    Errors are estimates: the disagreement between neighbouring extrapolations, and the measured noise of the function over the
    step. Over a thousand random cases, ill-conditioned and noisy ones among them, more than 99 % of the bars contain the true
    error, and half of them are no more than 35 times as large. Steps follow the size of each coordinate. Inputs of half and
    single precision are moved in double precision, longer ones in their own. For a real function of z = x + iy the derivative is :math:`\partial u/\partial x - i\,\partial u/\partial y`, as
    in `grad`.

    Examples
    --------
    >>> import numpy as np
    >>> from revad.checking import finite_difference
    >>> value, error = finite_difference(lambda x: np.sum(x**2), np.array([1.0, 2.0]))
    >>> np.round(value, 9)
    array([2., 4.])
    >>> bool(np.all(np.abs(value - [2.0, 4.0]) <= error))
    True
    """
    here, rebuild_output = as_mapping("finite_difference", f, argnums, args, kwargs, batch=batch)
    check_stack("finite_difference", here)
    jacobian, errors = jacobian_by_columns(here, method, threads=threads, progress=progress)
    _, rebuild_input = flatten(_chosen(argnums, args, kwargs))
    values: list[Any] = []
    bars: list[Any] = []
    for out in here.outputs.parts:
        blocks = [_block(here.name, jacobian, errors, out, into) for into in here.inputs.parts]
        values.append(rebuild_input([value for value, _ in blocks]))
        bars.append(rebuild_input([bar for _, bar in blocks]))

    def zero(shape: tuple[int, ...]) -> Any:
        return rebuild_input([np.zeros((*shape, *into.aval.shape)) for into in here.inputs.parts])

    return Difference(rebuild_output(values, zero), rebuild_output(bars, zero))


def _chosen(argnums: Argnums, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    def get(key: Any) -> Any:
        return kwargs[key] if isinstance(key, str) else args[key]

    return get(argnums) if isinstance(argnums, (int, str)) else tuple(get(key) for key in argnums)


def _block(name: str, jacobian: Vector, errors: Vector, out: Part, into: Part) -> tuple[Any, Any]:
    """Return the derivative of one output leaf by one input leaf, and its error: from real entries to complex ones."""

    def entries(matrix: Vector, *, imag_out: bool = False, imag_in: bool = False) -> Vector:
        row, column = out.start + imag_out * out.aval.size, into.start + imag_in * into.aval.size
        return matrix[row : row + out.aval.size, column : column + into.aval.size]

    value, bar = entries(jacobian), entries(errors)
    if out.is_complex:
        value, bar = value + 1j * entries(jacobian, imag_out=True), np.hypot(bar, entries(errors, imag_out=True))
    if into.is_complex:
        by_imag, bar_imag = entries(jacobian, imag_in=True), entries(errors, imag_in=True)
        if out.is_complex:
            by_imag = by_imag + 1j * entries(jacobian, imag_out=True, imag_in=True)
            bar = bar + np.hypot(bar_imag, entries(errors, imag_out=True, imag_in=True))
            if np.any(np.abs(by_imag - 1j * value) > bar):
                raise NotDifferentiableError(
                    f"finite_difference: {name} is not complex-differentiable (its derivatives by the real and imaginary part "
                    f"of {into.label} break the Cauchy-Riemann equations). Differentiate np.real and np.imag of it."
                )
        else:
            value, bar = value - 1j * by_imag, np.hypot(bar, bar_imag)
    shape = (*out.aval.shape, *into.aval.shape)
    return value.reshape(shape)[()], bar.reshape(shape)[()]
