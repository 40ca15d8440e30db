"""`sparse_jacobian` and `sparse_hessian`: matrices of SciPy from few products, by colouring."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np

from revad.base.extras import need
from revad.errors import ArgumentError, RuleError
from revad.transforms.arguments import Argnums, Chosen
from revad.transforms.sparse.colouring import Colouring, colour
from revad.transforms.sparse.patterns import Kind, captured, pattern, symmetric_part
from revad.transforms.sparse.plan import Plan, disagreement
from revad.transforms.sparse.products import Products

Format = Literal["csr", "csc"]


class SparseMatrix:
    """A function that returns a sparse matrix of derivatives, and keeps pattern and colours for each set of shapes.

    Made by `revad.sparse_jacobian` and `revad.sparse_hessian`.

    Attributes
    ----------
    pattern : csr_array of bool
        The pattern of the last call.
    colouring : Colouring
        The colours of the last call.
    """

    def __init__(
        self, f: Callable[..., Any], argnums: Argnums, pattern: Any, colouring: Any, order: str, format: Format, of: Kind
    ) -> None:
        self._name = f"sparse_{of}"
        if not callable(f):
            raise ArgumentError(f"{self._name}: the first argument must be a function, not {type(f).__name__}.")
        if format not in ("csr", "csc"):
            raise ArgumentError(f"{self._name}(format={format!r}): give 'csr' or 'csc'.")
        self._f, self._argnums, self._format = f, argnums, format
        self._of: Kind = of
        self._given = None if pattern is None else as_pattern(pattern)
        self._colouring, self._order = colouring, order
        self._plans: dict[Any, Plan] = {}
        self._last: Plan | None = None
        self._random = np.random.default_rng(0)
        self.__wrapped__ = f
        self.__name__ = f"{self._name}({getattr(f, '__name__', type(f).__name__)})"

    def __repr__(self) -> str:
        return self.__name__

    @property
    def pattern(self) -> Any:
        """The pattern of the last call."""
        return self._made().pattern.copy()

    @property
    def colouring(self) -> Colouring:
        """The colours of the last call."""
        return self._made().colouring

    def _made(self) -> Plan:
        if self._last is None:
            raise ArgumentError(f"{self._name}: pattern and colouring are those of the last call; call it first.")
        return self._last

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the matrix at these arguments."""
        chosen = Chosen(self._name, self._argnums, args, kwargs)
        products = Products(self._name, self._f, chosen, hessian=self._of == "hessian")
        key = tuple(products.inputs)
        v = self._random.uniform(1.0, 2.0, products.size) * self._random.choice([-1.0, 1.0], products.size)
        truth = products.forward(v)
        plan = self._plans.get(key)
        if plan is None or plan.pattern.shape[0] != truth.size:
            plan = self._plan(chosen, products, truth.size)
        eps = float(np.finfo(truth.dtype).eps) if truth.dtype.kind == "f" else 0.0
        matrix = plan.matrix(products)
        error = disagreement(matrix, v, truth)
        if error > eps**0.5:
            for repaired in self._repaired(plan, chosen):
                plan, matrix = repaired, repaired.matrix(products)
                error = disagreement(matrix, v, truth)
                if error <= eps**0.5:
                    break
            if np.isfinite(error) and error > eps**0.25:
                raise RuleError(
                    f"{self._name}: the matrix disagrees with a product J v by {error:.1e} of the largest terms. An operation of the "
                    "function depends on more elements than its rule states: one registered as elementwise, perhaps. "
                    "Find it with revad.check_grads, or give pattern=, with all entries."
                )
        self._plans[key] = self._last = plan
        return matrix if self._format == "csr" else matrix.tocsc()

    def _plan(self, chosen: Chosen, products: Products, rows: int) -> Plan:
        """Return a plan for a given pattern, or for that of a captured run."""
        if self._given is None:
            return self._coloured(self._detected(chosen))
        expected = (rows, products.size)
        if self._given.shape != expected:
            raise ArgumentError(
                f"{self._name}: the pattern has shape {self._given.shape}; with these arguments the matrix has shape {expected}."
            )
        return self._coloured(self._given)

    def _detected(self, chosen: Chosen) -> Any:
        return pattern(captured(self._f, chosen, self._of), chosen.leaves, picks=False)

    def _coloured(self, found: Any) -> Plan:
        symmetric = self._of == "hessian"
        found = symmetric_part(found) if symmetric else found
        if isinstance(self._colouring, Colouring):
            return Plan(found, self._colouring)
        if isinstance(self._colouring, str):
            return Plan(found, colour(found, self._colouring, self._order, symmetric=symmetric))
        return Plan(found, of_columns(self._colouring, found, symmetric=symmetric))

    def _repaired(self, plan: Plan, chosen: Chosen) -> Iterator[Plan]:
        """Yield plans that may give what the old one did not: with the entries that it lacks, and without symmetry.

        A function that decides otherwise than in the run that was captured needs other entries, so it is captured again. The
        derivative of a gradient that a user bent is not symmetric, so it is treated as any matrix. Where neither helps, the numbers
        disagree by rounding, or are not finite.
        """
        found = self._detected(chosen)
        missing = (symmetric_part(found) if self._of == "hessian" else found) > plan.pattern
        if missing.nnz:
            if self._given is not None:
                row, column = (places[0] for places in missing.nonzero())
                raise ArgumentError(
                    f"{self._name}: the given pattern lacks {missing.nnz} entries that the matrix has, ({row}, {column}) for one. "
                    "Add them, or leave the pattern out."
                )
            yield self._coloured((found + plan.pattern).tocsr())
        if self._of == "hessian":
            yield Plan(found, colour(found, "column", self._order))


