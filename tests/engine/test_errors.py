"""What bad input gets: one clear error each, saying what happened, why, and what to write instead."""

from __future__ import annotations

import copy
import json
import math
import pickle
from typing import Any

import numpy as np
import pytest

import revad
from revad import (
    ArgumentError,
    CotangentError,
    InPlaceError,
    LeakedTracerError,
    LostGradientError,
    NoRuleError,
    NotDifferentiableError,
    NotScalarError,
    grad,
    jacfwd,
    jacobian,
    jvp,
    tensor,
    value_and_grad,
    vjp,
)

X = np.array([0.4, -0.7, 1.1])


def test_every_error_is_of_one_tree_and_a_builtin() -> None:
    errors = [e for e in vars(revad).values() if isinstance(e, type) and issubclass(e, Exception)]
    assert len(errors) >= 14
    for error in errors:
        assert issubclass(error, revad.RevadError)
        if error is not revad.RevadError:
            assert any(b.__module__ == "builtins" for b in error.__mro__[1:] if b not in (Exception, BaseException, object))


# Outputs ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: x * 2, r"returned an array of shape \(3,\)\. Use np.sum"),
        (lambda x: x[:1], r"returned an array of shape \(1,\)"),
        (lambda x: (np.sum(x), 1.0), "must return one scalar, but it returned tuple"),
        (lambda x: [np.sum(x)], "must return one scalar, but it returned list"),
        (lambda x: {"loss": np.sum(x)}, "must return one scalar, but it returned dict"),
        (lambda x: None, "must return one scalar, but it returned NoneType"),
        (lambda x: "loss", "must return a scalar number, but it returned 'loss'"),
        (lambda x: np.array([None, 2]), r"returned an array of shape \(2,\)"),
    ],
)
@pytest.mark.parametrize("transformation", [grad, value_and_grad])
def test_output_that_is_no_scalar(transformation: Any, f: Any, message: str) -> None:
    with pytest.raises(NotScalarError, match=message):
        transformation(f)(X)


def test_aux_that_is_missing() -> None:
    for run in (
        lambda: grad(np.sum, has_aux=True)(X),
        lambda: vjp(np.sum, X, has_aux=True),
        lambda: value_and_grad(np.sum, has_aux=True)(X),
    ):
        with pytest.raises(ArgumentError, match=r"must return a pair \(output, aux\), not (Tensor|GradTensor) of shape \(\)"):
            run()
    with pytest.raises(ArgumentError, match=r"jvp\(has_aux=True\): the function must return a pair"):
        jvp(np.sum, (X,), (X,), has_aux=True)


def test_complex_outputs_and_inputs() -> None:
    with pytest.raises(NotDifferentiableError, match="pass holomorphic=True if"):
        grad(lambda x: np.sum(x) * 1j)(X)
    with pytest.raises(NotDifferentiableError, match="the function must return a complex scalar"):
        grad(lambda z: np.sum(np.abs(z)), holomorphic=True)(X + 1j)
    with pytest.raises(NotDifferentiableError, match="the inputs must be complex, not float64"):
        grad(lambda z: np.sum(z), holomorphic=True)(X)
    for transformation in (jacobian, jacfwd):
        with pytest.raises(NotDifferentiableError, match="Pass holomorphic=True"):
            transformation(lambda z: z * 2)(X + 1j)


# Inputs ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.array([1, 2]), r"has dtype int64 \(shape \(2,\)\), which has no derivative\. Pass x\.astype\(float\)"),
        (np.int64(3), r"dtype int64 \(shape \(\)\)"),
        (np.array([True]), r"dtype bool .* Pass x\.astype\(float\)"),
        (np.array([1.0, None]), "dtype object .* Pass numbers of a floating dtype"),
        (np.array(["a"]), "dtype <U1"),
        (np.array(["2020-01-01"], "M8[D]"), "dtype datetime64"),
        (np.zeros(2, [("a", float)]), "has no derivative"),
        (True, "is a bool, which has no derivative"),
        ("text", "is a str"),
        ({1.0}, "is a set"),
        (object(), "is a object"),
        ({"w": np.array([1, 2])}, r"at \['w'\] has dtype int64"),
        ([1.0, ("a", 2.0)], r"at \[1\]\[0\] is a str"),
    ],
)
@pytest.mark.parametrize("transformation", [grad, jacobian, jacfwd, revad.elementwise_grad, revad.hessian])
def test_inputs_without_derivative(transformation: Any, x: Any, message: str) -> None:
    with pytest.raises(NotDifferentiableError, match=message):
        transformation(lambda x: 1.0)(x)


