"""The demonstrations of ``revad demo``, one module each. They need the extra ``revad[demo]``, imported when they run."""

from __future__ import annotations

from importlib import import_module

from revad.errors import ArgumentError, MissingExtraError

NAMES = ("fit",)


def require(**libraries: str) -> None:
    """Import optional libraries, given as ``module="name of the library"``.

    Raises
    ------
    MissingExtraError
        One of them cannot be imported; the message names the command that installs them.

    Examples
    --------
    >>> require(math="the maths library")
    """
    for module, library in libraries.items():
        try:
            import_module(module)
        except ImportError as error:
            raise MissingExtraError(
                f'this demonstration needs {library}, which cannot be imported ({error}): pip install "revad[demo]"'
            ) from error


def run(name: str) -> int:
    """Run a demonstration; return the exit status.

    Examples
    --------
    >>> run("no such demonstration")
    Traceback (most recent call last):
    revad.errors.ArgumentError: there is no demonstration 'no such demonstration'; choose one of: fit.
    """
    if name not in NAMES:
        raise ArgumentError(f"there is no demonstration {name!r}; choose one of: {', '.join(NAMES)}.")
    return int(import_module(f"revad.demo.{name}").main())
