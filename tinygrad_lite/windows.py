"""The windows of signal processing: weights that fall to the ends of a stretch of samples."""

from typing import Any

import numpy as np

from .arrays import of
from .creation import filled
from .kernels import bessel
from .tensor import Tensor


def window(name: str, length: int, periodic: bool, weights: Any, dtype: Any, place: dict) -> Tensor:
    """weights(n, N) of n = 0 … N in the wanted dtype; of a periodic window without the last one."""
    dtype = of(dtype)
    if length < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={length}")
    if dtype.kind != "f":
        raise RuntimeError(f"{name} expects floating point dtypes, got: {dtype}")
    if length <= 1:
        array = np.ones(length, dtype)
    else:
        array = weights(np.arange(length, dtype=dtype), length if periodic else length - 1).astype(dtype, copy=False)
    device, requires_grad = place.pop("device", None), place.pop("requires_grad", False)
    return filled(array, name, requires_grad, device, place)


def raised_cosine(alpha: float, beta: float) -> Any:
    """n, N ↦ α − β cos 2πn/N"""
    return lambda n, last: alpha - beta * np.cos(n * n.dtype.type(2 * np.pi / last))


def hann_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Any = None,
    **place: Any,
) -> Tensor:
    """½ − ½ cos 2πn/N (PyTorch's page torch.hann_window).

    >>> import tinygrad_lite as tl
    >>> tl.hann_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return window("hann_window", window_length, periodic, raised_cosine(0.5, 0.5), dtype, place)


def hamming_window(
    window_length: int,
    periodic: bool = True,
    alpha: float = 0.54,
    beta: float = 0.46,
    *,
    dtype: Any = None,
    **place: Any,
) -> Tensor:
    """α − β cos 2πn/N (PyTorch's page torch.hamming_window)."""
    weights = raised_cosine(alpha, beta)
    return window("hamming_window", window_length, periodic, weights, dtype, place)


def blackman_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Any = None,
    **place: Any,
) -> Tensor:
    """0.42 − ½ cos 2πn/N + 0.08 cos 4πn/N (PyTorch's page torch.blackman_window)."""

    def weights(n: Any, last: int) -> Any:
        once, twice = n * n.dtype.type(2 * np.pi / last), n * n.dtype.type(4 * np.pi / last)
        return np.cos(twice) * 0.08 - np.cos(once) * 0.5 + 0.42

    return window("blackman_window", window_length, periodic, weights, dtype, place)


def bartlett_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Any = None,
    **place: Any,
) -> Tensor:
    """A triangle: 2n/N, or 2 − 2n/N (PyTorch's page torch.bartlett_window).

    >>> import tinygrad_lite as tl
    >>> tl.bartlett_window(5, periodic=False)
    tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """

    def weights(n: Any, last: int) -> Any:
        up = n * n.dtype.type(2 / last)
        return np.where(up <= 1, up, 2 - up)

    return window("bartlett_window", window_length, periodic, weights, dtype, place)


def kaiser_window(
    window_length: int,
    periodic: bool = True,
    beta: float = 12.0,
    *,
    dtype: Any = None,
    **place: Any,
) -> Tensor:
    """I₀(β √(1 − (2n/N − 1)²)) / I₀(β) (PyTorch's page torch.kaiser_window)."""

    def weights(n: Any, last: int) -> Any:
        inside = np.maximum(1 - (2 * n / last - 1) ** 2, 0)
        return i0(beta * np.sqrt(inside)) / i0(np.full((), beta, n.dtype))

    return window("kaiser_window", window_length, periodic, weights, dtype, place)


def i0(x: Any) -> Any:
    return bessel.unscaled(bessel.i0e, x)
