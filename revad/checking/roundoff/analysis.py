"""`roundoff`: from one reverse sweep, how much rounding in each call can change the result.

A call's result v̂ = v + δ changes the output by v̄·δ to first order, where v̄ is the adjoint of v, which the reverse sweep knows
anyway. With a bound on each |δ| (see `rounding`) the sum of |v̄·δ| bounds the error of the output [1]_.

.. [1] M. Iri, "Simultaneous computation of functions, partial derivatives and estimates of rounding errors", *Japan Journal of
   Applied Mathematics* 1, 1984; Griewank and Walther, *Evaluating Derivatives*, 2nd ed., section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from revad.base.arrays import is_inexact
from revad.base.places import Site, user_site
from revad.base.trees import flatten
from revad.checking.differences.mappings import as_mapping
from revad.checking.doctor.calls import parts_of, spoken_name
from revad.checking.roundoff.local import Local, local_errors
from revad.checking.roundoff.losses import Loss, Roundoff
from revad.engine.dispatch import strip_call
from revad.engine.handles import Tracked, plain
from revad.engine.probes import probe, result_on
from revad.engine.watching import watching
from revad.errors import NotScalarError
from revad.operations.operation import Operation
from revad.operations.registry import lookup
from revad.transforms.arguments import Argnums, Chosen
from revad.transforms.recording import Recording
from revad.transforms.reverse import vjp
from revad.typing import Array

SINGLE_UNIT = float(np.finfo(np.float32).eps) / 2
LARGEST, SMALLEST = float(np.finfo(np.float32).max), float(np.finfo(np.float32).tiny)


@dataclass(slots=True)
class _Call:
    """One watched call, and what its rounding does to the result, once the reverse sweep has come by."""

    operation: Operation
    site: Site
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    outputs: list[Any]
    errors: list[Local]
    adjoints: dict[int, Any]
    runs_again: bool = False  # in its pull-back, where the calls inside are seen

    @property
    def unit(self) -> float:
        """Half the distance from 1 to the next number, in the precision of the call."""
        return unit_of(self.outputs[0])

    def effect(self, *, single: bool) -> float:
        """Return by how much rounding in this call can change the result."""
        unit = SINGLE_UNIT if single else self.unit
        total = 0.0
        for position, adjoint in self.adjoints.items():
            error = self.errors[position]
            total += unit * float(np.sum(np.abs(adjoint) * (error.single if single else error.size)))
        if any(error.backward for error in self.errors):
            total += unit * self._backward()
        return total

    def _backward(self) -> float:
        """Return the effect of changing the arguments by units of their size: rounding in a backward stable algorithm."""
        leaves, rebuild = flatten((self.args, self.kwargs))
        moving = [i for i, leaf in enumerate(leaves) if is_inexact(leaf)]

        def run(*values: Any) -> list[Any]:
            filled = list(leaves)
            for i, value in zip(moving, values, strict=True):
                filled[i] = value
            args, kwargs = rebuild(filled)
            return [part for part in parts_of(self.operation.function(*args, **kwargs)) if is_inexact(part)]

        outputs, pullback = vjp(run, *[leaves[i] for i in moving])
        adjoints = [self.adjoints.get(i) for i, output in enumerate(self.outputs) if is_inexact(output)]
        cotangents = [np.zeros_like(y)[()] if g is None else g for g, y in zip(adjoints, outputs, strict=True)]
        pairs = zip(pullback(cotangents), [leaves[i] for i in moving], strict=True)
        return self.errors[0].backward * sum(float(np.sum(np.abs(g)) * np.max(np.abs(x), initial=0.0)) for g, x in pairs)

    def leaves_single_range(self, result: float) -> bool:
        """Return whether a value is too large for single precision, or a small one that matters too small."""
        for position, adjoint in self.adjoints.items():
            size = np.abs(np.asarray(self.outputs[position]))
            tiny = (size < SMALLEST) & (size > 0) & (np.abs(adjoint) * size > SINGLE_UNIT * result)
            if np.any(np.isfinite(size) & (size > LARGEST)) or np.any(tiny):
                return True
        return False


def unit_of(value: Any) -> float:
    """Return half the distance from 1 to the next number, in a value's precision."""
    return float(np.finfo(np.asarray(value).dtype).eps) / 2


