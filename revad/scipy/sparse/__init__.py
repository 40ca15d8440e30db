"""`scipy.sparse`, differentiable: constant matrices that meet tracked vectors, and matrices with tracked entries.

`matmul(A, t)` multiplies a matrix of SciPy with a tracked array (SciPy's own ``A @ t`` cannot, and says so). `csr_array`,
`csc_array`, `coo_array` and `diags_array` make a `SparseArray` where the entries are tracked. All other names are SciPy's own.
"""

from importlib import import_module
from typing import Any

import scipy.sparse

from revad.scipy.sparse.array import SparseArray as SparseArray
from revad.scipy.sparse.array import as_sparse as as_sparse
from revad.scipy.sparse.array import coo_array as coo_array
from revad.scipy.sparse.array import csc_array as csc_array
from revad.scipy.sparse.array import csr_array as csr_array
from revad.scipy.sparse.array import diags_array as diags_array
from revad.scipy.sparse.array import matmul as matmul
from revad.scipy.sparse.edges import state as _state

_state()


def __getattr__(name: str) -> Any:
    return import_module(f"{__name__}.linalg") if name == "linalg" else getattr(scipy.sparse, name)


def __dir__() -> list[str]:
    return sorted({*dir(scipy.sparse), "SparseArray", "as_sparse", "matmul"})
