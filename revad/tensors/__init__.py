"""Tracked values: the common `Tensor`, and one kind for each kind of level (`GradTensor`, `Dual`, `Captured`)."""
