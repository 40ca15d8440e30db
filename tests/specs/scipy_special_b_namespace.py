"""`revad.scipy.special`: the functions that are not ufuncs."""

import numpy as np

from revad.scipy import special
from tests.specs._row import complexes, positive, real, row, unit

N, M = np.array([1, 2, 5]), np.array([0, -2, 3])
DERIVATIVES = (special.jvp, special.yvp, special.ivp, special.kvp, special.h1vp, special.h2vp)
SHARES = (special.logsumexp, special.softmax, special.log_softmax)

ROWS = [
    *(row(f, real(2, 3), complex=True) for f in SHARES),
    *(row(f, real(2, 3), axis=-1, complex=True) for f in SHARES),
    *(row(f, real(2, 3, 2), axis=(0, 2)) for f in SHARES),
    *(row(f, 0.3) for f in SHARES),
    row(special.logsumexp, real(2, 3)[:, ::-1], 0, positive(2, 3), True, complex=True, name="logsumexp(b, keepdims)"),
    row(special.logsumexp, real(3), None, positive(2, 1), name="logsumexp(b that is wider)"),
    row(special.logsumexp, positive(2, 1), 0, real(3, salt=5), False, True, name="logsumexp(b, return_sign)"),
    row(special.logsumexp, complexes(2, 3), 1, complexes(2, 3, salt=5), False, True, name="logsumexp(return_sign), complex"),
    row(special.logsumexp, complexes(2, 3), keepdims=True, return_sign=True),
    row(special.softplus, 3 * real(3)),
    row(special.comb, positive(3) + 4, positive(3)),
    row(special.comb, 5.0, 2.0),
    row(special.comb, positive(3) + 4, positive(3), repetition=True),
    row(special.perm, positive(3) + 4, positive(3)),
    row(special.factorial, real(4), float32=False),  # SciPy returns double precision
    row(special.factorial, complexes(3), extend="complex", float32=False),
    row(special.factorial2, positive(3), extend="complex", float32=False),
    row(special.factorialk, positive(3), 2.5, extend="complex", float32=False),
    row(special.factorialk, complexes(3), 3, extend="complex", float32=False),
    row(special.polygamma, N - 1, positive(3)),
    row(special.multigammaln, positive(3) + 3, 3),
    *(row(f, positive(2), complexes(2) + 0.5, name=f"{f.__name__}, complex") for f in DERIVATIVES),
    *(row(f, 0.7, 1.3, 3, name=f"{f.__name__}, third", float32=False) for f in DERIVATIVES),  # single precision: no digits left
    row(special.legendre_p, N - 1, unit(3)),
    row(special.legendre_p, N - 1, unit(3), diff_n=2),
    row(special.legendre_p_all, 4, unit(3), diff_n=1),
    row(special.assoc_legendre_p, N, 1, unit(3), diff_n=2),
    row(special.assoc_legendre_p, N, M, unit(3), norm=True),
    row(special.assoc_legendre_p, N, M, complexes(3), branch_cut=3, diff_n=1),
    row(special.assoc_legendre_p_all, 3, 2, unit(2)),
    row(special.sph_legendre_p, N, M, positive(3), diff_n=2),
    row(special.sph_legendre_p_all, 3, 2, positive(2)),
    row(special.sph_harm_y, N, M, positive(3), real(3)),
    row(special.sph_harm_y, N, M, positive(3), real(3), diff_n=2),
    row(special.sph_harm_y_all, 2, 1, positive(2), real(2), diff_n=1),
    row(special.diric, np.array([0.0, 0.3, 2 * np.pi, 4.0]), np.array([3, 4, 5, 1])),
    row(special.diric, 0.4, 6),
    row(special.sinc, real(3)),
    # in single precision SciPy returns NaN
    *(row(f, n, 1.3, float32=False) for f in (special.riccati_jn, special.riccati_yn) for n in (0, 3)),
    *(row(f, v, 0.7) for f in (special.pbdv_seq, special.pbvv_seq) for v in (2.3, 0.4)),
    row(special.lmbda, 2.3, 1.2),
    row(special.lmbda, 2, 1.2),
    row(special.lqn, 3, unit(2)),
    row(special.lqn, 3, 1.7, name="lqn, beyond 1"),
    row(special.lqn, 3, complexes(2), name="lqn, complex"),
    row(special.lqmn, 2, 3, unit(2)),
    row(special.lqmn, 2, 3, complexes(2), name="lqmn, complex"),
    row(special.pro_cv_seq, 1, 4, 2.3, float32=False),  # in single precision SciPy does not return
    row(special.obl_cv_seq, 1, 4, 2.3, float32=False),
    *(row(special.mathieu_even_coef, m, 1.3) for m in (0, 1, 2)),
    *(row(special.mathieu_odd_coef, m, 1.3) for m in (1, 2)),
    row(special.ellip_harm, 5.0, 8.0, 3, 2, 2.5),
    row(special.ellip_harm, 5.0, 8.0, np.array([2, 3]), np.array([4, 6]), np.array([3.5, 4.0]), -1),
    row(special.ellip_harm_2, 5.0, 8.0, 2, 1, 10.0),
    row(special.ellip_normal, 5.0, 8.0, 3, 7),
]
