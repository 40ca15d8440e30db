"""Write ``docs/operations.md``, the catalogue of operations, from the registry and the rows of the operation table.

Run it from the repository's root after a rule or a row has changed: ``python docs/_operations.py``.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from collections import defaultdict
from collections.abc import Hashable, Iterator
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402  (after the path is set)

import revad.scipy  # noqa: E402
from revad.operations.operation import NONDIFF, ONE, REQUIRED, Operation, Rule  # noqa: E402
from revad.operations.registry import lookup, operations  # noqa: E402
from revad.rules.series import SERIES as STAND_INS  # noqa: E402
from tests.rules.test_specs import COMPLEX, REAL_ONLY, ids, on_host, setup  # noqa: E402
from tests.rules.test_totality import NOT_DISPATCHED  # noqa: E402
from tests.specs import FAMILIES, ROWS  # noqa: E402
from tests.watching import calls_of  # noqa: E402

PAGE = ROOT / "docs" / "operations.md"
MAIN = {"numpy": np, "numpy.linalg": np.linalg, "numpy.fft": np.fft}
OTHERS = {"numpy.emath": np.emath, "numpy.lib.stride_tricks": np.lib.stride_tricks}
SERIES = ("polynomial", "chebyshev", "legendre", "laguerre", "hermite", "hermite_e")
STEPS = (np.floor, np.ceil, np.trunc, np.rint, np.round, np.around, np.fix, np.floor_divide, np.spacing)  # pyright: ignore[reportDeprecated]
"""Functions of floating result that are constant between steps: their derivative is zero, and is returned as zero."""

DIFFERENTIABLE = ("rule", "composed", "writes", "zero derivative")
LEFT_OUT = (np.asarray_chkfinite, np.fromiter, np.kaiser)
"""Functions that have a derivative and get no tracked value from NumPy: they refuse."""


HOW_TO_READ = """\
- *How*: by a **rule** of its own, **composed** of functions that have one, or as a function that **writes** into its argument.
  A *zero derivative* is returned as zero.
