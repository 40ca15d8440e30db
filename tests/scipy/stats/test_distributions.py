"""Every distribution: derivatives in argument, shapes, loc and scale against differences of SciPy's own values."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.stats

import revad
from revad.scipy import stats
from revad.scipy.stats import _DISTRIBUTIONS
from revad.scipy.stats._continuous import Continuous

SHAPES: dict[str, tuple[float, ...]] = {
    "foldnorm": (1.3,),
    "lognorm": (0.7,),
    "truncnorm": (-0.8, 1.7),
    "skewnorm": (1.4,),
    "powernorm": (2.3,),
    "powerlognorm": (1.6, 0.6),
    "exponnorm": (1.2,),
    "johnsonsu": (0.6, 1.8),
    "johnsonsb": (0.7, 1.3),
    "fatiguelife": (0.9,),
    "invgauss": (0.8,),
    "recipinvgauss": (0.9,),
    "alpha": (2.1,),
    "crystalball": (1.2, 2.7),
    "rice": (1.1,),
    "norminvgauss": (1.7, 0.6),
    "gamma": (2.4,),
    "erlang": (3.0,),
    "chi2": (3.3,),
    "chi": (2.6,),
    "nakagami": (1.4,),
    "invgamma": (3.2,),
    "gengamma": (1.8, 1.3),
    "loggamma": (1.7,),
    "dgamma": (1.6,),
    "weibull_min": (1.7,),
    "weibull_max": (1.6,),
    "exponweib": (1.4, 1.8),
    "dweibull": (1.8,),
    "invweibull": (2.6,),
    "exponpow": (1.7,),
    "truncexpon": (2.4,),
    "laplace_asymmetric": (1.5,),
    "gennorm": (1.7,),
    "halfgennorm": (1.6,),
    "gompertz": (0.8,),
    "genexpon": (1.2, 0.9, 1.6),
    "beta": (2.2, 1.6),
    "betaprime": (2.1, 4.2),
    "rdist": (3.2,),
    "t": (4.3,),
    "f": (3.4, 6.2),
    "jf_skew_t": (2.3, 3.1),
    "powerlaw": (1.8,),
    "loguniform": (0.4, 2.9),
    "reciprocal": (0.4, 2.9),
    "bradford": (1.7,),
    "triang": (0.35,),
    "trapezoid": (0.25, 0.7),
    "vonmises": (1.6,),
    "vonmises_line": (1.6,),
    "wrapcauchy": (0.4,),
    "argus": (1.4,),
    "foldcauchy": (1.2,),
    "skewcauchy": (0.35,),
    "pareto": (3.1,),
    "truncpareto": (1.8, 4.2),
    "lomax": (3.3,),
    "genpareto": (0.2,),
    "genextreme": (0.15,),
    "burr": (2.3, 1.4),
    "burr12": (2.2, 1.5),
    "fisk": (3.2,),
    "mielke": (2.2, 3.1),
    "kappa3": (1.8,),
    "loglaplace": (2.6,),
    "rel_breitwigner": (1.7,),
    "genlogistic": (1.6,),
    "genhalflogistic": (0.4,),
}
CONTINUOUS = {name: d for name, d in _DISTRIBUTIONS.items() if isinstance(d, Continuous)}
SLOW = ("recipinvgauss", "norminvgauss", "vonmises", "vonmises_line")  # SciPy computes quantiles and moments numerically

DISCRETE: dict[str, tuple[tuple[float, ...], tuple[int, ...]]] = {  # the shapes, and which of them are continuous
    "poisson": ((2.3,), (0,)),
    "binom": ((7, 0.35), (1,)),
    "bernoulli": ((0.3,), (0,)),
    "geom": ((0.3,), (0,)),
    "nbinom": ((3.4, 0.4), (0, 1)),
    "betabinom": ((6, 1.7, 2.4), (1, 2)),
    "betanbinom": ((4, 3.2, 2.1), (1, 2)),
    "logser": ((0.6,), (0,)),
    "zipf": ((4.2,), (0,)),
    "zipfian": ((1.8, 9), (0,)),
    "yulesimon": ((3.6,), (0,)),
    "planck": ((0.7,), (0,)),
    "boltzmann": ((0.8, 8), (0,)),
    "dlaplace": ((0.9,), (0,)),
    "skellam": ((2.1, 1.4), (0, 1)),
}


def slope(f: Callable[[float], Any], h: float) -> Any:
    def central(step: float) -> Any:
        return (np.asarray(f(step)) - np.asarray(f(-step))) / (2 * step)

    a, b, c = central(h), central(h / 2), central(h / 4)
    first, second = (4 * b - a) / 3, (4 * c - b) / 3
    return (16 * second - first) / 15


def assert_slopes_agree(
    method: Callable[..., Any], scipys: Callable[..., Any], args: list[Any], which: list[int], h: float
) -> None:
    for i in which:

        def along(f: Callable[..., Any], step: Any, i: int = i) -> Any:
            return f(*[a + step if j == i else a for j, a in enumerate(args)])

        value, tangent = revad.jvp(lambda step: along(method, step), (0.0,), (1.0,))
        np.testing.assert_allclose(value, scipys(*args), rtol=1e-13, atol=1e-14)
        expected = slope(lambda step: along(scipys, step), h)
        if np.all(np.isfinite(expected)):
            scale = max(1.0, float(np.max(np.abs(expected))))
            np.testing.assert_allclose(
                np.asarray(tangent) / scale, expected / scale, rtol=1e-5, atol=2e-7, err_msg=f"argument {i}"
            )


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.filterwarnings("ignore::scipy.integrate.IntegrationWarning")
@pytest.mark.parametrize("name", CONTINUOUS)
def test_continuous(name: str) -> None:
    """Densities, distribution functions, quantiles and moments, in all parameters."""
    d = CONTINUOUS[name]
    shapes = [*SHAPES.get(name, ())]
    assert len(shapes) == len(d.shapes)
    parameters = [*shapes, 0.3, 1.7]
    x = np.array([0.9, 1.6, 3.1]) if name == "recipinvgauss" else d.scipy.ppf(np.array([0.1, 0.31, 0.7, 0.92]), *parameters)
    moving = [i for i in range(len(parameters) + 1) if not (name == "erlang" and i == 1)]
    for method in ("logpdf", "pdf", "cdf", "sf", "logcdf", "logsf"):
        assert_slopes_agree(getattr(d, method), getattr(d.scipy, method), [x, *parameters], moving, 1e-3)
    if name not in SLOW:
        q = np.array([0.1, 0.45, 0.9])
        for method in ("ppf", "isf"):
            assert_slopes_agree(getattr(d, method), getattr(d.scipy, method), [q, *parameters], moving, 1e-3)
    for method in () if name in SLOW else ("mean", "var", "std", "entropy"):
        loc_and_scale = [len(shapes), len(shapes) + 1]
        formula = getattr(d, f"_{'var' if method == 'std' else method}")
        if shapes and not has_rule(formula, shapes):
            continue  # SciPy's value, a quadrature
        known = [i for i in range(len(shapes)) if name != "erlang"]
        assert_slopes_agree(getattr(d, method), getattr(d.scipy, method), parameters, known + loc_and_scale, 1e-3)


def has_rule(operation: Callable[..., Any], shapes: list[float]) -> bool:
    try:
        revad.vjp(operation, *shapes)[1](1.0)
    except revad.NoRuleError:
        return False
    return True


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", [n for n in CONTINUOUS if n not in SLOW])
def test_second_derivatives(name: str) -> None:
    """The Hessian of a log-likelihood, and of a distribution function, against differences of the gradient."""
    d = CONTINUOUS[name]
    parameters = np.array([*SHAPES.get(name, ()), 0.3, 1.7])
    x = d.scipy.ppf(np.array([0.2, 0.45, 0.8]), *parameters)
    v = np.full(parameters.size, 0.3)
    for method in ("logpdf", "cdf"):

        def total(p: Any, method: str = method) -> Any:
            return np.sum(getattr(d, method)(x, *[p[i] for i in range(parameters.size)]) * np.array([1.0, 2.0, 0.5]))

        gradient = revad.grad(total)
        expected = slope(lambda step: gradient(parameters + step * v), 2e-3)
        scale = max(1.0, float(np.max(np.abs(expected))))
        pushed = revad.jvp(gradient, (parameters,), (v,))[1]
        np.testing.assert_allclose(pushed / scale, expected / scale, rtol=0, atol=1e-6)
        pulled = revad.grad(lambda p: np.sum(gradient(p) * v))(parameters)
        np.testing.assert_allclose(pulled / scale, expected / scale, rtol=0, atol=1e-6)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", DISCRETE)
def test_discrete(name: str) -> None:
    """Masses, distribution functions and moments in the continuous parameters."""
    d, (shapes, moving) = _DISTRIBUTIONS[name], DISCRETE[name]
    k = np.array([-1, 0, 1, 2, 3, 5])
    for method in ("pmf", "logpmf", "cdf", "logcdf", "sf", "logsf"):
        finite = np.isfinite(getattr(d.scipy, method)(k, *shapes))
        args: list[Any] = [k[finite], *shapes]
        assert_slopes_agree(getattr(d, method), getattr(d.scipy, method), args, [i + 1 for i in moving], 1e-3)
    for method in ("mean", "var", "std"):
        formula = d._var if method == "std" else getattr(d, f"_{method}")
        if has_rule(
            lambda *p, formula=formula: formula(*[v if i in moving else shapes[i] for i, v in enumerate(p)]),
            list(map(float, shapes)),
        ):
            assert_slopes_agree(getattr(d, method), getattr(d.scipy, method), list(shapes), list(moving), 1e-3)


def test_tails() -> None:
    """Logarithms keep their precision far out: d log Φ(−40)/dx is about 40."""
    for x in (-40.0, -10.0, 40.0):
        log_cdf, log_sf = revad.grad(stats.norm.logcdf)(x), revad.grad(stats.norm.logsf)(x)
        assert log_cdf == pytest.approx(np.exp(scipy.stats.norm.logpdf(x) - scipy.stats.norm.logcdf(x)), rel=1e-12)
        assert log_sf == pytest.approx(-np.exp(scipy.stats.norm.logpdf(x) - scipy.stats.norm.logsf(x)), rel=1e-12)


def test_outside_of_the_support() -> None:
    """There the density is zero, and so are all its derivatives; one such point spoils no other."""
    x = np.array([-1.0, 0.5, 2.0])
    for method in ("logpdf", "pdf", "cdf", "sf"):
        _, pull = revad.vjp(lambda a, loc: getattr(stats.gamma, method)(x, a, loc), 2.0, 0.0)
        assert pull(np.array([1.0, 0.0, 0.0])) == (0.0, 0.0)
        assert np.all(np.isfinite(pull(np.ones(3))))
    assert revad.grad(lambda x: stats.uniform.logpdf(x))(2.0) == 0.0


def test_an_invalid_scale_gives_nan() -> None:
    with np.errstate(invalid="ignore"):
        value, _ = revad.jvp(lambda s: stats.norm.cdf(0.3, 0.0, s), (-1.0,), (1.0,))
    assert np.isnan(value)


def test_frozen_distributions() -> None:
    """A distribution with tracked parameters is frozen as SciPy's are."""

    def of_scale(s: Any) -> Any:
        frozen = stats.norm(1.0, scale=s)
        return frozen.logpdf(2.0) + frozen.mean() + frozen.std() + frozen.ppf(0.9)

    assert revad.grad(of_scale)(2.0) == pytest.approx(1 / 8 - 1 / 2 + 1 + scipy.stats.norm.ppf(0.9))
    assert isinstance(stats.norm(0.0, 1.0), type(scipy.stats.norm(0.0, 1.0)))
    assert revad.grad(lambda mu: stats.poisson(mu).logpmf(3))(2.0) == 0.5
    mean = np.array([0.3, -0.4])
    pulled = revad.grad(lambda m: stats.multivariate_normal(m, np.eye(2)).logpdf(np.zeros(2)))(mean)
    np.testing.assert_allclose(pulled, -mean)
    assert "norm" in repr(stats.norm)
    assert stats.norm.name == "norm"
    assert revad.grad(lambda s: stats.norm.interval(0.9, 0.0, s)[1])(1.0) == pytest.approx(scipy.stats.norm.ppf(0.95))


