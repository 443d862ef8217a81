"""The normal distribution's function, its logarithm and inverse; and two functions of entropy."""

from math import log, pi
from typing import Any

import numpy as np

from ..kernels import erf as kernels, normal
from ..operation import binary, unary
from .choice import where
from .exponential import log1p
from .special import SLOPE, erfc


@unary
def erfcx(x):
    """y = e^x² erfc x        dy = (2x y − 2/√π) dx

    Without overflow for large x. PyTorch's page torch.special.erfcx.

    >>> import tinygrad_lite as tl
    >>> tl.special.erfcx(tl.tensor([0.0, 1.0, 100.0]))
    tensor([1.0000, 0.4276, 0.0056])
    """
    y = normal.erfcx(x)
    return y, lambda g: g * (2 * x * y - SLOPE)


def ndtr(input: Any) -> Any:
    """The probability that a standard normal number is at most x (PyTorch's page torch.special.ndtr).

    >>> import tinygrad_lite as tl
    >>> tl.special.ndtr(tl.tensor([0.0, 1.96]))
    tensor([0.5000, 0.9750])
    """
    return 0.5 * erfc(input * -(0.5**0.5))


@unary
def log_ndtr(x):
    """y = ln Φ(x)        dy = √(2/π)/erfcx(−x/√2) dx

    The logarithm of `ndtr`, exact far out where that is 0. PyTorch's page torch.special.log_ndtr.

    >>> import tinygrad_lite as tl
    >>> tl.special.log_ndtr(tl.tensor([0.0, -100.0]))
    tensor([-6.9315e-01, -5.0055e+03])
    """
    z = (x if x.dtype.kind == "f" else x.astype(np.float64)) * 0.5**0.5
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        near = np.log1p(-0.5 * kernels.erfc(np.maximum(z, -1)))
        far = np.log(normal.erfcx(np.maximum(-z, 0)) / 2) - z * z
    y = np.where(z < -1, far, near)
    return y, lambda g: g * (SLOPE * 0.5**0.5 / erfcx(x * -(0.5**0.5)))


@unary
def ndtri(x):
    """y = the number whose ndtr is x        dy = √(2π) e^(y²/2) dx

    ∓∞ at 0 and 1, nan outside. PyTorch's page torch.special.ndtri.

    >>> import tinygrad_lite as tl
    >>> tl.special.ndtri(tl.tensor([0.5, 0.975]))
    tensor([0.0000, 1.9600])
    """
    y = normal.ndtri(x)
    return y, lambda g: g * ((2 * pi) ** 0.5 * np.exp(0.5 * y * y))


@unary
def entr(x):
    """y = −x ln x        dy = −(1 + ln x) dx

    0 at 0, −∞ below. PyTorch's page torch.special.entr.

    >>> import tinygrad_lite as tl
    >>> tl.special.entr(tl.tensor([0.0, 0.5, -1.0]))
    tensor([0.0000, 0.3466,   -inf])
    """
    z = x if x.dtype.kind == "f" else x.astype(np.float64)
    y = np.where(z < 0, -np.inf, 0 - z * np.log(np.where(z > 0, z, 1))).astype(z.dtype)
    return y, lambda g: -g * (1 + np.log(x))


@binary(floating=True)
def xlog1py(a, b):
    """y = a ln(1 + b)        dy = ln(1 + b) da + a/(1 + b) db

    0 where a = 0, unless b is nan. PyTorch's page torch.special.xlog1py.
    """
    return a * log1p_unless(a, b), lambda g: g * log1p_unless(a, b), lambda g: g * (a / (1 + b))


def log1p_unless(a, b):
    """ln(1 + b), and 0 where a = 0 and b ≤ −1."""
    if isinstance(b, (int, float)):
        return log(1 + b) if b > -1 else where(a == 0, 0.0, float("nan") if b < -1 else float("-inf"))
    return log1p(where((a == 0) & (b <= -1), 0.0, b))
