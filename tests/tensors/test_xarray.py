"""xarray: a DataArray may wrap a tracked value, which then answers for it; as an operand of a tracked value it is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from revad import grad, hessian, jvp
from revad.errors import LostGradientError

xr = pytest.importorskip("xarray")

X = np.array([1.0, 2.0, 3.0])
DATA = xr.DataArray([1.0, np.nan, 4.0], dims="i", coords={"i": [2, 1, 0]})


@pytest.mark.parametrize("other", [DATA, DATA.variable, xr.Dataset({"a": DATA})], ids=lambda other: type(other).__name__)
def test_an_operand_is_refused(other: Any) -> None:
    for f in (lambda t: np.sum(t * other), lambda t: np.sum(np.multiply(t, other)), lambda t: np.sum(np.hypot(other, t))):
        with pytest.raises(LostGradientError, match=r"aligns by labels|object"):
            grad(f)(X)


@pytest.mark.parametrize(
    "hide",
    [
        lambda t: xr.DataArray(t) ** 2,
        lambda t: (xr.DataArray(t) ** 2).sum(),
        lambda t: DATA * t,
        lambda t: xr.Dataset({"a": ("i", t)}),
        lambda t: xr.DataArray(t).variable,
    ],
)
def test_as_an_output_it_is_refused(hide: Any) -> None:
    for call in (grad(hide), lambda x: jvp(hide, (x,), (x,))):
        with pytest.raises(LostGradientError, match=r"of a DataArray its `\.data`"):
            call(X)


def test_wrapped_values_are_differentiated_by_the_rules_of_xarray() -> None:
    """Alignment and missing values are xarray's: the tracked value sees the reads and sums that they amount to."""

    def f(t: Any) -> Any:
        wrapped = xr.DataArray(t, dims="i", coords={"i": [0, 1, 2]})
        return (wrapped**2 * DATA).sum().data

    np.testing.assert_allclose(grad(f)(X), [8.0, 0.0, 6.0])
    np.testing.assert_allclose(hessian(f)(X), np.diag([8.0, 0.0, 2.0]))
    np.testing.assert_allclose(grad(lambda t: (DATA * t).mean().data)(X), [0.5, 0.0, 2.0])
