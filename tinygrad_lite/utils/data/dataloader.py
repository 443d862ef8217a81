"""DataLoader: a data set, an order, a batch size, and perhaps workers; an iterable over batches."""

from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import Any, Generic, TypeVar

from .collate import default_collate, default_convert
from .dataset import Dataset, IterableDataset
from .fetch import fetcher
from .sampler import BatchSampler, RandomSampler, SequentialSampler
from .workers import Batches, PrefetchedBatches

T = TypeVar("T", covariant=True)


class DataLoader(Generic[T]):
    """Mini-batches of a data set, pass after pass (PyTorch's page torch.utils.data.DataLoader).

    dataset             by index (`__getitem__`, `__len__`), or an IterableDataset
    batch_size          samples in a batch; None: samples come one by one, as they are
    shuffle             a new random order in each pass
    sampler             gives the indices instead; batch_sampler gives lists of indices, one for each batch
    num_workers         threads that load ahead (see workers.py for what they may do); 0: none
    collate_fn          makes a batch of a list of samples; default_collate unless given
    drop_last           leave out a last batch that is too short
    timeout             seconds to wait for a worker's batch before a RuntimeError; 0: as long as it takes
    worker_init_fn      called with the worker's number in each worker before it loads
    generator           of the random order and the workers' seeds; the default generator unless given
    prefetch_factor     batches that each worker loads ahead, 2 unless given
    persistent_workers  keep the workers from one pass to the next: worker_init_fn runs, and their seed is drawn, once

    After the same seed, the order is PyTorch's. pin_memory, pin_memory_device, multiprocessing_context and in_order are
    accepted and have no effect: there is only the CPU, workers are threads, and batches come in order in any case.

    A TensorDataset, or a Subset of one, under the default collate_fn takes a fast path: one gather for each tensor.

    Errors: ValueError for options that exclude each other. What a data set raises is passed on, with the index noted.

    >>> import tinygrad_lite as tl
    >>> data = tl.utils.data.TensorDataset(tl.arange(5), tl.arange(5) * 10)
    >>> for x, y in tl.utils.data.DataLoader(data, 2, shuffle=True, generator=tl.Generator().manual_seed(0)):
    ...     print(x, y)
    tensor([3, 1]) tensor([30, 10])
    tensor([0, 4]) tensor([ 0, 40])
    tensor([2]) tensor([20])
    """

    dataset: Dataset[T] | Any

    _fixed = frozenset(("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"))
    _ready = False

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable | None = None,
        batch_sampler: Iterable | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], Any] | None = None,
        multiprocessing_context: Any = None,
        generator: Any = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ):
        _check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        stream = isinstance(dataset, IterableDataset)
        given = {"shuffle": shuffle or None, "sampler": sampler, "batch_sampler": batch_sampler}
        for option, value in given.items():
            if stream and value is not None:
                raise ValueError(
                    f"DataLoader with IterableDataset: expected unspecified {option} option, but got {option}={value}: "
                    "a stream has its own order"
                )
        if sampler is not None and shuffle:
            raise ValueError("DataLoader: sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "DataLoader: batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and "
                    "drop_last"
                )
            batch_size = None
        elif batch_size is None and drop_last:
            raise ValueError(
                "DataLoader: batch_size=None option disables auto-batching and is mutually exclusive with drop_last"
            )

        if sampler is None:
            if stream:
                sampler = repeat(None)  # endless: the stream says when it is over
            else:
                sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        batched = batch_sampler is not None

        self.dataset = dataset
        self.batch_size = batch_size
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.num_workers = num_workers
        self.collate_fn = collate_fn or (default_collate if batched else default_convert)
        self.pin_memory = pin_memory
        self.drop_last = drop_last
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.generator = generator
        self.prefetch_factor = 2 if num_workers and prefetch_factor is None else prefetch_factor
        self.persistent_workers = persistent_workers
        self.pin_memory_device = pin_memory_device
        self.in_order = in_order
        self._pass: Batches | None = None
        self._ready = True

    def __setattr__(self, name: str, value: Any) -> None:
        if self._ready and name in self._fixed:
            raise ValueError(f"DataLoader: {name} attribute should not be set after the loader is made; make another")
        super().__setattr__(name, value)

    @property
    def index_sampler(self) -> Any:
        """What is iterated over: lists of indices, or single indices if there are no batches to make."""
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def fetcher(self, dataset: Any) -> Callable[[Any], Any]:
        """The function from what `index_sampler` gives to a batch of the data set."""
        return fetcher(dataset, self.collate_fn, self.batch_sampler is not None, self.drop_last)

    def __iter__(self) -> Iterator[Any]:
        if not self.num_workers:
            return Batches(self)
        if not self.persistent_workers:
            return PrefetchedBatches(self)
        if self._pass is None:
            self._pass = PrefetchedBatches(self)
        else:
            self._pass.start()
        return self._pass

    def __len__(self) -> int:
        if not isinstance(self.dataset, IterableDataset):
            return len(self.index_sampler)
        n = len(self.dataset)  # type: ignore[arg-type]  # a stream may have a length
        if self.batch_size is None:
            return n
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)


def _check_workers(num_workers: int, timeout: float, prefetch_factor: int | None, persistent_workers: bool) -> None:
    """Raise for options about workers that make no sense."""
    if num_workers < 0:
        raise ValueError("DataLoader: num_workers option should be non-negative; use num_workers=0 for no workers")
    if timeout < 0:
        raise ValueError("DataLoader: timeout option should be non-negative")
    if not num_workers and prefetch_factor is not None:
        raise ValueError("DataLoader: prefetch_factor option needs num_workers > 0")
    if prefetch_factor is not None and prefetch_factor < 1:
        raise ValueError("DataLoader: prefetch_factor option should be positive")
    if not num_workers and persistent_workers:
        raise ValueError("DataLoader: persistent_workers option needs num_workers > 0")
