"""PyTorch's places for what helps with models: `nn.utils.rnn`."""

from nn.utils import rnn as rnn