- Each has reverse and forward mode. *Second order* says that derivatives of the derivative are checked against differences too.
- *Complex*: checked with complex arrays.
- *Keeps*: what stays in memory for the backward pass; `ans` is the result. What an argument that is not tracked would need is not kept.
"""


SERIES_NOTE = """\
NumPy's protocols do not reach `numpy.polynomial`, save for `polyval2d` and `polygrid2d`. The table `revad.rules.series.SERIES` holds
a stand-in for each function listed here. Called directly with a tracked argument most of them raise. The exception: `polyval`,
`chebval` and their kin compute with a tracked point and plain coefficients along one axis, rightly; with coefficients along several
axes they take the axes of the point for those of the columns, so that the result has another shape than NumPy's.
"""


class Entry(NamedTuple):
    """One line of the catalogue."""

    name: str
    kind: str
    second: str
    complex: str
    keeps: str
    where: str


class Checked(NamedTuple):
    """What the rows check of a function."""

    order: int = 0
    takes_complex: bool = False
    would_take_complex: bool = False  # NumPy computes something from complex arrays in a row that is for real ones only


# What is known ---------------------------------------------------------------------------------------------------------------


def checks() -> dict[Any, Checked]:
    """Return for each function that a row calls the highest order of differentiation, and whether complex arrays are among it."""
    with_complex = {name for _, name in COMPLEX}
    found: dict[Any, Checked] = defaultdict(Checked)
    for row, family, name in zip(ROWS, FAMILIES, ids(), strict=True):
        is_complex = name in with_complex or any(np.iscomplexobj(x) for x in setup(row)[1])
        would = name in REAL_ONLY
        called = {call[1] if isinstance(call, tuple) else call for call in calls_of(row, on_host=on_host(family, name))}
        called |= {f for f in (row.function, getattr(row.function, "__wrapped__", None)) if isinstance(f, Hashable)}
        for function in called:
            old = found[function]
            found[function] = Checked(
                max(old.order, row.order), old.takes_complex or is_complex, old.would_take_complex or would
            )
    return found


def public(module: Any) -> Iterator[tuple[str, Any]]:
    """Iterate over the public functions of a module, each under its first name."""
    seen: set[int] = set()
    for name in sorted(getattr(module, "__all__", dir(module)), key=str.lower):
        value = getattr(module, name, None)
        if name.startswith("_") or not callable(value) or isinstance(value, type) or id(value) in seen:
            continue
        if getattr(value, "__name__", name) != name and getattr(module, getattr(value, "__name__", name), None) is value:
            continue  # an alias, as np.abs of np.absolute
        seen.add(id(value))
        yield name, value


def keeps(operation: Operation) -> str:
    """Return what the rules of an operation keep, argument by argument."""
    if operation.kind != "rules":
        return ""
    told: dict[str, list[str]] = defaultdict(list)
    for name in operation.declared:
        rule = operation.rule(name)
        told["–" if rule is NONDIFF else "nothing" if rule is ONE else needed(rule)].append(name)
    if operation.joint is not None:
        told[needed(operation.joint)] += operation.joint_names
    told.pop("–", None)
    if len(told) == 1:
        return next(iter(told))
    return "; ".join(f"{what} for {', '.join(names)}" for what, names in told.items())


def needed(rule: Rule) -> str:
    """Return what one rule keeps; options of the call are not counted."""
    values = [need.name for need in rule.needs if need.default is REQUIRED and not need.as_aval]
    shapes = [need.name for need in rule.needs if need.default is REQUIRED and need.as_aval]
    return ", ".join([*values, *(f"shape of {name}" for name in shapes)]) or "nothing"


def accuracy(operation: Operation) -> str:
    """Return how good the derivatives are that are numerical ones."""
    told: dict[str, list[str]] = defaultdict(list)
    for name, statement in operation.accuracy.items():
        told[statement].append(name)
    return "".join(f"; accuracy for {', '.join(names)}: {statement}".replace("|", r"\|") for statement, names in told.items())


def source(operation: Operation) -> str:
    """Return the name of the rule, with a link to its line."""
    functions = [operation.composite, operation.joint and operation.joint.function]
    functions += [rule.function for rule in map(operation.rule, operation.declared) if isinstance(rule, Rule)]
    return next((found for function in functions if (found := link(function))), "")


def link(function: Any) -> str:
    """Return a function of ours by name, with a link to the line where it stands."""
    function = inspect.unwrap(function)
    code = getattr(function, "__code__", None)
    if code is None or not (path := Path(code.co_filename)).is_relative_to(ROOT / "revad"):
        return ""
    return f"[`{function.__name__}` {path.name}:{code.co_firstlineno}](../{path.relative_to(ROOT)})"


def kind_of(function: Any, operation: Operation) -> str:
    """Return how calls with tracked values are answered."""
    if operation.kind == "rules":
        only_steps = operation.declared and all(operation.rule(name) is NONDIFF for name in operation.declared)
        return "zero derivative" if only_steps else "rule"
    if operation.kind == "nondiff":
        return "zero derivative" if function in STEPS else "passes through"
    names = {
        "composite": "composed",
        "in_place": "writes",
        "creation": "creates",
        "unsupported": "refused: " + operation.reason,
    }
    return names[operation.kind]


def entry(name: str, function: Any, checked: dict[Any, Checked], other: str = "") -> Entry:
    """Return the line of a function."""
    operation = lookup(function)
    kind = other if operation is None else kind_of(function, operation)
    has_derivative = kind in DIFFERENTIABLE
    known = checked.get(function) if isinstance(function, Hashable) else None
    second = "yes" if has_derivative and known is not None and known.order > 1 else ""
    takes_complex = "yes" if has_derivative and known is not None and known.takes_complex else ""
    if operation is None:
        return Entry(name, kind, second, takes_complex, "", link(function) if has_derivative else "")
    what = keeps(operation) + accuracy(operation)
    return Entry(name, kind, second, takes_complex, what, source(operation))


# The page --------------------------------------------------------------------------------------------------------------------


def table(entries: list[Entry]) -> list[str]:
    """Return a Markdown table of the differentiable functions, and lists of the others by kind."""
    lines: list[str] = []
    differentiable = [e for e in entries if e.kind in DIFFERENTIABLE]
    if differentiable:
        lines += ["| function | how | second order | complex | keeps | source |", "|---|---|---|---|---|---|"]
        lines += [f"| `{e.name}` | {e.kind} | {e.second} | {e.complex} | {e.keeps} | {e.where} |" for e in differentiable]
        lines += [""]
    others: dict[str, list[str]] = defaultdict(list)
    for e in entries:
        if e not in differentiable:
            others[e.kind].append(f"`{e.name}`")
    for kind in sorted(others):
        lines += [f"- {kind[:1].upper()}{kind[1:].rstrip('.')}: {', '.join(others[kind])}."]
    return [*lines, ""] if others else lines


def numpy_sections(checked: dict[Any, Checked]) -> Iterator[str]:
    """Iterate over the lines of NumPy's part."""
    reasons = {name: f"never reach revad: {reason}" for reason, names in NOT_DISPATCHED.items() for name in names.split()}
    for title, module in MAIN.items():
        entries = [entry(name, f, checked, reasons.get(name, "")) for name, f in public(module)]
        if module is np:
            yield from section(f"{title}: ufuncs", [e for e in entries if isinstance(getattr(np, e.name), np.ufunc)])
            entries = [e for e in entries if not isinstance(getattr(np, e.name), np.ufunc)]
        yield from section(f"{title}: functions" if module is np else title, entries)
    for title, module in OTHERS.items():
        yield from section(title, [entry(name, STAND_INS.get(f, f), checked) for name, f in public(module) if known(f)])
    methods = [o for o in operations() if isinstance(o.function, str)]
    yield from section("Methods of ufuncs", [entry(o.name.strip("'"), o.function, checked) for o in methods])
    yield "Methods of arrays (`t.sum()`, `t.reshape(...)`) are those functions under another spelling."
    yield ""
    yield SERIES_NOTE
    for name in SERIES:
        module = importlib.import_module(f"numpy.polynomial.{name}")
        found = [(f.__name__, STAND_INS[f]) for f in vars(module).values() if callable(f) and known(f) and f in STAND_INS]
        yield from section(f"numpy.polynomial.{name}", [entry(name, f, checked) for name, f in sorted(found)])


