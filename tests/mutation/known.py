"""The mutants that are no mistakes: another form of the same number. Each is named by its text, with the reason."""

from __future__ import annotations

from tests.mutation.mutants import Mutant

Key = tuple[str, str, str, str]  # the file, the function, what stood there, what stands there now

KNOWN: dict[str, tuple[Key, ...]] = {}
"""The reasons, and which mutants each holds for."""


def reason(mutant: Mutant) -> str | None:
    """Return why a mutant is no mistake, or None."""
    return next((why for why, keys in KNOWN.items() if mutant.key in keys), None)
