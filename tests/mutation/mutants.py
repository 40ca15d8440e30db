"""The mistakes: what a rule may get wrong, made in its syntax tree one at a time."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
FOLDERS = ("revad/rules", "revad/scipy", "nn/functional")  # where rules are
DEFAULT = ("revad/rules", "revad/scipy/special/rules", "nn/functional")  # those whose mutants are all tried
CONJUGATES = {"conj", "conjugate"}
ADJOINTS = {"mH": "mT"}
SYMMETRIC = {  # whose first two arguments may be swapped
    *("add", "multiply", "maximum", "minimum", "hypot", "logaddexp", "equal", "not_equal", "logical_and", "logical_or"),
    *(
        "bitwise_and",
        "bitwise_or",
        "bitwise_xor",
        "array_equal",
        "isclose",
        "convolve",
        "broadcast_shapes",
        "result_type",
        "max",
        "min",
        "zip",
    ),
}
OPPOSITE: dict[type[ast.operator], ast.operator] = {
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
    ast.Mult: ast.Div(),
    ast.Div: ast.Mult(),
}
Function = ast.FunctionDef | ast.Lambda


class Mutant(NamedTuple):
    """One mistake."""

    file: str  # relative to the root of the project
    line: int
    column: int
    end: int  # the column where the replaced text ends, which tells mutants of one place apart
    function: str  # the innermost function that has a name, dotted
    first: int  # the lines of the innermost function, with a name or without
    last: int
    kind: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}  {self.function}: {self.kind}: {self.old}  ->  {self.new}"

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names a mutant as long as its own text stays: not the line."""
        return (self.file, self.function, self.old, self.new)