def known(function: Any) -> bool:
    """Return whether a function, or its stand-in, is registered."""
    return lookup(STAND_INS.get(function, function)) is not None


def scipy_sections(checked: dict[Any, Checked]) -> Iterator[str]:
    """Iterate over the lines of SciPy's part: the functions of ``revad.scipy`` and SciPy's own ufuncs."""
    for info in iter_modules(revad.scipy.__path__):
        module = importlib.import_module(f"revad.scipy.{info.name}")
        if importlib.util.find_spec(f"scipy.{info.name}") is None:
            continue
        original = importlib.import_module(f"scipy.{info.name}")
        functions = {name: f for name, f in public(module) if hasattr(original, name)}
        functions |= {
            name: f for name, f in public(original) if isinstance(f, np.ufunc) and lookup(f) and name not in functions
        }
        kinds = {name: "composed" if link(f) else "SciPy's own, for plain values" for name, f in functions.items()}
        entries = [entry(name, functions[name], checked, kinds[name]) for name in sorted(functions, key=str.lower)]
        if entries:
            yield from section(f"scipy.{info.name}", entries)


def section(title: str, entries: list[Entry]) -> list[str]:
    """Return the lines of a section."""
    return [f"## {title}", "", *table(entries)] if entries else []


class Score(NamedTuple):
    """How many functions of NumPy's main namespaces are differentiable, and how many of those take complex arrays."""

    covered: int
    differentiable: int
    complex_covered: int
    takes_complex: int


def score(checked: dict[Any, Checked]) -> Score:
    """Count: a function is covered if rows check it to the second order, or if its derivative is zero."""
    functions = {f for module in MAIN.values() for _, f in public(module)}
    with_rule = [f for f in functions if (o := lookup(f)) is not None and o.kind in ("rules", "composite", "in_place")]
    covered = [f for f in with_rule if checked[f].order > 1]
    with_complex = [f for f in with_rule if checked[f].takes_complex]
    taking = [f for f in with_rule if checked[f].takes_complex or checked[f].would_take_complex]
    return Score(len(covered) + len(STEPS), len(with_rule) + len(STEPS) + len(LEFT_OUT), len(with_complex), len(taking))


def scipy_functions(checked: dict[Any, Checked]) -> tuple[int, int]:
    """Count SciPy's functions that have a derivative here, and those that rows check to the second order."""
    rows = [line.split(" | ") for line in scipy_sections(checked) if line.startswith("| `")]
    return len(rows), sum(row[2] == "yes" for row in rows)


def page() -> str:
    """Return the text of the page."""
    checked = checks()
    counts = score(checked)
    of_scipy, of_scipy_checked = scipy_functions(checked)
    counted = (
        f"Of the {counts.differentiable} functions of `numpy`, `numpy.linalg` and `numpy.fft` that have a derivative, "
        f"{counts.covered} are differentiated; {counts.complex_covered} of the {counts.takes_complex} that take complex arrays are "
        f"checked with them. Of SciPy {of_scipy} functions are here, {of_scipy_checked} of them checked to the second order."
    )
    lines = [
        "# Operations",
        "",
        "<!-- Written by docs/_operations.py; do not edit. -->",
        "",
        "Every function that takes tracked values, what its rule keeps, and where the rule stands: the name that",
        "tracebacks and messages tell, file and line.",
        counted,
        "",
        HOW_TO_READ,
        "",
        *numpy_sections(checked),
        *scipy_sections(checked),
    ]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
