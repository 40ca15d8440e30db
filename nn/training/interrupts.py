"""Ctrl-C between two batches rather than within one: a run that is interrupted can always be saved and gone on with."""

from __future__ import annotations

import signal
import threading
from typing import Any, Self


class DeferredInterrupt:
    """While active, the first Ctrl-C is only noted, and `check` raises it; the second one is raised at once.

    Only in the main thread, and only where nobody else has taken over the signal; elsewhere it does nothing.

    Examples
    --------
    >>> with DeferredInterrupt() as interrupt:
    ...     interrupt.check()
    """

    def __init__(self) -> None:
        self.noted = False
        self._before: Any = None

    def __enter__(self) -> Self:
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def _note(self, number: int, frame: Any) -> None:
        if self.noted:
            signal.default_int_handler(number, frame)
        self.noted = True

    def check(self) -> None:
        """Raise KeyboardInterrupt if there was a Ctrl-C."""
        if self.noted:
            self.noted = False
            raise KeyboardInterrupt

    def __exit__(self, *exception: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
        if exception[0] is None:
            self.check()