def test_inputs_of_products() -> None:
    with pytest.raises(NotDifferentiableError, match=r"vjp: the argument at .* has dtype int64"):
        vjp(np.sum, np.array([1, 2]))
    with pytest.raises(NotDifferentiableError, match=r"jvp: the argument at .* has dtype int64"):
        jvp(np.sum, (np.array([1, 2]),), (np.array([1, 2]),))


@pytest.mark.parametrize("dtype", [int, bool, "U3", object, "M8[D]"])
def test_tensor_of_wrong_dtype(dtype: Any) -> None:
    with pytest.raises(NotDifferentiableError, match=r"revad.tensor: dtype .* has no derivative"):
        tensor(np.zeros(2, dtype))


def test_tensor_of_a_tensor() -> None:
    with pytest.raises(LostGradientError, match=r"use t itself, or t\.detach\(\)"):
        tensor(tensor(1.0))


@pytest.mark.parametrize(
    ("argnums", "message"),
    [
        (2, "there is no positional argument 2; the call has 2"),
        (-3, "there is no positional argument -3"),
        ((0, 5), "there is no positional argument 5"),
        ("w", r"no keyword argument 'w' in this call \(keywords: c\)"),
        ((), "name at least one argument"),
        ([], "name at least one argument"),
        ((0, 0), "an argument is named twice"),
        ((0, -2), "an argument is named twice"),
        (1.0, "argnums must be an int"),
        (True, "argnums must be an int"),
        ((0, None), "argnums must be an int"),
        (None, "argnums must be an int"),
    ],
)
def test_wrong_argnums(argnums: Any, message: str) -> None:
    for transformation in (grad, value_and_grad, jacobian, jacfwd, revad.elementwise_grad, revad.hessian):
        with pytest.raises(ArgumentError, match=message):
            transformation(lambda a, b, c=1.0: a * b * c, argnums)(1.0, 2.0, c=3.0)


@pytest.mark.parametrize("transformation", [grad, value_and_grad, jacobian, revad.elementwise_grad, jacfwd, revad.hessian])
def test_not_a_function(transformation: Any) -> None:
    with pytest.raises(ArgumentError, match="the first argument must be a function, not float"):
        transformation(3.0)(1.0)
    with pytest.raises(ArgumentError, match="there is no positional argument 0"):
        transformation(lambda: 1.0)()


def test_vjp_and_jvp_of_no_function() -> None:
    with pytest.raises(ArgumentError, match="vjp: the first argument must be a function, not ndarray"):
        vjp(X, X)
    with pytest.raises(ArgumentError, match="jvp: the first argument must be a function, not ndarray"):
        jvp(X, (X,), (X,))
    with pytest.raises(ArgumentError, match=r"both must be tuples, .* as in jvp\(f, \(x,\), \(v,\)\)"):
        jvp(np.sum, X, X)
    with pytest.raises(ArgumentError, match=r"both must be tuples, .* as in hvp\(f, \(x,\), \(v,\)\)"):
        revad.hvp(np.sum, X, X)


# Cotangents ---------------------------------------------------------------------------------------------------------------------


def test_cotangents_that_do_not_fit() -> None:
    _, pullback = vjp(lambda x: {"y": x * 2, "s": np.sum(x)}, X)
    ok = {"y": X, "s": 1.0}
    pullback(ok)
    with pytest.raises(CotangentError, match=r"the cotangent at \['y'\] has shape \(2,\), expected \(3,\)"):
        pullback({**ok, "y": X[:2]})
    with pytest.raises(CotangentError, match=r"at \['y'\] has shape \(\)"):
        pullback({**ok, "y": 1.0})
    with pytest.raises(CotangentError, match="the cotangent has another structure than the output"):
        pullback([X, 1.0])
    with pytest.raises(CotangentError, match="another structure"):
        pullback({"y": X})
    with pytest.raises(CotangentError, match="the cotangent is complex but the value it belongs to is float64"):
        pullback({**ok, "s": 1j})
    for wrong in ("abc", None, np.array("a"), np.array(None)):
        with pytest.raises(CotangentError, match=r"it must be numbers|another structure"):
            pullback({**ok, "s": wrong})
    with pytest.raises(CotangentError, match=r"jvp: the tangent at \[0\] has shape \(2,\)"):
        jvp(np.sum, (X,), (X[:2],))
    with pytest.raises(CotangentError, match="another structure than the primals"):
        jvp(np.sum, (X,), (X, X))


