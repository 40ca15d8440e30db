"""Programs: capture a function's run as a program of NumPy calls, and replay it."""
