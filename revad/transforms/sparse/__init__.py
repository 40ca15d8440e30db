"""Sparse matrices of derivatives: the pattern, the colouring, the compressed products."""
