"""Integration under SciPy's names: sampled functions, adaptive quadrature and ordinary differential equations, differentiable."""

from typing import Any

from revad.base.extras import need

need("scipy.integrate", "scipy", "revad.scipy.integrate")

from revad.scipy.integrate.equations import odeint as odeint
from revad.scipy.integrate.equations import solve_ivp as solve_ivp
from revad.scipy.integrate.nested import dblquad as dblquad
from revad.scipy.integrate.nested import nquad as nquad
from revad.scipy.integrate.nested import tplquad as tplquad
from revad.scipy.integrate.quadrature import fixed_quad as fixed_quad
from revad.scipy.integrate.quadrature import quad as quad
from revad.scipy.integrate.quadrature import quad_vec as quad_vec
from revad.scipy.integrate.samples import cumulative_simpson as cumulative_simpson
from revad.scipy.integrate.samples import cumulative_trapezoid as cumulative_trapezoid
from revad.scipy.integrate.samples import romb as romb
from revad.scipy.integrate.samples import simpson as simpson
from revad.scipy.integrate.samples import trapezoid as trapezoid


def __getattr__(name: str) -> Any:
    import scipy.integrate

    return getattr(scipy.integrate, name)
