"""What PyTorch asks of complex numbers, asked of real ones: scripts that work for both get their answer."""

from typing import Any

import numpy as np

from ..operation import constant, unary
from .rounding import zero


@unary(linear=True)
def angle(x):
    """y = 0 for x ≥ 0, π for x < 0        dy = 0

    nan for nan. PyTorch's page torch.angle.

    >>> import tinygrad_lite as tl
    >>> tl.angle(tl.tensor([2.0, -3.0]))
    tensor([0.0000, 3.1416])
    """
    dtype = x.dtype if x.dtype.kind == "f" else np.float32
    return np.where(np.isnan(x), x, np.where(x < 0, np.pi, 0)).astype(dtype), zero


@constant
def isreal(input):
    """y = true: there are no complex numbers

    PyTorch's page torch.isreal.
    """
    return np.ones(input.shape, bool)


def real(input: Any) -> Any:
    """The input itself, which is also its own conjugate (PyTorch's page torch.real)."""
    return input


def imag(input: Any) -> Any:
    """Refused with a RuntimeError, as in PyTorch for a tensor of real numbers (PyTorch's page torch.imag)."""
    raise RuntimeError("imag is not implemented for tensors with non-complex dtypes: real numbers have no such part")


conj = conj_physical = resolve_conj = resolve_neg = real
