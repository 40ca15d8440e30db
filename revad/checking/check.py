"""`check_grads`: revad's derivatives against finite differences, along random directions.

For a random tangent v and cotangent w the product w·Jv is one number that revad computes in two ways, J v forward and Jᵀw
backward, and finite differences in a third. A wrong entry of J changes it almost surely. Where the numbers disagree, the entry
is looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from revad.checking.locate import weighted, wrong_entries
from revad.checking.slopes import Slope, one_sided, slope, unit
from revad.checking.spaces import Mapping, Vector, as_mapping, mapping
from revad.checking.table import Comparison, comparison_table
from revad.errors import ArgumentError, GradientMismatchError
from revad.transforms._arguments import Argnums
from revad.transforms.forward import jvp
from revad.transforms.reverse import vjp

MODES = ("vjp", "jvp")
ROUNDINGS = 50  # what revad itself may lose, in rounding units of the coarsest leaf
SHOWN = 10  # rows in an error message


class Mismatch(NamedTuple):
    """A check that failed: what to tell, and whether it proves the derivative wrong."""

    message: str
    inconclusive: bool


@np.errstate(all="ignore")  # what is not finite is told in the message
def check_grads(
    f: Callable[..., Any],
    *args: Any,
    modes: Sequence[str] = MODES,
    order: int = 2,
    argnums: Argnums | None = None,
    trials: int = 2,
    seed: int = 0,
    **kwargs: Any,
) -> None:
    r"""Check derivatives of ``f`` against finite differences along random directions; return if they agree, raise if not.

    Parameters
    ----------
    f : callable
        Any deterministic function of numbers and arrays (real or complex) and pytrees of them.
    *args, **kwargs
        Where to check, away from kinks. (Keyword arguments of ``f`` with the names of options below: wrap ``f`` in a lambda.)
    modes : sequence of {"vjp", "jvp"}
        Reverse mode, forward mode; with both, also that they are adjoint,
        :math:`\langle w, J v\rangle = \langle J^T w, v\rangle`.
    order : int
        Up to which derivative: with 2 the derivatives of the VJP and of the JVP are checked as well, in all modes.
    argnums : int, str, or sequence of them, optional
        What to differentiate, as for `revad.grad`; by default every floating or complex leaf of the positional arguments.
    trials : int
        How many random directions.
    seed : int
        Of the generator of the directions; NumPy's global state is neither read nor changed.

    Raises
    ------
    GradientMismatchError
        Derivatives disagree by more than the finite difference's own error. The message has a table of the worst entries. At a
        kink or jump, recognised by two different one-sided slopes, it says so; likewise where noise makes a check impossible.
    ArgumentError, NotDifferentiableError
        Options are wrong; ``f`` is not deterministic; nothing can be differentiated.

    Notes
    -----
    No tolerance is asked for: the error that finite differences can attain is estimated at the point itself
    (see `revad.checking.finite_difference`), typically 1e-12 relative to the size of the derivative. Inputs in single precision
    are differenced in double precision, and compared to within 50 units of single precision.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import check_grads
    >>> check_grads(lambda w, x: np.sum(np.tanh(x @ w) ** 2), np.array([0.3, -0.2]), np.eye(2))

    A rule with a mistake:

    >>> import revad
    >>> @revad.primitive
    ... def double(x):
    ...     return 2 * x
    >>> revad.extend.elementwise(double, lambda x: 3.0)
    >>> check_grads(double, 1.0, modes="vjp")
    Traceback (most recent call last):
    revad.errors.GradientMismatchError: check_grads: the vjp of double disagrees ...
    """
    modes = _checked_modes(modes)
    _check_count("order", order)
    _check_count("trials", trials)
    here, _ = as_mapping("check_grads", f, argnums, args, kwargs)
    mismatch = find_mismatch(here, modes, order, trials, np.random.default_rng(seed))
    if mismatch is not None:
        raise GradientMismatchError(mismatch.message)


def _check_count(name: str, value: Any) -> None:
    if not isinstance(value, int) or value < 1:
        raise ArgumentError(f"check_grads({name}={value!r}): {name} must be an int of at least 1.")


def _checked_modes(modes: Any) -> tuple[str, ...]:
    several = (modes,) if isinstance(modes, str) else tuple(modes)
    if not several or any(mode not in MODES for mode in several):
        raise ArgumentError(f"check_grads(modes={modes!r}): name one or both of 'vjp' and 'jvp'.")
    return several


def find_mismatch(
    here: Mapping, modes: tuple[str, ...], order: int, trials: int, generator: np.random.Generator
) -> Mismatch | None:
    """Return the first disagreement of revad's derivatives with finite differences, or None."""
    if not np.all(np.isfinite(here.value)):
        bad = here.outputs.label(int(np.argmin(np.isfinite(here.value))))
        return Mismatch(
            f"check_grads: {here.name} is not finite at this point ({bad}): nothing can be checked.", inconclusive=True
        )
    products: dict[str, Callable[..., list[Any]]] = {}
    for _ in range(trials):
        trial = Trial(here, generator)
        products = {"vjp": trial.pull, "jvp": trial.push}
        for mismatch in trial.mismatches(modes):
            return mismatch
    if order > 1:
        spaces = {"vjp": here.inputs, "jvp": here.outputs}
        for mode in modes:
            names = [f"{mode} at {label}" for label in spaces[mode].labels]
            derived = mapping(f"{mode}({here.name})", products[mode], here.leaves, here.inputs.labels, names)
            mismatch = find_mismatch(derived, modes, order - 1, trials, generator)
            if mismatch is not None:
                return mismatch
    return None


