"""`vmap`: a function of one example becomes a function of a batch, by running it once on a batch level."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np

from revad.base.arrays import is_inexact
from revad.base.places import user_site
from revad.base.trees import describe, flatten, same_structure
from revad.batching.looping import drawn, looped
from revad.engine.handles import Tracked, below, level_of, plain
from revad.engine.levels import close_level, next_level, open_level
from revad.errors import ArgumentError
from revad.tensors.batched import Batch, batched
from revad.transforms.arguments import check_alive, check_output, constant_of, own_copy
from revad.transforms.randomness import drew, generators, put_back, state_of
from revad.transforms.recording import public_value
from revad.transforms.repetition import near, not_repeated

Axes: TypeAlias = Any
MOST_RUNS = 64  # of parts of a batch; where the examples go more ways than that, each runs alone
Randomness = Literal["error", "same", "different"]


def vmap(
    f: Callable[..., Any],
    in_axes: Axes = 0,
    out_axes: Axes = 0,
    chunk_size: int | None = None,
    randomness: Randomness = "error",
) -> Vmapped:
    """Return the function that applies ``f`` to every example of a batch, all at once.

    Parameters
    ----------
    f : callable
        A function of one example; its outputs are numbers, arrays or pytrees of them.
    in_axes : int, None, or pytree of them
        The batch axis of each positional argument; None for an argument that all examples share. A tuple has one entry for each argument, and
        an entry may have the structure of its argument. Keyword arguments are batched along their first axis.
    out_axes : int, or pytree of int
        Where the batch axis stands in each output.
    chunk_size : int, optional
        Run at most so many examples at once, which bounds the memory.
    randomness : {"error", "same", "different"}
        What a draw from NumPy's random numbers inside ``f`` means: an error, one draw for all examples, or a draw for each example as in a loop.

    Returns
    -------
    Vmapped
        A callable; its method ``explain(*args)`` lists the operations that had no batching rule and ran example by example.

    Raises
    ------
    ArgumentError
        Nothing is batched, the batch sizes differ, an axis is out of range, or ``f`` draws random numbers.

    Notes
    -----
    Where the examples disagree on a decision, as in ``if x > 0``, the batch is split: the function runs once for each outcome on its part.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import grad, vmap
    >>> vmap(np.dot)(np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([1., 4.])
    >>> vmap(lambda x: x if x > 0 else -2 * x)(np.array([1.0, -1.0]))
    array([1., 2.])
    >>> vmap(grad(lambda w, x: (w * x) ** 2), in_axes=(None, 0))(3.0, np.array([1.0, 2.0]))
    array([ 6., 24.])
    """
    if not callable(f):
        raise ArgumentError(f"vmap: the first argument must be a function, not {type(f).__name__}.")
    if randomness not in ("error", "same", "different"):
        raise ArgumentError(
            f"vmap(randomness={randomness!r}): choose 'error' (a draw is refused), 'same' (one draw for all examples) or "
            "'different' (a draw for each example)."
        )
    if chunk_size is not None and (
        isinstance(chunk_size, bool) or not isinstance(chunk_size, (int, np.integer)) or chunk_size < 1
    ):
        raise ArgumentError(f"vmap(chunk_size={chunk_size!r}): give the number of examples that run at once, at least 1.")
    return Vmapped(f, in_axes, out_axes, chunk_size, randomness)


class Vmapped:
    """A function of a batch, made by `revad.vmap`."""

    def __init__(self, f: Callable[..., Any], in_axes: Axes, out_axes: Axes, chunk_size: int | None, randomness: str) -> None:
        self.__wrapped__ = f
        self.__name__ = self.__qualname__ = f"vmap({getattr(f, '__name__', type(f).__name__)})"
        self.__doc__ = f.__doc__
        self._f, self._in_axes, self._out_axes = f, in_axes, out_axes
        self._chunk_size, self._randomness = chunk_size, randomness

    def __repr__(self) -> str:
        return f"<{self.__name__}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Apply the function to every example."""
        run = _Run(self._f, args, kwargs, self._in_axes, self._randomness)
        step = self._chunk_size or run.size
        parts = [run.all(np.arange(start, min(start + step, run.size))) for start in range(0, run.size, step)]
        leaves = _joined(run.name, parts, np.arange(run.size)) if len(parts) > 1 else parts[0]
        axes = _output_axes(self._out_axes, leaves.rebuild(leaves.values), len(leaves.values))
        return leaves.rebuild([_placed(value, axis) for value, axis in zip(leaves.values, axes, strict=True)])

    def explain(self, *args: Any, **kwargs: Any) -> str:
        """Run, and return a text that lists which operations ran example by example, how often and where."""
        notes: list[Any] = []
        token = looped.set(notes)
        try:
            self(*args, **kwargs)
        finally:
            looped.reset(token)
        if not notes:
            return "Every operation ran on the whole batch."
        counts: dict[Any, int] = {}
        for note in notes:
            counts[note] = counts.get(note, 0) + 1
        lines = [f"  {name}, {n} time{'s' if n > 1 else ''}, at {site}: {site.source}" for (name, site), n in counts.items()]
        return "\n".join(["These operations ran example by example:", *lines])


class _Outputs:
    """The leaves of an output, each with its batch axis in front."""

    def __init__(self, values: list[Any], rebuild: Callable[[list[Any]], Any], tree: Any) -> None:
        self.values, self.rebuild, self.tree = values, rebuild, tree


class _Run:
    """One call of a batched function: its arguments with their batch axes in front, and how to run it on a part of the batch."""

    name = "vmap"

    def __init__(
        self, f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], in_axes: Axes, randomness: str
    ) -> None:
        self.f, self.randomness = f, randomness
        given = (args, kwargs)
        self.leaves, self.rebuild = flatten(given)
        self.leaves = [leaf._value if isinstance(leaf, Tracked) and leaf.is_parameter else leaf for leaf in self.leaves]
        axes = _input_axes(in_axes, args, kwargs)
        paths = describe(given)
        self.batched = [axis is not None for axis in axes]
        sizes: dict[int, str] = {}
        for i, (leaf, axis, path) in enumerate(zip(self.leaves, axes, paths, strict=True)):
            if axis is not None:
                self.leaves[i] = _in_front(leaf, axis, _argument(path))
                sizes.setdefault(self.leaves[i].shape[0], _argument(path))
        if not sizes:
            raise ArgumentError(
                "vmap: no argument is batched (in_axes is None for all of them). Give the batch axis of at least one argument, or call the "
                "function itself."
            )
        if len(sizes) > 1:
            what = ", ".join(f"{path} has {size}" for size, path in sizes.items())
            raise ArgumentError(
                f"vmap: the batch sizes differ: {what}. All batched arguments need the same number of examples."
            )
        self.size = next(iter(sizes))
        if self.size == 0:
            raise ArgumentError("vmap: the batch is empty, so the shape of the output is not known. Pass at least one example.")

    def all(self, chosen: np.ndarray) -> _Outputs:
        """Run on some examples; what `randomness` means is decided here."""
        watched = generators(self.f)
        before = [state_of(generator) for generator in watched]

        def is_drawn() -> bool:
            return any(
                drew(old, state_of(generator), loops if i == 0 else ())
                for i, (generator, old) in enumerate(zip(watched, before, strict=True))
            )

        def restore() -> None:
            for generator, old in zip(watched, before, strict=True):
                put_back(generator, old)

        loops: list[Any] = []
        token = drawn.set(loops)
        try:
            result = self.part(chosen, None, restore if self.randomness == "same" else None)
        finally:
            drawn.reset(token)
        if self.randomness != "same" and is_drawn():
            if self.randomness == "error":
                raise ArgumentError(
                    "vmap: the function draws random numbers, once for all examples where a loop would draw for each. Say what is meant: "
                    "vmap(f, randomness='different') or randomness='same'; or pass the numbers in as a batched argument."
                )
            restore()
            return _joined(
                self.name, [self.part(chosen[i : i + 1], None, None) for i in range(len(chosen))], np.arange(len(chosen))
            )
        return result

    def part(self, chosen: Any, before: Any, restore: Callable[[], None] | None) -> _Outputs:
        """Run on some examples; where they disagree on a decision, on each part of them."""
        waiting: list[tuple[np.ndarray, Any]] = [(chosen, before)]
        parts: list[_Outputs] = []
        order: list[np.ndarray] = []
        runs = 0
        while waiting:
            members, past = waiting.pop()
            if restore is not None:
                restore()
            runs += 1
            found = self._once(members, past) if runs <= MOST_RUNS else self._one_by_one(members)
            if isinstance(found, list):
                waiting += found
            else:
                parts.append(found)
                order.append(members)
        return parts[0] if len(parts) == 1 else _joined(self.name, parts, np.argsort(np.concatenate(order)))

    def _once(self, chosen: np.ndarray, before: Any) -> _Outputs | list[tuple[np.ndarray, Any]]:
        """Run on some examples; return the outputs or, where they disagree on a decision, the parts that agree and what each has decided."""
        level, batch = next_level(), Batch(len(chosen))
        whole = len(chosen) == self.size
        leaves: list[Any] = [
            batched(own_copy(leaf if whole else leaf[chosen]), level, batch) if is_batched else own_copy(leaf)  # pyright: ignore[reportIndexIssue]
            for leaf, is_batched in zip(self.leaves, self.batched, strict=True)
        ]
        args, kwargs = self.rebuild(leaves)
        output: Any = None
        failed = False
        try:
            with open_level(level):
                output = self.f(*args, **kwargs)
        except Exception:
            failed = True
        except BaseException as error:
            if batch.split is None or isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
        finally:
            close_level(level, None)
            batch.forget()
        if before is not None:
            self._check(before, batch.decisions)
        split = batch.split  # NumPy, or a bare `except`, may have made something else of it
        if split is None:
            return self._one_by_one(chosen) if failed else self._outputs(output, level, len(chosen))
        pieces: list[tuple[np.ndarray, Any]] = []
        for label in dict.fromkeys(split.labels):
            within = np.array([i for i, other in enumerate(split.labels) if other == label])
            past = [([labels[i] for i in within], site, value[within]) for labels, site, value in batch.decisions]
            pieces.append((chosen[within], past))
        return pieces

    def _one_by_one(self, chosen: np.ndarray) -> _Outputs:
        """Run on plain examples, one after the other, as code that cannot take a batch as a whole has to."""
        notes = looped.get()
        if notes is not None:
            notes.append((f"all of {getattr(self.f, '__name__', type(self.f).__name__)}", user_site()))
        parts: list[_Outputs] = []
        for i in chosen:
            each: list[tuple[Any, bool]] = list(zip(self.leaves, self.batched, strict=True))
            leaves = [leaf[i] if is_batched else leaf for leaf, is_batched in each]
            args, kwargs = self.rebuild([own_copy(leaf) for leaf in leaves])
            parts.append(self._outputs(self.f(*args, **kwargs), None, 1))
        return _joined(self.name, parts, np.arange(len(parts)))

    def _check(self, before: Any, now: Any) -> None:
        """Refuse a function that does not come to the decisions again that it came to before."""
        for (labels, site, value), (again, place, other) in zip(before, now, strict=False):
            if site != place or labels != again or not near([plain(value)], [plain(other)]):
                raise not_repeated(self.name, self.f)
        if len(now) < len(before):
            raise not_repeated(self.name, self.f)

    def _outputs(self, output: Any, level: int | None, size: int) -> _Outputs:
        leaves, rebuild = flatten(output)
        values: list[Any] = []
        for leaf in leaves:
            leaf = check_output(constant_of(leaf), self.name)
            if level_of(leaf) == level:
                values.append(public_value(below(leaf)))
            elif is_inexact(leaf) or hasattr(leaf, "shape") or isinstance(leaf, (bool, int)):
                values.append(_repeated(leaf, size))
            else:
                raise ArgumentError(
                    f"vmap: the function returned a {type(leaf).__name__}; it must return numbers, arrays, or a tuple, list, dict, namedtuple or "
                    "dataclass of them."
                )
        check_alive(values, self.name)
        return _Outputs(values, rebuild, output)


