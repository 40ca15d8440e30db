"""Optimisers, limits on gradients, and averages of models; names, defaults and steps are PyTorch's."""

from nn.optim.adam import Adam as Adam
from nn.optim.adam import Adamax as Adamax
from nn.optim.adam import AdamW as AdamW
from nn.optim.adam import NAdam as NAdam
from nn.optim.adam import RAdam as RAdam
from nn.optim.adaptive import Adadelta as Adadelta
from nn.optim.adaptive import Adagrad as Adagrad
from nn.optim.adaptive import RMSprop as RMSprop
from nn.optim.adaptive import Rprop as Rprop
from nn.optim.averaging import ExponentialMovingAverage as ExponentialMovingAverage
from nn.optim.clipping import clip_grad_norm_ as clip_grad_norm_
from nn.optim.clipping import clip_grad_value_ as clip_grad_value_
from nn.optim.clipping import grad_norm as grad_norm
from nn.optim.lbfgs import LBFGS as LBFGS
from nn.optim.optimizer import Optimizer as Optimizer
from nn.optim.sgd import SGD as SGD
from nn.optim.sgd import Lion as Lion
from nn.optim.sgd import Muon as Muon
