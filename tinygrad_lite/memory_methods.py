"""Methods about the memory of a tensor, and about kinds of tensors that there are not here."""

from collections.abc import Callable
from typing import Any

import numpy as np

from . import writes
from .ops.memory import begin


class Memory:
    """What a tensor says of its memory, and Python functions applied to each element there."""

    __slots__ = ()

    array: np.ndarray
    node: Any

    def storage_offset(self) -> int:
        """How many elements of the memory lie before the first one (PyTorch's page torch.Tensor.storage_offset).

        >>> import tinygrad_lite as tl
        >>> tl.arange(5)[2:].storage_offset()
        2
        """
        return begin(self.array)

    def is_set_to(self, tensor: Any) -> bool:
        """Whether the other tensor is the same memory in the same shape (PyTorch's page torch.Tensor.is_set_to)."""
        a, b = self.array, tensor.array
        return a.ctypes.data == b.ctypes.data and a.shape == b.shape and a.strides == b.strides

    def is_same_size(self, other: Any) -> bool:
        """Whether the shapes are equal."""
        return self.array.shape == other.array.shape

    def is_nonzero(self) -> bool:
        """Whether the only element differs from 0; RuntimeError for more than one (PyTorch's page torch.is_nonzero)."""
        return bool(self)

    def is_conj(self) -> bool:
        """False: nothing here waits to be conjugated."""
        return False

    def is_neg(self) -> bool:
        """False: nothing here waits to be negated."""
        return False

    def is_inference(self) -> bool:
        """False: tensors made under inference_mode are like all others."""
        return False

    def to_dense(self, dtype: Any = None, *, masked_grad: Any = None) -> Any:
        """The tensor itself: there are no sparse ones."""
        return self if dtype is None else self.to(dtype)  # type: ignore[attr-defined]

    def apply_(self, callable: Callable) -> Any:
        """self ← callable(self), element by element, in Python (PyTorch's page torch.Tensor.apply_).

        >>> import tinygrad_lite as tl
        >>> tl.tensor([1.0, 4.0]).apply_(lambda x: x**0.5)
        tensor([1., 2.])
        """
        return self._each("apply_", callable)

    def map_(self, tensor: Any, callable: Callable) -> Any:
        """self ← callable(self, tensor), element by element, in Python (PyTorch's page torch.Tensor.map_)."""
        return self._each("map_", callable, np.broadcast_to(tensor.array, self.array.shape))

    def _each(self, name: str, function: Callable, *others: np.ndarray) -> Any:
        if self.node is not None:
            raise TypeError(
                f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead: a Python "
                "function has no derivative"
            )
        lists = [x.reshape(-1).tolist() for x in (self.array, *others)]
        found = [function(*numbers) for numbers in zip(*lists, strict=True)]
        self.array[...] = np.array(found, self.array.dtype).reshape(self.array.shape)
        writes.mark(self.array, name)
        return self
