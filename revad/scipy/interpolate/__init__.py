"""`scipy.interpolate`, differentiable."""

from typing import Any

import scipy.interpolate

from revad.scipy.interpolate.bsplines import BSpline as BSpline
from revad.scipy.interpolate.bsplines import make_interp_spline as make_interp_spline
from revad.scipy.interpolate.bsplines import make_lsq_spline as make_lsq_spline
from revad.scipy.interpolate.cubic import Akima1DInterpolator as Akima1DInterpolator
from revad.scipy.interpolate.cubic import CubicHermiteSpline as CubicHermiteSpline
from revad.scipy.interpolate.cubic import CubicSpline as CubicSpline
from revad.scipy.interpolate.cubic import PchipInterpolator as PchipInterpolator
from revad.scipy.interpolate.cubic import pchip_interpolate as pchip_interpolate
from revad.scipy.interpolate.fitpack import InterpolatedUnivariateSpline as InterpolatedUnivariateSpline
from revad.scipy.interpolate.fitpack import LSQBivariateSpline as LSQBivariateSpline
from revad.scipy.interpolate.fitpack import LSQUnivariateSpline as LSQUnivariateSpline
from revad.scipy.interpolate.fitpack import RectBivariateSpline as RectBivariateSpline
from revad.scipy.interpolate.fitpack import SmoothBivariateSpline as SmoothBivariateSpline
from revad.scipy.interpolate.fitpack import UnivariateSpline as UnivariateSpline
from revad.scipy.interpolate.fitpack import splev as splev
from revad.scipy.interpolate.fitpack import splint as splint
from revad.scipy.interpolate.fitpack import splrep as splrep
from revad.scipy.interpolate.grids import RegularGridInterpolator as RegularGridInterpolator
from revad.scipy.interpolate.grids import interpn as interpn
from revad.scipy.interpolate.interpolant import evaluate as evaluate
from revad.scipy.interpolate.pieces import BPoly as BPoly
from revad.scipy.interpolate.pieces import PPoly as PPoly
from revad.scipy.interpolate.polynomials import BarycentricInterpolator as BarycentricInterpolator
from revad.scipy.interpolate.polynomials import KroghInterpolator as KroghInterpolator
from revad.scipy.interpolate.polynomials import barycentric_interpolate as barycentric_interpolate
from revad.scipy.interpolate.polynomials import krogh_interpolate as krogh_interpolate
from revad.scipy.interpolate.scattered import LinearNDInterpolator as LinearNDInterpolator
from revad.scipy.interpolate.scattered import NearestNDInterpolator as NearestNDInterpolator
from revad.scipy.interpolate.scattered import RBFInterpolator as RBFInterpolator
from revad.scipy.interpolate.scattered import griddata as griddata
from revad.scipy.interpolate.tables import interp1d as interp1d


def __getattr__(name: str) -> Any:
    return getattr(scipy.interpolate, name)


def __dir__() -> list[str]:
    return dir(scipy.interpolate)
