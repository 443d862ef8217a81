"""The methods that make a tensor of the same dtype as this one: x.new_zeros(2, 3), …"""

from typing import Any

import numpy as np

from .arrays import array_of, check_place, legacy, number, of, sizes
from .operation import result


class Making:
    """x.new_zeros and its relatives: x gives the dtype, unless another is asked for."""

    __slots__ = ()

    array: np.ndarray

    def new_zeros(
        self,
        *shape: Any,
        size: Any = None,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        **place: Any,
    ):
        """Zeros of this dtype (PyTorch's page torch.Tensor.new_zeros).

        >>> import tinygrad_lite as tl
        >>> tl.tensor([1]).new_zeros(2)
        tensor([0, 0])
        """
        check_place("new_zeros", device, place)
        return leaf(
            np.zeros(sizes(shape if size is None else (size,), "new_zeros"), of(dtype, self.array.dtype)), requires_grad
        )

    def new_ones(
        self,
        *shape: Any,
        size: Any = None,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        **place: Any,
    ):
        """Ones of this dtype (PyTorch's page torch.Tensor.new_ones)."""
        check_place("new_ones", device, place)
        return leaf(
            np.ones(sizes(shape if size is None else (size,), "new_ones"), of(dtype, self.array.dtype)), requires_grad
        )

    def new_empty(
        self,
        *shape: Any,
        size: Any = None,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        **place: Any,
    ):
        """Unset memory of this dtype (PyTorch's page torch.Tensor.new_empty)."""
        check_place("new_empty", device, place)
        return leaf(
            np.empty(sizes(shape if size is None else (size,), "new_empty"), of(dtype, self.array.dtype)), requires_grad
        )

    def new_full(
        self,
        size: Any,
        fill_value: Any,
        *,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        **place: Any,
    ) -> Any:
        """One number in this dtype (PyTorch's page torch.Tensor.new_full)."""
        check_place("new_full", device, place)
        value = array_of(number(fill_value, "new_full"), of(dtype, self.array.dtype), "new_full")
        return leaf(np.full(sizes((size,), "new_full"), value), requires_grad)

    def new_tensor(
        self, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **place: Any
    ) -> Any:
        """A copy of the data in this dtype (PyTorch's page torch.Tensor.new_tensor)."""
        check_place("new_tensor", device, place)
        return leaf(array_of(data, of(dtype, self.array.dtype), "new_tensor"), requires_grad)

    def new(self, *data: Any) -> Any:
        """A tensor of this dtype from sizes or data: the old form of new_empty and new_tensor."""
        return result(legacy(data, self.array.dtype, "new"))


def leaf(array: np.ndarray, requires_grad: bool) -> Any:
    t = result(array)
    return t.requires_grad_() if requires_grad else t
