"""Random numbers: every function that draws takes ``rng=``, a `numpy.random.Generator`; the one used by default is here.

NumPy's global random state is neither read nor changed.
"""

from __future__ import annotations

from typing import Any

import numpy as np


class _Default:
    generator: np.random.Generator | None = None


def default_generator() -> np.random.Generator:
    """Return the generator that is used where no ``rng=`` is given.

    Returns
    -------
    numpy.random.Generator
        Seeded from the operating system unless `manual_seed` was called.

    Examples
    --------
    >>> import nn
    >>> nn.default_generator() is nn.default_generator()
    True
    """
    if _Default.generator is None:
        _Default.generator = np.random.default_rng()
    return _Default.generator


def manual_seed(seed: int) -> np.random.Generator:
    """Seed the default generator, so that a program draws the same numbers each time it runs.

    Parameters
    ----------
    seed : int
        Any non-negative integer.

    Returns
    -------
    numpy.random.Generator
        The default generator from now on.

    Examples
    --------
    >>> import nn
    >>> _ = nn.manual_seed(0)
    >>> first = nn.default_generator().random()
    >>> nn.manual_seed(0).random() == first
    True
    """
    _Default.generator = np.random.default_rng(seed)
    return _Default.generator


def generator_or_default(rng: Any) -> np.random.Generator:
    """Return the generator that a caller meant: one given, one seeded by a given integer, or the default.

    Examples
    --------
    >>> bool(generator_or_default(3).integers(10) == generator_or_default(3).integers(10))
    True
    """
    if rng is None:
        return default_generator()
    if isinstance(rng, np.random.Generator):
        return rng
    if isinstance(rng, (int, np.integer)):
        return np.random.default_rng(rng)
    raise TypeError(f"rng must be a numpy.random.Generator, an integer seed or None, not {type(rng).__name__}.")
