"""Recurrences for the coefficients of elementwise functions, order by order.

From y' = f'(x) x' follows k yₖ = Σ j xⱼ pₖ₋ⱼ with the coefficients p of f'(x). The partial derivative is run as the rule states it, on
series that are one order shorter (`by_partials`); functions whose partial derivative leads back to themselves in a longer way have
recurrences of their own. A recurrence gets coefficients as lists, the value first, None where zero, and returns those from the
first on; or None where it does not hold.

A. Griewank and A. Walther (2008), *Evaluating Derivatives*, section 13.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from revad.base.aval import aval_of
from revad.engine.handles import level_of
from revad.engine.keeping import asked_for
from revad.operations.operation import NONDIFF, ONE
from revad.operations.registry import lookup
from revad.tensors.directions import aligned, product, total
from revad.typing import Array

Coefficients = list[Any]


def _numpy(x: Coefficients) -> Coefficients:
    """Return coefficients of a Python float as NumPy's, which divide by zero as arrays do."""
    return [np.float64(part) if type(part) is float else part for part in x]


def by_partials(call: Any, rules: dict[str, Any], tracked: dict[str, Any]) -> tuple[Any, Coefficients]:
    """Return an elementwise function and its coefficients by the rules of its arguments."""
    ans = call.run()
    own = {name: rule for name, rule in rules.items() if rule is not NONDIFF}
    by_ans = any(
        rule is not ONE and any(need.name == "ans" and not need.as_aval for need in rule.needs) for rule in own.values()
    )
    x = {name: _numpy(call.coefficients(tracked[name])) for name in own}
    y: Coefficients = [ans]
    partials: dict[str, Coefficients] = {}
    for k in range(1, call.order + 1):
        if k == 1 or by_ans:  # the partial derivatives, as far as the output is known
            known = k if by_ans else call.order
            partials = {
                name: None if rule is ONE else _partial(call, rule, y, known - 1)
                for name, rule in own.items()  # pyright: ignore[reportAssignmentType]
            }
        y.append(total(_integrated(call, x[name], partials[name], k, ans) for name in own))
    return ans, y[1:]


def _integrated(call: Any, x: Coefficients, p: Any, k: int, ans: Array) -> Any:
    """Return the k-th coefficient of ∫ p x' dt."""
    if p is None:
        return aligned(call.lines, x[k], k, np.ndim(x[0]), np.ndim(ans))
    return total(_scaled(product(call.lines, x, j, p, k - j), j / k) for j in range(1, k + 1))


def _scaled(part: Any, factor: float) -> Any:
    return part if part is None or factor == 1 else part * factor


def _partial(call: Any, rule: Any, y: Coefficients, order: int) -> Coefficients:
    """Return the coefficients of a partial derivative up to an order."""
    args = tuple([call.truncated(value, order) for value in call.args])
    kwargs = {name: call.truncated(value, order) for name, value in call.kwargs.items()}
    kept = asked_for(call.operation, rule, args, kwargs, call.tracked(y[: order + 1]))
    found = rule.function(*_numpy(list(kept)))
    if level_of(found) != call.level:
        return [found] + [None] * order
    return [found._value, *found._node[2][:order]]


def _slope(call: Any, function: Any, x: tuple[Any, ...], ans: Array, name: str = "x") -> Any:
    """Return the first derivative as the rule of the function states it: where one may cancel, the rule looks after it."""
    operation = lookup(function)
    rule = operation.rule(name)  # pyright: ignore[reportOptionalMemberAccess]
    return rule.function(*_numpy(list(asked_for(operation, rule, x, {}, ans))))  # pyright: ignore[reportArgumentType]


# Sums, products, quotients ---------------------------------------------------------------------------------------------------


def _add(call: Any, ans: Array, a: Coefficients, b: Coefficients) -> Coefficients:
    ndim = np.ndim(ans)
    return [
        total(aligned(call.lines, c[k], k, np.ndim(c[0]), ndim) for c in (a, b) if c[k] is not None)
        for k in range(1, call.order + 1)
    ]


def _subtract(call: Any, ans: Array, a: Coefficients, b: Coefficients) -> Coefficients:
    return _add(call, ans, a, [b[0], *[None if part is None else -part for part in b[1:]]])


