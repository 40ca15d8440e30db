"""The doctor's watch: while a function runs and is pulled back, it looks at every call on tracked values, on all levels."""

from __future__ import annotations

import inspect
import weakref
import zlib
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from revad.base.arrays import CONTAINERS, is_inexact
from revad.base.places import Site, user_site
from revad.base.trees import flatten
from revad.checking.doctor.calls import Call, follow, operands_text, parts_of, spoken_name
from revad.checking.doctor.findings import Cause, Finding, Findings
from revad.checking.doctor.trials import Verdict, examine
from revad.engine.dispatch import find_top
from revad.engine.handles import Tracked, level_of, plain
from revad.engine.probes import number_of
from revad.engine.watching import unwatched
from revad.operations.operation import Operation
from revad.typing import Array

OFTEN = 32  # calls of one operation on one line that are all tested; later ones less and less often
DIGITS = 8  # lost decimal digits that make a call noise-limited, in double precision
APPROXIMATE = 1e-3  # the relative error allowed to rules that state a limited accuracy
SINGLE = 3.5  # ... in single precision


def is_near(verdict: Verdict) -> bool:
    """Return whether a derivative is right but for the error of a numerical approximation."""
    return abs(verdict.measured - verdict.expected) < APPROXIMATE * abs(verdict.expected)


