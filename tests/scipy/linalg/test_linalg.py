"""`revad.scipy.linalg` as a namespace: every name is there, and what has no derivative says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.linalg

import revad
import revad.scipy.linalg as sl
from revad.errors import LostGradientError, NoRuleError
from revad.operations.registry import lookup
from tests.specs._row import complexes, real
from tests.specs.linalg import hermitian, square

CONSTANT = ["dft", "hadamard", "helmert", "hilbert", "invhilbert", "invpascal", "pascal"]
OF_LIBRARIES = ["find_best_blas_type", "get_blas_funcs", "get_lapack_funcs"]


def test_every_function_of_scipy_is_offered() -> None:
    """Each is differentiable, without derivative or refused; or it takes no matrix of floats at all."""
    for name in scipy.linalg.__all__:
        offered, original = getattr(sl, name), getattr(scipy.linalg, name)
        if not callable(original) or isinstance(original, type) or name in CONSTANT + OF_LIBRARIES:
            assert offered is original
        else:
            assert lookup(offered) is not None, name
            assert offered.__name__ == original.__name__
            assert offered.__doc__ == original.__doc__


def test_how_many_functions_are_differentiable() -> None:
    """The score: all but decompositions whose result is arbitrary, their updates, and a random sketch."""
    operations = [lookup(getattr(sl, name)) for name in scipy.linalg.__all__]
    kinds = [operation.kind for operation in operations if operation is not None]
    assert kinds.count("rules") + kinds.count("composite") == 76
    assert kinds.count("nondiff") == 3
    assert kinds.count("unsupported") == 7


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'expn'"):
        _ = sl.expn


def test_names_are_listed() -> None:
    assert "solve_sylvester" in dir(sl)


@pytest.mark.parametrize("function", [sl.bandwidth, sl.issymmetric, sl.ishermitian])
def test_questions_are_answered(function: Callable[..., Any]) -> None:
    """A tracked matrix answers as its value does."""
    a = np.tril(square(3, 3))
    assert function(revad.tensor(a)) == function(a)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda a: sl.cossin(a, 1, 1), "bases of the subspaces may be turned"),
        (lambda a: sl.qz(a, a), "the generalized Schur form has no derivative"),
        (lambda a: sl.ordqz(a, a), "the generalized Schur form has no derivative"),
        (lambda a: sl.qr_delete(a, a, 0), "Decompose the changed matrix"),
        (lambda a: sl.qr_insert(a, a, a[0], 0), "Decompose the changed matrix"),
        (lambda a: sl.qr_update(a, a, a[0], a[0]), "Decompose the changed matrix"),
        (lambda a: sl.clarkson_woodruff_transform(a, 2), "draws a random sketch anew"),
        (lambda a: sl.qr(a, mode="raw"), "gives LAPACK's Householder vectors"),
        (lambda a: sl.rq(a, mode="raw"), "gives LAPACK's Householder vectors"),
        (lambda a: sl.eig(a, a, homogeneous_eigvals=True), "since how alpha and beta are scaled is LAPACK's choice"),
        (lambda a: sl.eigvals(a, a, homogeneous_eigvals=True), "since how alpha and beta are scaled is LAPACK's choice"),
        (lambda a: sl.logm(a, disp=False), "returns an estimate of the error"),
        (lambda a: sl.funm(a, lambda w: w * a[0, 0]), "uses a tracked value besides its argument"),
        (lambda a: sl.funm(np.eye(2), lambda w: w * a[0, 0]), "uses a tracked value besides its argument"),
        (lambda a: sl.eig(a, a, left=True, right=False), "since SciPy leaves the lengths of these left vectors to LAPACK"),
    ],
)
def test_what_has_no_derivative_is_refused(call: Callable[..., Any], reason: str) -> None:
    """The reason is named, with what to use instead; plain matrices are SciPy's business."""
    with pytest.raises(NoRuleError, match=reason):
        call(revad.tensor(square(3, 3)))


def test_functions_of_sizes_refuse_tracked_values() -> None:
    with pytest.raises(LostGradientError, match="would silently drop its derivative"):
        sl.hilbert(revad.tensor(3.0))


