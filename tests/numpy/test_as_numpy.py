"""`revad.numpy` with plain arrays is NumPy: every row of the operation table gives the same, also while something is recorded."""

from __future__ import annotations

from typing import Any

import numpy  # noqa: ICN001  (np is revad's here)
import pytest

import revad.numpy as np
from revad import grad
from tests.specs import ROWS
from tests.specs._row import Const

pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:numpy.fix is deprecated:DeprecationWarning"),
]


def ours(function: Any) -> Any:
    """Return what `revad.numpy` has for a function of NumPy's, or None."""
    home = getattr(function, "__module__", None) or ("numpy" if isinstance(function, numpy.ufunc) else "")
    if home.partition(".")[0] != "numpy":
        return None
    theirs, here = numpy, np
    for part in [*home.split(".")[1:], function.__name__]:
        theirs, here = getattr(theirs, part, None), getattr(here, part, None)
    return here if theirs is function else None


CALLS = {id(row): found for row in ROWS if (found := ours(row.function)) is not None}
NAMES = sorted({row.name.partition("(")[0] for row in ROWS if id(row) in CALLS})


def test_the_table_reaches_most_of_numpy() -> None:
    assert len(NAMES) > 250
    assert len(CALLS) > 1000


def plainly(value: Any, made: Any = lambda array: array) -> Any:
    """Return an argument of a row without its marks, its arrays passed through ``made``."""
    if isinstance(value, Const):
        return plainly(value.value, made)
    if type(value) in (list, tuple):
        return type(value)([plainly(item, made) for item in value])
    return made(value) if isinstance(value, numpy.ndarray) else value


def as_lists(value: Any) -> Any:
    """Return results as NumPy's bytes, types and shapes, for comparison to the last bit."""
    if isinstance(value, (tuple, list)):
        return [as_lists(item) for item in value]
    array = numpy.array(value)
    kind = "array" if isinstance(value, numpy.ndarray) or hasattr(value, "__array_function__") else type(value)
    return kind, array.dtype, array.shape, array.tobytes() if array.dtype != object else repr(value)


@pytest.mark.parametrize("name", NAMES)
def test_plain_results_are_numpys(name: str) -> None:
    for row in ROWS:
        if row.name.partition("(")[0] != name or id(row) not in CALLS:
            continue
        options = {key: plainly(value) for key, value in row.kwargs.items()}
        expected = as_lists(row.function(*plainly(row.args, numpy.copy), **options))
        found = CALLS[id(row)]
        assert as_lists(found(*plainly(row.args, numpy.copy), **options)) == expected
        seen = []

        def recorded(t: Any, row: Any = row, found: Any = found, options: Any = options, seen: Any = seen) -> Any:
            for made in (np.array, numpy.copy):  # buffers, plain arrays
                seen.append(as_lists(found(*plainly(row.args, made), **options)))
            return t

        grad(recorded)(1.0)
        assert seen == [expected, expected]
