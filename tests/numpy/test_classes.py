"""NumPy's types in `revad.numpy` compare with dtypes, are copied and are pickled as NumPy's own."""

from __future__ import annotations

import copy
import pickle

import numpy  # noqa: ICN001  (np is revad's here)
import pytest

import revad.numpy as np
from revad.numpy.classes import python_float


class Mine(np.ndarray):
    pass


@pytest.mark.parametrize("name", ["float64", "float32", "complex128", "longdouble", "generic", "number", "floating", "ndarray"])
def test_a_type_is_copied_and_pickled_as_itself(name: str) -> None:
    kind = getattr(np, name)
    assert copy.copy(kind) is kind
    assert copy.deepcopy(kind) is kind
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(kind, protocol)) is kind
    assert pickle.loads(pickle.dumps(Mine)) is Mine


def test_a_type_equals_its_dtype_on_either_side() -> None:
    double, single = numpy.ones(2).dtype, numpy.ones(2, numpy.float32).dtype
    assert double in (np.float32, np.float64)
    assert single not in (np.float64, int)
    assert double in (python_float, int)
    assert np.float64 == double
    assert double == np.float64
    assert np.float64 != single
    assert python_float != single
    assert double.type in (np.float32, np.float64)
    assert np.float64 != "float64"
