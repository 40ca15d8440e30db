"""Which output needs which input: index sets pushed through the steps of a program."""