def test_scipy_itself_refuses_tracked_matrices() -> None:
    """Without ``revad.scipy`` nothing is dropped silently."""
    with pytest.raises(LostGradientError, match="would silently drop its derivative"):
        scipy.linalg.expm(revad.tensor(square(3, 3)))


def test_overwriting_spares_what_is_kept() -> None:
    """``overwrite_a`` may destroy an argument, but not one that a pull-back needs."""
    a, b = np.asfortranarray(square(4, 4)), real(4)
    gradient = revad.grad(lambda a: np.sum(sl.solve(a, b, overwrite_a=True, overwrite_b=True) ** 2))(a)
    np.testing.assert_array_equal(a, square(4, 4))
    np.testing.assert_allclose(gradient, revad.grad(lambda a: np.sum(np.linalg.solve(a, b) ** 2))(a), rtol=1e-12)


# What may be turned freely ---------------------------------------------------------------------------------------------------


def test_null_vectors_alone_have_no_derivative() -> None:
    with pytest.raises(np.linalg.LinAlgError, match="the vectors of a null space may be turned into each other"):
        revad.grad(lambda a: np.sum(sl.null_space(a) * real(4, 2)))(real(2, 4))


def test_phases_of_schur_vectors_have_no_derivative() -> None:
    with pytest.raises(np.linalg.LinAlgError, match="the phase of each complex Schur vector is arbitrary"):
        revad.grad(lambda a: np.real(np.sum(sl.schur(a)[1] * complexes(3, 3))))(square(3, 3) + 1j * real(3, 3))


def test_phases_of_general_eigenvectors_have_no_derivative() -> None:
    b = square(3, 3, salt=1).astype(complex)
    with pytest.raises(np.linalg.LinAlgError, match="the phase of complex vector 0 is arbitrary"):
        revad.grad(lambda a: np.real(np.sum(sl.eig(a, b)[1] * complexes(3, 3))))(square(3, 3) + 1j * real(3, 3))


def test_equal_eigenvalues_of_a_schur_form_are_warned_of() -> None:
    """The pair is named where a dropped term may matter."""
    a = np.array([[2.0, 0.0, 0.3], [0.0, 2.0, 0.4], [0.0, 0.0, 1.0]])
    with pytest.warns(RuntimeWarning, match="scipy.linalg.schur: eigenvalues 1 and 0 are equal"):
        revad.grad(lambda a: np.sum(sl.schur(a)[1] * real(3, 3)))(a)


def test_defective_matrices_have_no_schur_derivative() -> None:
    a = np.array([[2.0, 1.0, 0.3], [0.0, 2.0, 0.4], [0.0, 0.0, 1.0]])
    with pytest.raises(np.linalg.LinAlgError, match="eigenvalues 0 and 1 are equal and share an eigenvector"):
        revad.grad(lambda a: np.sum(sl.schur(a)[1] * real(3, 3)))(a)


def test_equal_eigenvalues_of_two_matrices_are_warned_of() -> None:
    a, b = np.diag([2.0, 2.0, 5.0]), np.eye(3)
    with pytest.raises(np.linalg.LinAlgError, match="eigenvalues 0 and 1 are equal"):
        revad.grad(lambda a: np.sum(sl.eigh(hermitian(a), b)[1] * real(3, 3)))(a)


def test_polar_factors_do_not_mind_equal_singular_values() -> None:
    """The derivative at the identity is the skew part for U and the symmetric part for P."""
    v = real(3, 3)
    (u, p), (du, dp) = revad.jvp(sl.polar, (np.eye(3),), (v,))
    np.testing.assert_allclose(u @ p, np.eye(3), atol=1e-15)
    np.testing.assert_allclose(du, (v - v.T) / 2, atol=1e-14)
    np.testing.assert_allclose(dp, (v + v.T) / 2, atol=1e-14)


