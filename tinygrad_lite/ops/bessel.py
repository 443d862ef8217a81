"""Modified Bessel functions of the first kind, of orders 0 and 1."""

import numpy as np

from ..kernels import bessel as kernels
from ..operation import unary
from .choice import where


@unary
def i0(x):
    """y = I₀(x)        dy = I₁(x) dx

    PyTorch's page torch.special.i0.

    >>> import tinygrad_lite as tl
    >>> tl.special.i0(tl.tensor([0.0, 1.0]))
    tensor([1.0000, 1.2661])
    """
    return kernels.unscaled(kernels.i0e, x), lambda g: g * i1(x)


@unary
def i0e(x):
    """y = e^−|x| I₀(x)        dy = (e^−|x| I₁(x) − sign x · y) dx

    PyTorch's page torch.special.i0e.
    """
    y = kernels.i0e(x)
    return y, lambda g: g * (i1e(x) - np.sign(x) * y)


@unary
def i1(x):
    """y = I₁(x)        dy = (I₀(x) − y/x) dx

    The derivative at 0 is ½. PyTorch's page torch.special.i1.
    """
    y = kernels.unscaled(kernels.i1e, x)
    return y, lambda g: g * where(x == 0, 0.5, i0(x) - y / where(x == 0, 1.0, x))


@unary
def i1e(x):
    """y = e^−|x| I₁(x)        dy = (e^−|x| I₀(x) − (sign x + 1/x) y) dx

    The derivative at 0 is ½. PyTorch's page torch.special.i1e.
    """
    y = kernels.i1e(x)
    return y, lambda g: g * where(x == 0, 0.5, i0e(x) - (np.sign(x) + 1 / where(x == 0, 1.0, x)) * y)
