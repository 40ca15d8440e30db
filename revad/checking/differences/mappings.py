"""`as_mapping`: a call ``f(*args, **kwargs)`` as a map between real vectors, with all that does not move put aside."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from revad.base.arrays import is_inexact
from revad.base.trees import describe, flatten
from revad.checking.differences.spaces import Mapping, mapping
from revad.engine.handles import Tracked
from revad.errors import ArgumentError, NotDifferentiableError
from revad.transforms.arguments import Argnums, differentiable, keys_of


def as_mapping(
    caller: str,
    f: Callable[..., Any],
    argnums: Argnums | None,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    *,
    batch: bool = False,
) -> tuple[Mapping, Callable[..., Any]]:
    """Return a call as a `Mapping` of its differentiable leaves, and a function that puts output leaves together again.

    Parameters
    ----------
    caller : str
        The public function that was called, for messages.
    f : callable
        Any function.
    argnums : int, str, sequence of them, or None
        What to differentiate; None for every floating or complex leaf of the positional arguments.
    args, kwargs
        The call.
    batch : bool
        Whether ``f`` takes a stack: what is differentiated has a further, first axis that counts points, and so has the result.

    Returns
    -------
    mapping : Mapping
        The call.
    restore : callable
        ``restore(leaves, zero)`` puts leaves into the output's structure, and ``zero(shape)`` where an output is of integers.

    Raises
    ------
    NotDifferentiableError
        Nothing among the arguments, or nothing in the result, carries a derivative.
    """
    if not callable(f):
        raise ArgumentError(f"{caller}: the first argument must be a function, not {type(f).__name__}.")
    call = _Call(f, args, kwargs, argnums, caller)
    points = 1 if batch else None

    def function(*values: Any) -> list[Any]:
        return _inexact(call.single(values, points))

    def stacked(*values: Any) -> list[Any]:
        return _inexact(call.checked(call.run(values), len(values[0])))

    result = call.single([leaf.copy() if isinstance(leaf, np.ndarray) else leaf for leaf in call.moving_leaves], points)
    outputs, rebuild = flatten(result)
    floating = [is_inexact(leaf) for leaf in outputs]
    if not any(floating):
        raise NotDifferentiableError(
            f"{caller}: {call.name} returned {type(result).__name__} without floating or complex numbers: nothing to differentiate."
        )

    def restore(leaves: list[Any], zero: Callable[[tuple[int, ...]], Any] = np.zeros) -> Any:
        given = iter(leaves)
        pairs = zip(outputs, floating, strict=True)
        return rebuild([next(given) if is_float else zero(np.shape(leaf)) for leaf, is_float in pairs])

    labels = [label for label, is_float in zip(describe(result, "output"), floating, strict=True) if is_float]
    here = mapping(call.name, function, call.moving_leaves, call.moving_labels, labels)
    return (here._replace(stacked=stacked) if batch else here), restore


def _inexact(result: Any) -> list[Any]:
    return [leaf for leaf in flatten(result)[0] if is_inexact(leaf)]


class _Call:
    """A call whose arguments are flattened: the leaves that carry derivatives move, the others stay as they are."""

    def __init__(
        self, f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], argnums: Argnums | None, caller: str
    ) -> None:
        self.f, self.args, self.kwargs, self.caller = f, args, kwargs, caller
        self.name = getattr(f, "__name__", type(f).__name__)
        self.keys = list(range(len(args))) if argnums is None else keys_of(caller, argnums, args, kwargs)
        trees = tuple([kwargs[key] if isinstance(key, str) else args[key] for key in self.keys])
        leaves, self.rebuild = flatten(trees)
        self.leaves = [_value_of(leaf) for leaf in leaves]
        if argnums is not None:  # what is named must carry a derivative
            self.leaves = [differentiable(leaf, caller, trees, i) for i, leaf in enumerate(leaves)]
        self.moving = [i for i, leaf in enumerate(self.leaves) if is_inexact(leaf) and not isinstance(leaf, type)]
        if not self.moving:
            raise self._nothing_moves()
        labels = [label for key, tree in zip(self.keys, trees, strict=True) for label in describe(tree, _parameter(f, key))]
        self.moving_leaves = [self.leaves[i] for i in self.moving]
        self.moving_labels = [labels[i] for i in self.moving]

    def _nothing_moves(self) -> NotDifferentiableError:
        kinds = [str(leaf.dtype) if hasattr(leaf, "dtype") else type(leaf).__name__ for leaf in self.leaves]
        return NotDifferentiableError(
            f"{self.caller}: no positional argument of {self.name} holds floating or complex numbers ({', '.join(kinds) or 'none'}). "
            "Pass 3.0 for 3 and x.astype(float) for an integer array, or name keyword arguments in `argnums`."
        )

    def run(self, values: Sequence[Any]) -> Any:
        """Call the function with other values of the leaves that move."""
        leaves = [leaf.copy() if isinstance(leaf, np.ndarray) else leaf for leaf in self.leaves]
        for i, value in zip(self.moving, values, strict=True):
            leaves[i] = value
        positional, named = list(self.args), dict(self.kwargs)
        for key, tree in zip(self.keys, self.rebuild(leaves), strict=True):
            if isinstance(key, str):
                named[key] = tree
            else:
                positional[key] = tree
        return self.f(*positional, **named)

    def single(self, values: Sequence[Any], points: int | None) -> Any:
        """Return the result at one point; of a function that takes stacks, by a stack of one point."""
        if points is None:
            return self.run(values)
        result = self.checked(self.run([np.asarray(value)[np.newaxis] for value in values]), points)
        leaves, rebuild = flatten(result)
        return rebuild([leaf[0] for leaf in leaves])

    def checked(self, result: Any, points: int) -> Any:
        """Return the result for a stack of points, after checking that its first axis counts them."""
        _check_stack(self.caller, self.name, flatten(result)[0], describe(result, "the result"), points)
        return result


def _value_of(leaf: Any) -> Any:
    return leaf._value if isinstance(leaf, Tracked) and leaf.is_parameter else leaf


def _check_stack(caller: str, name: str, leaves: list[Any], labels: list[str], points: int) -> None:
    for leaf, label in zip(leaves, labels, strict=True):
        if np.shape(leaf)[:1] != (points,):
            raise ArgumentError(
                f"{caller}(batch=True): of a stack of {points} points {name} returned {label} of shape {np.shape(leaf)}; its first "
                "axis must count the points. Let every reduction keep that axis, or leave batch out."
            )


def _parameter(f: Callable[..., Any], key: int | str) -> str:
    """Return the name of a positional argument, ``args[0]`` where the function does not tell."""
    if isinstance(key, str):
        return key
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        return f"args[{key}]"
    positional = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return positional[key] if key < len(positional) else f"args[{key}]"
