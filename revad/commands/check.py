"""``revad check FILE.py:FUNCTION``: differentiate a user's function and compare with finite differences."""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

import numpy as np

from revad.checking.differences.check import MODES, find_mismatch
from revad.checking.differences.comparisons import Comparison, comparison_table
from revad.checking.differences.locate import compare_entries, weighted
from revad.checking.differences.mappings import as_mapping
from revad.checking.differences.projections import ROUNDINGS, Trial
from revad.checking.differences.spaces import Mapping, Vector
from revad.checking.differences.verdict import GradientCheck, comparison_json
from revad.commands.inputs import Call, CannotError, bind, function_in_file, line_in, one_line, positions
from revad.errors import RevadError
from revad.reports.pages import plain_value
from revad.reports.terminal import print_json, say, say_table
from revad.transforms.reverse import vjp

AGREE, DISAGREE = 0, 1
SHOWN = 20  # entries of the gradient in the table; all are checked along random directions
DIRECTION = "random direction"
HEADINGS = ("entry", "revad", "finite difference", "difference", "attainable error", "")


class Report(NamedTuple):
    """What was computed, and what follows from it."""

    text: str
    value: Any
    gradient: dict[str, Any]
    rows: list[Comparison]
    result: GradientCheck

    @property
    def wrong(self) -> list[Comparison]:
        """The rows that disagree, kinks apart."""
        return [row for row in self.rows if not row.agrees and not row.is_kink]

    @property
    def agrees(self) -> bool:
        """Whether nothing disagrees."""
        return self.result.ok and not self.wrong


def run(options: argparse.Namespace) -> int:
    """Check a function and print the report; return 0 if revad agrees with finite differences, 1 if not.

    Raises
    ------
    CannotError
        The check cannot be made, or proves nothing.
    """
    try:
        name, report = _report(options)
        if not options.json:
            _show(options.target, report)
        if report.result.inconclusive:
            raise CannotError(report.result.verdict)
    except CannotError as error:
        if options.json:
            print_json({"target": options.target, "verdict": "cannot", "message": str(error)})
        raise
    if options.json:
        print_json(_json(options.target, report))
    elif report.agrees:
        of = f"{report.result.digits} digits; {report.result.attainable} are attainable"
        say(f"\nagree: {name} and its derivatives agree with finite differences to {of}.", "good")
    else:
        message = report.result.message
        if message and all(row.label.startswith(DIRECTION) for row in report.wrong):  # where it is wrong is not yet shown
            print(f"\n{message.removeprefix('check_grads: ')}")
        say(f"\ndisagree: revad's derivative of {name} is not what finite differences say.", "bad")
    return AGREE if report.agrees else DISAGREE


def _report(options: argparse.Namespace) -> tuple[str, Report]:
    with function_in_file(options.target) as (module, function, name):
        call = bind(name, function, module, options.at)
        try:
            return name, examine(call, options.wrt, order=options.order, seed=options.seed)
        except CannotError:
            raise
        except RevadError as error:
            raise CannotError(f"{one_line(error)}{line_in(module, error)}") from error
        except (Exception, SystemExit) as error:
            raise CannotError(f"the call of {name} raised {one_line(error)}{line_in(module, error)}{call.hint}") from error


def _show(target: str, report: Report) -> None:
    print(f"{target}\n\n{report.text}")
    if report.rows:
        print()
        styles = ["unsure" if row.sides else "" if row.agrees else "bad" for row in report.rows]
        say_table(comparison_table(report.rows, HEADINGS), styles)


def _json(target: str, report: Report) -> dict[str, Any]:
    return {
        "target": target,
        "verdict": "agree" if report.agrees else "disagree",
        "value": plain_value(report.value),
        "gradient": plain_value(report.gradient),
        "digits": report.result.digits,
        "attainable_digits": report.result.attainable,
        "comparisons": [comparison_json(row) for row in report.rows],
        "message": report.result.message,
    }


@np.errstate(all="ignore")
def examine(call: Call, wrt: str | None, *, order: int, seed: int) -> Report:
    """Differentiate a call and compare."""
    values = tuple(call.values.values())
    value = call.function(*[value.copy() if isinstance(value, np.ndarray) else value for value in values])
    here, _ = as_mapping("grad", call.function, positions(call, wrt), values, {})
    lines = [_shown(f"  {key} = ", value) for key, value in call.values.items()]
    moving = {label.partition("[")[0].partition(".")[0] for label in here.inputs.labels}
    constant = [key for key in call.values if key not in moving]
    lines += [f"  (not differentiated: {', '.join(constant)})"] if constant else []
    lines.append(_shown("\n  value     ", value))
    rows: list[Comparison] = []
    parts: dict[str, Any] = {}
    generator = np.random.default_rng(seed)
    if np.all(np.isfinite(here.value)):
        if here.outputs.size == 1:
            gradient = _gradient(here)
            parts = dict(zip(here.inputs.labels, here.inputs.leaves(gradient), strict=True))
            lines += [_shown(f"  gradient  {label}: ", part) for label, part in parts.items()]
            rows += _entries(here, gradient)
        if here.outputs.size != 1 or here.inputs.size > SHOWN:
            rows += [_along(here, generator, f"{DIRECTION} {i + 1}") for i in range(2)]
    result = GradientCheck(call.name, list(rows))
    mismatch = find_mismatch(here, MODES, order, 2, generator, result.comparisons)
    if mismatch is not None:
        result.message, result.inconclusive = mismatch
    return Report("\n".join(lines), value, parts, rows, result)


def _gradient(here: Mapping) -> Vector:
    """Return the gradient of a function with one real output (for a complex one, of its real part), in revad's convention."""
    _, pullback = vjp(here.function, *here.leaves)
    one = np.zeros(here.outputs.size)
    one[0] = 1.0
    return here.inputs.vector(list(pullback(here.outputs.leaves(one))))


def _entries(here: Mapping, gradient: Vector) -> list[Comparison]:
    """Compare the largest entries of the gradient one by one, in their order."""
    positions = np.sort(np.argsort(-np.abs(gradient), kind="stable")[:SHOWN])
    pairs = here.inputs.flip(gradient)
    scalar = weighted(here, np.ones(1), "f")
    signs = here.inputs.flip(np.ones(gradient.size))
    rows = compare_entries(scalar, lambda v: float(pairs @ v), positions, ROUNDINGS * here.inputs.eps, signs)
    largest = max((abs(row.expected) for row in rows), default=0.0)
    return [row._replace(scale=largest) for row in rows]  # so that the digits of a zero have a meaning


def _along(here: Mapping, generator: np.random.Generator, label: str) -> Comparison:
    """Compare w·Jv for a random tangent v and cotangent w."""
    return Trial(here, generator).product(label)


def _shown(prefix: str, value: Any) -> str:
    """Return a value behind a prefix; further lines are aligned."""
    return prefix + _short(value).replace("\n", "\n" + " " * len(prefix.lstrip("\n")))


def _short(value: Any) -> str:
    """Return a value as text, long arrays abridged."""
    if isinstance(value, (np.ndarray, np.generic)):
        with np.printoptions(threshold=12, edgeitems=3, linewidth=100):
            text = str(value)
        return text if value.ndim < 1 else f"{text}  {value.dtype}{list(value.shape)}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_short(item)}" for key, item in value.items()) + "}"
    if type(value) in (list, tuple):
        return "(" + ", ".join(map(_short, value)) + ")"
    return str(value)
