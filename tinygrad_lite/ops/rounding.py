"""Rounding, and division with a whole quotient. Their slopes are 0 or whole numbers; the jumps have none."""

from typing import Any

import numpy as np

from ..operation import binary, constant, unary
from .arithmetic import same
from .found import Frexp


@unary(linear=True)
def zero(x):
    """y = 0        dy = 0

    The derivative of a function with steps.
    """
    return np.zeros(x.shape, x.dtype), zero


@unary(linear=True)
def floor(x):
    """y = ⌊x⌋        dy = 0"""
    return np.floor(x), zero


@unary(linear=True)
def ceil(x):
    """y = ⌈x⌉        dy = 0"""
    return np.ceil(x), zero


@unary(linear=True)
def trunc(x):
    """y = x without its fraction        dy = 0"""
    return np.trunc(x), zero


@unary(linear=True)
def round(x, decimals=0):
    """y = x to the nearest multiple of 10^−decimals        dy = 0

    Halves go to the even neighbour. PyTorch's page torch.round.

    >>> import tinygrad_lite as tl
    >>> tl.round(tl.tensor([0.5, 1.5, -1.26])), tl.round(tl.tensor([1.26]), decimals=1)
    (tensor([ 0.,  2., -1.]), tensor([1.3000]))
    """
    return np.round(x, decimals), zero


@unary(linear=True)
def frac(x):
    """y = x − trunc x        dy = dx"""
    if x.dtype.kind == "b":
        raise NotImplementedError("frac: not implemented for bools; convert with .float()")
    return x - np.trunc(x), same


@unary(linear=True)
def mantissa(x):
    """y = x/2ⁿ, with n so that ½ ≤ |y| < 1        dy = dx/2ⁿ"""
    if x.dtype.kind != "f":
        raise RuntimeError(f"frexp: only supports floating-point dtypes, not {x.dtype}")
    y, n = np.frexp(x)
    scale = np.ldexp(x.dtype.type(1), -n)
    return y, lambda g: g * scale


@constant
def exponent(input):
    """n = the exponent of x = y·2ⁿ with ½ ≤ |y| < 1"""
    return np.frexp(input)[1]


def frexp(input: Any) -> Frexp:
    """(y, n) with x = y·2ⁿ and ½ ≤ |y| < 1 (PyTorch's page torch.frexp).

    >>> import tinygrad_lite as tl
    >>> tl.frexp(tl.tensor([1.0, -6.0]))
    torch.return_types.frexp(
    mantissa=tensor([ 0.5000, -0.7500]),
    exponent=tensor([1, 3], dtype=torch.int32))
    """
    return Frexp(mantissa(input), exponent(input))


def refuse_zero(name, b):
    """Integers have no infinity to answer a division by 0 with."""
    if not np.all(b):
        raise RuntimeError(f"{name}: ZeroDivisionError: an integer is divided by 0")


def whole(name, a, b):
    """⌊a/b⌋, with PyTorch's error for integers."""
    if np.result_type(a, b).kind != "f":
        refuse_zero(name, b)
    return np.floor_divide(a, b)


@binary(linear=True)
def floor_divide(a, b):
    """y = ⌊a/b⌋        dy = 0

    RuntimeError for an integer divided by 0. PyTorch's page torch.floor_divide.
    """
    return whole("floor_divide", a, b), zero, zero


@binary(linear=True)
def div_floor(a, b):
    """y = ⌊a/b⌋        dy = 0

    `div` with rounding_mode="floor".
    """
    return whole("div", a, b), zero, zero


@binary(linear=True)
def div_trunc(a, b):
    """y = a/b without its fraction        dy = 0

    `div` with rounding_mode="trunc".
    """
    if np.result_type(a, b).kind == "f":
        return np.trunc(a / b), zero, zero
    refuse_zero("div", b)
    y = abs(a) // abs(b)
    return np.where((a < 0) != (b < 0), -y, y) if y.dtype.kind == "i" else y, zero, zero


@binary(linear=True)
def remainder(a, b):
    """y = a − b ⌊a/b⌋        dy = da − ⌊a/b⌋ db

    It has the sign of b, as Python's %. RuntimeError for integers and b = 0. PyTorch's page torch.remainder.

    >>> import tinygrad_lite as tl
    >>> tl.remainder(tl.tensor([-3.0, 5.0]), 2), tl.fmod(tl.tensor([-3.0, 5.0]), 2)
    (tensor([1., 1.]), tensor([-1.,  1.]))
    """
    if np.result_type(a, b).kind != "f":
        refuse_zero("remainder", b)
        return np.remainder(a, b), same, zero
    times = None if isinstance(b, (int, float)) else np.floor_divide(a, b)
    return np.remainder(a, b), same, lambda g: -g * times


@binary(linear=True)
def fmod(a, b):
    """y = a − b trunc(a/b)        dy = da − trunc(a/b) db

    It has the sign of a, as C's fmod. RuntimeError for integers and b = 0. PyTorch's page torch.fmod.
    """
    if np.result_type(a, b).kind != "f":
        refuse_zero("fmod", b)
        return np.fmod(a, b), same, zero
    times = None if isinstance(b, (int, float)) else np.trunc(a / b)
    return np.fmod(a, b), same, lambda g: -g * times
