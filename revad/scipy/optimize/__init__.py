"""Roots, minima and fits under SciPy's names, differentiated implicitly. All other names are SciPy's own."""

from typing import Any

from revad.base.extras import need

need("scipy.optimize", "scipy", "revad.scipy.optimize")

from revad.scipy.optimize.fitting import curve_fit as curve_fit
from revad.scipy.optimize.fitting import least_squares as least_squares
from revad.scipy.optimize.fitting import lsq_linear as lsq_linear
from revad.scipy.optimize.fitting import nnls as nnls
from revad.scipy.optimize.linear import isotonic_regression as isotonic_regression
from revad.scipy.optimize.linear import linear_sum_assignment as linear_sum_assignment
from revad.scipy.optimize.linear import linprog as linprog
from revad.scipy.optimize.minima import fmin as fmin
from revad.scipy.optimize.minima import fmin_bfgs as fmin_bfgs
from revad.scipy.optimize.minima import fmin_cg as fmin_cg
from revad.scipy.optimize.minima import fmin_powell as fmin_powell
from revad.scipy.optimize.minima import minimize as minimize
from revad.scipy.optimize.minima import minimize_scalar as minimize_scalar
from revad.scipy.optimize.roots import bisect as bisect
from revad.scipy.optimize.roots import brenth as brenth
from revad.scipy.optimize.roots import brentq as brentq
from revad.scipy.optimize.roots import fixed_point as fixed_point
from revad.scipy.optimize.roots import fsolve as fsolve
from revad.scipy.optimize.roots import newton as newton
from revad.scipy.optimize.roots import ridder as ridder
from revad.scipy.optimize.roots import root as root
from revad.scipy.optimize.roots import root_scalar as root_scalar
from revad.scipy.optimize.roots import toms748 as toms748


def __getattr__(name: str) -> Any:
    import scipy.optimize

    return getattr(scipy.optimize, name)
