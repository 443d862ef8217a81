"""The logarithm of the gamma function and its derivatives, which are each other's."""

from math import log, pi
from typing import Any

import numpy as np

from ..kernels import gamma as kernels
from ..operation import unary
from .dims import whole
from .reduce import sum
from .shape import unsqueeze


@unary
def digamma(x):
    """y = ψ(x) = Γ'(x)/Γ(x)        dy = ψ'(x) dx

    −∞ at 0, nan at negative integers. PyTorch's page torch.digamma.

    >>> import tinygrad_lite as tl
    >>> tl.digamma(tl.tensor([1.0, 0.5]))
    tensor([-0.5772, -1.9635])
    """
    return kernels.digamma(x), lambda g: g * polygamma_of(x, 1)


@unary
def lgamma(x):
    """y = ln |Γ(x)|        dy = ψ(x) dx

    ∞ at 0 and at negative integers. PyTorch's page torch.lgamma.

    >>> import tinygrad_lite as tl
    >>> tl.lgamma(tl.tensor([1.0, 0.5, 5.0]))
    tensor([0.0000, 0.5724, 3.1781])
    """
    return kernels.lgamma(x), lambda g: g * digamma(x)


@unary
def polygamma_of(x, n):
    """y = ψ⁽ⁿ⁾(x)        dy = ψ⁽ⁿ⁺¹⁾(x) dx

    The n-th derivative of digamma.
    """
    return kernels.polygamma(n, x), lambda g: g * polygamma_of(x, n + 1)


def polygamma(n: int, input: Any) -> Any:
    """The n-th derivative of `digamma`, n ≥ 0 (PyTorch's page torch.polygamma).

    >>> import tinygrad_lite as tl
    >>> tl.polygamma(1, tl.tensor([1.0, 0.5]))
    tensor([1.6449, 4.9348])
    """
    n = whole(n, "polygamma", "n")
    if n < 0:
        raise RuntimeError(f"polygamma: does not support negative n, got {n}")
    return digamma(input) if n == 0 else polygamma_of(input, n)


def mvlgamma(input: Any, p: int) -> Any:
    """ln Γₚ(x) of p dimensions: ¼ p (p − 1) ln π + Σ ln Γ(x − j/2) over 0 ≤ j < p (PyTorch's page torch.mvlgamma).

    >>> import tinygrad_lite as tl
    >>> tl.mvlgamma(tl.tensor([2.0, 3.0]), 2)
    tensor([0.4516, 1.5502])
    """
    p = whole(p, "mvlgamma", "p")
    if input.dtype.kind == "b":
        raise RuntimeError("mvlgamma: takes no bools; convert with .float()")
    if p < 1:
        raise RuntimeError(f"mvlgamma: p has to be greater than or equal to 1, got {p}")
    steps = -0.5 * np.arange(p).astype(input.dtype if input.dtype.kind == "f" else np.float32)
    return sum(lgamma(unsqueeze(input, -1) + steps), -1) + p * (p - 1) / 4 * log(pi)
