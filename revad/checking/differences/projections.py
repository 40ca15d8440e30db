"""Derivatives along random directions: revad's, forward and backward, and finite differences, as one number each.

For a random tangent v and cotangent w the product w·Jv is one number that revad computes in two ways, J v forward and Jᵀw
backward, and finite differences in a third. A wrong entry of J changes it almost surely. Where the numbers disagree, the entry
is looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np

from revad.checking.differences.comparisons import Comparison, comparison_table
from revad.checking.differences.locate import weighted, wrong_entries
from revad.checking.differences.mismatches import KINK, SHOWN, Mismatch, disagreement
from revad.checking.differences.slopes import Slope, one_sided, slope, unit
from revad.checking.differences.spaces import Mapping, Vector
from revad.transforms.forward import jvp
from revad.transforms.reverse import vjp

ROUNDINGS = 50  # what revad itself may lose, in rounding units of the coarsest leaf
DULL = 1e-5  # a relative error of finite differences that noise or a kink must explain
Note: TypeAlias = Callable[[str, Comparison], None]  # where the comparisons of a mode are listed


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

    def mismatches(self, modes: tuple[str, ...], comparisons: list[Comparison], suffix: str) -> Iterator[Mismatch]:
        """Compare, and list what was compared; yield what disagrees."""
        here = self.here
        found = slope(here, self.tangent)
        rounding = self._rounding(found)
        pushed = here.outputs.vector(self.push(*_copies(here.leaves))) if "jvp" in modes else None
        pulled = self._pulled() if "vjp" in modes else None

        def note(mode: str, row: Comparison) -> None:
            comparisons.append(row._replace(label=f"{mode} of {here.name}: {row.label}{suffix}"))

        if pushed is not None:
            yield from self._check_pushed(pushed, found, rounding, note)
        if pulled is not None:
            yield from self._check_pulled(pulled, found, rounding, note)
        if pushed is not None and pulled is not None:
            yield from self._check_adjoint(pushed, pulled, found, rounding, note)
        yield from self._check_conclusive(found, note)

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
        scale = float(np.abs(cotangent) @ np.abs(found.value))
        return Comparison(label, float(pulled @ tangent), float(cotangent @ found.value), error, scale=scale)

    def _check_pushed(self, pushed: Vector, found: Slope, rounding: float, note: Note) -> Iterator[Mismatch]:
        """Compare J v with finite differences, output by output."""
        here = self.here
        luck = 1 + np.log10(max(1, pushed.size))  # among many outputs some estimates agree by accident
        error = luck * found.error + rounding * (np.nanmax(np.abs(found.value), initial=0.0) + found.size)
        with np.errstate(invalid="ignore"):
            excess = np.abs(pushed - found.value) - error
            ratio = np.abs(pushed - found.value) / (error + 1e-300)

        def along(position: int) -> Comparison:
            label = f"{here.outputs.label(position)}, along v"
            size = float(np.max(np.abs(found.value)))
            got, expected, bar = (float(column[position]) for column in (pushed, found.value, error))
            return Comparison(label, got, expected, bar, scale=size)

        if pushed.size:
            note("jvp", along(int(np.argmax(np.nan_to_num(ratio, nan=np.inf)))))
        bad = np.flatnonzero(~(excess <= 0))
        if bad.size:
            worst = int(bad[np.argmax(np.nan_to_num(excess[bad], nan=np.inf))])
            label = here.outputs.label(worst)
            scalar = weighted(here, unit(here.outputs, worst), label)

            def got(direction: Vector) -> float:
                pushed = jvp(here.function, _copies(here.leaves), tuple(here.inputs.leaves(direction)))[1]
                return float(here.outputs.vector(pushed)[worst])

            rows = wrong_entries(scalar, got, self.tangent, rounding, np.ones_like(self.tangent), f"∂{label}/∂{{}}")
            yield disagreement("jvp", here, rows, along(worst), f"{bad.size} of {pushed.size} outputs")

    def _check_pulled(self, pulled: Vector, found: Slope, rounding: float, note: Note) -> Iterator[Mismatch]:
        """Compare Jᵀw with finite differences, along the tangent first."""
        here, tangent, cotangent = self.here, self.tangent, self.cotangent
        along = self._compare_product(pulled, found, rounding, "w·Jv")
        if pulled.size and cotangent.size:
            note("vjp", along)
        if not along.agrees:
            single = cotangent.size == 1  # then the gradient itself can be shown
            weight = cotangent / cotangent[0] if single else cotangent
            entries = pulled / cotangent[0] if single else pulled
            signs = here.inputs.flip(np.ones_like(tangent))  # the imaginary entry of a gradient is -du/dy
            scalar = weighted(here, weight, "w·f")
            rows = wrong_entries(scalar, lambda direction: float(entries @ direction), tangent, rounding, signs)
            yield disagreement("vjp", here, rows, along, "w·Jv")

    def _check_adjoint(self, pushed: Vector, pulled: Vector, found: Slope, rounding: float, note: Note) -> Iterator[Mismatch]:
        """Compare ⟨Jᵀw, v⟩ with ⟨w, Jv⟩: no finite differences, so to round-off."""
        scale = _norm(self.cotangent) * (_norm(pushed) + _norm(found.size)) + _norm(pulled) * _norm(self.tangent)
        both = float(pulled @ self.tangent), float(self.cotangent @ pushed)
        row = Comparison("⟨Jᵀw, v⟩, ⟨w, Jv⟩", *both, rounding * scale, scale=scale)
        if pulled.size and pushed.size:
            note("adjoints", row)
        if not row.agrees:
            text = comparison_table([row], ("", "from vjp", "from jvp", "difference", "round-off", ""))
            message = f"check_grads: the vjp and the jvp of {self.here.name} are not adjoint to each other."
            yield Mismatch(f"{message}\n{text}", inconclusive=False)

    def _check_conclusive(self, found: Slope, note: Note) -> Iterator[Mismatch]:
        """Say so where the finite difference cannot tell a right derivative from a wrong one: at kinks, in noise.

        A kink that is small beside the derivative is listed and no more: the digits above it have been compared.
        """
        here = self.here
        dull = (found.error > DULL * np.abs(found.value)) & (found.error > 1e-6 * found.size)
        if not np.any(dull):
            return
        vague = dull & (found.error > 0.1 * np.abs(found.value))
        left, right, kink = one_sided(here, self.tangent)
        rows: list[Comparison] = []
        if np.any(kink & dull):
            pushed = here.outputs.vector(self.push(*_copies(here.leaves)))
            columns = (pushed, found.value, found.error, left, right)
            for i in map(int, [*np.flatnonzero(kink & vague), *np.flatnonzero(kink & dull & ~vague)][:SHOWN]):
                got, expected, error, before, after = (float(column[i]) for column in columns)
                rows.append(Comparison(f"{here.outputs.label(i)}, along v", got, expected, error, (before, after)))
        if np.any(kink & vague):
            yield Mismatch(f"{KINK.format(here.name)}\n{comparison_table(rows)}", inconclusive=True)
        elif np.any(vague) and (not np.all(np.isfinite(found.error)) or _norm(found.error) > 0.1 * _norm(found.value)):
            yield Mismatch(
                f"check_grads: {here.name} cannot be checked at this point: its values are so noisy, or change so abruptly, "
                f"that finite differences give {_norm(found.value):.1e} with an error of {_norm(found.error):.1e}.",
                inconclusive=True,
            )
        for row in rows:
            note("kink", row)


def _random(generator: np.random.Generator, size: int) -> Vector:
    """Return numbers of random sign and of size 1/2 to 3/2, so that every entry counts."""
    return generator.uniform(0.5, 1.5, size) * np.where(generator.random(size) < 0.5, -1.0, 1.0)


def _copies(leaves: list[Any]) -> tuple[Any, ...]:
    return tuple(leaf.copy() if isinstance(leaf, np.ndarray) else leaf for leaf in leaves)


def _norm(vector: Vector) -> float:
    return float(np.linalg.norm(vector[np.isfinite(vector)]))