def test_backward_errors() -> None:
    w = tensor([1.0, 2.0])
    with pytest.raises(NotScalarError, match=r"this tensor has shape \(2,\)\. Call np\.sum\(t\)\.backward\(\)"):
        (w * 2).backward()
    with pytest.raises(CotangentError, match=r"g has shape \(3,\), expected \(2,\)"):
        (w * 2).backward(X)
    with pytest.raises(ArgumentError, match="the transformation pulls back itself"):
        grad(lambda x: x.backward() or x)(1.0)
    with pytest.raises(ArgumentError, match=r"only a leaf made by revad.tensor"):
        (w * 2).grad = 1.0
    with pytest.raises(InPlaceError, match=r"with revad\.no_grad\(\)"):
        w[0] = 3.0
    with pytest.raises(InPlaceError, match="this tensor is a leaf"):
        w += 1.0
    with pytest.raises(InPlaceError, match="this tensor is a leaf"):
        w[:1] *= 2.0
    with pytest.raises(InPlaceError, match="this tensor is a leaf"):
        np.exp(w, out=w)
    assert w.grad is None
    np.testing.assert_array_equal(w.value, [1.0, 2.0])


def test_constant_result_has_no_backward() -> None:
    """A result without any leaf behind it: nothing to deposit, and nothing breaks."""
    w = tensor(1.0)
    np.zeros_like(w).backward()
    assert w.grad is None


# Conversions that would lose the derivative ----------------------------------------------------------------------------------------

LOSSES: dict[str, Any] = {
    "float": lambda t: float(t[0]),
    "complex": lambda t: complex(t[0]),
    "math": lambda t: math.sin(t[0]),
    "math.floor of array": lambda t: math.sqrt(t[0]),
    "asarray": lambda t: np.asarray(t),
    "asarray dtype": lambda t: np.asarray(t, dtype=np.float32),
    "asarray object": lambda t: np.asarray(t, dtype=object),
    "array": lambda t: np.array(t),
    "array of one": lambda t: np.array([t]),
    "array of scalars": lambda t: np.array([t[0], t[1]]),
    "array of scalars with dtype": lambda t: np.array([t[0], 1.0], dtype=float),
    "array of scalar objects": lambda t: np.array([t[0], 1.0], dtype=object),
    "nested array": lambda t: np.array([[t[0], 1.0], [2.0, t[1]]]),
    "ascontiguousarray": lambda t: np.ascontiguousarray(t),
    "asanyarray": lambda t: np.asanyarray(t),
    "float64": lambda t: np.float64(t[0]),
    "float32": lambda t: np.float32(t[0]),
    "item": lambda t: t[0].item(),
    "item of": lambda t: t.item(0),
    "tolist": lambda t: t.tolist(),
    "percent": lambda t: "%f" % t[0],  # noqa: UP031
    "full": lambda t: np.full(3, t[0]),
    "fill": lambda t: np.zeros(3).fill(t[0]),
    "fromiter": lambda t: np.fromiter([t[0], t[1]], float),
    "vectorize": lambda t: np.vectorize(lambda v: v * 2)(t),
    "ndenumerate": lambda t: list(np.ndenumerate(t)),
    "nditer": lambda t: list(np.nditer(t)),
    "arange": lambda t: np.arange(0.0, t[0]),
    "ma": lambda t: np.ma.array(t),
    "pickle": lambda t: pickle.dumps(t * 1.0),
    "json": lambda t: json.dumps([t[0]]),
    "random": lambda t: np.random.default_rng(0).normal(t),
    "save": lambda t: np.save("/nonexistent/file.npy", t),
    "write into a plain array": lambda t: np.zeros(3).__setitem__(0, t[0]),
    "fsum": lambda t: math.fsum([t[0], t[1]]),
    "hypot": lambda t: math.hypot(t[0], t[1]),
    "pow": lambda t: math.pow(t[0], 2),
}


