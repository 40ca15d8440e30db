"""Rows of interpolants whose data are read in so many places that a captured pull-back adds up in another order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from revad.scipy import interpolate
from tests.specs._interpolants import KNOTS, QUERY, called, closed, pieces, through
from tests.specs._row import Const, Row, complexes, positive, real


def cubics(knots: Callable[[int], Any]) -> list[Row]:
    rows = [
        called("CubicSpline", knots(6), real(6), options={"bc_type": bc})
        for bc in ("not-a-knot", "clamped", "natural", ("natural", "not-a-knot"))
    ]
    rows += [called("CubicSpline", knots(6), real(6, 2), options={"bc_type": ((1, [0.3, 0.4]), (2, [0.5, 0.1]))})]
    rows += [called("CubicSpline", knots(n), real(n), label=f"{n} knots", query=QUERY) for n in (2, 3, 4)]
    rows += [
        called("CubicSpline", Const(KNOTS), complexes(2, 6), options={"axis": -1}),
        called("CubicSpline", knots(6), real(6), at={"nu": 2}),
    ]
    for n in (3, 4, 6):
        rows += [
            through(
                f"CubicSpline(periodic, {n})",
                lambda x, y, q: interpolate.CubicSpline(x, closed(y), bc_type="periodic")(q),
                knots(n),
                real(n),
                QUERY,
            )
        ]
    rows += [
        through(
            "CubicSpline(end slopes)",
            lambda x, y, a, b, q: interpolate.CubicSpline(x, y, bc_type=((1, a), (2, b)))(q),
            knots(6),
            real(6),
            0.4,
            0.7,
            QUERY,
        )
    ]
    rows += [
        through(
            "CubicSpline.integrate",
            lambda x, y, a, b: interpolate.CubicSpline(x, y).integrate(a, b),
            knots(6),
            real(6),
            0.4,
            3.7,
        )
    ]
    rows += [called("CubicSpline", knots(6), real(6), options={"extrapolate": False}, query=QUERY[:, :1])]
    for name in ("PchipInterpolator", "Akima1DInterpolator"):
        rows += [
            called(name, knots(6), real(6), options={"extrapolate": True}),
            called(name, knots(6), np.cumsum(positive(6, 2), 0), options={"extrapolate": True}),
        ]
        rows += [
            called(name, knots(2), real(2), options={"extrapolate": True}),
            called(name, Const(KNOTS), real(2, 6), options={"axis": 1, "extrapolate": True}),
        ]
        rows += [called(name, Const(KNOTS), Const(real(6)), options={"extrapolate": True}, label="constant")]
    rows += [called("Akima1DInterpolator", knots(6), real(6), options={"method": "makima", "extrapolate": True})]
    return [
        *rows,
        through("pchip_interpolate", lambda x, y, q: interpolate.pchip_interpolate(x, y, q, 1), knots(6), real(6), QUERY),
        called("CubicHermiteSpline", knots(6), real(6, 2), real(6, 2, salt=1)),
        called("CubicHermiteSpline", knots(6), real(2, 6), real(2, 6), options={"axis": 1}),
    ]


def bsplines(x: Callable[[int], Any], t: Any) -> list[Row]:
    rows = [called("BSpline", t, real(5), options={"k": 2}, at={"nu": nu}) for nu in (0, 1, 2, 3)]
    rows += [
        called("BSpline", t, real(2, 5), options={"k": 2, "axis": 1}),
        called("BSpline", t, complexes(5), options={"k": 2, "extrapolate": "periodic"}),
    ]
    rows += [called("BSpline", Const(KNOT_VECTOR), Const(real(2, 5)), options={"k": 2, "axis": 1}, label="constant")]
    for options in ({}, {"extrapolate": "periodic"}, {"extrapolate": False}):
        rows += [
            through(
                f"BSpline.integrate({options})",
                lambda t, c, a, b, o=options: interpolate.BSpline(t, c, 2, **o).integrate(a, b),
                t,
                real(5),
                0.3,
                3.7,
                float32=False,
            )
        ]
    rows += [through("BSpline.derivative", lambda t, c, q: interpolate.BSpline(t, c, 2).derivative()(q), t, real(5, 2), QUERY)]
    rows += [
        through("BSpline.antiderivative", lambda t, c, q: interpolate.BSpline(t, c, 2).antiderivative(2)(q), t, real(5), QUERY)
    ]
    name = "make_interp_spline"
    rows += [called(name, x(6), real(6), options={"k": k}) for k in (0, 1, 2, 3, 4, 5)]
    rows += [
        called(name, x(6), real(6, 2), options={"bc_type": bc}) for bc in ("clamped", "natural", ([(1, [0.3, 0.1])], "natural"))
    ]
    rows += [
        called(name, x(6), real(2, 6), options={"axis": 1}),
        called(name, x(6), complexes(6)),
        called(name, x(6), real(6), at={"nu": 2}),
    ]
    for k in (2, 3):
        rows += [
            through(
                f"{name}(periodic, {k})",
                lambda x, y, q, k=k: interpolate.make_interp_spline(x, closed(y), k=k, bc_type="periodic")(q),
                x(6),
                real(6),
                QUERY,
            )
        ]
    return rows


def tables(x: Callable[[int], Any]) -> list[Row]:
    inside = np.clip(QUERY, 0.1, 4.0)
    rows = [
        called("interp1d", x(6), real(6), query=inside, options={"kind": kind})
        for kind in ("linear", "nearest", "nearest-up", "previous", "next")
    ]
    rows += [
        called("interp1d", x(6), real(6), query=inside, options={"kind": kind}, float32=False)
        for kind in ("zero", "slinear", "quadratic", "cubic", 5)
    ]
    rows += [
        called("interp1d", x(6), real(6, 2), options={"kind": kind, "fill_value": "extrapolate", "axis": 0})
        for kind in ("linear", "cubic")
    ]
    rows += [
        called("interp1d", x(6), real(6), query=np.clip(QUERY, *ends), options={"kind": kind, "fill_value": "extrapolate"})
        for kind, ends in (("previous", (0.1, 9)), ("next", (-9, 4.0)))
    ]
    rows += [
        called("interp1d", x(6), real(2, 6), options={"bounds_error": False, "fill_value": (0.5, 0.7)}),
        called("interp1d", Const(KNOTS), Const(real(2, 6)), query=inside),
    ]
    rows += [
        through(
            "interp1d(fill)",
            lambda x, y, f, q: interpolate.interp1d(x, y, fill_value=f, bounds_error=False)(q),
            x(6),
            real(6),
            0.4,
            QUERY,
        )
    ]
    rows += [
        through("interp1d(unsorted)", lambda x, y, q: interpolate.interp1d(np.flip(x), np.flip(y))(q), x(6), real(6), inside)
    ]
    for name in ("KroghInterpolator", "BarycentricInterpolator"):
        rows += [
            called(name, x(5), real(5, 2)),
            called(name, x(5), real(2, 5), options={"axis": 1}),
            called(name, Const(KNOTS), Const(real(6)), label="constant"),
        ]
        rows += [
            through(
                f"{name}.derivative",
                lambda x, y, q, name=name: getattr(interpolate, name)(x, y).derivative(q, 2),
                x(5),
                real(5, 2),
                QUERY,
            )
        ]
    rows += [called("KroghInterpolator", Const(np.array([0.0, 0.0, 1.0, 2.0, 2.0, 2.0])), real(6), label="repeated")]
    rows += [through("krogh_interpolate", lambda x, y, q: interpolate.krogh_interpolate(x, y, q, 1), x(4), real(4), QUERY)]
    return [
        *rows,
        through("barycentric_interpolate", lambda x, y, q: interpolate.barycentric_interpolate(x, y, q), x(4), real(4), QUERY),
    ]


def least_squares(x: Any, t: Any) -> list[Row]:
    name = "make_lsq_spline"
    rows = [through(name, lambda x, y, t, q: interpolate.make_lsq_spline(x, y, t, 2)(q), x, real(9), t, QUERY, accuracy=1e-10)]
    rows += [
        through(
            f"{name}(w)",
            lambda x, y, t, w, q: interpolate.make_lsq_spline(x, y, t, 2, w, 1)(q),
            x,
            real(2, 9),
            t,
            positive(9),
            QUERY,
            accuracy=1e-10,
        )
    ]
    return rows


GRID = (np.array([0.0, 0.8, 1.5, 2.4, 3.0]), np.array([3.0, 2.2, 1.5, 0.4, -0.3, -1.0]))
POINTS = np.array([[0.3, 1.1], [2.8, -0.5], [1.7, 2.4]])
SCATTERED = np.array([[0.0, 0.1], [3.0, -0.2], [3.1, 2.9], [-0.1, 3.0], [1.4, 1.2], [2.2, 0.7], [0.9, 2.1]])
WITHIN = np.array([[1.0, 0.8], [2.1, 2.2], [0.7, 1.9], [9.0, 9.0]])


def grids() -> list[Row]:
    name = "RegularGridInterpolator"
    rows = []
    for method in ("linear", "nearest", "pchip"):
        rows += [
            through(
                f"{name}({method})",
                lambda a, b, v, q, m=method: interpolate.RegularGridInterpolator((a, b), v, m)(q),
                *GRID,
                real(5, 6),
                POINTS,
            )
        ]
        rows += [
            through(
                f"{name}({method}, constant)",
                lambda q, m=method: interpolate.RegularGridInterpolator(GRID, real(5, 6), m)(q),
                POINTS,
            )
        ]
    for method in ("slinear", "cubic", "quintic"):  # SciPy solves for the coefficients of these iteratively
        grid = (np.arange(7.0), GRID[1])
        rows += [
            through(
                f"{name}({method})",
                lambda v, q, m=method, g=grid: interpolate.RegularGridInterpolator(g, v, m)(q),
                real(7, 6),
                POINTS,
                accuracy=1e-4,
                float32=False,
            )
        ]
        rows += [
            through(
                f"{name}({method}, constant)",
                lambda q, m=method, g=grid: interpolate.RegularGridInterpolator(g, real(7, 6, 2), m)(
                    q, nu=(0, 1) if m == "cubic" else None
                ),
                POINTS,
            )
        ]
    fill = {"bounds_error": False, "fill_value": 0.3}
    rows += [
        through(
            f"{name}(fill)",
            lambda v, q: interpolate.RegularGridInterpolator(GRID, v, **fill)(q),
            real(5, 6, 2),
            POINTS * 1.9,
            float32=False,
        )
    ]
    rows += [
        through(
            f"{name}(cubic, fill)",
            lambda q: interpolate.RegularGridInterpolator(GRID, real(5, 6), "cubic", **fill)(q),
            POINTS * 1.9,
        )
    ]
    rows += [
        through(
            f"{name}(extrapolate)",
            lambda v, q: interpolate.RegularGridInterpolator(GRID, v, bounds_error=False, fill_value=None)(q),
            real(5, 6),
            POINTS * 1.9,
        )
    ]
    rows += [
        through(
            f"{name}(coordinates)",
            lambda v, a, b: interpolate.RegularGridInterpolator(GRID, v)((a, b)),
            complexes(5, 6),
            np.array([[0.5], [1.1]]),
            np.array([0.2, -0.7, 1.3]),
        )
    ]
    return [
        *rows,
        through("interpn", lambda v, q: interpolate.interpn(GRID, v, q), real(5, 6), POINTS),
        through(
            "interpn(splinef2d)",
            lambda q: interpolate.interpn((GRID[0], GRID[1][::-1]), real(5, 6), q, "splinef2d"),
            POINTS,
            accuracy=1e-5,
        ),
    ]


def scattered() -> list[Row]:
    rows = [
        through(
            "LinearNDInterpolator",
            lambda p, v, q, o=o: interpolate.LinearNDInterpolator(p, v, 0.5, **o)(q),
            SCATTERED,
            real(7, 2),
            WITHIN,
        )
        for o in ({}, {"rescale": True})
    ]
    rows += [
        through(
            "NearestNDInterpolator",
            lambda v, q: interpolate.NearestNDInterpolator(SCATTERED, v, rescale=True)(q),
            real(7),
            WITHIN,
        )
    ]
    rows += [
        through(f"griddata({m})", lambda p, v, q, m=m: interpolate.griddata(p, v, q, m, 0.5), SCATTERED, real(7), WITHIN)
        for m in ("linear", "nearest")
    ]
    rows += [
        through(
            f"griddata(1-d, {m})",
            lambda p, v, q, m=m: interpolate.griddata(p, v, q, m, 0.5),
            KNOTS,
            real(6),
            QUERY,
            float32=False,
        )
        for m in ("linear", "nearest", "cubic")
    ]
    for kernel in (
        "linear",
        "thin_plate_spline",
        "cubic",
        "quintic",
        "multiquadric",
        "inverse_multiquadric",
        "inverse_quadratic",
        "gaussian",
    ):
        rows += [
            through(
                f"RBFInterpolator({kernel})",
                lambda p, d, q, e, k=kernel: interpolate.RBFInterpolator(p, d, kernel=k, epsilon=e)(q),
                SCATTERED,
                real(7),
                WITHIN[:3],
                0.8,
                accuracy=1e-11,
                tolerance=1e-5,
                float32=False,
            )
        ]
    rows += [
        through(
            "RBFInterpolator(smoothing)",
            lambda p, d, s, q: interpolate.RBFInterpolator(p, d, smoothing=s, degree=2)(q),
            SCATTERED,
            complexes(7, 2),
            positive(7),
            WITHIN[:3],
            accuracy=1e-11,
            float32=False,
        )
    ]
    return [
        *rows,
        through(
            "RBFInterpolator(constant)",
            lambda q: interpolate.RBFInterpolator(SCATTERED, real(7))(q),
            WITHIN[:3],
            accuracy=1e-11,
        ),
    ]


KNOT_VECTOR = np.array([0.0, 0.1, 0.4, 1.6, 2.3, 4.0, 4.2, 4.4])
ROUNDED = [
    *pieces(KNOTS, KNOTS[::-1].copy()),
    *cubics(lambda n: Const(KNOTS[:n])),
    *cubics(lambda n: KNOTS[:n]),
    *bsplines(lambda n: Const(KNOTS[:n]), Const(KNOT_VECTOR)),
    *bsplines(lambda n: KNOTS[:n], KNOT_VECTOR),
    *tables(lambda n: Const(KNOTS[:n])),
    *tables(lambda n: KNOTS[:n]),
    *grids(),
    *scattered(),
    *least_squares(Const(np.linspace(0.1, 4.3, 9)), Const(np.array([-0.4, -0.3, 0.0, 1.3, 2.9, 4.4, 4.6, 4.7]))),
    *least_squares(np.linspace(0.1, 4.3, 9), np.array([-0.4, -0.3, 0.0, 1.3, 2.9, 4.4, 4.6, 4.7])),
]
