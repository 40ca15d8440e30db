"""Workers that raise, die or hang: an error with the cause, in time, and nothing is left over."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.data import DataLoader, WorkerError
from nn.data.workers import _Process, context_of

RELEASE = threading.Event()  # ends threads that hang


class Unpicklable:
    def __reduce__(self) -> Any:
        return _refuse, ()


def _refuse() -> None:
    raise ValueError("cannot be made again")


class Faulty:
    """Item 9 does something bad; the items are large enough to fill a pipe."""

    def __init__(self, how: str, size: int = 50_000) -> None:
        self.how, self.size = how, size

    def __len__(self) -> int:
        return 24

    def __getitem__(self, i: int) -> Any:
        if i == 9:
            if self.how == "raise":
                raise ValueError("item 9 is rotten")
            if self.how == "exit":
                os._exit(3)
            if self.how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if self.how == "freeze":
                os.kill(os.getpid(), signal.SIGSTOP)
            if self.how == "hang":
                RELEASE.wait(60)
            if self.how == "quit":
                sys.exit(2)
            if self.how == "interrupt":
                raise KeyboardInterrupt
            if self.how == "lock":
                return threading.Lock()
            if self.how == "unreadable":
                return Unpicklable()
        return np.full(self.size, i, np.float32)


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """No thread and no process outlives a test."""
    RELEASE.clear()
    before = set(threading.enumerate())
    yield
    RELEASE.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(5.0)
    assert set(threading.enumerate()) <= before
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(
    ("worker", "how", "words"),
    [
        ("thread", "raise", r"worker thread 0 raised ValueError: item 9 is rotten"),
        ("thread", "quit", "worker thread 0 raised SystemExit"),
        ("thread", "hang", r"worker thread 0 did not deliver within the timeout of 0.3 s"),
        ("process", "raise", r"worker process 0 \(pid \d+\) raised ValueError: item 9 is rotten"),
        ("process", "exit", r"worker process 0 \(pid \d+\) died with exit code 3"),
        ("process", "kill", r"worker process 0 \(pid \d+\) died, killed by SIGKILL"),
        ("process", "quit", r"worker process 0 \(pid \d+\) raised SystemExit"),
        ("process", "interrupt", r"worker process 0 \(pid \d+\) raised KeyboardInterrupt"),
        ("process", "hang", "did not deliver within the timeout"),
        ("process", "freeze", "did not deliver within the timeout"),
        ("process", "lock", "raised TypeError: cannot pickle"),
        ("process", "unreadable", "sent a batch that cannot be read: ValueError: cannot be made again"),
    ],
)
def test_a_bad_worker_is_an_error(worker: str, how: str, words: str) -> None:
    """The batches before come; then the error, which names worker, cause and batch."""
    timeout = 0.3 if "timeout" in words else 30.0
    loader = DataLoader(Faulty(how), 2, num_workers=2, worker=worker, timeout=timeout, collate_fn=list)
    seen = ([int(item[0]) for item in batch] for batch in loader)
    assert [next(seen) for _ in range(4)] == [[0, 1], [2, 3], [4, 5], [6, 7]]
    with pytest.raises(WorkerError, match=f"DataLoader could not load batch 4: .*{words}"):
        next(seen)


def test_the_cause_is_kept() -> None:
    """A thread's exception is the cause itself; a process sends its traceback as text."""
    with pytest.raises(WorkerError) as caught:
        list(DataLoader(Faulty("raise"), 2, num_workers=2))
    assert isinstance(caught.value.__cause__, ValueError)
    with pytest.raises(WorkerError, match="in __getitem__"):
        list(DataLoader(Faulty("raise"), 2, num_workers=2, worker="process"))


def test_without_workers_the_exception_is_the_datasets_own() -> None:
    with pytest.raises(ValueError, match="item 9 is rotten"):
        list(DataLoader(Faulty("raise"), 2))


def test_a_worker_killed_while_it_sends() -> None:
    """Half a batch in the pipe is an error too."""
    loader = DataLoader(Faulty("none", size=3_000_000), 2, num_workers=1, worker="process", prefetch_factor=1, timeout=30.0)
    batches = iter(loader)
    next(batches)
    time.sleep(0.05)  # it is sending the second or third one now, and waits for the pipe to be emptied
    child = multiprocessing.active_children()[0]
    os.kill(child.pid or 0, signal.SIGKILL)
    with pytest.raises(WorkerError, match="died, killed by SIGKILL"):
        list(batches)


@pytest.mark.parametrize("worker", ["thread", "process"])
def test_a_loop_that_is_left(worker: str) -> None:
    """break, an exception, a forgotten iterator: the workers end."""
    loader = DataLoader(Faulty("none"), 2, num_workers=3, worker=worker)
    for _ in loader:
        break
    batches = iter(loader)
    next(batches)
    with pytest.raises(KeyboardInterrupt):
        batches.throw(KeyboardInterrupt)  # type: ignore[attr-defined]
    batches = iter(loader)
    next(batches)
    del batches


def test_prefetching_has_a_limit() -> None:
    """A slow reader does not let the workers load the whole dataset."""
    loaded: list[int] = []

    class Counting:
        def __len__(self) -> int:
            return 100

        def __getitem__(self, i: int) -> int:
            loaded.append(i)
            return i

    batches = iter(DataLoader(Counting(), 1, num_workers=2, prefetch_factor=2))
    next(batches)
    for _ in range(100):
        if len(loaded) >= 5:
            break
        time.sleep(0.01)
    time.sleep(0.02)
    assert len(loaded) == 5  # the one that was read, and two of each worker
    batches.close()  # type: ignore[attr-defined]


def test_forked_workers_draw_different_numbers() -> None:
    """A dataset that draws from nn's generator does not get the same numbers in every worker, and the same in every run."""

    class Drawing:
        def __len__(self) -> int:
            return 8

        def __getitem__(self, i: int) -> float:
            return float(nn.default_generator().random())

    runs = [np.concatenate(list(DataLoader(Drawing(), 1, num_workers=n, worker="process", rng=1))) for n in (2, 3)]
    assert len(set(runs[0].tolist())) == 8
    np.testing.assert_array_equal(runs[0], runs[1])


def test_other_ways_to_start() -> None:
    """Spawned processes get the dataset sent; threads need no context."""
    assert context_of("process", "spawn").get_start_method() == "spawn"
    assert context_of("process", None).get_start_method() == "fork"


def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    """kill -9 of the parent leaves no workers, even where they hang."""
    code = f"""
import os, sys, time
sys.path.insert(0, {str(Path(__file__).parents[3])!r})
import nn
class Slow:
    def __len__(self): return 10
    def __getitem__(self, i):
        if i >= 2: time.sleep(100)
        return os.getpid()
for pid in nn.data.DataLoader(Slow(), 1, num_workers=2, worker="process"):
    print(int(pid[0]), flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        workers = [int(process.stdout.readline()) for _ in range(2)]
        process.kill()
        process.wait()
    for _ in range(500):
        alive = [pid for pid in workers if _running(pid)]
        if not alive:
            break
        time.sleep(0.01)
    assert alive == []


def _running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_process_that_is_closed_early() -> None:
    """Stopping before the first batch was read is clean."""
    worker = _Process(0, lambda number, indices: number, [(0, None)], 1, context_of("process", None))
    worker.stop()
    worker.close()
