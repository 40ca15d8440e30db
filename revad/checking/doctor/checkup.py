"""`diagnose`: run a function once under watch, pull back once, compare the whole, and explain what does not fit."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from revad.base.places import NOWHERE
from revad.base.trees import flatten
from revad.checking.differences.mappings import as_mapping
from revad.checking.differences.spaces import Mapping
from revad.checking.doctor.diagnosis import Diagnosis, Gradient
from revad.checking.doctor.exits import cut_off, lost_by
from revad.checking.doctor.findings import Cause, Finding
from revad.checking.doctor.sweep import Sweep, unused, why_huge, why_zero
from revad.checking.doctor.trials import Verdict, examine, is_smooth
from revad.checking.doctor.watch import Watch, is_near
from revad.engine.handles import Tracked
from revad.engine.watching import watching
from revad.errors import RevadError
from revad.transforms.arguments import Argnums
from revad.transforms.reverse import vjp

STEEP = 1e8  # relative sensitivity that is called huge


def diagnose(f: Callable[..., Any], *args: Any, argnums: Argnums | None = None, seed: int = 0, **kwargs: Any) -> Diagnosis:
    r"""Find out whether a gradient can be trusted, and if not: which operation is to blame, on which line, and why.

    Every call on tracked values is tested where it happens, at its actual arguments: :math:`\langle w, J v\rangle` by finite
    differences of that operation alone against :math:`\langle J^T w, v\rangle` by its pull-back, for a random direction v and
    cotangent w. Cotangents are watched in the reverse sweep. The whole gradient is compared with finite differences as well.

    Parameters
    ----------
    f : callable
        Any function of numbers and arrays and pytrees of them (models too); if it returns several numbers they are weighted at random.
    *args, **kwargs
        Where to look.
    argnums : int, str, or sequence of them, optional
        What to differentiate, as for `revad.grad`; by default every floating or complex leaf of the positional arguments.
    seed : int
        Of the generator of the directions; NumPy's global state is neither read nor changed.

    Returns
    -------
    Diagnosis
        ``ok``, ``findings`` (the gravest first, each with operation, file, line, shapes, measured and expected numbers and the
        cause), a table as text and as HTML, and ``to_json()``.

    Raises
    ------
    ArgumentError, NotDifferentiableError
        Options are wrong; nothing can be differentiated. What ``f`` itself raises comes through.

    Notes
    -----
    The causes: a wrong rule; a value or pull-back that is not finite; a derivative lost (`stop_gradient`, integer cast, branch, a
    constant that is none); overflow and underflow of cotangents; a kink or tie; a zero or huge gradient, with the path that
    carries it; cancellation that leaves too few digits. The cost is a few passes over the function for all operations together,
    not one per input: each operation is evaluated four times and pulled back twice. Of operations that are called more than 32 times on
    one line, later calls are tested ever more rarely.

    Examples
    --------
    >>> import numpy as np, revad
    >>> @revad.primitive
    ... def cube(x):
    ...     return x**3
    >>> revad.extend.elementwise(cube, lambda x: -3 * x**2)
    >>> diagnosis = revad.diagnose(lambda x: np.sum(np.tanh(cube(x))), np.array([0.5, 0.7]))
    >>> diagnosis.ok, diagnosis.findings[0].operation, str(diagnosis.findings[0].cause)
    (False, 'cube', 'wrong rule')
    """
    generator = np.random.default_rng(seed)
    here, value = _mapping(f, argnums, _plain_parameters(args), kwargs)
    labels = here.inputs.labels
    whole = examine(here.name, here.function, here.leaves, labels, generator)
    watch = Watch(generator)
    gradients, output = _watched_gradient(here, labels, watch)
    watch.settle(lambda: whole.cause is None and is_smooth(here, generator))
    findings = watch.findings
    sweep = Sweep(watch.calls)
    sweep.report(findings)
    notes: list[str] = []
    if not np.array_equal(value, output, equal_nan=True) and not np.allclose(
        value, output, rtol=1e-9, atol=0.0, equal_nan=True
    ):
        notes.append(f"{here.name} returned different values for the same arguments: its gradient as a whole was not compared.")
        for site, shape in watch.mutated():
            detail = f"a constant of shape {shape} used here was changed by the function itself; a later call sees another one"
            findings.add(Finding(Cause.LOST, "constant", site, detail=detail))
    elif whole.cause is not None:
        _explain_whole(here, whole, watch, generator)
    _explain_sizes(here, gradients, labels, watch, sweep)
    summaries = [
        Gradient(label, np.shape(g), float(np.max(np.abs(g), initial=0.0))) for label, g in zip(labels, gradients, strict=True)
    ]
    return Diagnosis(here.name, findings.ranked(), tuple(summaries), watch.tested, len(watch.sites), tuple(notes))


def _plain_parameters(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the arguments with the parameters of models as plain arrays, as transformations take them."""
    leaves, rebuild = flatten(args)
    return rebuild([leaf._value if isinstance(leaf, Tracked) and leaf.is_parameter else leaf for leaf in leaves])


