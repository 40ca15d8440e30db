"""`scipy.special`: distribution functions in all their arguments, and the functions that solve for one of these."""

import numpy as np
from scipy import special

from tests.specs._row import positive, real, row

K, N = np.array([1, 3, 2]), np.array([5, 7, 4])
P, X = np.array([0.2, 0.55, 0.9]), np.array([0.3, 0.4, 0.6])
A, B, C = positive(3), positive(3, salt=2) + 0.2, positive(3, salt=4) + 0.5
T = real(3)
CHI2 = special.chndtr(B, A, C)
F = special.ncfdtr(A + 1, B + 1, C, A + 0.5)
# SciPy finds the parameters of the noncentral F distribution to four digits, and sometimes not at all
DFN, DFD, NC, RATIO = np.array([2.0, 2.5]), np.array([5.0, 4.0]), np.array([1.5, 0.8]), np.array([0.6, 0.5])
FOUND = np.array([[7.0, 5.1], [1.4, 1.2], [1.8, 1.1], [3.1, 7.1]])
ROUGH = special.ncfdtr(DFN, DFD, NC, RATIO)
NCT = special.nctdtr(A + 1, T, C)

ROWS = [
    row(special.bdtr, K, N, P),
    row(special.bdtrc, K, N, P),
    row(special.bdtri, K, N, P),
    row(special.bdtrik, P, N * 1.0, X),
    row(special.bdtrin, K * 1.0, P, X),
    row(special.nbdtr, K, N, P),
    row(special.nbdtrc, K, N, P),
    row(special.nbdtri, K, N, P),
    row(special.nbdtrik, P, N * 1.0, X),
    row(special.nbdtrin, K * 1.0, P, X),
    row(special.pdtr, K, A),
    row(special.pdtrc, K, A),
    row(special.pdtri, K, P),
    row(special.pdtrik, P, N * 1.0),
    row(special.gdtr, A, B, C),
    row(special.gdtrc, A, B, C),
    row(special.gdtria, P, A, B),
    row(special.gdtrib, A, P, B),
    row(special.gdtrix, A, B, P),
    row(special.chdtr, A, B),
    row(special.chdtrc, A, B),
    row(special.chdtri, A, P),
    row(special.chdtriv, P, B),
    row(special.btdtria, P, A, X),
    row(special.btdtrib, A, P, X),
    row(special.fdtr, A, B, C),
    row(special.fdtrc, A[:, None], B, 0.7),
    row(special.fdtri, A + 1, B + 1, P),
    row(special.fdtridfd, A + 1, special.fdtr(A + 1, B + 1, C), C),
    row(special.stdtr, A, T),
    row(special.stdtrit, A, P),
    row(special.stdtridf, special.stdtr(B, C), C),
    row(special.nrdtrimn, P, A, B),
    row(special.nrdtrisd, A, P, B + 3),
    row(special.tklmbda, np.array([-0.7, 0.4, 1.5, 3.0]), np.array([0.5, 1.3, -0.7, 0.6])),
    row(special.kolmogorov, np.array([0.3, 0.9, 1.1, 2.0])),
    row(special.kolmogi, P),
    row(special.smirnov, 7, np.array([0.05, 0.11, 0.3, 0.5, 0.93])),
    row(special.smirnov, np.array([3, 10]), np.array([[0.21], [0.71]])),
    row(special.smirnovi, np.array([3, 10]), np.array([0.2, 0.7])),
    row(special.chndtr, B, A, C),
    # single precision has too few digits for nearly equal x and nc
    row(special.chndtr, np.array([3.01e4]), np.array([5.0]), np.array([3e4]), name="chndtr, far", float32=False),
    row(special.chndtrix, CHI2, A, C),
    row(special.chndtridf, B, CHI2, C),
    row(special.chndtrinc, B, A, CHI2),
    row(special.ncfdtr, A + 1, B + 1, C, A + 0.5),
    row(special.ncfdtri, A + 1, B + 1, C, F),
    row(special.ncfdtridfn, ROUGH, DFD, NC, RATIO, tolerance=1e-3),
    row(special.ncfdtridfd, FOUND[0], special.ncfdtr(*FOUND), *FOUND[2:], tolerance=1e-3),
    row(special.ncfdtrinc, DFN, DFD, ROUGH, RATIO, tolerance=1e-3),
    row(special.nctdtr, A + 1, T, C),
    row(special.nctdtridf, NCT, T, C),
    row(special.nctdtrinc, A + 1, NCT, C),
    row(special.nctdtrit, A + 1, T, NCT),
]
