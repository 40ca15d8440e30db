"""A class defined inside a function uses names of the module that change, and changes them."""

from __future__ import annotations

from typing import Any

import numpy as np

COUNT = 0


def counted(x: Any) -> Any:
    global COUNT
    COUNT = 3

    class Inner:
        start = COUNT

        def count(self) -> Any:
            global COUNT
            COUNT += self.start

            class Innermost:
                value = np.array([x[0], COUNT])

            return Innermost.value

    return np.sum(Inner().count() * Inner().count()) + COUNT
