"""`pad` and its layers: gradients, meaning, errors."""

import numpy as np
import pytest

import nn
from nn import functional as F
from tests.nn._checks import check_gradients, random

X = random().normal(size=(2, 4, 3, 4))


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("widths", [(1, 2), (0, 3, 2, 0), (-1, 2, 2, -1), (-2, -1)])
def test_gradients_agree_with_differences(mode, widths):
    check_gradients(lambda x: F.pad(x, widths, mode), X, order=2)


def test_what_the_modes_mean():
    x = np.array([1.0, 2.0, 3.0])
    for mode, expected in (
        ("reflect", [3, 2, 1, 2, 3, 2]),
        ("replicate", [1, 1, 1, 2, 3, 3]),
        ("circular", [2, 3, 1, 2, 3, 1]),
    ):
        np.testing.assert_array_equal(F.pad(x, (2, 1), mode), expected)
    np.testing.assert_array_equal(F.pad(x, (2, -1), value=9.0), [9, 9, 1, 2])
    np.testing.assert_array_equal(F.pad(x, (-1, 2), "circular"), [2, 3, 2, 3])
    np.testing.assert_array_equal(F.pad(x, (-2, 2), "reflect"), [3, 2, 1])
    assert F.pad(x, ()) is x


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize(
    ("kind", "mode", "value"),
    [("Constant", "constant", 2.5), ("Zero", "constant", 0), ("Reflection", "reflect", None), ("Replication", "replicate", None),
     ("Circular", "circular", None)],
)  # fmt: skip
def test_layers(kind, mode, value, n):
    x = random().normal(size=(2, 3, *(3, 4, 5)[:n]))
    more = (value,) if kind == "Constant" else ()
    layer = getattr(nn, f"{kind}Pad{n}d")
    widths = (1, 2, 0, 1, 2, 1)[: 2 * n]
    np.testing.assert_array_equal(layer(widths, *more)(x), F.pad(x, widths, mode, value))
    np.testing.assert_array_equal(layer(1, *more)(x[0]), F.pad(x[0], (1,) * 2 * n, mode, value))
    with pytest.raises(ValueError, match=rf"{kind}Pad{n}d takes {n + 1} or {n + 2} axes, not an input of shape \(3,\)"):
        layer(1, *more)(np.ones(3))
    with pytest.raises(ValueError, match=rf"{kind}Pad{n}d: padding must be an integer or {2 * n} of them"):
        layer((1, 2, 3), *more)


def test_repr_of_layers():
    assert repr(nn.ReflectionPad1d((1, 2))) == "ReflectionPad1d((1, 2))"
    assert repr(nn.ConstantPad1d(1, 0.5)) == "ConstantPad1d(padding=(1, 1), value=0.5)"


def test_float32_stays_float32():
    x = X.astype(np.float32)
    assert {F.pad(x, (1, 1), mode).dtype for mode in ("constant", "reflect", "replicate", "circular")} == {np.dtype(np.float32)}
    assert F.pad(x, (1, 1), value=0.1).dtype == np.float32


def test_wrong_padding_is_refused():
    with pytest.raises(ValueError, match=r"pad: \(1, 2, 3\) must hold two numbers for each of the last axes, at most 4 pairs"):
        F.pad(X, (1, 2, 3))
    with pytest.raises(ValueError, match="pad: mode must be one of constant, reflect, replicate, circular, not 'edge'"):
        F.pad(X, (1, 1), "edge")
    with pytest.raises(ValueError, match="pad: value is a setting of the mode 'constant', not of 'reflect'"):
        F.pad(X, (1, 1), "reflect", 1.0)
    with pytest.raises(ValueError, match=r"pad: \(-3, -2\) takes more away than an input of shape \(2, 4, 3, 4\) has"):
        F.pad(X, (-3, -2))
    with pytest.raises(
        ValueError, match=r"mode 'reflect' can add at most 3 elements to axis 3 of an input of shape \(2, 4, 3, 4\)"
    ):
        F.pad(X, (0, 4), "reflect")
    with pytest.raises(ValueError, match="mode 'circular' can add at most 4 elements to axis 3"):
        F.pad(X, (5, 0), "circular")
    with pytest.raises(ValueError, match="mode 'replicate' can add at most 0 elements to axis 1"):
        F.pad(np.ones((2, 0)), (1, 0), "replicate")
