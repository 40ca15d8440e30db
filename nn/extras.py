"""Libraries that only some features need: imported where they are used, and named by their extra where they are missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import revad


def need(library: str, extra: str, purpose: str) -> Any:
    """Import a library that an extra installs.

    Parameters
    ----------
    library : str
        The module to import.
    extra : str
        The extra that brings it.
    purpose : str
        What it is needed for; the subject of the message.

    Returns
    -------
    module

    Raises
    ------
    MissingExtraError
        If it is not installed.

    Examples
    --------
    >>> need("math", "none", "this example").sqrt(4.0)
    2.0
    """
    try:
        return import_module(library)
    except ModuleNotFoundError as error:
        if error.name != library.partition(".")[0]:
            raise
        raise revad.MissingExtraError(
            f"{purpose} needs {error.name}, which is not installed. Install it with `pip install revad[{extra}]`."
        ) from error
