"""The rows, one file per group.

Each has ``measure(engine, seconds)``, which returns rows with that engine's figures; ``ENGINES``, who takes part; ``ROUNDS``, how
often at most; and ``derived(rows)``, which returns further rows that follow from the complete ones.
"""

from __future__ import annotations

from tests.bench.table import Row


def nothing(rows: list[Row]) -> list[Row]:
    """Return no further rows."""
    return []
