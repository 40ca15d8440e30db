"""Sparse matrices of derivatives: the pattern, the colouring, the compressed products."""

from revad.transforms.sparse.matrices import sparse_hessian as sparse_hessian
from revad.transforms.sparse.matrices import sparse_jacobian as sparse_jacobian
from revad.transforms.sparse.patterns import sparsity as sparsity
