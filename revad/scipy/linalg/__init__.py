"""`scipy.linalg`, differentiable. Names without a derivative (constant matrices, BLAS and LAPACK) are SciPy's own."""

from typing import Any

import scipy.linalg

from revad.scipy.linalg.band_factors import cholesky_banded as cholesky_banded
from revad.scipy.linalg.band_factors import eig_banded as eig_banded
from revad.scipy.linalg.band_factors import eigh_tridiagonal as eigh_tridiagonal
from revad.scipy.linalg.band_factors import eigvals_banded as eigvals_banded
from revad.scipy.linalg.band_factors import eigvalsh_tridiagonal as eigvalsh_tridiagonal
from revad.scipy.linalg.bands import cho_solve_banded as cho_solve_banded
from revad.scipy.linalg.bands import solve_banded as solve_banded
from revad.scipy.linalg.bands import solveh_banded as solveh_banded
from revad.scipy.linalg.constant_diagonals import matmul_toeplitz as matmul_toeplitz
from revad.scipy.linalg.constant_diagonals import solve_circulant as solve_circulant
from revad.scipy.linalg.constant_diagonals import solve_toeplitz as solve_toeplitz
from revad.scipy.linalg.equations import det as det
from revad.scipy.linalg.equations import inv as inv
from revad.scipy.linalg.equations import lstsq as lstsq
from revad.scipy.linalg.equations import pinv as pinv
from revad.scipy.linalg.equations import pinvh as pinvh
from revad.scipy.linalg.equations import solve as solve
from revad.scipy.linalg.equations import solve_triangular as solve_triangular
from revad.scipy.linalg.exponentials import coshm as coshm
from revad.scipy.linalg.exponentials import cosm as cosm
from revad.scipy.linalg.exponentials import expm as expm
from revad.scipy.linalg.exponentials import expm_cond as expm_cond
from revad.scipy.linalg.exponentials import expm_frechet as expm_frechet
from revad.scipy.linalg.exponentials import sinhm as sinhm
from revad.scipy.linalg.exponentials import sinm as sinm
from revad.scipy.linalg.exponentials import tanhm as tanhm
from revad.scipy.linalg.exponentials import tanm as tanm
from revad.scipy.linalg.functions import fractional_matrix_power as fractional_matrix_power
from revad.scipy.linalg.functions import funm as funm
from revad.scipy.linalg.functions import logm as logm
from revad.scipy.linalg.functions import signm as signm
from revad.scipy.linalg.functions import sqrtm as sqrtm
from revad.scipy.linalg.hessenberg_form import hessenberg as hessenberg
from revad.scipy.linalg.matrix_equations import solve_continuous_are as solve_continuous_are
from revad.scipy.linalg.matrix_equations import solve_continuous_lyapunov as solve_continuous_lyapunov
from revad.scipy.linalg.matrix_equations import solve_discrete_are as solve_discrete_are
from revad.scipy.linalg.matrix_equations import solve_discrete_lyapunov as solve_discrete_lyapunov
from revad.scipy.linalg.matrix_equations import solve_lyapunov as solve_lyapunov
from revad.scipy.linalg.matrix_equations import solve_sylvester as solve_sylvester
from revad.scipy.linalg.orthogonal import orthogonal_procrustes as orthogonal_procrustes
from revad.scipy.linalg.orthogonal import polar as polar
from revad.scipy.linalg.orthogonal import qr as qr
from revad.scipy.linalg.orthogonal import qr_multiply as qr_multiply
from revad.scipy.linalg.orthogonal import rq as rq
from revad.scipy.linalg.remaining import bandwidth as bandwidth
from revad.scipy.linalg.remaining import clarkson_woodruff_transform as clarkson_woodruff_transform
from revad.scipy.linalg.remaining import cossin as cossin
from revad.scipy.linalg.remaining import ishermitian as ishermitian
from revad.scipy.linalg.remaining import issymmetric as issymmetric
from revad.scipy.linalg.remaining import matrix_balance as matrix_balance
from revad.scipy.linalg.remaining import norm as norm
from revad.scipy.linalg.remaining import ordqz as ordqz
from revad.scipy.linalg.remaining import qr_delete as qr_delete
from revad.scipy.linalg.remaining import qr_insert as qr_insert
from revad.scipy.linalg.remaining import qr_update as qr_update
from revad.scipy.linalg.remaining import qz as qz
from revad.scipy.linalg.schur_form import rsf2csf as rsf2csf
from revad.scipy.linalg.schur_form import schur as schur
from revad.scipy.linalg.singular import diagsvd as diagsvd
from revad.scipy.linalg.singular import null_space as null_space
from revad.scipy.linalg.singular import orth as orth
from revad.scipy.linalg.singular import subspace_angles as subspace_angles
from revad.scipy.linalg.singular import svd as svd
from revad.scipy.linalg.singular import svdvals as svdvals
from revad.scipy.linalg.spectrum import eig as eig
from revad.scipy.linalg.spectrum import eigh as eigh
from revad.scipy.linalg.spectrum import eigvals as eigvals
from revad.scipy.linalg.spectrum import eigvalsh as eigvalsh
from revad.scipy.linalg.structured_matrices import block_diag as block_diag
from revad.scipy.linalg.structured_matrices import cdf2rdf as cdf2rdf
from revad.scipy.linalg.structured_matrices import circulant as circulant
from revad.scipy.linalg.structured_matrices import companion as companion
from revad.scipy.linalg.structured_matrices import convolution_matrix as convolution_matrix
from revad.scipy.linalg.structured_matrices import fiedler as fiedler
from revad.scipy.linalg.structured_matrices import fiedler_companion as fiedler_companion
from revad.scipy.linalg.structured_matrices import hankel as hankel
from revad.scipy.linalg.structured_matrices import khatri_rao as khatri_rao
from revad.scipy.linalg.structured_matrices import leslie as leslie
from revad.scipy.linalg.structured_matrices import toeplitz as toeplitz
from revad.scipy.linalg.triangular import cho_factor as cho_factor
from revad.scipy.linalg.triangular import cho_solve as cho_solve
from revad.scipy.linalg.triangular import cholesky as cholesky
from revad.scipy.linalg.triangular import ldl as ldl
from revad.scipy.linalg.triangular import lu as lu
from revad.scipy.linalg.triangular import lu_factor as lu_factor
from revad.scipy.linalg.triangular import lu_solve as lu_solve


def __getattr__(name: str) -> Any:
    return getattr(scipy.linalg, name)


def __dir__() -> list[str]:
    return dir(scipy.linalg)
