"""Powers and roots."""

from math import log as ln
from typing import Any

import numpy as np

from ..kernels.powers import power
from ..operation import binary, unary
from .exponential import log
from .rounding import zero


@binary
def pow(a, b):
    """y = aᵇ        dy = b aᵇ⁻¹ da + aᵇ ln a db

    Either may be a number. 0⁰ = 1. Where the formula is 0·∞ (da at 0⁰, db at 0ᵇ with b ≥ 0) the derivative is 0.
    RuntimeError for an integer to a negative integer power. PyTorch's page torch.pow.

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([0.0, 3.0], requires_grad=True)
    >>> (x**2).sum().backward()
    >>> x.grad
    tensor([0., 6.])
    """
    try:
        y = power(a, b)
    except ValueError as error:
        if "negative" in str(error):
            raise RuntimeError(f"pow: Integers to negative integer powers are not allowed: {b}; use .float()") from None
        raise
    return y, lambda g: from_base(g, a, b), lambda g: from_exponent(g, a, b, y)


def raised(input: Any, exponent: Any, out: Any = None) -> Any:
    """The power, its second argument by PyTorch's name (PyTorch's page torch.pow).

    >>> import tinygrad_lite as tl
    >>> tl.pow(tl.tensor([1.0, 2.0]), exponent=3)
    tensor([1., 8.])
    """
    return pow(input, exponent, out)


def from_base(g, a, b):
    """g · b aᵇ⁻¹"""
    if isinstance(b, (int, float)):
        if b == 0:
            return zero(g)
        return g * (a + a) if b == 2 else g if b == 1 else g * (b * pow(a, b - 1))
    origin = (a == 0) & (b == 0)  # 0 · 0⁻¹ becomes 0 · 0⁰
    return g * (b * pow(a, b - 1 + origin))


def from_exponent(g, a, b, y):
    """g · aᵇ ln a"""
    if isinstance(a, (int, float)):
        if a == 0:
            return g * -(y * (b < 0))  # 0ᵇ is ∞ for b < 0, and so falls without bound; else flat
        return g * (y * (ln(a) if a > 0 else float("nan")))
    return g * (y * log(a + ((a == 0) & (b >= 0))))  # 0 · ln 0 becomes 0 · ln 1


@unary
def square(x):
    """y = x²        dy = 2x dx"""
    y = x * x if x.dtype.kind != "b" else x.astype(np.int64)
    return y, lambda g: g * (x + x)


@unary
def sqrt(x):
    """y = √x        dy = dx/(2y)"""
    y = np.sqrt(x)
    return y, lambda g: g / (y + y)


@unary
def rsqrt(x):
    """y = 1/√x        dy = −y³/2 dx"""
    y = 1 / np.sqrt(x)
    return y, lambda g: g * (-0.5 * y * y * y)


@unary
def reciprocal(x):
    """y = 1/x        dy = −y² dx"""
    y = 1 / x
    return y, lambda g: -g * y * y


@binary
def hypot(a, b):
    """y = √(a² + b²)        dy = (a da + b db)/y

    The derivative at the origin is taken as 0. PyTorch's page torch.hypot.
    """
    y = np.hypot(a, b)
    return y, lambda g: g * (a / (y + (y == 0))), lambda g: g * (b / (y + (y == 0)))
