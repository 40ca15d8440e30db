"""Whole derivative matrices and products with second derivatives: `jacobian jacfwd hessian hvp ggnvp`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from revad.base.aval import aval_of
from revad.base.trees import flatten
from revad.engine.pulling import NanPolicy, own
from revad.errors import ArgumentError, NotDifferentiableError
from revad.transforms.arguments import Argnums, Chosen
from revad.transforms.forward import jvp
from revad.transforms.recording import Recording
from revad.transforms.repetition import digest, not_repeated
from revad.transforms.reverse import grad, named_after, vjp
from revad.transforms.sweeps import at_once, chunks, units


def _basis(value: Any) -> list[Any]:
    """Return the unit vectors of a value's space, each shaped like it."""
    shape, dtype = aval_of(value)
    if not shape:
        return [1.0 if type(value) is float else dtype.type(1)]
    size = int(np.prod(shape))
    units = np.eye(size, dtype=dtype).reshape(size, *shape)
    return list(units)


def _stack(rows: list[Any], shape: tuple[int, ...], like: Any) -> Any:
    """Stack derivatives along leading axes of the given shape; an empty list gives an empty array shaped for ``like``."""
    if not shape:
        return rows[0]
    inner, dtype = aval_of(like)
    if not rows:
        return np.zeros((*shape, *inner), dtype)
    return np.reshape(np.stack(rows), (*shape, *inner))


def jacobian(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    nan_policy: NanPolicy = "zero",
    max_bytes: int | None = None,
) -> Callable[..., Any]:
    r"""Return the Jacobian function of ``f``, by reverse sweeps over all output elements at once.

    Parameters
    ----------
    f : callable
        Returns an array, or a pytree of arrays.
    argnums, has_aux, holomorphic, nan_policy
        As for `value_and_grad`. Complex outputs need ``holomorphic=True``.
    max_bytes : int, optional
        The most that one batched cotangent of the function's inputs or outputs may take; rows beyond that make further sweeps.

    Returns
    -------
    callable
        Takes the arguments of ``f``; returns :math:`J` with ``J[i, j]`` :math:`= \partial f_i / \partial x_j`, of shape
        ``output.shape + input.shape``; for pytrees, the output's structure with the input's structure at each leaf.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import jacobian
    >>> jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """

    @named_after(f, "jacobian")
    def jacobian_of(*args: Any, **kwargs: Any) -> Any:
        chosen = Chosen("jacobian", argnums, args, kwargs)
        recording = Recording("jacobian", f, chosen, has_aux=has_aux, nan_policy=nan_policy)
        blocks: list[Any] = []
        for position, value in enumerate(recording.values):
            _check_real("jacobian", value, holomorphic=holomorphic)
            columns = _rows_at_once(recording, position, max_bytes) or _rows_by_loop(recording, position)
            blocks.append(chosen.rebuild(columns))
        result = recording.rebuild(blocks)
        return (result, recording.aux) if has_aux else result

    return jacobian_of


def _rows_at_once(recording: Recording, position: int, max_bytes: int | None) -> list[Any]:
    """Return the derivatives of one output by all inputs from batched sweeps; nothing where that cannot be done, or one sweep is all."""
    values, leaves = recording.values, recording.chosen.leaves
    shape, dtype = aval_of(values[position])
    size = int(np.prod(shape))
    if size < 2 or recording.nodes[position] is None:
        return []
    widest = dtype.itemsize * max(size, *[aval_of(leaf).size for leaf in leaves])
    parts: list[list[Any]] = []
    for rows in chunks(size, widest, max_bytes):
        zeros = [_zero_seed(v) for v in values]
        part = at_once(recording.pull, units(values, position, rows), zeros, rows.stop - rows.start)
        if part is None:
            return []
        parts.append(part)
    return [
        np.reshape(np.concatenate(pieces) if len(pieces) > 1 else own(pieces[0], 2), (*shape, *np.shape(leaf)))
        for pieces, leaf in zip(map(list, zip(*parts, strict=True)), leaves, strict=True)
    ]


