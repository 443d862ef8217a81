"""How samples become a batch: tensors are stacked, containers are kept and collated inside."""

import copy
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy as np

from ...creation import as_tensor, tensor
from ...dtypes import float64
from ...operation import result
from ...ops.join import stack
from ...tensor import Tensor


def default_collate(batch: Sequence) -> Any:
    """Samples with a new first dimension, the batch (PyTorch's page torch.utils.data.default_collate).

    Tensors, arrays and numbers become one tensor (Python floats a float64 one); strings and bytes stay as they are;
    dicts, lists and named tuples of these are collated inside and keep their type; tuples become lists.

    Errors: TypeError for any other sample, RuntimeError for samples of unequal lengths or shapes.

    >>> import tinygrad_lite as tl
    >>> tl.utils.data.default_collate([(1, "a"), (2, "b")])
    [tensor([1, 2]), ('a', 'b')]
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stacked(batch)
    if isinstance(first, (str, bytes)):  # before NumPy's scalars: np.str_ is both
        return batch
    if isinstance(first, np.ndarray):
        refuse_other_than_numbers(first)
        return stacked([as_tensor(sample) for sample in batch])
    if isinstance(first, np.generic):
        refuse_other_than_numbers(first)
        return as_tensor(np.array(batch))
    if isinstance(first, float):
        return tensor(batch, dtype=float64)
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, Mapping):
        return remade(first, {key: default_collate([sample[key] for sample in batch]) for key in first})
    if isinstance(first, Sequence):
        if any(len(sample) != len(first) for sample in batch):
            lengths = sorted({len(sample) for sample in batch})
            raise RuntimeError(
                "default_collate: each element in list of batch should be of equal size, got the lengths "
                f"{lengths}; pad the samples in a collate_fn of your own"
            )
        return remade(first, [default_collate(column) for column in zip(*batch, strict=True)])
    raise not_collatable(type(first))


def stacked(batch: Sequence) -> Tensor:
    """stack(batch); tensors that are alike and need no derivative become one array at once, in a third of the time."""
    arrays = [t.array for t in batch if isinstance(t, Tensor) and t.node is None]
    dtype, shape = batch[0].dtype, batch[0].array.shape
    if len(arrays) == len(batch) and all(a.dtype is dtype and a.shape == shape for a in arrays):
        return result(np.array(arrays))
    return stack(batch)


def default_convert(data: Any) -> Any:
    """One sample with every array in it as a tensor on the same memory (torch.utils.data.default_convert).

    >>> import numpy as np, tinygrad_lite as tl
    >>> tl.utils.data.default_convert({"x": np.arange(2), "name": "a"})
    {'x': tensor([0, 1]), 'name': 'a'}
    """
    if isinstance(data, (Tensor, str, bytes)):
        return data
    if isinstance(data, (np.ndarray, np.generic)):
        return as_tensor(data) if data.dtype.kind in "biuf" else data
    if isinstance(data, Mapping):
        return remade(data, {key: default_convert(value) for key, value in data.items()})
    if isinstance(data, Sequence):
        return remade(data, [default_convert(value) for value in data])
    return data


def remade(like: Any, content: Any) -> Any:
    """The content in a container like the given one: a copy of it where it can be changed, so that it keeps its type.

    Tuples without names become lists, as in PyTorch, and so does what cannot be made from its elements (a range).
    """
    if isinstance(like, tuple):
        make: Callable = type(like)
        return make(*content) if hasattr(like, "_fields") else content
    try:
        if isinstance(like, MutableMapping):
            clone = copy.copy(like)
            clone.update(content)
            return clone
        if isinstance(like, MutableSequence):
            clone = copy.copy(like)
            for i, value in enumerate(content):
                clone[i] = value
            return clone
        make = type(like)
        return make(content)
    except TypeError:
        return content


def refuse_other_than_numbers(value: np.ndarray | np.generic) -> None:
    """Raise for arrays of strings and of Python objects."""
    if value.dtype.kind not in "biuf":
        raise not_collatable(value.dtype)


def not_collatable(found: Any) -> TypeError:
    """The error for samples that do not become a tensor."""
    return TypeError(
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found "
        f"{found}; convert the samples, or give the DataLoader a collate_fn"
    )