class Trial:
    """One random tangent and cotangent at a point, and what revad and finite differences make of them."""

    def __init__(self, here: Mapping, generator: np.random.Generator) -> None:
        self.here = here
        self.tangents = here.inputs.leaves(_random(generator, here.inputs.size) * here.inputs.scales(here.point))
        self.tangent = here.inputs.vector(self.tangents)
        self.cotangents = here.outputs.leaves(here.outputs.flip(_random(generator, here.outputs.size)))
        self.cotangent = here.outputs.flip(here.outputs.vector(self.cotangents))

    def pull(self, *leaves: Any) -> list[Any]:
        """Return the cotangent pulled back to the inputs."""
        return list(vjp(self.here.function, *leaves)[1](self.cotangents))

    def push(self, *leaves: Any) -> list[Any]:
        """Return the tangent pushed forward to the outputs."""
        return jvp(self.here.function, leaves, tuple(self.tangents))[1]

    def product(self, label: str) -> Comparison:
        """Return the comparison of w·Jv, pulled back by revad, with finite differences."""
        found = slope(self.here, self.tangent)
        return self._compare_product(self._pulled(), found, self._rounding(found), label)

    def mismatches(self, modes: tuple[str, ...]) -> Iterator[Mismatch]:
        """Compare; yield what disagrees."""
        here = self.here
        found = slope(here, self.tangent)
        rounding = self._rounding(found)
        pushed = here.outputs.vector(self.push(*_copies(here.leaves))) if "jvp" in modes else None
        pulled = self._pulled() if "vjp" in modes else None
        if pushed is not None:
            yield from self._check_pushed(pushed, found, rounding)
        if pulled is not None:
            yield from self._check_pulled(pulled, found, rounding)
        if pushed is not None and pulled is not None:
            yield from self._check_adjoint(pushed, pulled, found, rounding)
        yield from self._check_conclusive(found)

    def _pulled(self) -> Vector:
        return self.here.inputs.flip(self.here.inputs.vector(self.pull(*_copies(self.here.leaves))))

    def _rounding(self, found: Slope) -> float:
        """Return what revad itself may lose, relative to the size of the derivative."""
        noise = _norm(found.noise) / (_norm(self.here.value) + 1e-300)  # more than a rounding where the function loses digits
        return ROUNDINGS * max(self.here.inputs.eps, self.here.outputs.eps, min(1e-6, noise))

    def _compare_product(self, pulled: Vector, found: Slope, rounding: float, label: str) -> Comparison:
        tangent, cotangent = self.tangent, self.cotangent
        terms = np.sum(np.abs(cotangent * found.value)) + np.sum(np.abs(pulled * tangent))
        error = float(np.abs(cotangent) @ (found.error + rounding * found.size) + rounding * terms)
        return Comparison(label, float(pulled @ tangent), float(cotangent @ found.value), error)

    def _check_pushed(self, pushed: Vector, found: Slope, rounding: float) -> Iterator[Mismatch]:
        """Compare J v with finite differences, output by output."""
        here = self.here
        luck = 1 + np.log10(max(1, pushed.size))  # among many outputs some estimates agree by accident
        error = luck * found.error + rounding * (np.nanmax(np.abs(found.value), initial=0.0) + found.size)
        with np.errstate(invalid="ignore"):
            excess = np.abs(pushed - found.value) - error
        bad = np.flatnonzero(~(excess <= 0))
        if bad.size:
            worst = int(bad[np.argmax(np.nan_to_num(excess[bad], nan=np.inf))])
            label = here.outputs.label(worst)
            scalar = weighted(here, unit(here.outputs, worst), label)

            def got(direction: Vector) -> float:
                pushed = jvp(here.function, _copies(here.leaves), tuple(here.inputs.leaves(direction)))[1]
                return float(here.outputs.vector(pushed)[worst])

            rows = wrong_entries(scalar, got, self.tangent, rounding, np.ones_like(self.tangent), f"∂{label}/∂{{}}")
            along = Comparison(f"{label}, along v", float(pushed[worst]), float(found.value[worst]), float(error[worst]))
            yield _mismatch("jvp", here, rows, along, f"{bad.size} of {pushed.size} outputs")

    def _check_pulled(self, pulled: Vector, found: Slope, rounding: float) -> Iterator[Mismatch]:
        """Compare Jᵀw with finite differences, along the tangent first."""
        here, tangent, cotangent = self.here, self.tangent, self.cotangent
        along = self._compare_product(pulled, found, rounding, "w·Jv")
        if not along.agrees:
            single = cotangent.size == 1  # then the gradient itself can be shown
            weight = cotangent / cotangent[0] if single else cotangent
            entries = pulled / cotangent[0] if single else pulled
            signs = here.inputs.flip(np.ones_like(tangent))  # the imaginary entry of a gradient is -du/dy
            scalar = weighted(here, weight, "w·f")
            rows = wrong_entries(scalar, lambda direction: float(entries @ direction), tangent, rounding, signs)
            yield _mismatch("vjp", here, rows, along, "w·Jv")

    def _check_adjoint(self, pushed: Vector, pulled: Vector, found: Slope, rounding: float) -> Iterator[Mismatch]:
        """Compare ⟨Jᵀw, v⟩ with ⟨w, Jv⟩: no finite differences, so to round-off."""
        scale = _norm(self.cotangent) * (_norm(pushed) + _norm(found.size)) + _norm(pulled) * _norm(self.tangent)
        row = Comparison("⟨Jᵀw, v⟩, ⟨w, Jv⟩", float(pulled @ self.tangent), float(self.cotangent @ pushed), rounding * scale)
        if not row.agrees:
            text = comparison_table([row], ("", "from vjp", "from jvp", "difference", "round-off", ""))
            message = f"check_grads: the vjp and the jvp of {self.here.name} are not adjoint to each other."
            yield Mismatch(f"{message}\n{text}", inconclusive=False)

    def _check_conclusive(self, found: Slope) -> Iterator[Mismatch]:
        """Say so where the finite difference cannot tell a right derivative from a wrong one: at kinks, in noise."""
        here = self.here
        vague = (found.error > 0.1 * np.abs(found.value)) & (found.error > 1e-6 * found.size)
        if not np.any(vague):
            return
        left, right, kink = one_sided(here, self.tangent)
        bad = np.flatnonzero(kink & vague)
        if bad.size:
            pushed = here.outputs.vector(self.push(*_copies(here.leaves)))
            columns = (pushed, found.value, found.error, left, right)
            rows: list[Comparison] = []
            for i in map(int, bad[:SHOWN]):
                got, expected, error, before, after = (float(column[i]) for column in columns)
                rows.append(Comparison(f"{here.outputs.label(i)}, along v", got, expected, error, (before, after)))
            yield Mismatch(f"{KINK.format(here.name)}\n{comparison_table(rows)}", inconclusive=True)
        elif not np.all(np.isfinite(found.error)) or _norm(found.error) > 0.1 * _norm(found.value):
            yield Mismatch(
                f"check_grads: {here.name} cannot be checked at this point: its values are so noisy, or change so abruptly, "
                f"that finite differences give {_norm(found.value):.1e} with an error of {_norm(found.error):.1e}.",
                inconclusive=True,
            )


