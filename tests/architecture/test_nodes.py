"""Only the engine and the levels know how a node is laid out; all others ask for what they want by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture._source import Module, modules, parsed

KNOW = ("revad.engine.", "revad.tensors.", "revad.numpy.buffers.")  # buffers are a kind of level too, with places of their own
NODES = {"node", "root", "parent", "child", "ancestor"}
"""What variables and attributes that hold a node are called, also with something before: ``_node``, ``leaf_node``. A leaf is a value."""


def places(found: dict[str, Module]) -> Iterator[str]:
    """Iterate over where modules read or write parts of a node by their numbers, or take it apart."""
    for name, module in found.items():
        if f"{name}.".startswith(KNOW):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Subscript):
                found_here = is_node(node.value) and is_number(node.slice)
            else:
                found_here = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and is_node(node.value)
            if found_here:
                yield f"{name}:{node.lineno} {ast.unparse(node)}"


def is_node(value: ast.expr) -> bool:
    """Return whether an expression is called as nodes are."""
    called = value.id if isinstance(value, ast.Name) else value.attr if isinstance(value, ast.Attribute) else ""
    return called.rpartition("_")[2] in NODES


def is_number(place: ast.expr) -> bool:
    """Return whether an index is a number that stands there, or a constant's name."""
    if isinstance(place, ast.UnaryOp):
        return is_number(place.operand)
    if isinstance(place, ast.Slice):
        return any(part is not None and is_number(part) for part in (place.lower, place.upper, place.step))
    if isinstance(place, ast.Name | ast.Attribute):
        return (place.id if isinstance(place, ast.Name) else place.attr).isupper()
    return isinstance(place, ast.Constant) and type(place.value) is int


def test_nobody_else_knows_the_places_of_a_node() -> None:
    assert list(places(modules("revad", "nn"))) == []


def test_a_place_would_be_found() -> None:
    planted = (
        "t._node[2]\nnode[-1] = 0\nself.leaf_node[AVAL]\nnode[4::4]\norder, level = node\nnode[i]\nnodes[0]\nnode['x']\nx[0]\n"
    )
    assert sorted(places(parsed({"revad.transforms.x": planted, "revad.engine.tape": planted}))) == [
        "revad.transforms.x:1 t._node[2]",
        "revad.transforms.x:2 node[-1]",
        "revad.transforms.x:3 self.leaf_node[AVAL]",
        "revad.transforms.x:4 node[4::4]",
        "revad.transforms.x:5 order, level = node",
    ]
