"""A captured program as a `networkx.DiGraph`, and in Graphviz's DOT language."""

from __future__ import annotations

from typing import Any

from revad.aval import Aval
from revad.compiler.program import Guard, Program, Ref, Step, references


def to_networkx(program: Program) -> Any:
    """Return a program as a directed graph, ready for networkx's algorithms.

    Parameters
    ----------
    program : Program
        From `revad.trace`.

    Returns
    -------
    networkx.DiGraph
        One node for each input and operation, added in topological order, with the attributes ``kind`` ("input" or
        "operation"), ``operation`` (its name), ``arguments`` (as text), ``shape`` and ``dtype`` (None where the output is a
        tuple), ``file``, ``line``, ``output`` (positions among the program's outputs) and ``guards`` (decisions taken on the
        value). An edge from producer to user carries ``positions``, where among the arguments the value stands.

    Examples
    --------
    >>> import networkx, numpy as np, revad
    >>> graph = revad.trace(lambda x: np.sum(np.sin(x) * x), np.ones(3)).to_networkx()
    >>> [graph.nodes[n]["operation"] for n in networkx.topological_sort(graph)]
    ['input', 'sin', 'multiply', 'sum']
    >>> networkx.dag_longest_path_length(graph)
    3
    """
    import networkx

    graph = networkx.DiGraph(name=program.name)
    for i, aval in enumerate(program.inputs):
        graph.add_node(i, kind="input", operation="input", arguments="", **_facts(aval), file="", line=0, output=[], guards=[])
    for step in program.steps:
        if isinstance(step, Guard):
            graph.nodes[step.index]["guards"].append(f"{step.kind.__name__}(%{step.index}) == {step.expected!r}")
            continue
        graph.add_node(
            step.index,
            kind="operation",
            operation=step.name,
            arguments=_arguments(step),
            **_facts(step.aval),
            file=step.file,
            line=step.line,
            output=[],
            guards=[],
        )
        for producer, positions in _uses(step).items():
            graph.add_edge(producer, step.index, positions=positions)
    for position, output in enumerate(program.outputs):
        if isinstance(output, Ref):
            graph.nodes[output.index]["output"].append(position)
    return graph


def to_dot(program: Program) -> str:
    """Return a program in Graphviz's DOT language.

    Parameters
    ----------
    program : Program
        From `revad.trace`.

    Returns
    -------
    str
        To be drawn with ``dot -Tsvg``; inputs are boxes, outputs have a double border, and each node's tooltip names the user's
        file and line.

    Examples
    --------
    >>> import numpy as np, revad
    >>> print(revad.trace(lambda x: np.sin(x), 1.0).to_dot())
    digraph "<lambda>" {
      rankdir=TB; node [fontname="monospace"];
      n0 [label="%0 input\\nfloat64[]", shape=box];
      n1 [label="%1 sin\\nfloat64[]", shape=ellipse, peripheries=2, tooltip="<doctest ...>:1"];
      n0 -> n1;
    }
    """
    outputs = {output.index for output in program.outputs if isinstance(output, Ref)}
    lines = [f"digraph {_quoted(program.name)} {{", '  rankdir=TB; node [fontname="monospace"];']
    for i, aval in enumerate(program.inputs):
        double = ", peripheries=2" if i in outputs else ""
        lines.append(f"  n{i} [label={_quoted(f'%{i} input', _described(aval))}, shape=box{double}];")
    for step in program.calls:
        label = _quoted(f"%{step.index} {step.name}", _described(step.aval))
        double = ", peripheries=2" if step.index in outputs else ""
        lines.append(f"  n{step.index} [label={label}, shape=ellipse{double}, tooltip={_quoted(step.source)}];")
        lines += [f"  n{producer} -> n{step.index};" for producer in _uses(step)]
    return "\n".join([*lines, "}"])


def _uses(step: Step) -> dict[int, list[int | str]]:
    """Return which values a step uses, and at which arguments."""
    uses: dict[int, list[int | str]] = {}
    for position, arg in (*enumerate(step.args), *step.kwargs.items()):
        for index in references(arg):
            uses.setdefault(index, []).append(position)
    return uses


def _facts(aval: Aval | None) -> dict[str, Any]:
    return {"shape": None, "dtype": None} if aval is None else {"shape": aval.shape, "dtype": str(aval.dtype)}


def _arguments(step: Step) -> str:
    parts = [repr(arg) for arg in step.args] + [f"{name}={arg!r}" for name, arg in step.kwargs.items()]
    return ", ".join(part if len(part) <= 60 else part[:57] + "..." for part in parts)


def _described(aval: Aval | None) -> str:
    return "(several)" if aval is None else f"{aval.dtype}[{','.join(map(str, aval.shape))}]"


def _quoted(*lines: str) -> str:
    escaped = [line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") for line in lines]
    return '"' + "\\n".join(escaped) + '"'
