"""Training: a loop with progress, history, callbacks, and a resume that is bit-equal to never having stopped."""

from nn.training.callbacks import Callback as Callback
from nn.training.callbacks import Checkpoint as Checkpoint
from nn.training.callbacks import EarlyStopping as EarlyStopping
from nn.training.callbacks import GradientNorm as GradientNorm
from nn.training.callbacks import LearningRate as LearningRate
from nn.training.callbacks import NaNGuard as NaNGuard
from nn.training.fitting import fit as fit
from nn.training.history import History as History
from nn.training.nonfinite import NonFiniteLossError as NonFiniteLossError
from nn.training.trainer import Trainer as Trainer
