"""Tables of learned rows, looked up by integers: `Embedding EmbeddingBag`."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from nn import init
from nn.functional.lookup import embedding, embedding_bag
from nn.layers.linear import new_parameter
from nn.module import Module
from nn.parameter import Parameter
from revad.typing import Array


class _Table(Module):
    """What both layers share: the table, its settings and initial values."""

    def _make(self, num_embeddings: int, embedding_dim: int, padding_idx: int | None, dtype: Any, rng: Any) -> None:
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise ValueError(f"{type(self).__name__}: padding_idx={padding_idx} is out of range for {num_embeddings} rows.")
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.padding_idx = padding_idx if padding_idx is None else padding_idx % num_embeddings
        self.weight = new_parameter((num_embeddings, embedding_dim), dtype)
        self.reset_parameters(rng)

    @classmethod
    def from_pretrained(cls, embeddings: Any, freeze: bool = True, *args: Any, **kwargs: Any) -> Self:
        """Return a layer with given rows, frozen unless ``freeze`` is False; other arguments are those of the class."""
        rows = np.asarray(embeddings)
        layer = cls(*rows.shape, *args, dtype=rows.dtype, **kwargs)
        layer.weight = Parameter(rows, requires_grad=not freeze)
        return layer

    def reset_parameters(self, rng: Any = None) -> None:
        """Draw the parameters anew."""
        init.normal_(self.weight, rng=rng)
        if self.padding_idx is not None:
            rows = np.array(self.weight.data)
            rows[self.padding_idx] = 0
            self.weight.data = rows


class Embedding(_Table):
    """Look rows up in a table of parameters.

    Parameters
    ----------
    num_embeddings, embedding_dim : int
        Number and length of the rows.
    padding_idx : int, optional
        A row that starts as zeros and gets no gradient.
    max_norm : float, optional
        Rows that are looked up and longer than this are shortened first, for good.
    norm_type : float
        Which norm says how long: 2 for Euclid's.
    scale_grad_by_freq : bool
        Whether the gradient of a row is divided by how often it is looked up.
    sparse : bool
        PyTorch's setting of how gradients are stored; here they are arrays in any case.
    dtype : dtype, optional
        Of the parameters.
    rng : numpy.random.Generator, optional
        For the initial values: standard normal.

    Attributes
    ----------
    weight : Parameter, shape (num_embeddings, embedding_dim)

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Embedding(10, 3)(np.array([[1, 2], [4, 9]])).shape
    (2, 2, 3)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        self._make(num_embeddings, embedding_dim, padding_idx, dtype, rng)
        self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse = max_norm, norm_type, scale_grad_by_freq, sparse

    def forward(self, input: Array) -> Any:
        """Return the rows with these numbers."""
        return embedding(input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq)

    def extra_repr(self) -> str:
        """Return the settings."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}"


class EmbeddingBag(_Table):
    """Look bags of rows up in a table of parameters, and reduce each bag to its sum, mean or largest elements.

    Parameters
    ----------
    num_embeddings, embedding_dim, max_norm, norm_type, scale_grad_by_freq, sparse, dtype, rng
        As for `Embedding`.
    mode : {"sum", "mean", "max"}
        What becomes of a bag; an empty one becomes zeros.
    include_last_offset : bool
        Whether ``offsets`` has one more entry, the end of the last bag.
    padding_idx : int, optional
        A row that starts as zeros, gets no gradient and does not count.

    Attributes
    ----------
    weight : Parameter, shape (num_embeddings, embedding_dim)

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.EmbeddingBag(10, 3, mode="sum")(np.array([1, 2, 4, 9]), offsets=np.array([0, 3])).shape
    (2, 3)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        self._make(num_embeddings, embedding_dim, padding_idx, dtype, rng)
        self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse = max_norm, norm_type, scale_grad_by_freq, sparse
        self.mode, self.include_last_offset = mode, include_last_offset

    def forward(self, input: Array, offsets: Any = None, per_sample_weights: Any = None) -> Any:
        """Return one row per bag; the arguments are those of `nn.functional.embedding_bag`."""
        return embedding_bag(
            input,
            self.weight,
            offsets,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.mode,
            self.sparse,
            per_sample_weights,
            self.include_last_offset,
            self.padding_idx,
        )

    def extra_repr(self) -> str:
        """Return the settings."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}, mode={self.mode!r}{padding}"
