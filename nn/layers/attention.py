"""`MultiheadAttention`: each place of a sequence looks at all places of another one, through several heads."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn import init
from nn.functional.attention.multihead import multi_head_attention_forward
from nn.layers.linear import Linear, new_parameter
from nn.module import Module
from nn.random import generator_or_default
from revad.typing import Array


class MultiheadAttention(Module):
    """Map queries to weighted means of values: softmax(Q Kᵀ/√d) V in each head, with learned maps before and after.

    Parameters
    ----------
    embed_dim : int
        Numbers per place of the query and of the output.
    num_heads : int
        Divides ``embed_dim``; each head works with d = embed_dim/num_heads numbers.
    dropout : float
        Probability that an attention weight is dropped in training.
    bias : bool
        Whether the maps add a bias.
    add_bias_kv : bool
        Whether there is one more, learned place to attend to.
    add_zero_attn : bool
        Whether there is one more place of zeros to attend to.
    kdim, vdim : int, optional
        Numbers per place of key and value; by default ``embed_dim``.
    batch_first : bool
        Whether arrays are (batch, length, features) instead of (length, batch, features).
    dtype : dtype, optional
        Of the parameters.
    rng : numpy.random.Generator, optional
        For the initial values.

    Attributes
    ----------
    in_proj_weight : Parameter, shape (3·embed_dim, embed_dim)
        The maps of query, key and value; with ``kdim`` or ``vdim`` there are ``q_proj_weight``, ``k_proj_weight`` and
        ``v_proj_weight`` instead.
    in_proj_bias : Parameter, shape (3·embed_dim,)
    bias_k, bias_v : Parameter, shape (1, 1, embed_dim)
    out_proj : Linear

    References
    ----------
    .. [1] A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.2.2.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.ones((5, 2, 8), np.float32)
    >>> output, weights = nn.MultiheadAttention(8, 4)(x, x, x)
    >>> output.shape, weights.shape
    ((5, 2, 8), (2, 5, 5))
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        if embed_dim <= 0 or num_heads <= 0 or embed_dim % num_heads:
            raise ValueError(
                f"MultiheadAttention: embed_dim={embed_dim} must be positive and divisible by num_heads={num_heads}."
            )
        self.embed_dim, self.num_heads, self.dropout, self.batch_first = embed_dim, num_heads, dropout, batch_first
        self.kdim, self.vdim = embed_dim if kdim is None else kdim, embed_dim if vdim is None else vdim
        self.head_dim, self.add_zero_attn = embed_dim // num_heads, add_zero_attn
        together = self.kdim == self.vdim == embed_dim
        separate = (("q_proj_weight", embed_dim), ("k_proj_weight", self.kdim), ("v_proj_weight", self.vdim))
        for name, n in separate:
            self.register_parameter(name, None if together else new_parameter((embed_dim, n), dtype))
        self.register_parameter("in_proj_weight", new_parameter((3 * embed_dim, embed_dim), dtype) if together else None)
        self.register_parameter("in_proj_bias", new_parameter((3 * embed_dim,), dtype) if bias else None)
        for name in ("bias_k", "bias_v"):
            self.register_parameter(name, new_parameter((1, 1, embed_dim), dtype) if add_bias_kv else None)
        rng = generator_or_default(rng)
        self.out_proj = Linear(embed_dim, embed_dim, bias=bias, dtype=dtype, rng=rng)
        self.reset_parameters(rng)

    def reset_parameters(self, rng: Any = None) -> None:
        """Draw the maps anew; biases become zeros."""
        rng = generator_or_default(rng)
        for name, parameter in self._parameters.items():
            if parameter is not None and name.endswith("weight"):
                init.xavier_uniform_(parameter, rng=rng)
            elif parameter is not None and name != "in_proj_bias":
                init.xavier_normal_(parameter, rng=rng)
        for bias in (self._parameters["in_proj_bias"], self.out_proj._parameters["bias"]):
            if bias is not None:
                init.zeros_(bias)

    def forward(
        self,
        query: Array,
        key: Any,
        value: Any,
        key_padding_mask: Any = None,
        need_weights: bool = True,
        attn_mask: Any = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Any, Any]:
        """Return the output and the attention weights; the arguments are those of `nn.functional.multi_head_attention_forward`.

        Parameters
        ----------
        query, key, value : array_like, shapes (L, N, embed_dim), (S, N, kdim) and (S, N, vdim)
            With ``batch_first`` N comes first; it may be missing.
        key_padding_mask : array_like, shape (N, S), optional
            Booleans, True for places to ignore, or numbers to be added.
        need_weights : bool
            Whether to return the weights.
        attn_mask : array_like, shape (L, S) or (N·num_heads, L, S), optional
            Booleans, True where attention is *not* allowed, or numbers to be added.
        average_attn_weights : bool
            Whether the weights are averaged over the heads.
        is_causal : bool
            Without ``attn_mask``: no attention to later places.

        Returns
        -------
        output : array, shaped like the query
        weights : array, shape (N, L, S) or (N, num_heads, L, S), or None
        """
        swap = self.batch_first and np.ndim(query) == 3
        if swap:
            query, key, value = _swapped(query, key, value)
        output, weights = multi_head_attention_forward(
            query,
            key,
            value,
            self.embed_dim,
            self.num_heads,
            self.in_proj_weight,
            self.in_proj_bias,
            self.bias_k,
            self.bias_v,
            self.add_zero_attn,
            self.dropout,
            self.out_proj.weight,
            self.out_proj.bias,
            self.training,
            key_padding_mask,
            need_weights,
            attn_mask,
            self._parameters["in_proj_weight"] is None,
            self.q_proj_weight,
            self.k_proj_weight,
            self.v_proj_weight,
            average_attn_weights,
            is_causal,
        )
        return (np.swapaxes(output, 0, 1) if swap else output), weights

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"embed_dim={self.embed_dim}, num_heads={self.num_heads}, batch_first={self.batch_first}"


def _swapped(query: Array, key: Any, value: Any) -> tuple[Any, Any, Any]:
    """Lay all out as (length, batch, features); what was the same stays the same, so that it is mapped with one product."""
    q = np.swapaxes(query, 0, 1)
    k = q if key is query else np.swapaxes(key, 0, 1)
    return q, k, k if value is key else np.swapaxes(value, 0, 1)
