"""The nodes that Python's operators ``+ - * / ** -`` make on the fast path, one function for each pattern of operands.

``..._one`` and its like: the other operand ``c`` is a Python number. ``..._both``: both are tracked, with one shape and dtype.
``..._wide``: both are arrays that broadcast, so the cotangents are projected. They run for every operation, so they write a node's places
as numbers; `revad.engine.tape` names them.
"""

from __future__ import annotations

import operator
from math import copysign, inf
from typing import Any

import numpy as np

from revad.engine.record import identity
from revad.engine.tape import PARTIAL, PASS, PULL, SCALE, Node, next_order
from revad.operations.powers import power_slope
from revad.typing import Array


def pass_one(shape: Any, dtype: Any, node: Node, x: Array, c: Array, ans: Array) -> Node:
    """X + c: the cotangent passes."""
    return (next_order(), node[1], shape, dtype, node, PASS, None, None)


def pass_both(shape: Any, dtype: Any, node: Node, parent: Node, x: Array, y: Array, ans: Array) -> Node:
    """X + y: the cotangent passes to both."""
    return (next_order(), node[1], shape, dtype, node, PASS, None, None, parent, PASS, None, None)


def pass_wide(shape: Any, dtype: Any, node: Node, parent: Node, x: Array, y: Array, ans: Array) -> Node:
    """X + y, broadcast."""
    return (next_order(), node[1], shape, dtype, node, PULL, (), identity, parent, PULL, (), identity)


def scale_one(shape: Any, dtype: Any, node: Node, x: Array, c: Array, ans: Array) -> Node:
    """X · c: the cotangent times c."""
    return (next_order(), node[1], shape, dtype, node, SCALE, c, None)


def scale_both(shape: Any, dtype: Any, node: Node, parent: Node, x: Array, y: Array, ans: Array) -> Node:
    """X · y: the cotangent times the other factor."""
    return (next_order(), node[1], shape, dtype, node, SCALE, y, None, parent, SCALE, x, None)


def scale_wide(shape: Any, dtype: Any, node: Node, parent: Node, x: Array, y: Array, ans: Array) -> Node:
    """X · y, broadcast."""
    return (next_order(), node[1], shape, dtype, node, PULL, (y,), operator.mul, parent, PULL, (x,), operator.mul)


def negate(shape: Any, dtype: Any, node: Node, x: Array, c: Array, ans: Array) -> Node:
    """C − x: the cotangent changes its sign."""
    return (next_order(), node[1], shape, dtype, node, SCALE, -1.0, None)


def subtract_both(shape: Any, dtype: Any, node: Node, parent: Node, x: Array, y: Array, ans: Array) -> Node:
    """X − y: the cotangent passes, and changes its sign."""
    return (next_order(), node[1], shape, dtype, node, PASS, None, None, parent, SCALE, -1.0, None)


def subtract_wide(shape: Any, dtype: Any, node: Node, parent: Node, x: Array, y: Array, ans: Array) -> Node:
    """X − y, broadcast."""
    return (next_order(), node[1], shape, dtype, node, PULL, (), identity, parent, PULL, (), operator.neg)


def divide_by(shape: Any, dtype: Any, node: Node, x: Array, c: Array, ans: Array) -> Node:
    """X / c: the cotangent over c."""
    return (next_order(), node[1], shape, dtype, node, SCALE, 1 / c if c else copysign(inf, c), None)


def divide_both(shape: Any, dtype: Any, node: Node, parent: Node, x: Array, y: Array, ans: Array) -> Node:
    """X / y of floats: ∂/∂x = 1/y, ∂/∂y = −(x/y)/y."""
    return (next_order(), node[1], shape, dtype, node, SCALE, 1 / y, None, parent, SCALE, -ans / y, None)


def divide_wide(shape: Any, dtype: Any, node: Node, parent: Node, x: Array, y: Array, ans: Array) -> Node:
    """X / y of arrays."""
    return (next_order(), node[1], shape, dtype, node, PARTIAL, (y,), inverse, parent, PARTIAL, (ans, y), by_divisor)


def inverse(y: Array) -> Any:
    """Return ∂(x/y)/∂x = 1/y."""
    return 1 / y


def by_divisor(ans: Array, y: Array) -> Any:
    """Return ∂(x/y)/∂y = −(x/y)/y."""
    return -ans / y


def divided(shape: Any, dtype: Any, node: Node, x: Array, c: Array, ans: Array) -> Node:
    """C / x: ∂/∂x = −(c/x)/x."""
    return (next_order(), node[1], shape, dtype, node, SCALE, -ans / x, None)


def power_of(shape: Any, dtype: Any, node: Node, x: Array, c: Array, ans: Array) -> Node:
    """xᶜ of floats: c·xᶜ⁻¹."""
    return (next_order(), node[1], shape, dtype, node, SCALE, float(power_slope(x, c)), None)


def power_both(shape: Any, dtype: Any, node: Node, parent: Node, x: Array, y: Array, ans: Array) -> Node:
    """xʸ of floats: y·xʸ⁻¹ and xʸ·log x."""
    by_x, by_y = float(power_slope(x, y)), ans * float(np.log(x)) if x else 0.0
    return (next_order(), node[1], shape, dtype, node, SCALE, by_x, None, parent, SCALE, by_y, None)


def divide_any(shape: Any, dtype: Any, node: Node, parent: Node, x: Array, y: Array, ans: Array) -> Node:
    """X / y: floats or arrays."""
    if type(x) is float:
        return divide_both(shape, dtype, node, parent, x, y, ans)
    return divide_wide(shape, dtype, node, parent, x, y, ans)