def _repeated(value: Any, size: int) -> Any:
    """Return a constant output with a batch axis."""
    value = value if isinstance(value, Tracked) else np.asarray(value)
    return np.repeat(np.expand_dims(value, 0), size, axis=0)  # pyright: ignore[reportArgumentType, reportCallIssue]


def _joined(name: str, parts: list[_Outputs], order: np.ndarray) -> _Outputs:
    """Put the outputs of parts of a batch together, in the order of the examples."""
    first = parts[0]
    values: list[Any] = []
    for part in parts[1:]:
        if not same_structure(first.tree, part.tree):
            raise ArgumentError(f"{name}: the function returns other containers for some examples than for others.")
    for pieces in zip(*[part.values for part in parts], strict=True):
        shapes = {np.shape(piece)[1:] for piece in pieces}
        if len(shapes) > 1:
            raise ArgumentError(
                f"{name}: the function returns arrays of other shapes for some examples than for others ({', '.join(map(str, sorted(shapes)))}), "
                "which make no array. Pad them to one shape, or call the function in a loop."
            )
        values.append(np.concatenate(pieces)[order])
    return _Outputs(values, first.rebuild, first.tree)


def _argument(path: str) -> str:
    """Return the name of an argument from its path in ``(args, kwargs)``."""
    if path.startswith("[0]"):
        number, _, rest = path[4:].partition("]")
        return f"argument {number}" + (f" at {rest}" if rest else "")
    return f"argument {path[3:]}"


