"""`scan` and `loop`: long loops whose pull-back keeps few states and repeats steps from them, by the binomial schedule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from revad.base.arrays import is_inexact
from revad.base.trees import flatten
from revad.engine.dispatch import find_top, process
from revad.engine.handles import Tracked, keep, plain
from revad.errors import ArgumentError
from revad.operations.operation import whole
from revad.transforms.recompute import pull_leaves
from revad.transforms.repetition import Repeating, in_rows, same_bits
from revad.transforms.snapshots import Snapshots, next_snapshot
from revad.typing import Array, PyTree

Step = Callable[[Any, Any, Any], tuple[Any, Any]]  # (state, x, args) -> (state, y)


def loop(f: Callable[..., Any], state: Any, n: int | Callable[[Any], Any], *args: Any, snapshots: int | None = None) -> Any:
    r"""Apply a step again and again; the pull-back keeps few states and repeats the steps between them.

    Parameters
    ----------
    f : callable
        ``f(state, *args)`` returns the next state. A pure function: tracked values must be passed as ``args``, not closed over;
        random draws must come from a generator made inside, or be passed, since each step is taken again and has to repeat itself.
    state : pytree
        The first state: numbers and arrays; integers (a counter) are carried without derivative.
    n : int or callable
        The number of steps; or ``n(state)``, which says whether to take another step (then the number is not known beforehand).
    *args : pytree
        What all steps share, as parameters.
    snapshots : int, optional
        How many states may be kept at a time, the first one included. By default the number of binary digits of the number of
        steps: memory O(log n).

    Returns
    -------
    pytree
        The last state.

    Raises
    ------
    ArgumentError
        ``n`` or ``snapshots`` is out of range, or a step that was taken again for the pull-back gave other values.
    LostGradientError
        ``f`` closes over a tracked value.

    Notes
    -----
    The gradient is that of the plain loop, bit by bit if each step uses each of ``args`` once, else up to the order of a sum. With
    ``s`` snapshots and a known number of steps the schedule is the binomial one [1]_, which takes the least possible number of
    steps: with :math:`\binom{s+r}{s} \ge n` no step is taken more than ``r + 1`` times, recorded once. If the number is not known,
    every second state is given up whenever there are too many. Second derivatives and `jvp` are right, but keep every step.

    What a step gives when it is taken again is compared, to the last bit, with what it gave. That tells a step that does not repeat
    itself by its values only: a random factor of a state that is exactly zero is not noticed.

    References
    ----------
    .. [1] A. Griewank and A. Walther, "Algorithm 799: Revolve", ACM Transactions on Mathematical Software 26 (2000).

    Examples
    --------
    >>> from revad import grad, loop
    >>> grad(lambda rate: loop(lambda x, rate: rate * x * (1 - x), 0.5, 3, rate))(2.0)
    0.25
    >>> loop(lambda x: x * 2, 1.0, lambda x: x < 100)
    128.0
    """
    if not callable(n) and (not isinstance(n, (int, np.integer)) or n < 0):
        raise ArgumentError(f"loop: n must be a number of steps or a function that says whether to go on, not {n!r}.")
    steps = None if callable(n) else int(n)
    go_on = n if callable(n) else None
    return _looped("loop", lambda state, _, args: (f(state, *args), None), f, (state, None, args), steps, go_on, snapshots)[0]


def scan(
    f: Callable[..., Any], carry: Any, xs: Any, *args: Any, length: int | None = None, snapshots: int | None = None
) -> tuple[Any, Any]:
    """Go through arrays along their first axis, carrying a state; the pull-back keeps few states and repeats the steps between them.

    Parameters
    ----------
    f : callable
        ``f(carry, x, *args)`` returns the next carry and an output (or None). A pure function, as for `loop`.
    carry : pytree
        The first state.
    xs : pytree of array, shapes (steps, ...), or None
        Step t gets ``x[t]`` of each; with None, ``length`` says how many steps there are.
    *args : pytree
        What all steps share, as parameters.
    length : int, optional
        The number of steps, where ``xs`` does not say.
    snapshots : int, optional
        As for `loop`.

    Returns
    -------
    carry : pytree
        The last state.
    ys : pytree of array, shapes (steps, ...)
        The outputs of all steps, stacked.

    Raises
    ------
    ArgumentError
        The arrays of ``xs`` have different lengths, there are no steps, or a step that was taken again gave other values.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import grad, scan
    >>> scan(lambda total, x: (total + x, total * x), 0.0, np.array([1.0, 2.0, 3.0]))
    (np.float64(6.0), array([0., 2., 9.]))
    >>> def decayed(rate, xs):
    ...     return scan(lambda h, x, rate: (rate * h + x, None), 0.0, xs, rate)[0]
    >>> grad(decayed)(0.5, np.ones(3))
    2.0
    """
    lengths = {np.shape(leaf)[:1] for leaf in flatten(xs)[0]} | ({(length,)} if length is not None else set())
    if len(lengths) != 1 or lengths in ({()}, {(0,)}):
        shapes = [np.shape(leaf) for leaf in flatten(xs)[0]]
        raise ArgumentError(
            "scan: xs must hold arrays of equal length along their first axis, at least 1, or be None with length= the number of "
            f"steps; the shapes are {shapes} and length={length}."
        )
    ((steps,),) = lengths
    return _looped("scan", lambda carry, x, args: f(carry, x, *args), f, (carry, xs, args), steps, None, snapshots)


def _looped(
    name: str, step: Step, f: Callable[..., Any], tree: PyTree, steps: int | None, go_on: Any, snapshots: int | None
) -> tuple[Any, Any]:
    """Return the last state and the stacked outputs of a loop over ``(state, xs, args)``, as one operation if any is tracked."""
    if snapshots is not None and snapshots < 1:
        raise ArgumentError(f"{name}: snapshots counts the states that may be kept, at least the first one, not {snapshots}.")
    leaves, rebuild = flatten(tree)
    top = find_top(leaves)
    if top is None:
        return _run(step, tree, steps, go_on, None)[:2]
    leaves = [leaf if isinstance(leaf, Tracked) else keep(leaf) for leaf in leaves]
    rebuild_output: Any = None
    given: list[Any] = []
    kept: list[tuple[int, Any]] = []
    answer: list[Any] = []  # whoever writes into what was handed out copies it first, since it is referred to here
    taken = width = 0

    def run(*values: Any) -> list[Any]:
        nonlocal rebuild_output, given, kept, answer, taken, width
        given = list(map(in_rows, values))
        below = rebuild(given)
        if find_top(values) is not None:  # differentiated twice: an operation of the level below as well
            outputs, rebuild_output = flatten(_looped(name, step, f, below, steps, go_on, snapshots))
            answer = list(map(plain, outputs))
            return outputs
        memory = Snapshots(steps, snapshots)
        state, ys, taken = _run(step, below, steps, go_on, memory)
        kept, width = memory.kept, len(flatten(state)[0])
        outputs, rebuild_output = flatten((state, ys))
        answer = [*map(_copied, outputs[:width]), *outputs[width:]]
        return list(answer)

    def pull(g: Array, leaves: Any) -> list[Any]:
        leaves, again = list(map(in_rows, leaves)), Repeating(name, f, step)
        if not same_bits(given, leaves):
            run(*leaves)  # somebody had the operation run on other values in between
        tree = rebuild(leaves)
        if find_top((leaves, list(g))) is None:
            before = _backwards(again, tree, list(kept), taken, Snapshots(taken, snapshots).room(taken))
            return _pull(again, tree, (list(g[:width]), g[width:]), (answer[:width], answer[width:]), before)

        def whole_run(*values: Any) -> list[Any]:
            return flatten(_run(again, rebuild(list(values)), steps, go_on, None)[:2])[0]

        def check(values: list[Any]) -> None:
            again.check(answer, values, lambda: whole_run(*map(plain, leaves)))

        return pull_leaves(whole_run, leaves, g, check)

    outputs = process(top, whole(name, run, pull), tuple(leaves), {})
    return rebuild_output(outputs)


def _run(step: Step, tree: PyTree, steps: int | None, go_on: Any, memory: Snapshots | None) -> Any:
    """Return the last state, the stacked outputs and the number of steps; keep states that are due."""
    state, xs, args = tree
    outputs: list[list[Any]] = []
    rebuild: Any = None
    item, shared = _items(xs), _read_only(args)
    t = 0
    if memory is not None:
        state = _tree_copied(state)
    while t < steps if steps is not None else go_on(state):
        if memory is not None and t == memory.due:
            memory.offer(t, _tree_copied(state))  # steps may write into their states, not into what is kept
        state, y = step(state, item(t), shared)
        state = _tree_in_rows(state)
        y_leaves, rebuild = flatten(y)
        if y_leaves:
            outputs.append(y_leaves)
        t += 1
    stacked = [np.stack(parts) for parts in zip(*outputs, strict=True)]
    return state, rebuild(stacked) if rebuild else None, t


def _pull(
    step: Repeating, tree: PyTree, g: tuple[list[Any], Any], answer: tuple[list[Any], Any], backwards: Iterator[tuple[int, Any]]
) -> list[Any]:
    """Return the cotangents of all leaves, from one recorded step after the other, last first.

    Each recorded step has to arrive at the state that the step after it began with, the last one at the answer.
    """
    _, xs, args = tree
    (g_state, g_ys), (after, ys) = g, answer
    item, shared = _items(xs), _read_only(args)
    arg_leaves, rebuild_args = flatten(args)
    g_xs = [np.zeros_like(leaf) if is_inexact(leaf) else None for leaf in flatten(xs)[0]]
    g_args: list[Any] = [None] * len(arg_leaves)
    for t, before in backwards:
        (s_leaves, rebuild_state), (i_leaves, rebuild_item) = flatten(before), flatten(item(t))
        n, m = len(s_leaves), len(i_leaves)
        expected = [*after, *(y[t] for y in ys)]

        def recorded(*values: Any, n: int = n, m: int = m, build: Any = (rebuild_state, rebuild_item)) -> list[Any]:
            parts = list(values)
            return flatten(step(build[0](parts[:n]), build[1](parts[n : n + m]), rebuild_args(parts[n + m :])))[0]

        def check(values: list[Any], t: int = t, before: Any = before, expected: list[Any] = expected) -> None:
            step.check(expected, values, lambda: flatten(step(_tree_copied(before), item(t), shared))[0])

        cotangents = pull_leaves(recorded, [*s_leaves, *i_leaves, *arg_leaves], [*g_state, *(y[t] for y in g_ys)], check)
        after, g_state = s_leaves, cotangents[:n]
        for g_x, part in zip(g_xs, cotangents[n : n + m], strict=True):
            if g_x is not None:
                g_x[t] = part
        for i, part in enumerate(cotangents[n + m :]):
            if g_args[i] is None or part is None:
                g_args[i] = part
            else:
                g_args[i] += part
    g_leaves = [*g_state, *g_xs, *g_args]
    return [np.zeros_like(x) if g is None and is_inexact(x) else g for g, x in zip(g_leaves, flatten(tree)[0], strict=True)]


def _backwards(step: Step, tree: PyTree, stack: list[tuple[int, Any]], stop: int, room: int) -> Iterator[tuple[int, Any]]:
    """Yield all steps, last first, each with the state before it, from kept states of which there is room for so many."""
    _, xs, args = tree
    item, shared = _items(xs), _read_only(args)
    while stop:
        position, state = stack[-1]
        left = stop - position
        free = room - len(stack)
        if left > 1:
            ahead = next_snapshot(left, free + 1) if free > 0 else left - 1
            state = _tree_copied(state)
            for t in range(position, position + ahead):
                state = _tree_in_rows(step(state, item(t), shared)[0])
            state = _tree_copied(state)  # a step may use the memory of its result again
            if free > 0:
                stack.append((position + ahead, state))
                continue
        else:
            stack.pop()
        stop -= 1
        yield stop, state


def _items(xs: Any) -> Callable[[int], Any]:
    leaves, rebuild = flatten(xs)
    leaves = list(map(_guarded, leaves))
    return lambda t: rebuild([leaf[t] for leaf in leaves])


def _read_only(tree: PyTree) -> Any:
    leaves, rebuild = flatten(tree)
    return rebuild(list(map(_guarded, leaves)))


def _guarded(value: Any) -> Any:
    """Return an array as a view that a step cannot write into: the next step needs it as it is."""
    if isinstance(value, np.ndarray):
        value = value.view()
        value.flags.writeable = False
    return value


def _tree_copied(tree: PyTree) -> Any:
    leaves, rebuild = flatten(tree)
    return rebuild(list(map(_copied, leaves)))


def _tree_in_rows(tree: PyTree) -> Any:
    leaves, rebuild = flatten(tree)
    return rebuild(list(map(in_rows, leaves)))


def _copied(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value
