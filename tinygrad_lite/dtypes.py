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
LISTED = ", ".join(sorted(map(str, TYPES)))
NO_COMPLEX = "complex numbers are not supported; keep the real and the imaginary part in two tensors"


class Refused:
    """A dtype that PyTorch has and NumPy, or this library, has not: it can be named and compared, but not used."""

    __slots__ = ("name", "why")

    def __init__(self, name: str, why: str):
        self.name, self.why = name, why

    def __repr__(self) -> str:
        return f"torch.{self.name}"


bfloat16 = Refused("bfloat16", "NumPy has no such type; use float32, which holds every bfloat16 number, or float16")
complex64, complex128 = Refused("complex64", NO_COMPLEX), Refused("complex128", NO_COMPLEX)

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
    if isinstance(dtype, Refused):
        raise TypeError(f"dtype {dtype.name} is not supported: {dtype.why}")
    try:
        dtype = np.dtype(dtype)
    except TypeError:
        raise TypeError(f"{dtype!r} is not a dtype; there are {LISTED}") from None
    if dtype not in TYPES:
        raise TypeError(f"dtype {dtype} is not supported; there are {LISTED}")
    return dtype


WORDS = {"Float": float32, "Double": float64, "Half": float16, "Long": int64, "Int": int32}
WORDS |= {"Short": int16, "Char": int8, "Byte": uint8, "Bool": bool_}
_word = {dtype: word for word, dtype in WORDS.items()}


def name_of(dtype: np.dtype) -> str:
    """PyTorch's old name of a tensor's type: "torch.FloatTensor"."""
    return f"torch.{_word[dtype]}Tensor"


def named(name: str) -> np.dtype:
    """The dtype of one of PyTorch's old type names, "torch.FloatTensor"."""
    word = name.removeprefix("torch.").removesuffix("Tensor")
    if name != f"torch.{word}Tensor" or word not in WORDS:
        raise ValueError(f"invalid type: {name!r}; there are {', '.join(name_of(dtype) for dtype in _word)}")
    return WORDS[word]


def promote_types(type1: Any, type2: Any) -> np.dtype:
    """The smallest dtype that both fit into, PyTorch's way: int64 and float32 give float32 (torch.promote_types).

    >>> import tinygrad_lite as tl
    >>> tl.promote_types(tl.int64, tl.float32)
    dtype('float32')
    """
    a, b = as_dtype(type1), as_dtype(type2)
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


def can_cast(from_: Any, to: Any) -> bool:
    """Whether a value may become another dtype within an operation: not float → integer → bool (torch.can_cast).

    >>> import tinygrad_lite as tl
    >>> tl.can_cast(tl.int64, tl.float32), tl.can_cast(tl.float32, tl.int64)
    (True, False)
    """
    return _category[as_dtype(from_).kind] <= _category[as_dtype(to).kind]


class finfo:
    """The limits of a floating-point dtype, the default one if none is given (PyTorch's page torch.finfo).

    bits, eps, max, min, tiny = smallest_normal, resolution, dtype (its name); TypeError for integers.

    >>> import tinygrad_lite as tl
    >>> tl.finfo(tl.float32).eps
    1.1920928955078125e-07
    """

    def __init__(self, type: Any = None):
        dtype = _default if type is None else as_dtype(type)
        if dtype.kind != "f":
            raise TypeError(f"finfo: takes a floating-point dtype, not {dtype}; iinfo takes integers")
        limits = np.finfo(dtype)
        self.bits, self.dtype, self.resolution = int(limits.bits), str(dtype), float(limits.resolution)
        self.resolution = float(f"{self.resolution:.0e}")  # a power of ten, of which NumPy keeps the nearest float16
        self.min, self.max, self.eps = float(limits.min), float(limits.max), float(limits.eps)
        self.smallest_normal = self.tiny = float(limits.smallest_normal)

    def __repr__(self) -> str:
        names = ("resolution", "min", "max", "eps", "smallest_normal", "tiny")
        return f"finfo({', '.join(f'{name}={getattr(self, name):g}' for name in names)}, dtype={self.dtype})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, finfo) and self.dtype == other.dtype

    def __hash__(self) -> int:
        return hash(self.dtype)


class iinfo:
    """The limits of an integer dtype (PyTorch's page torch.iinfo): bits, max, min, dtype (its name).

    >>> import tinygrad_lite as tl
    >>> tl.iinfo(tl.int8)
    iinfo(min=-128, max=127, dtype=int8)
    """

    def __init__(self, type: Any):
        dtype = as_dtype(type)
        if dtype.kind not in "iu":
            raise TypeError(f"iinfo: takes an integer dtype, not {dtype}; finfo takes floating-point ones")
        limits = np.iinfo(dtype)
        self.bits, self.dtype, self.min, self.max = int(limits.bits), str(dtype), int(limits.min), int(limits.max)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, iinfo) and self.dtype == other.dtype

    def __hash__(self) -> int:
        return hash(self.dtype)
