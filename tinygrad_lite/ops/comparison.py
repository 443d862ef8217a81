"""Questions about numbers, and the logic of their answers. None has a derivative."""

from typing import Any

import numpy as np

from ..dtypes import result_type
from ..operation import constant, explained


def operands(name: str, input: Any, other: Any) -> tuple:
    """Two operands, cast as PyTorch casts them before it compares; numbers stay numbers."""
    if input.__class__ is np.ndarray:
        if other.__class__ is float or other.__class__ is int:
            return input, other
        if other.__class__ is np.ndarray:
            if input.dtype is not other.dtype:
                dtype = result_type(input, other)
                return input.astype(dtype, copy=False), other.astype(dtype, copy=False)
            return input, other
    numbers = []
    for operand in (input, other):
        if isinstance(operand, np.generic):
            operand = operand.item()  # NumPy's numbers count as Python's, of no dtype
        elif not isinstance(operand, (np.ndarray, int, float)):
            raise TypeError(f"{name}: tensors and numbers can be compared, not {type(operand).__name__}")
        numbers.append(operand)
    return tuple(numbers)


def elementwise(ufunc: np.ufunc, name: str, input: Any, other: Any) -> Any:
    a, b = operands(name, input, other)
    try:
        return ufunc(a, b)
    except ValueError as error:
        raise explained(name, a, b, error) from None


@constant
def eq(input, other):
    """y = [a = b]"""
    return elementwise(np.equal, "eq", input, other)


@constant
def ne(input, other):
    """y = [a ≠ b]"""
    return elementwise(np.not_equal, "ne", input, other)


@constant
def lt(input, other):
    """y = [a < b]"""
    return elementwise(np.less, "lt", input, other)


@constant
def le(input, other):
    """y = [a ≤ b]"""
    return elementwise(np.less_equal, "le", input, other)


@constant
def gt(input, other):
    """y = [a > b]"""
    return elementwise(np.greater, "gt", input, other)


@constant
def ge(input, other):
    """y = [a ≥ b]"""
    return elementwise(np.greater_equal, "ge", input, other)


@constant
def isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """y = [|a − b| ≤ atol + rtol |b|]

    RuntimeError for unlike dtypes. PyTorch's page torch.isclose.

    >>> import tinygrad_lite as tl
    >>> tl.isclose(tl.tensor([1.0, 1.0]), tl.tensor([1.000001, 1.1]))
    tensor([ True, False])
    """
    if not (isinstance(input, np.ndarray) and isinstance(other, np.ndarray)):
        raise TypeError("isclose: takes two tensors; make one of a number with tensor(...)")
    if input.dtype != other.dtype:
        raise RuntimeError(f"isclose: {input.dtype} did not match {other.dtype}")
    try:
        return np.isclose(input, other, rtol, atol, equal_nan)
    except ValueError as error:
        raise explained("isclose", input, other, error) from None


def allclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether every element is close to its counterpart (PyTorch's page torch.allclose).

    >>> import tinygrad_lite as tl
    >>> tl.allclose(tl.tensor([1.0]), tl.tensor([1.000001]))
    True
    """
    close = isclose(input, other, rtol, atol, equal_nan)
    return bool(np.all(getattr(close, "array", close)))


def equal(input: Any, other: Any) -> bool:
    """Whether two tensors have the same shape and elements (PyTorch's page torch.equal).

    >>> import tinygrad_lite as tl
    >>> tl.equal(tl.tensor([1, 2]), tl.tensor([1, 2])), tl.equal(tl.tensor([1, 2]), tl.tensor([1]))
    (True, False)
    """
    if input.shape != other.shape:
        return False
    same = eq(input, other)
    return bool(np.all(getattr(same, "array", same)))


@constant
def isnan(input):
    """y = [x is nan]

    >>> import tinygrad_lite as tl
    >>> tl.isnan(tl.tensor([0.0, float("nan")]))
    tensor([False,  True])
    """
    return np.isnan(input)


@constant
def isinf(input):
    """y = [x is ∞ or −∞]"""
    return np.isinf(input)


@constant
def isfinite(input):
    """y = [x is neither nan nor ±∞]"""
    return np.isfinite(input)


@constant
def isposinf(input):
    """y = [x = ∞]"""
    return np.isposinf(input)


@constant
def isneginf(input):
    """y = [x = −∞]"""
    return np.isneginf(input)


@constant
def signbit(input):
    """y = [x is negative, or −0]"""
    return np.signbit(input) if input.dtype.kind == "f" else input < 0


@constant
def logical_and(input, other):
    """y = [a ≠ 0 and b ≠ 0]"""
    return elementwise(np.logical_and, "logical_and", input, other)


@constant
def logical_or(input, other):
    """y = [a ≠ 0 or b ≠ 0]"""
    return elementwise(np.logical_or, "logical_or", input, other)


@constant
def logical_xor(input, other):
    """y = [one of a and b ≠ 0]"""
    return elementwise(np.logical_xor, "logical_xor", input, other)


@constant
def logical_not(input):
    """y = [x = 0]"""
    return np.logical_not(input)


def bitwise(ufunc: np.ufunc, name: str, input: Any, other: Any) -> Any:
    """Integers and bools only; the result has the dtype that both are promoted to."""
    dtype = result_type(input, other)
    if dtype.kind == "f":
        raise NotImplementedError(
            f"{name}: bits are those of integers and bools, not of {dtype}; for truth use logical_and"
        )
    return elementwise(ufunc, name, np.asarray(input, dtype), np.asarray(other, dtype))


@constant
def bitwise_and(input, other):
    """y = a and b, bit by bit"""
    return bitwise(np.bitwise_and, "bitwise_and", input, other)


@constant
def bitwise_or(input, other):
    """y = a or b, bit by bit"""
    return bitwise(np.bitwise_or, "bitwise_or", input, other)


@constant
def bitwise_xor(input, other):
    """y = either a or b, bit by bit"""
    return bitwise(np.bitwise_xor, "bitwise_xor", input, other)


@constant
def bitwise_not(input):
    """y = not x, bit by bit"""
    if input.dtype.kind == "f":
        raise NotImplementedError("bitwise_not: ~ is implemented on integer and Boolean-type tensors only")
    return np.invert(input)


@constant
def bitwise_left_shift(input, other):
    """y = a · 2ᵇ"""
    return bitwise(np.left_shift, "bitwise_left_shift", input, other)


@constant
def bitwise_right_shift(input, other):
    """y = ⌊a / 2ᵇ⌋"""
    return bitwise(np.right_shift, "bitwise_right_shift", input, other)
