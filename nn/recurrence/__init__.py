"""Training through time: truncated backpropagation, how much gradient arrives at each step, and packed sequences."""
