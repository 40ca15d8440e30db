"""`sparsity`: where the matrix of a function's derivatives can have entries, from one captured run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from revad.base.extras import need
from revad.errors import ArgumentError
from revad.programs.pattern.following import dependencies, refuse_decisions
from revad.programs.program import Program
from revad.transforms.arguments import Argnums, Chosen
from revad.transforms.reverse import grad
from revad.transforms.trace import trace
from revad.typing import PyTree

Kind = Literal["jacobian", "hessian"]


def sparsity(f: Callable[..., Any], *args: PyTree, argnums: Argnums = 0, of: Kind = "jacobian", global_: bool = False) -> Any:
    """Return where the Jacobian or the Hessian of a function can differ from zero.

    Parameters
    ----------
    f : callable
        Any function of arrays; for the Hessian, of a scalar.
    *args : pytree
        Its arguments.
    argnums : int, or sequence of them
        With respect to which of them. Several, and the leaves of a pytree, are put one after the other, each flattened.
    of : {"jacobian", "hessian"}
        Which matrix.
    global_ : bool
        False: the pattern at these arguments, for the branches that the run takes and for what ``np.where``, ``np.maximum`` and
        computed indices pick. True: the pattern for all arguments of these shapes.

    Returns
    -------
    csr_array of bool
        One row for each element of the output (of the gradient), one column for each element of the input. An entry may be zero
        all the same: an operation that has no rule of its own counts as dense in its arguments, and numbers are not looked at.

    Raises
    ------
    ArgumentError
        With ``global_``, the function takes a decision on a value: ``if x > 0``.

    Notes
    -----
    The function runs once, captured (`revad.trace`), and sets of input elements are pushed through the program. What moves elements
    about moves their sets; other operations unite them. The pattern of a Hessian is that of the captured gradient, as far as it is
    symmetric.

    References
    ----------
    .. [1] A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM 2008, chapter 7.

    Examples
    --------
    >>> import numpy as np, revad
    >>> revad.sparsity(lambda x: x[1:] * x[:-1], np.ones(3)).toarray().astype(int)
    array([[1, 1, 0],
           [0, 1, 1]])
    >>> revad.sparsity(lambda x: np.sum(x[1:] * x[:-1]), np.ones(3), of="hessian").toarray().astype(int)
    array([[0, 1, 0],
           [1, 0, 1],
           [0, 1, 0]])
    """
    if of not in ("jacobian", "hessian"):
        raise ArgumentError(f"sparsity(of={of!r}): give 'jacobian' or 'hessian'.")
    if not callable(f):
        raise ArgumentError(f"sparsity: the first argument must be a function, not {type(f).__name__}.")
    chosen = Chosen("sparsity", argnums, args, {})
    program = captured(f, chosen, of)
    if global_:
        refuse_decisions(program)
    found = pattern(program, None if global_ else chosen.leaves, picks=not global_)
    return symmetric_part(found) if of == "hessian" else found


def captured(f: Callable[..., Any], chosen: Chosen, of: Kind) -> Program:
    """Return the function of the chosen leaves, or its gradient, as a program."""

    def flat(*leaves: Any) -> Any:
        return chosen.call(f, list(leaves))

    flat.__name__ = getattr(f, "__name__", type(f).__name__)
    function = flat if of == "jacobian" else grad(flat, tuple(range(len(chosen.leaves))))
    return trace(function, *chosen.leaves)


def pattern(program: Program, leaves: list[Any] | None, *, picks: bool) -> Any:
    """Return the pattern of a program as a matrix; ``leaves`` and ``picks`` as for `dependencies`."""
    sparse = need("scipy.sparse", "scipy", "a sparse matrix of derivatives")
    rows, columns, shape = dependencies(program, leaves, picks=picks)
    return from_places(sparse, rows, columns, shape)


def from_places(sparse: Any, rows: Any, columns: Any, shape: tuple[int, int]) -> Any:
    """Return a boolean CSR matrix with entries at places that are sorted by rows."""
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=shape[0]))])
    return sparse.csr_array((np.ones(rows.size, bool), columns, starts), shape=shape)


def symmetric_part(found: Any) -> Any:
    """Return the entries whose mirror images are there too: a Hessian has no others."""
    both = found.multiply(found.T.tocsr()).tocsr()
    both.sort_indices()
    return both
