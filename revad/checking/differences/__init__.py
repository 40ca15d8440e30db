"""Derivatives by finite differences, with error bars, and `check_grads`, which compares revad's with them."""
