"""Integration under SciPy's names: sampled functions, adaptive quadrature and ordinary differential equations, differentiable."""

from typing import Any

from revad.base.extras import need

need("scipy.integrate", "scipy", "revad.scipy.integrate")

from revad.scipy.integrate.equations import odeint as odeint  # noqa: E402
from revad.scipy.integrate.equations import solve_ivp as solve_ivp  # noqa: E402
from revad.scipy.integrate.nested import dblquad as dblquad  # noqa: E402
from revad.scipy.integrate.nested import nquad as nquad  # noqa: E402
from revad.scipy.integrate.nested import tplquad as tplquad  # noqa: E402
from revad.scipy.integrate.quadrature import fixed_quad as fixed_quad  # noqa: E402
from revad.scipy.integrate.quadrature import quad as quad  # noqa: E402
from revad.scipy.integrate.quadrature import quad_vec as quad_vec  # noqa: E402
from revad.scipy.integrate.samples import cumulative_simpson as cumulative_simpson  # noqa: E402
from revad.scipy.integrate.samples import cumulative_trapezoid as cumulative_trapezoid  # noqa: E402
from revad.scipy.integrate.samples import romb as romb  # noqa: E402
from revad.scipy.integrate.samples import simpson as simpson  # noqa: E402
from revad.scipy.integrate.samples import trapezoid as trapezoid  # noqa: E402


def __getattr__(name: str) -> Any:
    import scipy.integrate

    return getattr(scipy.integrate, name)
