"""`roundoff` bounds the error that rounding really makes, names where it arises, and says how many digits to trust."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest

import revad
from revad import NotDifferentiableError, NotScalarError
from revad.checking.roundoff.losses import Roundoff


def naive_variance(x: Any) -> Any:
    return np.mean(x**2) - np.mean(x) ** 2


def variance(x: Any) -> Any:
    return np.mean((x - np.mean(x)) ** 2)


def small_root(b: Any) -> Any:
    return np.sqrt(b * b - 1) - b


def stable_root(b: Any) -> Any:
    return -1 / (np.sqrt(b * b - 1) + b)


def log_sum_exp(x: Any) -> Any:
    return np.log(np.sum(np.exp(x)))


def shifted_log_sum_exp(x: Any) -> Any:
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


WILKINSON = np.poly(np.arange(1, 13.0))


def wilkinson(x: Any) -> Any:
    total = WILKINSON[0] + 0.0 * x
    for coefficient in WILKINSON[1:]:
        total = total * x + coefficient
    return total


def exact_variance(x: Any) -> Any:
    mean = sum(x) / len(x)
    return sum((v - mean) ** 2 for v in x) / len(x)


def numbers(x: Any) -> Any:
    """The same numbers in exact arithmetic."""
    return [mp.mpf(float(v)) for v in x] if np.ndim(x) else mp.mpf(float(x))


def exact_polynomial(x: Any) -> Any:
    total = mp.mpf(0)
    for coefficient in numbers(WILKINSON):
        total = total * x + coefficient
    return total


EXACT: dict[Callable[..., Any], Callable[..., Any]] = {
    naive_variance: exact_variance,
    variance: exact_variance,
    small_root: lambda b: mp.sqrt(b * b - 1) - b,
    stable_root: lambda b: mp.sqrt(b * b - 1) - b,
    log_sum_exp: lambda x: mp.log(sum(map(mp.exp, x))),
    shifted_log_sum_exp: lambda x: mp.log(sum(map(mp.exp, x))),
    wilkinson: exact_polynomial,
}


def error_of(f: Callable[..., Any], x: Any) -> float:
    """The error of f, from 50 digits."""
    with mp.workdps(50):
        return float(abs(mp.mpf(float(f(x))) - EXACT[f](numbers(x))))


KNOWN = {
    "naive variance": (naive_variance, 1e6 + np.array([0.1, 1.3, 2.9]), (1, 4)),
    "variance": (variance, 1e6 + np.array([0.1, 1.3, 2.9]), (8, 15)),
    "quadratic formula": (small_root, 1e5 / 3, (4, 7)),
    "quadratic formula, the other way": (stable_root, 1e5 / 3, (14, 15)),
    "log-sum-exp": (log_sum_exp, np.array([-30.0, -31.0, -29.5]), (13, 15)),
    "log-sum-exp that cancels": (log_sum_exp, np.array([-1e-9, -20.0, -25.0]), (5, 9)),
    "log-sum-exp with a shift": (shifted_log_sum_exp, np.array([-1e-9, -20.0, -25.0]), (5, 9)),
    "wilkinson beside a root": (wilkinson, 11.0 + 1e-6, (0, 4)),
    "wilkinson far from roots": (wilkinson, 30.0, (13, 15)),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_cancellations(name: str) -> None:
    """The bound holds, and the digits to trust are the true ones, or few less."""
    f, x, (least, most) = KNOWN[name]
    report = revad.roundoff(f, x)
    error = error_of(f, x)
    assert error <= report.bound
    assert least <= report.digits <= most
    true_digits = -np.log10(max(error / abs(report.value), 1e-16))
    assert report.digits <= true_digits + 1e-9
    assert report.bound >= 0


def test_the_bound_holds_in_random_cases() -> None:
    """In at least 99 of 100 cases; and it is within a factor of 100 of the true error in half of them."""
    rng = np.random.default_rng(3)
    held: list[bool] = []
    ratios: list[float] = []
    for f in EXACT:
        for _ in range(60):
            if f in (small_root, stable_root):
                x: Any = float(10 ** rng.uniform(0.1, 6))
            elif f is wilkinson:
                x = float(rng.uniform(0.5, 14))
            else:
                x = rng.normal(size=rng.integers(2, 30)) * 10 ** rng.uniform(-1, 1) + 10 ** rng.uniform(-1, 2.5)
            bound, error = revad.roundoff(f, x).bound, error_of(f, x)
            held.append(error <= bound)
            ratios.append(bound / error if error else np.inf)
    assert np.mean(held) >= 0.99
    assert np.median(ratios) <= 100


def test_single_precision_is_foreseen() -> None:
    """What is said of float32 comes true when the same is computed in it."""
    rng = np.random.default_rng(4)
    held: list[bool] = []
    for f in (naive_variance, variance, shifted_log_sum_exp):
        for _ in range(40):
            x = rng.normal(size=8) + 10 ** rng.uniform(-1, 3)
            report = revad.roundoff(f, x)
            relative = abs(float(f(x.astype(np.float32))) - report.value) / abs(report.value)
            held.append(-np.log10(max(relative, 1e-30)) >= report.single_digits)
    assert np.mean(held) >= 0.99
    assert not revad.roundoff(naive_variance, 1e4 + np.arange(5.0) / 3).float32_would_do()
    assert revad.roundoff(variance, np.arange(5.0) / 3).float32_would_do(digits=5)


def test_the_range_of_single_precision() -> None:
    report = revad.roundoff(lambda x: np.log(np.exp(x)), 100.0)
    assert not report.fits_single
    assert report.single_digits == 0
    assert "float32 would keep 0 digits (values leave its range)" in str(report)
    assert not revad.roundoff(lambda x: 1e50 * (1e-50 * x), 1.0).fits_single
    assert revad.roundoff(lambda x: x + 1e-50 * x, 1.0).fits_single  # too small to matter


def test_single_precision_inputs() -> None:
    """A computation in float32 is judged in float32, against one in double precision."""
    x = np.linspace(1, 2, 9, dtype=np.float32) + np.float32(1000)
    report = revad.roundoff(naive_variance, x)
    assert abs(report.value - float(naive_variance(x.astype(np.float64)))) <= report.bound
    assert report.unit == 2.0**-24
    assert report.digits == 0


def test_exact_arithmetic_makes_no_error() -> None:
    """Small integers, halves, moves, signs and maxima are exact in any precision."""
    report = revad.roundoff(
        lambda x: np.max(np.abs(np.sort(np.stack([x, -x])[0][::-1]) * 0.5 + 1.0)), np.array([3.0, -8.0, 2.0])
    )
    assert report.bound == 0
    assert report.digits == 15
    assert report.single_digits == 7
    assert "no operation rounds" in str(report)


ALTERNATING = np.array([1.0, -1.0, 2.0, -2.0, 3.0, -3.0])


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda a: np.linalg.det(a), np.vander(np.linspace(1, 2, 6))),
        (lambda a: np.sum(np.linalg.solve(a, ALTERNATING)), np.vander(np.linspace(1, 2, 6))),
        (lambda a: np.sum(np.linalg.inv(a)), np.vander(np.linspace(1, 2, 5))),
        (lambda a: np.linalg.svd(a, compute_uv=False)[-1], np.vander(np.linspace(1, 2, 5))),
        (lambda a: np.sum(a @ a.T), np.vander(np.linspace(-1, 2, 5))),
    ],
    ids=["det", "solve", "inv", "svd", "matmul"],
)
def test_linear_algebra(f: Any, x: Any) -> None:
    """Backward stable algorithms: the bound contains the error, also where the matrix is ill-conditioned."""
    report = revad.roundoff(f, x)
    with mp.workdps(50):
        matrix = mp.matrix(x.tolist())
        n = x.shape[0]
        ones = mp.ones(n, 1)
        exact = {
            "det": lambda: mp.det(matrix),
            "solve": lambda: (ones.T * mp.lu_solve(matrix, mp.matrix(ALTERNATING.tolist())))[0],
            "inv": lambda: (ones.T * mp.inverse(matrix) * ones)[0],
            "svd": lambda: min(mp.svd_r(matrix, compute_uv=False)),
            "matmul": lambda: (ones.T * matrix * matrix.T * ones)[0],
        }
        name = next(name for name in exact if name in f.__code__.co_names or (name == "matmul" and "T" in f.__code__.co_names))
        error = float(abs(mp.mpf(report.value) - exact[name]()))
    assert error <= report.bound
    assert report.bound <= 1e6 * max(error, abs(report.value) * 1e-16)


CALLS = {
    "prod": (np.prod, lambda x: mp.fprod(x)),
    "logaddexp": (lambda x: np.logaddexp(x[0], x[1]), lambda x: mp.log(mp.exp(x[0]) + mp.exp(x[1]))),
    "cumsum": (lambda x: np.cumsum(x)[-1], sum),
    "dot": (lambda x: np.dot(x, x), lambda x: sum(v * v for v in x)),
    "outer": (lambda x: np.sum(np.outer(x, x)), lambda x: sum(x) ** 2),
    "einsum": (lambda x: np.einsum("i,i,i->", x, x, x), lambda x: sum(v**3 for v in x)),
    "std": (np.std, lambda x: mp.sqrt(exact_variance(x))),
    "fft": (lambda x: np.real(np.fft.fft(x))[1], lambda x: sum(v * mp.cos(2 * mp.pi * i / len(x)) for i, v in enumerate(x))),
    "complex": (lambda x: np.abs(x[0] * (1 + 2j) * x[1]), lambda x: mp.sqrt(5) * abs(x[0] * x[1])),
    "mean of rows": (lambda x: np.mean(np.reshape(x, (4, 5)), axis=0)[2], lambda x: sum(x[2::5]) / 4),
}


@pytest.mark.parametrize("name", CALLS)
def test_each_kind_of_call(name: str) -> None:
    f, exact = CALLS[name]
    rng = np.random.default_rng(5)
    for _ in range(10):
        x = rng.normal(size=20) + 1.5
        report = revad.roundoff(f, x)
        with mp.workdps(50):
            error = float(abs(mp.mpf(report.value) - exact(numbers(x))))
        assert error <= report.bound
        assert report.bound <= 1e-11 * (1 + abs(report.value))


def test_a_long_sequential_sum() -> None:
    """Errors of a sum down the columns grow with the root of its length; those of a pairwise sum hardly."""
    x = np.random.default_rng(6).random((5000, 2))
    down = revad.roundoff(lambda x: np.sum(x, axis=0)[0], x)
    along = revad.roundoff(lambda x: np.sum(x.T.copy(), axis=1)[0], x)
    error = abs(float(np.sum(x, axis=0)[0] - np.sum(x[:, 0].astype(np.longdouble))))
    assert error <= down.bound
    assert along.bound < down.bound / 4


def test_the_place_of_a_loss_is_named() -> None:
    report = revad.roundoff(naive_variance, 1e6 + np.arange(3.0))
    assert report.losses[0].operation == "numpy.mean"
    assert report.losses[0].site.source == "return np.mean(x**2) - np.mean(x) ** 2"
    assert report.losses[0].site.file == __file__
    assert report.losses[0].effect >= 0.9 * report.bound
    assert "the way of computing loses the others" in str(report)
    assert "numpy.mean" in str(report)


def test_a_sensitive_problem_is_told_from_a_bad_algorithm() -> None:
    report = revad.roundoff(lambda x: x[0] - x[1], np.array([1 / 3 + 1e-9, 1 / 3]))
    assert report.condition > 1e8
    assert "the problem itself is sensitive to its inputs" in str(report)


def test_gradients_and_loops_and_writes() -> None:
    """An entry of a gradient; an in-place loop; the same operations counted together by line."""
    report = revad.roundoff(lambda x: revad.grad(log_sum_exp)(x)[0], np.array([1.0, 2.0, 3.0]))
    soft = np.exp([1.0, 2.0, 3.0]) / np.sum(np.exp([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(report.value, soft[0], rtol=1e-15)
    assert 14 <= report.digits <= 15

    def loop(x: Any) -> Any:
        y = x * 1.0
        for i in range(1, 4):
            y[i] += y[i - 1] / 3
        return np.sum(y)

    report = revad.roundoff(loop, np.array([1.0, 2.0, 3.0, 4.0]))
    assert next(loss for loss in report.losses if loss.operation == "numpy.divide").calls == 3
    assert 14 <= report.digits <= 15


def test_pytrees_keywords_and_functions_of_the_user() -> None:
    @revad.primitive
    def tripled(x: Any) -> Any:
        return 3 * x

    revad.extend.vjp(tripled, x=lambda g: 3 * g)
    report = revad.roundoff(lambda p, *, k: np.sum(tripled(p["w"]) * k) + p["b"], {"w": np.array([0.1, 0.2]), "b": 1.5}, k=0.7)
    assert any(loss.operation.endswith("tripled") for loss in report.losses)
    assert report.digits >= 14
    report = revad.roundoff(lambda x, *, k: x * k, 2.0, k=0.3, argnums="k")
    assert report.condition == pytest.approx(1.0)


def test_reports() -> None:
    """As text, as one line, as HTML, as JSON."""
    report = revad.roundoff(small_root, 1e5 / 3)
    assert repr(report).startswith("roundoff: small_root = -1.5")
    assert repr(report).endswith(f"trust {report.digits} digits")
    assert "<table>" in report._repr_html_()
    assert "np.sqrt(b * b - 1)" in report._repr_html_()
    data = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert data["digits"] == report.digits
    assert data["losses"][0]["source"] == "return np.sqrt(b * b - 1) - b"
    many = Roundoff("f", 0.0, 2.0**-53, 1.0, 0.0)
    assert many.digits == 15
    assert many.condition == np.inf
    assert many.attainable == 0
    assert many.to_json()["condition"] == "inf"

    def long(x: Any) -> Any:
        for f in (
            np.sin,
            np.cos,
            np.tanh,
            np.exp,
            np.arctan,
            np.sqrt,
            np.log1p,
            np.expm1,
            np.sinh,
            np.cosh,
            np.cbrt,
            np.exp2,
            np.arcsinh,
        ):
            x = f(x)
        return x

    assert "more with less effect)" in str(revad.roundoff(long, 0.5))


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_results_of_no_use() -> None:
    """Of an infinity no digit can be trusted; of a constant, all."""
    assert revad.roundoff(np.log, 0.0).digits == 0
    assert revad.roundoff(lambda x: 3.0, 1.0).digits == 15
    assert revad.roundoff(lambda x: x - x, 1.0).bound == 0


def test_what_is_run_again_is_looked_into() -> None:
    """Cancellation inside a checkpoint, or a derivative, is seen as it is outside."""

    def cancels(x: Any) -> Any:
        return np.exp(x) - 1

    x = np.array([1e-6, 2e-6])
    plain = revad.roundoff(lambda x: np.sum(cancels(x)), x)
    again = revad.roundoff(lambda x: np.sum(revad.checkpoint(cancels)(x)), x)
    nested = revad.roundoff(lambda x: np.sum(revad.checkpoint(lambda y: revad.checkpoint(cancels)(y) * 1.0)(x)), x)
    assert plain.digits == again.digits == nested.digits == 9
    assert again.bound == pytest.approx(plain.bound)
    assert {loss.operation for loss in again.losses} == {loss.operation for loss in plain.losses}

    def slope(x: Any) -> Any:
        return revad.grad(lambda y: np.sum(np.exp(y) - y))(x)[0]  # e^x - 1

    assert revad.roundoff(slope, x).digits in (8, 9)

    def unused(x: Any) -> Any:
        return np.sum(x * 0.5) + 0.0 * revad.grad(lambda y: np.sum((y + 1e9) - y))(np.ones(2))[0]

    assert revad.roundoff(unused, x).digits == 15


def test_models() -> None:
    """Parameters of a model are its inputs."""
    from nn import Linear

    model, x = Linear(3, 2), np.ones((4, 3), np.float32)
    report = revad.roundoff(lambda model, x: np.sum(model(x) ** 2), model, x)
    assert any(loss.operation == "nn.linear" for loss in report.losses)
    assert 4 <= report.digits <= 7
    assert revad.check_grads(lambda model, x: np.sum(model(x) ** 2), model, x)


def test_mistakes() -> None:
    with pytest.raises(NotScalarError, match="roundoff: sin must return one real number, not 2 of them"):
        revad.roundoff(np.sin, np.ones(2))
    with pytest.raises(NotScalarError, match="must return one real number"):
        revad.roundoff(np.exp, 1j)
    with pytest.raises(NotDifferentiableError, match="no positional argument of sum holds floating"):
        revad.roundoff(np.sum, np.arange(3))
