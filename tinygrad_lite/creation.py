"""Tensors from nothing and from data.

The arguments `layout`, `pin_memory` and `memory_format` are accepted where PyTorch has them, with the one value that
a strided tensor in ordinary memory has. `out` is refused.
"""

from typing import Any

import numpy as np

from . import dtypes
from .arrays import array_of, cast, check_place, known, legacy, number, of as of, own_dtype, sizes as sizes
from .operation import result
from .sizes import contiguous_format
from .tape import Variable
from .tensor import Tensor


def made(array: np.ndarray, requires_grad: bool = False) -> Tensor:
    """A leaf on an array."""
    t = result(array)
    return t.requires_grad_() if requires_grad else t


def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **place: Any) -> Tensor:
    """A new leaf with a copy of the data: numbers, nested sequences, arrays (PyTorch's page torch.tensor).

    Python floats give the default dtype, ints int64; arrays keep theirs. ValueError for sequences of different
    lengths; TypeError for complex numbers; RuntimeError for an integer that the dtype cannot hold.

    >>> import tinygrad_lite as tl
    >>> tl.tensor([[1.0, 2.0], [3.0, 4.0]])
    tensor([[1., 2.],
            [3., 4.]])
    """
    if device is not None or place:
        check_place("tensor", device, place)
    return made(array_of(data, dtype), requires_grad)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """The data as a tensor, without a copy where that is possible (PyTorch's page torch.as_tensor).

    >>> import tinygrad_lite as tl
    >>> t = tl.ones(2)
    >>> tl.as_tensor(t) is t
    True
    """
    check_place("as_tensor", device, {})
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    if isinstance(data, np.ndarray):
        asked = of(dtype, otherwise=known(data.dtype, "as_tensor"))
        return made(own_dtype(data) if data.dtype == asked else cast(data, asked, "as_tensor"))
    return made(array_of(data, dtype, "as_tensor"))


def asarray(
    obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, requires_grad: bool = False
) -> Tensor:
    """The object as a tensor; `copy` says whether always (True), never (False) or if necessary (torch.asarray).

    >>> import tinygrad_lite as tl
    >>> tl.asarray([1, 2], copy=True)
    tensor([1, 2])
    """
    check_place("asarray", device, {})
    if hasattr(obj, "__dlpack__") and not isinstance(obj, (Tensor, np.ndarray, np.generic)):
        obj = from_dlpack(obj)
    t = tensor(obj, dtype=dtype) if copy and not isinstance(obj, Tensor) else as_tensor(obj, dtype)
    if copy is False and not (isinstance(obj, (Tensor, np.ndarray)) and np.shares_memory(t.array, np.asarray(obj))):
        raise ValueError("asarray: can't alias this object without a copy: copy=False needs an array of the same dtype")
    t = t.clone() if copy and isinstance(obj, Tensor) else t
    t = t.detach() if t.requires_grad and not requires_grad else t
    return t.requires_grad_() if requires_grad else t


def scalar_tensor(s: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **place: Any):
    """A tensor without dimensions, of the default dtype (torch.scalar_tensor)."""
    check_place("scalar_tensor", device, place)
    return made(array_of(number(s, "scalar_tensor"), of(dtype), "scalar_tensor"), requires_grad)


