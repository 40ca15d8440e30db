"""Roots, minima and fits under SciPy's names, differentiated implicitly. All other names are SciPy's own."""

from typing import Any

from revad.base.extras import need

need("scipy.optimize", "scipy", "revad.scipy.optimize")

from revad.scipy.optimize.fitting import curve_fit as curve_fit  # noqa: E402
from revad.scipy.optimize.fitting import least_squares as least_squares  # noqa: E402
from revad.scipy.optimize.fitting import lsq_linear as lsq_linear  # noqa: E402
from revad.scipy.optimize.fitting import nnls as nnls  # noqa: E402
from revad.scipy.optimize.linear import isotonic_regression as isotonic_regression  # noqa: E402
from revad.scipy.optimize.linear import linear_sum_assignment as linear_sum_assignment  # noqa: E402
from revad.scipy.optimize.linear import linprog as linprog  # noqa: E402
from revad.scipy.optimize.minima import fmin as fmin  # noqa: E402
from revad.scipy.optimize.minima import fmin_bfgs as fmin_bfgs  # noqa: E402
from revad.scipy.optimize.minima import fmin_cg as fmin_cg  # noqa: E402
from revad.scipy.optimize.minima import fmin_powell as fmin_powell  # noqa: E402
from revad.scipy.optimize.minima import minimize as minimize  # noqa: E402
from revad.scipy.optimize.minima import minimize_scalar as minimize_scalar  # noqa: E402
from revad.scipy.optimize.roots import bisect as bisect  # noqa: E402
from revad.scipy.optimize.roots import brenth as brenth  # noqa: E402
from revad.scipy.optimize.roots import brentq as brentq  # noqa: E402
from revad.scipy.optimize.roots import fixed_point as fixed_point  # noqa: E402
from revad.scipy.optimize.roots import fsolve as fsolve  # noqa: E402
from revad.scipy.optimize.roots import newton as newton  # noqa: E402
from revad.scipy.optimize.roots import ridder as ridder  # noqa: E402
from revad.scipy.optimize.roots import root as root  # noqa: E402
from revad.scipy.optimize.roots import root_scalar as root_scalar  # noqa: E402
from revad.scipy.optimize.roots import toms748 as toms748  # noqa: E402


def __getattr__(name: str) -> Any:
    import scipy.optimize

    return getattr(scipy.optimize, name)
