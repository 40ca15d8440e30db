"""Packed and padded sequences under PyTorch's names; see `nn.recurrence.packed`."""

from nn.recurrence.packed import PackedSequence as PackedSequence
from nn.recurrence.packed import pack_padded_sequence as pack_padded_sequence
from nn.recurrence.packed import pack_sequence as pack_sequence
from nn.recurrence.packed import pad_packed_sequence as pad_packed_sequence
from nn.recurrence.packed import pad_sequence as pad_sequence
from nn.recurrence.packed import unpack_sequence as unpack_sequence
from nn.recurrence.packed import unpad_sequence as unpad_sequence
