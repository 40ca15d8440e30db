"""`repr` and `summary`."""

import numpy as np
import pytest

import nn


def test_repr_shows_shapes_and_counts():
    text = repr(nn.Sequential(nn.Linear(3, 2), nn.Sequential(nn.Linear(2, 1, bias=False)), nn.ReLU()))
    assert text == (
        "Sequential(  # 10 parameters\n"
        "  (0): Linear(in_features=3, out_features=2, bias=True)  # weight (2, 3), bias (2,): 8 parameters\n"
        "  (1): Sequential(  # 2 parameters\n"
        "    (0): Linear(in_features=2, out_features=1, bias=False)  # weight (1, 2): 2 parameters\n"
        "  )\n"
        "  (2): ReLU()\n"
        ")"
    )
    assert repr(nn.PReLU()) == "PReLU(num_parameters=1)  # weight (1,): 1 parameter"


def test_summary_leaves_the_model_as_it_was():
    model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(), nn.Linear(8, 2))
    model[1].eval()
    table = nn.summary(model, (16, 4))
    assert [row[2] for row in table.rows] == ["(16, 2)", "(16, 8)", "(16, 8)", "(16, 2)"]
    assert (table.parameters, table.trainable) == (58, 58)
    assert model.training
    assert not model[1].training
    assert all(m._hooks == {} for m in model.modules())


def test_summary_of_several_inputs_frozen_parts_and_parts_not_called():
    class Pair(nn.Module):
        def __init__(self):
            super().__init__()
            self.mix = nn.Bilinear(2, 3, 1)
            self.unused = nn.Linear(1, 1)

        def forward(self, x, y):
            return self.mix(x, y), "text"

    model = Pair()
    model.unused.requires_grad_(False)
    table = nn.summary(model, [(5, 2), (5, 3)])
    assert [row[2] for row in table.rows] == ["(5, 1), str", "(5, 1)", "(not called)"]
    assert repr(table).endswith("9 parameters (2 frozen), 3.6e-05 MB")


def test_summary_of_integer_inputs():
    assert nn.summary(nn.Embedding(5, 3), (2, 4), dtype=np.int64).rows[0][2] == "(2, 4, 3)"


def test_summary_of_inputs_of_several_dtypes():
    class Gated(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Embedding(5, 3)

        def forward(self, index, gate):
            return self.table(index) * gate

    table = nn.summary(Gated(), [(2, 4), (2, 4, 3)], [np.int64, np.float32])
    assert [row[2] for row in table.rows] == ["(2, 4, 3)", "(2, 4, 3)"]
    with pytest.raises(ValueError, match="summary: 1 dtypes are given for 2 input shapes; give one dtype for each"):
        nn.summary(Gated(), [(2, 4), (2, 4, 3)], [np.int64])