def roundoff(f: Callable[..., Any], *args: Any, argnums: Argnums | None = None, **kwargs: Any) -> Roundoff:
    r"""Bound the rounding error of a result, by operation and source line, and say how many digits to trust.

    Parameters
    ----------
    f : callable
        Any function that `revad.grad` takes, with one real number as result. For an entry of a gradient, pass
        ``lambda x: revad.grad(f)(x)[0]``.
    *args, **kwargs
        Where.
    argnums : int, str, or sequence of them, optional
        With respect to what the condition number is taken; by default every floating or complex leaf of the positional
        arguments. Rounding is seen in what depends on these.

    Returns
    -------
    Roundoff
        The value, a bound on its rounding error, ``digits`` to trust, the ``condition`` number, whether ``float32`` would do,
        and ``losses``, largest first. It prints as a table.

    Raises
    ------
    NotScalarError
        The result is not one real number.
    NotDifferentiableError
        There is nothing to differentiate, or ``f`` is not deterministic.

    Notes
    -----
    To first order the error is at most :math:`\sum_v |\bar v|\,|\delta_v|` over all intermediate values v, where
    :math:`\bar v` is the adjoint and :math:`\delta_v` the rounding of one call: :math:`|\delta_v| \le u\,|v|` for arithmetic. The
    condition number is :math:`\kappa = \sum_i |x_i\,\partial f/\partial x_i| / |f|`: a result is never better than
    :math:`\kappa u` if the inputs are rounded, so a bound far above it means that the way of computing loses digits, not the
    problem. Cost: about twice that of the gradient. Sums of many terms are taken to round with random signs.
    A primitive of yours counts as one call of a backward stable algorithm.

    Examples
    --------
    >>> import numpy as np, revad
    >>> def naive_variance(x):
    ...     return np.mean(x**2) - np.mean(x) ** 2
    >>> report = revad.roundoff(naive_variance, 1e6 + np.array([0.0, 1.0, 2.0]))
    >>> report.digits
    3
    >>> report.losses[0].operation, report.losses[0].site.source
    ('numpy.mean', 'return np.mean(x**2) - np.mean(x) ** 2')
    """
    here, _ = as_mapping("roundoff", f, argnums, args, kwargs)
    if here.outputs.size != 1 or here.outputs.parts[0].aval.shape != ():
        raise NotScalarError(
            f"roundoff: {here.name} must return one real number, not {here.outputs.size} of them ({', '.join(here.outputs.labels)}). "
            "Return one entry, a sum or a norm of them."
        )
    watch = _Watch()
    leaves = here.leaves
    with watching(watch):
        chosen = Chosen("roundoff", tuple(range(len(leaves))), tuple(leaves), {})
        recording = Recording("roundoff", here.function, chosen, has_aux=False)
        watch.level = recording.level
        (value,) = recording.values
        gradient = recording.pull([np.ones_like(value)[()]])
    calls = [call for call in watch.calls if call.adjoints and not call.runs_again]
    pairs = list(zip(gradient, leaves, strict=True))
    with np.errstate(all="ignore"):
        moved = sum(float(np.sum(np.abs(g * x))) for g, x in pairs)
        rounded = sum(float(np.sum(np.abs(g * x) * _needs_rounding(x))) for g, x in pairs)
        fits = not any(call.leaves_single_range(abs(float(value))) for call in calls)
        losses = _losses(calls)
    return Roundoff(here.name, float(value), unit_of(value), moved, SINGLE_UNIT * rounded, losses, fits)


class _Watch:
    """Lists the calls of a run on plain values, with their rounding, and puts probes for the adjoint behind them."""

    def __init__(self) -> None:
        self.calls: list[_Call] = []
        self.level: int | None = None  # of the recording; known once it is pulled back
        self._pulled: _Call | None = None  # the latest call that the reverse sweep has come to

    def __call__(self, top: Tracked, operation: Operation, level: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Record a call as usual, and work out its rounding."""
        below_args, below_kwargs = strip_call(level, args, kwargs)
        ans = top.process(operation, level, args, kwargs)
        outputs = list(parts_of(ans))
        tracked = [result_on(y, level) is not None for y in outputs]
        inner = [y._value if isinstance(y, Tracked) else y for y in outputs]
        if operation.kind != "rules" or not any(tracked) or any(isinstance(y, Tracked) for y in inner):
            return ans  # of an inner derivative: its calls come by again, one level below
        values = [plain(y) for y in outputs]
        errors = local_errors(operation, below_args, below_kwargs, values)
        call = _Call(operation, user_site(), below_args, below_kwargs, values, errors, {})
        self.calls.append(call)
        if self.level is not None and self._pulled is not None and lookup(self._pulled.operation.function) is None:
            self._pulled.runs_again = True
        for position, output in enumerate(outputs):
            if tracked[position]:
                self._follow(call, position, output)
        return ans

    def _follow(self, call: _Call, position: int, output: Any) -> None:
        """Let the node of an output be followed by one that passes its cotangent on, and notes it."""

        def note(g: Array) -> None:
            if self.level is not None:  # else of a derivative that the function itself takes
                call.adjoints[position] = plain(g)
                self._pulled = call

        output._node = probe(output._node, note)


def _needs_rounding(value: Any) -> Any:
    """Return which entries of an input are not numbers of single precision."""
    value = np.asarray(value)
    return value.astype(np.complex64 if value.dtype.kind == "c" else np.float32) != value


def _losses(calls: list[_Call]) -> list[Loss]:
    """Return what the calls of each operation on each line do to the result, largest effect first."""
    found: dict[tuple[str, Site], Loss] = {}
    for call in calls:
        key = spoken_name(call.operation), call.site
        loss = found.setdefault(key, Loss(*key, np.shape(call.outputs[0])))
        loss.calls += 1
        loss.effect += call.effect(single=False)
        loss.single_effect += call.effect(single=True)
    return sorted(found.values(), key=lambda loss: -loss.effect)
