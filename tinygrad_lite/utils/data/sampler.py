"""Samplers: in which order a data set is read. After the same seed, PyTorch's order (see torch.utils.data.Sampler)."""

from collections.abc import Iterator, Sequence, Sized
from itertools import islice
from typing import Any, Generic, TypeVar

from ...creation import as_tensor
from ...dtypes import float64
from ...random import Generator, default_generator, multinomial, randint, randperm

T = TypeVar("T", covariant=True)

BLOCK = 32  # indices that RandomSampler draws at once with replacement: as in PyTorch, so that streams agree


def random_seed(generator: Any = None) -> int:
    """A seed for another generator: 63 bits of this one, the default generator if None."""
    generator = generator or default_generator
    with generator.lock:
        return int(generator.draw(1, bits=63)[0])


def positive(owner: str, name: str, value: Any) -> int:
    """The value, if it is a positive int."""
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"{owner}: {name} should be a positive integer value, but got {name}={value!r}")
    return value


class Sampler(Generic[T]):
    """Indices (or lists of indices) in some order: a subclass defines `__iter__`, and `__len__` where it can."""

    def __iter__(self) -> Iterator[T]:
        raise NotImplementedError(f"{type(self).__name__} should define __iter__()")


class SequentialSampler(Sampler[int]):
    """0, 1, …, n−1."""

    def __init__(self, data_source: Sized):
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """A random permutation of 0 … n−1; with replacement=True, num_samples independent draws.

    num_samples  how many indices to give, n if None; more than n begin another permutation
    generator    where chance comes from; None: a new generator, seeded from the default one, for each pass

    >>> import tinygrad_lite as tl
    >>> list(tl.utils.data.RandomSampler(range(5), generator=tl.Generator().manual_seed(0)))
    [4, 0, 1, 3, 2]
    """

    def __init__(
        self, data_source: Sized, replacement: bool = False, num_samples: int | None = None, generator: Any = None
    ):
        if not isinstance(replacement, bool):
            raise TypeError(f"RandomSampler: replacement should be a boolean value, but got replacement={replacement}")
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = num_samples
        self.generator = generator
        positive("RandomSampler", "num_samples", self.num_samples)

    @property
    def num_samples(self) -> int:
        """How many indices one pass gives; follows a data set that grows."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        n, left = len(self.data_source), self.num_samples
        generator = self.generator or Generator().manual_seed(random_seed())
        while self.replacement and left >= BLOCK:
            yield from randint(n, (BLOCK,), generator=generator).tolist()
            left -= BLOCK
        while not self.replacement and left >= n:
            yield from randperm(n, generator=generator).tolist()
            left -= n
        if left or self.generator:  # even for nothing left, PyTorch draws once more from a generator that it was given
            rest = randint(n, (left,), generator=generator) if self.replacement else randperm(n, generator=generator)
            yield from rest.tolist()[:left]

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """The given indices in a random order."""

    def __init__(self, indices: Sequence[int], generator: Any = None):
        self.indices = indices
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        for i in randperm(len(self.indices), generator=self.generator).tolist():
            yield self.indices[i]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """num_samples indices, index i with probability wᵢ / Σw; replacement=False: each at most once.

    >>> import tinygrad_lite as tl
    >>> list(tl.utils.data.WeightedRandomSampler([0.0, 0.0, 1.0], 4))
    [2, 2, 2, 2]
    """

    def __init__(self, weights: Any, num_samples: int, replacement: bool = True, generator: Any = None):
        if not isinstance(replacement, bool):
            raise ValueError(
                f"WeightedRandomSampler: replacement should be a boolean value, but got replacement={replacement}"
            )
        self.num_samples = positive("WeightedRandomSampler", "num_samples", num_samples)
        self.weights = as_tensor(weights, dtype=float64)
        if self.weights.array.ndim != 1:
            raise ValueError(
                "WeightedRandomSampler: weights should be a 1d sequence but given weights have shape "
                f"{tuple(self.weights.shape)}"
            )
        self.replacement = replacement
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        yield from multinomial(self.weights, self.num_samples, self.replacement, generator=self.generator).tolist()

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[int]]):
    """Lists of batch_size indices from another sampler; a shorter last one is kept unless drop_last.

    >>> import tinygrad_lite as tl
    >>> list(tl.utils.data.BatchSampler(range(5), batch_size=2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler: Any, batch_size: int, drop_last: bool):
        if not isinstance(drop_last, bool):
            raise ValueError(f"BatchSampler: drop_last should be a boolean value, but got drop_last={drop_last}")
        self.sampler = sampler
        self.batch_size = positive("BatchSampler", "batch_size", batch_size)
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[int]]:
        indices = iter(self.sampler)
        while batch := list(islice(indices, self.batch_size)):
            if len(batch) < self.batch_size and self.drop_last:
                return
            yield batch

    def __len__(self) -> int:
        n = len(self.sampler)
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)
