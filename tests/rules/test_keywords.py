"""Every documented keyword of every differentiable NumPy function occurs in a row of the operation table, or is listed with the reason."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest

from revad.operations.operation import Operation
from revad.operations.registry import operations
from revad.rules.series import SERIES
from tests.rules.test_specs import HOST_ONLY, ids
from tests.specs import FAMILIES, ROWS
from tests.watching import calls_of

MEMORY = {"order", "subok", "casting", "device", "like", "copy", "overwrite_input", "requirements"}
"""How the result lies in memory, or what kind of array it is: nothing that a derivative could depend on."""


def names_of(function: Any) -> tuple[str, ...]:
    """Return the names of a function's positional parameters, as the registry knows them."""
    return Operation(function).parameters[0] if callable(function) else ()


def documented(function: Any) -> set[str]:
    """Return the names of the keywords that a function takes."""
    if isinstance(function, np.ufunc):
        return {"out", "where", "dtype"} if function.signature is None else {"out", "dtype", "axes"}
    return {*names_of(function), *Operation(function).keywords()} - MEMORY


def differentiable() -> list[Any]:
    """Return NumPy's public functions that have a derivative."""
    found = []
    for operation in operations():
        function = operation.function
        if operation.kind not in ("rules", "composite", "in_place") or not callable(function):
            continue
        if isinstance(function, np.ufunc):
            public = getattr(np, function.__name__, None) is function
        else:
            public = str(getattr(function, "__module__", "")).split(".")[0] == "numpy" and function not in SERIES.values()
        if public:
            found.append(function)
    return found


@pytest.fixture(scope="module")
def used() -> dict[Any, set[str]]:
    """Return which arguments of which function the rows use, found by running them."""
    found: dict[Any, set[str]] = defaultdict(set)
    for r, family, name in zip(ROWS, FAMILIES, ids(), strict=True):
        if not family.startswith("scipy"):
            for function, names in calls_of(r, on_host=name in HOST_ONLY).items():
                found[function] |= names
    return found


UNUSED = {
    np.divmod: ("where", "NumPy writes both outputs where the mask holds; the engine takes `where` with one output only"),
    np.modf: ("where", "as divmod"),
    np.frexp: (
        "out where dtype",
        "one of its outputs holds whole numbers: they cannot be tracked, and have a dtype of their own",
    ),
    np.fft.hfft: ("out", "NumPy 2.4 takes it and does not write into it"),
    np.fft.ifft2: ("out", "NumPy 2.4 takes it and does not write into it"),
    np.fft.irfft2: ("out", "NumPy 2.4 takes it and does not write into it"),
    np.ldexp: ("dtype", "both dtypes are given by the arguments: it has a loop for each"),
}
"""Keywords that no row uses, with the reason."""

OUTDATED = {
    **{f: {"interpolation"} for f in (np.quantile, np.percentile, np.nanquantile, np.nanpercentile)},
    np.corrcoef: {"bias", "ddof"},
    np.reshape: {"newshape"},
}
"""Keywords that older releases of NumPy take, with a warning."""


@pytest.mark.filterwarnings("ignore")
def test_every_keyword_occurs_in_a_row(used: dict[Any, set[str]]) -> None:
    """Each documented keyword of each differentiable function of NumPy is in a row, save those that are listed."""
    missing = {f: names for f in differentiable() if (names := documented(f) - used[f] - OUTDATED.get(f, set()))}
    assert missing == {f: set(names.split()) for f, (names, _) in UNUSED.items()}