def as_pattern(given: Any) -> Any:
    """Return a given pattern, dense or sparse, as a boolean CSR matrix; stored entries count even where they are zero."""
    sparse = need("scipy.sparse", "scipy", "a sparse matrix of derivatives")
    found = sparse.coo_array(given)
    if found.ndim != 2:
        raise ArgumentError(f"pattern: give a matrix, not an array of shape {found.shape}.")
    found = sparse.csr_array((np.ones(found.nnz, bool), (found.row, found.col)), shape=found.shape)
    found.sum_duplicates()
    return found


def of_columns(colours: Any, found: Any, *, symmetric: bool) -> Colouring:
    """Return a colouring from the columns' colours."""
    columns = np.asarray(colours)
    m, n = found.shape
    if columns.shape != (n,) or columns.dtype.kind not in "iu":
        raise ArgumentError(f"colouring: give one integer for each of the {n} columns, not an array of shape {columns.shape}.")
    return Colouring(columns.astype(np.int64), np.full(m, -1), symmetric)


def sparse_jacobian(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    pattern: Any = None,
    colouring: Any = "auto",
    order: str = "auto",
    format: Format = "csr",
) -> SparseMatrix:
    r"""Return the Jacobian function of ``f`` as a sparse matrix, from a few products by colouring.

    Parameters
    ----------
    f : callable
        Returns a real array, or a pytree of them: its leaves, flattened, one after the other are the rows.
    argnums : int, str, or sequence of them
        As for `jacobian`; the columns, likewise.
    pattern : sparse or dense matrix, optional
        Where the Jacobian can have entries. By default it is found by `sparsity` in the first call with arguments of these shapes.
    colouring : {"auto", "column", "row", "bidirectional"}, Colouring, or array of int
        Which products to use: :math:`J v` for columns of one colour, :math:`u^T J` for rows, or some of both, where a few rows or
        columns are long; by default whatever takes the fewest. Or the colours themselves, those of an earlier call
        (``jacobian.colouring``) or one number for each column.
    order : {"auto", "largest-first", "natural", "smallest-last", "incidence"}
        In which order columns are coloured; by default the one that takes the fewest colours.
    format : {"csr", "csc"}
        Of the matrix.

    Returns
    -------
    callable
        Takes the arguments of ``f``; returns a `scipy.sparse.csr_array` of shape (outputs, inputs). It keeps pattern and colours for
        the next call with the same shapes; its attributes ``pattern`` and ``colouring`` are those of the last call.

    Raises
    ------
    ArgumentError
        A given pattern or colouring does not fit; or the function gives other values when it is called again.
    RuleError
        The matrix disagrees with a product.
    LostGradientError
        Inside a function that is differentiated: a matrix of SciPy holds numbers only.

    Notes
    -----
    Columns that share no row are added up in one product, from which their entries are read off [1]_ [2]_. Each matrix is checked:
    one further product :math:`J v` with a random :math:`v` must agree with it to half the digits. Where it does not, as after a
    branch that the function did not take before, the pattern is found again.

    References
    ----------
    .. [1] A. R. Curtis, M. J. D. Powell and J. K. Reid, "On the estimation of sparse Jacobian matrices", *IMA Journal of Applied
       Mathematics* 13(1), 1974.
    .. [2] A. H. Gebremedhin, F. Manne and A. Pothen, "What color is your Jacobian? Graph coloring for computing derivatives",
       *SIAM Review* 47(4), 2005.

    Examples
    --------
    >>> import numpy as np, revad
    >>> jacobian = revad.sparse_jacobian(lambda x: x[1:] * x[:-1])
    >>> jacobian(np.array([1.0, 2.0, 3.0])).toarray()
    array([[2., 1., 0.],
           [0., 3., 2.]])
    >>> jacobian.colouring
    Colouring(2 forward products)
    """
    return SparseMatrix(f, argnums, pattern, colouring, order, format, "jacobian")


def sparse_hessian(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    pattern: Any = None,
    colouring: Any = "auto",
    order: str = "auto",
    format: Format = "csr",
) -> SparseMatrix:
    r"""Return the Hessian function of a scalar function as a sparse matrix, from a few products by star colouring.

    Parameters
    ----------
    f : callable
        Returns a real scalar.
    argnums, pattern, colouring, order, format
        As for `sparse_jacobian`; all products are :math:`H v`, so ``colouring`` is ``"auto"`` or the colours themselves.

    Returns
    -------
    callable
        Takes the arguments of ``f``; returns a `scipy.sparse.csr_array`. Otherwise as for `sparse_jacobian`.

    Raises
    ------
    NotScalarError
        ``f`` returned something else than a scalar.

    Notes
    -----
    Since :math:`H` is symmetric, an entry may be read off its mirror image, which takes fewer colours: no path of four vertices
    may have two colours only [1]_ [2]_. Each product costs a small multiple of a gradient (`hvp`), and the matrix is checked by a
    further one, as for `sparse_jacobian`.

    References
    ----------
    .. [1] T. F. Coleman and J. J. Moré, "Estimation of sparse Hessian matrices and graph coloring problems", *Mathematical
       Programming* 28, 1984.
    .. [2] A. H. Gebremedhin, F. Manne and A. Pothen, "What color is your Jacobian? Graph coloring for computing derivatives",
       *SIAM Review* 47(4), 2005.

    Examples
    --------
    >>> import numpy as np, revad
    >>> hessian = revad.sparse_hessian(lambda x: np.sum(x[1:] * x[:-1] ** 2))
    >>> hessian(np.array([1.0, 2.0, 3.0])).toarray()
    array([[4., 2., 0.],
           [2., 6., 4.],
           [0., 4., 0.]])
    """
    return SparseMatrix(f, argnums, pattern, colouring, order, format, "hessian")
