"""State dictionaries: all values of a model by name, in PyTorch's order and under its names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np


class Loaded(NamedTuple):
    """What `load_state_dict` did not use."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def entries(module: Any, prefix: str = "") -> dict[str, tuple[Any, str, str]]:
    """Return, by dotted name, who owns each parameter and persistent buffer, in which of its dicts, under which name."""
    found: dict[str, tuple[Any, str, str]] = {}
    for name, value in module._parameters.items():
        if value is not None:
            found[prefix + name] = (module, "_parameters", name)
    for name, value in module._buffers.items():
        if value is not None and name not in module._transient:
            found[prefix + name] = (module, "_buffers", name)
    for name, child in module.named_children():
        found |= entries(child, f"{prefix}{name}.")
    return found


def state_dict(module: Any, prefix: str = "") -> dict[str, Any]:
    """Return copies of all values by dotted name."""
    return {key: np.array(_value(vars(owner)[kind][name])) for key, (owner, kind, name) in entries(module, prefix).items()}


def _value(value: Any) -> Any:
    return value.value if hasattr(value, "value") else value


def load_state_dict(module: Any, given: Any, *, strict: bool) -> Loaded:
    """Check everything, then copy."""
    if not isinstance(given, Mapping):
        raise TypeError(f"load_state_dict takes a mapping of names to arrays, not {type(given).__name__}.")
    present = entries(module)
    missing = [key for key in present if key not in given]
    unexpected = [key for key in given if key not in present]
    if strict and (missing or unexpected):
        parts = [f"{what}: {', '.join(keys)}" for what, keys in (("missing", missing), ("unexpected", unexpected)) if keys]
        raise KeyError(
            f"load_state_dict: the names do not fit {type(module).__name__}; {'; '.join(parts)}. "
            "With strict=False they are skipped."
        )
    values = {key: np.asarray(given[key]) for key in given if key in present}
    problems = [problem for key, value in values.items() if (problem := _misfit(key, _current(present[key]), value))]
    if problems:
        raise ValueError(f"load_state_dict: {'; '.join(problems)}. Nothing was changed.")
    for key, value in values.items():
        owner, kind, name = present[key]
        old = vars(owner)[kind][name]
        if hasattr(old, "data") and hasattr(old, "requires_grad"):
            old.data = value
        else:
            vars(owner)[kind][name] = np.array(value, dtype=old.dtype)
    return Loaded(missing, unexpected)


def _current(entry: tuple[Any, str, str]) -> Any:
    owner, kind, name = entry
    return vars(owner)[kind][name]


def _misfit(key: str, old: Any, new: np.ndarray[Any, Any]) -> str:
    """Return what is wrong with a value, or nothing."""
    if new.shape != old.shape:
        return f"{key} has shape {new.shape}, expected {old.shape}"
    if not np.can_cast(new.dtype, old.dtype, casting="same_kind"):
        return f"{key} has dtype {new.dtype}, which does not go into {old.dtype}"
    return ""
