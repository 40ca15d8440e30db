"""Rows for `revad.scipy.interpolate`: piecewise polynomials and FITPACK's splines; test_rounded.py has those that sum in other orders."""

from __future__ import annotations

import numpy as np
from scipy import interpolate as sp

from revad.scipy import interpolate
from tests.specs._interpolants import KNOTS, QUERY, pieces, through
from tests.specs._row import Const, Row, real


def fitpack() -> list[Row]:
    x, y = np.linspace(0, 4, 12), real(12)
    tck = sp.splrep(KNOTS, real(6))
    rows = [
        through(f"{name}", lambda q, name=name, o=o: getattr(interpolate, name)(x, y, **o)(q, 1), QUERY)
        for name, o in (
            ("UnivariateSpline", {"s": 2.0}),
            ("InterpolatedUnivariateSpline", {"k": 5}),
            ("LSQUnivariateSpline", {"t": [1.0, 2.5]}),
        )
    ]
    rows += [
        through("UnivariateSpline.integral", lambda a, b: interpolate.UnivariateSpline(x, y, s=2.0).integral(a, b), 0.4, 3.3)
    ]
    rows += [
        through("UnivariateSpline.derivative", lambda q: interpolate.UnivariateSpline(x, y, s=2.0).derivative(2)(q), QUERY)
    ]
    rows += [
        through(
            "InterpolatedUnivariateSpline(data)",
            lambda y, q, k=k: interpolate.InterpolatedUnivariateSpline(KNOTS, y, k=k)(q),
            real(6),
            QUERY,
            float32=False,
        )
        for k in (3, 4)
    ]
    rows += [
        through(
            "InterpolatedUnivariateSpline.integral(data)",
            lambda y, a, b: interpolate.InterpolatedUnivariateSpline(KNOTS, y).integral(a, b),
            real(6),
            0.2,
            3.3,
            float32=False,
        )
    ]
    rows += [through(f"splev(ext={ext})", lambda q, ext=ext: interpolate.splev(q, tck, 1, ext), QUERY) for ext in (0, 1, 3)]
    rows += [
        through(f"UnivariateSpline(ext={ext})", lambda q, ext=ext: interpolate.UnivariateSpline(x, y, s=2.0, ext=ext)(q), QUERY)
        for ext in (1, "const")
    ]
    rows += [
        through(
            "evaluate",
            lambda q, s=sp.UnivariateSpline(x, y, s=2.0): s(q) if isinstance(q, np.ndarray) else interpolate.evaluate(s, q),
            QUERY,
        )
    ]
    rows += [
        through("splev(tracked)", lambda c, q: interpolate.splev(q, (tck[0], c, 3)), tck[1], QUERY),
        through("splev(list)", lambda q: interpolate.splev(q, (tck[0], [tck[1], -tck[1]], 3)), QUERY),
    ]
    rows += [through("splint", lambda c, a, b: interpolate.splint(a, b, (tck[0], c, 3)), tck[1], 0.3, 2.7, float32=False)]
    surface = interpolate.RectBivariateSpline(KNOTS, x, real(6, 12))
    rows += [through("RectBivariateSpline.ev", lambda a, b: surface.ev(a, b, 1), QUERY[0], np.array([0.4, 2.2, 3.1]))]
    return [
        *rows,
        through("RectBivariateSpline", surface, QUERY[0, :2], np.array([0.4, 2.2, 3.1])),
        through("RectBivariateSpline(pairs)", lambda a, b: surface(a, b, grid=False), 0.4, 0.7),
    ]


ROWS = [*pieces(Const(KNOTS), Const(KNOTS[::-1].copy())), *fitpack()]
