"""Programs as graphs: for networkx and its algorithms (`to_networkx`), and for drawing with Graphviz (`to_dot`).

A node is a value of the program; an edge says that one value is an argument of the call that made another.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from revad.base.aval import Aval, aval_of
from revad.programs.steps import Guard, Listing, Ref, Step, references, show_argument, show_aval

if TYPE_CHECKING:
    import networkx as nx

Position = int | str | tuple[int | str, ...]


def to_networkx(program: Listing) -> nx.DiGraph:
    """Return a program as a directed graph of its values, ready for networkx's algorithms.

    Parameters
    ----------
    program : Program
        From `revad.trace`.

    Returns
    -------
    networkx.DiGraph
        Nodes are numbered as in the program and added in the order of execution, which is a topological order. Each has the
        attributes

        ========== =====================================================================================================
        kind       ``"input"``, ``"operation"``, or ``"constant"`` (an array, or an output, that no input influences)
        operation  the operation's name; ``"input"``, ``"constant"``
        function   what is called; None for inputs and constants
        arguments  of the call, as text such as ``"%0, axis=1"``
        shape      tuple of int; None where the call returns several values
        dtype      as text, ``"float64"``; None where the call returns several values
        file, line where the user's code made the call; ``""`` and 0 for inputs and constants
        guards     list of the decisions that were taken on the value, as text such as ``"bool -> True (model.py:7)"``
        outputs    list of its positions among the program's outputs
        ========== =====================================================================================================

        Each edge has ``positions``, a list of the places where the value stands among the call's arguments: an int, a keyword, or
        for an item of a list a tuple such as ``(0, 2)``; ``x * x`` has one edge with positions ``[0, 1]``. The graph itself has
        the attribute ``name``.

    Raises
    ------
    ImportError
        networkx is not installed.

    Examples
    --------
    >>> import networkx, numpy as np, revad
    >>> graph = revad.trace(lambda x: np.sum(x * np.exp(x)), np.ones(3)).to_networkx()
    >>> [graph.nodes[n]["operation"] for n in networkx.topological_sort(graph)]
    ['input', 'exp', 'multiply', 'sum']
    >>> networkx.dag_longest_path_length(graph)
    3
    >>> graph.edges[1, 2]["positions"]
    [1]
    """
    import networkx as nx

    graph: Any = nx.DiGraph(name=program.name)
    for index, aval in enumerate(program.inputs):
        graph.add_node(index, **_attributes("input", "input", aval))
    next_constant = program.size  # constants have no number in the program; they are numbered after all values
    for step in program.steps:
        if isinstance(step, Guard):
            text = f"{step.kind.__name__} -> {show_argument(step.expected)} ({Path(step.file).name}:{step.line})"
            graph.nodes[step.index]["guards"].append(text)
            continue
        places: dict[int, list[Position]] = {}
        for position, value in _values(step):
            if isinstance(value, Ref):
                source = value.index
            else:
                source, next_constant = next_constant, next_constant + 1
                graph.add_node(source, **_attributes("constant", "constant", aval_of(value)))
            places.setdefault(source, []).append(position)
        call = {"function": step.operation, "arguments": _text(step), "file": step.file, "line": step.line}
        graph.add_node(step.index, **_attributes("operation", step.name, step.aval) | call)
        graph.add_edges_from((source, step.index, {"positions": positions}) for source, positions in places.items())
    for position, output in enumerate(program.outputs):
        if isinstance(output, Ref):
            node = output.index
        else:
            node, next_constant = next_constant, next_constant + 1
            graph.add_node(node, **_attributes("constant", "constant", aval_of(output)))
        graph.nodes[node]["outputs"].append(position)
    return graph


def _attributes(kind: str, operation: str, aval: Aval | None) -> dict[str, Any]:
    return {
        "kind": kind,
        "operation": operation,
        "function": None,
        "arguments": "",
        "shape": None if aval is None else tuple(aval.shape),
        "dtype": None if aval is None else str(aval.dtype),
        "file": "",
        "line": 0,
        "guards": [],
        "outputs": [],
    }


def _values(step: Step) -> Iterator[tuple[Position, Any]]:
    """Yield the values that a call takes, the program's own and constant arrays, with their places among the arguments."""
    for position, arg in [*enumerate(step.args), *step.kwargs.items()]:
        yield from _within(arg, position)


def _within(arg: Any, place: Position) -> Iterator[tuple[Position, Any]]:
    if isinstance(arg, Ref) or (isinstance(arg, np.ndarray) and arg.ndim > 0):
        yield place, arg
    elif isinstance(arg, (list, tuple)):
        for i, item in enumerate(arg):
            yield from _within(item, (*_path(place), i))
    else:
        yield from ((place, Ref(index)) for index in references(arg))


def _path(place: Position) -> tuple[int | str, ...]:
    return place if isinstance(place, tuple) else (place,)


def _text(step: Step) -> str:
    return ", ".join(
        [*map(show_argument, step.args), *(f"{name}={show_argument(value)}" for name, value in step.kwargs.items())]
    )


_SHAPES = {"input": "ellipse", "operation": "box", "constant": "note"}


def to_dot(program: Listing) -> str:
    r"""Return a program in Graphviz's DOT language, to be drawn with ``dot -Tsvg``.

    Parameters
    ----------
    program : Program
        From `revad.trace`.

    Returns
    -------
    str
        A digraph from top to bottom: inputs as ellipses, calls as boxes, constants as notes, each with number, operation, shape
        and dtype. Outputs have a double border. The tooltip of a call has its arguments and the user's line. An edge is labelled
        with the argument's place where the call takes several values.

    Examples
    --------
    >>> import numpy as np, revad
    >>> print(revad.trace(np.sin, 1.0).to_dot())
    digraph "sin" {
      rankdir=TB; node [fontname="monospace"]; edge [fontname="monospace"];
      n0 [label="%0 input\nfloat64[]", shape=ellipse];
      n1 [label="%1 sin\nfloat64[]", shape=box, peripheries=2, tooltip="sin(%0)\n..."];
      n0 -> n1;
    }
    """
    graph = to_networkx(program)
    lines = [f"digraph {_quoted(program.name)} {{", '  rankdir=TB; node [fontname="monospace"]; edge [fontname="monospace"];']
    for node, data in graph.nodes(data=True):
        aval = None if data["shape"] is None else Aval(data["shape"], data["dtype"])
        number = "" if data["kind"] == "constant" else f"%{node} "
        label = "\n".join([number + data["operation"], show_aval(aval), *data["guards"]])
        options = [f"label={_quoted(label)}", f"shape={_SHAPES[data['kind']]}"]
        if data["outputs"]:
            options.append("peripheries=2")
        if data["kind"] == "operation":
            tooltip = f"{data['operation']}({data['arguments']})\n{data['file']}:{data['line']}"
            options.append(f"tooltip={_quoted(tooltip)}")
        lines.append(f"  n{node} [{', '.join(options)}];")
    for source, target, positions in graph.edges(data="positions"):
        places = ", ".join("".join(f"[{p}]" if i else str(p) for i, p in enumerate(_path(place))) for place in positions)
        single = graph.in_degree(target) == 1 and len(positions) == 1
        lines.append(f"  n{source} -> n{target}{'' if single else f' [label={_quoted(places)}]'};")
    return "\n".join([*lines, "}"])


def _quoted(text: str) -> str:
    """Return text as a quoted DOT string: quotes and backslashes escaped, line ends as backslash and n."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", "\\n")
    return f'"{escaped}"'
