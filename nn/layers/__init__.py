"""Layers: modules whose forward reads like the formula in their docstring."""
