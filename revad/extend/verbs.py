"""The registry's verbs for users: the rules are checked as they come, and covered (see `guarding`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any

import numpy as np

from revad.base.aval import Aval, aval_of
from revad.extend.guarding import guard
from revad.operations import registry
from revad.operations.operation import BROADCASTING, ELEMENTWISE, Marker, named, parameters_of
from revad.tensors.transposing import as_recorded, fit_tangent, transpose
from revad.typing import Function


@wraps(registry.elementwise)
def elementwise(function: Function, *partial: Any, **partials: Any) -> None:  # noqa: D103  (the registry's docstring)
    first = "".join(parameters_of(function)[0][:1])
    alone = [guard(named(rule, "partial", _name(function), first), ELEMENTWISE) for rule in partial]
    registry.elementwise(function, *alone, **_guarded(function, "partial", partials, ELEMENTWISE))


@wraps(registry.vjp)
def vjp(function: Function, **pullbacks: Any) -> None:  # noqa: D103
    registry.vjp(function, **_guarded(function, "vjp", pullbacks, BROADCASTING))


@wraps(registry.linear)
def linear(function: Function, name: str) -> Callable[[Function], Function]:  # noqa: D103
    def register(adjoint: Function) -> Function:
        registry.linear(function, name)(guard(named(adjoint, "adjoint", _name(function), name), BROADCASTING))
        return adjoint

    return register


@wraps(registry.vjp_joint)
def vjp_joint(function: Function, *names: str, linear: bool = False) -> Callable[[Function], Function]:  # noqa: D103
    def register(rule: Function) -> Function:
        registry.vjp_joint(function, *names, linear=linear)(
            guard(named(rule, "vjp_joint", _name(function)), BROADCASTING, is_joint=True)
        )
        return rule

    return register


def jvp(function: Function, **pushes: Any) -> None:
    """State the JVP of each argument: ``rule(t, ...) -> tangent of the output``.

    Forward mode uses it in place of the transposed pull-back. Where an argument has no pull-back, the reverse mode transposes
    its JVP, so one of the two is enough.

    Parameters
    ----------
    function : callable
        The function that the rules belong to.
    **pushes : callable or NONDIFF
        By argument name. A rule takes the tangent ``t`` of that argument, then any of ``ans`` and the argument names, and
        returns the tangent of the output (a tuple of them where there are several outputs); it is linear in ``t``. revad adds
        up what the arguments give. For an argument that is a sequence of arrays (and for ``*args``) ``t`` is the list of their
        tangents, zero where an item does not move.

    Notes
    -----
    ``ẏ = Σ (∂f/∂xᵢ) ẋᵢ``; the pull-back that follows is ``x̄ᵢ = (∂f/∂xᵢ)ᵀ ȳ``.
    """
    for name, push in _guarded(function, "jvp", pushes, BROADCASTING).items():
        operation = registry.state_jvp(function, push, name)
        if follows_from_jvp(operation, name):
            registry.vjp(function, **{name: push if isinstance(push, Marker) else _transposed(push, name)})


def jvp_joint(function: Function, *names: str) -> Callable[[Function], Function]:
    """State one JVP for several arguments that share work; see `revad.extend.jvp`.

    Parameters
    ----------
    function : callable
        The function that the rule belongs to.
    *names : str
        The differentiable arguments.

    Returns
    -------
    callable
        A decorator for ``rule(tangents, ...) -> tangent of the output``: ``tangents`` has one tangent per name, zero for an
        argument that does not move.
    """

    def register(rule: Function) -> Function:
        covered = guard(named(rule, "jvp_joint", _name(function)), BROADCASTING)
        operation = registry.state_jvp(function, covered, *names, is_joint=True)
        for name in names:
            if follows_from_jvp(operation, name):
                registry.vjp(function, **{name: _transposed(covered, name, names)})
        return rule

    return register


def _guarded(function: Any, kind: str, rules: dict[str, Any], fits: str) -> dict[str, Any]:
    """Return rules under their names and under cover."""
    return {name: guard(named(rule, kind, _name(function), name), fits) for name, rule in rules.items()}


def _name(function: Any) -> str:
    return getattr(function, "__name__", repr(function))


def follows_from_jvp(operation: Any, name: str) -> bool:
    """Return whether the pull-back of an argument is to follow from its JVP, because nobody wrote one."""
    declared = operation.declared.get(name, (None,))[0]
    return name not in operation.joint_names and (declared is None or hasattr(declared, "follows_from_jvp"))


def _transposed(push: Function, name: str, joint_names: tuple[str, ...] = ()) -> Function:
    """Return the pull-back of an argument that follows from a JVP: of that argument, or of several arguments together."""
    wanted = list(signature(push).parameters.values())[1:]
    asked = [parameter.name for parameter in wanted]
    avals = [other for other in joint_names or (name,) if other not in asked]

    def pull(g: Any, *values: Any) -> Any:
        kept = values[len(avals) :]
        recorded = as_recorded(push, kept)
        zeros = {other: _zeros(value) for other, value in zip([*avals, *asked], values, strict=True)}

        def pushed(t: Any) -> Any:
            t = list(t) if isinstance(t, tuple) else t
            return recorded(tuple(t if n == name else zeros[n] for n in joint_names) if joint_names else t, *kept)

        return transpose(pushed, g, zeros[name], push, kept, fit_tangent)

    pull.__name__ = f"transposed_{getattr(push, '__name__', 'jvp')}"
    pull.follows_from_jvp = True  # pyright: ignore[reportFunctionMemberAccess]
    kind = Parameter.POSITIONAL_OR_KEYWORD
    pull.__signature__ = Signature(  # pyright: ignore[reportFunctionMemberAccess]
        [Parameter("g", kind), *[Parameter(other, kind, annotation=Aval) for other in avals], *wanted]
    )
    return pull


def _zeros(value: Any) -> Any:
    """Return the tangent of an argument that does not move, given the argument or its shape and dtype."""
    if type(value) in (list, tuple):
        return [_zeros(item) for item in value]
    aval = value if isinstance(value, Aval) else aval_of(value)
    return np.zeros(aval.shape, aval.dtype)[()] if aval.dtype.kind in "fc" else 0.0
