"""Packed and padded sequences under PyTorch's names; see `nn.packed`."""

from nn.packed import PackedSequence as PackedSequence
from nn.packed import pack_padded_sequence as pack_padded_sequence
from nn.packed import pack_sequence as pack_sequence
from nn.packed import pad_packed_sequence as pad_packed_sequence
from nn.packed import pad_sequence as pad_sequence
from nn.packed import unpack_sequence as unpack_sequence
from nn.packed import unpad_sequence as unpad_sequence
