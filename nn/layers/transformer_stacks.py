"""Stacks of transformer layers: `TransformerEncoder TransformerDecoder`."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from nn.containers import ModuleList
from nn.module import Module
from revad.typing import Array


class _Stack(Module):
    """Copies of a layer, one after the other, and a normalisation at the end."""

    def __init__(self, layer: Module, num_layers: int, norm: Module | None) -> None:
        super().__init__()
        self.layers = ModuleList([deepcopy(layer) for _ in range(num_layers)])
        self.num_layers = num_layers
        self.add_module("norm", norm)

    def _finish(self, x: Array) -> Any:
        return x if self.norm is None else self.norm(x)


class TransformerEncoder(_Stack):
    """Apply copies of an encoder layer one after the other.

    Parameters
    ----------
    encoder_layer : Module
        Copied ``num_layers`` times; all copies start from its parameters.
    num_layers : int
        Depth.
    norm : Module, optional
        Applied at the end.
    enable_nested_tensor, mask_check : bool
        PyTorch's settings of a shortcut in evaluation; here they change nothing.

    Examples
    --------
    >>> import numpy as np, nn
    >>> encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2)
    >>> encoder(np.ones((5, 3, 8), np.float32)).shape
    (5, 3, 8)
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__(encoder_layer, num_layers, norm)

    def forward(self, src: Array, mask: Array = None, src_key_padding_mask: Any = None, is_causal: bool | None = None) -> Any:
        """Return the encoded sequence; the masks are those of `MultiheadAttention`."""
        for layer in self.layers:
            src = layer(src, mask, src_key_padding_mask, bool(is_causal))
        return self._finish(src)


class TransformerDecoder(_Stack):
    """Apply copies of a decoder layer one after the other.

    Parameters
    ----------
    decoder_layer, num_layers, norm
        As the ``encoder_layer``, ``num_layers`` and ``norm`` of `TransformerEncoder`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16), 2)
    >>> decoder(np.ones((4, 3, 8), np.float32), np.ones((5, 3, 8), np.float32)).shape
    (4, 3, 8)
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__(decoder_layer, num_layers, norm)

    def forward(
        self,
        tgt: Array,
        memory: Array,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Any:
        """Return the decoded sequence; the masks are those of `MultiheadAttention`."""
        paddings = (tgt_key_padding_mask, memory_key_padding_mask)
        for layer in self.layers:
            tgt = layer(tgt, memory, tgt_mask, memory_mask, *paddings, bool(tgt_is_causal), memory_is_causal)
        return self._finish(tgt)
