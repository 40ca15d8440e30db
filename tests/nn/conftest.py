"""Every test of nn starts from the same random numbers, ours and, where it is loaded, PyTorch's."""

import sys

import pytest

import nn


@pytest.fixture(autouse=True)
def seeded():
    nn.manual_seed(0)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)
