"""Workers that load batches ahead, as threads or processes. Whatever becomes of one, the reader gets a batch or an error in time.

Batch i is the work of worker i mod n, and the reader takes batches in order from the workers in turn: so the order does not depend
on who is faster. Every worker has a queue of its own: one that is killed while it writes cannot block the others.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import threading
import traceback
import warnings
from collections.abc import Callable, Generator, Sequence
from typing import Any

Fetch = Callable[[int, Any], Any]
Job = tuple[int, Any]  # the batch's number, and its indices


class WorkerError(RuntimeError):
    """A worker of a `DataLoader` raised, died or did not deliver in time; the message says which and why."""


def deliver(fetch: Fetch, jobs: Sequence[Job], count: int, kind: Any, prefetch: int, timeout: float) -> Generator[Any]:
    """Yield the batches of jobs in order, loaded ahead by workers; they are gone when the generator is closed.

    Parameters
    ----------
    fetch : callable
        Loads a batch, given its number and indices.
    jobs : sequence of (int, indices)
        What to load.
    count : int
        How many workers.
    kind : None or multiprocessing context
        None for threads.
    prefetch : int
        How many batches each worker holds ready.
    timeout : float
        Seconds that the reader waits for one batch.

    Examples
    --------
    >>> list(deliver(lambda number, indices: number * 10, [(i, None) for i in range(5)], 2, None, 1, 5.0))
    [0, 10, 20, 30, 40]
    """
    workers: list[_Worker] = []
    try:
        for i in range(min(count, len(jobs))):
            mine = jobs[i::count]
            workers.append(_Thread(i, fetch, mine, prefetch) if kind is None else _Process(i, fetch, mine, prefetch, kind))
        for worker in workers:  # processes are all forked before the first thread starts
            worker.start()
        for i, (number, _) in enumerate(jobs):
            yield workers[i % count].get(number, timeout)
    finally:
        for worker in workers:
            worker.stop()
        for worker in workers:
            worker.close()


class _Worker:
    """A thread that fills a queue; the reader's side of it."""

    name: str

    def __init__(self, prefetch: int) -> None:
        self.results: queue.SimpleQueue[tuple[Any, str, BaseException | None]] = queue.SimpleQueue()
        self.room = threading.Semaphore(prefetch)
        self.stopping = threading.Event()
        self.lost = False  # it did not answer in time
        self.thread = threading.Thread(target=self.run, name=self.name, daemon=True)

    def run(self) -> None:
        """Put (batch, "", None) for each job, or (None, what went wrong, cause) and end."""
        raise NotImplementedError

    def start(self) -> None:
        """Begin."""
        self.thread.start()

    def wait_for_room(self) -> bool:
        """Wait until the reader has taken enough; return whether to go on."""
        self.room.acquire()
        return not self.stopping.is_set()

    def get(self, number: int, timeout: float) -> Any:
        """Return the next batch."""
        try:
            value, problem, cause = self.results.get(timeout=timeout)
        except queue.Empty:
            value, cause, self.lost = None, None, True
            problem = (
                f"did not deliver within the timeout of {timeout:g} s; it hangs, or needs longer (timeout=...){self.fate()}"
            )
        if problem:
            raise WorkerError(f"DataLoader could not load batch {number}: {self.name} {problem}.") from cause
        self.room.release()
        return value

    def fate(self) -> str:
        """Return what is known of a worker that is silent."""
        return ""

    def stop(self) -> None:
        """Tell it to end."""
        self.stopping.set()
        self.room.release()

    def close(self) -> None:
        """Wait for the end; a thread that hangs cannot be ended, and is left behind as a daemon."""
        if self.thread.ident is not None:
            self.thread.join(timeout=0.0 if self.lost else 1.0)


class _Thread(_Worker):
    def __init__(self, i: int, fetch: Fetch, jobs: Sequence[Job], prefetch: int) -> None:
        self.name = f"worker thread {i}"
        super().__init__(prefetch)
        self.fetch, self.jobs = fetch, jobs

    def run(self) -> None:
        for number, indices in self.jobs:
            if not self.wait_for_room():
                return
            try:
                self.results.put((self.fetch(number, indices), "", None))
            except BaseException as error:  # handed to the reader, whatever it is
                self.results.put((None, f"raised {_brief(error)}", error))
                return


class _Process(_Worker):
    def __init__(self, i: int, fetch: Fetch, jobs: Sequence[Job], prefetch: int, context: Any) -> None:
        self.name = f"worker process {i}"
        super().__init__(prefetch)
        self.receiving, sending = context.Pipe(duplex=False)
        self.process = context.Process(
            target=_serve, args=(fetch, jobs, self.receiving, sending), name=f"DataLoader {self.name}", daemon=True
        )
        with warnings.catch_warnings():  # a fork beside threads may hang the child, which the timeout then reports
            warnings.simplefilter("ignore", DeprecationWarning)
            self.process.start()
        sending.close()
        self.name += f" (pid {self.process.pid})"

    def run(self) -> None:
        while self.wait_for_room():
            try:
                ok, value = self.receiving.recv()
            except (EOFError, OSError):
                if self.stopping.is_set():
                    return
                self.process.join(timeout=5.0)
                self.results.put((None, f"died{self.fate()}", None))
                return
            except Exception as error:
                self.results.put((None, f"sent a batch that cannot be read: {_brief(error)}", error))
                return
            self.results.put((value, "", None) if ok else (None, value, None))

    def fate(self) -> str:
        code = self.process.exitcode
        if code is None:
            return ""
        return f" with exit code {code}" if code >= 0 else f", killed by {signal.Signals(-code).name}"

    def stop(self) -> None:
        super().stop()
        self.process.kill()

    def close(self) -> None:
        self.lost = False  # it is killed, so its thread ends at once
        super().close()
        self.process.join(timeout=5.0)
        if not self.thread.is_alive() and self.process.exitcode is not None:
            self.receiving.close()
            self.process.close()


def _serve(fetch: Fetch, jobs: Sequence[Job], receiving: Any, sending: Any) -> None:
    """Work in the process: send each batch, or what went wrong; the pipe is full when the reader has enough."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends its workers itself
    receiving.close()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        for number, indices in jobs:
            try:
                sending.send((True, fetch(number, indices)))
            except BrokenPipeError:
                raise
            except BaseException as error:
                sending.send((False, f"raised {_brief(error)}\n\n{traceback.format_exc()}"))
                return
    except BrokenPipeError:  # the parent is gone
        return


def _end_with_parent() -> None:
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _brief(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def context_of(kind: str, method: str | None) -> Any:
    """Return the multiprocessing context for processes, None for threads.

    Examples
    --------
    >>> context_of("thread", None) is None
    True
    """
    if kind not in ("thread", "process"):
        raise ValueError(f"DataLoader: worker must be 'thread' or 'process', not {kind!r}.")
    if kind == "thread":
        return None
    import multiprocessing  # not before somebody wants processes: it takes longer than the rest of nn.data

    with contextlib.suppress(ValueError):  # forking needs no copy of the dataset, where the system has it
        return multiprocessing.get_context(method or "fork")
    return multiprocessing.get_context(method)
