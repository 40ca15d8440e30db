"""The reverse sweep afterwards: where cotangents became infinite, zero or huge, and the path that carried them."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from revad.base.places import NOWHERE
from revad.checking.doctor.calls import Call, Edge, Size
from revad.checking.doctor.findings import Cause, Finding, Findings

SELECTING = ("where", "maximum", "minimum", "clip", "fmax", "fmin", "max", "min", "x[key]", "relu", "select", "x[key] = value")
PRODUCTS = ("multiply", "matmul", "dot", "einsum", "tensordot", "inner", "outer", "vdot", "linear")
LONG = 16  # steps of a path that are all shown


class Sweep:
    """The calls of a recording with the cotangents that came and went, as a graph from inputs to results.

    Parameters
    ----------
    calls : list of Call
        In the order of their execution.
    """

    def __init__(self, calls: list[Call]) -> None:
        self.calls = calls
        self.consumers: dict[int, list[tuple[Call, Edge]]] = defaultdict(list)  # number on the tape -> what used it
        for call in calls:
            for edge in call.edges:
                self.consumers[edge.parent].append((call, edge))

    def report(self, findings: Findings) -> None:
        """Add where a pull-back made something infinite of a finite cotangent, or nothing of a tiny one."""
        for call in self.calls:
            given = call.given
            if given is None or not given.finite:
                continue
            for edge in call.edges:
                if edge.sent is not None:
                    _judge(call, given, edge, edge.sent, findings)

    def deaths(self, start: int) -> list[Call]:
        """Return the calls at which all cotangents on their way to a value became zero, the largest first."""
        found: dict[int, Call] = {}
        waiting, seen = [start], {start}
        while waiting:
            for call, edge in self.consumers[waiting.pop()]:
                given = call.given
                if given is not None and given.peak > 0 and edge.sent is not None:
                    found[id(call)] = call
                else:
                    new = [output for output in call.outputs if output not in seen]
                    seen.update(new)
                    waiting += new
        return sorted(found.values(), key=lambda call: -call.given.peak if call.given else 0.0)

    def path(self, start: int) -> tuple[str, ...]:
        """Return the calls that carry most of the cotangent from the result to a value, with its size after each."""
        steps: list[str] = []
        outputs = [start]
        while users := [user for output in outputs for user in self.consumers[output] if user[1].sent is not None]:
            call, edge = max(users, key=lambda user: _weight(user[1].sent))
            steps.append(f"{_weight(edge.sent):.1e} after {call.name} ({call.site})")
            outputs = call.outputs
        steps.reverse()
        if len(steps) > LONG:
            steps[LONG // 2 : -LONG // 2] = [f"... {len(steps) - LONG} more ..."]
        return tuple(steps)


def _weight(size: Size | None) -> float:
    return 0.0 if size is None else size.peak if size.finite else np.inf


def _judge(call: Call, given: Size, edge: Edge, sent: Size, findings: Findings) -> None:
    slope = max(call.verdict.slopes, default=np.nan)
    kind = np.finfo(edge.dtype or np.float64)
    if not sent.finite:
        if np.isfinite(slope) and given.peak * slope > 1e-3 * float(kind.max):
            detail = (
                f"a cotangent of size {given.peak:.1e} times a derivative of size {slope:.1e} is more than {kind.dtype} holds"
            )
            findings.add(_finding(Cause.OVERFLOW, call, detail))
        else:
            detail = f"its pull-back makes something that is not finite of a cotangent of size {given.peak:.1e}"
            findings.add(_finding(Cause.NON_FINITE, call, detail + ": the derivative does not exist or is infinite there"))
    elif sent.peak == 0 < given.peak and slope > 0 and given.peak * slope < float(kind.tiny):
        detail = (
            f"a cotangent of size {given.peak:.1e} times a derivative of size {slope:.1e} is less than {kind.dtype} holds: zero"
        )
        findings.add(_finding(Cause.UNDERFLOW, call, detail))


def _finding(cause: Cause, call: Call, detail: str, path: tuple[str, ...] = ()) -> Finding:
    return Finding(cause, call.name, call.site, call.operands, detail=detail, badness=1.0, path=path)


def why_zero(sweep: Sweep, label: str, start: int) -> list[Finding]:
    """Return the findings that explain why the gradient of an input is zero everywhere; none if it never reached the result."""
    return [
        _finding(Cause.ZERO, call, f"the gradient of {label} is zero: {_how_it_died(call)}", sweep.path(call.outputs[0]))
        for call in sweep.deaths(start)[:3]
    ]


def unused(label: str, name: str) -> Finding:
    """Return the finding for an input that has no influence on the result."""
    detail = f"the gradient of {label} is zero: the result does not depend on it"
    return Finding(Cause.ZERO, name, NOWHERE, label, detail=detail)


def _how_it_died(call: Call) -> str:
    short = call.name.rpartition(".")[2] if "[" not in call.name else call.name
    slope = max(call.verdict.slopes, default=np.nan)
    if short in SELECTING:
        return f"a dead branch, {call.name} takes none of the entries that depend on it"
    if short in PRODUCTS:
        return f"{call.name} multiplies by zero"
    if slope == 0:
        return f"saturation, the derivative of {call.name} is zero at all entries of its arguments"
    return f"the cotangent that arrives at {call.name} is zero wherever its derivative is not"


def why_huge(sweep: Sweep, label: str, start: int, peak: float) -> Finding | None:
    """Return the finding that explains a huge gradient: the call that made the cotangent grow most, and the path."""
    steepest, growth = None, 0.0
    outputs = [start]
    while users := [user for output in outputs for user in sweep.consumers[output] if user[1].sent is not None]:
        call, edge = max(users, key=lambda user: _weight(user[1].sent))
        ratio = _weight(edge.sent) / (_weight(call.given) + 1e-300)
        if ratio > growth:
            steepest, growth = call, ratio
        outputs = call.outputs
    if steepest is None:
        return None
    detail = f"the gradient of {label} reaches {peak:.1e}: {steepest.name} makes the cotangent grow most, {growth:.1e} times"
    return _finding(Cause.HUGE, steepest, detail, sweep.path(start))
