"""The random states that a run depends on: that of the default generator, and those of generators that modules hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nn.module import Module
from nn.random import default_generator, manual_seed


def _held(modules: dict[str, Any]) -> Iterator[tuple[str, np.random.Generator]]:
    """Go through the generators that are attributes of modules."""
    for root, model in modules.items():
        for path, module in model.named_modules(root) if isinstance(model, Module) else ():
            for name, value in vars(module).items():
                if isinstance(value, np.random.Generator):
                    yield f"{path}.{name}", value


def random_states(modules: dict[str, Any]) -> dict[str, Any]:
    """Return the states of all generators, by name.

    Parameters
    ----------
    modules : dict of str to Module
        Where to look.

    Examples
    --------
    >>> import nn
    >>> list(random_states({"model": nn.Sequential(nn.Dropout(rng=0))}))
    ['default', 'model.0.rng']
    """
    states: dict[str, Any] = {"default": default_generator().bit_generator.state}
    states.update((name, generator.bit_generator.state) for name, generator in _held(modules))
    return states


def set_random_states(modules: dict[str, Any], states: dict[str, Any]) -> None:
    """Set all generators to states that `random_states` returned.

    Examples
    --------
    >>> import nn
    >>> states = random_states({})
    >>> first = nn.default_generator().random()
    >>> set_random_states({}, states)
    >>> nn.default_generator().random() == first
    True
    """
    held = dict(_held(modules))
    if held.keys() != states.keys() - {"default"}:
        differing = ", ".join(sorted(held.keys() ^ (states.keys() - {"default"})))
        raise ValueError(f"the random states do not fit the model: {differing} is on one side only.")
    if default_generator().bit_generator.state["bit_generator"] != states["default"]["bit_generator"]:
        manual_seed(0)
    default_generator().bit_generator.state = states["default"]
    for name, generator in held.items():
        generator.bit_generator.state = states[name]
