"""`trace`: the program is what the function did, replays bit for bit, and refuses where the function would have done otherwise."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import numpy as np
import pytest

import revad
from revad import GuardError, Program, grad, jvp, trace

X = np.array([0.4, -0.7, 1.1])
Y = np.array([1.3, 0.2, -0.9])


def body(x: Any) -> Any:
    y = np.sin(x) * x[::-1] + 2.0 / (x**2 + 1)
    y[0] = x[1] * 3
    y += 1
    u, w = np.split(np.concatenate([y, x]), 2)
    s, v = np.linalg.eigh(np.outer(u, u) + np.eye(3))
    return {"a": np.sum(w * u), "b": (np.abs(v) * s, y.T.reshape(3, 1)), "n": 3}


def same(one: Any, other: Any) -> None:
    one, other = revad.base.trees.flatten(one)[0], revad.base.trees.flatten(other)[0]
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert np.result_type(a) == np.result_type(b)
        np.testing.assert_array_equal(a, b)


def test_replay_is_bit_for_bit() -> None:
    program = trace(body, X)
    assert isinstance(program, Program)
    for x in (X, Y):
        same(body(np.array(x)), program(x))


def test_arguments_are_not_written_by_a_replay() -> None:
    def f(x: Any) -> Any:
        x[0] = 5.0
        return x * 2.0

    program = trace(f, X)
    x = Y.copy()
    same(f(Y.copy()), program(x))
    np.testing.assert_array_equal(x, Y)


@pytest.mark.parametrize(
    "derived",
    [
        lambda f: grad(f),
        lambda f: revad.value_and_grad(f),
        lambda f: revad.hessian(f),
        lambda f: revad.jacobian(grad(f)),
        lambda f: lambda x: jvp(f, (x,), (x,)),
        lambda f: lambda x: jvp(grad(f), (x,), (x,)),
        lambda f: lambda x: revad.vjp(lambda y: np.sin(y) * x, x)[1](x),
        lambda f: revad.checkpoint(f),
    ],
)
def test_derivatives_are_captured(derived: Any) -> None:
    def f(x: Any) -> Any:
        y = np.tanh(x) * x[0]
        return np.sum(y**2) + y[1] * np.max(x)

    g = derived(f)
    program = trace(g, X)
    for x in (X, np.array([0.5, -0.9, 1.9])):
        same(g(x), program(x))


def test_differentiating_a_program() -> None:
    """A replay is plain NumPy, so a program can be differentiated like any function."""
    program = trace(lambda x: np.sum(np.sin(x) * x), X)
    np.testing.assert_allclose(grad(program)(Y), np.sin(Y) + Y * np.cos(Y))


def test_tracing_a_program() -> None:
    program = trace(trace(lambda x: np.sum(np.sin(x) * x), X), X)
    assert program(Y) == np.sum(np.sin(Y) * Y)


def test_scalars_and_several_arguments() -> None:
    def f(a: Any, b: Any, *, c: Any) -> Any:
        return (a + 2) * b["x"] ** 2 - c / 3, a // 2, a % 0.7, -a, 3 - a, 2**a

    program = trace(f, 1.7, {"x": X}, c=np.float32(2.0))
    same(f(2.9, {"x": Y}, c=np.float32(5.0)), program(2.9, {"x": Y}, c=np.float32(5.0)))


def test_float32_scalars_stay_weak() -> None:
    f = lambda a, x: (a * 2 + 1) * x
    x = X.astype(np.float32)
    assert trace(f, 1.5, x)(2.5, x).dtype == f(2.5, x).dtype == np.float32


def test_constants_are_copied() -> None:
    c, index = np.array([1.0, 2.0, 3.0]), np.array([0, 2])

    def f(x: Any) -> Any:
        return x * c + np.sum(x[index])

    program, expected = trace(f, X), f(Y)
    c[:] = 0.0
    index[:] = 1
    same(expected, program(Y))
    out = trace(lambda x: (x, np.ones(2)), X)
    first = out(Y)
    first[0][:] = 9.0
    first[1][:] = 9.0
    same((Y, np.ones(2)), out(Y))
    assert Y[0] == 1.3


def test_integer_and_bool_inputs() -> None:
    def f(x: Any, i: Any, m: Any) -> Any:
        return np.where(m, x, 0.0) + i * x, i + 1, np.sum(i)

    args = (X, np.array([1, 2, 3]), np.array([True, False, True]))
    others = (Y, np.array([4, 5, 6]), np.array([False, False, True]))
    same(f(*others), trace(f, *args)(*others))


# Decisions -------------------------------------------------------------------------------------------------------------------

DECISIONS = {
    "if": lambda x: x * 2 if x[0] > 0.3 else x * 3,
    "if sum": lambda x: x if np.sum(x) else -x,
    "while": lambda x: _halved(x),
    "int": lambda x: x * int(x[2]),
    "range": lambda x: sum((x for _ in range(int(x[2] + 1.5))), start=0.0 * x),
    "any": lambda x: x if np.any(x > 1.0) else -x,
    "comparison": lambda x: max(x[0], x[1]) * x,
    "sorted": lambda x: min([x[0], x[1], x[2]]) * x,
    "index": lambda x: x[int(np.argmax(x))] * x,
    "key array": lambda x: x[np.argsort(x)],
    "mask": lambda x: np.sum(x[x > 0]),
    "nonzero": lambda x: np.sum(x[np.nonzero(x > 0)]),
    "in": lambda x: x * (0.4 in x),
    "equality": lambda x: x * (1.0 if x[0] == 0.4 else 2.0),
    "round": lambda x: x * round(x[2]),
    "bool of bool": lambda x: x if not x[1] > 0 and x[0] > 0 else -x,
    "where": lambda x: np.where(x > 0, x, -x),
    "argmax": lambda x: np.argmax(x) * x,
    "list": lambda x: np.array([1.0, 2.0, 3.0])[int(x[2] > 1)] * x,
    "try": lambda x: x.astype(int) * x,
    "floor": lambda x: np.floor(x * 3) * x,
}


def _halved(x: Any) -> Any:
    while np.sum(x * x) > 0.5:
        x = x / 2
    return x


@pytest.mark.parametrize("name", DECISIONS)
@pytest.mark.parametrize("differentiated", [False, True])
def test_a_replay_never_gives_another_answer(name: str, differentiated: bool) -> None:
    """On every input the program gives what the function gives, or says that a decision goes otherwise."""
    f = DECISIONS[name]
    if differentiated:
        f = grad(lambda x: np.sum(DECISIONS[name](x) ** 2))
    program = trace(f, X)
    same(f(X), program(X))
    generator = np.random.default_rng(0)
    for x in [Y, -X, X * 5, X[::-1].copy(), *generator.normal(size=(20, 3)) * 2]:
        try:
            got = program(x)
        except GuardError:
            continue
        same(f(x), got)


def test_guards_are_listed_and_told() -> None:
    program = trace(lambda x: x * 2 if x > 0 else -x, 1.0)
    assert program(3.0) == 6.0
    (guard,) = program.guards
    assert guard.expected is True
    assert guard.kind is bool
    with pytest.raises(GuardError, match=r"test_trace.py:\d+ the captured run decided bool\(%1\) = True"):
        program(-1.0)


def test_no_guards_without_decisions() -> None:
    assert trace(body, X).guards == []


# What a program says ----------------------------------------------------------------------------------------------------------


def test_steps_know_their_source() -> None:
    def f(x: Any) -> Any:
        y = np.sin(x)
        return np.sum(y)

    first = inspect.getsourcelines(f)[1]
    sine, total = trace(f, X).calls
    assert (sine.name, total.name) == ("sin", "sum")
    assert (sine.line, total.line) == (first + 1, first + 2)
    assert sine.file == __file__
    assert sine.source == f"{__file__}:{first + 1}"
    assert (sine.aval.shape, sine.aval.dtype) == ((3,), np.float64)
    assert (total.aval.shape, total.aval.dtype) == ((), np.float64)
    assert total.args[0].index == sine.index


def test_steps_are_in_topological_order() -> None:
    program = trace(grad(lambda x: np.sum(np.exp(x) * x[0])), X)
    known = set(range(len(program.inputs)))
    for step in program.steps:
        if hasattr(step, "args"):
            assert set(revad.programs.steps.references([*step.args, *step.kwargs.values()])) <= known
        known.add(step.index)


def test_repr() -> None:
    text = repr(trace(lambda x: np.sum(x * 2.0) if x[0] > 0 else 0.0, X))
    assert text.startswith("Program <lambda>: 4 operations, 1 guards\n  %0 = input  float64[3]\n")
    assert "multiply(%0, 2.0)  float64[3]" in text
    assert "guard bool(" in text
    assert "== True  # " in text
    assert text.splitlines()[-1].startswith("  return %")


def test_graph_exports() -> None:
    networkx = importlib.import_module("networkx")
    program = trace(grad(lambda x: np.sum(np.sin(x) * x)), X)
    graph = program.to_networkx()
    assert isinstance(graph, networkx.DiGraph)
    assert networkx.is_directed_acyclic_graph(graph)
    assert graph.number_of_nodes() >= len(program.calls) + len(program.inputs)
    dot = program.to_dot()
    assert dot.startswith("digraph")
    assert "sin" in dot


# Bad input --------------------------------------------------------------------------------------------------------------------


def test_errors() -> None:
    program = trace(lambda x: x * 2, X)
    with pytest.raises(revad.ArgumentError, match="takes 1 input leaves, got 2"):
        program(X, X)
    with pytest.raises(
        revad.ArgumentError, match=r"input 0 has shape \(2,\) and dtype float64, the program was captured for shape"
    ):
        program(X[:2])
    with pytest.raises(revad.ArgumentError, match="dtype float32"):
        program(X.astype(np.float32))
    with pytest.raises(revad.ArgumentError, match="first argument must be a function, not ndarray"):
        trace(X)
    with pytest.raises(revad.LostGradientError, match=r"float\(t\)"):
        trace(lambda x: float(x[0]), X)
    with pytest.raises(revad.LostGradientError, match=r"np.asarray\(t\)"):
        trace(lambda x: np.asarray(x), X)


def test_structure_of_the_arguments_is_checked() -> None:
    program = trace(lambda p: p["a"] * 2 + p["b"], {"a": X, "b": Y})
    with pytest.raises(revad.ArgumentError, match="structure"):
        program((X, Y))


def test_a_value_that_leaves_the_trace_is_refused() -> None:
    kept: list[Any] = []
    trace(lambda x: kept.append(x * 2) or x, X)
    with pytest.raises(revad.LeakedTracerError, match="has already ended"):
        grad(lambda x: np.sum(x * kept[0]))(X)
    with pytest.raises(revad.LeakedTracerError, match="has already ended"):
        trace(lambda x: x + kept[0], X)


def test_shapes_that_depend_on_values() -> None:
    program = trace(lambda x: np.mean(x[x > 0]), X)
    assert program(X * 2) == np.mean(X[X > 0] * 2)
    with pytest.raises(GuardError, match=r"getitem gave shape \(2,\) in the captured run; with these inputs it gives \(1,\)"):
        program(-X)
