"""`interpolate`: gradients, what each mode means, sizes, errors."""

import numpy as np
import pytest

import nn
import revad
from nn import functional as F
from nn.functional.resizing.resampling import resample, spread
from tests.nn._checks import check_gradients, random

SIGNALS, IMAGES, VOLUMES = (random(i).normal(size=(2, 3, *(5, 6, 4)[:i])) for i in (1, 2, 3))
CASES = [
    (SIGNALS, {"size": 8}),
    (SIGNALS, {"size": 3, "mode": "nearest-exact"}),
    (SIGNALS, {"scale_factor": 1.7, "mode": "linear"}),
    (IMAGES, {"size": (3, 9), "mode": "bilinear"}),
    (IMAGES, {"scale_factor": (2, 0.6), "mode": "bilinear", "align_corners": True}),
    (IMAGES, {"scale_factor": 0.4, "mode": "bilinear", "antialias": True}),
    (IMAGES, {"size": 7, "mode": "bicubic"}),
    (IMAGES, {"size": 3, "mode": "bicubic", "antialias": True}),
    (IMAGES, {"size": (1, 1), "mode": "bicubic", "align_corners": True}),
    (IMAGES, {"size": (2, 8), "mode": "area"}),
    (VOLUMES, {"size": (3, 9, 5), "mode": "trilinear"}),
    (VOLUMES, {"scale_factor": 2}),
]


@pytest.mark.parametrize("case", range(len(CASES)))
def test_gradients_agree_with_differences(case):
    x, options = CASES[case]
    check_gradients(lambda x: F.interpolate(x, **options), x, order=2)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_the_adjoint_is_the_transpose(axis):
    x = random().normal(size=(5, 5, 5))
    places = np.array([[0, 0, 1, 3, 3, 3, 4], [0, 2, 2, 3, 4, 4, 4]])
    for weights in (None, random(1).normal(size=places.shape)):
        y = resample(x, axis, places, weights)
        g = random(2).normal(size=y.shape)
        back = spread(g, axis, 5, places[:1] if weights is None else places, weights)
        np.testing.assert_allclose(np.sum(y * g), np.sum(x * back), rtol=1e-12)
    assert spread(np.zeros((0, 7)), 1, 5, places).shape == (0, 5)


def test_what_the_modes_mean():
    x = np.array([[[0.0, 4.0, 8.0]]])
    np.testing.assert_array_equal(F.interpolate(x, 6)[0, 0], [0, 0, 4, 4, 8, 8])
    np.testing.assert_array_equal(F.interpolate(x, 1)[0, 0], [0])
    np.testing.assert_array_equal(F.interpolate(x, 1, mode="nearest-exact")[0, 0], [4])
    np.testing.assert_array_equal(F.interpolate(x, 6, mode="linear")[0, 0], [0, 1, 3, 5, 7, 8])
    np.testing.assert_array_equal(F.interpolate(x, 5, mode="linear", align_corners=True)[0, 0], [0, 2, 4, 6, 8])
    np.testing.assert_array_equal(F.interpolate(x, 1, mode="area")[0, 0], [4])


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize("options", [{"align_corners": True}, {"align_corners": False}, {"antialias": True}])
def test_a_constant_stays_constant(mode, options):
    for size in (1, 3, 20):
        np.testing.assert_allclose(F.interpolate(np.full((1, 1, 5, 6), 7.0), size, mode=mode, **options), 7.0, rtol=1e-14)


def test_cubic_convolution_keeps_polynomials_of_the_second_degree_away_from_the_edges():
    x = np.arange(16.0)
    image = np.broadcast_to(x**2, (1, 1, 16, 16))
    y = F.interpolate(image, (16, 31), mode="bicubic", align_corners=True)[0, 0, 0]
    middle = np.arange(31)[4:-4] / 2
    np.testing.assert_allclose(np.diff(y[4:-4][::2]), np.diff(middle[::2] ** 2), rtol=1e-12)
    assert np.max(np.abs(y[4:-4] - middle**2)) < 0.13  # a = −3/4 is not the parabola's −1/2


@pytest.mark.parametrize("mode", ["nearest", "bilinear", "bicubic", "area"])
def test_float32_stays_float32(mode):
    y, pullback = revad.vjp(lambda x: F.interpolate(x, (3, 9), mode=mode), IMAGES.astype(np.float32))
    assert (y.dtype, pullback(y)[0].dtype) == (np.float32, np.float32)


def test_layers():
    np.testing.assert_array_equal(nn.Upsample((3, 9), mode="bilinear")(IMAGES), F.interpolate(IMAGES, (3, 9), mode="bilinear"))
    np.testing.assert_array_equal(nn.UpsamplingNearest2d(scale_factor=2)(IMAGES), F.interpolate(IMAGES, scale_factor=2))
    np.testing.assert_array_equal(
        nn.UpsamplingBilinear2d((3, 9))(IMAGES), F.interpolate(IMAGES, (3, 9), mode="bilinear", align_corners=True)
    )
    assert repr(nn.Upsample(scale_factor=2, mode="linear")) == "Upsample(scale_factor=2, mode='linear')"
    assert repr(nn.UpsamplingNearest2d(size=4)) == "UpsamplingNearest2d(size=4, mode='nearest')"


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match=r"interpolate: mode must be one of nearest, .* not 'cubic'"):
        F.interpolate(IMAGES, 4, mode="cubic")
    with pytest.raises(ValueError, match=r"Upsample: mode must be one of nearest, .* not 'cubic'"):
        nn.Upsample(4, mode="cubic")
    with pytest.raises(ValueError, match=r"mode 'linear' takes \(N, C, W\), not an input of shape \(2, 3, 5, 6\)"):
        F.interpolate(IMAGES, 4, mode="linear")
    with pytest.raises(ValueError, match=r"mode 'nearest' takes \(N, C, D, H, W\), not an input of shape \(5, 6\)"):
        F.interpolate(IMAGES[0, 0], 4)
    with pytest.raises(ValueError, match=r"align_corners is a setting of the modes linear, .* not of 'nearest'"):
        F.interpolate(IMAGES, 4, align_corners=True)
    with pytest.raises(ValueError, match="antialias is a setting of the modes bilinear and bicubic, not of 'nearest'"):
        F.interpolate(IMAGES, 4, antialias=True)
    for both in ({}, {"size": 4, "scale_factor": 2}):
        with pytest.raises(ValueError, match="interpolate needs either size or scale_factor, not both"):
            F.interpolate(IMAGES, **both)
    with pytest.raises(ValueError, match=r"interpolate: size must be a number or 2 of them, not \(4,\)"):
        F.interpolate(IMAGES, (4,))
    with pytest.raises(ValueError, match=r"interpolate: sizes must be at least 1, not from \(5, 6\) to \(0, 0\)"):
        F.interpolate(IMAGES, scale_factor=0.1)
