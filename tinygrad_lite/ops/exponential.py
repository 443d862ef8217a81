"""Exponentials and logarithms."""

from math import log as ln

import numpy as np

from ..operation import binary, unary
from .activations import sigmoid
from .choice import where

LN2, LN10 = ln(2), ln(10)


@unary
def exp(x):
    """y = eˣ        dy = y dx"""
    y = np.exp(x)
    return y, lambda g: g * y


@unary
def exp2(x):
    """y = 2ˣ        dy = ln 2 · y dx"""
    y = np.exp2(x)
    return y, lambda g: g * (LN2 * y)


@unary
def expm1(x):
    """y = eˣ − 1        dy = (y + 1) dx

    Exact near 0, where eˣ rounds to 1.
    """
    y = np.expm1(x)
    return y, lambda g: g * (y + 1)


@unary
def log(x):
    """y = ln x        dy = dx/x"""
    return np.log(x), lambda g: g / x


@unary
def log2(x):
    """y = log₂ x        dy = dx/(x ln 2)"""
    return np.log2(x), lambda g: g / (LN2 * x)


@unary
def log10(x):
    """y = log₁₀ x        dy = dx/(x ln 10)"""
    return np.log10(x), lambda g: g / (LN10 * x)


@unary
def log1p(x):
    """y = ln(1 + x)        dy = dx/(1 + x)

    Exact near 0, where 1 + x rounds to 1.
    """
    return np.log1p(x), lambda g: g / (1 + x)


@binary
def logaddexp(a, b):
    """y = ln(eᵃ + eᵇ)        dy = σ(a − b) da + σ(b − a) db

    No exponential overflows. PyTorch's page torch.logaddexp.
    """
    return np.logaddexp(a, b), lambda g: g * sigmoid(a - b), lambda g: g * sigmoid(b - a)


@binary(floating=True)
def xlogy(a, b):
    """y = a ln b        dy = ln b da + (a/b) db

    0 where a = 0, whatever b is. PyTorch's page torch.xlogy.

    >>> import tinygrad_lite as tl
    >>> tl.xlogy(tl.tensor([0.0, 2.0]), tl.tensor([0.0, 1.0]))
    tensor([0., 0.])
    """
    return a * log_unless(a, b), lambda g: g * log_unless(a, b), lambda g: g * (a / b)


def log_unless(a, b):
    """ln b, and 0 where a = 0 and b ≤ 0."""
    if isinstance(b, (int, float)):
        return ln(b) if b > 0 else where(a == 0, a * 0, float("nan") if b < 0 else float("-inf"))
    return log(where((a == 0) & (b <= 0), 1.0, b))
