"""Peaks: where they are jumps and has no derivative; how high they stand is read off the signal."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal as sp

from revad.errors import NoRuleError
from revad.operations.protocol import own
from revad.operations.registry import nondiff
from revad.scipy.drop_in import as_array, drop_in
from revad.typing import Array

argrelextrema, argrelmax, argrelmin = own(sp.argrelextrema), own(sp.argrelmax), own(sp.argrelmin)


@own
def located(x: Array, conditions: dict[str, Any]) -> Array:
    """Return the indices of the peaks and their properties, all constants."""
    return sp.find_peaks(x, **conditions)


nondiff(argrelextrema, argrelmax, argrelmin, located)


@drop_in(sp.find_peaks)
def find_peaks(x: Array, *args: Any, **conditions: Any) -> Any:
    """Return the indices of the peaks, and their heights, thresholds and prominences as differences of the signal."""
    names = ("height", "threshold", "distance", "prominence", "width", "wlen", "rel_height", "plateau_size")
    conditions |= dict(zip(names, args, strict=False))
    if conditions.get("width") is not None:
        raise NoRuleError("find_peaks: the widths of peaks are not differentiable. Leave the condition `width` out.")
    x = as_array(x)
    peaks, found = located(x, conditions)
    if "peak_heights" in found:
        found["peak_heights"] = x[peaks]
    if "left_thresholds" in found:
        found["left_thresholds"], found["right_thresholds"] = x[peaks] - x[peaks - 1], x[peaks] - x[peaks + 1]
    if "prominences" in found:
        found["prominences"] = x[peaks] - np.maximum(x[found["left_bases"]], x[found["right_bases"]])
    return peaks, found
