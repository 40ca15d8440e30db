"""Index sets through writes and sums into part of an array, and through operations that state their own edges."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.dependence import pattern_of
from revad.operations.writing import take_step, write_at
from revad.programs.pattern.rules import Call, all_of, fill
from revad.programs.steps import Ref, references
from revad.typing import Array


def writes(call: Call) -> Any:
    """``write_at``: the array with the value's sets in some places, or with unions there."""
    args = {name: arg for _, name, arg in call.named()}
    steps, key = args["steps"], args["key"]
    if references([steps, key]):
        if call.values is None:
            return all_of(call)
        steps, key = call.values(steps), call.values(key)
    x, value = np.asarray(call.tracked(args["x"])), np.asarray(call.tracked(args["value"]))
    parts = [step for step in steps if step[0] in (np.real, np.imag)]
    if not parts and not args.get("adds", False):
        return write_at(np.array(x), steps, key, value, spare=True)  # x may show one set many times
    numbers = np.reshape(np.arange(x.size), x.shape)
    for step in steps:
        numbers = numbers if step in parts else take_step(step, numbers)
    places = np.asarray(numbers[key])
    return _add(call, np.reshape(x, -1), [places], [value], x.shape)


def scatters(call: Call) -> Any:
    """``unindex``: the sum of parts, each put into zeros at its key."""
    args = {name: arg for _, name, arg in call.named()}
    keys = args["keys"]
    if references(keys):
        if call.values is None:
            return all_of(call)
        keys = call.values(keys)
    shape = args["shape"]
    numbers = np.reshape(np.arange(int(np.prod(shape, dtype=np.int64))), shape)
    places = [np.asarray(numbers[key]) for key in keys]
    parts = [np.asarray(call.tracked(part)) for part in args["parts"]]
    return _add(call, np.zeros(numbers.size, np.int64), places, parts, shape)


def _add(call: Call, flat: Array, places: list[Any], parts: list[Any], shape: tuple[int, ...]) -> Any:
    """Return the flat sets with each part united into its places."""
    targets, members = [np.arange(flat.size)], [flat]
    for place, part in zip(places, parts, strict=True):
        part = np.reshape(part, part.shape[max(part.ndim - place.ndim, 0) :])  # NumPy writes (1, 3) into (3,)
        targets.append(np.reshape(place, -1))
        members.append(np.reshape(np.broadcast_to(part, place.shape), -1))
    return np.reshape(call.sets.unite(np.concatenate(targets), np.concatenate(members), flat.size), shape)


def edges(call: Call) -> Any:
    """Return the sets of an operation that says itself which output element needs which element of which argument."""
    stated: Any = pattern_of(call.step.operation)
    if call.step.aval is None or any(references(arg) and type(arg) is not Ref for _, _, arg in call.named()):
        return all_of(call)
    tracked = {name: call.tracked(arg) for _, name, arg in call.named() if references(arg)}
    given = {name: tracked.get(name, arg) for _, name, arg in call.named()}
    targets, members = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for name, (target, source) in stated(**given).items():
        if name in tracked:
            targets.append(target)
            members.append(np.reshape(tracked[name], -1)[source])
    united = call.sets.unite(np.concatenate(targets), np.concatenate(members), call.step.aval.size)
    return fill(call, np.reshape(united, call.step.aval.shape))


WRITES: dict[str, Any] = {"writes": writes, "scatters": scatters}