def files(paths: Sequence[str] = DEFAULT) -> list[Path]:
    """Return the files of rules that the paths name."""
    found = sorted(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py") if file.name != "__init__.py")
    wanted = [(ROOT / path).resolve() for path in paths]
    return [file for file in found if any(file == w or w in file.parents for w in wanted)]


def changes(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Give every mistake at one node: its kind, and what stands there instead."""
    if isinstance(node, ast.BinOp):
        if type(node.op) in OPPOSITE:
            kind = "flipped sign" if isinstance(node.op, (ast.Add, ast.Sub)) else "changed operator"
            yield kind, ast.BinOp(node.left, OPPOSITE[type(node.op)], node.right)
        if isinstance(node.op, (ast.Mult, ast.MatMult, ast.Div)):
            yield "dropped factor", node.left
            if not isinstance(node.op, ast.Div):
                yield "dropped factor", node.right
        elif isinstance(node.op, (ast.Add, ast.Sub)):
            yield "dropped term", node.left
            if isinstance(node.op, ast.Add):
                yield "dropped term", node.right
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield "flipped sign", node.operand
    elif isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in CONJUGATES and len(node.args) == 1:
            yield "dropped conjugate", node.args[0]
        if name in ADJOINTS:
            yield "dropped conjugate", ast.Call(ast.Name(ADJOINTS[name], ast.Load()), node.args, node.keywords)
        if len(node.args) > 1 and name not in SYMMETRIC and not any(isinstance(arg, ast.Starred) for arg in node.args[:2]):
            first, second, *rest = node.args
            if ast.dump(first) != ast.dump(second):
                yield "swapped arguments", ast.Call(node.func, [second, first, *rest], node.keywords)
    elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float, complex)) and not isinstance(node.value, bool):
        yield "changed constant", ast.Constant(node.value + 1)


def with_dropped(node: ast.expr, kept: ast.expr) -> ast.expr:
    """Return what gives the kept part of a sum or product, and yet names the other: a closure must keep its variables."""
    if not isinstance(node, ast.BinOp):
        return kept
    other = node.right if kept is node.left else node.left
    return ast.Subscript(ast.Tuple([kept, other], ast.Load()), ast.Constant(0), ast.Load())


def mutants_of(file: Path) -> Iterator[tuple[Mutant, Callable[[], ast.Module]]]:
    """Give the mutants inside the functions of a file, each with what makes the module's syntax tree with the mistake in it."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    name = str(file.relative_to(ROOT))
    wanted = rules_of(tree) if name.startswith("nn/") else None
    for node, parent, field, place, inside, lines in _expressions(tree):
        if wanted is not None and inside.partition(".")[0] not in wanted:
            continue
        for kind, shown in changes(node):
            new = ast.copy_location(with_dropped(node, shown) if kind.startswith("dropped") else shown, node)
            ast.fix_missing_locations(new)
            mutant = Mutant(
                name,
                node.lineno,
                node.col_offset,
                node.end_col_offset or 0,
                inside,
                *lines,
                kind,
                ast.unparse(node).replace("\n", " "),
                ast.unparse(shown).replace("\n", " "),
            )
            yield mutant, _replacing(tree, parent, field, place, node, new)


def rules_of(tree: ast.Module) -> set[str]:
    """Return the functions of a module that its statements of rules name, and what these call; "" for those without a name.

    In `nn`, where the same file has functions and their rules. (What a function itself computes is compared with PyTorch.)
    """
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    names = {name for node in tree.body if isinstance(node, ast.Expr) for name in _names(node)}
    names |= {
        name
        for name, node in functions.items()
        for mark in node.decorator_list
        if isinstance(mark, ast.Call)
        for _ in _names(mark)
    }
    for node in tree.body:  # the function itself is named first, before its rules
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and node.value.args
            and isinstance(node.value.args[0], ast.Name)
        ):
            names.discard(node.value.args[0].id)
    reached: set[str] = set()
    waiting = names & set(functions)
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= (_names(functions[name]) & set(functions)) - reached
    return reached | {""}


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _replacing(
    tree: ast.Module, parent: ast.AST, field: str, place: int | None, old: ast.expr, new: ast.expr
) -> Callable[[], ast.Module]:
    def put(expression: ast.expr) -> None:
        if place is None:
            setattr(parent, field, expression)
        else:
            getattr(parent, field)[place] = expression

    def mutated() -> ast.Module:
        """Return a copy of the tree with the mistake, and leave the tree itself as it was."""
        put(new)
        try:
            return copy.deepcopy(tree)
        finally:
            put(old)

    return mutated


Where = tuple[ast.expr, ast.AST, str, int | None, str, tuple[int, int]]


def _expressions(tree: ast.Module) -> Iterator[Where]:
    """Give the expressions that are computed when a function of the module runs, with where each stands and in which function."""
    yield from _below(tree, "", None)


def _below(node: ast.AST, inside: str, lines: tuple[int, int] | None) -> Iterator[Where]:
    if isinstance(node, ast.stmt) and _is_message(node):
        return
    for field, value in ast.iter_fields(node):
        for place, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if not isinstance(child, ast.AST) or isinstance(child, (ast.arguments, ast.expr_context, ast.JoinedStr)):
                continue
            if field in ("decorator_list", "annotation", "returns"):
                continue
            if isinstance(child, ast.expr) and lines is not None:
                yield child, node, field, place, inside, lines
            here, span = inside, lines
            if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
                here = f"{inside}.{child.name}".lstrip(".")
            if isinstance(child, (ast.FunctionDef, ast.Lambda)):
                decorators = child.decorator_list if isinstance(child, ast.FunctionDef) else []
                start = min([child.lineno, *[decorator.lineno for decorator in decorators]])
                span = (start, child.end_lineno or start)
            yield from _below(child, here, span)


def _is_message(node: ast.stmt) -> bool:
    """Return whether a statement is a docstring, or raises an error or a warning: its text is tested by other means."""
    if isinstance(node, ast.Raise):
        return True
    if not isinstance(node, ast.Expr):
        return False
    if isinstance(node.value, ast.Constant):
        return True
    return isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "warnings.warn"
