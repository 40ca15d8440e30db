"""`einsum`: every form of it is brought to products in explicit letters, whose pull-back is such a product again.

`numpy.einsum` has many spellings (implicit output, ellipsis, sublists, any number of operands). `canonical` rewrites them
all as letters with an explicit output; three or more operands are contracted two at a time (unless they are small and NumPy
would take them all at once). What is left are the primitives `contract` of one operand, `contract_pair` and `contract_all`.
The pull-back of an operand swaps its letters with those of the output: for ``ij,jk->ik`` it is ``ik,jk->ij``.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from math import prod
from operator import index
from string import ascii_letters
from typing import Any

import numpy as np

from revad.base.aval import Aval, wider
from revad.operations.constants import beside
from revad.operations.protocol import own
from revad.operations.registry import composite, linear, vjp
from revad.typing import Array

Shape = tuple[int, ...]
_WORTH_A_PATH = 16384  # with more multiplications the search for a matrix product inside pays


@composite(np.einsum)
def einsum(*operands: Any, optimize: Any = False, **options: Any) -> Any:
    """Sum products of operands over the letters that the output does not name."""
    options.pop("out", None)
    subscripts, arrays = (operands[0], list(operands[1:])) if isinstance(operands[0], str) else from_sublists(operands)
    shapes = tuple(np.shape(x) for x in arrays)
    inputs, output = canonical(subscripts, tuple(map(len, shapes)))
    if len(arrays) == 1:
        return contract(arrays[0], f"{inputs[0]}->{output}", options)
    explicit = ",".join(inputs) + "->" + output
    if len(arrays) > 2 and not optimize and multiplications(explicit, shapes) <= _WORTH_A_PATH:
        return contract_all(arrays, explicit, options)
    if len(arrays) == 2:
        return contract_pair(arrays[0], arrays[1], explicit, optimize, options)
    for a, b, subscripts in steps(inputs, output, shapes, hashable(optimize)):
        y, x = arrays.pop(b), arrays.pop(a)
        arrays.append(contract_pair(y, x, subscripts, optimize, options))
    return arrays[0]


# The primitives --------------------------------------------------------------------------------------------------------------


@own
def contract(a: Array, subscripts: str, options: dict[str, Any]) -> Array:
    """Return ``np.einsum(subscripts, a)``: sums, diagonals and transpositions of one array."""
    return np.einsum(subscripts, a, **options)


@own
def contract_pair(a: Array, b: Array, subscripts: str, optimize: Any, options: dict[str, Any]) -> Array:
    """Return ``np.einsum(subscripts, a, b)``; a large one as a matrix product if it is one."""
    optimize = bool(optimize) or multiplications(subscripts, (np.shape(a), np.shape(b))) > _WORTH_A_PATH
    return np.einsum(subscripts, a, b, optimize=optimize, **options)


@own
def contract_all(operands: list[Any], subscripts: str, options: dict[str, Any]) -> Any:
    """Return ``np.einsum(subscripts, *operands)``, for small operands."""
    return np.einsum(subscripts, *operands, **options)


@linear(contract, "a")
def contract_adjoint(g: Array, a: Aval, subscripts: str) -> Array:
    """Read the subscripts backwards: sums become broadcasts, diagonals are filled in with zeros beside them."""
    term, output = subscripts.split("->")
    return expand(g, output, term, a.shape)


def pair_left(g: Array, a: Aval, b: Array, subscripts: str) -> Array:
    """Swap a with the output: for ``ij,jk->ik`` ā[i, j] = Σₖ ȳ[i, k] b[j, k]."""
    inputs, output = subscripts.split("->")
    term_a, term_b = inputs.split(",")
    met = letters_met(term_a, output + term_b)
    return expand(contract_pair(g, b, f"{output},{term_b}->{met}", False, adding(g)), met, term_a, a.shape)


def pair_right(g: Array, a: Array, b: Aval, subscripts: str) -> Array:
    """Swap b with the output: for ``ij,jk->ik`` b̄[j, k] = Σᵢ ȳ[i, k] a[i, j]."""
    inputs, output = subscripts.split("->")
    term_a, term_b = inputs.split(",")
    met = letters_met(term_b, output + term_a)
    return expand(contract_pair(g, a, f"{output},{term_a}->{met}", False, adding(g)), met, term_b, b.shape)


def all_pullback(g: Array, operands: Any, subscripts: str) -> list[Any]:
    """Swap each operand with the output in turn."""
    inputs, output = subscripts.split("->")
    terms = inputs.split(",")
    pulled = []
    for k, (x, term) in enumerate(zip(operands, terms, strict=True)):
        others = [output, *terms[:k], *terms[k + 1 :]]
        met = letters_met(term, "".join(others))
        y = contract_all([g, *operands[:k], *operands[k + 1 :]], ",".join(others) + "->" + met, adding(g))
        pulled.append(expand(y, met, term, np.shape(x)))
    return pulled


def adding(g: Array) -> dict[str, Any]:
    """Return the option of `einsum` that lets sums of half precision keep their digits."""
    return {} if wider(g.dtype) == g.dtype else {"dtype": wider(g.dtype)}


vjp(contract_pair, a=pair_left, b=pair_right)
vjp(contract_all, operands=all_pullback)


def letters_met(term: str, others: str) -> str:
    """Return the letters of a term, each once, that occur elsewhere too."""
    return "".join(c for c in dict.fromkeys(term) if c in others)


def expand(x: Array, have: str, term: str, shape: Shape) -> Array:
    """Return x, whose axes are the letters ``have``, with the axes ``term``: broadcast what is missing, fill in diagonals.

    A letter that the term repeats stands for a diagonal: x goes there, and zero elsewhere.
    """
    if have == term and np.shape(x) == shape:
        return x
    letters = "".join(dict.fromkeys(term))
    lengths = letter_sizes((have, term), (np.shape(x), shape))
    present = dict(zip(have, np.shape(x), strict=True))
    x = np.transpose(x, [have.index(c) for c in letters if c in have])
    x = np.reshape(x, [present.get(c, 1) for c in letters])
    x = np.broadcast_to(x, [lengths[c] for c in letters])
    for place, c in enumerate(term):
        if c in term[:place]:
            pair = (term.index(c), place)
            diagonal = np.eye(lengths[c], dtype=bool)
            x = np.expand_dims(x, place)
            diagonal = np.reshape(diagonal, [lengths[c] if i in pair else 1 for i in range(np.ndim(x))])
            x = np.where(beside(diagonal, x), x, 0)
    return x


# The spellings of einsum -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def canonical(subscripts: str, ndims: Shape) -> tuple[tuple[str, ...], str]:
    """Return the letters of each input and those of the output: no ellipsis, no implicit output, no spaces."""
    given, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = given.split(",")
    if len(terms) != len(ndims):
        raise ValueError(f"einstein sum subscripts {subscripts!r} name {len(terms)} operands, but {len(ndims)} were given")
    free = iter([c for c in ascii_letters if c not in subscripts])
    hidden = [n - len(term.replace("...", "")) if "..." in term else 0 for term, n in zip(terms, ndims, strict=True)]
    dots = "".join(next(free) for _ in range(max(hidden)))
    terms = [term.replace("...", dots[len(dots) - max(n, 0) :]) for term, n in zip(terms, hidden, strict=True)]
    for term, n in zip(terms, ndims, strict=True):
        if len(term) != n:
            raise ValueError(f"einstein sum subscripts {subscripts!r} give {len(term)} letters to an operand of {n} axes")
    if not arrow:
        counts = Counter("".join(terms))
        output = dots + "".join(sorted(c for c, n in counts.items() if n == 1 and c not in dots))
    elif dots and "..." not in output:
        raise ValueError(f"the output of einstein sum subscripts {subscripts!r} leaves out the axes under the ellipsis")
    output = output.replace("...", dots)
    if len(set(output)) < len(output) or not set(output) <= set("".join(terms)):
        raise ValueError(f"the output of einstein sum subscripts {subscripts!r} must name letters of the inputs, each once")
    return tuple(terms), output


def from_sublists(operands: Any) -> tuple[str, list[Any]]:
    """Return the subscripts and the arrays of the form ``einsum(a, [0, 1], b, [1, 2], [0, 2])``."""
    output = ["->", spelled(operands[-1])] if len(operands) % 2 else []
    n = len(operands) // 2
    return ",".join(map(spelled, operands[1 : 2 * n : 2])) + "".join(output), list(operands[: 2 * n : 2])


def spelled(sublist: Any) -> str:
    """Return a sublist as letters: 0 is A, 26 is a, as NumPy orders them for an implicit output."""
    letters = sorted(ascii_letters)
    return "".join("..." if item is Ellipsis else letters[index(item)] for item in sublist)


def letter_sizes(terms: tuple[str, ...], shapes: tuple[Shape, ...]) -> dict[str, int]:
    """Return the length that each letter stands for; an axis of length one broadcasts."""
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        for c, n in zip(term, shape, strict=True):
            sizes[c] = n if sizes.get(c, 1) == 1 else sizes[c]
    return sizes


@lru_cache(maxsize=1024)
def multiplications(subscripts: str, shapes: tuple[Shape, ...]) -> int:
    """Return how many terms a product has in all: the product of the lengths of all letters."""
    return prod(letter_sizes(tuple(subscripts.partition("->")[0].split(",")), shapes).values())


def hashable(optimize: Any) -> Any:
    """Return the ``optimize`` argument with lists as tuples, so that paths can be cached."""
    return tuple(map(hashable, optimize)) if isinstance(optimize, (list, tuple)) else optimize


@lru_cache(maxsize=1024)
def steps(terms: tuple[str, ...], output: str, shapes: tuple[Shape, ...], optimize: Any) -> list[tuple[int, int, str]]:
    """Return which two operands to contract at each step, and how; a result goes to the end of the list, as in `einsum_path`.

    Intermediate results have their longest axes last and the later operand goes first, as in NumPy, so that results agree to
    the last bit with those of ``optimize=True``.
    """
    sizes = letter_sizes(terms, shapes)
    path: Any
    if isinstance(optimize, tuple) and optimize[0] == "einsum_path":
        path = optimize[1:]
    else:
        stand_ins: Any = [np.broadcast_to(0.0, shape) for shape in shapes]
        path = np.einsum_path(",".join(terms) + "->" + output, *stand_ins, optimize=optimize or "greedy")[0][1:]
    left, found = list(terms), []
    for step in path:
        *rest, b = sorted(step)  # from the back, so that the numbers of the others stay valid
        for a in reversed(rest):
            y, x = left.pop(b), left.pop(a)
            wanted = set(output).union(*left)
            target = "".join(sorted(set(x + y) & wanted, key=lambda c: (sizes[c], c))) if left else output
            found.append((a, b, f"{y},{x}->{target}"))
            left.append(target)
            b = len(left) - 1
    return found
