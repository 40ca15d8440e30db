"""Modules as pytrees: the leaves are the trainable parameters, everything else is structure.

A model that is put together again from other leaves (tracked values, gradients, updated arrays) is a shallow copy: it has the
same settings and *shares the buffers* of the original, so running statistics advance also under a transformation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import revad
from nn.parameter import Parameter


class Structure:
    """All of a model but its leaves; equal to another one if both have modules of the same types under the same names."""

    __slots__ = ("model", "names")

    def __init__(self, model: Any, names: tuple[str, ...]) -> None:
        self.model = model
        self.names = names

    def _key(self) -> Any:
        return self.names, tuple((name, type(module)) for name, module in self.model.named_modules())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Structure) and (self.model is other.model or self._key() == other._key())

    def __hash__(self) -> int:
        return hash(self.names)


def register(cls: type) -> None:
    """Make a class of modules known as a container."""
    revad.extend.register_pytree(cls, split, join)


def is_leaf(value: Any) -> bool:
    """Return whether an entry of a module's parameters is a leaf; frozen parameters are not."""
    return value is not None and (type(value) is Parameter or not isinstance(value, Parameter))


def split(model: Any) -> tuple[list[Any], Structure, tuple[str, ...]]:
    """Return the trainable parameters, each once, the structure, and their names."""
    named = [(name, value) for name, value in model.named_parameters() if is_leaf(value)]
    names = tuple(name for name, _ in named)
    return [value for _, value in named], Structure(model, names), names


def join(structure: Structure, leaves: Any) -> Any:
    """Return a copy of the model with these leaves in place of the parameters; what was shared stays shared."""
    old = [value for value in structure.model.parameters() if is_leaf(value)]
    # a float becomes an object of its own, so that identity tells which modules share a parameter (two zeros may be one object)
    new = {id(value): np.float64(leaf) if type(leaf) is float else leaf for value, leaf in zip(old, leaves, strict=True)}
    return _clone(structure.model, new, {})


def _clone(module: Any, new: dict[int, Any], done: dict[int, Any]) -> Any:
    clone = done.get(id(module))
    if clone is None:
        clone = done[id(module)] = object.__new__(type(module))
        contents = vars(clone)
        contents.update(vars(module))
        contents["_parameters"] = {name: new.get(id(value), value) for name, value in module._parameters.items()}
        contents["_modules"] = {
            name: None if child is None else _clone(child, new, done) for name, child in module._modules.items()
        }
    return clone
