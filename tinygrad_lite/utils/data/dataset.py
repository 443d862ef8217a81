"""Data sets: samples by index (`Dataset`), or a stream of samples (`IterableDataset`); how to join and split them."""

import math
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any, Generic, TypeVar

from ...random import randperm
from ...tensor import Tensor

T = TypeVar("T", covariant=True)


class Dataset(Generic[T]):
    """Samples by index: a subclass defines `__getitem__`, and `__len__` for whoever needs the number of samples.

    It may also define `__getitems__(indices)`, which returns a list of samples at once where that is cheaper.
    PyTorch's page torch.utils.data.Dataset.

    >>> import tinygrad_lite as tl
    >>> class Squares(tl.utils.data.Dataset):
    ...     def __len__(self):
    ...         return 5
    ...     def __getitem__(self, i):
    ...         return i, i * i
    >>> for i, square in tl.utils.data.DataLoader(Squares(), batch_size=3):
    ...     print(i, square)
    tensor([0, 1, 2]) tensor([0, 1, 4])
    tensor([3, 4]) tensor([ 9, 16])
    """

    def __getitem__(self, index: Any) -> T:
        raise NotImplementedError(f"{type(self).__name__} should define __getitem__(index)")

    def __add__(self, other: "Dataset") -> "ConcatDataset":
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T]):
    """A stream of samples: a subclass defines `__iter__` (PyTorch's page torch.utils.data.IterableDataset).

    With several workers each one iterates over a shallow copy of it; `get_worker_info()` tells `__iter__` which part of
    the stream to deliver, as otherwise every sample arrives once from every worker.
    """

    def __iter__(self) -> Iterator[T]:
        raise NotImplementedError(f"{type(self).__name__} should define __iter__()")

    def __add__(self, other: Dataset) -> "ChainDataset":
        return ChainDataset([self, other])


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Sample i is (t₁[i], t₂[i], …): tensors with the same first size (PyTorch's torch.utils.data.TensorDataset).

    >>> import tinygrad_lite as tl
    >>> data = tl.utils.data.TensorDataset(tl.arange(3), tl.arange(3) * 10)
    >>> data[2]
    (tensor(2), tensor(20))
    """

    def __init__(self, *tensors: Tensor):
        for t in tensors:
            if not isinstance(t, Tensor):
                raise TypeError(f"TensorDataset: expected tensors, got a {type(t).__name__}; take from_numpy or tensor")
        shapes = [tuple(t.shape) for t in tensors]
        if not shapes or () in shapes:
            raise IndexError(f"TensorDataset: expected tensors with a first dimension, got the shapes {shapes}")
        if any(shape[0] != shapes[0][0] for shape in shapes):
            raise AssertionError(f"TensorDataset: Size mismatch between tensors: the first sizes of {shapes} differ")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(t[index] for t in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0].array)


class StackDataset(Dataset):
    """Sample i is (d₁[i], d₂[i], …), or a dict of them for data sets given by name (torch.utils.data.StackDataset)."""

    def __init__(self, *args: Any, **kwargs: Any):
        if args and kwargs:
            raise ValueError("StackDataset: give the data sets either by position or by name, not both")
        if not args and not kwargs:
            raise ValueError("StackDataset: at least one data set is needed")
        self.datasets = args or kwargs
        lengths = [len(dataset) for dataset in args or kwargs.values()]
        if len(set(lengths)) > 1:
            raise ValueError(f"StackDataset: Size mismatch between datasets: their lengths are {lengths}")
        self._length = lengths[0]

    def __getitem__(self, index: Any) -> tuple | dict:
        if isinstance(self.datasets, dict):
            return {name: dataset[index] for name, dataset in self.datasets.items()}
        return tuple(dataset[index] for dataset in self.datasets)

    def __len__(self) -> int:
        return self._length


class ConcatDataset(Dataset[T]):
    """One data set after the other (PyTorch's page torch.utils.data.ConcatDataset); `a + b` makes one too."""

    def __init__(self, datasets: Iterable):
        self.datasets = list(datasets)
        if not self.datasets:
            raise AssertionError("ConcatDataset: datasets should not be an empty iterable")
        if any(isinstance(dataset, IterableDataset) for dataset in self.datasets):
            raise AssertionError("ConcatDataset: an IterableDataset has no indices; join streams with ChainDataset")
        self.cumulative_sizes = list(accumulate(len(dataset) for dataset in self.datasets))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, index: int) -> T:
        if index < -len(self):
            raise ValueError(f"ConcatDataset: index {index} is out of range for {len(self)} samples")
        if index >= len(self):
            raise IndexError(f"ConcatDataset: index {index} is out of range for {len(self)} samples")
        index %= len(self)
        which = bisect_right(self.cumulative_sizes, index)
        return self.datasets[which][index - (self.cumulative_sizes[which - 1] if which else 0)]


class ChainDataset(IterableDataset[T]):
    """One stream after the other (PyTorch's page torch.utils.data.ChainDataset)."""

    def __init__(self, datasets: Iterable):
        self.datasets = list(datasets)
        if not all(isinstance(dataset, IterableDataset) for dataset in self.datasets):
            raise AssertionError("ChainDataset: only supports IterableDataset; join others with ConcatDataset")

    def __iter__(self) -> Iterator[T]:
        for dataset in self.datasets:
            yield from dataset

    def __len__(self) -> int:
        return sum(len(dataset) for dataset in self.datasets)


class Subset(Dataset[T]):
    """The samples of a data set at the given indices (PyTorch's page torch.utils.data.Subset)."""

    def __init__(self, dataset: Any, indices: Sequence[int]):
        self.dataset = dataset
        self.indices = indices
        if type(self).__getitem__ is not Subset.__getitem__ and type(self).__getitems__ is Subset.__getitems__:
            raise NotImplementedError(
                f"{type(self).__name__} overrides __getitem__ but not __getitems__, from which DataLoader takes its "
                "batches. Add: def __getitems__(self, indices): return [self[i] for i in indices]"
            )

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]
        return self.dataset[self.indices[index]]

    def __getitems__(self, indices: list[int]) -> list:
        own = [self.indices[i] for i in indices]
        if callable(getattr(self.dataset, "__getitems__", None)):
            return self.dataset.__getitems__(own)
        return [self.dataset[i] for i in own]

    def __len__(self) -> int:
        return len(self.indices)


