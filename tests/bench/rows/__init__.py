"""The rows, one file per group: ``measure(engines, seconds)``, which ``ENGINES`` take part, and whether each runs ``ALONE``."""