def _multiply(call: Any, ans: Array, a: Coefficients, b: Coefficients) -> Coefficients:
    return [total(product(call.lines, a, i, b, k - i) for i in range(k + 1)) for k in range(1, call.order + 1)]


def _square(call: Any, ans: Array, x: Coefficients) -> Coefficients:
    return _multiply(call, ans, x, x)


def _divide(call: Any, ans: Array, a: Coefficients, b: Coefficients) -> Coefficients:
    """Divide, y = a/b: b₀ yₖ = aₖ − Σ bⱼ yₖ₋ⱼ."""
    a, b = _numpy(a), _numpy(b)
    y, ndim = _numpy([ans]), np.ndim(ans)
    for k in range(1, call.order + 1):
        rest = total(product(call.lines, b, j, y, k - j) for j in range(1, k + 1))
        whole = total((aligned(call.lines, a[k], k, np.ndim(a[0]), ndim), None if rest is None else -rest))
        y.append(None if whole is None else whole / b[0])
    return y[1:]


def _reciprocal(call: Any, ans: Array, x: Coefficients) -> Coefficients:
    return _divide(call, ans, [1.0] + [None] * call.order, x)


def _sqrt(call: Any, ans: Array, x: Coefficients) -> Coefficients:
    """Square root, y² = x: 2 y₀ yₖ = xₖ − Σ yⱼ yₖ₋ⱼ with 0 < j < k."""
    x, y = _numpy(x), _numpy([ans])
    for k in range(1, call.order + 1):
        rest = total(product(call.lines, y, j, y, k - j) for j in range(1, k))
        whole = total((x[k], None if rest is None else -rest))
        y.append(None if whole is None else whole * (0.5 / y[0]))
    return y[1:]


def _hypot(call: Any, ans: Array, a: Coefficients, b: Coefficients) -> Coefficients | None:
    """Hypotenuse, y² = a² + b²: y₀ yₖ = ½ (a² + b²)ₖ − ½ Σ yⱼ yₖ₋ⱼ with 0 < j < k, all divided by y₀ first; at 0 by the rules."""
    if bool(np.any(np.equal(ans, 0) | np.isinf(ans))):
        return None
    a, b, y = _numpy(a), _numpy(b), _numpy([ans])
    scaled = [[None if part is None else part / y[0] for part in c] if np.ndim(c[0]) == np.ndim(ans) else None for c in (a, b)]
    if None in scaled:
        return None
    first: Any = scaled[0]
    second: Any = scaled[1]
    ratios = [y[0] / y[0]]
    for k in range(1, call.order + 1):
        squares = [product(call.lines, c, i, c, k - i) for c in (first, second) for i in range(k + 1)]
        rest = [product(call.lines, ratios, j, ratios, k - j) for j in range(1, k)]
        whole = total((total(squares), *[None if part is None else -part for part in rest]))
        ratios.append(_scaled(whole, 0.5))
    return [None if part is None else part * y[0] for part in ratios[1:]]


def _logaddexp(call: Any, ans: Array, a: Coefficients, b: Coefficients) -> Coefficients:
    """Logarithm of a sum, y' = p a' + (1 − p) b' with p = e^(a − y), p' = p (1 − p) (a − b)'."""
    a, b = _numpy(a), _numpy(b)
    difference = [a[0] - b[0], *_subtract(call, ans, a, b)]
    p, q = ([_slope(call, np.logaddexp, (a[0], b[0]), ans, name)] for name in ("x1", "x2"))
    y: Coefficients = []
    for k in range(1, call.order + 1):
        y.append(total((_integrated(call, a, p, k, ans), _integrated(call, b, q, k, ans))))
        weight = [p[0] * q[0], *[total(product(call.lines, p, i, q, n - i) for i in range(n + 1)) for n in range(1, k)]]
        p.append(_integrated(call, difference, weight, k, ans))
        q.append(None if p[-1] is None else -p[-1])
    return y