def random_split(dataset: Any, lengths: Sequence[int | float], generator: Any = None) -> list[Subset]:
    """Split a data set at random into subsets of the given lengths, or of fractions that sum to 1.

    A fraction f of n samples is ⌊f·n⌋ samples; those left over go one by one to the first subsets. The same generator
    seed gives PyTorch's subsets (torch.utils.data.random_split).

    Errors: ValueError if the lengths do not sum to len(dataset), or a fraction is outside [0, 1].

    >>> import tinygrad_lite as tl
    >>> train, test = tl.utils.data.random_split(range(10), [0.7, 0.3], tl.Generator().manual_seed(0))
    >>> len(train), list(test)
    (7, [8, 6, 2])
    """
    n = len(dataset)
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        for i, fraction in enumerate(lengths):
            if not 0 <= fraction <= 1:
                raise ValueError(f"random_split: Fraction at index {i} is not between 0 and 1: {fraction}")
        whole = [math.floor(n * fraction) for fraction in lengths]
        for i in range(n - sum(whole)):
            whole[i % len(whole)] += 1
        for i, length in enumerate(whole):
            if length == 0:
                warnings.warn(
                    f"random_split: Length of split at index {i} is 0. This might result in an empty dataset.",
                    stacklevel=2,
                )
        lengths = whole
    if sum(lengths) != n:
        raise ValueError(
            f"random_split: Sum of input lengths does not equal the length of the input dataset: "
            f"{list(lengths)} sums to {sum(lengths)}, not {n}"
        )
    indices = randperm(n, generator=generator).tolist()
    return [Subset(dataset, indices[start:stop]) for start, stop in pairwise(accumulate(lengths, initial=0))]
