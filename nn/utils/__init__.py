"""PyTorch's places for what helps with models: `nn.utils.rnn`, and clipping as in `nn.optim`."""

from nn.optim import clip_grad_norm_ as clip_grad_norm_
from nn.optim import clip_grad_value_ as clip_grad_value_
from nn.utils import rnn as rnn
