"""The iterators that a DataLoader hands out: in the caller's thread, or with worker threads that load ahead.

Workers are threads. There is nothing to pickle and no `__main__` guard to write, so they work in a notebook and on
Windows as anywhere else. They pay where loading waits or runs outside of Python: files, the network, decoders, NumPy's
kernels, which release the interpreter's lock. Python code proper still runs in one thread at a time.

What workers share. They call `__getitem__` of one and the same data set, several at a time: it should not change
anything that it also reads, and it should open files anew or read them under a lock.

What repeats. Batch k is made by worker k mod n, and comes out as the k-th, whichever worker is faster. Each worker has
a generator of its own, seeded with the pass's seed plus the worker's number: `get_worker_info().generator`. What a
sample draws from it is the same in each run, and the same that it would draw in PyTorch's worker process. What samples
draw from the default generator depends on which worker comes first.
"""

import copy
from collections import deque
from contextvars import ContextVar, copy_context
from itertools import cycle, islice
from typing import Any, NamedTuple

from ...random import Generator
from .dataset import IterableDataset
from .fetch import END
from .sampler import random_seed


class WorkerInfo(NamedTuple):
    """A worker of a DataLoader: number id of num_workers, its seed and generator, and its data set."""

    id: int
    num_workers: int
    seed: int
    dataset: Any
    generator: Any


_worker: ContextVar[WorkerInfo | None] = ContextVar("worker", default=None)


def get_worker_info() -> WorkerInfo | None:
    """The worker that asks, or None outside of workers (PyTorch's page torch.utils.data.get_worker_info)."""
    return _worker.get()


class Batches:
    """One pass over a loader's data; a batch is loaded when it is asked for."""

    def __init__(self, loader: Any):
        self.loader = loader
        self.indices = iter(loader.index_sampler)
        # The seed is for workers, but drawn in any case: so PyTorch's order of draws has it.
        self.seed = random_seed(loader.generator)
        self.start()

    def start(self) -> None:
        """Get ready to fetch."""
        self.fetch = self.loader.fetcher(self.loader.dataset)

    def __iter__(self) -> "Batches":
        return self

    def __len__(self) -> int:
        return len(self.loader)

    def __next__(self) -> Any:
        batch = self.fetch(next(self.indices))
        if batch is END:
            raise StopIteration
        return batch


class Worker:
    """A thread that makes one batch after the other, in a context of its own."""

    def __init__(self, loader: Any, id: int, seed: int):
        from concurrent.futures import ThreadPoolExecutor  # late: it brings logging, which is slow to import

        dataset = loader.dataset
        if isinstance(dataset, IterableDataset):
            dataset = copy.copy(dataset)  # so that worker_init_fn can give each worker its part of the stream
        self.info = WorkerInfo(id, loader.num_workers, seed + id, dataset, Generator().manual_seed(seed + id))
        self.fetcher, self.init = loader.fetcher, loader.worker_init_fn
        self.context = copy_context()  # no_grad and the like hold in the worker as they do around it
        self.thread = ThreadPoolExecutor(1, f"DataLoader worker {id}")
        self.ended = True  # until it starts, and when its stream has ended
        self.fetch: Any = None

    def start(self) -> None:
        """Get ready for a pass."""
        self.fetch, self.ended = None, False

    def submit(self, index: Any) -> Any:
        """The future of a batch."""
        return self.thread.submit(self.context.run, self.batch, index)

    def batch(self, index: Any) -> Any:
        """Make a batch; this runs in the thread, and so does the preparation, before the first batch."""
        try:
            if _worker.get() is not self.info:
                _worker.set(self.info)
                if self.init is not None:
                    self.init(self.info.id)
            if self.fetch is None:
                self.fetch = self.fetcher(self.info.dataset)
            return self.fetch(index)
        except Exception as error:
            error.add_note(f"in DataLoader worker {self.info.id} of {self.info.num_workers}")
            raise

    def stop(self) -> None:
        """Let the thread end as soon as it has finished its batch."""
        self.thread.shutdown(wait=False, cancel_futures=True)


class PrefetchedBatches(Batches):
    """One pass over a loader's data (or, with persistent workers, one after the other); workers load ahead."""

    workers: tuple[Worker, ...] = ()

    def start(self) -> None:
        """Let the workers begin, each with prefetch_factor batches."""
        loader = self.loader
        if not self.workers:
            self.waiting: deque = deque()  # (worker, future of its batch), in order
            self.workers = tuple(Worker(loader, id, self.seed) for id in range(loader.num_workers))
        for _, future in self.waiting:  # of a pass that was not finished
            if not future.cancel():
                future.exception()  # waits
        self.waiting.clear()
        for worker in self.workers:
            worker.start()
        self.turns = cycle(self.workers)
        self.indices = iter(loader.index_sampler)
        for _ in range(loader.prefetch_factor * len(self.workers)):
            self.load_ahead()

    def load_ahead(self) -> None:
        """Give the next indices, if there are any, to the next worker that has not come to its end."""
        index = next(self.indices, END)
        worker = next((w for w in islice(self.turns, len(self.workers)) if not w.ended), None)
        if index is not END and worker is not None:
            self.waiting.append((worker, worker.submit(index)))

    def __next__(self) -> Any:
        from concurrent.futures import wait

        while self.waiting:
            worker, future = self.waiting[0]
            if not wait([future], self.loader.timeout or None).done:
                raise RuntimeError(f"DataLoader timed out after {self.loader.timeout} seconds")
            self.waiting.popleft()
            if future.exception() is None and future.result() is END:
                worker.ended = True
                self.load_ahead()
                continue
            self.load_ahead()
            return future.result()
        if not self.loader.persistent_workers:
            self.stop()
        raise StopIteration

    def stop(self) -> None:
        """Let the threads go."""
        for worker in self.workers:
            worker.stop()

    __del__ = stop
