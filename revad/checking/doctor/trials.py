"""One function's pull-back against finite differences of that function, along one random direction.

Two values of the function decide in almost all cases: ⟨w, f(x + h v) − f(x − h v)⟩ / 2h and ⟨Jᵀw, v⟩ agree to many digits and
the function bends no more than a smooth one. Only where they do not, the many values are spent that an error bar takes.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from revad.checking.differences.comparisons import Comparison
from revad.checking.differences.lines import Line
from revad.checking.differences.projections import ROUNDINGS, Trial
from revad.checking.differences.slopes import one_sided, slope
from revad.checking.differences.spaces import Mapping, Space, Vector
from revad.checking.doctor.findings import Cause
from revad.errors import RevadError, RuleError
from revad.transforms.reverse import vjp
from revad.typing import Array

CLOSE = 1e-6  # agreement of the two-point difference with the pull-back
BENT = 1e3  # a smooth function bends less than this many steps of its own size
TRIANGULAR = frozenset(("cholesky", "eigh", "eigvalsh", "cho_factor"))  # they read one triangle of any matrix
DOUBLE = 1e-15


class Verdict(NamedTuple):
    """What a trial showed: a cause or None, the numbers, and what else is known of the derivative at that point."""

    cause: Cause | None = None
    measured: float = np.nan
    expected: float = np.nan
    detail: str = ""
    badness: float = 0.0
    slopes: tuple[float, ...] = ()  # the largest entry of each input's cotangent, for an output cotangent of size one
    condition: float = 0.0  # by how much relative changes of the inputs are amplified
    tested: bool = True
    refused: bool = False  # the rule took the random cotangent for one of a function that has no derivative


UNTESTED = Verdict(tested=False)
REFUSED = Verdict(tested=False, refused=True)


def examine(
    name: str,
    function: Callable[..., list[Any]],
    leaves: list[Any],
    labels: list[str],
    generator: np.random.Generator,
    cotangents: dict[int, Any] | None = None,
    *,
    displaced: bool = False,
) -> Verdict:
    """Test the pull-back of a function at a point.

    Parameters
    ----------
    name : str
        Of the function.
    function : callable
        From leaves, plain or tracked, to a list of floating or complex outputs.
    leaves, labels : list
        The point; names of the leaves.
    generator : Generator
        Draws the direction and the cotangent.
    cotangents : dict, optional
        By the output's position, in place of random ones; where there is none it is zero.
    displaced : bool
        The point is not the true one but one nearby.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            outputs, pullback = vjp(function, *leaves)
            here = _mapping(name, function, leaves, labels, outputs)
            if here.outputs.size == 0 or here.inputs.size == 0 or not np.all(np.isfinite(here.value)):
                return UNTESTED
            trial = Trial(here, generator)
            if cotangents is not None:
                parts = here.outputs.parts
                _set_cotangents(trial, [cotangents.get(i, np.zeros(part.aval.shape)) for i, part in enumerate(parts)])
            pulled_back = list(pullback(trial.cotangents))
        except RuleError as error:
            return Verdict(Cause.WRONG_RULE, detail=f"the rule raised {type(error).__name__}: {error}", badness=np.inf)
        except (RevadError, ArithmeticError, ValueError):
            return REFUSED
        slopes = tuple(float(np.max(np.abs(g), initial=0.0)) for g in pulled_back)
        pulled = here.inputs.flip(here.inputs.vector(pulled_back))
        if not np.all(np.isfinite(pulled)):
            return Verdict(slopes=slopes)
        fine, condition = _screen(here, trial, pulled)
        if not fine and _symmetrise(trial, pulled_back):
            fine, condition = _screen(here, trial, pulled)
        found = Verdict() if fine else _careful(trial)
        if found.cause is Cause.WRONG_RULE and not displaced and _is_right_nearby(trial):
            detail = (
                "the pull-back is right nearby but not here: entries tie to within their rounding, and a convention decides"
            )
            found = found._replace(cause=Cause.KINK, detail=detail)
        return found._replace(slopes=slopes, condition=condition)


def _mapping(
    name: str, function: Callable[..., list[Any]], leaves: list[Any], labels: list[str], outputs: list[Any]
) -> Mapping:
    inputs = Space(leaves, labels)
    space = Space(outputs, [f"output[{i}]" for i in range(len(outputs))])
    here = Mapping(name, function, leaves, inputs, space, inputs.vector(leaves), space.vector(outputs))
    if inputs.eps > DOUBLE or space.eps > DOUBLE:
        return here._replace(value=here.at(here.point))
    return here


