"""The mutants that are no mistakes: another form of the same number, or a number that nothing depends on.

Two kinds are told by where they stand, if no test kills them: see `placeholder` and `threshold`. The others are named one by one, by
their text, with the reason.
"""

from __future__ import annotations

import ast
import functools

from tests.mutation.mutants import ROOT, Mutant

Key = tuple[str, str, str, str]  # the file, the function, what stood there, what stands there now

KNOWN: dict[str, tuple[Key, ...]] = {
    "a dearer formula computes what the cheap one would, to rounding": (
        ("revad/rules/slopes.py", "sech_squared", "tanh * tanh", "tanh / tanh"),
        ("revad/rules/least_squares.py", "is_rounding", "0", "1"),
    ),
    "the function is symmetric": (("revad/rules/slopes.py", "scaled_over_squares", "size_of(a, b)", "size_of(b, a)"),),
    "a scale that is divided out again": (
        ("revad/rules/slopes.py", "size_of", "1", "2"),
        ("revad/rules/slopes.py", "size_of", "a + b", "a - b"),
    ),
    "only the sign of zero": (("revad/rules/slopes.py", "cosine", "hypot + (hypot == 0)", "hypot - (hypot == 0)"),),
    "only a warning of an overflow that does no harm": (
        ("revad/rules/slopes.py", "lorentzian", "np.where(far, 0, x)", "np.where(0, far, x)"),
        ("revad/rules/slopes.py", "lorentzian", "0", "1"),
    ),
    "what counts as rounding": (
        (
            "revad/rules/least_squares.py",
            "default_cutoff",
            "float(np.finfo(a.dtype).eps) * max(np.shape(a))",
            "float(np.finfo(a.dtype).eps) / max(np.shape(a))",
        ),
        ("revad/rules/decompositions.py", "of_full_rank", "r.shape[-1] * np.finfo(r.dtype).eps", "np.finfo(r.dtype).eps"),
    ),
    "multiplied by one, for the dtype": (
        ("revad/scipy/special/rules/error_functions.py", "dawsn_slope", "x * DOUBLE", "x / DOUBLE"),
    ),
}
"""The reasons, and which mutants each holds for."""


def reason(mutant: Mutant) -> str | None:
    """Return why a mutant that survived is no mistake, or None."""
    listed = next((why for why, keys in KNOWN.items() if mutant.key in keys), None)
    return listed or placeholder(mutant) or threshold(mutant)


def placeholder(mutant: Mutant) -> str | None:
    """Tell a number that `numpy.where` puts in place of an argument, so that a formula whose result is not used there stays finite.

    It is recognised as a number other than 0 beside a variable, as in ``np.where(x == 0, 1, x)``.
    """
    for parent in _parents(mutant):
        if isinstance(parent, ast.Call) and ast.unparse(parent.func) == "np.where" and len(parent.args) == 3:
            numbers = [arg for arg in parent.args[1:] if isinstance(arg, ast.Constant) and arg.value != 0]
            if mutant.kind == "changed constant" and len(numbers) == 1 and ast.unparse(numbers[0]) == mutant.old:
                return "a placeholder for an argument"
    return None


def threshold(mutant: Mutant) -> str | None:
    """Tell a number other than 0 with which an argument is compared, where one formula takes over from another and both hold."""
    for parent in _parents(mutant):
        ordered = isinstance(parent, ast.Compare) and isinstance(parent.ops[0], (ast.Lt, ast.LtE, ast.Gt, ast.GtE))
        if ordered and mutant.kind == "changed constant" and float(ast.literal_eval(mutant.old)) != 0:
            return "a threshold between two formulas"
    return None


def _parents(mutant: Mutant) -> list[ast.AST]:
    return _parents_in(mutant.file).get((mutant.line, mutant.column, mutant.end), [])


@functools.cache
def _parents_in(file: str) -> dict[tuple[int, int, int], list[ast.AST]]:
    """Return the parent of each number in a file, and the parent of its negative, by where it stands."""
    found: dict[tuple[int, int, int], list[ast.AST]] = {}
    for parent in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        for child in ast.iter_child_nodes(parent):
            if isinstance(child, ast.Constant):
                found.setdefault((child.lineno, child.col_offset, child.end_col_offset or 0), []).append(parent)
    return found
