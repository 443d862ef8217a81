"""Into and out of Python and NumPy: numbers, lists, arrays, other dtypes."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from . import dtypes, numpy_table
from .operation import to_dtype
from .ops.index import unbind
from .ops.shape import clone
from .sizes import Device, as_device
from .tape import Variable


class Conversion:
    """The methods of a tensor that give its numbers in another form."""

    __slots__ = ()

    array: np.ndarray
    node: Any

    def item(self) -> Any:
        """The only element, as a Python number."""
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
        if self.node is not None:
            raise RuntimeError(
                "Can't turn a Tensor that requires grad into a NumPy array: the array would lose its history. Use "
                "tensor.detach().numpy() instead, or an operation of this library"
            )
        return np.array(self.array, dtype) if copy else np.asarray(self.array, dtype)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return numpy_table.universal(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Callable, types: Any, args: tuple, kwargs: dict) -> Any:
        return numpy_table.function(function, args, kwargs)

    def __dlpack__(self, **options: Any) -> Any:
        return self.numpy().__dlpack__(**options)

    def __dlpack_device__(self) -> tuple:
        return self.array.__dlpack_device__()

    def type(self, dtype: Any = None, non_blocking: Any = False) -> Any:
        """The name of this tensor's type, or the tensor in another dtype."""
        if dtype is None:
            names = {"float32": "Float", "float64": "Double", "float16": "Half", "int64": "Long", "int32": "Int"}
            names |= {"int16": "Short", "int8": "Char", "uint8": "Byte", "bool": "Bool"}
            return f"torch.{names[str(self.array.dtype)]}Tensor"
        return self.to(dtype)

    def to(self, *args: Any, dtype: Any = None, device: Any = None, copy: bool = False, **ignored: Any) -> Any:
        """This tensor in another dtype: to(dtype), to(device), to(other); itself if nothing changes."""
        for arg in args:
            if isinstance(arg, Variable):
                dtype = arg.array.dtype
            elif isinstance(arg, (str, Device)) and not hasattr(np, str(arg)):
                device = arg
            elif not isinstance(arg, bool) and arg is not None:
                dtype = arg
        as_device(device)
        dtype = self.array.dtype if dtype is None else dtypes.as_dtype(dtype)
        if dtype == self.array.dtype:
            return clone(self) if copy else self
        return to_dtype(self, dtype)

    def cpu(self) -> Any:
        """This tensor: it is on the CPU already."""
        return self

    def float(self) -> Any:
        """In float32."""
        return self.to(dtypes.float32)

    def double(self) -> Any:
        """In float64."""
        return self.to(dtypes.float64)

    def half(self) -> Any:
        """In float16."""
        return self.to(dtypes.float16)

    def long(self) -> Any:
        """In int64."""
        return self.to(dtypes.int64)

    def int(self) -> Any:
        """In int32."""
        return self.to(dtypes.int32)

    def bool(self) -> Any:
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

    def __float__(self) -> Any:
        return self.item().__float__()

    def __int__(self) -> Any:
        return self.item().__int__()

    def __index__(self) -> Any:
        if self.array.dtype.kind not in "iub" or self.array.size != 1:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return self.array.item().__index__()

    def __len__(self) -> Any:
        if self.array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return len(self.array)

    def __iter__(self) -> Iterator[Any]:
        if self.array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(unbind(self, 0))

    def __contains__(self, element: Any) -> Any:
        array = element.array if isinstance(element, Variable) else element
        return bool(np.any(self.array == array))

    def __format__(self, spec: str) -> str:
        return format(self.array.item(), spec) if self.array.ndim == 0 else object.__format__(self, spec)
