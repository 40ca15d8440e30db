"""A file of a user, whose functions the tests of `revad check` check: right ones, wrong ones, and some that cannot be checked."""

MODEL = """\
import math
import sys

import numpy as np

import revad
from helper import square


@revad.primitive
def wrong(x):
    return 2 * x


revad.extend.elementwise(wrong, lambda x: 3.0)
unruled = revad.primitive(lambda x: 2 * x)
number = 3


def loss(w, x, rate=0.1):
    return np.sum(np.tanh(x @ w) ** 2) + rate * square(np.sum(w))


def power(w, x):
    return w * x**2


def by_position(a, b=2.0, c=3.0, /):
    return a + 10 * b + 100 * c


def by_name(*, weights, w):
    return weights**2 * w


def vector(x):
    return np.tanh(x) * x


def cubes(x):
    return np.sum(x**3)


def modulus(z):
    return np.abs(z) ** 2


def bent(x):
    return np.abs(x)


def wrong_scalar(x):
    return np.sum(wrong(x) * x)


def wrong_vector(x):
    return wrong(x)


def no_rule(x):
    return np.sum(unruled(x))


def lost(x):
    return math.sin(x)


def fails(x):
    return {}["key"]


def leaves(x):
    sys.exit(0)


def logarithm(x):
    return np.log(x)


def text(x):
    return "text"


def random(x):
    return x * np.random.default_rng().random()


def tree(p):
    return np.sum(p["w"] ** 2) * p["b"]


def repeated(x, n):
    return sum(x for _ in range(n))


class Opaque:
    __signature__ = "of no use"

    def __call__(self, x):
        return x


opaque = Opaque()
"""
