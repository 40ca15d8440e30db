"""A module with some names replaced: what `revad.numpy` and `revad.lift` put in place of NumPy's, Python's and SciPy's modules."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any


class Namespace(ModuleType):
    """A module that answers with its own names first and with those of another module otherwise.

    Parameters
    ----------
    original : module
        Where all other names are looked up.
    replaced : mapping
        The own names.
    """

    def __init__(self, original: Any, replaced: Mapping[str, Any]) -> None:
        super().__init__(original.__name__, original.__doc__)
        self.__dict__.update(replaced)
        self.__dict__["_original"] = original

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_original"], name)

    def __dir__(self) -> list[str]:
        return sorted({*dir(self.__dict__["_original"]), *self.__dict__})
