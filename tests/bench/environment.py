"""What figures depend on besides the code: versions, threads, and the kernels that the libraries chose for this processor."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.engines import version
from tests.bench.table import ABSENT

PINS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # these would hold BLAS to kernels of another processor


def child_environment(threads: int) -> dict[str, str]:
    """Return the environment of the measuring processes: no pinned kernels, as many threads for every library."""
    kept = {name: value for name, value in os.environ.items() if name not in PINS}
    counts = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
    return kept | counts | {"JAX_PLATFORMS": "cpu", "PYTHONWARNINGS": "ignore"}


def describe(peers: list[str], threads: int) -> str:
    """Return a few lines on versions, threads and kernels, as found in this process."""
    lines = [
        f"Python {platform.python_version()}, NumPy {np.__version__}, " + ", ".join(f"{n} {version(n)}" for n in peers),
        f"{_processor()}, {os.cpu_count()} processors; threads per engine: {threads}",
        f"NumPy loops: {_numpy_loops()}; BLAS: {_blas()}",
    ]
    if "torch" in peers and version("torch") != ABSENT:
        lines.append(_torch())
    return "\n".join(lines)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _numpy_loops() -> str:
    found: Any = np.show_config(mode="dicts")
    simd = found["SIMD Extensions"]
    return " ".join([*simd["baseline"], *simd.get("found", [])])


def _blas() -> str:
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        found: Any = np.show_config(mode="dicts")
        return f"{found['Build Dependencies']['blas']['name']} (threadpoolctl, not installed here, would tell its kernels)"
    libraries = [info for info in threadpool_info() if info["user_api"] == "blas"]
    return ", ".join(
        f"{info['internal_api']} {info['version']}, {info.get('architecture', '?')} kernels, {info['num_threads']} thread(s)"
        for info in libraries
    )


def _torch() -> str:
    import torch

    kernels = torch.backends.cpu.get_cpu_capability()
    blas = "MKL" if torch.backends.mkl.is_available() else "no MKL"
    return f"torch: {kernels} kernels, {blas}, {torch.get_num_threads()} thread(s)"
