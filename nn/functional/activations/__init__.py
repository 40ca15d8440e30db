"""Activations: functions of each number, or of the numbers along an axis, between the layers."""