def _symmetrise(trial: Trial, cotangents: list[Any]) -> bool:
    """Make the direction Hermitian where a matrix and its cotangent are, and return whether there is such a matrix.

    Functions of symmetric matrices (`cholesky`, `eigh`, ``solve(assume_a="sym")``) read one triangle or refuse others; their rules
    speak of both triangles moving together.
    """
    here = trial.here
    tangents = here.inputs.leaves(trial.tangent)
    found = False
    for i, (leaf, g) in enumerate(zip(here.leaves, cotangents, strict=True)):
        if _is_square(leaf) and (here.name in TRIANGULAR or (_is_hermitian(g) and _is_hermitian(leaf))):
            tangents[i] = (tangents[i] + np.swapaxes(np.conj(tangents[i]), -1, -2)) / 2
            found = True
    trial.tangents = tangents
    trial.tangent = here.inputs.vector(tangents)
    return found


def _is_square(a: Array) -> bool:
    return np.ndim(a) > 1 and a.shape[-1] == a.shape[-2]


def _is_hermitian(a: Array) -> bool:
    return np.allclose(a, np.swapaxes(np.conj(a), -1, -2), rtol=1e-9, atol=1e-12 * float(np.max(np.abs(a), initial=0.0)))


def _is_right_nearby(trial: Trial) -> bool:
    """Return whether the pull-back is right at a point one percent away: a wrong rule is wrong there too, a tie is not."""
    here = trial.here
    moved = here.inputs.leaves(here.point + 0.01 * trial.tangent)
    generator = np.random.default_rng(2)
    verdict = examine(
        here.name, here.function, moved, here.inputs.labels, generator, dict(enumerate(trial.cotangents)), displaced=True
    )
    return verdict.tested and verdict.cause is None


def _screen(here: Mapping, trial: Trial, pulled: Vector) -> tuple[bool, float]:
    """Return whether two values show nothing suspicious, and the condition number along the direction."""
    step = float(np.finfo(np.float64).eps) ** (1 / 3)
    line = Line(here, trial.tangent)
    ahead, behind = line(step), line(-step)
    difference = (ahead - behind) / (2 * step)
    bend = np.abs(ahead - 2 * here.value + behind) / (2 * step)
    terms, entries = trial.cotangent * difference, pulled * trial.tangent
    miss = abs(float(np.sum(entries)) - float(np.sum(terms)))
    total = float(np.sum(np.abs(terms))) + float(np.sum(np.abs(entries)))
    typical = float(np.linalg.norm(terms)) + float(np.linalg.norm(entries))
    eps = max(here.inputs.eps, here.outputs.eps)
    noise = 4 * np.finfo(np.float64).eps / step * float(np.linalg.norm(trial.cotangent * here.value))
    tolerance = CLOSE * typical + 1e-9 * total + (ROUNDINGS * eps * total if eps > DOUBLE else 0.0) + noise
    smooth = np.all(bend <= BENT * step * (np.abs(difference) + np.abs(here.value)))
    size = float(np.linalg.norm(here.value))
    condition = float(np.linalg.norm(difference)) / size if size else np.inf
    return bool(miss <= tolerance and smooth), condition


def is_smooth(here: Mapping, generator: np.random.Generator) -> bool:
    """Return whether a function has no kink along a random direction: its bend shrinks with the step.

    An operation may have a kink where the function has none: a maximum over entries that tie at zero after a `relu`, say.
    """
    step = float(np.finfo(np.float64).eps) ** (1 / 3)
    with np.errstate(all="ignore"):
        here = here._replace(value=here.at(here.point))
        line = Line(here, Trial(here, generator).tangent)
        wide, narrow = (np.abs(line(h) - 2 * here.value + line(-h)) / h for h in (8 * step, step))
        return bool(np.all(narrow <= wide / 5 + 8 * np.finfo(np.float64).eps / step * np.abs(here.value)))


