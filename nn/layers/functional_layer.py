"""`FunctionalLayer`: a function of `nn.functional` as a module that holds the function's settings."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

import numpy as np

from nn.module import Module

_ARRAYS = ("weight", "pos_weight")  # settings that are arrays are buffers


class FunctionalLayer(Module):
    """A module whose `forward` is one function; subclasses name the function, and its signature names the settings.

    Attributes
    ----------
    function : callable
        Takes ``inputs`` arguments, then the settings.
    inputs : int
        How many arguments `forward` takes.
    """

    function: ClassVar[Any]
    last: ClassVar[tuple[str, ...]] = ()  # settings that come last where PyTorch orders a layer's otherwise than the function's
    inputs: ClassVar[int] = 1
    settings: ClassVar[dict[str, Any]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "function" in vars(cls):
            parameters = list(inspect.signature(cls.function).parameters.values())[cls.inputs :]
            parameters.sort(key=lambda p: p.name in cls.last)
            cls.settings = {p.name: p.default for p in parameters}
            cls.__signature__ = inspect.Signature(parameters)  # pyright: ignore[reportAttributeAccessIssue]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        kwargs.pop("inplace", None)  # PyTorch's option to save memory; here no array is overwritten
        for name, value in self._bind(args, kwargs).items():
            if name in _ARRAYS:
                self.register_buffer(name, value)
            else:
                setattr(self, name, value)
        if getattr(self, "reduction", "mean") not in ("mean", "sum", "none", "batchmean"):
            raise ValueError(
                f"{type(self).__name__}: reduction must be 'mean', 'sum' or 'none', not {getattr(self, 'reduction', None)!r}."
            )

    def _bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        name, names = type(self).__name__, list(self.settings)
        if len(args) > len(names):
            raise TypeError(f"{name} takes at most {len(names)} arguments ({', '.join(names) or 'none'}), not {len(args)}.")
        given = dict(zip(names, args, strict=False))
        for key, value in kwargs.items():
            if key not in self.settings or key in given:
                what = "given twice" if key in given else f"unknown; known: {', '.join(names) or 'none'}"
                raise TypeError(f"{name}: the argument {key!r} is {what}.")
            given[key] = value
        bound = {**self.settings, **given}
        for key, value in bound.items():
            if value is inspect.Parameter.empty:
                raise TypeError(f"{name} needs the argument {key!r}.")
        return bound

    def forward(self, *inputs: Any) -> Any:
        """Return the function of the inputs."""
        if len(inputs) != self.inputs:
            raise TypeError(f"{type(self).__name__} is called with {self.inputs} arrays, not {len(inputs)}.")
        own = vars(self)
        return type(self).function(
            *inputs, **{name: own[name] if name in own else getattr(self, name) for name in self.settings}
        )

    def extra_repr(self) -> str:
        """Return the settings that differ from their defaults."""
        changed = {
            name: value
            for name, default in self.settings.items()
            if isinstance(value := getattr(self, name), np.ndarray) or value != default
        }
        return ", ".join(
            f"{name}=array{value.shape}" if isinstance(value, np.ndarray) else f"{name}={value!r}"
            for name, value in changed.items()
        )