def test_other_names_are_scipys() -> None:
    assert stats.ks_2samp is scipy.stats.ks_2samp
    assert stats.norm.rvs(size=3, random_state=1).shape == (3,)
    assert stats.norm.logpdf(0.0) == scipy.stats.norm.logpdf(0.0)


def test_what_is_refused() -> None:
    """No formula, wrong names, steps and resampling: each says what to do instead."""
    with pytest.raises(revad.NoRuleError, match=r"rice.entropy has no derivative rule for the shape parameters"):
        revad.grad(stats.rice.entropy)(1.0)
    with pytest.raises(TypeError, match="gamma has the parameters a, loc, scale; missing: a"):
        revad.grad(lambda x: stats.gamma.pdf(x))(1.0)
    with pytest.raises(TypeError, match="has the parameters loc, scale; unknown: sigma"):
        revad.grad(lambda x: stats.norm.pdf(x, sigma=2.0))(1.0)
    with pytest.raises(TypeError, match="norm takes at most 2 parameters"):
        revad.grad(lambda x: stats.norm.pdf(x, 1.0, 2.0, 3.0))(1.0)
    with pytest.raises(TypeError, match="nbinom has the parameters n, p and loc"):
        revad.grad(lambda p: stats.nbinom.pmf(1, p))(0.5)
    x = np.array([1.0, 3.0, 2.0])
    with pytest.raises(revad.NoRuleError, match="ranks do not change with small changes of the values"):
        revad.grad(lambda x: stats.spearmanr(x, x)[0])(x)
    with pytest.raises(revad.NoRuleError, match=r"does not take tracked values. Remove NaN first"):
        revad.grad(lambda x: stats.skew(x, nan_policy="omit"))(x)
    with pytest.raises(revad.NoRuleError, match="resamples and does not take tracked values"):
        revad.grad(lambda x: stats.pearsonr(x, x, method=scipy.stats.PermutationMethod())[0])(x)
    with pytest.raises(revad.NoRuleError, match="boxcox without lmbda, which it would fit"):
        revad.grad(lambda x: stats.boxcox(x)[1])(x)
    with pytest.raises(revad.NoRuleError, match="yeojohnson without lmbda, which it would fit"):
        revad.grad(lambda x: stats.yeojohnson(x)[1])(x)
    with pytest.raises(AttributeError, match="gaussian_kde of tracked data has no 'resample'"):
        revad.grad(lambda x: stats.gaussian_kde(x).resample())(x)


def test_nothing_warns_inside_the_support() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        revad.grad(lambda p: np.sum(stats.t.logpdf(np.array([-1.0, 2.0]), p[0], p[1], p[2])))(np.array([3.0, 0.1, 1.2]))
