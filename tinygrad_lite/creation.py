"""Tensors from nothing, from data, and from chance.

The random numbers are PyTorch's: after the same seed the same call gives the same numbers (see kernels/mt19937.py).
"""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import dtypes
from .operation import result
from .ops.axes import transpose
from .ops.shape import expand, reshape
from .sizes import as_device
from .tape import Variable
from .tensor import Tensor


def made(array: np.ndarray, requires_grad: bool = False) -> Tensor:
    """A leaf on an array."""
    t = result(array)
    return t.requires_grad_() if requires_grad else t


def sizes(size: tuple, name: str) -> tuple[int, ...]:
    """The shape meant by zeros(2, 3), zeros((2, 3)) or zeros(size)."""
    if len(size) == 1 and isinstance(size[0], (Sequence, np.ndarray)):
        size = tuple(size[0])
    for n in size:
        if isinstance(n, float) or not hasattr(n, "__index__"):
            raise TypeError(f"{name}(): the sizes must be ints, got {n!r}")
        if n < 0:
            raise RuntimeError(f"{name}: trying to create tensor with negative dimension {n}: {list(size)}")
    return tuple(int(n) for n in size)


def of(dtype: Any, otherwise: np.dtype | None = None) -> np.dtype:
    """The dtype asked for, or the default."""
    return (otherwise or dtypes.get_default_dtype()) if dtype is None else dtypes.as_dtype(dtype)


def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False):
    """A new leaf with a copy of the data: numbers, nested sequences, arrays (PyTorch's page torch.tensor).

    Python floats give the default dtype, ints int64; arrays keep theirs.

    >>> import tinygrad_lite as tl
    >>> tl.tensor([[1.0, 2.0], [3.0, 4.0]])
    tensor([[1., 2.],
            [3., 4.]])
    """
    as_device(device)
    if isinstance(data, Variable):
        array = np.array(data.array, dtype and of(dtype))
    elif isinstance(data, (np.ndarray, np.generic)):
        array = np.array(data, of(dtype, otherwise=data.dtype))
    else:
        try:
            array = np.array(unwrapped(data))
        except ValueError as error:
            raise ValueError(f"tensor: the sequences are of different lengths, or not of numbers: {error}") from None
        if array.dtype.kind == "f" or array.size == 0:
            array = array.astype(of(dtype))
        elif array.dtype.kind in "iub":
            array = array.astype(of(dtype, otherwise=dtypes.bool_ if array.dtype.kind == "b" else dtypes.int64))
        else:
            raise TypeError(f"tensor: cannot make a tensor of {array.dtype} data: {type(data).__name__}")
    if array.dtype not in dtypes.TYPES:
        raise TypeError(f"tensor: can't convert np.ndarray of type {array.dtype}; there are float, int and bool types")
    return made(array, requires_grad)


def unwrapped(data: Any) -> Any:
    """Nested sequences with tensors of one element as numbers."""
    if isinstance(data, Variable):
        return data.array
    if isinstance(data, (list, tuple)):
        return [unwrapped(item) for item in data]
    return data


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """The data as a tensor, without a copy where that is possible (PyTorch's page torch.as_tensor)."""
    as_device(device)
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    if isinstance(data, np.ndarray):
        return made(np.asarray(data, of(dtype, otherwise=data.dtype)))
    return tensor(data, dtype=dtype)


def from_numpy(array: np.ndarray) -> Tensor:
    """A tensor on the array's own memory (PyTorch's page torch.from_numpy).

    >>> import numpy as np, tinygrad_lite as tl
    >>> a = np.zeros(2)
    >>> t = tl.from_numpy(a)
    >>> a[0] = 5
    >>> t
    tensor([5., 0.], dtype=torch.float64)
    """
    if not isinstance(array, np.ndarray):
        raise TypeError(f"from_numpy: expected np.ndarray (got {type(array).__name__})")
    dtypes.as_dtype(array.dtype)
    return made(array)


def zeros(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, out: None = None) -> Tensor:
    """A tensor of zeros (PyTorch's page torch.zeros)."""
    as_device(device)
    return made(np.zeros(sizes(size, "zeros"), of(dtype)), requires_grad)


def ones(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, out: None = None) -> Tensor:
    """A tensor of ones (PyTorch's page torch.ones)."""
    as_device(device)
    return made(np.ones(sizes(size, "ones"), of(dtype)), requires_grad)


def empty(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **ignored: Any) -> Tensor:
    """A tensor of whatever the memory holds (PyTorch's page torch.empty)."""
    as_device(device)
    return made(np.empty(sizes(size, "empty"), of(dtype)), requires_grad)


