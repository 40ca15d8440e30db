"""Control flow, containers and the rest of Python: code that needs no `lift` is differentiated as it stands, at both orders."""

from __future__ import annotations

import bisect
import contextlib
import copy
import dataclasses
import functools
import heapq
import itertools
import operator
import statistics
from collections import ChainMap, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

from revad import grad, hessian, jacobian, jvp, value_and_grad
from tests import numeric

X = np.array([0.3, 0.7, 1.1])


def right(f: Callable[[Any], Any], x: Any = X) -> None:
    """Value and derivatives of first and second order are those of plain NumPy, and the argument is unchanged."""
    before = np.array(x)
    value, gradient = value_and_grad(f)(x)
    assert value == pytest.approx(f(np.array(x)), rel=1e-14)
    expected = numeric.gradient(f, x)
    numeric.assert_close(expected, gradient)
    numeric.assert_close(np.sum(expected), jvp(f, (x,), (np.ones_like(x),))[1])
    curvature = numeric.jacobian(lambda y: numeric.gradient(f, y), x)
    numeric.assert_close(curvature, hessian(f)(x), 1e-4)
    numeric.assert_close(curvature, jacobian(grad(f))(x), 1e-4)
    np.testing.assert_array_equal(x, before)


# Control flow --------------------------------------------------------------------------------------------------------------------


def _newton(x: Any) -> Any:
    """A loop that ends when the value says so: the square root of x[2]."""
    root, steps = x[2], 0
    while abs(root * root - x[2]) > 1e-14 and steps < 50:
        root, steps = 0.5 * (root + x[2] / root), steps + 1
    return root * x[0]


def _recursion(x: Any, depth: int = 6) -> Any:
    return x[0] if depth == 0 else np.sin(_recursion(x, depth - 1)) * x[depth % 3]


def _ackermann(t: Any, m: int, n: int) -> Any:
    """Mutual recursion with data-dependent branches."""
    return t * n if m == 0 else _other(t, m - 1, n) if t > 0.5 else _ackermann(t + 0.3, m, n + 1)


def _other(t: Any, m: int, n: int) -> Any:
    return _ackermann(t * t + 0.1, m, n + 1)


def _products(x: Any) -> Iterator[Any]:
    p = 1.0
    for value in x:
        p = p * value
        received = yield p
        if received is not None:
            p = p + received


def _sent(x: Any) -> Any:
    generator = _products(x)
    return next(generator) + generator.send(x[0]) * generator.send(x[1])


def _delegating(x: Any) -> Iterator[Any]:
    yield from _products(x)
    yield from (v**2 for v in x)


def _match(x: Any) -> Any:
    total = 0.0
    for case in [("scale", x[0]), {"kind": "power", "p": 3}, [x[1], x[2], x[0]], x[0] > 1]:
        match case:
            case ("scale", factor):
                total = total + factor * 2
            case {"kind": "power", "p": p}:
                total = total + x[1] ** p
            case [first, *rest]:
                total = total + first * sum(rest)
            case bool():
                total = total * x[2]
    return total


def _walrus(x: Any) -> Any:
    values = [y for v in x if (y := np.sin(v)) > 0.5]
    return sum(values) * (z := x[0] ** 2) + z


def _exceptions(x: Any) -> Any:
    total = 0.0
    for v in x:
        try:
            if v > 0.5:
                raise ValueError(v)
            total = total + v
        except ValueError as error:
            total = total + error.args[0] ** 2
        else:
            total = total * 2
        finally:
            total = total + v**3
    with contextlib.suppress(ZeroDivisionError):
        total = total + x[0]
        total = total / 0 if x[1] > 100 else total
    return total


def _loops(x: Any) -> Any:
    total = 0.0
    for i, v in enumerate(x):
        for w in x[i:]:
            if w > 1:
                continue
            if v > 0.8:
                break
            total = total + v * w
        else:
            total = total * 1.5
    return total


def _unpacking(x: Any) -> Any:
    a, *rest = x
    (b, c), d = rest, {"k": a, "l": rest[0]}

    def combine(*args: Any, **kwargs: Any) -> Any:
        return sum(args) * kwargs["k"] * kwargs["l"]

    return combine(a, b, c, **d)


def _sorted_in_place(x: Any) -> Any:
    values = list(x)
    values.sort(reverse=True)
    return values[0] * values[2]


def _list_operations(x: Any) -> Any:
    values: list[Any] = []
    values.append(x[0])
    values.extend(x)
    values.insert(0, x[2])
    return values.pop() * sum(values)


