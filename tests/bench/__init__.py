"""The benchmark suite: ``python -m tests.bench`` times revad against its peers and says which targets it reaches."""
