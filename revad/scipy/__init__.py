"""SciPy's functions, differentiable, under SciPy's names: `revad.scipy.linalg.expm`, `revad.scipy.stats.norm.logpdf` ...

The ufuncs of `scipy.special` reach revad by themselves (they speak NumPy's protocol). All others are offered here: on plain
arrays they are SciPy's, on tracked values they are differentiated. Names that are not differentiable are SciPy's own.

Each subpackage is imported on first use; SciPy is an extra, ``pip install revad[scipy]``.
"""

from importlib import import_module
from typing import Any

SUBPACKAGES = ("fft", "integrate", "interpolate", "linalg", "optimize", "signal", "sparse", "special", "stats")


def __getattr__(name: str) -> Any:
    if name in SUBPACKAGES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module 'revad.scipy' has no attribute {name!r}; it has {', '.join(SUBPACKAGES)}.")


def __dir__() -> list[str]:
    return [*SUBPACKAGES]