def _rows_by_loop(recording: Recording, position: int) -> list[Any]:
    """Return the same row by row."""
    value = recording.values[position]
    rows: list[list[Any]] = []
    for unit in _basis(value):
        seeds: list[Any] = [_zero_seed(v) for v in recording.values]
        seeds[position] = unit
        rows.append(recording.pull(seeds))
    return [_stack([row[i] for row in rows], np.shape(value), leaf) for i, leaf in enumerate(recording.chosen.leaves)]


def _zero_seed(value: Any) -> Any:
    return 0.0 if type(value) is float else np.zeros(np.shape(value), aval_of(value).dtype)[()]


def _check_real(name: str, value: Any, *, holomorphic: bool) -> None:
    if aval_of(value).dtype.kind == "c" and not holomorphic:
        raise NotDifferentiableError(
            f"{name}: the function returned complex values ({aval_of(value).dtype}). Pass holomorphic=True if it is "
            "complex-differentiable, or differentiate np.real and np.imag of it."
        )


def jacfwd(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    max_bytes: int | None = None,
) -> Callable[..., Any]:
    """Return the Jacobian function of ``f`` by forward mode, for all input elements at once.

    Parameters
    ----------
    f, argnums, has_aux, holomorphic, max_bytes
        As for `jacobian`. Complex inputs need ``holomorphic=True``.

    Returns
    -------
    callable
        As for `jacobian`; cheaper than it where there are more outputs than inputs.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import jacfwd
    >>> jacfwd(lambda x: np.array([3.0, 1.0]) * x)(2.0)
    array([3., 1.])
    """

    @named_after(f, "jacfwd")
    def jacfwd_of(*args: Any, **kwargs: Any) -> Any:
        if not callable(f):
            raise ArgumentError(f"jacfwd: the first argument must be a function, not {type(f).__name__}.")
        chosen = Chosen("jacfwd", argnums, args, kwargs)
        columns: list[tuple[Any, list[list[Any]]]] = []
        rebuild_output: Any = None
        values: list[Any] = []
        aux: Any = None
        first: list[int] | None = None

        def push(tangents: list[Any]) -> list[Any]:
            nonlocal values, rebuild_output, first, aux
            result = jvp(lambda *leaves: chosen.call(f, list(leaves)), tuple(chosen.leaves), tuple(tangents), has_aux=has_aux)
            values, rebuild_output = flatten(result[0])
            if first is None:
                first = digest(values)
            elif first != digest(values):
                raise not_repeated("jacfwd", f)
            aux = result[2] if has_aux else None
            return flatten(result[1])[0]

        for position, leaf in enumerate(chosen.leaves):
            _check_real("jacfwd", leaf, holomorphic=holomorphic)
            size = aval_of(leaf).size
            zeros = [_zero_seed(v) for v in chosen.leaves]
            pushed: list[list[Any]] = []
            for rows in chunks(size, aval_of(leaf).dtype.itemsize * size, max_bytes) if size > 1 else ():
                part = at_once(push, units(chosen.leaves, position, rows), zeros, rows.stop - rows.start)
                if part is None:
                    pushed = []
                    break
                pushed += map(list, zip(*part, strict=True))
            if not pushed:
                for unit in _basis(leaf) or [_zero_seed(leaf)]:
                    tangents = list(zeros)
                    tangents[position] = unit
                    pushed.append(push(tangents))
            columns.append((leaf, pushed[:size]))
        blocks = [
            chosen.rebuild([_stack_last([row[i] for row in pushed], value, leaf) for leaf, pushed in columns])
            for i, value in enumerate(values)
        ]
        return (rebuild_output(blocks), aux) if has_aux else rebuild_output(blocks)

    return jacfwd_of


