"""The operation table: every row of every family, save the calls that the installed NumPy lacks."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tests.specs._row import Row

ROWS: list[Row] = []
FAMILIES: list[str] = []  # for each row, the name of its module
LEFT_OUT: list[Row] = []
for _module in iter_modules(__path__):
    if not _module.name.startswith("_"):
        for _row in import_module(f"{__name__}.{_module.name}").ROWS:
            if not _row.is_callable:
                LEFT_OUT.append(_row)
                continue
            ROWS.append(_row)
            FAMILIES.append(_module.name)
