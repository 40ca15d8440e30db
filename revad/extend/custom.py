"""`custom_vjp` and `custom_jvp`: functions of pytrees with a pull-back or a JVP of their own, in JAX's style."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import update_wrapper
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from revad.base.trees import flatten, same_structure
from revad.engine.handles import keep
from revad.errors import ArgumentError, RuleError
from revad.extend.calls import Call, Custom, is_pair, is_single
from revad.extend.guarding import guard
from revad.operations.operation import EXACT, NONDIFF, Operation, Rule
from revad.tensors.pushing import moving
from revad.tensors.transposing import as_recorded, explain, fit_tangent, transpose

_F = TypeVar("_F", bound=Callable[..., Any])


class _WithJvp(Custom):
    """A function whose JVP can be stated."""

    jvp: Callable[..., Any] | None = None

    def defjvp(self, jvp: _F) -> _F:
        """State the JVP: ``jvp(*nondiff, primals, tangents) -> (output, tangent of the output)``; also a decorator.

        ``primals`` and ``tangents`` are tuples with one entry for each argument that is differentiated, of its structure. The
        tangent of an argument that does not move is zero. The rule is linear in ``tangents``.
        """
        self.jvp = jvp
        self._operations = {}
        return jvp

    def _state_jvp(self, operation: Operation) -> Any:
        """Have forward mode use the JVP; return the rule under cover: ``rule(tangents, call, leaves) -> (outputs, their tangents)``."""
        jvp: Any = self.jvp

        def push(tangents: Any, call: Call, leaves: Any) -> tuple[Any, Any]:
            result = jvp(*call.static.values(), call.moving(leaves), call.moving(tangents))
            if not is_pair(result):
                got = type(result).__name__
                raise RuleError(f"{self.kind}: the JVP of {self._name} must return (output, tangent), not {got}.")
            output, tangent = result
            outputs = call.outputs(output)
            return outputs, self._tangents(call, outputs, tangent)

        rule = guard(update_wrapper(push, jvp), EXACT)

        def with_tangents(args: Any, tangents: Any) -> Any:
            call, *leaves = args
            directions = [moving(t, leaf) for t, leaf in zip(tangents[1:], leaves, strict=True)]
            outputs, pushed = rule(directions, call, leaves)
            return outputs, fit_tangent(pushed, outputs, rule, (directions, leaves))

        operation.with_tangents = with_tangents
        return rule

    def _tangents(self, call: Call, outputs: Any, tangent: Any) -> Any:
        """Return the leaves of an output's tangent."""
        if call.rebuild_output is None and is_single(tangent):
            return tangent
        leaves = flatten(tangent)[0]
        expected = 1 if call.rebuild_output is None else len(outputs)
        if expected != len(leaves):
            raise RuleError(
                f"{self.kind}: the JVP of {self._name} returned a tangent with {len(leaves)} leaves for an output with {expected}."
            )
        if not same_structure(tangent, call.result(outputs)):
            raise RuleError(
                f"{self.kind}: the JVP of {self._name} returned a tangent whose containers are not those of its output."
            )
        return leaves[0] if call.rebuild_output is None else leaves


_ALL = (True,)


