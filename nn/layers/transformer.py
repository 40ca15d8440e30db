"""`Transformer`: an encoder reads a sequence, a decoder writes another one; both are stacks of attention and small networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn import init
from nn.dtypes import dtype_or_default
from nn.functional.activations.rectifiers import relu
from nn.layers.normalisation import LayerNorm
from nn.layers.transformer_layers import TransformerDecoderLayer, TransformerEncoderLayer
from nn.layers.transformer_stacks import TransformerDecoder, TransformerEncoder
from nn.module import Module
from nn.random import generator_or_default
from revad.typing import Array


class Transformer(Module):
    """Encode a source sequence, and decode a target sequence that attends to it.

    Parameters
    ----------
    d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias, dtype
        Of each layer, as for `TransformerEncoderLayer`.
    num_encoder_layers, num_decoder_layers : int
        Depths of the two stacks.
    custom_encoder, custom_decoder : Module, optional
        Used instead of the stacks.
    rng : numpy.random.Generator, optional
        For the initial values: Xavier's uniform ones.

    References
    ----------
    .. [1] A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017.

    Examples
    --------
    >>> import numpy as np, nn
    >>> model = nn.Transformer(8, 2, 1, 1, 16)
    >>> model(np.ones((5, 3, 8), np.float32), np.ones((4, 3, 8), np.float32)).shape
    (4, 3, 8)
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Any = relu,
        custom_encoder: Module | None = None,
        custom_decoder: Module | None = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first
        rng = generator_or_default(rng)
        settings = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias, dtype)

        def norm() -> LayerNorm:
            return LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)

        self.encoder: Any = custom_encoder or TransformerEncoder(
            TransformerEncoderLayer(*settings, rng=rng), num_encoder_layers, norm()
        )
        self.decoder: Any = custom_decoder or TransformerDecoder(
            TransformerDecoderLayer(*settings, rng=rng), num_decoder_layers, norm()
        )
        self.reset_parameters(rng)

    def reset_parameters(self, rng: Any = None) -> None:
        """Draw all matrices anew."""
        rng = generator_or_default(rng)
        for parameter in self.parameters():
            if parameter.ndim > 1:
                init.xavier_uniform_(parameter, rng=rng)

    def forward(
        self,
        src: Array,
        tgt: Array,
        src_mask: Any = None,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        src_key_padding_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Any:
        """Return the decoded sequence.

        Parameters
        ----------
        src, tgt : array_like, shapes (S, N, d_model) and (T, N, d_model)
            Source and target; N comes first with ``batch_first``, and may be missing.
        src_mask, tgt_mask, memory_mask : array_like, shapes (S, S), (T, T) and (T, S), optional
            Booleans, True where attention is *not* allowed, or numbers to be added.
        src_key_padding_mask, tgt_key_padding_mask, memory_key_padding_mask : array_like, shape (N, S), (N, T), (N, S), optional
            Booleans, True for places to ignore, or numbers to be added.
        src_is_causal, tgt_is_causal, memory_is_causal : bool, optional
            Without the mask: no attention to later places.

        Returns
        -------
        array, shaped like ``tgt``
        """
        shapes = np.shape(src), np.shape(tgt)
        batch = (0 if self.batch_first else 1) if len(shapes[0]) == 3 else None
        same_batch = batch is None or (len(shapes[1]) == 3 and shapes[0][batch] == shapes[1][batch])
        if len(shapes[0]) != len(shapes[1]) or not same_batch or {s[-1] for s in shapes} != {self.d_model}:
            raise ValueError(
                f"Transformer: src of shape {shapes[0]} and tgt of shape {shapes[1]} must have the same batch size and "
                f"d_model={self.d_model} numbers along the last axis."
            )
        memory = self.encoder(src, src_mask, src_key_padding_mask, src_is_causal)
        return self.decoder(
            tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, tgt_is_causal, memory_is_causal
        )

    @staticmethod
    def generate_square_subsequent_mask(sz: int, dtype: Any = None) -> np.ndarray[Any, Any]:
        """Return a mask with −∞ for all later places and 0 elsewhere, to be added.

        Examples
        --------
        >>> import nn
        >>> nn.Transformer.generate_square_subsequent_mask(2)
        array([[  0., -inf],
               [  0.,   0.]], dtype=float32)
        """
        return np.triu(np.full((sz, sz), -np.inf, dtype_or_default(dtype)), 1)
