"""Circular and hyperbolic functions, and their inverses."""

import numpy as np

from ..kernels.blocks import through_tanh
from ..operation import binary, unary


@unary
def sin(x):
    """y = sin x        dy = cos x dx"""
    return np.sin(x), lambda g: g * np.cos(x)


@unary
def cos(x):
    """y = cos x        dy = −sin x dx"""
    return np.cos(x), lambda g: -g * np.sin(x)


@unary
def tan(x):
    """y = tan x        dy = (1 + y²) dx"""
    y = np.tan(x)
    return y, lambda g: g + g * y * y


@unary
def asin(x):
    """y = arcsin x        dy = dx/√(1 − x²)"""
    return np.arcsin(x), lambda g: g / np.sqrt(1 - x * x)


@unary
def acos(x):
    """y = arccos x        dy = −dx/√(1 − x²)"""
    return np.arccos(x), lambda g: -g / np.sqrt(1 - x * x)


@unary
def atan(x):
    """y = arctan x        dy = dx/(1 + x²)"""
    return np.arctan(x), lambda g: g / (1 + x * x)


@binary(floating=True)
def atan2(a, b):
    """y = angle of the point (b, a)        dy = (b da − a db)/(a² + b²)

    In (−π, π]. The derivative at the origin is taken as 0. PyTorch's page torch.atan2.

    >>> import tinygrad_lite as tl
    >>> tl.atan2(tl.tensor([1.0, 0.0]), tl.tensor([1.0, -1.0]))
    tensor([0.7854, 3.1416])
    """
    return np.arctan2(a, b), lambda g: g * (b / radius(a, b)), lambda g: -g * (a / radius(a, b))


def radius(a, b):
    """a² + b², and 1 at the origin."""
    r = a * a + b * b
    return r + (r == 0)


@unary
def sinh(x):
    """y = sinh x        dy = cosh x dx"""
    return np.sinh(x), lambda g: g * np.cosh(x)


@unary
def cosh(x):
    """y = cosh x        dy = sinh x dx"""
    return np.cosh(x), lambda g: g * np.sinh(x)


@unary
def tanh(x):
    """y = tanh x        dy = (1 − y²) dx"""
    y = np.tanh(x)
    return y, lambda g: through_tanh(g, y)


@unary
def asinh(x):
    """y = arsinh x        dy = dx/√(x² + 1)"""
    return np.arcsinh(x), lambda g: g / np.sqrt(x * x + 1)


@unary
def acosh(x):
    """y = arcosh x        dy = dx/√(x² − 1)"""
    return np.arccosh(x), lambda g: g / np.sqrt(x * x - 1)


@unary
def atanh(x):
    """y = artanh x        dy = dx/(1 − x²)"""
    return np.arctanh(x), lambda g: g / (1 - x * x)
