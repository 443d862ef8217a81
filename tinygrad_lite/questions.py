"""What programs ask about tensors and dtypes, and what they set before they start."""

import os
from typing import Any

import numpy as np

from . import dtypes
from .sizes import CPU, Device, as_device
from .tape import Variable
from .tensor import Tensor

# What PyTorch calls the operands of result_type, if they are tensors, a tensor and a number, or numbers.
OPERANDS = {"tensor1", "tensor2", "tensor", "other", "scalar", "scalar1", "scalar2"}


def is_tensor(obj: Any) -> bool:
    """Whether this is a Tensor (PyTorch's page torch.is_tensor)."""
    return isinstance(obj, Tensor)


def is_storage(obj: Any) -> bool:
    """False: a tensor's memory is its `array`; there are no storage objects (PyTorch's page torch.is_storage)."""
    return False


def is_floating_point(input: Tensor) -> bool:
    """Whether the tensor's elements are floats (PyTorch's page torch.is_floating_point)."""
    return input.array.dtype.kind == "f"


def is_complex(input: Tensor) -> bool:
    """False: there are no complex tensors (PyTorch's page torch.is_complex)."""
    return input.array.dtype.kind == "c"


def is_nonzero(input: Tensor) -> bool:
    """Whether the only element differs from 0; RuntimeError for more than one (PyTorch's page torch.is_nonzero)."""
    return bool(input)


def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether the shapes are equal (PyTorch's page torch.Tensor.is_same_size)."""
    return input.is_same_size(other)


def is_conj(input: Tensor) -> bool:
    """False: nothing here waits to be conjugated (PyTorch's page torch.is_conj)."""
    return input.is_conj()


def is_neg(input: Tensor) -> bool:
    """False: nothing here waits to be negated (PyTorch's page torch.Tensor.is_neg)."""
    return input.is_neg()


def is_inference(input: Tensor) -> bool:
    """False: tensors made under inference_mode are like all others (PyTorch's page torch.Tensor.is_inference)."""
    return input.is_inference()


def get_device(input: Tensor) -> int:
    """−1: the CPU has no number (PyTorch's page torch.Tensor.get_device)."""
    return input.get_device()


def set_flush_denormal(mode: bool) -> bool:
    """False: NumPy keeps denormal numbers, and this cannot be set (PyTorch's page torch.set_flush_denormal)."""
    return False


def is_signed(input: Tensor) -> bool:
    """Whether the tensor's dtype has negative numbers (PyTorch's page torch.Tensor.is_signed)."""
    return input.is_signed()


def numel(input: Tensor) -> int:
    """The number of elements (PyTorch's page torch.numel)."""
    return input.array.size


def detach(input: Tensor) -> Tensor:
    """The same memory without a history (PyTorch's page torch.Tensor.detach)."""
    return input.detach()


def typename(obj: Any) -> str:
    """The name of a type: of a tensor "torch.FloatTensor", else the class with its module (torch.typename)."""
    if isinstance(obj, Tensor):
        return obj.type()
    kind = obj if isinstance(obj, type) else type(obj)
    module = kind.__module__
    return kind.__qualname__ if module in ("builtins", None) else f"{module}.{kind.__qualname__}"


def result_type(*tensors: Any, **named: Any) -> np.dtype:
    """The dtype of an operation on two tensors or numbers (PyTorch's page torch.result_type).

    >>> import tinygrad_lite as tl
    >>> tl.result_type(tl.tensor([1, 2]), 1.5)
    dtype('float32')
    """
    if not named.keys() <= OPERANDS:
        raise TypeError(f"result_type() got an unexpected keyword argument {min(named.keys() - OPERANDS)!r}")
    operands = (*tensors, *named.values())
    if len(operands) != 2:
        raise TypeError(f"result_type() takes two tensors or numbers, got {len(operands)}")
    return dtypes.result_type(*(v.array if isinstance(v, Variable) else v for v in operands))


def get_default_device() -> Device:
    """The CPU (PyTorch's page torch.get_default_device)."""
    return CPU


def set_default_device(device: Any) -> None:
    """Accepted for the CPU, refused for any other device (PyTorch's page torch.set_default_device)."""
    as_device(device)


def set_default_tensor_type(t: Any) -> None:
    """Set the default dtype by a type's name or class: "torch.DoubleTensor" (torch.set_default_tensor_type)."""
    dtypes.set_default_dtype(dtypes.named(t) if isinstance(t, str) else t.dtype)


def set_num_threads(n: int) -> None:
    """Accepted as in PyTorch; NumPy's BLAS takes its threads from OMP_NUM_THREADS when it starts."""


def get_num_threads() -> int:
    """The threads that NumPy's BLAS was told to use, or the processor's cores."""
    return int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)


set_num_interop_threads, get_num_interop_threads = set_num_threads, get_num_threads


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Accepted: every algorithm here is deterministic (PyTorch's page torch.use_deterministic_algorithms)."""


def are_deterministic_algorithms_enabled() -> bool:
    """True: the same program gives the same numbers."""
    return True


_matmul_precision = "highest"


def set_float32_matmul_precision(precision: str) -> None:
    """Accepted: products of float32 are always of the highest precision (torch.set_float32_matmul_precision)."""
    global _matmul_precision
    if precision not in ("highest", "high", "medium"):
        raise RuntimeError(f"set_float32_matmul_precision: {precision!r} is not one of highest, high, medium")
    _matmul_precision = precision


def get_float32_matmul_precision() -> str:
    """The precision that was set; at least this one is in force."""
    return _matmul_precision


def compile(model: Any = None, **options: Any) -> Any:
    """The model or function itself: compiling changes times, not results, and there is no compiler here.

    Also a decorator, `@compile` or `@compile(mode=…)` (PyTorch's page torch.compile).
    """
    return (lambda function: function) if model is None else model
