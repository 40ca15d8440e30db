"""Functions without a derivative: those whose result cannot vary smoothly, and those that tracked values must not enter.

A function is here only if no choice of arguments gives it a derivative; functions of floating result that are constant between
steps (`floor`, `round`, `sign` ...) stand with their families. `creation` lists what makes a new array after the pattern of
another: its elements are constants, but it can be written into.
"""

from __future__ import annotations

import numpy as np
from numpy._core import strings, umath  # where NumPy keeps the string functions that it has no public name for

from revad.operations.operation import if_present
from revad.operations.registry import creation, nondiff, unsupported

# Predicates and comparisons --------------------------------------------------------------------------------------------------

nondiff(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)
nondiff(np.logical_and, np.logical_or, np.logical_xor, np.logical_not, np.all, np.any)
nondiff(np.isfinite, np.isinf, np.isnan, np.isposinf, np.isneginf, np.isnat)
nondiff(np.isreal, np.iscomplex, np.isrealobj, np.iscomplexobj)
nondiff(np.isclose, np.allclose, np.array_equal, np.array_equiv, np.isin, if_present("in1d"))

# Whole numbers ---------------------------------------------------------------------------------------------------------------

nondiff(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.left_shift, np.right_shift, np.bitwise_count)
nondiff(np.gcd, np.lcm, np.packbits, np.unpackbits)

# Shapes, dtypes, memory ------------------------------------------------------------------------------------------------------

nondiff(np.shape, np.ndim, np.size, np.linalg.matrix_rank, np.einsum_path)
nondiff(np.result_type, np.can_cast, np.common_type, np.min_scalar_type)
nondiff(np.may_share_memory, np.shares_memory)

# Positions -------------------------------------------------------------------------------------------------------------------

nondiff(np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.argsort, np.argpartition, np.lexsort)
nondiff(np.nonzero, np.flatnonzero, np.argwhere, np.count_nonzero, np.searchsorted, np.digitize)
nondiff(np.unravel_index, np.ravel_multi_index, np.diag_indices_from, np.tril_indices_from, np.triu_indices_from)

# New arrays; those without a pattern come here through their `like=` ---------------------------------------------------------

creation(np.zeros_like, np.ones_like, np.empty_like)
nondiff(np.zeros, np.ones, np.empty, np.eye, np.identity, np.tri, np.fromfunction)
nondiff(umath._ones_like)  # pyright: ignore[reportAttributeAccessIssue]  # the ufunc behind ones_like, for objects

# Text, files, dates ----------------------------------------------------------------------------------------------------------

nondiff(np.array2string, np.array_repr, np.array_str)
unsupported(
    "a file holds numbers without their derivatives. Save `revad.stop_gradient(t)`.",
    *(np.save, np.savez, np.savez_compressed, np.savetxt),
)
unsupported(
    "it makes an array of plain numbers, which cannot hold a derivative. Join tracked values with `np.stack`.",
    *(np.fromiter, np.frombuffer, np.fromfile, np.fromstring, np.loadtxt, np.genfromtxt),
)
unsupported(
    "dates have no derivative.",
    *(np.busday_count, np.busday_offset, np.is_busday, np.datetime_as_string),
)
unsupported(
    "text has no derivative.",
    *(f for f in vars(umath).values() if isinstance(f, np.ufunc) and f.types == []),
    *(f for module in (strings, np.strings, np.char) for f in vars(module).values() if hasattr(f, "_implementation")),
)