# Values and arguments that rows do not reach ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: sl.diagsvd(x, 4, 5), "Length of s must be M or N"),
        (lambda x: sl.companion(x[:1]), "must be at least 2"),
        (lambda x: sl.companion(x * np.array([0.0, 1.0, 1.0])), "must not be zero"),
        (lambda x: sl.leslie(x, x), "one less than the length of f"),
        (lambda x: sl.fiedler_companion(x * np.array([0.0, 1.0, 1.0])), "Leading coefficient is zero"),
        (lambda x: sl.convolution_matrix(x, 0), "n must be a positive integer"),
        (lambda x: sl.convolution_matrix(x[:0], 2), "must be at least 1"),
        (lambda x: sl.solve_circulant(x, x[:2]), "are incompatible"),
        (lambda x: sl.solve_circulant(np.ones_like(x), x), "near singular circulant matrix"),
    ],
)
def test_wrong_arguments_are_refused_as_scipy_does(call: Callable[..., Any], message: str) -> None:
    for x in (np.array([1.0, 2.0, 3.0]), revad.tensor([1.0, 2.0, 3.0])):
        with pytest.raises((ValueError, np.linalg.LinAlgError), match=message):
            call(x)


def test_balancing_keeps_the_form_of_its_result() -> None:
    """Scales and permutation come as a pair where they are asked for."""
    a = square(3, 3) * np.array([[1.0, 1e3, 1e6], [1e-3, 1.0, 1e3], [1e-6, 1e-3, 1.0]])
    _, (scales, order) = sl.matrix_balance(revad.tensor(a), separate=True)
    _, (plain_scales, plain_order) = scipy.linalg.matrix_balance(a, separate=True)
    np.testing.assert_array_equal(revad.stop_gradient(scales), plain_scales)
    np.testing.assert_array_equal(order, plain_order)


def test_stacks_of_hessenberg_forms() -> None:
    a, g = real(2, 4, 4), real(2, 4, 4, salt=1)
    together = revad.grad(lambda a: np.sum(sl.hessenberg(a, calc_q=True)[1] * g))(a)
    alone = [revad.grad(lambda a, g=part: np.sum(sl.hessenberg(a, calc_q=True)[1] * g))(m) for m, part in zip(a, g)]
    np.testing.assert_allclose(together, np.stack(alone), rtol=1e-12, atol=1e-13)


def test_short_columns_need_no_reflection() -> None:
    """A column that is zero already keeps its place: the derivative is that of the remaining steps."""
    a = np.triu(square(4, 4), -1)
    np.testing.assert_array_equal(revad.stop_gradient(sl.hessenberg(revad.tensor(a))), scipy.linalg.hessenberg(a))


def test_lists_of_tracked_values_are_arrays() -> None:
    """As everywhere in NumPy, a list stands for an array."""
    assert revad.grad(lambda t: np.sum(sl.expm([[t, 0.0], [1.0, t]])))(0.5) == pytest.approx(3 * np.exp(0.5))
    assert revad.grad(lambda t: sl.norm([t, 3.0]))(4.0) == pytest.approx(0.8)
    assert revad.hessian(lambda t: sl.det([[t, 1.0], [2.0, t]]))(4.0) == pytest.approx(2.0)
    assert revad.grad(lambda t: np.sum(sl.toeplitz([t, 2 * t, 3.0])))(0.5) == 11.0


def test_expm_against_a_closed_form() -> None:
    """d/dt exp(tA) = A exp(tA)."""
    a = square(4, 4)
    np.testing.assert_allclose(
        revad.jvp(lambda t: sl.expm(t * a), (0.7,), (1.0,))[1], a @ scipy.linalg.expm(0.7 * a), rtol=1e-12
    )


@pytest.mark.parametrize("size", [1e-8, 1.0, 3.0])
def test_expm_and_logm_are_inverse_to_first_order(size: float) -> None:
    """d log(exp A) = dA, for small and for large matrices."""
    a, v = size * square(3, 3) / 4, real(3, 3)
    tangent = revad.jvp(lambda a: sl.logm(sl.expm(a)), (a,), (v,))[1]
    np.testing.assert_allclose(tangent, v, rtol=1e-7, atol=1e-9 * np.exp(size / 3))


def test_shapes_that_do_not_fit_are_told() -> None:
    with pytest.raises(ValueError, match=r"Shapes of c \(3,\) and b \(2,\) are incompatible"):
        revad.grad(lambda c: np.sum(sl.solve_circulant(c, np.ones(2))))(np.array([3.0, 1.0, 0.5]))
