"""Types of numbers: NumPy's, under PyTorch's names, with PyTorch's rule for mixing them.

The rule (PyTorch's page "Tensor Attributes", section torch.dtype): tensors with dimensions outrank 0-d tensors, which
outrank Python numbers; the lower rank decides only if it is of a higher category (bool < integer < float).
"""

from typing import Any

import numpy as np

float16 = np.dtype("float16")
float32 = np.dtype("float32")
float64 = np.dtype("float64")
uint8 = np.dtype("uint8")
int8 = np.dtype("int8")
int16 = np.dtype("int16")
int32 = np.dtype("int32")
int64 = np.dtype("int64")
bool_ = np.dtype("bool")

TYPES = frozenset({float16, float32, float64, uint8, int8, int16, int32, int64, bool_})

_default = float32
_category = {"b": 0, "u": 1, "i": 1, "f": 2}  # of a dtype's kind


def get_default_dtype() -> np.dtype:
    """The dtype of tensors made from Python floats (PyTorch's page torch.get_default_dtype).

    >>> import tinygrad_lite as tl
    >>> tl.get_default_dtype()
    dtype('float32')
    """
    return _default


def set_default_dtype(dtype: Any) -> None:
    """Set the dtype of tensors made from Python floats: a floating-point one (PyTorch's page torch.set_default_dtype).

    >>> import tinygrad_lite as tl
    >>> tl.set_default_dtype(tl.float64)
    >>> tl.tensor(1.5).dtype
    dtype('float64')
    >>> tl.set_default_dtype(tl.float32)
    """
    global _default
    dtype = as_dtype(dtype)
    if dtype.kind != "f":
        raise TypeError(f"set_default_dtype: only floating-point types are supported as the default type, got {dtype}")
    _default = dtype


def as_dtype(dtype: Any) -> np.dtype:
    """`dtype` as one of NumPy's types, or an error that lists the ones there are.

    Python's `float` means float64, `int` int64, `bool` bool, as in PyTorch.
    """
    try:
        dtype = np.dtype(dtype)
    except TypeError:
        raise TypeError(f"{dtype!r} is not a dtype; there are {', '.join(sorted(map(str, TYPES)))}") from None
    if dtype not in TYPES:
        raise TypeError(f"dtype {dtype} is not supported; there are {', '.join(sorted(map(str, TYPES)))}")
    return dtype


def promote_types(a: Any, b: Any) -> np.dtype:
    """The smallest dtype that both fit into, PyTorch's way: int64 and float32 give float32 (torch.promote_types).

    >>> import tinygrad_lite as tl
    >>> tl.promote_types(tl.int64, tl.float32)
    dtype('float32')
    """
    a, b = as_dtype(a), as_dtype(b)
    if a.kind != b.kind and "f" in (a.kind, b.kind):
        return a if a.kind == "f" else b
    return np.promote_types(a, b)


def rank(operand: Any) -> tuple[int, np.dtype]:
    """(2, dtype) for an array with dimensions, (1, dtype) for a 0-d one, (0, dtype) for a Python number."""
    if isinstance(operand, np.ndarray):
        return (2 if operand.ndim else 1), operand.dtype
    if isinstance(operand, bool):
        return 0, bool_
    if isinstance(operand, int):
        return 0, int64
    if isinstance(operand, float):  # NumPy's float64 scalars too: PyTorch takes them for Python numbers
        return 0, _default
    return rank(np.asarray(operand))


def result_type(*operands: Any) -> np.dtype:
    """The dtype of an operation on arrays and Python numbers, by PyTorch's ranks and categories."""
    best: list[np.dtype | None] = [None, None, None]
    for operand in operands:
        level, dtype = rank(operand)
        known = best[level]
        best[level] = dtype if known is None or known is dtype else promote_types(known, dtype)
    result = None
    for dtype in reversed(best):
        if dtype is not None and (result is None or _category[dtype.kind] > _category[result.kind]):
            result = dtype
    assert result is not None, "result_type needs an operand"
    return result


def finfo(dtype: Any = None) -> np.finfo:
    """The limits of a floating-point dtype (PyTorch's page torch.finfo).

    >>> import tinygrad_lite as tl
    >>> float(tl.finfo(tl.float32).eps)
    1.1920928955078125e-07
    """
    return np.finfo(_default if dtype is None else as_dtype(dtype))


def iinfo(dtype: Any) -> np.iinfo:
    """The limits of an integer dtype (PyTorch's page torch.iinfo)."""
    return np.iinfo(as_dtype(dtype))
