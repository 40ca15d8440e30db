"""Hooks: functions that are called before and after a module's `forward`, and when its cotangents pass."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, Self

import revad

_next_key = count().__next__


class Handle:
    """What registering a hook returns; ``handle.remove()`` takes the hook off again. Also a context manager."""

    def __init__(
        self, module: Any, kind: str, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> None:
        self.module, self.kind, self.key = module, kind, _next_key()
        hooks = module._hooks.setdefault(kind, {})
        added = {self.key: (hook, with_kwargs)}
        module._hooks[kind] = {**added, **hooks} if prepend else {**hooks, **added}

    def remove(self) -> None:
        """Take the hook off; a second call does nothing."""
        hooks = self.module._hooks
        hooks.get(self.kind, {}).pop(self.key, None)
        if not hooks.get(self.kind, True):
            del hooks[self.kind]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


def call_with_hooks(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call `forward` with all hooks around it."""
    for hook, with_kwargs in _hooks(module, "forward_pre"):
        if with_kwargs:
            args, kwargs = hook(module, args, kwargs) or (args, kwargs)
        elif (changed := hook(module, args)) is not None:
            args = changed if isinstance(changed, tuple) else (changed,)
    pre_hooks, backward_hooks = (_hooks(module, kind) for kind in ("backward_pre", "backward"))
    watch = _Watch(module, pre_hooks, backward_hooks) if pre_hooks or backward_hooks else None
    output = module.forward(*(watch.inputs(args) if watch else args), **kwargs)
    for hook, with_kwargs in _hooks(module, "forward"):
        changed = hook(module, args, kwargs, output) if with_kwargs else hook(module, args, output)
        if changed is not None:
            output = changed
    return watch.outputs(output) if watch else output


def _hooks(module: Any, kind: str) -> list[tuple[Callable[..., Any], bool]]:
    """Return the hooks of a kind, each with whether it takes the keyword arguments, in the order of their calls."""
    return list(module._hooks.get(kind, {}).values())


class _Watch:
    """Sees the cotangents of one call: those of the outputs come by first, then those of the inputs."""

    def __init__(self, module: Any, pre_hooks: list[Any], hooks: list[Any]) -> None:
        self.module, self.pre_hooks, self.hooks = module, pre_hooks, hooks
        self.arriving: Any = None
        self.has_inputs = False

    def inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Let the positional inputs pass; their cotangents call the hooks."""
        self.has_inputs = any(isinstance(arg, revad.Tensor) for arg in args)
        return _passing(self._leave)(*args) if self.has_inputs else args

    def outputs(self, output: Any) -> Any:
        """Let the output pass; its cotangent is noted (and calls the hooks where no input is tracked)."""
        return _passing(self._arrive)(*output) if isinstance(output, tuple) else _passing(self._arrive)(output)[0]

    def _arrive(self, g: tuple[Any, ...]) -> tuple[Any, ...]:
        for hook, _ in self.pre_hooks:
            changed = hook(self.module, g)
            if changed is not None:
                g = changed if isinstance(changed, tuple) else (changed,)
        self.arriving = g
        if not self.has_inputs:
            self._call((None,))
        return g

    def _leave(self, g: tuple[Any, ...]) -> tuple[Any, ...]:
        return self._call(g)

    def _call(self, grad_input: tuple[Any, ...]) -> tuple[Any, ...]:
        for hook, _ in self.hooks:
            changed = hook(self.module, grad_input, self.arriving)
            if changed is not None:
                grad_input = changed if isinstance(changed, tuple) else (changed,)
        return grad_input


def _passing(see: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
    """Return the identity on several values, whose pull-back shows the cotangents to ``see`` and takes what it returns."""

    def identity(*values: Any) -> tuple[Any, ...]:
        return values

    passing: Any = revad.custom_vjp(identity)
    passing.defvjp(lambda *values: (values, None), lambda _, g: see(tuple(g)))
    return passing
