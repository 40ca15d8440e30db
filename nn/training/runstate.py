"""The whole state of a run as a checkpoint: what it needs to go on bit by bit as if it had not stopped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nn.serialization as checkpoints
from nn.serialization import CheckpointError
from nn.training.randomness import random_states, set_random_states

_COUNTS = ("epoch", "batch", "steps", "batches_seen", "accumulated", "loss_sum", "items", "stopping")
_KIND = "nn.Trainer"


def run_state(trainer: Any) -> dict[str, Any]:
    """Return the state of a run between two batches."""
    gradients = [parameter.grad for parameter in trainer.parameters] if trainer.accumulated else None
    return {
        "kind": _KIND,
        "modules": {name: module.state_dict() for name, module in trainer.trained.items()},
        "optimizer": trainer.optimizer.state_dict(),
        "schedule": None if trainer.schedule is None else trainer.schedule.state_dict(),
        "gradients": gradients,
        "random": random_states(trainer.trained),
        "loader": loader_state(trainer),
        "counts": {name: getattr(trainer, name) for name in _COUNTS},
        "metrics": [metric.state_dict() for metric in trainer.metrics],
        "history": trainer.history.state_dict(),
        "callbacks": [[type(callback).__name__, callback.state_dict()] for callback in trainer.callbacks],
    }


def loader_state(trainer: Any) -> Any:
    """Return where the loader stands; none where it does not know that itself."""
    if trainer.loader is None:  # not yet in `fit`
        return trainer.loader_state
    if not hasattr(trainer.loader, "state_dict"):
        return None
    state = trainer.loader.state_dict()
    if isinstance(state, dict) and "position" in state:
        used_up = trainer.batch == len(trainer.loader)
        state |= {"position": 0, "seed": None, "order": None} if used_up else {"position": trainer.batch}
    return state


def epoch_under_way(trainer: Any) -> Any:
    """Return where the loader stands if it is within an epoch, else None."""
    state = loader_state(trainer)
    return state if trainer.batch or (isinstance(state, dict) and state.get("seed") is not None) else None


def load_run_state(trainer: Any, state: Mapping[str, Any]) -> None:
    """Take over a state; in the end either all of it or, after an error, nothing."""
    before = run_state(trainer)
    try:
        _load(trainer, state)
    except BaseException:
        _load(trainer, before)
        raise


def _load(trainer: Any, state: Mapping[str, Any]) -> None:
    kinds = [type(callback).__name__ for callback in trainer.callbacks]
    saved = [kind for kind, _ in state["callbacks"]]
    if kinds != saved or len(state["metrics"]) != len(trainer.metrics):
        raise ValueError(
            f"the run was saved with {len(state['metrics'])} metrics and the callbacks [{', '.join(saved)}], "
            f"this trainer has {len(trainer.metrics)} and [{', '.join(kinds)}]."
        )
    if state["modules"].keys() != trainer.trained.keys() or (state["schedule"] is None) != (trainer.schedule is None):
        raise ValueError(
            f"the run was saved with {', '.join(state['modules'])} and {'no' if state['schedule'] is None else 'a'} schedule, "
            f"this trainer has {', '.join(trainer.trained)} and {'no' if trainer.schedule is None else 'a'} schedule."
        )
    for name, module in trainer.trained.items():
        module.load_state_dict(state["modules"][name])
    trainer.optimizer.load_state_dict(state["optimizer"])
    if trainer.schedule is not None:
        trainer.schedule.load_state_dict(state["schedule"])
    for parameter, gradient in zip(trainer.parameters, state["gradients"] or [None] * len(trainer.parameters), strict=True):
        parameter.grad = gradient
    set_random_states(trainer.trained, state["random"])
    for name in _COUNTS:
        setattr(trainer, name, state["counts"][name])
    for metric, sums in zip(trainer.metrics, state["metrics"], strict=True):
        metric.load_state_dict(sums)
    trainer.history.load_state_dict(state["history"])
    for callback, (_, content) in zip(trainer.callbacks, state["callbacks"], strict=True):
        callback.load_state_dict(content)
    trainer.loader, trainer.loader_state = None, state["loader"]


def restore_loader(trainer: Any) -> None:
    """Let the loader, which is known only in `fit`, go on where it stood."""
    state, trainer.loader_state = trainer.loader_state, None
    if state is not None and hasattr(trainer.loader, "load_state_dict"):
        trainer.loader.load_state_dict(state)
    if trainer.batch > len(trainer.loader):
        raise ValueError(f"the run was saved in batch {trainer.batch} of an epoch, but this one has {len(trainer.loader)}.")


def save(trainer: Any, path: Any) -> None:
    """Write the state of a run to a file."""
    checkpoints.save(
        path, run_state(trainer), metadata={"kind": _KIND, "epoch": str(trainer.epoch), "batch": str(trainer.batch)}
    )


def resume(trainer: Any, path: Any, *, missing_ok: bool) -> bool:
    """Read the state of a run from a file; return whether there was one."""
    if missing_ok and not Path(path).exists():
        return False
    state = checkpoints.load(path)
    if not isinstance(state, dict) or state.get("kind") != _KIND:
        raise CheckpointError(f"{path}: kind: this is no state of an nn.Trainer; read it with nn.load.")
    load_run_state(trainer, state)
    trainer.restored = True
    return True
