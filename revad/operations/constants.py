"""Constants that rules make with NumPy: identity matrices, ranges, masks. `beside` brings them to where the values are."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.protocol import own


@own
def beside(value: Any, like: Any) -> Any:
    """Return an array or number as an array of the kind of ``like``; where that is NumPy's or a number, as it is.

    Whatever meets values in arithmetic must live on their device. Arrays that serve as indices need not.
    """
    return value if isinstance(like, (np.ndarray, np.generic, int, float, complex)) else np.asarray(value, like=like)
