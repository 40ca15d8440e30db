"""The transformations of each engine under one set of names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tests.bench.engines import Engine


class Library(NamedTuple):
    """What an engine transforms functions with."""

    vmap: Callable[..., Any]
    grad: Callable[..., Any]
    jacobian: Callable[..., Any]  # jacobian(f, argnum=0)
    hessian: Callable[..., Any]
    sparse_jacobian: Callable[..., Any]
    sparse_hessian: Callable[..., Any]
    laplacians: Callable[..., Any]  # laplacians(f)(parameters, points), where f takes one point or many
    traces: Callable[..., Any]  # the same by batched Hessians
    taylor: Callable[..., Any]  # taylor(f, order)(x, v) -> all derivatives along v
    ready: Callable[[Any], Any]  # arguments as the engine's own arrays
    run: Callable[[Any, Any], Any]  # run(f, args), to the end
    array: Callable[[Any], Any]  # a result as NumPy's array
    parts: Callable[[Any], list[Any]]  # the leaves of a result
    refusals: tuple[type[Exception], ...]


def library(engine: Engine) -> Library:
    """Return an engine's transformations."""
    return {"revad": _revad, "torch": _torch, "jax": _jax}[engine.name]()


def leaves(tree: Any) -> list[Any]:
    """Return the leaves of nested tuples and lists."""
    return [leaf for part in tree for leaf in leaves(part)] if isinstance(tree, (tuple, list)) else [tree]


def mapped(f: Callable[[Any], Any], tree: Any) -> Any:
    """Apply a function to each leaf of nested tuples."""
    return tuple(mapped(f, part) for part in tree) if isinstance(tree, tuple) else f(tree)


def _traces(vmap: Any, hessian: Any, trace: Any) -> Callable[..., Any]:
    def traces(f: Any) -> Any:
        return vmap(lambda parameters, x: trace(hessian(lambda x: f(parameters, x))(x)), (None, 0))

    return traces


def _revad() -> Library:
    import revad

    def laplacians(f: Any) -> Any:
        return lambda parameters, points: revad.laplacian(lambda x: f(parameters, x), points, axis=-1)

    def dense(matrix: Any) -> Any:
        return matrix.toarray() if hasattr(matrix, "toarray") else np.asarray(matrix)

    return Library(
        vmap=revad.vmap,
        grad=revad.grad,
        jacobian=revad.jacobian,
        hessian=revad.hessian,
        sparse_jacobian=revad.sparse_jacobian,
        sparse_hessian=revad.sparse_hessian,
        laplacians=laplacians,
        traces=_traces(revad.vmap, revad.hessian, np.trace),
        taylor=lambda f, order: lambda x, v: list(revad.taylor(f, x, v, order)),
        ready=lambda args: args,
        run=lambda f, args: f(*args),
        array=dense,
        parts=leaves,
        refusals=(),
    )


def _torch() -> Library:
    import torch
    from torch import func

    traces = _traces(func.vmap, func.hessian, torch.trace)

    def taylor(f: Any, order: int) -> Any:
        def nested(f: Any, v: Any, order: int) -> Any:  # all derivatives up to the order, as functions of the place
            if order == 0:
                return lambda x: (f(x),)

            def derivatives(x: Any) -> Any:
                lower = nested(f, v, order - 1)
                values, tangents = func.jvp(lower, (x,), (v,))
                return (*values, tangents[-1])

            return derivatives

        return lambda x, v: nested(f, v, order)(x)

    return Library(
        vmap=func.vmap,
        grad=func.grad,
        jacobian=func.jacrev,
        hessian=func.hessian,
        sparse_jacobian=func.jacrev,
        sparse_hessian=func.hessian,
        laplacians=traces,
        traces=traces,
        taylor=taylor,
        ready=lambda args: mapped(torch.tensor, args),
        run=lambda f, args: f(*args),
        array=lambda tensor: tensor.detach().numpy(),
        parts=leaves,
        refusals=(RuntimeError,),
    )


def _jax() -> Library:
    import jax
    from jax.experimental.jet import jet

    compiled: dict[Any, Any] = {}

    def run(f: Any, args: Any) -> Any:
        return jax.block_until_ready(compiled.setdefault(f, jax.jit(f))(*args))

    def taylor(f: Any, order: int) -> Any:
        def derivatives(x: Any, v: Any) -> Any:
            first, rest = jet(f, (x,), ((v, *[jax.numpy.zeros_like(v)] * (order - 1)),))
            return [first, *rest]

        return derivatives

    traces = _traces(jax.vmap, jax.hessian, jax.numpy.trace)
    return Library(
        vmap=jax.vmap,
        grad=jax.grad,
        jacobian=jax.jacrev,
        hessian=jax.hessian,
        sparse_jacobian=jax.jacrev,
        sparse_hessian=jax.hessian,
        laplacians=traces,
        traces=traces,
        taylor=taylor,
        ready=lambda args: mapped(jax.numpy.asarray, args),
        run=run,
        array=np.asarray,
        parts=leaves,
        refusals=(jax.errors.ConcretizationTypeError,),
    )
