"""What an operation is: the registry of rules, NumPy's protocol for functions of our own, and reads and writes at an index."""
