"""Packed batches agree with PyTorch: how they are packed, what recurrent layers make of them, all gradients."""

import numpy as np
import pytest

import nn
from nn.utils import rnn
from tests.nn._checks import compare_module, random

torch = pytest.importorskip("torch")

LENGTHS = [3, 5, 1, 5]
PADDED = random().normal(size=(5, 4, 2))
LAYERS = [
    ("RNN", {"nonlinearity": "relu"}),
    ("LSTM", {"num_layers": 2, "bidirectional": True, "bias": False}),
    ("LSTM", {"proj_size": 2, "bidirectional": True}),
    ("GRU", {"num_layers": 2, "bidirectional": True}),
]


class Packing(nn.Module):
    """A layer on a packed batch, padded again."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x, *hx):
        output, last = self.layer(rnn.pack_padded_sequence(x, LENGTHS, enforce_sorted=False), *hx)
        return rnn.pad_packed_sequence(output, total_length=6)[0], last


@pytest.mark.parametrize(("name", "settings"), LAYERS)
def test_packed_layers_agree_with_torch(name, settings):
    class TorchPacking(torch.nn.Module):
        def __init__(self, layer):
            super().__init__()
            self.layer = layer

        def forward(self, x, *hx):
            pack, pad = torch.nn.utils.rnn.pack_padded_sequence, torch.nn.utils.rnn.pad_packed_sequence
            output, last = self.layer(pack(x, torch.tensor(LENGTHS), enforce_sorted=False), *hx)
            return pad(output, total_length=6)[0], last

    count = settings.get("num_layers", 1) * (2 if settings.get("bidirectional") else 1)
    first = [] if name == "LSTM" else [random(2).normal(size=(count, 4, 3))]
    theirs = getattr(torch.nn, name)(2, 3, **settings)
    compare_module(Packing(getattr(nn, name)(2, 3, **settings)), TorchPacking(theirs), PADDED, *first)


def test_packing_agrees_with_torch():
    theirs = torch.nn.utils.rnn.pack_padded_sequence(torch.tensor(PADDED), torch.tensor([5, 3, 1, 2]), enforce_sorted=False)
    ours = rnn.pack_padded_sequence(PADDED, [5, 3, 1, 2], enforce_sorted=False)
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine, other.numpy())