def from_numpy(ndarray: np.ndarray) -> Tensor:
    """A tensor on the array's own memory (PyTorch's page torch.from_numpy).

    >>> import numpy as np, tinygrad_lite as tl
    >>> a = np.zeros(2)
    >>> t = tl.from_numpy(a)
    >>> a[0] = 5
    >>> t
    tensor([5., 0.], dtype=torch.float64)
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"from_numpy: expected np.ndarray (got {type(ndarray).__name__})")
    known(ndarray.dtype, "from_numpy")
    return made(own_dtype(ndarray))


def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """A tensor on the memory of another library's array, through DLPack (PyTorch's page torch.from_dlpack).

    >>> import numpy as np, tinygrad_lite as tl
    >>> a = np.zeros(2, np.float32)
    >>> tl.from_dlpack(a).array.ctypes.data == a.ctypes.data
    True
    """
    check_place("from_dlpack", device, {})
    if not hasattr(ext_tensor, "__dlpack__"):
        raise TypeError(f"from_dlpack: a {type(ext_tensor).__name__} has no __dlpack__ method; see as_tensor")
    return from_numpy(np.from_dlpack(ext_tensor, copy=copy))


def filled(array: np.ndarray, name: str, requires_grad: bool, device: Any, place: dict) -> Tensor:
    if device is not None or place:
        check_place(name, device, place)
    return made(array, requires_grad)


def zeros(
    *args: Any, size: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False, **place: Any
) -> Tensor:
    """A tensor of zeros, as zeros(2, 3) or zeros((2, 3)) (PyTorch's page torch.zeros).

    >>> import tinygrad_lite as tl
    >>> tl.zeros(2, 3).shape
    torch.Size([2, 3])
    """
    return filled(np.zeros(shape_of(args, size, "zeros"), of(dtype)), "zeros", requires_grad, device, place)


def ones(
    *args: Any, size: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False, **place: Any
) -> Tensor:
    """A tensor of ones, as ones(2, 3) or ones((2, 3)) (PyTorch's page torch.ones).

    >>> import tinygrad_lite as tl
    >>> tl.ones(2)
    tensor([1., 1.])
    """
    return filled(np.ones(shape_of(args, size, "ones"), of(dtype)), "ones", requires_grad, device, place)


def empty(
    *args: Any, size: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False, **place: Any
) -> Tensor:
    """A tensor of whatever the memory holds (PyTorch's page torch.empty)."""
    return filled(np.empty(shape_of(args, size, "empty"), of(dtype)), "empty", requires_grad, device, place)


def shape_of(args: tuple, size: Any, name: str) -> tuple[int, ...]:
    if size is None and not args:
        raise TypeError(f"{name}() missing 1 required positional argument: 'size'; write {name}(()) for a number")
    return sizes(args if size is None else (size,), name)


def full(
    size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **place: Any
) -> Tensor:
    """A tensor of one number; its dtype follows the number (PyTorch's page torch.full).

    >>> import tinygrad_lite as tl
    >>> tl.full((2,), 3.5)
    tensor([3.5000, 3.5000])
    """
    if not isinstance(size, (list, tuple)):
        raise TypeError(f"full(): argument 'size' must be a tuple of ints, not {type(size).__name__}")
    value = array_of(number(fill_value, "full"), dtype, "full")
    return filled(np.full(sizes((size,), "full"), value), "full", requires_grad, device, place)


def zeros_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **place: Any):
    """Zeros of the input's shape and dtype, as its memory is ordered (PyTorch's page torch.zeros_like)."""
    x = like(input, "zeros_like")
    array = np.zeros_like(x, of(dtype, x.dtype), order(place))
    return filled(array, "zeros_like", requires_grad, device, place)


def ones_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **place: Any):
    """Ones of the input's shape and dtype, as its memory is ordered (PyTorch's page torch.ones_like)."""
    x = like(input, "ones_like")
    array = np.ones_like(x, of(dtype, x.dtype), order(place))
    return filled(array, "ones_like", requires_grad, device, place)


def empty_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **place: Any):
    """Unset memory of the input's shape and dtype (PyTorch's page torch.empty_like)."""
    x = like(input, "empty_like")
    array = np.empty_like(x, of(dtype, x.dtype), order(place))
    return filled(array, "empty_like", requires_grad, device, place)


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """One number in the input's shape and dtype (PyTorch's page torch.full_like)."""
    x = like(input, "full_like")
    value = array_of(number(fill_value, "full_like"), of(dtype, x.dtype), "full_like")
    return filled(np.full_like(x, value, value.dtype, order(place)), "full_like", requires_grad, device, place)


def like(input: Any, name: str) -> np.ndarray:
    if not isinstance(input, Variable):
        raise TypeError(f"{name}(): argument 'input' must be a Tensor, not {type(input).__name__}")
    return input.array


def order(place: dict) -> Any:
    """NumPy's name for the order of memory asked for: "K" keeps that of the input."""
    return "C" if place.get("memory_format") is contiguous_format else "K"


class LegacyType:
    """FloatTensor, LongTensor, …: PyTorch's old constructors of one dtype, from sizes or from data.

    >>> import tinygrad_lite as tl
    >>> tl.LongTensor([1, 2]), isinstance(tl.ones(2), tl.FloatTensor)
    (tensor([1, 2]), True)
    """

    def __init__(self, name: str, dtype: np.dtype):
        self.__name__, self.dtype = name, dtype

    def __call__(self, *data: Any, device: Any = None) -> Tensor:
        check_place(self.__name__, device, {})
        return made(legacy(data, self.dtype, self.__name__))

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.array.dtype == self.dtype

    def __repr__(self) -> str:
        return f"<class 'torch.{self.__name__}'>"


FloatTensor = LegacyType("FloatTensor", dtypes.float32)
DoubleTensor = LegacyType("DoubleTensor", dtypes.float64)
HalfTensor = LegacyType("HalfTensor", dtypes.float16)
LongTensor = LegacyType("LongTensor", dtypes.int64)
IntTensor = LegacyType("IntTensor", dtypes.int32)
ShortTensor = LegacyType("ShortTensor", dtypes.int16)
CharTensor = LegacyType("CharTensor", dtypes.int8)
ByteTensor = LegacyType("ByteTensor", dtypes.uint8)
BoolTensor = LegacyType("BoolTensor", dtypes.bool_)
