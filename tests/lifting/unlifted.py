"""Functions as people write them, knowing nothing of revad: what the tests of `lift` differentiate."""

from __future__ import annotations

import abc
import asyncio
import contextlib
import dataclasses
import functools
import math
import threading
from collections.abc import Iterator
from math import cos as cosine
from math import exp
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.linalg as la
from numpy import sum as total
from numpy import zeros

COUNT = 0
SCALE = 2.0
LATE = None


def matrix(x: Any) -> Any:
    """Lists of tracked values, and functions of `math` imported by name."""
    rotation = np.array([[cosine(x[0]), -math.sin(x[1])], [x[2], 1]])
    return la.det(rotation) + total([x[0], x[1] * x[2]]) + np.linalg.norm([x[0], x[1]])


def filled(x: Any) -> Any:
    """A buffer of zeros."""
    a = zeros(len(x))
    for i in range(len(x)):
        a[i] = math.exp(x[i]) * float(x[0])
    return np.sum(a) + np.concatenate([[x[0], 1.0], [x[1]]]) @ np.arange(3.0)


def operated(x: Any) -> Any:
    """Arrays computed from constants, then written into."""
    J = 0.5 * np.eye(3)
    J[0, 1] = x[0]
    D = np.diag([1.0, 2.0, 3.0]) + np.outer(np.ones(3), np.ones(3))
    D[2] = x
    K = np.tile([0.5], (3, 3))
    K[1][1] = x[1]
    return x @ J @ D @ K @ x


def helper(t: Any) -> Any:
    a = zeros(2)
    a[0] = exp(t)
    return a * SCALE


def with_helper(x: Any) -> Any:
    return np.sum(helper(x[0])) * x[1] + even(5, x[2])


def even(n: int, t: Any) -> Any:
    return t if n == 0 else odd(n - 1, np.array([t * 2, 0.0])[0])


def odd(n: int, t: Any) -> Any:
    return t if n == 0 else even(n - 1, math.sin(t))


def counted(x: Any) -> Any:
    global COUNT, LATE
    COUNT += 1
    LATE = COUNT
    return np.sum(np.array([x[0], COUNT * 0.0])) + recount()


def recount() -> float:
    """Reads what the caller has just stored."""
    return float(COUNT - LATE)  # pyright: ignore[reportOperatorIssue]


def powers(x: Any) -> Iterator[Any]:
    """A generator."""
    p = np.ones(1)
    for k in range(3):
        p = np.array([p[0] * x[k]])
        yield p[0]


def generated(x: Any) -> Any:
    return sum(powers(x)) + sum(math.sin(v) for v in x) + math.fsum([math.tan(v) for v in x])


def nested(x: Any) -> Any:
    """Functions and classes defined inside."""

    class Inner:
        constant = np.pi + SCALE

        def method(self) -> Any:
            return np.array([x[0], math.sqrt(x[1])])

    def inner(t: Any) -> Any:
        nonlocal offset
        offset = offset + math.log(t, 3)
        return zeros(1) + t

    offset = 0.0
    first = inner(x[0])
    return np.sum(first * Inner().method()) * Inner.constant + offset


def imports(x: Any) -> Any:
    """Modules imported inside."""
    import math as m
    from math import sinh

    import numpy.linalg as linear
    import scipy.special as special

    return linear.norm([x[0], m.cosh(x[1])]) + sinh(x[2]) + m.hypot(x[0], x[1], x[2]) + special.expit(x[0])


def with_defaults(x: Any, make: Any = zeros, *, f: Any = math.sin, g: Any = helper) -> Any:
    a = make(2)
    a[:] = x[0]
    return f(np.prod(a)) + np.sum(g(x[1]))


def plus(function: Any) -> Any:
    """A decorator."""

    @functools.wraps(function)
    def wrapper(*args: Any) -> Any:
        return function(*args) + math.sin(args[0][0])

    return wrapper


@plus
def decorated(x: Any) -> Any:
    return np.sum(np.array([x[0], x[1] ** 2]))


def scaled(factor: Any, x: Any) -> Any:
    return np.sum(np.array([x[0] * factor, x[1]])) * x[2]


partial = functools.partial(scaled, 3.0)
squared = lambda x: np.sum(np.asarray([x[0], x[1]]) ** 2)


def compose(f: Any, g: Any) -> Any:
    return lambda x: f(np.array([g(x), g(x) ** 2, x[2]]))


composed = compose(squared, with_helper)


@functools.cache
def factorial(n: int) -> Any:
    return 1 if n == 0 else n * factorial(n - 1)


@functools.cache
def cached(t: Any) -> Any:
    return math.sin(t) * factorial(3)


def with_cache(x: Any) -> Any:
    return cached(x[0]) * cached(x[1]) * cached(x[0])


class Base:
    made = 0

    def __init__(self, k: Any = 2.0) -> None:
        self.k = k
        type(self).made += 1

    def scale(self, x: Any) -> Any:
        a = np.zeros(3)
        a[:] = x
        return a * self.k


