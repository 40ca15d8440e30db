"""`History`: what was measured in each epoch, as columns of numbers."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from nn.serialization.atomic import write_atomically
from revad.extend import need


class History:
    """One row for each epoch, one column for each measure; ``history["loss"]`` is an array.

    A measure that was not taken in an epoch is nan there. Printing a history shows its last rows.

    Examples
    --------
    >>> history = History()
    >>> history.append({"loss": 0.5, "val_loss": 0.75})
    >>> history.append({"loss": 0.25, "val_loss": 0.5})
    >>> history["loss"]
    array([0.5 , 0.25])
    >>> history
    epoch  loss  val_loss
        1   0.5      0.75
        2  0.25       0.5
    """

    def __init__(self) -> None:
        self._columns: dict[str, list[float]] = {}
        self._length = 0

    def append(self, row: dict[str, float]) -> None:
        """Add the measures of an epoch."""
        for name in row:
            self._columns.setdefault(name, [math.nan] * self._length)
        for name, column in self._columns.items():
            column.append(float(row.get(name, math.nan)))
        self._length += 1

    def __len__(self) -> int:
        """Return the number of epochs."""
        return self._length

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the columns."""
        return iter(self._columns)

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        """Return a column as an array of float64."""
        if name not in self._columns:
            raise KeyError(f"the history has no column {name!r}; it has {', '.join(self._columns) or 'none yet'}.")
        return np.array(self._columns[name], np.float64)

    def last(self) -> dict[str, float]:
        """Return the measures of the last epoch."""
        return {name: column[-1] for name, column in self._columns.items()} if self._length else {}

    def to_csv(self, path: Any) -> None:
        """Write a table with a line for each epoch; the numbers are written in full."""
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(["epoch", *self._columns])
        table.writerows([i + 1, *(repr(column[i]) for column in self._columns.values())] for i in range(self._length))
        write_atomically(path, lambda file: _write(file, text.getvalue()))

    def to_json(self, path: Any) -> None:
        """Write an object with a list for each column; nan becomes null, infinities become strings."""
        columns = {name: [_json(value) for value in column] for name, column in self._columns.items()}
        write_atomically(path, lambda file: _write(file, json.dumps(columns, indent=1, allow_nan=False) + "\n"))

    def plot(self, names: list[str] | None = None, axes: Any = None) -> Any:
        """Draw columns over the epochs; a training measure and its validation share a panel.

        Parameters
        ----------
        names : list of str, optional
            What to draw, without the ``val_`` of validation measures; everything but the learning rate by default.
        axes : list of matplotlib axes, optional
            Where; a new figure by default.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        MissingExtraError
            matplotlib is not installed.
        """
        shown = names or list(dict.fromkeys(name.removeprefix("val_") for name in self._columns if name != "lr"))
        if axes is None:
            figure_module = need("matplotlib.figure", "train", "History.plot")
            panels = figure_module.Figure(figsize=(4.5 * len(shown), 3.2), layout="constrained").subplots(
                1, len(shown), squeeze=False
            )
            axes = list(panels[0])
        for panel, name in zip(axes, shown, strict=True):
            for column, label in ((name, "training"), (f"val_{name}", "validation")):
                if column in self:
                    panel.plot(
                        np.arange(1, self._length + 1), self[column], label=label, marker="." if self._length < 30 else ""
                    )
            panel.set(xlabel="epoch", ylabel=name)
            panel.legend()
        return axes[0].figure

    def state_dict(self) -> dict[str, Any]:
        """Return the columns as arrays."""
        return {name: self[name] for name in self._columns}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over columns."""
        self._columns = {name: column.tolist() for name, column in state_dict.items()}
        self._length = max((len(column) for column in self._columns.values()), default=0)

    def __repr__(self) -> str:
        first = max(0, self._length - 20)
        rows = [["epoch", *self._columns]]
        rows += [[str(i + 1), *(f"{column[i]:.4g}" for column in self._columns.values())] for i in range(first, self._length)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        return "\n".join(lines)


def _write(file: Any, text: str) -> None:
    file.write(text.encode())


def _json(value: float) -> Any:
    return value if math.isfinite(value) else None if math.isnan(value) else str(value)
