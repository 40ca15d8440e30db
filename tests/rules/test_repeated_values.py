"""Functions of eigenvalues and singular values where some are equal: right, or refused, in every order of modes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

import revad.scipy.linalg
from tests.orders import MODES, along

rng = np.random.default_rng(11)
Q = np.linalg.qr(rng.normal(size=(4, 4)))[0]
TIED = Q @ np.diag([2.0, 2.0, 5.0, 5.0]) @ Q.T
B = rng.normal(size=(4, 4))
SECOND = ("rr", "fr", "rf", "ff")


def symmetric(a: Any) -> Any:
    return (a + a.T) / 2


REFUSED: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "eigvalsh": (lambda a: np.sum(np.linalg.eigvalsh(symmetric(a)) ** 3), TIED),
    "eigvalsh of scipy": (lambda a: np.sum(revad.scipy.linalg.eigvalsh(symmetric(a)) ** 3), TIED),
    "svdvals": (lambda a: np.sum(np.linalg.svdvals(a) ** 2), Q),
    "svdvals of scipy": (lambda a: np.sum(revad.scipy.linalg.svdvals(a) ** 2), Q),
    "eigvals": (lambda a: np.real(np.sum(np.linalg.eigvals(a) ** 2)), np.eye(4)),
    "eigvals of scipy": (lambda a: np.real(np.sum(revad.scipy.linalg.eigvals(a) ** 2)), np.eye(4)),
}


@pytest.mark.parametrize("modes", [*SECOND, *MODES])
@pytest.mark.parametrize("name", REFUSED)
def test_limits_are_refused(name: str, modes: str) -> None:
    """The derivative lies in 0/0, which a rule cannot take: an error that names the pair, in every order of modes."""
    f, a = REFUSED[name]
    assert along(f, a, B, "r") == pytest.approx(along(f, a, B, "f"))
    with pytest.raises(np.linalg.LinAlgError, match="lies in the limit 0/0"):
        along(f, a, B, modes)


def untied(a: Any) -> Any:
    """Return a number made of the eigenvector of the one eigenvalue beside a repeated one."""
    return np.sum(np.linalg.eigh(symmetric(a))[1][:, 2] ** 2 * np.arange(3))


def steepest(w: Any, v: Any) -> Any:
    """Return a number made of the eigenvector of the largest eigenvalue."""
    return np.sum(np.real(v[:, np.argmax(np.real(w))]) ** 2 * np.arange(3))


TURNED = np.diag([2.0, 2.0, 2.0]) + np.outer([1.0, 2.0, 1.0], [1.0, 2.0, 1.0]) / 2
VECTORS: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "eigh": (untied, np.full((3, 3), 1.25)),
    "eigh of scipy": (
        lambda a: np.sum(revad.scipy.linalg.eigh(symmetric(a))[1][:, 2] ** 2 * np.arange(3)),
        np.full((3, 3), 1.25),
    ),
    "eig": (lambda a: steepest(*np.linalg.eig(a)), TURNED),
    "eig of scipy": (lambda a: steepest(*revad.scipy.linalg.eig(a)), TURNED),
    "svd": (lambda a: np.sum(np.linalg.svd(a)[0][:, 0] ** 2 * np.arange(3)), TURNED),
    "funm": (lambda a: np.sum(revad.scipy.linalg.funm(a, np.exp) * np.arange(9.0).reshape(3, 3)), TURNED),
    "pinv": (lambda a: np.sum(np.linalg.pinv(a, rtol=0.6) * np.arange(9.0).reshape(3, 3)), np.diag([5.0, 2.0, 2.0])),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("modes", SECOND)
@pytest.mark.parametrize("name", VECTORS)
def test_vectors_beside_equal_values_are_refused(name: str, modes: str) -> None:
    """How the vectors of equal values turn into each other decides on the second derivative of all, and is open."""
    f, a = VECTORS[name]
    assert along(f, a, B[:3, :3], "r") == pytest.approx(along(f, a, B[:3, :3], "f"))
    with pytest.raises(np.linalg.LinAlgError, match="are equal"):
        along(f, a, B[:3, :3], modes)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("modes", ["rr", "fr", "rf", "ff", *MODES])
def test_values_of_eigh_are_refused(modes: str) -> None:
    with pytest.raises(np.linalg.LinAlgError, match="are equal"):
        along(lambda a: np.sum(np.linalg.eigh(symmetric(a))[0] ** 3), TIED, B, modes)


@pytest.mark.parametrize("modes", ["rr", "fr", "rrr"])
def test_a_trace_is_linear(modes: str) -> None:
    """Constant slopes that are equal leave nothing open."""
    assert along(lambda a: np.sum(np.linalg.eigvalsh(symmetric(a))), TIED, B, modes) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("modes", [*SECOND, *MODES])
def test_distinct_values(modes: str) -> None:
    """Traces of powers, by their values: tr A³ and ‖A‖²."""
    a = rng.normal(size=(4, 4))
    s, d = symmetric(a), symmetric(B)
    exact = {2: 6 * np.trace(s @ d @ d), 3: 6 * np.trace(d @ d @ d)}[len(modes)]
    assert along(lambda a: np.sum(np.linalg.eigvalsh(symmetric(a)) ** 3), a, B, modes) == pytest.approx(exact)
    exact = {2: 6 * np.trace(a @ B @ B), 3: 6 * np.trace(B @ B @ B)}[len(modes)]
    assert along(lambda a: np.real(np.sum(np.linalg.eigvals(a) ** 3)), a, B, modes) == pytest.approx(exact)
    exact = {2: 2 * np.sum(B * B), 3: 0.0}[len(modes)]
    for shape in ((4, 4), (4, 3), (3, 4)):
        b = B[: shape[0], : shape[1]]
        exact = {2: 2 * np.sum(b * b), 3: 0.0}[len(modes)]
        got = along(lambda a: np.sum(np.linalg.svdvals(a) ** 2), a[: shape[0], : shape[1]], b, modes)
        assert got == pytest.approx(exact, abs=1e-9)


def nuclear_reference(a: Any, b: Any, order: int) -> float:
    with mpmath.workdps(40):
        left, right = mpmath.matrix(a.tolist()), mpmath.matrix(b.tolist())

        def norm(t: Any) -> Any:
            m = left + t * right
            return sum(mpmath.sqrt(x) for x in mpmath.eigsy(m.T * m, eigvals_only=True))

        return float(mpmath.diff(norm, 0, order))


@pytest.mark.parametrize("modes", ["r", "f", *SECOND, *MODES])
@pytest.mark.parametrize("shape", [(4, 4), (4, 3), (3, 4)])
def test_nuclear_norm_at_equal_singular_values(shape: tuple[int, int], modes: str) -> None:
    a, b = Q[: shape[0], : shape[1]], B[: shape[0], : shape[1]]
    if shape == (3, 4):
        a, b = Q[:, :3].T, B[:, :3].T
    reference = nuclear_reference(a if shape[0] >= shape[1] else a.T, b if shape[0] >= shape[1] else b.T, len(modes))
    assert along(lambda x: np.linalg.norm(x, "nuc"), a, b, modes) == pytest.approx(reference, abs=1e-9)


@pytest.mark.parametrize("modes", ["rr", "fr", *MODES])
def test_complex_nuclear_norm(modes: str) -> None:
    """Multiplied by a unitary matrix, the norm is the same, and so are all derivatives."""
    phases = np.diag(np.exp(1j * np.arange(4)))
    real = along(lambda x: np.linalg.norm(x, "nuc"), Q, B, modes)
    assert along(lambda x: np.linalg.norm(x, "nuc"), Q @ phases, B @ phases, modes) == pytest.approx(real)
