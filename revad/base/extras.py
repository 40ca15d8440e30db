"""Libraries that only some features need: imported where they are used, and named by their extra where they are missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from revad.errors import MissingExtraError


def need(library: str, extra: str, purpose: str) -> Any:
    """Import a library that an extra of revad installs.

    Parameters
    ----------
    library : str
        The module to import, for instance ``"scipy.special"``.
    extra : str
        The extra of revad that brings it.
    purpose : str
        What it is needed for; the subject of the message.

    Returns
    -------
    module

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        return import_module(library)
    except ModuleNotFoundError as error:
        if error.name != library.partition(".")[0]:
            raise
        raise MissingExtraError(
            f"{purpose} needs {error.name}, which is not installed. Install it with `pip install revad[{extra}]`."
        ) from error
