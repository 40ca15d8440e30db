"""What holds for all tests: one BLAS thread, and Hypothesis profiles.

The tests run in several processes, and small matrix products on many threads each would only get into each other's way. Profiles:
``dev`` while writing code, ``ci`` for every change, ``intense`` for a night; HYPOTHESIS_PROFILE selects one.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):  # read when NumPy and PyTorch are imported
    os.environ.setdefault(_variable, "1")

set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "revad-hypothesis")  # not a folder beside the code

_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow], "database": None}
settings.register_profile("dev", max_examples=30, **_COMMON)
settings.register_profile("ci", max_examples=200, derandomize=True, **_COMMON)
settings.register_profile("intense", max_examples=10_000, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