class Watch:
    """Tests each call's pull-back where it happens, and puts probes around it for the reverse sweep.

    Parameters
    ----------
    generator : Generator
        Draws the random directions.
    """

    def __init__(self, generator: np.random.Generator) -> None:
        self.generator = generator
        self.findings = Findings()
        self.calls: list[Call] = []
        self.level = -1  # of the function's own recording
        self.inputs: dict[int, str] = {}  # number on the tape -> name of the input
        self.tested = 0
        self.approximate = False  # whether a rule with a stated, limited accuracy was met
        self.sites: set[Site] = set()
        self.computed: set[int] = set()  # numbers of results, which have rounding errors
        self.ties: list[tuple[Call, int]] = []
        self._uncertain: list[tuple[Call, Finding | None]] = []  # findings that matter only where a cotangent arrives
        self._met: Counter[tuple[str, Site]] = Counter()
        self._constants: dict[int, tuple[Any, int, Site]] = {}

    def begin(self, leaves: list[Any], labels: list[str]) -> None:
        """Note which leaves are the inputs."""
        for leaf, label in zip(leaves, labels, strict=True):
            self.level = level_of(leaf)
            self.inputs[number_of(leaf)] = label

    def __call__(self, top: Tracked, operation: Operation, level: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Test a call, record it as usual, and look at its values."""
        leaves, rebuild = flatten((args, kwargs))
        labels = _labels(operation, args, kwargs)
        if len(labels) != len(leaves):
            labels = [f"argument {i}" for i in range(len(leaves))]
        call = Call(spoken_name(operation), level, user_site(), operands_text(labels, leaves, self.inputs))
        given = [plain(leaf) for leaf in leaves]
        if operation.kind == "rules":
            self._test(call, operation, leaves, given, labels, rebuild)
        elif call.name in _ORDER:
            self._note_tie(call, given)
        self._note_constants(call, [leaf for leaf in leaves if not isinstance(leaf, Tracked)])
        was_finite = all(_is_finite(value) for value in given)
        del given, leaves  # a reference would keep in-place writes from using the memory
        ans = top.process(operation, level, args, kwargs)
        if was_finite:
            self._look(call, ans)
        if level == self.level:
            follow(call, ans, level)
            self.calls.append(call)
            self.computed.update(call.outputs)
        return ans

    def _test(self, call: Call, operation: Operation, leaves: Any, given: Any, labels: list[str], rebuild: Any) -> None:
        """Test the rules of an operation at these arguments."""
        moving = [i for i, leaf in enumerate(leaves) if isinstance(leaf, Tracked) and is_inexact(given[i])]
        self._met[call.name, call.site] += 1
        met = self._met[call.name, call.site]
        if not moving or operation.name.startswith("checkpoint(") or (met > OFTEN and met & (met - 1)):
            return  # what runs inside a checkpoint is watched when it runs again
        fixed = [None if i in moving else _copy(value) for i, value in enumerate(given)]

        def function(*values: Any) -> list[Any]:
            filled = list(fixed)
            for i, value in zip(moving, values, strict=True):
                filled[i] = value
            args, kwargs = rebuild(filled)
            top = find_top(values)
            if top is None:
                ans = operation.function(*args, **kwargs)
            else:
                ans = top.process(operation, level_of(top), args, kwargs)
            return [part for part in parts_of(ans) if is_inexact(part)]

        values = [_copy(given[i]) for i in moving]
        names = [labels[i] for i in moving]

        def test(cotangents: dict[int, Any] | None = None) -> Verdict:
            with unwatched():
                return examine(operation.name, function, values, names, self.generator, cotangents)

        verdict = test()
        if operation.accuracy:
            self.approximate = True
            if verdict.cause is Cause.WRONG_RULE and is_near(verdict):  # the rule is a numerical one and says so
                verdict = verdict._replace(cause=None)
        call.verdict = verdict
        if verdict.refused:
            call.again = test
            self._uncertain.append((call, None))
        if not verdict.tested:
            return
        self.tested += 1
        self.sites.add(call.site)
        cause = verdict.cause
        if cause is not None:
            if cause is not Cause.NOISE:
                call.again = test
            if cause is Cause.WRONG_RULE:
                verdict = verdict._replace(detail=verdict.detail + _rules_text(operation, names))
            self.report(call, cause, verdict)
        elif any(isinstance(leaves[i], Tracked) and number_of(leaves[i]) in self.computed for i in moving):
            self._note_cancellation(call, verdict, values)

    def report(self, call: Call, cause: Cause, verdict: Verdict) -> None:
        """Add a finding about a call."""
        finding = self._finding(call, cause, verdict)
        if cause in (Cause.KINK, Cause.NOISE, Cause.WRONG_RULE):
            self._uncertain.append((call, finding))
        else:
            self.findings.add(finding)

    @staticmethod
    def _finding(call: Call, cause: Cause, verdict: Verdict) -> Finding:
        numbers = (verdict.measured, verdict.expected)
        return Finding(cause, call.name, call.site, call.operands, *numbers, verdict.detail, badness=verdict.badness)

    def settle(self, smooth: Callable[[], bool]) -> None:
        """Add the findings that depend on the cotangent that arrived, once the reverse sweep is over.

        A kink that no cotangent reaches does not matter, nor one of a function that is ``smooth`` nevertheless. Some rules (of eigenvectors, of factors that are not unique) are right for
        the cotangents of functions that are well defined, not for random ones: a test that failed is repeated with the true one.
        """
        harmless = any(f is not None and f.cause is Cause.KINK for _, f in self._uncertain) and smooth()
        for call, finding in self._uncertain:
            if harmless and finding is not None and finding.cause is Cause.KINK:
                continue
            given = call.given
            reached = given is not None and given.peak > 0 and given.finite
            cause = Cause.WRONG_RULE if finding is None else finding.cause
            if call.again is not None and given is not None and reached:
                verdict = call.again(call.cotangents)
                self.tested += verdict.tested and not call.verdict.tested
                if verdict.cause is cause:
                    finding = finding or self._finding(call, cause, verdict)
                elif cause is Cause.KINK or max(verdict.slopes, default=0.0) > 1e-9 * given.peak * max(
                    call.verdict.slopes, default=0.0
                ):
                    finding = None  # it is right where it counts; a pull-back that is (nearly) zero there says nothing
            elif cause is not Cause.WRONG_RULE and call.level == self.level and not reached:
                finding = None
            if finding is not None:
                self.findings.add(finding)

    def suspects(self) -> bool:
        """Return whether a rule seems to be wrong."""
        return any(finding is None or finding.cause is Cause.WRONG_RULE for _, finding in self._uncertain)

    def _note_cancellation(self, call: Call, verdict: Verdict, values: list[Any]) -> None:
        """Report a call that amplifies the rounding errors of its arguments until few digits are left."""
        eps = max(float(np.finfo(np.asarray(value).dtype).eps) for value in values)
        lost = np.log10(max(verdict.condition, 1.0))
        if np.isfinite(lost) and lost >= (DIGITS if eps < 1e-10 else SINGLE):
            left = max(0.0, -np.log10(eps) - lost)
            precision = "double" if eps < 1e-10 else "single"
            detail = (
                f"cancellation: the result is {verdict.condition:.1e} times smaller than its operands' changes; of {precision} precision "
                f"about {left:.0f} digits are left, and derivatives downstream have no more"
            )
            self.report(call, Cause.NOISE, verdict._replace(badness=float(lost), detail=detail))

    def _note_tie(self, call: Call, given: list[Any]) -> None:
        operands = [np.asarray(value) for value in given if is_inexact(value) or type(value) is int]
        if len(operands) == 2:
            ties = int(np.count_nonzero(operands[0] == operands[1]))
            if ties:
                self.ties.append((call, ties))

    def _note_constants(self, call: Call, values: list[Any]) -> None:
        """Remember what plain arrays hold when they are used, by reference alone."""
        for value in values:
            if type(value) is np.ndarray and value.dtype.kind in "fc" and id(value) not in self._constants:
                self._constants[id(value)] = (weakref.ref(value), _checksum(value), call.site)

    def mutated(self) -> list[tuple[Site, tuple[int, ...]]]:
        """Return where constants were used that hold something else by now, and their shapes."""
        alive = ((reference(), before, site) for reference, before, site in self._constants.values())
        return [(site, value.shape) for value, before, site in alive if value is not None and _checksum(value) != before]

    def _look(self, call: Call, ans: Array) -> None:
        """Report a value that is not finite though all arguments were."""
        for part in parts_of(ans):
            value = plain(part)
            if is_inexact(value) and not _is_finite(value):
                kind = "NaN" if np.any(np.isnan(value)) else "an infinity"
                detail = f"its value is {kind} in {int(np.sum(~np.isfinite(value)))} of {np.size(value)} entries, from finite arguments"
                self.report(call, Cause.NON_FINITE, Verdict(badness=np.inf, detail=detail))


_ORDER = frozenset(("numpy.less", "numpy.less_equal", "numpy.greater", "numpy.greater_equal"))


def _labels(operation: Operation, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[str]:
    """Return a name for each leaf of a call's arguments."""
    names, rest = operation.parameters
    labels: list[str] = []
    for i, value in enumerate(args):
        name = names[i] if i < len(names) else f"{rest}[{i - len(names)}]"
        labels += _leaf_labels(name, value)
    for name in sorted(kwargs):
        labels += _leaf_labels(name, kwargs[name])
    return labels


def _leaf_labels(name: str, value: Any) -> list[str]:
    count = len(flatten(value)[0])
    return [name] if count == 1 and type(value) not in CONTAINERS else [f"{name}[{i}]" for i in range(count)]


def _rules_text(operation: Operation, labels: list[str]) -> str:
    """Return where the rules that were tested are written."""
    rules: list[Any] = [declared[0] for name in dict.fromkeys(label.partition("[")[0] for label in labels)
                        if (declared := operation.declared.get(name)) is not None]  # fmt: skip
    if operation.joint is not None:
        rules.append(operation.joint.function)
    told = list(dict.fromkeys(filter(None, map(_written_at, rules))))
    return f" (rule: {', '.join(told)})" if told else ""


def _written_at(rule: Any) -> str:
    code = getattr(inspect.unwrap(rule), "__code__", None)
    return f"{rule.__name__} at {Site(code.co_filename, code.co_firstlineno)}" if code is not None else ""


def _copy(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


def _is_finite(value: Any) -> bool:
    return not is_inexact(value) or bool(np.all(np.isfinite(value)))


def _checksum(value: Any) -> int:
    return zlib.adler32(value.tobytes())
