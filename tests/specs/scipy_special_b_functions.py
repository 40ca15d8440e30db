"""`scipy.special`: orthogonal polynomials, solutions of differential equations."""

import numpy as np
from scipy import special

from tests.specs._row import real, row, unit

N, V = np.array([0, 1, 4]), np.array([0.3, 1.0, 2.7])
X = np.array([-0.8, 0.3, 0.9])
INSIDE = np.array([0.18, 0.62, 0.86])
BEYOND = np.array([1.0, 1.5, 2.0])
C = np.array([2.3, 3.0])
CHEBYSHEV_LIKE = (
    (special.eval_chebyt, X),
    (special.eval_chebyu, X),
    (special.eval_chebyc, 2 * X),
    (special.eval_chebys, 2 * X),
    (special.eval_sh_chebyt, INSIDE),
    (special.eval_sh_chebyu, INSIDE),
    (special.eval_legendre, X),
    (special.eval_sh_legendre, INSIDE),
    (special.eval_laguerre, X),
)

# SciPy's single-precision loops of the Mathieu functions return NaN, and those of the spheroidal ones do not return
MATHIEU_X = np.array([0.3, 1.2])
MATHIEU_Q = np.array([0.5, 3.0])
RADIAL = {"pro": np.array([1.5, 2.3]), "obl": np.array([0.5, 2.3])}
ANGULAR = np.array([0.2, -0.6])


def spheroidal(kind: str) -> list:
    """Rows of the prolate or the oblate functions."""
    value = getattr(special, f"{kind}_cv")
    rows = [row(value, 1, 3, C, float32=False)]
    for name, x in (("ang1", ANGULAR), ("rad1", RADIAL[kind]), ("rad2", RADIAL[kind])):
        rows.append(row(getattr(special, f"{kind}_{name}"), 1, 3, C, x, float32=False))
        rows.append(row(getattr(special, f"{kind}_{name}_cv"), 1, 3, C, value(1, 3, C), x, float32=False))
    return rows


ROWS = [
    *(row(f, N, x, name=f"{f.__name__}, whole degree") for f, x in CHEBYSHEV_LIKE),
    *(row(f, V, x) for f, x in CHEBYSHEV_LIKE),
    *(row(f, V, x + 0.3j, name=f"{f.__name__}, complex") for f, x in CHEBYSHEV_LIKE),
    row(special.eval_chebyt, V, BEYOND, name="eval_chebyt, beyond 1"),
    row(special.eval_chebyu, V, BEYOND, name="eval_chebyu, beyond 1"),
    row(special.eval_hermite, N, X),
    row(special.eval_hermitenorm, N, X),
    row(special.eval_gegenbauer, N, 0.7, X),
    row(special.eval_gegenbauer, V, 0.7, X),
    row(special.eval_gegenbauer, V, 0.7, X + 0.3j, name="eval_gegenbauer, complex"),
    row(special.eval_genlaguerre, N, 0.7, X),
    row(special.eval_genlaguerre, V, 0.7, X),
    row(special.eval_genlaguerre, V, 0.7, X + 0.3j, name="eval_genlaguerre, complex"),
    row(special.eval_jacobi, N, 1.7, 0.4, X),
    row(special.eval_jacobi, V, 1.7, 0.4, X),
    row(special.eval_jacobi, V[1:], 1.7, 0.4, X[1:] + 0.3j, name="eval_jacobi, complex"),
    row(special.eval_sh_jacobi, N, 1.7, 0.4, INSIDE),
    row(special.eval_sh_jacobi, V, 1.7, 0.4, INSIDE),
    row(special.eval_sh_jacobi, V[1:], 1.7, 0.4, INSIDE[1:] + 0.3j, name="eval_sh_jacobi, complex"),
    row(special.assoc_laguerre, X, 2.5, 0.3),
    row(special.lpmv, 1, np.array([0.7, 1.6, 2.0]), unit(3)),
    row(special.lpmv, np.array([0, 2, -1]), np.array([2.7, 3.6, 2.0]), unit(3)),
    row(special.pbdv, np.array([0.3, 1.7, -0.6]), 2 * X),
    row(special.pbvv, np.array([0.3, 1.7, -0.6]), 3 * X),
    row(special.pbwa, real(3), X),
    row(special.mathieu_a, 2, np.array([0.5, -1.3, 7.0])),
    row(special.mathieu_b, np.array([1, 2, 3]), np.array([0.5, -1.3, 7.0])),
    row(special.mathieu_cem, 2, MATHIEU_Q, np.array([20.0, 70.0]), float32=False),
    row(special.mathieu_sem, 2, MATHIEU_Q, np.array([20.0, 70.0]), float32=False),
    row(special.mathieu_modcem1, 2, MATHIEU_Q, MATHIEU_X, float32=False),
    row(special.mathieu_modcem2, 2, MATHIEU_Q, MATHIEU_X, float32=False),
    row(special.mathieu_modsem1, 2, MATHIEU_Q, MATHIEU_X, float32=False),
    row(special.mathieu_modsem2, 2, MATHIEU_Q, MATHIEU_X, float32=False),
    *spheroidal("pro"),
    *spheroidal("obl"),
]
