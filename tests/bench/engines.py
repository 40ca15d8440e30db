"""The engines that are compared, each behind one call: `Engine.prepare` turns a function into one that differentiates it.

A benchmark is written once, as ``f(xp, *args)``; ``xp`` is the engine's NumPy-like namespace. Inputs are made into the engine's
own arrays before the clock starts. An engine is imported only when it is loaded, so a missing peer harms nobody.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tests.bench.table import ABSENT

Thunk = Callable[[], tuple[Any, Any]]


class Engine(NamedTuple):
    """A library that differentiates."""

    name: str
    xp: Any  # the functions to compute with
    prepare: Callable[..., Thunk]  # prepare(f, *args)() -> (value, gradients of all args)


def load(name: str, threads: int) -> Engine:
    """Return an engine that computes on so many threads; ImportError where it is not installed."""
    return _LOADERS[name](threads)


def version(name: str) -> str:
    """Return the version of an installed engine, or that it is not installed."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ABSENT


def _revad(threads: int) -> Engine:
    import revad

    def prepare(f: Any, *args: Any) -> Thunk:
        run = revad.value_and_grad(lambda *xs: f(np, *xs), argnums=tuple(range(len(args))))
        return lambda: run(*args)

    return Engine("revad", np, prepare)


def _autograd(threads: int) -> Engine:
    import autograd
    import autograd.numpy

    def prepare(f: Any, *args: Any) -> Thunk:
        differentiate: Any = autograd.value_and_grad  # its decorator hides the signature from type checkers
        run = differentiate(lambda *xs: f(autograd.numpy, *xs), argnum=tuple(range(len(args))))
        return lambda: run(*args)

    return Engine("autograd", autograd.numpy, prepare)


def _torch(threads: int) -> Engine:
    import torch

    torch.set_num_threads(threads)

    def prepare(f: Any, *args: Any) -> Thunk:
        xs = [torch.tensor(x, dtype=None if isinstance(x, np.ndarray) else torch.float64, requires_grad=True) for x in args]

        def run() -> tuple[Any, Any]:
            value = f(torch, *xs)
            return value.detach(), torch.autograd.grad(value, xs)

        return run

    return Engine("torch", torch, prepare)


def _mygrad(threads: int) -> Engine:
    import mygrad

    def prepare(f: Any, *args: Any) -> Thunk:
        xs = [mygrad.tensor(x) for x in args]

        def run() -> tuple[Any, Any]:
            value = f(mygrad, *xs)
            value.backward()
            return value.data, [x.grad for x in xs]

        return run

    return Engine("mygrad", mygrad, prepare)


def _jax(threads: int) -> Engine:
    import jax

    jax.config.update("jax_enable_x64", True)

    def prepare(f: Any, *args: Any) -> Thunk:
        xs = [jax.numpy.asarray(x) for x in args]
        run = jax.value_and_grad(lambda *xs: f(jax.numpy, *xs), argnums=tuple(range(len(args))))
        return lambda: jax.block_until_ready(run(*xs))

    return Engine("jax", jax.numpy, prepare)


_LOADERS: dict[str, Callable[[int], Engine]] = {
    "revad": _revad,
    "torch": _torch,
    "autograd": _autograd,
    "mygrad": _mygrad,
    "jax": _jax,
}
ENGINES = tuple(_LOADERS)