def _mapping(f: Any, argnums: Any, args: Any, kwargs: Any) -> tuple[Mapping, Any]:
    """Return the call as a mapping, and its value as a vector, from one run of the function."""
    if not callable(f):
        return as_mapping("diagnose", f, argnums, args, kwargs)[0], None
    first: list[Any] = []
    settled = False

    @functools.wraps(f)
    def once(*positional: Any, **named: Any) -> Any:
        if settled or not first:
            first.append(f(*positional, **named))
        return first[0] if not settled else first.pop()

    with np.errstate(all="ignore"):
        here, _ = as_mapping("diagnose", once, argnums, args, kwargs)
    settled = True
    return here._replace(name=getattr(f, "__name__", type(f).__name__)), here.value


def _watched_gradient(here: Mapping, labels: list[str], watch: Watch) -> tuple[list[Any], Any]:
    """Run the function under watch and pull back once; return the gradients and the value."""

    def begun(*leaves: Any) -> Any:
        watch.begin(list(leaves), labels)
        return here.function(*leaves)

    cotangent = np.ones(1) if here.outputs.size == 1 else watch.generator.uniform(0.5, 1.5, here.outputs.size)
    with watching(watch), np.errstate(all="ignore"):
        outputs, pullback = vjp(begun, *here.leaves)
        try:
            gradients = list(pullback(here.outputs.leaves(cotangent)))
        except (RevadError, ArithmeticError, ValueError):  # a wrong rule upstream is the likely reason, and will be told
            if not watch.suspects():
                raise
            gradients = [np.full(np.shape(leaf), np.nan) for leaf in here.leaves]
    return gradients, here.outputs.vector(outputs)


def _explain_whole(here: Mapping, whole: Verdict, watch: Watch, generator: np.random.Generator) -> None:
    """Explain why the gradient as a whole disagrees with finite differences, or cannot be compared with them."""
    findings = watch.findings
    if findings.has(Cause.WRONG_RULE) or (whole.cause is not Cause.WRONG_RULE and findings.has(Cause.KINK, Cause.NOISE)):
        return
    if whole.cause is Cause.NOISE:
        findings.add(Finding(Cause.NOISE, here.name, NOWHERE, "", whole.measured, whole.expected, whole.detail))
        return
    tangent = generator.uniform(0.5, 1.5, here.inputs.size) * here.inputs.scales(here.point)
    told = lost_by(here, tangent)
    for finding in told:
        findings.add(finding)
    if told:
        return
    if whole.cause is Cause.KINK:
        for call, ties in watch.ties:
            watch.findings.add(
                Finding(
                    Cause.KINK, call.name, call.site, call.operands, detail=f"{ties} entries tie here, and the branch decides"
                )
            )
        if not watch.ties:
            findings.add(Finding(Cause.KINK, here.name, NOWHERE, detail=whole.detail))
    elif not findings.has(Cause.KINK, Cause.NOISE) and not (watch.approximate and is_near(whole)):
        detail = "every operation agrees with finite differences, but the gradient as a whole does not"
        findings.add(Finding(Cause.UNEXPLAINED, here.name, NOWHERE, "", whole.measured, whole.expected, detail))


def _explain_sizes(here: Mapping, gradients: list[Any], labels: list[str], watch: Watch, sweep: Sweep) -> None:
    """Explain gradients that are zero everywhere, or huge."""
    findings = watch.findings
    numbers = {label: number for number, label in watch.inputs.items()}
    scales = here.inputs.leaves(here.inputs.scales(here.point))
    size = max(float(np.max(np.abs(here.value), initial=0.0)), 1.0)
    for i, (label, g, scale) in enumerate(zip(labels, gradients, scales, strict=True)):
        if np.size(g) == 0:
            continue
        peak = float(np.max(np.abs(g)))
        if peak == 0:
            told = why_zero(sweep, label, numbers[label]) or cut_off(here, i, label) or [unused(label, here.name)]
            for finding in told:
                findings.add(finding)
        elif np.isfinite(peak) and float(np.max(np.abs(g * np.abs(scale)))) > STEEP * size:
            finding = why_huge(sweep, label, numbers[label], peak)
            if finding is not None:
                findings.add(finding)
