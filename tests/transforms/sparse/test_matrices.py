"""`sparse_jacobian` and `sparse_hessian`: shapes, options, what is kept, what is never silently wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

import revad
from revad.transforms.sparse.colouring import Colouring

X = np.array([1.0, 2.0, 3.0, 4.0])


def chain(x: Any) -> Any:
    return x[1:] * np.sin(x[:-1])


def rosenbrock(x: Any) -> Any:
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def counted(f: Any) -> Any:
    def g(*args: Any) -> Any:
        g.calls += 1
        return f(*args)

    g.calls = 0
    return g


def equal(sparse: Any, dense: Any, tolerance: float = 1e-14) -> None:
    np.testing.assert_allclose(sparse.toarray(), dense, rtol=tolerance, atol=tolerance)


def test_pattern_and_colours_are_kept_for_the_next_call() -> None:
    f = counted(chain)
    jacobian = revad.sparse_jacobian(f)
    equal(jacobian(X), revad.jacobian(chain)(X))
    assert f.calls == 4  # the check, the capture, two colours
    equal(jacobian(X + 1), revad.jacobian(chain)(X + 1))
    assert f.calls == 7
    assert jacobian.colouring.products == 2
    assert jacobian.pattern.nnz == 6
    equal(jacobian(np.arange(6.0)), revad.jacobian(chain)(np.arange(6.0)))  # other shapes, another plan
    assert jacobian.pattern.shape == (5, 6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_matrices_have_the_dtype_of_the_dense_ones(dtype: Any) -> None:
    x = X.astype(dtype)
    tolerance = 10 * float(np.finfo(dtype).eps)
    for direction in ("column", "row", "bidirectional"):
        matrix = revad.sparse_jacobian(chain, colouring=direction)(x)
        assert (type(matrix), matrix.dtype) == (sp.csr_array, dtype)
        equal(matrix, revad.jacobian(chain)(x), tolerance)
    hessian = revad.sparse_hessian(rosenbrock, format="csc")(x)
    assert (type(hessian), hessian.dtype) == (sp.csc_array, dtype)
    equal(hessian, revad.hessian(rosenbrock)(x), 100 * tolerance)


def test_several_arguments_and_outputs_are_put_one_after_the_other() -> None:
    def f(p: Any, scale: float, y: Any) -> Any:
        return {"a": p["u"] * scale + y[0], "b": np.sum(p["v"]) * y[1]}

    p = {"u": np.array([[1.0, 2.0]]), "v": 3.0}
    y = np.array([4.0, 5.0])
    matrix = revad.sparse_jacobian(f, argnums=(0, 2))(p, 2.0, y)
    expected = [[2, 0, 0, 1, 0], [0, 2, 0, 1, 0], [0, 0, 5, 0, 3]]
    equal(matrix, np.array(expected, float))
    equal(revad.sparse_jacobian(lambda *, z: z * z, argnums="z")(z=X), np.diag(2 * X))
    hessian = revad.sparse_hessian(lambda a, b: np.sum(a * b[0]) + b[1] ** 3, argnums=(0, 1))(np.ones(2), np.array([1.0, 2.0]))
    equal(hessian, np.array([[0, 0, 1, 0], [0, 0, 1, 0], [1, 1, 0, 0], [0, 0, 0, 12.0]]))


def test_numbers_go_in_and_come_out() -> None:
    equal(revad.sparse_jacobian(np.sin)(0.0), np.ones((1, 1)))
    equal(revad.sparse_hessian(lambda x: x**3)(2.0), np.full((1, 1), 12.0))
    equal(revad.sparse_jacobian(lambda x: np.ones(2))(X), np.zeros((2, 4)))
    equal(revad.sparse_jacobian(lambda x: (x * 2)[:0])(X), np.zeros((0, 4)))
    equal(revad.sparse_jacobian(lambda x: (np.argmax(x), x[0]))(X), np.eye(4)[[1, 0]] * [[0], [1]])


def test_the_matrix_is_the_callers_own() -> None:
    jacobian = revad.sparse_jacobian(chain)
    first = jacobian(X)
    first.data[:] = 0
    first.eliminate_zeros()
    first.indices[:] = 0
    equal(jacobian(X), revad.jacobian(chain)(X))


def test_another_branch_is_found() -> None:
    def f(x: Any) -> Any:
        return x * x[0] if x[0] > 0 else x * x[-1]

    g = counted(f)
    jacobian = revad.sparse_jacobian(g)
    for x in (X, -X, X, -X):
        equal(jacobian(x), revad.jacobian(f)(x))
    before = g.calls
    equal(jacobian(X), revad.jacobian(f)(X))
    assert g.calls - before == jacobian.colouring.products + 1  # the pattern holds both branches by now


def test_another_constant_is_found() -> None:
    matrix = np.eye(4)
    jacobian = revad.sparse_jacobian(lambda x: matrix @ x)
    equal(jacobian(X), matrix)
    matrix[0, 3] = 1e-4
    equal(jacobian(X), matrix)


def test_another_index_is_found() -> None:
    jacobian = revad.sparse_jacobian(lambda x: x[np.argsort(x)])
    for order in ([0, 1, 2, 3], [3, 1, 0, 2], [1, 2, 3, 0]):
        x = X[order]
        equal(jacobian(x), np.eye(4)[np.argsort(x)])


def test_a_number_of_outputs_that_depends_on_values_is_followed() -> None:
    jacobian = revad.sparse_jacobian(lambda x: x[x > 2.5] ** 2)
    assert jacobian(X).shape == (2, 4)
    equal(jacobian(X + 1), revad.jacobian(lambda x: x[x > 2.5] ** 2)(X + 1))


def test_a_given_pattern_is_used() -> None:
    f = counted(chain)
    pattern = np.eye(3, 4) + np.eye(3, 4, k=1)
    jacobian = revad.sparse_jacobian(f, pattern=pattern)
    equal(jacobian(X), revad.jacobian(chain)(X))
    assert f.calls == 3
    equal(revad.sparse_hessian(rosenbrock, pattern=np.ones((4, 4)))(X), revad.hessian(rosenbrock)(X), 1e-12)


def test_a_given_pattern_that_lacks_entries_is_refused() -> None:
    jacobian = revad.sparse_jacobian(chain, pattern=sp.eye_array(3, 4))
    with pytest.raises(revad.ArgumentError, match=r"lacks 3 entries that the matrix has, \(0, 1\) for one"):
        jacobian(X)
    hessian = revad.sparse_hessian(rosenbrock, pattern=np.eye(4))
    with pytest.raises(revad.ArgumentError, match=r"the given pattern lacks 6 entries"):
        hessian(X)
    with pytest.raises(revad.ArgumentError, match=r"the pattern has shape \(2, 4\); with these arguments"):
        revad.sparse_jacobian(chain, pattern=np.ones((2, 4)))(X)
    with pytest.raises(revad.ArgumentError, match=r"give a matrix, not an array of shape \(3,\)"):
        revad.sparse_jacobian(chain, pattern=np.ones(3))


def test_colours_can_be_given() -> None:
    first = revad.sparse_jacobian(chain)
    first(X)
    again = revad.sparse_jacobian(chain, pattern=first.pattern, colouring=first.colouring)
    equal(again(X), revad.jacobian(chain)(X))
    equal(revad.sparse_jacobian(chain, colouring=[0, 1, 2, 0])(X), revad.jacobian(chain)(X))
    with pytest.raises(revad.ArgumentError, match="cannot be read off any product"):
        revad.sparse_jacobian(chain, colouring=[0, 0, 0, 0])(X)
    for wrong in ([0, 1], [0.5, 1.0, 2.0, 3.0]):
        with pytest.raises(revad.ArgumentError, match="give one integer for each of the 4 columns"):
            revad.sparse_jacobian(chain, colouring=wrong)(X)
    with pytest.raises(revad.ArgumentError, match=r"it has 2 columns and 3 rows; the pattern has shape \(3, 4\)"):
        revad.sparse_jacobian(chain, colouring=Colouring(np.zeros(2, int), np.zeros(3, int)))(X)


def test_a_gradient_that_is_none_has_a_matrix_without_symmetry() -> None:
    """The derivative of a gradient that a user bends is not symmetric, and is what `hessian` gives."""

    @revad.custom_vjp
    def bent(x: Any) -> Any:
        return np.sum(x**2)

    bent.defvjp(lambda x: (np.sum(x**2), x), lambda x, g: (g * x * np.roll(x, 1) ** 2,))
    hessian = revad.sparse_hessian(bent)
    for _ in range(2):
        equal(hessian(X), revad.hessian(bent)(X), 1e-12)


def test_a_wrong_statement_of_a_rule_is_found() -> None:
    @revad.primitive
    def shifted(x: Any) -> Any:
        return np.roll(x, 1)

    revad.extend.elementwise(shifted, lambda x: 0 * x + 1.0)
    revad.extend.jvp(shifted, x=lambda t: np.roll(t, 1))
    with pytest.raises(revad.RuleError, match=r"disagrees with a product J v .* one registered as elementwise, perhaps"):
        revad.sparse_jacobian(shifted)(X)


def test_numbers_that_are_not_finite_come_out() -> None:
    def f(x: Any) -> Any:
        return np.log(x) * x[::-1]

    with np.errstate(all="ignore"):
        x = np.array([0.0, 1.0, 2.0, np.nan])
        jacobian = revad.sparse_jacobian(f)
        for _ in range(2):
            matrix = jacobian(x).toarray()
            np.testing.assert_array_equal(np.isnan(matrix), np.outer([1, 0, 0, 1], [1, 0, 0, 1]) > 0)
            np.testing.assert_allclose(matrix[1:3, 1:3], [[2.0, 0.0], [np.log(2), 0.5]])


def test_a_function_that_draws_numbers_is_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(revad.ArgumentError, match="the function gave other values when it was called again"):
        revad.sparse_jacobian(lambda x: x * rng.normal())(X)


def test_a_matrix_is_not_differentiated_further() -> None:
    jacobian = revad.sparse_jacobian(chain)
    with pytest.raises(revad.LostGradientError, match="a matrix of SciPy cannot hold its derivative"):
        revad.grad(lambda x: jacobian(x).sum())(X)
    with pytest.raises(revad.LostGradientError, match="a matrix of SciPy cannot hold its derivative"):
        revad.grad(lambda a: revad.sparse_jacobian(lambda x: a * x)(X).sum())(2.0)


def test_complex_values_are_refused() -> None:
    with pytest.raises(
        revad.NotDifferentiableError, match=r"an argument is complex .* Write the function with real and imaginary parts"
    ):
        revad.sparse_jacobian(np.sin)(X + 0j)
    with pytest.raises(revad.NotDifferentiableError, match="an output is complex"):
        revad.sparse_jacobian(lambda x: x * 1j)(X)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(revad.ArgumentError, match="sparse_jacobian: the first argument must be a function, not int"):
        revad.sparse_jacobian(3)  # pyright: ignore[reportArgumentType]
    with pytest.raises(revad.ArgumentError, match="give 'csr' or 'csc'"):
        revad.sparse_hessian(rosenbrock, format="coo")  # pyright: ignore[reportArgumentType]
    with pytest.raises(revad.ArgumentError, match="are those of the last call; call it first"):
        revad.sparse_jacobian(chain).pattern
    with pytest.raises(revad.ArgumentError, match="give 'jacobian' or 'hessian'"):
        revad.sparsity(chain, X, of="gradient")  # pyright: ignore[reportArgumentType]
    with pytest.raises(revad.ArgumentError, match="sparsity: the first argument must be a function"):
        revad.sparsity(3, X)  # pyright: ignore[reportArgumentType]
    with pytest.raises(revad.NotScalarError, match="must return a scalar"):
        revad.sparse_hessian(chain)(X)
    assert repr(revad.sparse_jacobian(chain)) == "sparse_jacobian(chain)"


def test_sparsity_of_hessians() -> None:
    found = revad.sparsity(rosenbrock, X, of="hessian").toarray()
    np.testing.assert_array_equal(found, np.abs(np.subtract.outer(range(4), range(4))) < 2)
    assert revad.sparsity(lambda x: np.sum(3 * x), X, of="hessian").nnz == 0
    assert revad.sparsity(lambda x, y: np.sum(x * y), X, X, argnums=(0, 1), of="hessian").nnz == 8


def test_large_matrices_take_linear_work() -> None:
    sizes = (1_000, 10_000)
    for n in sizes:
        hessian = revad.sparse_hessian(rosenbrock)
        matrix = hessian(np.linspace(0, 1, n))
        assert hessian.colouring.products == 3
        assert matrix.nnz == 3 * n - 2