KINK = (
    "check_grads: {} has a kink, a jump or an edge at this point: its slopes to the left and to the right differ, so that no "
    "single number is the derivative and revad follows a convention. Check at another point."
)


def _random(generator: np.random.Generator, size: int) -> Vector:
    """Return numbers of random sign and of size 1/2 to 3/2, so that every entry counts."""
    return generator.uniform(0.5, 1.5, size) * np.where(generator.random(size) < 0.5, -1.0, 1.0)


def _copies(leaves: list[Any]) -> tuple[Any, ...]:
    return tuple(leaf.copy() if isinstance(leaf, np.ndarray) else leaf for leaf in leaves)


def _norm(vector: Vector) -> float:
    return float(np.linalg.norm(vector[np.isfinite(vector)]))


def _mismatch(mode: str, here: Mapping, rows: list[Comparison], along: Comparison, what: str) -> Mismatch:
    """Return the message for derivatives that disagree with finite differences."""
    text = comparison_table([*rows[:SHOWN], along])
    more = f"\n  ({len(rows) - SHOWN} more entries disagree)" if len(rows) > SHOWN else ""
    if not rows:  # an accident among many outputs, most likely
        return Mismatch(
            f"check_grads: the {mode} of {here.name} disagrees with finite differences along a random direction ({what}), but for no "
            f"single input: the function loses too many digits here for a check, or a rule is not linear in what it is given.\n{text}",
            inconclusive=True,
        )
    if all(row.is_kink for row in rows):
        return Mismatch(f"{KINK.format(here.name)}\n{text}{more}", inconclusive=True)
    return Mismatch(
        f"check_grads: the {mode} of {here.name} disagrees with finite differences ({what}).\n{text}{more}", inconclusive=False
    )
