"""Watches: blocks in which every call on tracked values is looked at."""
