"""Memory shared with other array libraries, without a copy (PyTorch's page torch.utils.dlpack)."""

import ctypes
from typing import Any

import numpy as np

from ..creation import from_dlpack as from_object, made
from ..tensor import Tensor


class Capsule:
    """What NumPy asks of an exporter, around a capsule that somebody else made of CPU memory."""

    def __init__(self, capsule: Any):
        self.capsule = capsule

    def __dlpack__(self, **options: Any) -> Any:
        return self.capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return 1, 0


def from_dlpack(ext_tensor: Any) -> Tensor:
    """A tensor on the memory of another library's array, or of a capsule from `to_dlpack`.

    >>> import numpy as np, tinygrad_lite as tl
    >>> tl.utils.dlpack.from_dlpack(np.ones(2))
    tensor([1., 1.], dtype=torch.float64)
    """
    if hasattr(ext_tensor, "__dlpack__"):
        return from_object(ext_tensor)
    return made(writable(from_object(Capsule(ext_tensor)).array))


def writable(array: np.ndarray) -> np.ndarray:
    """The same memory for writing: a capsule's is meant for it, but NumPy takes it for read-only."""
    if not array.size:
        return array.copy()
    reach = sum((n - 1) * step for n, step in zip(array.shape, array.strides, strict=True)) + array.itemsize
    memory = (ctypes.c_char * reach).from_address(array.ctypes.data)
    memory.owner = array  # type: ignore[attr-defined] # keeps the exporter's memory
    return np.ndarray(array.shape, array.dtype, memoryview(memory), strides=array.strides)


def to_dlpack(tensor: Tensor) -> Any:
    """A capsule of the tensor's memory, which one other library may take.

    >>> import tinygrad_lite as tl
    >>> tl.utils.dlpack.from_dlpack(tl.utils.dlpack.to_dlpack(tl.ones(2)))
    tensor([1., 1.])
    """
    return tensor.__dlpack__()