class Model(Base):
    """A model with methods of all kinds."""

    def __init__(self, act: Any, k: Any = 2.0) -> None:
        super().__init__(k)
        self.act = act

    def __call__(self, x: Any) -> Any:
        return np.sum(self.scale(x) + self.act(x[0])) + self.both(x[1])[0] * self.one[0] + self.named(x[2])

    def scale(self, x: Any) -> Any:
        b = np.empty(3)
        for i in range(3):
            b[i] = math.exp(x[i])
        return super().scale(x) + b

    @staticmethod
    def both(x: Any) -> Any:
        return np.array([x, x])

    @classmethod
    def named(cls, x: Any) -> Any:
        return math.atan(x) * len(cls.__name__)

    @property
    def one(self) -> Any:
        return np.ones(1)

    @functools.cached_property
    def two(self) -> Any:
        return np.array([self.k, 0.0])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self.k == other.k

    __hash__ = None  # type: ignore[assignment]


def three(t: Any) -> Any:
    return np.array([t, t, math.sin(t)])


model = Model(three)


def with_classes(x: Any) -> Any:
    local = Model(three, k=x[2])
    assert isinstance(local, Model)
    assert isinstance(model, Base)
    assert issubclass(Model, Base)
    return model(x) + local(x) + local.two[0] ** 2 + Model.both(x[0])[1]


@dataclasses.dataclass
class Point:
    x: Any
    y: Any

    def norm(self) -> Any:
        return math.hypot(self.x, self.y)

    def __add__(self, other: Point) -> Point:
        return Point(*np.array([self.x + other.x, self.y + other.y]))


def with_dataclass(x: Any) -> Any:
    p = Point(x[0], x[1]) + Point(1.0, x[2])
    return p.norm() + dataclasses.replace(p, x=0.5).norm()


class Failure(Exception):
    def __init__(self, value: Any) -> None:
        super().__init__("failure")
        self.value = value


def fails(x: Any) -> Any:
    try:
        if x[0] > 0:
            raise Failure(x[0])
    except Failure as failure:
        return math.sin(failure.value) * x[1]
    return x[2]


def plain_output(n: int) -> Any:
    a = np.zeros(n)
    a[0] = 1.0
    return {"a": a, "b": [a[1:], np.array([1.0, 2.0])]}


def mutual_state(x: Any, out: Any) -> Any:
    out.append(np.sum(np.array([x[0], 1.0])))
    return out[-1] * x[1]


Handler = Any
ACTIVATIONS: dict[str, Handler] = {"sin": lambda v: math.sin(v), "twice": three}
LAYERS = [Model(three), Model(three, 3.0)]
PAIR = (helper, three)


def with_containers(x: Any) -> Any:
    """Functions and objects that are kept in dicts, lists and tuples of the module."""
    total = ACTIVATIONS["sin"](x[0]) + sum(layer(x) for layer in LAYERS) + np.sum(PAIR[0](x[1]))
    return total + np.sum(PAIR[1](x[2])) * len(ACTIVATIONS)


def changes_a_container(x: Any) -> Any:
    LAYERS.append(Model(three))
    return x[0]


class Network:
    """An object made of objects."""

    def __init__(self) -> None:
        self.layers = [Model(three), Model(three, 1.5)]
        self.first = self.layers[0]
        self.post = helper
        self.seen: list[float] = []

    def forward(self, x: Any) -> Any:
        self.seen.append(1.0)
        return sum(layer(x) for layer in self.layers) * self.first.both(x[0])[0] + np.sum(self.post(x[1]))


network = Network()


def with_network(x: Any) -> Any:
    return network.forward(x)


class Reading(NamedTuple):
    value: Any

    def squared(self) -> Any:
        return math.pow(self.value, 2)


READING = Reading(2.0)


class Ramp:
    """A descriptor."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        return np.zeros(2)


T = TypeVar("T")


class Box(Generic[T]):
    ramp = Ramp()

    def put(self, t: Any) -> Any:
        a = self.ramp
        a[1] = t
        return a


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self) -> Any: ...

    def twice(self) -> Any:
        return np.sum(np.array([self.area(), self.area()]))


@dataclasses.dataclass(frozen=True, slots=True)
class Circle(Shape):
    r: Any

    def area(self) -> Any:
        return math.pi * math.pow(self.r, 2)


@contextlib.contextmanager
def buffer_of(t: Any) -> Iterator[Any]:
    a = np.zeros(1)
    a[0] = t
    yield a


def with_further_classes(x: Any) -> Any:
    with buffer_of(x[2]) as a:
        total = a[0] ** 2
    total = total + READING._replace(value=x[0]).squared() * Reading(x[1]).squared()
    return total + np.sum(Box[int]().put(x[0])) * np.sum(Box().put(x[2])) + Circle(x[1]).twice()


async def waiting(t: Any) -> Any:
    return math.sin(t)


def with_callbacks(x: Any) -> Any:
    """Functions handed to other functions, threads and event loops."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(np.array([x[0], 1.0])[0]))
    thread.start()
    thread.join()
    mapped = sum(np.sum(a) for a in map(three, x))
    reduced = functools.reduce(lambda a, b: a + math.sin(b), x, 0.0)
    along = np.sum(np.apply_along_axis(lambda row: np.array([row[0] ** 2]), 0, x.reshape(1, 3)))
    return found[0] * mapped + reduced * along + asyncio.run(waiting(x[2])) + globals()["three"](x[0])[2]
