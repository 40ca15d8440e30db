"""How a run shows itself: a bar (tqdm) on a terminal, else a line for each epoch and, in long ones, every half minute."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from revad.extend import need


class Progress:
    """Shows nothing; what the others are made of.

    Parameters
    ----------
    epochs : int
        How many there are to be.
    """

    interval = float("inf")  # seconds between two looks at the measures of a batch

    def __init__(self, epochs: int, first: int) -> None:
        self.epochs, self.first = epochs, first
        self.started = self.shown = time.perf_counter()
        self.epoch = first
        self.begun, self.batches, self.already, self.items = self.started, 0, 0, 0

    def begin(self, epoch: int, batches: int, done: int) -> None:
        """Start an epoch of so many batches, of which some may be done."""
        self.epoch, self.batches, self.already, self.items = epoch, batches, done, 0
        self.begun = time.perf_counter()

    def update(self, batch: int, items: int, measures: Callable[[], dict[str, Any]]) -> None:
        """Take notice of a batch; the measures are only computed when they are shown."""
        self.items += items
        now = time.perf_counter()
        if now - self.shown >= self.interval:
            self.shown = now
            self.show(batch, text_of(measures()))

    def show(self, batch: int, text: str) -> None:
        """Show the state within an epoch."""

    def end(self, measures: dict[str, Any]) -> None:
        """Show a whole epoch."""

    def close(self) -> None:
        """Clean up."""

    def rate(self) -> str:
        """Return the speed and the time that is left."""
        now = time.perf_counter()
        speed = self.items / max(now - self.begun, 1e-9)
        left = (self.epochs - self.epoch) * (now - self.started) / max(self.epoch - self.first, 1)
        return f"{now - self.begun:.1f} s, {speed:,.0f} items/s, {duration(left)} left"


class Lines(Progress):
    """Lines of text on standard output."""

    interval = 30.0

    def show(self, batch: int, text: str) -> None:
        """Write how far the epoch is."""
        elapsed = time.perf_counter() - self.begun
        left = elapsed / max(batch - self.already, 1) * (self.batches - batch)
        print(f"epoch {self.epoch}/{self.epochs}  batch {batch}/{self.batches}  {text}  ({duration(left)} left)", flush=True)

    def end(self, measures: dict[str, Any]) -> None:
        """Write what the epoch gave."""
        width = len(str(self.epochs))
        print(f"epoch {self.epoch:{width}}/{self.epochs}  {text_of(measures)}  ({self.rate()})", flush=True)


class Bar(Progress):
    """A bar on the terminal for each epoch, with rate and time left."""

    interval = 0.1

    def __init__(self, epochs: int, first: int) -> None:
        super().__init__(epochs, first)
        self.tqdm = need("tqdm", "train", "a progress bar").tqdm
        self.bar: Any = None

    def begin(self, epoch: int, batches: int, done: int) -> None:
        """Open a bar."""
        super().begin(epoch, batches, done)
        self.close()
        name = f"epoch {epoch:{len(str(self.epochs))}}/{self.epochs}"
        self.bar = self.tqdm(total=batches, initial=done, desc=name, unit=" batches", dynamic_ncols=True, file=sys.stderr)

    def show(self, batch: int, text: str) -> None:
        """Move the bar."""
        self.bar.set_postfix_str(text, refresh=False)
        self.bar.update(batch - self.bar.n)

    def end(self, measures: dict[str, Any]) -> None:
        """Fill the bar, and leave it with what the epoch gave."""
        self.bar.set_postfix_str(text_of(measures), refresh=False)
        self.bar.update(self.batches - self.bar.n)
        self.bar.refresh()
        self.close()

    def close(self) -> None:
        """Close the bar."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None


def make_progress(kind: Any, epochs: int, first: int) -> Progress:
    """Return what shows the progress.

    Parameters
    ----------
    kind : bool or {"bar", "lines"}
        True takes a bar where standard error is a terminal and tqdm is installed, else lines.
    epochs, first : int
        How many epochs there are to be, and how many are done.

    Examples
    --------
    >>> type(make_progress("lines", 3, 0)).__name__
    'Lines'
    """
    if kind is True:
        kind = "bar" if sys.stderr.isatty() and find_spec("tqdm") else "lines"
    if kind not in (False, "bar", "lines"):
        raise ValueError(f"progress must be True, False, 'bar' or 'lines', not {kind!r}.")
    return {False: Progress, "bar": Bar, "lines": Lines}[kind](epochs, first)


def text_of(measures: dict[str, Any]) -> str:
    """Return measures as text.

    Examples
    --------
    >>> text_of({"loss": 0.123456, "accuracy": 0.5})
    'loss 0.1235, accuracy 0.5'
    """
    return ", ".join(f"{name} {value:.4g}" for name, value in measures.items())


def duration(seconds: float) -> str:
    """Return a duration as text.

    Examples
    --------
    >>> duration(7.2), duration(75.0), duration(3725.0)
    ('7 s', '1:15 min', '1:02 h')
    """
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02} h"
