"""`Embedding`: a table of learned rows, looked up by integers."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn import init
from nn.functional.linear import embedding
from nn.layers.linear import new_parameter
from nn.module import Module
from nn.parameter import Parameter


class Embedding(Module):
    """Look rows up in a table of parameters.

    Parameters
    ----------
    num_embeddings, embedding_dim : int
        Number and length of the rows.
    padding_idx : int, optional
        A row that starts as zeros and gets no gradient.
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
        self, num_embeddings: int, embedding_dim: int, padding_idx: int | None = None, dtype: Any = None, rng: Any = None
    ) -> None:
        super().__init__()
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise ValueError(f"Embedding: padding_idx={padding_idx} is out of range for {num_embeddings} rows.")
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.padding_idx = padding_idx if padding_idx is None else padding_idx % num_embeddings
        self.weight = new_parameter((num_embeddings, embedding_dim), dtype)
        self.reset_parameters(rng)

    @classmethod
    def from_pretrained(cls, embeddings: Any, freeze: bool = True, padding_idx: int | None = None) -> Embedding:
        """Return a layer with given rows, frozen unless ``freeze`` is False."""
        rows = np.asarray(embeddings)
        layer = cls(*rows.shape, padding_idx=padding_idx, dtype=rows.dtype)
        layer.weight = Parameter(rows, requires_grad=not freeze)
        return layer

    def reset_parameters(self, rng: Any = None) -> None:
        """Draw the parameters anew."""
        init.normal_(self.weight, rng=rng)
        if self.padding_idx is not None:
            rows = np.array(self.weight.data)
            rows[self.padding_idx] = 0
            self.weight.data = rows

    def forward(self, input: Any) -> Any:
        """Return the rows with these numbers."""
        return embedding(input, self.weight, self.padding_idx)

    def extra_repr(self) -> str:
        """Return the settings."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}"