class custom_vjp(_WithJvp):  # noqa: N801  (reads as a decorator)
    """Give a function a pull-back of its own (a decorator, in JAX's style).

    Parameters
    ----------
    f : callable
        The function. Arguments and output may be pytrees.
    nondiff_argnums : int or tuple of int
        Positions of arguments that are not differentiated (functions, strings, options); they are passed first to ``bwd``.

    Notes
    -----
    Forward mode transposes ``bwd``, unless `defjvp` states the JVP. Arguments may be passed by keyword; rules get them by
    position, with the defaults of those that the caller left out.

    Examples
    --------
    >>> import numpy as np
    >>> import revad
    >>> @revad.custom_vjp
    ... def clipped(x):
    ...     return x
    >>> def forward(x):
    ...     return x, None  # output, residuals
    >>> def backward(residuals, g):
    ...     return (np.clip(g, -1.0, 1.0),)  # one cotangent per argument
    >>> clipped.defvjp(forward, backward)
    >>> revad.grad(lambda x: 5.0 * clipped(x))(2.0)
    1.0
    """

    kind = "custom_vjp"
    fwd: Callable[..., Any] | None = None
    bwd: Callable[..., Any] | None = None
    takes_needs = False

    def defvjp(self, fwd: Callable[..., Any], bwd: Callable[..., Any]) -> None:
        """Set the rules: ``fwd(*args) -> (output, residuals)`` and ``bwd(*nondiff, residuals, g) -> tuple of cotangents``.

        A cotangent has its argument's structure and shapes, or is None for zero. A ``bwd`` with a parameter ``needs`` is told which
        of the cotangents are used, one bool for each; the others may be None.
        """
        self.fwd, self.bwd = fwd, bwd
        self.takes_needs = "needs" in inspect.signature(bwd).parameters
        self._operations = {}

    def _state_rules(self, operation: Operation, names: tuple[str, ...]) -> None:
        if self.jvp is not None:
            self._state_jvp(operation)

        def forward(call: Call, *leaves: Any) -> Any:
            if self.fwd is None:
                raise RuleError(f"custom_vjp: call {self._name}.defvjp(fwd, bwd) before differentiating {self._name}.")
            try:
                result = self.fwd(*leaves) if not call.total else call.run(self.fwd, leaves)
            except (TypeError, ValueError) as error:
                explain(self.fwd, error)
                raise
            if not (type(result) is tuple and len(result) == 2) and not is_pair(result):
                got = type(result).__name__
                raise RuleError(f"custom_vjp: fwd of {self._name} must return (output, residuals), not {got}.")
            output, residuals = result
            outputs = output if type(output) is np.ndarray else call.outputs(output)
            return outputs, call, _kept(residuals, (*leaves, *(outputs if type(outputs) is list else (outputs,))))

        bwd: Any = self.bwd

        def pull(g: Any, needs: tuple[bool, ...], call: Call, residuals: Any) -> Any:
            if call.rebuild_output is not None:
                g = call.rebuild_output(list(g))
            if self.takes_needs:
                cotangents = bwd(*call.static.values(), residuals, g, needs=_of_arguments(needs, call.counts))
            else:
                cotangents = bwd(*call.static.values(), residuals, g)
            count = len(needs) if call.counts is None else len(call.counts)
            if not isinstance(cotangents, (tuple, list)) or len(cotangents) != count:
                raise RuleError(
                    f"custom_vjp: bwd of {self._name} must return a tuple of {count} cotangents, one per argument, "
                    f"not {type(cotangents).__name__}{f' of {len(cotangents)}' if isinstance(cotangents, (tuple, list)) else ''}."
                )
            return call.leaves_like(cotangents, len(needs), NONDIFF, self._mismatch)

        operation.forward = forward
        if len(names) == 1:  # no other cotangents
            pull_one = update_wrapper(lambda g, call, residuals: pull(g, _ALL, call, residuals)[0], bwd or pull)
            operation.rules[names[0]] = Rule(guard(pull_one, EXACT), (), is_partial=False)
            return
        operation.joint_names = names
        operation.joint = Rule(guard(update_wrapper(pull, bwd or pull), EXACT, is_joint=True), (), is_partial=False)

    def _mismatch(self, got: int, expected: int) -> ArgumentError:
        if got != expected:
            return ArgumentError(
                f"custom_vjp: bwd of {self._name} returned a cotangent with {got} leaves for an argument with {expected}."
            )
        return ArgumentError(
            f"custom_vjp: bwd of {self._name} returned a cotangent whose containers are not those of its argument."
        )


class custom_jvp(_WithJvp):  # noqa: N801  (reads as a decorator)
    """Give a function a JVP of its own (a decorator, in JAX's style).

    Parameters
    ----------
    f : callable
        The function. Arguments and output may be pytrees.
    nondiff_argnums : int or tuple of int
        Positions of arguments that are not differentiated (functions, strings, options); they are passed first to the JVP.

    Notes
    -----
    The reverse mode transposes the JVP, which is linear in the tangents. The rule is NumPy code and may call the function
    itself, so derivatives of any order follow.

    Examples
    --------
    >>> import numpy as np
    >>> import revad
    >>> @revad.custom_jvp
    ... def softplus(x):
    ...     return np.log1p(np.exp(x))
    >>> @softplus.defjvp
    ... def softplus_jvp(primals, tangents):
    ...     (x,), (t,) = primals, tangents
    ...     return softplus(x), t / (1.0 + np.exp(-x))  # the chain rule gives inf / inf for large x
    >>> revad.grad(softplus)(1000.0)
    1.0
    """

    kind = "custom_jvp"

    def _state_rules(self, operation: Operation, names: tuple[str, ...]) -> None:
        if self.jvp is None:
            raise RuleError(f"custom_jvp: call {self._name}.defjvp(rule) before differentiating {self._name}.")
        rule = self._state_jvp(operation)

        def forward(call: Call, *leaves: Any) -> Any:
            return operation.function(call, *leaves), call, leaves

        def pull(g: Any, needs: tuple[bool, ...], call: Call, leaves: Any) -> list[Any]:
            recorded = as_recorded(rule, leaves)

            def push(tangents: Any) -> Any:
                pushed = iter(tangents)
                filled = [next(pushed) if needed else moving(None, leaf) for needed, leaf in zip(needs, leaves, strict=True)]
                return recorded(filled, call, leaves)[1]

            like = [moving(None, leaf) for needed, leaf in zip(needs, leaves, strict=True) if needed]
            found = iter(transpose(push, g, like, rule, (leaves,), fit_tangent))
            return [next(found) if needed else NONDIFF for needed in needs]

        operation.forward = forward
        operation.joint_names = names
        operation.joint = Rule(pull, (), is_partial=False)


def _kept(residuals: Any, protected: tuple[Any, ...]) -> Any:
    """Return residuals as they are now: a copy of what the user could still write into."""
    kind = type(residuals)
    if kind is tuple or kind is list:
        return kind([_kept(part, protected) for part in residuals])
    if kind is dict:
        return {name: _kept(part, protected) for name, part in residuals.items()}
    for one in protected:
        if residuals is one:
            return residuals
    return keep(residuals)


def _of_arguments(needs: tuple[bool, ...], counts: list[int] | None) -> tuple[bool, ...]:
    """Return which arguments are needed, given which leaves are."""
    if counts is None:
        return needs
    remaining = iter(needs)
    return tuple([any(list(islice(remaining, count))) for count in counts])
