"""Into and out of Python and NumPy: numbers, lists, arrays, other dtypes."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from . import dtypes, numpy_table
from .operation import result, to_dtype
from .ops.axes import flip
from .ops.comparison import bitwise_left_shift, bitwise_right_shift
from .ops.index import unbind
from .ops.rounding import floor_divide, remainder, round as rounded
from .ops.shape import clone
from .sizes import Device, as_device
from .tape import Variable

NAMES = frozenset(map(str, dtypes.TYPES))
PYTHON_BOOL, PYTHON_INT, PYTHON_FLOAT = bool, int, float  # the class below has methods of these names


class Conversion:
    """The methods of a tensor that give its numbers in another form."""

    __slots__ = ()
    __array_priority__ = 1000  # as in PyTorch: an operator between an array and a tensor is the tensor's

    array: np.ndarray
    node: Any

    def item(self) -> Any:
        """The only element, as a Python number; RuntimeError if there are more, or none."""
        if self.array.size != 1:
            raise RuntimeError(
                f"item: a Tensor with {self.array.size} elements cannot be converted to Scalar; use tolist()"
            )
        return self.array.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers."""
        return self.array.tolist()

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The array, on the same memory; a tensor that requires a gradient must be detached first (or force=True)."""
        if self.node is not None and not force:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return self.array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """np.asarray(t), np.array(t), and a[i] = t of an array a."""
        if self.node is not None:
            raise RuntimeError(
                "Can't turn a Tensor that requires grad into a NumPy array: the array would lose its history. Use "
                "tensor.detach().numpy() instead, or an operation of this library"
            )
        return np.array(self.array, dtype, copy=copy)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return numpy_table.universal(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Callable, types: Any, args: tuple, kwargs: dict) -> Any:
        return numpy_table.function(function, args, kwargs)

    def __dlpack__(self, **options: Any) -> Any:
        """Hand the memory to another library (PyTorch's page torch.utils.dlpack)."""
        if self.node is not None:
            raise BufferError(
                "Can't export tensors that require gradient: another library's array would lose the history. Use "
                "tensor.detach()"
            )
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self) -> tuple:
        return self.array.__dlpack_device__()

    def type(self, dtype: Any = None, non_blocking: Any = False) -> Any:
        """The name of this tensor's type, or the tensor in another dtype (PyTorch's page torch.Tensor.type).

        >>> import tinygrad_lite as tl
        >>> tl.ones(1).type(), tl.ones(1).type("torch.LongTensor")
        ('torch.FloatTensor', tensor([1]))
        """
        if dtype is None:
            return dtypes.name_of(self.array.dtype)
        if isinstance(dtype, str):
            return self.to(dtypes.named(dtype))
        return self.to(getattr(dtype, "dtype", dtype))  # FloatTensor and its like know their dtype

    def type_as(self, other: Any) -> Any:
        """In the dtype of another tensor."""
        return self.to(other.array.dtype)

    def to(self, *args: Any, dtype: Any = None, device: Any = None, copy: Any = False, **ignored: Any) -> Any:
        """This tensor in another dtype; itself if nothing changes (PyTorch's page torch.Tensor.to).

        to(dtype), to(device), to(device, dtype) or to(other), then non_blocking and copy; copy=True copies always.

        >>> import tinygrad_lite as tl
        >>> tl.ones(2).to("cpu", tl.int64)
        tensor([1, 1])
        """
        flags = [arg for arg in args if arg.__class__ is PYTHON_BOOL]
        for arg in args:
            if isinstance(arg, Variable):
                dtype = arg.array.dtype
            elif arg.__class__ is PYTHON_INT or isinstance(arg, Device) or (isinstance(arg, str) and arg not in NAMES):
                device = arg
            elif arg.__class__ is not PYTHON_BOOL and arg is not None:
                dtype = arg
        for key in ignored:
            if key not in ("non_blocking", "memory_format"):
                raise TypeError(f"to() got an unexpected keyword argument {key!r}")
        if device is not None:
            as_device(device)
        if len(flags) > 1:
            copy = flags[1]
        dtype = self.array.dtype if dtype is None else dtypes.as_dtype(dtype)
        if dtype == self.array.dtype:
            return clone(self) if copy else self
        if dtype.kind != "f":  # no derivative passes: nothing to record
            with np.errstate(invalid="ignore"):  # nan and inf become some integer, as in PyTorch
                return result(self.array.astype(dtype))
        return to_dtype(self, dtype)

    def cpu(self, memory_format: Any = None) -> Any:
        """This tensor: it is on the CPU already."""
        return self

    def cuda(self, device: Any = None, non_blocking: Any = False, memory_format: Any = None) -> Any:
        """Refused: there is no GPU (PyTorch's page torch.Tensor.cuda)."""
        raise AssertionError(
            'cuda: tinygrad_lite computes on the CPU. Write x.to(device) with device = "cuda" if '
            'torch.cuda.is_available() else "cpu"'
        )

    def float(self, memory_format: Any = None) -> Any:
        """In float32."""
        return self.to(dtypes.float32)

    def double(self, memory_format: Any = None) -> Any:
        """In float64."""
        return self.to(dtypes.float64)

    def half(self, memory_format: Any = None) -> Any:
        """In float16."""
        return self.to(dtypes.float16)

    def bfloat16(self, memory_format: Any = None) -> Any:
        """Refused: NumPy has no such type."""
        return self.to(dtypes.bfloat16)

    def long(self, memory_format: Any = None) -> Any:
        """In int64."""
        return self.to(dtypes.int64)

    def int(self, memory_format: Any = None) -> Any:
        """In int32."""
        return self.to(dtypes.int32)

    def short(self, memory_format: Any = None) -> Any:
        """In int16."""
        return self.to(dtypes.int16)

    def char(self, memory_format: Any = None) -> Any:
        """In int8."""
        return self.to(dtypes.int8)

    def byte(self, memory_format: Any = None) -> Any:
        """In uint8."""
        return self.to(dtypes.uint8)

    def bool(self, memory_format: Any = None) -> Any:
        """In bool: whether each element differs from 0."""
        return self.to(dtypes.bool_)

    def __bool__(self) -> Any:
        if self.array.size != 1:
            if self.array.size == 0:
                raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
            raise RuntimeError(
                "Boolean value of Tensor with more than one value is ambiguous; use any() or all(), or compare item()"
            )
        return self.array.item() != 0

    def _number(self) -> Any:
        """The only element for float(t) and its like, which no derivative passes."""
        if self.array.size != 1:
            raise ValueError(
                f"only one element tensors can be converted to Python scalars, not one of shape {self.array.shape}"
            )
        if self.node is not None:
            warnings.warn(
                "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior: the number "
                "has no gradient. Call tensor.detach() first, or tensor.item()",
                UserWarning,
                stacklevel=3,
            )
        return self.array.item()

    def __float__(self) -> Any:
        return PYTHON_FLOAT(self._number())

    def __int__(self) -> Any:
        return PYTHON_INT(self._number())

    def __complex__(self) -> Any:
        return complex(self._number())

    def __index__(self) -> Any:
        if self.array.dtype.kind not in "iub" or self.array.size != 1:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return self.array.item().__index__()

    def __round__(self, ndigits: Any = None) -> Any:
        return rounded(self, decimals=ndigits or 0)

    def __divmod__(self, other: Any) -> Any:
        return floor_divide(self, other), remainder(self, other)

    def __rdivmod__(self, other: Any) -> Any:
        return floor_divide(other, self), remainder(other, self)

    def __rlshift__(self, other: Any) -> Any:
        return bitwise_left_shift(other, self)

    def __rrshift__(self, other: Any) -> Any:
        return bitwise_right_shift(other, self)

    def __len__(self) -> Any:
        if self.array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return len(self.array)

    def __iter__(self) -> Iterator[Any]:
        if self.array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(unbind(self, 0))

    def __reversed__(self) -> Any:
        return flip(self, 0) if self.array.ndim else self

    def __contains__(self, element: Any) -> Any:
        if not isinstance(element, (Variable, PYTHON_INT, PYTHON_FLOAT, np.number, np.bool_)):
            raise RuntimeError(
                f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}"
            )
        array = element.array if isinstance(element, Variable) else element
        return PYTHON_BOOL(np.any(self.array == array))