def _careful(trial: Trial) -> Verdict:
    """Compare with error bars; where the function has kinks, compare the outputs that have none."""
    here = trial.here
    left, right, kink = one_sided(here, trial.tangent)
    kink &= trial.cotangent != 0
    kinks = int(np.count_nonzero(kink))
    row = _compare(trial, ~kink) if kinks < here.outputs.size else None
    if row is not None and not row.agrees and np.isfinite(row.error):
        return Verdict(Cause.WRONG_RULE, row.got, row.expected, _describe(trial, row), row.badness)
    if kinks:
        worst = int(np.argmax(np.where(kink, np.abs(np.nan_to_num(right - left)), -1.0)))
        several = f"{kinks} of {here.outputs.size} outputs" if here.outputs.size > 1 else "the output"
        detail = (
            f"{several}: the slopes to the two sides differ ({left[worst]:.4g} and {right[worst]:.4g}); a convention decides"
        )
        return Verdict(Cause.KINK, detail=detail, badness=kinks)
    if row is None:
        return Verdict()
    found = slope(here, trial.tangent)
    possible = float(np.abs(trial.cotangent) @ found.size)  # if the outputs changed by their own size
    if not row.error <= possible:
        detail = "the function jumps, or is not defined, a step away from this point; a convention decides"
        return Verdict(Cause.KINK, row.got, row.expected, detail)
    if row.error > 0.1 * abs(row.expected) and row.error > 1e-3 * possible:
        detail = f"rounding hides the derivative: finite differences give {row.expected:.3g} with an error of {row.error:.1g}"
        return Verdict(Cause.NOISE, row.got, row.expected, detail, row.error / (abs(row.expected) + 1e-300))
    return Verdict()


def _compare(trial: Trial, counted: Any) -> Comparison:
    """Compare ⟨Jᵀw, v⟩ with finite differences, with the cotangent restricted to some outputs."""
    outputs = trial.here.outputs
    _set_cotangents(trial, outputs.leaves(outputs.flip(np.where(counted, trial.cotangent, 0.0))))
    return trial.product("w·Jv")


def _set_cotangents(trial: Trial, cotangents: list[Any]) -> None:
    outputs = trial.here.outputs
    trial.cotangent = outputs.flip(outputs.vector(cotangents))
    trial.cotangents = outputs.leaves(outputs.flip(trial.cotangent))


def _describe(trial: Trial, row: Comparison) -> str:
    """Return in words how a pull-back is wrong: for which argument, and by what."""
    here = trial.here
    whole = trial.tangent
    rows: list[tuple[str, Comparison, int]] = []
    for i, part in enumerate(here.inputs.parts):
        if len(here.inputs.parts) > 1:
            trial.tangent = np.where(_within(part.start, part.stop, whole.size), whole, 0.0)
            found = trial.product("w·Jv")
        else:
            found = row
        if not found.agrees:
            rows.append((part.label, found, i))
    trial.tangent = whole
    if not rows:
        return "the pull-backs of its arguments together are wrong"
    told = [f"the cotangent of {label} {_relation(trial, found, i)}" for label, found, i in rows]
    return "; ".join(told)


def _within(start: int, stop: int, size: int) -> Any:
    positions = np.arange(size)
    return (positions >= start) & (positions < stop)


def _relation(trial: Trial, row: Comparison, position: int) -> str:
    """Return how a wrong cotangent relates to the right one, if simply: sign, factor, transposed; known from two directions."""
    other = Trial(trial.here, np.random.default_rng(1))
    _set_cotangents(other, trial.cotangents)
    part = trial.here.inputs.parts[position]
    other.tangent = np.where(_within(part.start, part.stop, other.tangent.size), other.tangent, 0.0)
    again = other.product("w·Jv")
    ratios = [r.got / r.expected if r.expected else np.nan for r in (row, again)]
    if abs(ratios[0] - ratios[1]) < 1e-5 * abs(ratios[0]):
        if abs(ratios[0] - 1) < 1e-5:
            return f"is right to {-np.log10(abs(ratios[0] - 1)):.0f} digits only"
        return "has the wrong sign" if abs(ratios[0] + 1) < 1e-5 else f"is {ratios[0]:.6g} times the right one"
    if all(r.got == 0 for r in (row, again)):
        return "is zero, and should not be"
    shape = part.aval.shape
    if len(shape) > 1 and shape[-1] == shape[-2]:
        other.tangent[part.start : part.stop] = np.swapaxes(
            other.tangent[part.start : part.stop].reshape(-1, *shape), -1, -2
        ).ravel()
        if Comparison("", other.product("").got, again.expected, again.error).agrees:
            return "is the transpose of the right one"
    return f"is wrong: {row.got:.6g} where finite differences give {row.expected:.6g} ± {row.error:.1g}"
