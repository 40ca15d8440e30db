"""Recurrences: one step in time, the loops over many of them, and whole sequences as single operations."""
