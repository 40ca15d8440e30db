"""Captured programs as networkx graphs and as DOT."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

import revad
from revad.programs.graph import to_dot, to_networkx

X = np.array([1.0, 2.0, 3.0])


def chain(x: Any, w: Any) -> Any:
    h = np.tanh(x * w + np.arange(3.0))
    if h[0] > 0:
        h = h * h
    return np.sum(h), 3.0


def named(graph: Any, operation: str) -> int:
    (node,) = [n for n, data in graph.nodes(data=True) if data["operation"] == operation]
    return node


def test_nodes_carry_what_is_known_of_them() -> None:
    program = revad.trace(chain, X, 0.5)
    graph = to_networkx(program)
    assert graph.graph["name"] == "chain"
    first, second = graph.nodes[0], graph.nodes[1]
    assert (first["kind"], first["operation"], first["shape"], first["dtype"]) == ("input", "input", (3,), "float64")
    assert (second["shape"], second["function"], second["file"], second["line"]) == ((), None, "", 0)
    tanh = graph.nodes[named(graph, "tanh")]
    assert tanh["kind"] == "operation"
    assert tanh["function"] is np.tanh
    assert (tanh["shape"], tanh["dtype"], tanh["outputs"], tanh["guards"]) == ((3,), "float64", [], [])
    assert re.fullmatch(r"%\d+", tanh["arguments"])
    assert Path(tanh["file"]).name == "test_graphs.py"
    assert Path(tanh["file"]).read_text().splitlines()[tanh["line"] - 1].strip().startswith("h = np.tanh")
    assert graph.nodes[named(graph, "sum")]["outputs"] == [0]


def test_guards_belong_to_their_value() -> None:
    graph = to_networkx(revad.trace(chain, X, 0.5))
    (guard,) = graph.nodes[named(graph, "greater")]["guards"]
    assert re.fullmatch(r"bool -> True \(test_graphs\.py:\d+\)", guard)


def test_constants_are_nodes() -> None:
    """An array that no input influences, and an output that is a constant, are seen; numbers among the arguments are not."""
    graph = to_networkx(revad.trace(chain, X, 0.5))
    constants = [data for _, data in graph.nodes(data=True) if data["kind"] == "constant"]
    assert [(data["shape"], data["outputs"]) for data in constants] == [((3,), []), ((), [1])]
    single = to_networkx(revad.trace(lambda x: x * 2.0, X))
    assert [data["kind"] for _, data in single.nodes(data=True)] == ["input", "operation"]


def test_edges_tell_the_argument() -> None:
    def f(x: Any, i: Any) -> Any:
        y = np.multiply(x, x)
        z = np.concatenate([y, np.sin(x), y], axis=0)
        return np.sum(z, where=z > 0)

    graph = to_networkx(revad.trace(f, X, 1.0))
    multiply, sine, join, total, greater = (named(graph, name) for name in ("multiply", "sin", "concatenate", "sum", "greater"))
    assert graph.edges[0, multiply]["positions"] == [0, 1]
    assert graph.edges[multiply, join]["positions"] == [(0, 0), (0, 2)]
    assert graph.edges[sine, join]["positions"] == [(0, 1)]
    assert graph.edges[join, total]["positions"] == [0]
    assert graph.edges[greater, total]["positions"] == ["where"]
    assert graph.degree(1) == 0


def test_an_index_inside_a_slice_is_an_argument() -> None:
    graph = to_networkx(revad.trace(lambda x, n: np.sum(x[: np.argmax(n)]), X, X))
    assert nx.has_path(graph, 0, named(graph, "sum"))


def test_order_of_insertion_is_topological() -> None:
    graph = to_networkx(revad.trace(revad.grad(lambda x: np.sum(np.sin(x) * np.exp(x[0]))), X))
    assert nx.is_directed_acyclic_graph(graph)
    place = {node: i for i, node in enumerate(graph)}
    assert all(place[source] < place[target] for source, target in graph.edges)


def test_networkx_algorithms_run() -> None:
    graph = to_networkx(revad.trace(chain, X, 0.5))
    order = list(nx.topological_sort(graph))
    assert len(order) == graph.number_of_nodes()
    total = named(graph, "sum")
    used = graph.subgraph(nx.ancestors(graph, total) | {total})
    path = [graph.nodes[node]["operation"] for node in nx.dag_longest_path(used)]
    assert path == ["input", "multiply", "add", "tanh", "multiply", "sum"]
    assert {0, 1} <= set(used)


def test_several_outputs_of_one_call() -> None:
    graph = to_networkx(revad.trace(lambda x: np.linalg.eigh(x)[0], np.eye(2)))
    call = graph.nodes[named(graph, "eigh")]
    assert (call["shape"], call["dtype"]) == (None, None)
    assert "(several)" in to_dot(revad.trace(lambda x: np.linalg.qr(x)[0], np.eye(2)))


# DOT -------------------------------------------------------------------------------------------------------------------------------


def test_dot() -> None:
    lines = to_dot(revad.trace(chain, X, 0.5)).splitlines()
    assert lines[0] == 'digraph "chain" {'
    assert lines[-1] == "}"
    assert '  n0 [label="%0 input\\nfloat64[3]", shape=ellipse];' in lines
    assert '  n1 [label="%1 input\\nfloat64[]", shape=ellipse];' in lines
    assert any(re.fullmatch(r'  n\d+ \[label="constant\\nfloat64\[3\]", shape=note\];', line) for line in lines)
    assert any(re.fullmatch(r'  n\d+ \[label="constant\\nfloat64\[\]", shape=note, peripheries=2\];', line) for line in lines)
    assert any(
        re.match(r'  n\d+ \[label="%\d+ sum\\nfloat64\[\]", shape=box, peripheries=2, tooltip="sum\(%\d+\)\\n', line)
        for line in lines
    )
    assert any("bool -> True (test_graphs.py:" in line for line in lines)
    assert any(re.fullmatch(r'  n\d+ -> n\d+ \[label="0, 1"\];', line) for line in lines)
    assert any(re.fullmatch(r"  n\d+ -> n\d+;", line) for line in lines)
    nodes, edges = sum("shape=" in line for line in lines), sum("->" in line and "shape=" not in line for line in lines)
    graph = to_networkx(revad.trace(chain, X, 0.5))
    assert (nodes, edges) == (graph.number_of_nodes(), graph.number_of_edges())


def test_dot_labels_places_inside_lists() -> None:
    assert 'label="0[0], 0[2]"' in to_dot(revad.trace(lambda x, y: np.concatenate([x, y, x]), X, X))


def test_dot_escapes_quotes_backslashes_and_line_ends() -> None:
    def f(x: Any) -> Any:
        return np.einsum("i, i ->", x, x)

    f.__name__ = 'a "b" \\ c\nd'
    text = to_dot(revad.trace(f, X))
    assert text.splitlines()[0] == 'digraph "a \\"b\\" \\\\ c\\nd" {'
    for line in text.splitlines()[1:-1]:
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', "TEXT", line)
        assert '"' not in bare
        assert bare.endswith(";")


def test_a_program_without_steps() -> None:
    graph = to_networkx(revad.trace(lambda x: x, 1.0))
    assert list(graph) == [0]
    assert graph.nodes[0]["outputs"] == [0]
    assert "peripheries=2" in to_dot(revad.trace(lambda x: x, 1.0))


def test_without_networkx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "networkx", None)
    with pytest.raises(ImportError, match="networkx"):
        to_networkx(revad.trace(np.sin, 1.0))
