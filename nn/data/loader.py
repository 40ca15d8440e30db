"""`DataLoader`: a dataset in batches, in an order that can be saved and gone on with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from nn.data.collating import collate
from nn.data.sampling import epoch_order
from nn.data.workers import context_of, deliver
from nn.random import generator_or_default, manual_seed
from revad.typing import Array


class _Fetch(NamedTuple):
    """How one batch is loaded; sent to worker processes."""

    dataset: Any
    single: bool
    collate_fn: Callable[[list[Any]], Any] | None
    transform: Callable[[Any, np.random.Generator], Any] | None
    seed: Any
    reseed: bool

    def __call__(self, number: int, indices: Array) -> Any:
        if self.reseed:  # else all forked workers would draw the same numbers
            manual_seed([self.seed, number])  # pyright: ignore[reportArgumentType]
        if self.single:
            batch = self.dataset[int(indices[0])]
        elif self.collate_fn is None and hasattr(self.dataset, "batch"):
            batch = self.dataset.batch(indices)
        else:
            batch = (self.collate_fn or collate)([self.dataset[i] for i in indices.tolist()])
        return batch if self.transform is None else self.transform(batch, np.random.default_rng([self.seed, number]))


class DataLoader:
    """Goes through a dataset in batches; each time it is iterated is an epoch.

    Parameters
    ----------
    dataset : Dataset
        Anything with a length and items; where it has ``batch(indices)``, as `ArrayDataset`, whole batches are read at once.
    batch_size : int or None
        Items of a batch; None hands out the items as they are (for a dataset of batches).
    shuffle : bool
        Whether each epoch has a new random order.
    sampler : callable or iterable of int, optional
        What gives the order instead: a function of a generator, or indices.
    num_workers : int
        How many workers load ahead; 0 loads in the caller's own thread. The batches are the same whatever the number.
    collate_fn : callable, optional
        Makes a batch of a list of items; `nn.data.collate` by default.
    drop_last : bool
        Whether a last batch that is not full is left out.
    timeout : float
        Seconds to wait for a batch of a worker; after that it is an error.
    transform : callable, optional
        ``transform(batch, rng)`` returns the batch to hand out, for augmentation; ``rng`` depends on the epoch and the batch only.
    rng : numpy.random.Generator or int, optional
        Where orders come from; by default `nn.default_generator`.
    worker : {"thread", "process"}
        Threads share memory and suit NumPy code, which lets others run; processes suit slow Python code.
    prefetch_factor : int
        How many batches each worker holds ready.
    context : {"fork", "spawn", "forkserver"}, optional
        How processes start: by default forked, where the system can.

    Raises
    ------
    WorkerError
        While iterating: a worker raised, died or hung.

    Examples
    --------
    >>> import nn
    >>> data = nn.data.ArrayDataset(np.arange(5), np.arange(5) ** 2)
    >>> for x, y in nn.data.DataLoader(data, batch_size=2, shuffle=True, rng=0):
    ...     print(x, y)
    [3 2] [9 4]
    [0 4] [ 0 16]
    [1] [1]
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool = False,
        sampler: Callable[[np.random.Generator], Iterable[int]] | Iterable[int] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        drop_last: bool = False,
        timeout: float = 60.0,
        *,
        transform: Callable[[Any, np.random.Generator], Any] | None = None,
        rng: Any = None,
        worker: str = "thread",
        prefetch_factor: int = 2,
        context: str | None = None,
    ) -> None:
        if not hasattr(dataset, "__len__") or not hasattr(dataset, "__getitem__"):
            raise TypeError(f"DataLoader takes a dataset with a length and items, not {type(dataset).__name__}.")
        if batch_size is not None and batch_size < 1:
            raise ValueError(f"DataLoader: batch_size must be at least 1, or None, not {batch_size}.")
        if num_workers < 0 or prefetch_factor < 1 or not timeout > 0:
            raise ValueError(
                "DataLoader: num_workers must not be negative, prefetch_factor at least 1 and timeout positive, "
                f"not {num_workers}, {prefetch_factor} and {timeout}."
            )
        if shuffle and sampler is not None:
            raise ValueError("DataLoader: give either shuffle=True or a sampler, which is the order itself.")
        self.dataset, self.batch_size, self.shuffle, self.sampler = dataset, batch_size, shuffle, sampler
        self.num_workers, self.collate_fn, self.drop_last, self.timeout = num_workers, collate_fn, drop_last, timeout
        self.transform, self.worker, self.prefetch_factor = transform, worker, prefetch_factor
        self.rng = None if rng is None else generator_or_default(rng)
        self._context = context_of(worker, context)
        self._epoch: dict[str, Any] = {}  # the seed, order and position of the epoch under way
        self._resumed = False

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        counted: Any = self.sampler if hasattr(self.sampler, "__len__") else self.dataset
        n, size = len(counted), self.batch_size or 1
        return n // size if self.drop_last else -(-n // size)

    def __iter__(self) -> Iterator[Any]:
        """Go through an epoch: a new one, or the rest of the one that `load_state_dict` brought."""
        if not self._resumed:
            self._epoch = {"position": 0, "seed": self._new_seed(), "order": None}
        self._resumed = False
        epoch = self._epoch
        order = epoch["order"]
        if order is None:
            order = epoch_order(len(self.dataset), self.shuffle, self.sampler, epoch["seed"])
        if self.sampler is not None and not callable(self.sampler):
            epoch["order"] = order  # cannot be drawn again
        size = self.batch_size or 1
        end = len(order) - len(order) % size if self.drop_last else len(order)
        batches = [order[i : min(i + size, end)] for i in range(0, end, size)]
        jobs = list(enumerate(batches))[epoch["position"] :]
        return self._batches(epoch, jobs)

    def _batches(self, epoch: dict[str, Any], jobs: list[tuple[int, Any]]) -> Iterator[Any]:
        many = self.num_workers > 0
        reseed = many and self._context is not None
        fetch = _Fetch(self.dataset, self.batch_size is None, self.collate_fn, self.transform, epoch["seed"], reseed)
        loaded = (
            deliver(fetch, jobs, self.num_workers, self._context, self.prefetch_factor, self.timeout)
            if many
            else (fetch(number, indices) for number, indices in jobs)
        )
        try:
            for batch in loaded:
                epoch["position"] += 1
                yield batch
        finally:
            loaded.close()
        if epoch is self._epoch:
            self._epoch = {}

    def _new_seed(self) -> int | None:
        """Draw what the epoch's order and transforms are made from, if they are random."""
        if self.shuffle or callable(self.sampler) or self.transform is not None or self.worker == "process":
            return int(generator_or_default(self.rng).integers(2**63))
        return None

    def state_dict(self) -> dict[str, Any]:
        """Return where the present epoch stands and what its order comes from, so that another loader can go on from there."""
        return {
            "items": len(self.dataset),
            "batch_size": self.batch_size,
            "position": 0,
            "seed": None,
            "order": None,
            **self._epoch,
            "rng": None if self.rng is None else self.rng.bit_generator.state,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned: the next iteration goes on with the next batch.

        Raises
        ------
        ValueError
            The state is that of a loader over another number of items, or with another batch size.
        """
        here = (len(self.dataset), self.batch_size)
        there = (state_dict["items"], state_dict["batch_size"])
        if here != there:
            raise ValueError(
                f"DataLoader.load_state_dict: the state is of {there[0]} items in batches of {there[1]}, "
                f"this loader has {here[0]} in batches of {here[1]}."
            )
        if state_dict["rng"] is not None and self.rng is not None:
            self.rng.bit_generator.state = state_dict["rng"]
        self._epoch = {key: state_dict[key] for key in ("position", "seed", "order")}
        self._resumed = self._epoch["position"] > 0 or self._epoch["seed"] is not None
        if not self._resumed:
            self._epoch = {}

    def __repr__(self) -> str:
        order = ", shuffled" if self.shuffle else ""
        workers = f", {self.num_workers} {self.worker} workers" if self.num_workers else ""
        return f"DataLoader({len(self)} batches of {self.batch_size} from {self.dataset!r}{order}{workers})"
