"""The demonstrations of ``revad demo``, one module each. They need the extra ``revad[demo]``, imported when they run."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from revad.errors import ArgumentError, MissingExtraError

DEMONSTRATIONS = {
    "fit": "a logistic regression on real data, from a plain NumPy likelihood to checked, fitted weights",
    "networks": "a feedforward, a convolutional and a recurrent net on real data, with a report in HTML",
}


class Options(NamedTuple):
    """What may be asked of a demonstration: a shorter training, and where its report goes."""

    quick: bool = False
    report: Path = Path("revad-demo.html")


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


def run(name: str | None = None, options: Options | None = None) -> int:
    """Run a demonstration, or all of them; return the exit status.

    Examples
    --------
    >>> run("no such demonstration")
    Traceback (most recent call last):
    revad.errors.ArgumentError: there is no demonstration 'no such demonstration'; choose one of: fit, networks.
    """
    if name is not None and name not in DEMONSTRATIONS:
        raise ArgumentError(f"there is no demonstration {name!r}; choose one of: {', '.join(DEMONSTRATIONS)}.")
    modules = [import_module(f"revad.demo.{each}") for each in ([name] if name else DEMONSTRATIONS)]
    for module in modules:  # before the first one begins: nobody waits for the news that the second one cannot run
        require(**module.LIBRARIES)
    statuses: list[int] = []
    for i, module in enumerate(modules):
        if i:
            print()
        statuses.append(module.main(options or Options()))
    return max(statuses)


def names() -> str:
    """Return the names of the demonstrations, and what they show, as lines of text.

    Examples
    --------
    >>> print(names())
    fit       a logistic regression on real data, from a plain NumPy likelihood to checked, fitted weights
    networks  a feedforward, a convolutional and a recurrent net on real data, with a report in HTML
    """
    width = max(map(len, DEMONSTRATIONS))
    return "\n".join(f"{name:{width}}  {about}" for name, about in DEMONSTRATIONS.items())
