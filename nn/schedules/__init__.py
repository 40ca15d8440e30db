"""Learning rates that change from step to step; names, defaults and values are PyTorch's.

A schedule is made for an optimiser, sets its rate at once, and sets the next one each time `step` is called.
"""

from nn.schedules.base import LRScheduler as LRScheduler
from nn.schedules.combined import ChainedScheduler as ChainedScheduler
from nn.schedules.combined import SequentialLR as SequentialLR
from nn.schedules.cosine import CosineAnnealingLR as CosineAnnealingLR
from nn.schedules.cosine import CosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts
from nn.schedules.cycles import CyclicLR as CyclicLR
from nn.schedules.cycles import OneCycleLR as OneCycleLR
from nn.schedules.factors import ConstantLR as ConstantLR
from nn.schedules.factors import ExponentialLR as ExponentialLR
from nn.schedules.factors import LinearLR as LinearLR
from nn.schedules.factors import MultiStepLR as MultiStepLR
from nn.schedules.factors import PolynomialLR as PolynomialLR
from nn.schedules.factors import StepLR as StepLR
from nn.schedules.functions import LambdaLR as LambdaLR
from nn.schedules.functions import MultiplicativeLR as MultiplicativeLR
from nn.schedules.plateau import ReduceLROnPlateau as ReduceLROnPlateau
