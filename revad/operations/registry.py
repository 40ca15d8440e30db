"""The registry: which derivative rule belongs to which function.

Rules (floor 2) write to it and the engine (floor 3) reads from it; neither knows the other. The verbs say what kind of
function is described, most specific first:

=====================  =========================================================================================
`elementwise`          state the partial derivative; VJP and JVP follow
`linear`               state the adjoint; the JVP is the function itself
`vjp`                  state the pull-back of each argument; the JVP is its transpose
`jvp`                  state the JVP of an argument; `multilinear` says that it is the function itself
`vjp_joint`            one pull-back for several arguments that share work
`composite`            state the function itself in terms of other functions
`in_place`             writes into its first argument: state the writes ``a[key] = value`` that it consists of
`nondiff`              the derivative is zero (or cannot exist): comparisons, shapes, indices
`creation`             a constant shaped like its argument, tracked so that it can be written into
`unsupported`          refuse, with the reason
=====================  =========================================================================================

A rule names what it needs. The first parameter of a pull-back is the cotangent ``g``; the others are any of ``ans`` (the
output) and the function's own argument names. The engine keeps exactly those. A parameter annotated ``x: Aval`` receives
shape and dtype only. A parameter with a default is an option of the call: when the caller did not pass it, the default holds.
A rule that is a lambda is named after what it is registered for, such as ``vjp_matmul_x1``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from threading import RLock
from typing import Any

from revad.errors import RuleError
from revad.operations.operation import Marker, Operation, named, parameters_of, read_rule
from revad.operations.owned import is_kept_by, own_operation, owned
from revad.typing import Function

_REGISTRY: dict[Any, Operation] = {}
_pending: list[Callable[[], Any]] = []
caches: list[dict[Any, Any]] = []  # what others derived from rules, by function; forgotten when rules change
_companions: dict[str, Callable[[], Any]] = {}  # library -> what registers the rules of its functions
_loading = RLock()  # a second thread waits until the first has registered all rules


def load_on_first_use(loader: Callable[[], Any]) -> None:
    """Have rules registered only when the registry is first used, so that ``import revad`` stays cheap."""
    _pending.append(loader)


def load_with(library: str, loader: Callable[[], Any]) -> None:
    """Have rules registered when a function without a rule is met while that library is imported."""
    _companions[library] = loader


def _load() -> None:
    if _pending:
        _run(_pending)


def _load_companions() -> None:
    """Run the loaders of the libraries that the user has imported by now."""
    with _loading:
        if not _Loading.running:
            _run([_companions.pop(library) for library in list(_companions) if library in sys.modules])


def load_now(loader: Callable[[], Any]) -> None:
    """Register rules at once, as rules of ours: the registry has asked for them, or somebody imports one by name."""
    if _Loading.running:
        loader()
    else:
        _run([loader])


def _run(loaders: list[Callable[[], Any]]) -> None:
    with _loading:
        if loaders and not _Loading.running:
            _Loading.running = True
            try:
                for loader in loaders:
                    loader()
                loaders.clear()
            finally:
                _Loading.running = False


class _Loading:
    running = False


def lookup(function: Any) -> Operation | None:
    """Return the operation registered for a function, or None."""
    if _pending:
        _load()
    found = _REGISTRY.get(function) or own_operation(function)
    if found is None and _companions:
        _load_companions()
        found = _REGISTRY.get(function)
    return found


def operations() -> Iterator[Operation]:
    """Iterate over all registered operations."""
    _load()
    return iter([*_REGISTRY.values(), *owned])


def _operation(function: Function, kind: str = "rules") -> Operation:
    """Return the operation of a function, made on first mention; a later registration of another kind replaces it."""
    _load()
    operation = _REGISTRY.get(function) or own_operation(function)
    if operation is None or operation.kind != kind:
        operation = Operation(function, kind)
        if _Loading.running or function in _REGISTRY or not is_kept_by(function, operation):
            _REGISTRY[function] = operation
    return operation


def _declare(function: Function, rules: dict[str, Any], kind: str) -> Operation:
    """Register rules by argument name; ``kind`` says what they are, in the names that lambdas are given."""
    is_partial = kind == "partial"
    operation = _operation(function)
    for name, rule in rules.items():
        _check_rule(operation, name, rule)
        rule = named(rule, kind, operation.name, name)
        operation.declared[name] = (rule, is_partial)
        operation.rules.pop(name, None)
        operation.linear_in = tuple([other for other in operation.linear_in if other != name])
        if name in operation.joint_names:  # the newer rule counts
            operation.joint_names = tuple(["" if other == name else other for other in operation.joint_names])
            operation.linear_jointly = False
    _forget(operation)
    return operation


def _forget(operation: Operation) -> None:
    """Forget what was derived from rules that have changed."""
    operation.plans.clear()
    for cache in caches:
        cache.pop(operation.function, None)


def _check_rule(operation: Operation, name: str, rule: Any) -> None:
    if not (callable(rule) or isinstance(rule, Marker)):
        raise RuleError(
            f"the rule of {operation.name} for {name!r} must be a function, ONE or NONDIFF, "
            f"not {rule!r} of type {type(rule).__name__}"
        )
    if not _Loading.running:  # registered by a user
        _check_argument(operation, name)


def _check_argument(operation: Operation, name: str) -> None:
    names, rest = operation.parameters
    options = [p for p in (*names, *operation.keywords(), rest) if p is not None]
    if name not in options:
        raise RuleError(
            f"{operation.name} has no argument {name!r} to register a rule for; it has {', '.join(options) or 'none'}."
        )


def elementwise(function: Function, *partial: Any, **partials: Any) -> None:
    """Register an elementwise function by its partial derivatives; VJP and JVP follow.

    Parameters
    ----------
    function : callable
        Works element by element, with broadcasting.
    *partial : callable or ONE
        For a function of one argument: its derivative.
    **partials : callable, ONE or NONDIFF
        For several arguments: the partial derivative with respect to each, by argument name. A partial takes any of ``ans``
        and the argument names, and returns an array that broadcasts to the output's shape.

    Notes
    -----
    VJP: ``x̄ = ȳ · ∂f/∂x``; JVP: ``ẏ = Σ ∂f/∂xᵢ · ẋᵢ``. For a real function of a complex argument the partial is
    ``∂u/∂x − i ∂u/∂y``, as everywhere in revad.

    Examples
    --------
    >>> from revad import primitive
    >>> product = primitive(lambda x, y: x * y)
    >>> elementwise(product, x=lambda y: y, y=lambda x: x)
    """
    if partial:
        if len(partial) > 1:
            raise RuleError(f"elementwise({_name(function)}, ...): give partials of several arguments by name, x1=..., x2=...")
        first = parameters_of(function)[0][:1]
        partials = {**dict.fromkeys(first, *partial), **partials}
    _declare(function, partials, "partial")


def vjp(function: Function, **pullbacks: Any) -> None:
    """Register the pull-back of each argument: ``rule(g, ...) -> cotangent of that argument``.

    Parameters
    ----------
    function : callable
        The function that the rules belong to.
    **pullbacks : callable or NONDIFF
        By argument name. The engine sums the result down to the argument's shape and casts it to its dtype. For an argument
        that is a sequence of arrays (and for ``*args``) the rule returns a sequence of cotangents of the same length.
    """
    _declare(function, pullbacks, "vjp")


def linear(function: Function, name: str) -> Callable[[Function], Function]:
    """Register the adjoint of a function that is linear in the named argument; its JVP is the function itself.

    Parameters
    ----------
    function : callable
        Linear in the named argument, which may be a sequence of arrays.
    name : str
        The linear argument.

    Returns
    -------
    callable
        A decorator for the adjoint ``rule(g, ...)``; it returns the rule unchanged.
    """

    def register(adjoint: Function) -> Function:
        _declare(function, {name: adjoint}, "adjoint").linear_in = (name,)
        return adjoint

    return register


def multilinear(function: Function, *names: str) -> None:
    """State that a function is linear in each of several arguments, ``f(a + ȧ, b) = f(a, b) + f(ȧ, b)``: its JVPs are itself."""
    _operation(function).linear_in = names


def vjp_joint(function: Function, *names: str, linear: bool = False) -> Callable[[Function], Function]:
    """Register one pull-back for several arguments that share work.

    Parameters
    ----------
    function : callable
        The function that the rule belongs to.
    *names : str
        The differentiable arguments.
    linear : bool
        The function is linear in all of them together, so its JVP is the function itself.

    Returns
    -------
    callable
        A decorator for ``rule(g, needs, ...) -> tuple``: ``needs`` has one bool per name, the result one cotangent per name
        (anything where ``needs`` is False). A rule with a parameter ``ours`` is told whether ``g`` is a buffer that it may
        write into; the first cotangent that it returns must then be such a buffer too.
    """

    def register(rule: Function) -> Function:
        operation = _operation(function)
        rule = named(rule, "vjp_joint", operation.name)
        if not _Loading.running:
            for name in names:
                _check_argument(operation, name)
        operation.joint_names = names
        operation.linear_jointly = linear
        operation.joint = read_rule(rule, is_partial=False, skip=2)
        _forget(operation)
        return rule

    return register


def state_jvp(function: Function, push: Any, *names: str, is_joint: bool = False) -> Operation:
    """State the JVP of an argument, or one for several arguments; see `revad.extend.jvp`."""
    operation = _operation(function)
    for name in names:
        _check_rule(operation, name, push)
    rule: Any = push if isinstance(push, Marker) else read_rule(push, is_partial=False, skip=1)
    for name in names:  # the newer rule counts
        operation.pushes.pop(name, None)
        if operation.joint_push is not None:
            older, joint = operation.joint_push
            operation.joint_push = tuple(["" if other == name else other for other in older]), joint
    if is_joint:
        operation.joint_push = (names, rule)
    else:
        operation.pushes[names[0]] = rule
    _forget(operation)
    return operation


def jvp(function: Function, **pushes: Any) -> None:
    """Register JVPs by argument name, ``rule(t, ...) -> tangent of the output``, where the transpose of the pull-back costs more."""
    for name, push in pushes.items():
        state_jvp(function, named(push, "jvp", _name(function), name), name)


def composite(function: Function) -> Callable[[Function], Function]:
    """Register a function by a definition in terms of other functions (a decorator).

    The definition has the same parameters and is called with tracked values as they are.
    """

    def register(definition: Function) -> Function:
        operation = _operation(function, "composite")
        operation.composite = named(definition, "composite", operation.name)
        return definition

    return register


def alias(function: Function, original: Function) -> None:
    """Register a function that computes the same as another one, with the same rules under the same parameter names."""
    known = _REGISTRY[original]
    operation = _REGISTRY[function] = Operation(function, known.kind)
    operation.declared = known.declared
    operation.linear_in = known.linear_in
    operation.signature = known.parameters


def in_place(function: Function) -> Callable[[Function], Function]:
    """Register a function that writes into its first argument by a definition in terms of ``a[key] = value`` (a decorator)."""

    def register(definition: Function) -> Function:
        operation = _operation(function, "in_place")
        operation.composite = named(definition, "in_place", operation.name)
        return definition

    return register


def accuracy(function: Function, **statements: str) -> None:
    """State how accurate the derivative with respect to an argument is, where it is a numerical approximation."""
    _operation(function).accuracy.update(statements)


def nondiff(*functions: Function) -> None:
    """Register functions whose derivative is zero or cannot exist: they are called on the values underneath."""
    for function in functions:
        _operation(function, "nondiff")


def creation(*functions: Function) -> None:
    """Register functions that make a constant shaped like a tracked value; it is tracked, so that code may write into it."""
    for function in functions:
        _operation(function, "creation")


def unsupported(reason: str, *functions: Function) -> None:
    """Register functions that are refused when called with tracked values, with the reason that the user is told."""
    for function in functions:
        _operation(function, "unsupported").reason = reason


def _name(function: Any) -> str:
    return getattr(function, "__name__", repr(function))
