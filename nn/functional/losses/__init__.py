"""Losses: how far an output is from its target, per element and reduced to one number."""
