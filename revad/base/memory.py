"""A hint to the C library's allocator: arrays of some megabytes that come and go shall not cost fresh pages each time.

glibc returns large blocks to the system when they are freed, and every page of the next one costs a fault: for elementwise work more
than the arithmetic. It learns from what it frees: once a block of 32 MB was freed, blocks up to that size stay in the heap, and up to
64 MB of free memory are kept (M_MMAP_THRESHOLD in its manual). The block here is never touched, so it costs nothing.
"""

from __future__ import annotations

import numpy as np

LARGEST = (1 << 25) - (1 << 13)  # just below what glibc learns from


def keep_freed_memory() -> None:
    """Allocate and free one large block, on any platform; others than glibc do not mind.

    Examples
    --------
    >>> keep_freed_memory()
    """
    np.empty(LARGEST, np.uint8)
