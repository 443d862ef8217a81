"""The error function and its relatives."""

from math import pi

import numpy as np

from ..kernels import erf as kernels
from ..operation import unary

SLOPE = 2 / pi**0.5


@unary
def erf(x):
    """y = 2/√π ∫₀ˣ e^−t² dt        dy = 2/√π e^−x² dx

    To the last bits of the dtype. PyTorch's page torch.erf.

    >>> import tinygrad_lite as tl
    >>> tl.erf(tl.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.8427,  0.0000,  0.9953])
    """
    return kernels.erf(x), lambda g: g * (SLOPE * np.exp(-x * x))


@unary
def erfc(x):
    """y = 1 − erf x        dy = −2/√π e^−x² dx

    Exact where erf x rounds to 1. PyTorch's page torch.erfc.
    """
    return kernels.erfc(x), lambda g: g * (-SLOPE * np.exp(-x * x))


@unary
def erfinv(x):
    """y = the number whose erf is x        dy = √π/2 e^y² dx

    ±∞ at ±1, nan beyond. PyTorch's page torch.erfinv.
    """
    y = kernels.erfinv(x)
    return y, lambda g: g * (np.exp(y * y) / SLOPE)