def _stack_last(rows: list[Any], value: Any, leaf: Any) -> Any:
    """Stack derivatives of ``value`` along trailing axes of the shape of ``leaf``."""
    shape = np.shape(leaf)
    if not shape:
        return rows[0]
    if not rows:
        return np.zeros((*np.shape(value), *shape), aval_of(value).dtype)
    return np.reshape(np.stack(rows, axis=-1), (*np.shape(value), *shape))


def hessian(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    nan_policy: NanPolicy = "zero",
    max_bytes: int | None = None,
) -> Callable[..., Any]:
    r"""Return the Hessian function of a scalar function, by reverse sweeps through its gradient for all rows at once.

    Parameters
    ----------
    f, argnums, has_aux, nan_policy
        As for `value_and_grad`; the policy is for the reverse sweeps.
    max_bytes : int, optional
        As for `jacobian`.

    Returns
    -------
    callable
        Takes the arguments of ``f``; returns ``H`` with ``H[i, j]`` :math:`= \partial^2 f / \partial x_i \partial x_j`, of shape
        ``input.shape + input.shape``; for pytrees, the input's structure with itself at each leaf.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import hessian
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 3.0]))
    array([[6., 2.],
           [2., 0.]])
    """
    gradient = grad(f, argnums, has_aux=has_aux, nan_policy=nan_policy)
    return named_after(f, "hessian")(
        jacobian(gradient, argnums, has_aux=has_aux, holomorphic=True, nan_policy=nan_policy, max_bytes=max_bytes)
    )


def hvp(f: Callable[..., Any], primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> Any:
    r"""Return the gradient of a scalar function and the product of its Hessian with a vector.

    Parameters
    ----------
    f : callable
        Returns a real scalar.
    primals, tangents : tuple of pytrees
        Where to evaluate, and the vector; as for `jvp`.

    Returns
    -------
    gradient, product : pytree
        :math:`\nabla f(x)` and :math:`H v`, each with the structure of one primal (a tuple for several).

    Notes
    -----
    Forward over reverse [1]_: the directional derivative of the gradient, at a small multiple of the cost of one gradient.

    References
    ----------
    .. [1] B. A. Pearlmutter, "Fast exact multiplication by the Hessian", *Neural Computation* 6(1), 1994.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import hvp
    >>> hvp(lambda x: np.sum(x**3), (np.array([1.0, 2.0]),), (np.array([1.0, 0.0]),))
    (array([ 3., 12.]), array([6., 0.]))
    """
    if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
        raise ArgumentError(
            "hvp(f, primals, tangents): both must be tuples, one entry for each argument of f, as in hvp(f, (x,), (v,))."
        )
    argnums: Argnums = 0 if len(primals) == 1 else tuple(range(len(primals)))
    return jvp(grad(f, argnums), tuple(primals), tuple(tangents))


def ggnvp(model: Callable[..., Any], loss: Callable[[Any], Any], primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> Any:
    r"""Return the product of the generalised Gauss-Newton matrix with a vector.

    Parameters
    ----------
    model : callable
        From the primals to an output :math:`z`.
    loss : callable
        From :math:`z` to a real scalar, convex in :math:`z`.
    primals, tangents : tuple of pytrees
        Where to evaluate, and the vector; as for `jvp`.

    Returns
    -------
    pytree
        :math:`J^T H_{loss} J v`, with the structure of one primal (a tuple for several). Positive semidefinite wherever the
        loss is convex.

    References
    ----------
    .. [1] N. N. Schraudolph, "Fast curvature matrix-vector products for second-order gradient descent",
       *Neural Computation* 14(7), 2002.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import ggnvp
    >>> ggnvp(lambda w: 3.0 * w, lambda z: z**2, (1.0,), (1.0,))
    18.0
    """
    outputs, pushed = jvp(model, primals, tangents)
    _, curved = hvp(loss, (outputs,), (pushed,))
    _, pullback = vjp(model, *primals)
    products = pullback(curved)
    return products[0] if len(products) == 1 else products