@pytest.mark.parametrize("kind", ["grad", "jvp", "leaf", "second order"])
@pytest.mark.parametrize("name", LOSSES)
def test_nothing_is_lost_silently(name: str, kind: str) -> None:
    """Each conversion raises `LostGradientError`, or `NoRuleError` or TypeError for what never worked."""

    def f(t: Any) -> Any:
        LOSSES[name](t)
        raise AssertionError(f"{name} went through")

    run = {
        "grad": lambda: grad(f)(X),
        "jvp": lambda: jvp(f, (X,), (X,)),
        "leaf": lambda: f(tensor(X)),
        "second order": lambda: grad(lambda x: np.sum(grad(f)(x)))(X),
    }[kind]
    with pytest.raises((LostGradientError, NoRuleError, TypeError, ValueError)) as caught:
        run()
    error = caught.value
    if isinstance(error, ValueError):  # NumPy's own error at a write into its array; outside a transformation ours is its cause
        assert isinstance(error.__cause__, LostGradientError)
        assert kind == "leaf"


@pytest.mark.parametrize(
    "name",
    [
        "float",
        "math",
        "asarray",
        "array of one",
        "array of scalars",
        "float64",
        "item",
        "tolist",
        "full",
        "write into a plain array",
        "pickle",
        "complex",
        "nested array",
        "percent",
    ],
)
def test_the_common_losses_say_what_to_do(name: str) -> None:
    with pytest.raises(
        LostGradientError,
        match=r"would silently drop its derivative.*revad.lift\(f\).*call NumPy on the value itself.*stop_gradient",
    ):
        grad(LOSSES[name])(X)


def test_the_message_names_shape_and_dtype() -> None:
    with pytest.raises(LostGradientError, match=r"^float\(t\) .* of a tracked value \(shape \(\), dtype float64\)"):
        float(tensor(1.0))
    with pytest.raises(LostGradientError, match=r"np.asarray\(t\).* \(shape \(2,\), dtype float32\)"):
        np.asarray(tensor(np.ones(2, np.float32)))


def test_harmless_conversions_work() -> None:
    t = tensor([2.5, 1.0])
    assert int(t[0]) == 2
    assert math.floor(t[0]) == 2
    assert math.ceil(t[0]) == 3
    assert math.trunc(t[0]) == 2
    assert round(t[0]) == 2
    assert bool(t[0])
    assert list(range(int(t[0]))) == [0, 1]
    assert copy.copy(t).shape == (2,)
    assert f"{t[0]:.1f}" == "2.5"


# Functions without a rule --------------------------------------------------------------------------------------------------------


def test_unknown_functions() -> None:
    ufunc = np.frompyfunc(lambda x: x, 1, 1)
    with pytest.raises(NoRuleError, match=r"has no derivative rule, .*To add one: `import revad; revad\.extend\.vjp\("):
        grad(lambda x: ufunc(x))(1.0)
    with pytest.raises(NoRuleError, match=r"save does not take tracked values: .*stop_gradient"):
        grad(lambda x: np.save("file", x))(X)


def test_unknown_function_suggests_near_names() -> None:
    @revad.primitive
    def tanhh(x: Any) -> Any:
        return x

    with pytest.raises(NoRuleError, match=r"Registered names that are near: .*tanh"):
        grad(tanhh)(1.0)


# Leaks ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "use", [lambda x, t: np.sum(x * t), lambda x, t: t, lambda x, t: np.sum(x) + 0 * t[0], lambda x, t: t @ x]
)
@pytest.mark.parametrize("source", ["grad", "jvp", "vjp"])
def test_a_value_that_outlives_its_transformation(use: Any, source: str) -> None:
    kept: list[Any] = []

    def leak(x: Any) -> Any:
        kept.append(x * 2.0)
        return np.sum(x)

    {"grad": lambda: grad(leak)(X), "jvp": lambda: jvp(leak, (X,), (X,)), "vjp": lambda: vjp(leak, X)}[source]()
    for run in (
        lambda: grad(lambda x: np.sum(use(x, kept[0])))(X),
        lambda: jvp(lambda x: np.sum(use(x, kept[0])), (X,), (X,)),
        lambda: vjp(lambda x: np.sum(use(x, kept[0])), X),
    ):
        with pytest.raises(LeakedTracerError, match="has already ended; it was stored in a variable outside"):
            run()
