"""nn: neural networks on revad, with PyTorch's names and numerics, that read like the textbook.

>>> import numpy as np, revad, nn
>>> model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
>>> y = model(np.zeros((8, 2), np.float32))
>>> np.sum(y**2).backward()
>>> model[0].weight.grad.shape
(16, 2)
"""

from nn import functional as functional
from nn import init as init
from nn import optim as optim
from nn import schedules as schedules
from nn.containers import ModuleDict as ModuleDict
from nn.containers import ModuleList as ModuleList
from nn.containers import ParameterDict as ParameterDict
from nn.containers import ParameterList as ParameterList
from nn.containers import Sequential as Sequential
from nn.dtypes import get_default_dtype as get_default_dtype
from nn.dtypes import set_default_dtype as set_default_dtype
from nn.layers.activations import CELU as CELU
from nn.layers.activations import ELU as ELU
from nn.layers.activations import GELU as GELU
from nn.layers.activations import GLU as GLU
from nn.layers.activations import Hardshrink as Hardshrink
from nn.layers.activations import Hardsigmoid as Hardsigmoid
from nn.layers.activations import Hardswish as Hardswish
from nn.layers.activations import Hardtanh as Hardtanh
from nn.layers.activations import LeakyReLU as LeakyReLU
from nn.layers.activations import LogSigmoid as LogSigmoid
from nn.layers.activations import LogSoftmax as LogSoftmax
from nn.layers.activations import Mish as Mish
from nn.layers.activations import ReLU as ReLU
from nn.layers.activations import ReLU6 as ReLU6
from nn.layers.activations import SELU as SELU
from nn.layers.activations import SiLU as SiLU
from nn.layers.activations import Sigmoid as Sigmoid
from nn.layers.activations import Softmax as Softmax
from nn.layers.activations import Softmin as Softmin
from nn.layers.activations import Softplus as Softplus
from nn.layers.activations import Softshrink as Softshrink
from nn.layers.activations import Softsign as Softsign
from nn.layers.activations import Tanh as Tanh
from nn.layers.activations import Tanhshrink as Tanhshrink
from nn.layers.activations import Threshold as Threshold
from nn.layers.dropout import AlphaDropout as AlphaDropout
from nn.layers.dropout import Dropout as Dropout
from nn.layers.dropout import Dropout1d as Dropout1d
from nn.layers.dropout import Dropout2d as Dropout2d
from nn.layers.dropout import Dropout3d as Dropout3d
from nn.layers.embedding import Embedding as Embedding
from nn.layers.learned_activations import PReLU as PReLU
from nn.layers.learned_activations import RReLU as RReLU
from nn.layers.learned_activations import Softmax2d as Softmax2d
from nn.layers.linear import Bilinear as Bilinear
from nn.layers.linear import Identity as Identity
from nn.layers.linear import Linear as Linear
from nn.layers.normalisation import BatchNorm1d as BatchNorm1d
from nn.layers.normalisation import BatchNorm2d as BatchNorm2d
from nn.layers.normalisation import BatchNorm3d as BatchNorm3d
from nn.layers.normalisation import GroupNorm as GroupNorm
from nn.layers.normalisation import InstanceNorm1d as InstanceNorm1d
from nn.layers.normalisation import InstanceNorm2d as InstanceNorm2d
from nn.layers.normalisation import InstanceNorm3d as InstanceNorm3d
from nn.layers.normalisation import LayerNorm as LayerNorm
from nn.layers.normalisation import RMSNorm as RMSNorm
from nn.layers.shaping import Flatten as Flatten
from nn.layers.shaping import Unflatten as Unflatten
from nn.losses import BCELoss as BCELoss
from nn.losses import BCEWithLogitsLoss as BCEWithLogitsLoss
from nn.losses import CosineEmbeddingLoss as CosineEmbeddingLoss
from nn.losses import CrossEntropyLoss as CrossEntropyLoss
from nn.losses import GaussianNLLLoss as GaussianNLLLoss
from nn.losses import HingeEmbeddingLoss as HingeEmbeddingLoss
from nn.losses import HuberLoss as HuberLoss
from nn.losses import KLDivLoss as KLDivLoss
from nn.losses import L1Loss as L1Loss
from nn.losses import MSELoss as MSELoss
from nn.losses import MarginRankingLoss as MarginRankingLoss
from nn.losses import MultiLabelMarginLoss as MultiLabelMarginLoss
from nn.losses import MultiLabelSoftMarginLoss as MultiLabelSoftMarginLoss
from nn.losses import MultiMarginLoss as MultiMarginLoss
from nn.losses import NLLLoss as NLLLoss
from nn.losses import PoissonNLLLoss as PoissonNLLLoss
from nn.losses import SmoothL1Loss as SmoothL1Loss
from nn.losses import SoftMarginLoss as SoftMarginLoss
from nn.losses import TripletMarginLoss as TripletMarginLoss
from nn.losses import TripletMarginWithDistanceLoss as TripletMarginWithDistanceLoss
from nn.module import Module as Module
from nn.parameter import Parameter as Parameter
from nn.random import default_generator as default_generator
from nn.random import manual_seed as manual_seed
from nn.text import Summary as Summary
from nn.text import summary as summary