CONTROL_FLOW: dict[str, Callable[[Any], Any]] = {
    "while": _newton,
    "recursion": _recursion,
    "mutual recursion": lambda x: _ackermann(x[0], 3, 1) + _ackermann(x[2], 2, 1),
    "generator": lambda x: sum(_products(x)),
    "send": _sent,
    "yield from": lambda x: sum(_delegating(x)),
    "match": _match,
    "walrus": _walrus,
    "exceptions": _exceptions,
    "loops": _loops,
    "unpacking": _unpacking,
    "comprehensions": lambda x: sum([v * w for v in x for w in x if w > v]) + sum({i: v**2 for i, v in enumerate(x)}.values()),
    "conditional": lambda x: x[0] ** 2 if x[0] < x[1] else x[1] ** 2,
    "chained comparison": lambda x: x[0] * 2 if 0 < x[0] < x[1] < 2 else x[1],
    "boolean operators": lambda x: (x[0] and x[1]) * (0.0 * x[0] or x[2]) * (not x[0] or 3.0),
}


@pytest.mark.parametrize("name", CONTROL_FLOW)
def test_control_flow(name: str) -> None:
    right(CONTROL_FLOW[name])


# Builtins, functools, itertools --------------------------------------------------------------------------------------------------

BUILTINS: dict[str, Callable[[Any], Any]] = {
    "sum": lambda x: sum(x) ** 2 + sum([x, x**2], start=np.zeros(3))[0] + sum(v for v in x),
    "max and min": lambda x: max(x) * min(x) + max(x[0], x[1], key=lambda v: -v) + min([x[1]], default=0.0),
    "sorted": lambda x: sorted(x)[1] * sorted(x, key=lambda v: -v)[1] + sorted(x, reverse=True)[1] ** 2,
    "sort in place": _sorted_in_place,
    "map and zip": lambda x: sum(map(operator.mul, x, x[::-1])) + sum(a * b for a, b in zip(x, x[::-1], strict=True)),
    "filter": lambda x: sum(filter(lambda v: v > 0.5, x)) ** 2,
    "any and all": lambda x: x[0] ** 2 if any(v > 1 for v in x) and all(x) else x[1],
    "enumerate and reversed": lambda x: sum(i * v**2 for i, v in enumerate(reversed(list(x)))),
    "abs, pow, divmod, round": lambda x: abs(-x[0]) * pow(x[1], 3) + divmod(x[2], x[0])[1] + round(x[2] * 1.7) * x[0],
    "round to digits": lambda x: round(x[0], 1) + x[1] ** 2,
    "list operations": _list_operations,
    "iter and next": lambda x: next(it := iter(x)) * next(it) + next(iter([]), x[2] ** 2),
    "slices of lists": lambda x: sum(list(x)[::-1][:2]) * [*x, *x][4],
    "getattr": lambda x: operator.attrgetter("T")(x)[0] * operator.itemgetter(1)(x) * operator.methodcaller("sum")(x),
    "reduce": lambda x: functools.reduce(lambda a, b: a * b + a, x) + functools.reduce(operator.add, x, 1.0),
    "partial": lambda x: functools.partial(lambda a, b, c: a * b**c, x[0], c=2)(x[1]),
    "accumulate": lambda x: sum(itertools.accumulate(x, operator.mul)) + list(itertools.accumulate(x, initial=x[0]))[-1] ** 2,
    "chain": lambda x: sum(itertools.chain(x, [x[0] ** 2], x[:1])),
    "product": lambda x: sum(a * b for a, b in itertools.product(x, repeat=2)),
    "combinations": lambda x: sum(a * b**2 for a, b in itertools.combinations(x, 2)),
    "pairwise and islice": lambda x: sum(a * b for a, b in itertools.pairwise(x)) + sum(itertools.islice(x, 1, None)) ** 2,
    "starmap and groupby": lambda x: (
        sum(itertools.starmap(pow, [(x[0], 2), (x[1], 3)]))
        * sum(sum(g) for _, g in itertools.groupby(x, key=lambda v: v > 0.5))
    ),
    "takewhile and cycle": lambda x: (
        sum(itertools.takewhile(lambda v: v < 1, x)) * sum(v for v, _ in zip(itertools.cycle(x), range(5), strict=False))
    ),
    "heapq": lambda x: heapq.nlargest(2, x)[1] * heapq.nsmallest(1, x)[0] + sum(heapq.merge(x, [x[0]])),
    "bisect": lambda x: bisect.bisect([0.0, 0.5, 1.0], x[1]) * x[0],
    "median": lambda x: statistics.median(x) ** 2 + statistics.median_low(x) * statistics.median([*x, x[0]]),
    "quantiles": lambda x: sum(statistics.quantiles(x, n=4, method="inclusive")),
}


@pytest.mark.parametrize("name", BUILTINS)
def test_builtins(name: str) -> None:
    right(BUILTINS[name])


