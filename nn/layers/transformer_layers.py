"""One layer of a transformer: attention, then a small network at each place, each added to its input and normalised."""

from __future__ import annotations

from typing import Any

from nn.functional.activations.rectifiers import relu
from nn.functional.activations.sigmoids import gelu
from nn.layers.attention import MultiheadAttention
from nn.layers.dropout import Dropout
from nn.layers.linear import Linear
from nn.layers.normalisation import LayerNorm
from nn.module import Module
from nn.random import generator_or_default
from revad.typing import Array

ACTIVATIONS = {"relu": relu, "gelu": gelu}


class _TransformerLayer(Module):
    """What both layers share: settings, attention to itself, the small network."""

    attends_to_memory = False
    norms = 2

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Any = relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        if not callable(activation) and activation not in ACTIVATIONS:
            raise ValueError(f"{type(self).__name__}: activation must be 'relu', 'gelu' or a function, not {activation!r}.")
        rng = generator_or_default(rng)
        self.norm_first = norm_first
        self.activation = activation if callable(activation) else ACTIVATIONS[activation]
        for name in ("self_attn", "multihead_attn") if self.attends_to_memory else ("self_attn",):
            attention = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, dtype=dtype, rng=rng)
            self.add_module(name, attention)
        self.linear1 = Linear(d_model, dim_feedforward, bias, dtype, rng)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, dtype, rng)
        for i in range(1, self.norms + 1):
            self.add_module(f"norm{i}", LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype))
        for i in range(1, self.norms + 1):
            self.add_module(f"dropout{i}", Dropout(dropout))

    def _add(self, x: Array, i: int, block: Any) -> Any:
        """Return x plus a block of it, normalised before or after by the norm with this number."""
        norm, drop = self._modules[f"norm{i}"], self._modules[f"dropout{i}"]
        return x + drop(block(norm(x))) if self.norm_first else norm(x + drop(block(x)))

    def _network(self, x: Array) -> Any:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))


class TransformerEncoderLayer(_TransformerLayer):
    """Let each place attend to all places of the sequence, then map each place by a small network.

    Parameters
    ----------
    d_model : int
        Numbers per place.
    nhead : int
        Heads; divides ``d_model``.
    dim_feedforward : int
        Width of the small network.
    dropout : float
        Probability of being dropped, everywhere, in training.
    activation : {"relu", "gelu"} or callable
        Of the small network.
    layer_norm_eps : float
        Added to variances.
    batch_first : bool
        Whether arrays are (batch, length, features) instead of (length, batch, features).
    norm_first : bool
        Whether to normalise before attention and network instead of after them.
    bias : bool
        Whether maps and normalisations add a bias.
    dtype : dtype, optional
        Of the parameters.
    rng : numpy.random.Generator, optional
        For the initial values.

    Notes
    -----
    ``y = norm₁(x + attention(x))``, ``z = norm₂(y + network(y))``; with ``norm_first`` ``y = x + attention(norm₁(x))``,
    ``z = y + network(norm₂(y))``.

    References
    ----------
    .. [1] A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.1.
    .. [2] R. Xiong et al., "On Layer Normalization in the Transformer Architecture", ICML 2020 (``norm_first``).

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.TransformerEncoderLayer(8, 2, 16)(np.ones((5, 3, 8), np.float32)).shape
    (5, 3, 8)
    """

    def forward(self, src: Array, src_mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool = False) -> Any:
        """Return the sequence after attention and network; the masks are those of `MultiheadAttention`."""

        def attention(x: Array) -> Any:
            return self.self_attn(x, x, x, src_key_padding_mask, False, src_mask, is_causal=is_causal)[0]

        return self._add(self._add(src, 1, attention), 2, self._network)


class TransformerDecoderLayer(_TransformerLayer):
    """Let each place attend to the places of its sequence, then to those of another one, then map each by a small network.

    Parameters as for `TransformerEncoderLayer`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> layer = nn.TransformerDecoderLayer(8, 2, 16)
    >>> layer(np.ones((4, 3, 8), np.float32), np.ones((5, 3, 8), np.float32)).shape
    (4, 3, 8)
    """

    attends_to_memory = True
    norms = 3

    def forward(
        self,
        tgt: Array,
        memory: Array,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Any:
        """Return the target after both attentions and the network; the masks are those of `MultiheadAttention`."""

        def attention(x: Array) -> Any:
            return self.self_attn(x, x, x, tgt_key_padding_mask, False, tgt_mask, is_causal=tgt_is_causal)[0]

        def to_memory(x: Array) -> Any:
            return self.multihead_attn(
                x, memory, memory, memory_key_padding_mask, False, memory_mask, is_causal=memory_is_causal
            )[0]

        return self._add(self._add(self._add(tgt, 1, attention), 2, to_memory), 3, self._network)
