"""Real data that come with scikit-learn and statsmodels: their shapes, ranges and known figures."""

from __future__ import annotations

import builtins
import importlib
from typing import Any

import numpy as np
import pytest

import revad
from nn import data
from tests.nn._checks import import_libraries_by


@pytest.mark.parametrize(
    ("load", "shape", "classes"),
    [(data.digits, (1797, 64), 10), (data.iris, (150, 4), 3), (data.wine, (178, 13), 3), (data.breast_cancer, (569, 30), 2)],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_classes(load: Any, shape: tuple[int, ...], classes: int) -> None:
    dataset = load()
    x, y = dataset.arrays
    assert (x.shape, x.dtype, y.shape, y.dtype) == (shape, np.float32, shape[:1], np.int64)
    assert sorted(set(y.tolist())) == list(range(classes))
    assert len(dataset.target_names) == classes
    assert len(dataset.feature_names) == shape[1]
    assert len(dataset.description) > 100
    assert load(dtype=np.float64).arrays[0].dtype == np.float64


def test_digits_as_images() -> None:
    """The same pixels, from 0 to 1, in the layout of convolutions."""
    images, _ = data.digits(images=True).arrays
    assert images.shape == (1797, 1, 8, 8)
    assert (images.min(), images.max()) == (0, 1)
    np.testing.assert_array_equal(images.reshape(1797, 64), data.digits().arrays[0])


def test_diabetes() -> None:
    """The features are centred with squares that add up to 1, the targets are numbers from 25 to 346."""
    x, y = data.diabetes(np.float64).arrays
    assert (x.shape, y.shape, y.min(), y.max()) == ((442, 10), (442, 1), 25, 346)
    np.testing.assert_allclose((x**2).sum(0), 1, atol=1e-8)


def test_sunspots() -> None:
    """Yearly from 1700 to 2008; the highest was 190.2 in 1957."""
    years, activity, description = data.sunspots()
    assert (years[0], years[-1], len(years), activity.dtype) == (1700, 2008, 309, np.float32)
    assert (years[np.argmax(activity)], round(float(activity.max()), 1)) == (1957, 190.2)
    assert "sunspot" in description.lower()


def test_co2() -> None:
    """Weekly; 59 weeks are missing and interpolated between their neighbours."""
    dates, raw, _ = data.co2(fill=False, dtype=np.float64)
    _, filled, _ = data.co2(dtype=np.float64)
    assert (len(dates), np.isnan(raw).sum(), np.isnan(filled).sum()) == (2284, 59, 0)
    assert np.all(np.diff(dates) == np.timedelta64(7, "D"))
    known = ~np.isnan(raw)
    np.testing.assert_array_equal(filled[known], raw[known])
    assert raw[known].min() <= filled.min()
    assert filled.max() <= raw[known].max()


@pytest.mark.parametrize("name", ["digits", "iris", "wine", "breast_cancer", "diabetes", "sunspots", "co2"])
def test_a_missing_library_is_named_with_its_extra(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    library = "statsmodels" if name in ("sunspots", "co2") else "sklearn"

    def missing(module: str) -> Any:
        raise ModuleNotFoundError(f"No module named {module!r}", name=module.partition(".")[0])

    import_libraries_by(missing, monkeypatch)
    with pytest.raises(
        revad.MissingExtraError, match=rf"nn.data.{name} needs {library}, which is not installed. Install it with"
    ):
        getattr(data, name)()


def test_an_error_within_a_library_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the library itself may be missing; what it needs in turn is its own error."""

    def broken(module: str) -> Any:
        raise ModuleNotFoundError("No module named 'scipy'", name="scipy")

    import_libraries_by(broken, monkeypatch)
    with pytest.raises(ModuleNotFoundError, match="scipy"):
        data.iris()


def test_nothing_is_imported_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """`import nn` does not import the libraries of extras."""
    real = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        assert name.partition(".")[0] not in ("sklearn", "statsmodels", "pandas", "matplotlib", "tqdm", "safetensors")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    importlib.reload(importlib.import_module("nn.data.bundled"))
