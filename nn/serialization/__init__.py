"""Checkpoints: states of models, optimisers and runs as safetensors files, written atomically, read without executing anything."""

from nn.serialization.checkpoints import load as load
from nn.serialization.checkpoints import read_metadata as read_metadata
from nn.serialization.checkpoints import save as save
from nn.serialization.header import CheckpointError as CheckpointError
