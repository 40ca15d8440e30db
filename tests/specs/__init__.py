"""The operation table: every row of every family."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tests.specs._row import Row

ROWS: list[Row] = []
FAMILIES: list[str] = []  # for each row, the name of its module
for _module in iter_modules(__path__):
    if not _module.name.startswith("_"):
        _rows = import_module(f"{__name__}.{_module.name}").ROWS
        ROWS += _rows
        FAMILIES += [_module.name] * len(_rows)
