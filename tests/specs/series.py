"""Rows of `numpy.polynomial`: series in each of its six bases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from revad.rules.series import BASES, SERIES
from tests.specs._row import Row, real, row


def of_basis(name: str, basis: Any) -> Iterator[Row]:
    """Rows of one basis."""

    def ours(suffix: str) -> Any:
        return SERIES[getattr(basis, name + suffix)]

    yield row(ours("val"), real(3, 4) / 2, real(4), complex=True)
    yield row(ours("val"), 0.7, real(4))
    yield row(ours("val"), real(2, 3) / 2, real(4, 2, 5))
    yield row(ours("val"), real(3) / 2, real(4, 3), tensor=False, complex=True)
    yield row(ours("val"), real(2, 1) / 2, real(4, 3), tensor=False)
    yield row(ours("val"), real(3), real(1))
    yield row(ours("val"), real(0), real(3))
    yield row(ours("val2d"), real(5) / 2, real(5, salt=1) / 2, real(3, 4), complex=True)
    yield row(ours("val3d"), real(2) / 2, real(2, salt=1) / 2, real(2, salt=2) / 2, real(3, 2, 4))
    yield row(ours("grid2d"), real(2) / 2, real(3, salt=1) / 2, real(3, 4), complex=True)
    yield row(ours("grid3d"), real(2) / 2, real(3, salt=1) / 2, real(2, salt=2) / 2, real(3, 2, 4))
    if hasattr(basis, f"{name}valnd"):  # NumPy 2.5
        yield row(ours("valnd"), [real(2) / 2, real(2, salt=1) / 2], real(3, 4), complex=True)
    yield row(ours("vander"), real(2, 3) / 2, deg=3, complex=True)
    yield row(ours("vander"), real(3), deg=0)
    yield row(ours("der"), real(5), complex=True)
    yield row(ours("der"), real(5, 2), m=2, scl=3.0)
    yield row(ours("der"), real(2, 5), axis=1)
    yield row(ours("der"), real(2), m=2)
    yield row(ours("mul"), real(3), real(4, salt=1), complex=True)
    yield row(ours("add"), real(3), real(4, salt=1), complex=True)
    yield row(ours("sub"), real(3), real(2, salt=1), complex=True)


ROWS = [
    *(r for name, basis in BASES.items() for r in of_basis(name, basis)),
    row(np.polynomial.polynomial.polyval2d, real(5) / 2, real(5, salt=1) / 2, real(3, 4), complex=True, since="2.4.0"),
    row(np.polynomial.polynomial.polygrid2d, real(2) / 2, real(3, salt=1) / 2, real(3, 4), since="2.4.0"),
]
