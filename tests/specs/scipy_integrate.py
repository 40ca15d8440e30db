"""Rows of `revad.scipy.integrate`: integrals of samples."""

from revad.scipy import integrate
from tests.specs._row import positive, real, row

rising = [0.0, 0.3, 0.9, 1.4, 2.5, 2.9, 3.1, 4.0, 4.2]


def grid(n):
    """n increasing abscissae, unevenly spaced."""
    import numpy as np

    return np.array(rising[:n])


ROWS = [
    row(integrate.trapezoid, real(3, 4), complex=True, float32=False),
    row(integrate.trapezoid, real(3, 4), grid(3), axis=0, float32=False),
    row(integrate.trapezoid, real(4), real(4, salt=1), float32=False),
    row(integrate.simpson, real(7), complex=True, float32=False),
    row(integrate.simpson, real(2, 6), dx=0.3, float32=False),
    row(integrate.simpson, real(2, 6), grid(6), float32=False),
    row(integrate.simpson, real(2, 7), grid(7), float32=False),
    row(integrate.simpson, real(5, 2), grid(5), axis=0, float32=False),
    row(integrate.simpson, real(2, 2), float32=False),
    row(integrate.simpson, real(2, 4), real(2, 4, salt=5), float32=False),
    row(lambda y, dx: integrate.simpson(y, dx=dx), real(4), 0.4, name="simpson in dx", float32=False),
    row(integrate.romb, real(2, 5), 0.3, float32=False),
    row(integrate.romb, real(9, 2), 0.3, 0, float32=False),
    row(integrate.romb, real(2), float32=False),
    row(integrate.cumulative_trapezoid, real(2, 4), grid(4), float32=False),
    row(integrate.cumulative_trapezoid, real(4, 2), dx=0.5, axis=0, initial=0, float32=False),
    row(integrate.cumulative_simpson, real(2, 6), float32=False),
    row(integrate.cumulative_simpson, real(2, 5), initial=0, float32=False),
    row(lambda y, x: integrate.cumulative_simpson(y, x=x), real(2, 6), grid(6), name="cumulative_simpson in x", float32=False),
    row(lambda y, x: integrate.cumulative_simpson(y, x=x), real(2, 7), grid(7), name="cumulative_simpson in x", float32=False),
    row(
        lambda y, x, c: integrate.cumulative_simpson(y, x=x, axis=0, initial=c),
        real(5, 2),
        grid(5),
        positive(1, 2),
        name="cumulative_simpson along axis 0 with an initial value",
        float32=False,
    ),
    row(
        lambda y, dx: integrate.cumulative_simpson(y, dx=dx),
        real(3, 4),
        positive(3, 1),
        name="cumulative_simpson in dx",
        float32=False,
    ),
    row(integrate.cumulative_simpson, real(3, 2), float32=False),
]
