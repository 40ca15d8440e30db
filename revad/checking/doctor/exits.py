"""Where values leave the tape: `stop_gradient`, `detach`, `no_grad`, casts to integers, comparisons, `int(t)` and `bool(t)`.

A value that left the tape and still moves with the inputs carries a derivative that the gradient lacks. So the function is run
at the point and a small step to both sides of it, and what left is compared.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from revad.base.arrays import is_inexact
from revad.base.aval import cast
from revad.base.places import Site, user_site
from revad.base.trees import flatten
from revad.checking.differences.spaces import Mapping, Vector
from revad.checking.doctor.calls import parts_of, spoken_name
from revad.checking.doctor.findings import Cause, Finding
from revad.engine.handles import Tracked, plain
from revad.engine.probes import node_number, number_of, origins
from revad.engine.watching import watching
from revad.operations.operation import Operation
from revad.transforms.reverse import vjp
from revad.typing import Array

STEP = float(np.finfo(np.float64).eps) ** (1 / 3)
FLAT = frozenset(("floor", "ceil", "trunc", "rint", "round", "sign", "floor_divide", "fix", "heaviside"))
SHAPES = frozenset(("shape", "ndim", "size", "result_type", "iscomplexobj", "isrealobj", "can_cast", "common_type"))

_CONTINUOUS = frozenset(("stop_gradient", "detach", "no_grad", "constant"))


class Exit(NamedTuple):
    """A value that left the tape: how, where, what it was, and the inputs that it was computed from."""

    kind: str
    site: Site
    value: Vector
    inputs: frozenset[int]  # positions among the inputs

    @property
    def loses(self) -> str:
        """How the derivative is lost, in words."""
        if self.kind in ("stop_gradient", "detach", "no_grad"):
            return f"{self.kind} takes the value off the tape"
        if self.kind == "constant":
            return "an array that is a constant to revad changes with the inputs (it was computed or mutated outside the tape)"
        if self.kind in ("bool", "comparison"):
            return "a branch on the value has no derivative"
        if self.kind in ("int", "integer cast"):
            return "a cast to integers has no derivative"
        return f"{self.kind} is flat, its derivative is zero"


class Exits:
    """One run of a function with an eye on what leaves the tape."""

    def __init__(self) -> None:
        self.found: list[Exit] = []
        self._leaves: dict[int, int] = {}

    def run(self, here: Mapping, leaves: list[Any]) -> list[Exit]:
        """Run the function on tracked leaves and return what left the tape."""

        def begun(*tracked: Any) -> Any:
            self._leaves = {number_of(leaf): i for i, leaf in enumerate(tracked)}
            return here.function(*tracked)

        with watching(self), np.errstate(all="ignore"):
            vjp(begun, *leaves)
        return self.found

    def leaves_tape(self, kind: str, result: Any, sources: Any) -> None:
        """Note a value that code took off the tape on purpose: by `stop_gradient`, ``detach``, `no_grad`, ``bool`` or ``int``."""
        self._note(kind, user_site(), result, sources)

    def __call__(self, top: Tracked, operation: Operation, level: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Note constants that enter a call and results that leave the tape, and record the call as usual."""
        leaves = flatten((args, kwargs))[0]
        for leaf in leaves:
            if type(leaf) is np.ndarray and leaf.dtype.kind in "fc":
                self._note("constant", user_site(), leaf, ())
        ans = top.process(operation, level, args, kwargs)
        kind = _kind(operation, ans)
        if kind:
            self._note(kind, user_site(), [plain(part) for part in parts_of(ans)], leaves)
        return ans

    def _note(self, kind: str, site: Site, value: Any, sources: Any) -> None:
        parts = [np.asarray(plain(part)).ravel() for part in flatten(value)[0]]
        numbers = [part for part in parts if part.dtype.kind in "fciub"]
        vector = np.concatenate([np.concatenate([np.real(part), np.imag(part)]) for part in numbers] or [np.zeros(0)])
        self.found.append(Exit(kind, site, vector.astype(float), frozenset(self._origins(sources))))

    def _origins(self, values: Array) -> set[int]:
        """Return the positions of the inputs that values were computed from, by walking up the tape."""
        nodes = origins(flatten(list(values))[0])
        return {self._leaves[node_number(node)] for node in nodes if node_number(node) in self._leaves}


def _kind(operation: Operation, ans: Array) -> str:
    """Return how an operation takes values off the tape, or nothing if it does not."""
    if any(isinstance(part, Tracked) for part in parts_of(ans)):
        return operation.name if operation.name in FLAT else ""
    if (
        operation.name in SHAPES
        or str(getattr(operation.function, "__module__", "")).startswith("revad.rules")
        or not any(hasattr(part, "dtype") or isinstance(part, (int, float)) for part in parts_of(ans))
    ):
        return ""
    if operation.function is cast:
        return "integer cast"
    first = parts_of(ans)[0]
    if getattr(first, "dtype", None) == np.bool_ or isinstance(first, bool):
        return "comparison"
    return operation.name if not is_inexact(first) else spoken_name(operation)


def lost_by(here: Mapping, tangent: Vector) -> list[Finding]:
    """Return where derivatives are lost: what left the tape and yet moves along a direction.

    Parameters
    ----------
    here : Mapping
        The function and the point.
    tangent : ndarray, shape (inputs,)
        The direction.
    """
    runs = [Exits().run(here, here.inputs.leaves(here.point + t * tangent)) for t in (0.0, STEP, -STEP)]
    findings: list[Finding] = []
    last: Exit | None = None
    for middle, ahead, behind in zip(*runs, strict=False):
        if not (_same(middle, ahead) and _same(middle, behind)):
            break
        moved = float(np.linalg.norm(ahead.value - behind.value))
        if middle.kind not in _CONTINUOUS:
            last = middle
        if moved > 1e-13 * float(np.linalg.norm(middle.value)):
            findings.append(_moved(middle, moved / (2 * STEP)))
    else:
        last = None if len({len(run) for run in runs}) == 1 else last
    if last is not None and not findings:
        findings.append(_moved(last, np.inf))
    told = [finding for finding in findings if finding.operation != "constant"]
    return told or findings[:1]


def _same(one: Exit, other: Exit) -> bool:
    return one.kind == other.kind and one.site == other.site and one.value.shape == other.value.shape


def _moved(found: Exit, rate: float) -> Finding:
    if found.kind in _CONTINUOUS:
        detail = (
            f"{found.loses}; it moves {rate:.3g} per unit along the tested direction, and none of that reaches the gradient"
        )
    else:
        detail = (
            f"{found.loses}; it comes out differently a step of {STEP:.0e} to either side, where the function jumps or bends"
        )
    return Finding(Cause.LOST, found.kind, found.site, measured=0.0, expected=rate, detail=detail, badness=rate)


def cut_off(here: Mapping, position: int, label: str) -> list[Finding]:
    """Return where an input's values leave the tape, for an input whose gradient is zero: the first three places."""
    found = [e for e in Exits().run(here, list(here.leaves)) if position in e.inputs]
    places: dict[tuple[str, Site], Finding] = {}
    for one in found:
        detail = f"the gradient of {label} is zero: {one.loses}"
        places.setdefault((one.kind, one.site), Finding(Cause.LOST, one.kind, one.site, label, 0.0, detail=detail))
    return list(places.values())[:3]
