"""What a rule asks for and where it finds that: read from the rule once for each pattern of a call, then collected call by call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from numpy import ndarray

from revad.base.arrays import CONTAINERS
from revad.base.aval import Aval, aval_of
from revad.engine.handles import IMMUTABLE, keep
from revad.errors import RuleError
from revad.operations.operation import NO_VALUE, REQUIRED, Operation, Rule
from revad.typing import Array

# where a kept value comes from
ARGUMENT, KEYWORD, ANSWER, DEFAULT, REST = range(5)


class Source(NamedTuple):
    """Where a rule finds one value that it asked for, and what of it is kept."""

    origin: int
    at: Any  # position or name of the argument, or the default itself
    tracked: bool
    as_aval: bool


def keeper_of(operation: Operation, rule: Rule | None, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the function that collects, for calls of this pattern, what a rule asks for without keeping it (forward mode)."""
    if rule is None:
        return make_keeper(())
    names, _ = operation.parameters
    where: dict[str, tuple[int, Any, bool]] = {name: (ARGUMENT, i, True) for i, name in enumerate(names[: len(args)])}
    where |= {name: (KEYWORD, name, True) for name in kwargs}
    return make_keeper(sources_of(operation, rule, where))


def sources_of(operation: Operation, rule: Rule, where: dict[str, tuple[int, Any, bool]]) -> tuple[Source, ...]:
    """Return where a rule finds what it asks for, given where the call has its arguments."""
    sources: list[Source] = []
    for name, default, as_aval in rule.needs:
        if name == "ans":
            sources.append(Source(ANSWER, None, tracked=True, as_aval=as_aval))
        elif name in where:
            origin, at, on_level = where[name]
            sources.append(Source(origin, at, on_level, as_aval))
        elif default is not REQUIRED:
            sources.append(Source(DEFAULT, default, tracked=True, as_aval=False))
        else:
            raise RuleError(
                f"the rule of {operation.name} asks for {name!r}, which is neither `ans` nor an argument of this call "
                f"({', '.join(where)}). Give the parameter a default if it is an option of the call."
            )
    return tuple(sources)


def make_keeper(sources: tuple[Source, ...]) -> Callable[[Any, dict[str, Any], Any], tuple[Any, ...]]:
    """Return the function that collects what a rule keeps; the most common cases have one of their own."""
    if not sources:
        return lambda lower, kwargs, ans: ()
    if len(sources) == 1 and sources[0].tracked and not sources[0].as_aval:
        origin, at, _, _ = sources[0]
        if origin == ANSWER:
            return lambda lower, kwargs, ans: (ans,)
        if origin == ARGUMENT:
            return lambda lower, kwargs, ans: (lower[at],)
    if all(source.origin == ARGUMENT and source.tracked for source in sources):
        where = [(source.at, source.as_aval) for source in sources]
        return lambda lower, kwargs, ans: tuple([_avals(lower[at]) if as_aval else lower[at] for at, as_aval in where])
    template = [source.at if source.origin == DEFAULT else None for source in sources]
    as_they_are = [(i, s.at) for i, s in enumerate(sources) if s.origin == ARGUMENT and s.tracked and not s.as_aval]
    avals = [(i, s.at) for i, s in enumerate(sources) if s.origin == ARGUMENT and s.as_aval]
    constants = [(i, s.at) for i, s in enumerate(sources) if s.origin == ARGUMENT and not s.tracked and not s.as_aval]
    options = [(i, s.at) for i, s in enumerate(sources) if s.origin == KEYWORD and not s.tracked and not s.as_aval]
    done = {i for i, _ in as_they_are + avals + constants + options}
    others = [(i, source) for i, source in enumerate(sources) if source.origin != DEFAULT and i not in done]

    def keeper(lower: Any, kwargs: dict[str, Any], ans: Array) -> tuple[Any, ...]:
        kept = template.copy()
        for i, at in as_they_are:
            kept[i] = lower[at]
        for i, at in avals:
            kept[i] = _avals(lower[at])
        for i, at in constants:
            value = lower[at]
            kept[i] = value if type(value) in IMMUTABLE else keep(value)
        for i, name in options:
            value = kwargs[name]
            kept[i] = value if type(value) in IMMUTABLE else keep(value)
        for i, source in others:
            kept[i] = _kept(source, lower, kwargs, ans)
        return tuple(kept)

    return keeper


def _kept(source: Source, lower: Any, lower_kwargs: dict[str, Any], ans: Array) -> Any:
    """Return one value that a rule asked for; what the caller could change afterwards is copied."""
    origin, at, on_level, as_aval = source
    if origin == ARGUMENT:
        value = lower[at]
    elif origin == ANSWER:
        value = ans
    elif origin == DEFAULT:
        return at
    elif origin == KEYWORD:
        value = lower_kwargs[at]
    else:
        value = tuple(lower[at:])
    if as_aval:
        return _avals(value)
    return value if on_level else keep(value)


def asked_for(operation: Operation, rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any], ans: Array) -> tuple[Any, ...]:
    """Return what a rule asks for of a call on plain values (for forward mode, which keeps nothing)."""
    names, rest = operation.parameters
    where: dict[str, tuple[int, Any, bool]] = {name: (ARGUMENT, i, True) for i, name in enumerate(names[: len(args)])}
    if rest is not None:
        where[rest] = (REST, len(names), True)
    where |= {name: (KEYWORD, name, True) for name, value in kwargs.items() if value is not NO_VALUE}
    return tuple(_kept(source, args, kwargs, ans) for source in sources_of(operation, rule, where))


def _avals(value: Array) -> Any:
    """Return the Aval of a value, or the list of Avals of a sequence argument."""
    if type(value) is ndarray:
        return tuple.__new__(Aval, (value.shape, value.dtype))  # half the time of Aval(...)
    if type(value) in CONTAINERS:
        return [_avals(item) if type(item) in CONTAINERS else aval_of(item) for item in value]
    return aval_of(value)
