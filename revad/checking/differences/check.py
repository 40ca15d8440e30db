"""`check_grads` and `assert_grads`: revad's derivatives against finite differences, to any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from revad.checking.differences.comparisons import Comparison
from revad.checking.differences.entries import entry_mismatches
from revad.checking.differences.mappings import as_mapping
from revad.checking.differences.mismatches import Mismatch
from revad.checking.differences.projections import ROUNDINGS, Trial
from revad.checking.differences.spaces import Mapping, mapping
from revad.checking.differences.verdict import GradientCheck
from revad.errors import ArgumentError, GradientMismatchError
from revad.transforms.arguments import Argnums

MODES = ("vjp", "jvp")


@np.errstate(all="ignore")  # what is not finite is told in the message
def check_grads(
    f: Callable[..., Any],
    *args: Any,
    modes: Sequence[str] = MODES,
    order: int = 2,
    argnums: Argnums | None = None,
    trials: int = 2,
    seed: int = 0,
    entrywise: bool = False,
    raises: bool = True,
    **kwargs: Any,
) -> GradientCheck:
    r"""Check derivatives of ``f`` against finite differences; return how well they agree, raise if they do not.

    Parameters
    ----------
    f : callable
        Any deterministic function of numbers and arrays (real or complex) and pytrees of them.
    *args, **kwargs
        Where to check, away from kinks. (Keyword arguments of ``f`` with the names of options below: wrap ``f`` in a lambda.)
    modes : sequence of {"vjp", "jvp"}
        Reverse mode, forward mode; with both, also that they are adjoint,
        :math:`\langle w, J v\rangle = \langle J^T w, v\rangle`.
    order : int
        Up to which derivative: with 2 the derivatives of the VJP and of the JVP are checked as well, in all modes.
    argnums : int, str, or sequence of them, optional
        What to differentiate, as for `revad.grad`; by default every floating or complex leaf of the positional arguments.
    trials : int
        How many random directions.
    seed : int
        Of the generator of the directions; NumPy's global state is neither read nor changed.
    entrywise : bool
        Compare every entry of the Jacobian in place of random projections: slower by the number of inputs (and of outputs), and
        no error can hide behind a larger entry.
    raises : bool
        Whether to raise if they disagree; otherwise the result says so.

    Returns
    -------
    GradientCheck
        True if they agree. It prints as a table; ``verdict`` reads "agrees to 12 digits; 13 are attainable".

    Raises
    ------
    GradientMismatchError
        Derivatives disagree by more than the finite difference's own error. The message has a table of the worst entries. At a
        kink or jump, recognised by two different one-sided slopes, it says so; likewise where noise makes a check impossible.
    ArgumentError, NotDifferentiableError
        Options are wrong; ``f`` is not deterministic; nothing can be differentiated.

    Notes
    -----
    No tolerance is asked for: the error that finite differences can attain is estimated at the point itself
    (see `revad.checking.finite_difference`), typically 1e-12 relative to the size of the derivative. Inputs in single precision
    are differenced in double precision, and compared to within 50 units of single precision.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import check_grads
    >>> check_grads(lambda w, x: np.sum(np.tanh(x @ w) ** 2), np.array([0.3, -0.2]), np.eye(2))
    check_grads: <lambda> agrees to ... digits; ... are attainable

    A rule with a mistake:

    >>> import revad
    >>> @revad.primitive
    ... def double(x):
    ...     return 2 * x
    >>> revad.extend.elementwise(double, lambda x: 3.0)
    >>> check_grads(double, 1.0, modes="vjp")
    Traceback (most recent call last):
    revad.errors.GradientMismatchError: check_grads: the vjp of double disagrees ...
    """
    modes = _checked_modes(modes)
    _check_count("order", order)
    _check_count("trials", trials)
    here, _ = as_mapping("check_grads", f, argnums, args, kwargs)
    result = GradientCheck(here.name)
    generator = np.random.default_rng(seed)
    mismatch = find_mismatch(here, modes, order, trials, generator, result.comparisons, entrywise=entrywise)
    if mismatch is not None:
        result.message, result.inconclusive = mismatch
        if raises:
            raise GradientMismatchError(result.message)
    return result


def assert_grads(f: Callable[..., Any], *args: Any, **options: Any) -> None:
    """Assert that derivatives of ``f`` agree with finite differences, for tests: pytest shows the table, not this function.

    Parameters
    ----------
    f, *args, **options
        As for `check_grads`.

    Raises
    ------
    GradientMismatchError
        They disagree; it is an AssertionError.

    Examples
    --------
    >>> import numpy as np, revad
    >>> def test_softplus():
    ...     revad.assert_grads(lambda x: np.logaddexp(x, 0.0), np.linspace(-3, 3, 5))
    >>> test_softplus()
    """
    __tracebackhide__ = True  # for pytest
    result = check_grads(f, *args, raises=False, **options)
    if not result:
        raise GradientMismatchError(result.message)


def _check_count(name: str, value: Any) -> None:
    if not isinstance(value, int) or value < 1:
        raise ArgumentError(f"check_grads({name}={value!r}): {name} must be an int of at least 1.")


def _checked_modes(modes: Any) -> tuple[str, ...]:
    several = (modes,) if isinstance(modes, str) else tuple(modes)
    if not several or any(mode not in MODES for mode in several):
        raise ArgumentError(f"check_grads(modes={modes!r}): name one or both of 'vjp' and 'jvp'.")
    return several


def find_mismatch(
    here: Mapping,
    modes: tuple[str, ...],
    order: int,
    trials: int,
    generator: np.random.Generator,
    comparisons: list[Comparison] | None = None,
    *,
    entrywise: bool = False,
) -> Mismatch | None:
    """Return the first disagreement of revad's derivatives with finite differences, or None; list what was compared."""
    comparisons = [] if comparisons is None else comparisons
    if not np.all(np.isfinite(here.value)):
        bad = here.outputs.label(int(np.argmin(np.isfinite(here.value))))
        return Mismatch(
            f"check_grads: {here.name} is not finite at this point ({bad}): nothing can be checked.", inconclusive=True
        )
    products: dict[str, Callable[..., list[Any]]] = {}
    for number in range(1 if entrywise else trials):
        trial = Trial(here, generator)
        products = {"vjp": trial.pull, "jvp": trial.push}
        if entrywise:
            checks = entry_mismatches(here, modes, comparisons, ROUNDINGS)
        else:
            checks = trial.mismatches(modes, comparisons, f", direction {number + 1}")
        for mismatch in checks:
            return mismatch
    if order > 1:
        spaces = {"vjp": here.inputs, "jvp": here.outputs}
        for mode in modes:
            names = [f"{mode} at {label}" for label in spaces[mode].labels]
            derived = mapping(f"{mode}({here.name})", products[mode], here.leaves, here.inputs.labels, names)
            mismatch = find_mismatch(derived, modes, order - 1, trials, generator, comparisons, entrywise=entrywise)
            if mismatch is not None:
                return mismatch
    return None
