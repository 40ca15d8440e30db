"""Real data that need no network: scikit-learn and statsmodels bring them along (``pip install revad[data]``)."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.data.datasets import ArrayDataset
from nn.data.sequences import TimeSeries
from nn.dtypes import dtype_or_default
from revad.extend import need


def _bunch(name: str, dtype: Any, shape: tuple[int, ...] = (), scale: float = 1.0) -> ArrayDataset:
    bunch = getattr(need("sklearn.datasets", "data", f"nn.data.{name}"), f"load_{name}")()
    dtype = dtype_or_default(dtype)
    inputs = (bunch.data / scale).astype(dtype)
    inputs = inputs.reshape(len(inputs), *shape) if shape else inputs
    continuous = bunch.target.dtype.kind == "f"
    target = bunch.target.astype(dtype)[:, None] if continuous else bunch.target.astype(np.int64)
    facts = {} if continuous else {"target_names": [str(c) for c in bunch.target_names]}
    return ArrayDataset(inputs, target, feature_names=[str(f) for f in bunch.feature_names], **facts, description=bunch.DESCR)


def digits(images: bool = False, dtype: Any = None) -> ArrayDataset:
    """Return 1,797 handwritten digits of 8 × 8 pixels in 10 classes, grey values from 0 to 1.

    Parameters
    ----------
    images : bool
        Whether the inputs are images (1, 8, 8) for convolutions, or vectors (64,).
    dtype : dtype, optional
        Of the inputs; the default dtype (float32).

    Returns
    -------
    ArrayDataset
        Inputs and classes (int64), with ``feature_names``, ``target_names`` and ``description``.

    Raises
    ------
    MissingExtraError
        scikit-learn is not installed.

    References
    ----------
    .. [1] E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository (1998).

    Examples
    --------
    >>> digits(images=True)
    ArrayDataset(1797 items: float32 (1, 8, 8), int64 ())
    """
    return _bunch("digits", dtype, (1, 8, 8) if images else (), scale=16.0)


def iris(dtype: Any = None) -> ArrayDataset:
    """Return 150 irises: four lengths in cm, three species.

    Parameters
    ----------
    dtype : dtype, optional
        As for `digits`; so are the result and the errors.

    References
    ----------
    .. [1] R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7 (1936).

    Examples
    --------
    >>> iris().target_names
    ['setosa', 'versicolor', 'virginica']
    """
    return _bunch("iris", dtype)


def wine(dtype: Any = None) -> ArrayDataset:
    """Return 178 wines: 13 chemical measurements, three cultivars.

    Parameters
    ----------
    dtype : dtype, optional
        As for `digits`; so are the result and the errors. The measurements have very different scales, see `Standardize`.

    References
    ----------
    .. [1] S. Aeberhard and M. Forina, "Wine", UCI Machine Learning Repository (1992).

    Examples
    --------
    >>> wine()
    ArrayDataset(178 items: float32 (13,), int64 ())
    """
    return _bunch("wine", dtype)


def breast_cancer(dtype: Any = None) -> ArrayDataset:
    """Return 569 tumours: 30 measurements of cell nuclei, malignant (0) or benign (1).

    Parameters
    ----------
    dtype : dtype, optional
        As for `digits`; so are the result and the errors.

    References
    ----------
    .. [1] W. Wolberg, O. Mangasarian, N. Street and W. Street, "Breast Cancer Wisconsin (Diagnostic)", UCI Machine Learning
       Repository (1993).

    Examples
    --------
    >>> breast_cancer().target_names
    ['malignant', 'benign']
    """
    return _bunch("breast_cancer", dtype)


def diabetes(dtype: Any = None) -> ArrayDataset:
    """Return 442 patients: ten measurements (each centred, with a sum of squares of 1), and the disease's progress in a year.

    Parameters
    ----------
    dtype : dtype, optional
        Of inputs and targets; the default dtype (float32).

    Returns
    -------
    ArrayDataset
        Inputs (10,) and targets (1,), numbers from 25 to 346.

    Raises
    ------
    MissingExtraError
        scikit-learn is not installed.

    References
    ----------
    .. [1] B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, "Least angle regression", Annals of Statistics 32 (2004).

    Examples
    --------
    >>> diabetes()
    ArrayDataset(442 items: float32 (10,), float32 (1,))
    """
    return _bunch("diabetes", dtype)


def sunspots(dtype: Any = None) -> TimeSeries:
    """Return the yearly mean number of sunspots from 1700 to 2008.

    Parameters
    ----------
    dtype : dtype, optional
        Of the values; the default dtype (float32).

    Returns
    -------
    TimeSeries
        309 years and numbers.

    Raises
    ------
    MissingExtraError
        statsmodels is not installed.

    References
    ----------
    .. [1] National Geophysical Data Center, yearly sunspot numbers, as distributed with statsmodels.

    Examples
    --------
    >>> years, activity, _ = sunspots()
    >>> years[0], years[-1], activity.dtype
    (np.int64(1700), np.int64(2008), dtype('float32'))
    """
    module = need("statsmodels.datasets", "data", "nn.data.sunspots").sunspots
    table = module.load().data
    values = table["SUNACTIVITY"].to_numpy().astype(dtype_or_default(dtype))
    return TimeSeries(table["YEAR"].to_numpy().astype(np.int64), values, module.DESCRLONG)


def co2(fill: bool = True, dtype: Any = None) -> TimeSeries:
    """Return the weekly CO₂ content of the air over Mauna Loa, 1958 to 2001, in parts per million.

    Parameters
    ----------
    fill : bool
        Whether the 59 missing weeks are interpolated linearly; otherwise they are nan.
    dtype : dtype, optional
        Of the values; the default dtype (float32).

    Returns
    -------
    TimeSeries
        2,284 dates (datetime64) and contents.

    Raises
    ------
    MissingExtraError
        statsmodels is not installed.

    References
    ----------
    .. [1] C. D. Keeling and T. P. Whorf, "Atmospheric CO2 concentrations derived from in situ air samples at Mauna Loa" (2004).

    Examples
    --------
    >>> dates, content, _ = co2()
    >>> str(dates[0]), round(float(content[0]), 1)
    ('1958-03-29', 316.1)
    """
    module = need("statsmodels.datasets", "data", "nn.data.co2").co2
    table = module.load().data
    values = table["co2"].to_numpy().astype(np.float64)
    known = np.flatnonzero(~np.isnan(values))
    if fill:
        values = np.interp(np.arange(len(values)), known, values[known])
    dates = table.index.to_numpy().astype("datetime64[D]")
    return TimeSeries(dates, values.astype(dtype_or_default(dtype)), module.DESCRLONG)