def full(size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor of one number; its dtype follows the number (PyTorch's page torch.full)."""
    as_device(device)
    value = fill_value.array.item() if isinstance(fill_value, Variable) else fill_value
    own = dtypes.rank(value)[1]
    return made(np.full(sizes((size,), "full"), value, of(dtype, otherwise=own)), requires_grad)


def zeros_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **ignored: Any):
    """Zeros of the input's shape and dtype (PyTorch's page torch.zeros_like)."""
    return made(np.zeros(input.array.shape, of(dtype, input.array.dtype)), requires_grad)


def ones_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **ignored: Any):
    """Ones of the input's shape and dtype (PyTorch's page torch.ones_like)."""
    return made(np.ones(input.array.shape, of(dtype, input.array.dtype)), requires_grad)


def empty_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **ignored: Any):
    """Unset memory of the input's shape and dtype (PyTorch's page torch.empty_like)."""
    return made(np.empty(input.array.shape, of(dtype, input.array.dtype)), requires_grad)


def full_like(input: Tensor, fill_value: Any, *, dtype: Any = None, requires_grad: bool = False, **ignored: Any):
    """One number in the input's shape and dtype (PyTorch's page torch.full_like)."""
    return made(np.full(input.array.shape, fill_value, of(dtype, input.array.dtype)), requires_grad)


def arange(start: Any, end: Any = None, step: Any = 1, *, dtype: Any = None, device: Any = None, requires_grad=False):
    """start, start + step, … below end (PyTorch's page torch.arange).

    >>> import tinygrad_lite as tl
    >>> tl.arange(3)
    tensor([0, 1, 2])
    """
    as_device(device)
    if end is None:
        start, end = 0, start
    start, end, step = (v.array.item() if isinstance(v, Variable) else v for v in (start, end, step))
    if step == 0:
        raise RuntimeError("arange: step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError(f"arange: upper bound and lower bound inconsistent with step sign: {start}, {end}, {step}")
    whole = all(isinstance(v, int) for v in (start, end, step))
    dtype = of(dtype, otherwise=dtypes.int64 if whole else None)
    count = max(0, int(np.ceil((end - start) / step)))
    if dtype.kind == "f":  # computed in float64, then rounded, as PyTorch does
        return made((start + step * np.arange(count, dtype=np.float64)).astype(dtype), requires_grad)
    return made((start + step * np.arange(count)).astype(dtype), requires_grad)


def linspace(start: Any, end: Any, steps: int, *, dtype: Any = None, device: Any = None, requires_grad: bool = False):
    """`steps` numbers from start to end, both included (PyTorch's page torch.linspace)."""
    as_device(device)
    return made(np.linspace(start, end, steps).astype(of(dtype)), requires_grad)


def logspace(start: Any, end: Any, steps: int, base: float = 10.0, *, dtype: Any = None, requires_grad: bool = False):
    """base**start to base**end in `steps` equal ratios (PyTorch's page torch.logspace)."""
    return made((base ** np.linspace(start, end, steps)).astype(of(dtype)), requires_grad)


def eye(n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones on the diagonal (PyTorch's page torch.eye)."""
    as_device(device)
    return made(np.eye(n, m, dtype=of(dtype)), requires_grad)


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple:
    """The coordinates of a grid, one tensor for each axis (PyTorch's page torch.meshgrid).

    >>> import tinygrad_lite as tl
    >>> tl.meshgrid(tl.tensor([1, 2]), tl.tensor([3, 4]), indexing="ij")[0]
    tensor([[1, 1],
            [2, 2]])
    """
    given = tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    shape = [t.array.size for t in given]
    grid = [
        expand(reshape(t, [n if i == k else 1 for i in range(len(given))]), shape)
        for k, (t, n) in enumerate(zip(given, shape, strict=True))
    ]
    if indexing == "xy" and len(grid) > 1:
        return tuple(transpose(g, 0, 1) for g in grid)
    if indexing in ("ij", "xy"):
        return tuple(grid)
    raise RuntimeError(f'meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')


def is_tensor(obj: Any) -> bool:
    """Whether this is a Tensor (PyTorch's page torch.is_tensor)."""
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Whether the tensor's elements are floats (PyTorch's page torch.is_floating_point)."""
    return input.array.dtype.kind == "f"


def numel(input: Tensor) -> int:
    """The number of elements (PyTorch's page torch.numel)."""
    return input.array.size


def result_type(tensor1: Any, tensor2: Any) -> np.dtype:
    """The dtype of an operation on two tensors or numbers (PyTorch's page torch.result_type)."""
    return dtypes.result_type(*(v.array if isinstance(v, Variable) else v for v in (tensor1, tensor2)))


def set_num_threads(n: int) -> None:
    """Accepted as in PyTorch; NumPy's BLAS takes its threads from OMP_NUM_THREADS when it starts."""


def get_num_threads() -> int:
    """The threads that NumPy's BLAS was told to use, or the processor's cores."""
    return int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)


asarray = as_tensor
