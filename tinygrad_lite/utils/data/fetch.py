"""How an index, or a list of indices, becomes a batch."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from ...operation import result
from .collate import default_collate
from .dataset import IterableDataset, Subset, TensorDataset

END = object()  # what is fetched from a stream that has ended


def fetcher(dataset: Any, collate: Callable, batched: bool, drop_last: bool) -> Callable[[Any], Any]:
    """The function from what a sampler gives (indices if batched, else one index) to a batch."""
    if isinstance(dataset, IterableDataset):
        return from_stream(iter(dataset), collate, batched, drop_last)
    if not batched:
        return lambda index: collate(sample(dataset, index))
    if collate is default_collate and (gather := gathering(dataset)) is not None:
        return gather
    if callable(getattr(dataset, "__getitems__", None)):
        return lambda indices: collate(dataset.__getitems__(indices))
    return lambda indices: collate([sample(dataset, index) for index in indices])


def sample(dataset: Any, index: Any) -> Any:
    """dataset[index]; an error tells which index it was."""
    try:
        return dataset[index]
    except StopIteration as error:  # passed on, it would end the epoch in silence
        raise RuntimeError(f"DataLoader: {type(dataset).__name__}[{index!r}] raised StopIteration") from error
    except Exception as error:
        error.add_note(f"DataLoader: while loading sample {index!r} of {type(dataset).__name__}")
        raise


def gathering(dataset: Any) -> Callable[[Any], list] | None:
    """For tensors: a function that takes the samples of a batch at once, one copy a tensor; else None.

    It gives what stacking the samples gives. A subclass may mean something else by its samples, so only the two
    classes themselves qualify.
    """
    if type(dataset) is TensorDataset:
        tensors = dataset.tensors

        def gather(indices):
            plain = type(indices[0]) is int  # else tensors, or NumPy's integers
            where = np.array(indices if plain else [i.__index__() for i in indices])
            return [t[where] if t.requires_grad else result(t.array.take(where, 0)) for t in tensors]

        return gather
    if type(dataset) is Subset and (inner := gathering(dataset.dataset)) is not None:
        own = dataset.indices
        return lambda indices: inner([own[i] for i in indices])
    return None


def from_stream(stream: Iterator, collate: Callable, batched: bool, drop_last: bool) -> Callable[[Any], Any]:
    """A fetcher of the next samples of a stream: one, or as many as there are indices, which mean nothing else."""

    def one(index):
        data = next(stream, END)
        return END if data is END else collate(data)

    def several(indices):
        batch = list(islice(stream, len(indices)))
        return END if not batch or (drop_last and len(batch) < len(indices)) else collate(batch)

    return several if batched else one
