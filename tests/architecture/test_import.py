"""What ``import revad`` may do to a process: next to nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import revad


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


HEAVY = ["networkx", "scipy", "matplotlib", "optree", "sklearn", "tqdm", "torch", "jax", "autograd", "pandas"]


@pytest.mark.parametrize("then", ["", "revad.grad(lambda x: (x * x).sum())(numpy.ones(3))"])
def test_no_heavy_library_is_imported(then: str) -> None:
    assert run(f"import sys, numpy, revad\n{then}\nprint([m for m in {HEAVY} if m in sys.modules])").strip() == "[]"


def test_it_works_where_no_optional_library_can_be_imported() -> None:
    run(
        f"""
import sys
for name in {[name for name in HEAVY if name != "optree"]}:
    sys.modules[name] = None
import numpy as np, revad
assert revad.grad(lambda p: np.sum(p["x"] ** 2))({{"x": np.ones(2)}})["x"].tolist() == [2.0, 2.0]
assert revad.grad(lambda p: p[0] * p[1])((2.0, 3.0)) == (3.0, 2.0)
"""
    )


def test_no_global_state_changes() -> None:
    run(
        """
import random, signal, sys, threading, warnings, gc, locale, os
import numpy as np
def state():
    return {
        "err": np.geterr(), "errcall": np.geterrcall(), "print": np.get_printoptions(), "filters": list(warnings.filters),
        "recursion": sys.getrecursionlimit(), "numpy random": repr(np.random.get_state()), "random": random.getstate(),
        "signals": [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)], "threads": threading.active_count(),
        "gc": (gc.isenabled(), gc.get_threshold()), "locale": locale.setlocale(locale.LC_ALL), "environment": dict(os.environ),
        "hooks": (sys.excepthook, sys.displayhook, sys.gettrace(), sys.getprofile()), "path": list(sys.path),
    }
before, numpy_before = state(), dict(vars(np))
import revad
assert [k for k, v in state().items() if v != before[k]] == []
def f(x):
    with revad.no_grad():
        pass
    return np.sum(np.sin(x) * x[0])
revad.hessian(f)(np.ones(3)); revad.jvp(f, (np.ones(3),), (np.ones(3),)); revad.trace(f, np.ones(3))
try:
    revad.grad(f)("text")
except TypeError:
    pass
changed = [k for k, v in state().items() if v != before[k]]
assert changed == [], changed
assert all(vars(np)[name] is value for name, value in numpy_before.items())  # nothing of NumPy is replaced
"""
    )


def test_public_names() -> None:
    names = [
        "grad",
        "value_and_grad",
        "elementwise_grad",
        "vjp",
        "jvp",
        "jacobian",
        "jacfwd",
        "hessian",
        "hvp",
        "ggnvp",
        "grad_and_aux",
    ]
    names += [
        "checkpoint",
        "stop_gradient",
        "tensor",
        "no_grad",
        "trace",
        "Program",
        "primitive",
        "extend",
        "custom_vjp",
        "Tensor",
    ]
    names += ["check_grads"]
    for name in names:
        assert hasattr(revad, name), name
        assert getattr(revad, name).__doc__, name
    assert revad.__version__
