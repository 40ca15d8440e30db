"""`interpolate` agrees with PyTorch in float64, in all modes and all ways to give sizes."""

import numpy as np
import pytest

from nn import functional as F
from tests.nn._checks import compare_function
from tests.nn.functional.resizing.test_interpolation import IMAGES, SIGNALS, VOLUMES

torch = pytest.importorskip("torch")

T = torch.nn.functional
SIZES = [
    {"size": 7}, {"size": 3}, {"size": 1}, {"scale_factor": 2}, {"scale_factor": 1.7}, {"scale_factor": 0.6},
    {"scale_factor": 1.7, "recompute_scale_factor": True},
]  # fmt: skip
MODES = [(x, mode, {}) for x in (SIGNALS, IMAGES, VOLUMES) for mode in ("nearest", "nearest-exact", "area")] + [
    (x, mode, {"align_corners": corners})
    for x, mode in ((SIGNALS, "linear"), (IMAGES, "bilinear"), (IMAGES, "bicubic"), (VOLUMES, "trilinear"))
    for corners in (None, True, False)
]
MODES += [(IMAGES, mode, {"antialias": True, "align_corners": c}) for mode in ("bilinear", "bicubic") for c in (True, False)]


@pytest.mark.filterwarnings("ignore:The default behavior for interpolate:UserWarning")
@pytest.mark.parametrize("case", range(len(MODES)))
def test_modes(case):
    x, mode, options = MODES[case]
    for size in SIZES:
        settings = {"mode": mode, **options, **size}
        compare_function(lambda x: F.interpolate(x, **settings), lambda x: T.interpolate(x, **settings), x)


@pytest.mark.parametrize("mode", ["nearest", "nearest-exact"])
def test_nearest_places_of_all_small_sizes(mode):
    for length in range(1, 40):
        x = np.arange(float(length))[None, None]
        for size in range(1, 40, 3):
            np.testing.assert_array_equal(F.interpolate(x, size, mode=mode), T.interpolate(torch.tensor(x), size, mode=mode))
