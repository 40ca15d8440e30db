"""The transformations: functions that take a function and return its derivative."""