def _power(call: Any, ans: Array, x: Coefficients, p: Coefficients) -> Coefficients | None:
    """Power, y = x^p with a constant p: k x₀ yₖ = Σ (p j − (k − j)) xⱼ yₖ₋ⱼ; where the value says nothing of the rest, by the rules."""
    if any(part is not None for part in p[1:]):
        return None
    size, info = np.abs(ans), np.finfo(aval_of(ans).dtype)
    if bool(np.any((size < info.tiny**0.5) | (size > info.max**0.5) | np.equal(x[0], 0))):
        return None
    x, y, exponent = _numpy(x), _numpy([ans]), p[0]
    for k in range(1, call.order + 1):
        parts = [product(call.lines, x, j, y, k - j) for j in range(1, k + 1)]
        whole = total(
            None if part is None else part * ((exponent * j - (k - j)) / k)
            for j, part in zip(range(1, k + 1), parts, strict=True)
        )
        y.append(None if whole is None else whole / x[0])
    return y[1:]


def _where(call: Any, ans: Array, condition: Coefficients, x: Coefficients, y: Coefficients) -> Coefficients:
    ndim, chosen = np.ndim(ans), condition[0]
    found: Coefficients = []
    for k in range(1, call.order + 1):
        a, b = (aligned(call.lines, c[k], k, np.ndim(c[0]), ndim) for c in (x, y))
        found.append(None if a is None and b is None else np.where(chosen, 0 if a is None else a, 0 if b is None else b))
    return found


def _sign(call: Any, ans: Array, x: Coefficients) -> Coefficients | None:
    """A real sign does not move."""
    return None if np.iscomplexobj(ans) else [None] * call.order


# Pairs of functions that are each other's derivative -------------------------------------------------------------------------


def _paired(other: Any, sign: float, first: bool) -> Callable[..., Coefficients]:  # noqa: FBT001
    """Return the recurrence of a function f with a companion g: f' = a g x' and g' = b f x', where a or b is ``sign``, the other 1."""
    ours, theirs = (1.0, sign) if first else (sign, 1.0)

    def recurrence(call: Any, ans: Array, x: Coefficients) -> Coefficients:
        x = _numpy(x)
        f, g = _numpy([ans]), [other(x[0])]
        for k in range(1, call.order + 1):
            up, across = (_integrated(call, x, companion, k, ans) for companion in (g, f))
            f.append(_scaled(up, ours))
            g.append(_scaled(across, theirs))
        return f[1:]

    return recurrence


def _tangent(function: Any, sign: float) -> Callable[..., Coefficients]:
    """Return the recurrence of y' = w x' with w = 1 + sign y²."""

    def recurrence(call: Any, ans: Array, x: Coefficients) -> Coefficients:
        x, y = _numpy(x), _numpy([ans])
        w = [_slope(call, function, (x[0],), y[0])]
        for k in range(1, call.order + 1):
            y.append(_integrated(call, x, w, k, ans))
            w.append(_scaled(total(product(call.lines, y, i, y, k - i) for i in range(k + 1)), sign))
        return y[1:]

    return recurrence


def _arctan(call: Any, ans: Array, x: Coefficients) -> Coefficients | None:
    """Arc tangent, y' = x'/(1 + x²)."""
    if np.iscomplexobj(ans):
        return None
    x = _numpy(x)
    w = [1 + x[0] * x[0], *_multiply(call, ans, x, x)]
    p = [1 / w[0]]
    p += _reciprocal(call, p[0], w)
    return [_integrated(call, x, p, k, ans) for k in range(1, call.order + 1)]


RECURRENCES: dict[Any, Callable[..., Any]] = {
    np.add: _add,
    np.subtract: _subtract,
    np.multiply: _multiply,
    np.square: _square,
    np.divide: _divide,
    np.reciprocal: _reciprocal,
    np.sqrt: _sqrt,
    np.power: _power,
    np.hypot: _hypot,
    np.logaddexp: _logaddexp,
    np.where: _where,
    np.sign: _sign,
    np.sin: _paired(np.cos, -1.0, first=True),
    np.cos: _paired(np.sin, -1.0, first=False),
    np.sinh: _paired(np.cosh, 1.0, first=True),
    np.cosh: _paired(np.sinh, 1.0, first=False),
    np.tan: _tangent(np.tan, 1.0),
    np.tanh: _tangent(np.tanh, -1.0),
    np.arctan: _arctan,
}
