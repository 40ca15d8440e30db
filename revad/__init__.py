"""revad: reverse-mode automatic differentiation of ordinary Python functions written with ordinary NumPy.

Write NumPy; differentiate it::

    import numpy as np
    from revad import grad

    def loss(w):
        return np.sum(np.tanh(w) ** 2)

    grad(loss)(np.array([0.5, -1.0]))
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from revad import extend as extend
from revad.base.memory import keep_freed_memory as _keep_freed_memory
from revad.errors import ArgumentError as ArgumentError
from revad.errors import CotangentError as CotangentError
from revad.errors import FreedTapeError as FreedTapeError
from revad.errors import GradientMismatchError as GradientMismatchError
from revad.errors import GuardError as GuardError
from revad.errors import InPlaceError as InPlaceError
from revad.errors import LeakedTracerError as LeakedTracerError
from revad.errors import LostGradientError as LostGradientError
from revad.errors import MissingExtraError as MissingExtraError
from revad.errors import NonFiniteError as NonFiniteError
from revad.errors import NoRuleError as NoRuleError
from revad.errors import NotDifferentiableError as NotDifferentiableError
from revad.errors import NotScalarError as NotScalarError
from revad.errors import RevadError as RevadError
from revad.errors import RuleError as RuleError
from revad.errors import RuleShapeError as RuleShapeError
from revad.extend import custom_jvp as custom_jvp
from revad.extend import custom_vjp as custom_vjp
from revad.extend import primitive as primitive
from revad.operations.registry import load_on_first_use as _load_on_first_use
from revad.operations.registry import load_with as _load_with
from revad.programs.program import Program as Program
from revad.tensors.leaves import no_grad as no_grad
from revad.tensors.leaves import stop_gradient as stop_gradient
from revad.tensors.leaves import tensor as tensor
from revad.tensors.tensor import Tensor as Tensor
from revad.transforms.batches import vmap as vmap
from revad.transforms.forward import jvp as jvp
from revad.transforms.implicit import implicit as implicit
from revad.transforms.loops import loop as loop
from revad.transforms.loops import scan as scan
from revad.transforms.matrices import ggnvp as ggnvp
from revad.transforms.matrices import hessian as hessian
from revad.transforms.matrices import hvp as hvp
from revad.transforms.matrices import jacfwd as jacfwd
from revad.transforms.matrices import jacobian as jacobian
from revad.transforms.recompute import checkpoint as checkpoint
from revad.transforms.reverse import elementwise_grad as elementwise_grad
from revad.transforms.reverse import grad as grad
from revad.transforms.reverse import grad_and_aux as grad_and_aux
from revad.transforms.reverse import value_and_grad as value_and_grad
from revad.transforms.reverse import vjp as vjp
from revad.transforms.taylor import directional as directional
from revad.transforms.taylor import laplacian as laplacian
from revad.transforms.taylor import taylor as taylor
from revad.transforms.trace import trace as trace

_load_on_first_use(lambda: _import_module("revad.rules"))
_keep_freed_memory()
_load_with("scipy.special", lambda: _import_module("revad.scipy.special.rules"))

if _TYPE_CHECKING:
    from revad.checking.differences.check import assert_grads as assert_grads
    from revad.checking.differences.check import check_grads as check_grads
    from revad.checking.doctor import diagnose as diagnose
    from revad.checking.roundoff.analysis import roundoff as roundoff
    from revad.checking.watches.nonfinite import debug_nans as debug_nans
    from revad.lifting import lift as lift
    from revad.transforms.sparse.matrices import sparse_hessian as sparse_hessian
    from revad.transforms.sparse.matrices import sparse_jacobian as sparse_jacobian
    from revad.transforms.sparse.patterns import sparsity as sparsity

_LAZY = {  # imported on first use: ``import revad`` stays cheap
    "assert_grads": "revad.checking.differences.check",
    "check_grads": "revad.checking.differences.check",
    "debug_nans": "revad.checking.watches.nonfinite",
    "diagnose": "revad.checking.doctor",
    "lift": "revad.lifting",
    "roundoff": "revad.checking.roundoff.analysis",
    "sparse_hessian": "revad.transforms.sparse.matrices",
    "sparse_jacobian": "revad.transforms.sparse.matrices",
    "sparsity": "revad.transforms.sparse.patterns",
}


def __getattr__(name: str) -> _Any:
    if name in _LAZY:
        return getattr(_import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'revad' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY])


__version__ = "0.2.0"