def _in_front(leaf: Any, axis: Any, where: str) -> Any:
    """Return an array with its batch axis moved to the front."""
    if not hasattr(leaf, "shape") or not hasattr(leaf, "dtype") or leaf.dtype.kind not in "fciub":
        raise ArgumentError(
            f"vmap: {where} is a {type(leaf).__name__}, which has no axis to map over. Pass an array of numbers, or in_axes=None for what all "
            "examples share."
        )
    if isinstance(axis, bool) or not isinstance(axis, (int, np.integer)):
        raise ArgumentError(f"vmap: in_axes for {where} is {axis!r}; it must be an int or None.")
    ndim = len(leaf.shape)
    if not -ndim <= axis < ndim:
        raise ArgumentError(f"vmap: in_axes names axis {axis} of {where}, which has shape {tuple(leaf.shape)}.")
    return leaf if axis % ndim == 0 else np.moveaxis(leaf, axis, 0)


def _input_axes(in_axes: Axes, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    if type(in_axes) in (tuple, list):
        if len(in_axes) != len(args):
            raise ArgumentError(
                f"vmap: in_axes has {len(in_axes)} entries, but the function is called with {len(args)} positional arguments."
            )
        each = list(in_axes)
    else:
        each = [in_axes] * len(args)
    axes = [
        axis
        for i, (entry, arg) in enumerate(zip(each, args, strict=True))
        for axis in _spread_axes(entry, arg, f"argument {i}")
    ]
    return axes + [0] * len(flatten(kwargs)[0])


def _spread_axes(entry: Any, arg: Any, where: str) -> list[Any]:
    """Return an axis for each leaf of an argument."""
    if entry is None or isinstance(entry, (int, np.integer)):
        return [entry] * len(flatten(arg)[0])
    if isinstance(entry, dict) and isinstance(arg, dict) and entry.keys() == arg.keys():
        return [axis for key in sorted(arg) for axis in _spread_axes(entry[key], arg[key], f"{where}[{key!r}]")]
    if type(entry) in (list, tuple) and isinstance(arg, (list, tuple)) and len(entry) == len(arg):
        return [axis for i, (e, a) in enumerate(zip(entry, arg, strict=True)) for axis in _spread_axes(e, a, f"{where}[{i}]")]
    raise ArgumentError(f"vmap: in_axes for {where} is {entry!r}, which has not the structure of that argument.")


def _output_axes(out_axes: Axes, output: Any, count: int) -> list[Any]:
    if isinstance(out_axes, (int, np.integer)) and not isinstance(out_axes, bool):
        return [out_axes] * count
    given: Any = out_axes
    axes = flatten(given)[0]
    if len(axes) == count and same_structure(out_axes, output):
        return axes
    each = output if type(output) in (tuple, list) else (output,)
    if type(given) in (tuple, list) and len(given) == len(each) and all(isinstance(a, (int, np.integer)) for a in given):
        return [axis for axis, part in zip(given, each, strict=True) for _ in flatten(part)[0]]
    raise ArgumentError(f"vmap: out_axes is {out_axes!r}; give one int, or ints in the structure of the output.")


def _placed(value: Any, axis: int) -> Any:
    ndim = len(np.shape(value))
    if not -ndim <= axis < ndim:
        raise ArgumentError(f"vmap: out_axes names axis {axis} of an output of shape {tuple(np.shape(value))}.")
    return value if axis % ndim == 0 else np.moveaxis(value, 0, axis)
