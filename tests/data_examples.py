"""What the tests of utils.data share: small data sets, and results in a form that can be compared with ==."""

from collections import UserList

import numpy as np

import tinygrad_lite as tl
from tinygrad_lite.utils import data


def seeded(seed=0, lib=tl):
    return lib.Generator().manual_seed(seed)


def samples(dataset):
    """All samples of a data set, in order."""
    return [dataset[i] for i in range(len(dataset))]


def plain(value):
    """Tensors of either library as (dtype, nested lists), containers with their types: to be compared with ==."""
    if hasattr(value, "detach"):
        return str(value.dtype).removeprefix("torch."), value.tolist()
    if isinstance(value, dict):
        return type(value).__name__, {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, UserList)):
        return type(value).__name__, [plain(item) for item in value]
    return value


class Squares(data.Dataset):
    def __init__(self, n=10):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if i >= self.n:
            raise IndexError(i)
        return i, np.float32(i * i)


class Stream(data.IterableDataset):
    def __init__(self, n):
        self.start, self.stop = 0, n

    def __iter__(self):
        return iter(range(self.start, self.stop))

    def __len__(self):
        return self.stop - self.start


def tensors(n=10):
    x = tl.tensor(np.arange(3 * n, dtype=np.float32).reshape(n, 3))
    return data.TensorDataset(x, tl.arange(n))
