"""What a block sets is in force while the code inside runs, and never else: interrupts, suspended generators, threads, tasks."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from typing import Any

import numpy as np
import pytest

import nn
import revad
from nn.training.evaluating import evaluating
from revad import NonFiniteError, Tensor, debug_nans, grad, no_grad, tensor
from revad.checking.watches import nonfinite
from revad.engine import blocks, levels, watching
from revad.engine.levels import is_open, open_levels, recording
from revad.engine.watching import Pause
from revad.tensors import leaves

W = tensor(2.0)
OURS = {module.__file__ for module in (blocks, levels, watching, leaves, nonfinite)} | {
    sys.modules[f"revad.transforms.{name}"].__file__ for name in ("forward", "recording", "trace")
}


def records() -> bool:
    return isinstance(W * 2.0, Tensor)


def is_as_before() -> bool:
    return bool(
        records() and np.isinf((W * np.inf).value) and not recording and Pause.level.get() == -1 and Pause.watch.get() is None
    )


def paused() -> None:
    with no_grad():
        assert not records()


@no_grad()
def decorated() -> None:
    assert not records()


def stacked() -> None:
    with contextlib.ExitStack() as stack:
        stack.enter_context(no_grad())
        assert not records()


def watched() -> None:
    with debug_nans(), pytest.raises(NonFiniteError):
        np.log(W * -1.0)


def sealed() -> None:
    grad(revad.checkpoint(lambda x: x * x))(2.0)


def lifted() -> None:
    grad(revad.lift(lambda x: np.sum(np.array([x, x]))))(2.0)


def differentiated() -> None:
    grad(lambda x: revad.jvp(lambda y: y * x, (x,), (1.0,))[1])(2.0)


def traced() -> None:
    revad.trace(lambda x: x * 2.0, 1.0)


class Interrupted:
    """Raises at the n-th bytecode that runs in the modules that enter and leave blocks."""

    def __init__(self, n: int) -> None:
        self.left = n

    def __call__(self, frame: Any, event: str, _: Any) -> Any:
        if frame.f_code.co_filename not in OURS:
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event == "opcode":
            self.left -= 1
            if self.left < 0:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self


@pytest.mark.parametrize("run", [paused, decorated, stacked, watched, sealed, lifted, differentiated, traced])
def test_an_interrupt_at_any_bytecode_leaves_nothing_behind(run: Callable[[], None]) -> None:
    """Nor while somebody holds the traceback, with all frames in it, as the interactive interpreter does.

    `contextlib.ExitStack` is written in Python: a block that it was entering or leaving ends when the traceback is collected.
    """
    before = sys.gettrace()
    sys.settrace(Interrupted(10**9))  # since 3.12, the next `settrace` asks whether a frame has wanted events for opcodes
    run()
    sys.settrace(before)
    n = 0
    for n in range(100_000):
        kept: Any = None
        sys.settrace(Interrupted(n))
        try:
            run()
        except KeyboardInterrupt as error:
            kept = error
        finally:
            sys.settrace(before)
        assert is_as_before() or run is stacked, n
        done = kept is None
        kept = None
        if run is stacked and not (is_as_before() and not Pause.blocks):
            gc.collect()
        assert is_as_before(), n
        assert not Pause.blocks, n
        assert not any(map(is_open, open_levels)), n
        if done:
            break
    assert n > 20


def test_a_suspended_generator_leaves_its_caller_alone() -> None:
    def numbers() -> Iterator[bool]:
        assert records()
        with no_grad():
            for _ in range(3):
                yield records()
        yield records()

    running = numbers()
    for expected in (False, False, False, True):
        assert next(running) is expected
        assert records()
    abandoned = numbers()
    next(abandoned)
    del abandoned
    assert not Pause.blocks

    def delegating() -> Iterator[bool]:
        yield records()
        yield from numbers()
        yield records()

    assert list(delegating()) == [True, False, False, False, True, True]


def test_blocks_of_generators_may_end_in_any_order() -> None:
    def inside() -> Generator[bool]:
        with no_grad():
            yield records()
        yield records()

    one, other = inside(), inside()
    assert [next(one), next(other), records(), next(one), records(), next(other), records()] == [
        False, False, True, True, True, True, True,
    ]  # fmt: skip
    third = inside()
    next(third)
    with no_grad():
        assert next(third) is False
        assert not records()
        third.close()
        assert not records()
    assert is_as_before()


def test_the_other_blocks_of_a_generator_leave_its_caller_alone() -> None:
    def looking() -> Iterator[None]:
        with debug_nans():
            yield
            np.log(W * -1.0)

    running = looking()
    next(running)
    assert is_as_before()
    with pytest.raises(NonFiniteError):
        next(running)

    def stacking() -> Iterator[bool]:
        with contextlib.ExitStack() as stack:
            stack.enter_context(no_grad())
            yield records()

    numbers = stacking()
    assert next(numbers) is False
    assert records()


def test_a_context_manager_made_of_a_generator_holds_for_who_enters_it() -> None:
    @contextlib.contextmanager
    def off() -> Generator[None]:
        with no_grad():
            yield

    class Off:
        def __enter__(self) -> None:
            self.block = off()
            self.block.__enter__()

        def __exit__(self, *exception: object) -> None:
            self.block.__exit__(*exception)  # type: ignore[arg-type]

    def numbers(block: Any) -> Generator[bool]:
        with block:
            yield records()

    for make in (off, Off):
        with make():
            assert not records()
        running = numbers(make())
        assert next(running) is False
        assert records()
        running.close()
    with evaluating(nn.Linear(1, 1)):
        assert not records()
    assert is_as_before()


def test_a_block_may_be_entered_by_hand_and_again_but_not_twice_at_a_time() -> None:
    block = no_grad()
    for _ in range(2):
        block.__enter__()
        assert not records()
        with pytest.raises(RuntimeError, match="this block is entered already"), block:
            pass
        block.__exit__(None, None, None)
        assert records()
    level_made_after = grad(lambda x: paused_square(block, x))
    assert level_made_after(3.0) == 3.0


def paused_square(block: Any, x: Any) -> Any:
    with block:
        constant = x * 1.0
    return constant * x


def test_threads_and_tasks_keep_to_themselves() -> None:
    inside, go_on = threading.Event(), threading.Event()

    def failing() -> None:
        with contextlib.suppress(ValueError), no_grad():
            inside.set()
            go_on.wait(10)
            raise ValueError

    thread = threading.Thread(target=failing)
    thread.start()
    inside.wait(10)
    assert records()
    with no_grad():
        go_on.set()
        thread.join()
        assert not records()
    assert is_as_before()

    async def pausing() -> bool:
        with no_grad():
            await asyncio.sleep(0)
            return records()

    async def plain() -> bool:
        await asyncio.sleep(0)
        return records()

    async def both() -> Any:
        return await asyncio.gather(pausing(), plain(), pausing())

    assert asyncio.run(both()) == [False, True, False]
    assert not Pause.blocks


def test_a_generator_may_be_run_by_another_thread() -> None:
    """The block is not in force there, as `no_grad` holds for the thread that entered it, nor here meanwhile."""

    def numbers() -> Iterator[bool]:
        with no_grad():
            yield records()
            yield records()

    running, found = numbers(), []
    assert next(running) is False
    thread = threading.Thread(target=lambda: found.append(list(running)))
    thread.start()
    thread.join()
    assert found == [[True]]
    assert not Pause.blocks
    assert records()
