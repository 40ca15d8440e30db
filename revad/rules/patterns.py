"""Which elements of the arguments an output element needs, for operations that do not work element by element.

Sparse matrices of derivatives follow from it. What is not named here, and is not stated by its partial derivatives, needs them all.
"""

from __future__ import annotations

import operator

import numpy as np

from revad.base.aval import cast
from revad.operations.constants import beside
from revad.operations.dependence import pattern
from revad.operations.indexing import unindex
from revad.operations.operation import if_present
from revad.operations.writing import write_at
from revad.rules.einsum import contract, contract_all, contract_pair
from revad.rules.padding import zero_pad

pattern("elements", np.real, np.imag, np.copy, np.astype, cast, beside, np.real_if_close)
pattern("selects", np.maximum, np.minimum, np.fmax, np.fmin)
pattern("moves", operator.getitem, np.take, np.take_along_axis, np.choose, np.where)
pattern("moves", np.diagonal, np.linalg.diagonal, np.diag, np.diagflat, np.tril, np.triu)
pattern("moves", np.concatenate, np.stack, np.vstack, np.hstack, np.dstack, np.column_stack)
pattern("moves", np.array_split, np.split, np.hsplit, np.vsplit, np.dsplit, if_present("unstack"), np.tile, np.repeat, zero_pad)
pattern("moves", np.ravel, np.reshape, np.expand_dims, np.squeeze, np.atleast_1d, np.atleast_2d, np.atleast_3d)
pattern("moves", np.transpose, np.matrix_transpose, np.linalg.matrix_transpose, np.swapaxes, np.moveaxis, np.rollaxis)
pattern("moves", np.broadcast_to, np.broadcast_arrays, np.flip, np.fliplr, np.flipud, np.rot90, np.roll)
pattern("moves", np.fft.fftshift, np.fft.ifftshift, np.lib.stride_tricks.sliding_window_view)
pattern("reduces", np.sum, np.mean, np.prod, np.max, np.amax, np.min, np.amin, np.var, np.std)
pattern("reduces", np.nansum, np.nanmean, np.nanprod, np.nanmax, np.nanmin, np.nanvar, np.nanstd)
pattern("accumulates", np.cumsum, np.cumprod)
pattern("along", np.fft.fft, np.fft.ifft, np.fft.rfft, np.fft.irfft, np.partition)
pattern("matmul", np.matmul)
pattern("dot", np.dot)
pattern("einsum", contract, contract_pair, contract_all)
pattern("writes", write_at)
pattern("scatters", unindex)
