"""Rounding errors: how large they can be in each call, and what they do to the result."""