# Objects and containers ----------------------------------------------------------------------------------------------------------


class Pair(NamedTuple):
    a: Any
    b: Any


@dataclasses.dataclass
class Layer:
    w: Any
    b: Any = 0.0
    history: list[Any] = dataclasses.field(default_factory=list)

    def __call__(self, t: Any) -> Any:
        self.history.append(t)
        return np.tanh(self.w * t + self.b)


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    x: Any


class Vector:
    """Overloads operators, keeps tracked attributes, computes properties."""

    __slots__ = ("_x", "y")

    def __init__(self, x: Any, y: Any) -> None:
        self._x, self.y = x, y

    @property
    def x(self) -> Any:
        return self._x * 2

    @x.setter
    def x(self, value: Any) -> None:
        self._x = value

    def __add__(self, other: Vector) -> Vector:
        return Vector(self._x + other._x, self.y + other.y)

    def __rmul__(self, t: Any) -> Vector:
        return Vector(t * self._x, t * self.y)

    def __matmul__(self, other: Vector) -> Any:
        return self._x * other._x + self.y * other.y


class Lazy:
    def __init__(self, x: Any) -> None:
        self.x, self.calls = x, 0

    @functools.cached_property
    def energy(self) -> Any:
        self.calls += 1
        return np.sum(self.x**2)


def _layers(x: Any) -> Any:
    layers = [Layer(x[0]), Layer(x[1], b=x[2])]
    t: Any = 0.5
    for layer in layers:
        t = layer(t)
    return t * layers[1].history[0] + dataclasses.replace(layers[0], w=x[2])(t)


def _properties(x: Any) -> Any:
    v = Vector(x[0], x[1])
    v.x = v.x * x[2]
    setattr(v, "y", getattr(v, "y") ** 2)
    return (v + x[0] * Vector(1.0, x[1])) @ v + v.x


def _cached_property(x: Any) -> Any:
    lazy = Lazy(x)
    value = lazy.energy * lazy.energy
    assert lazy.calls == 1
    return value


def _state(x: Any) -> Any:
    """Attributes of classes and closures that change."""
    total = 0.0

    def add(t: Any) -> None:
        nonlocal total
        total = total + t**2

    class Counter:
        seen: Any = 0.0

    for v in x:
        add(v)
        Counter.seen = Counter.seen * v + v
    return total * Counter.seen


def _mappings(x: Any) -> Any:
    d: Any = defaultdict(float, a=x[0])
    d["b"] += x[1] ** 2
    d["b"] += x[2]
    chained = ChainMap({"c": x[0]}, d)
    ordered = OrderedDict(zip("abc", x, strict=True))
    ordered.move_to_end("a")
    return d["b"] * chained["c"] + next(iter(ordered.values())) ** 2 + SimpleNamespace(t=x[0]).t * {**d}["a"]


CONTAINERS: dict[str, Callable[[Any], Any]] = {
    "dataclasses": _layers,
    "frozen dataclass": lambda x: Frozen(x[0] ** 2).x * dataclasses.asdict(Frozen(x[1]))["x"],
    "properties and operators": _properties,
    "cached_property": _cached_property,
    "nonlocal and class attributes": _state,
    "mappings": _mappings,
    "namedtuple": lambda x: Pair(x[0], x[1]).a * Pair(x[0], x[1])._replace(b=x[2] ** 2).b,
    "deque": lambda x: sum(deque(x, maxlen=2)) * deque(x).popleft(),
    "copies": lambda x: copy.deepcopy({"a": [x]})["a"][0][0] * copy.copy(x)[1] + copy.copy(Pair(x[2], 1)).a,
    "formatting": lambda x: (f"{x[0]:.3f} {x} {x[1]!r}", str(x[0]), x[0] ** 2)[2],
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_objects_and_containers(name: str) -> None:
    right(CONTAINERS[name])


def test_closures_over_tracked_values_of_an_outer_transformation() -> None:
    def outer(x: Any) -> Any:
        scale = np.sum(x**2)
        model = Layer(x[0])

        def inner(y: Any) -> Any:
            return np.sum(y**2 * scale) + model(y[0])

        return np.sum(grad(inner)(x * 2.0))

    expected = numeric.gradient(lambda x: np.sum(4 * x * np.sum(x**2)) + x[0] / np.cosh(x[0] * 2 * x[0]) ** 2, X)
    numeric.assert_close(expected, grad(outer)(X))


def test_iterators_are_used_up_as_in_python() -> None:
    def f(x: Any) -> Any:
        it = iter(x)
        assert x[2] in it
        assert list(it) == []
        return sum(x)

    np.testing.assert_array_equal(grad(f)(X), np.ones(3))
