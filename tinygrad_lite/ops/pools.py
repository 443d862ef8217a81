"""Pooling as PyTorch calls it, in one, two and three dimensions: sizes, strides and paddings as ints or tuples of "
"them."""

from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..kernels.pooling import Uneven, Windows, addresses, winners
from ..operation import result
from . import pooling
from .geometry import hashable, ints, tensors
from .pooling import counts, slid


def shaped(name: str, n: int, shape: tuple) -> None:
    """Refuse what has not n dimensions after its channels, or an empty one apart from the batch."""
    if len(shape) not in (n + 1, n + 2):
        raise ShapeError(
            f"{name}: non-empty {n + 1}D or {n + 2}D (batch mode) tensor expected for input, but got {list(shape)}"
        )
    if 0 in shape[-n - 1 :]:
        raise ShapeError(
            f"{name}: Expected input to have non-zero size for non-batch dimensions, but got input of size "
            f"{list(shape)}"
        )


@lru_cache(maxsize=512, typed=True)
def sliding(
    name: str, n: int, shape: tuple, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> Windows:
    """The windows that a pooling of an input of this shape asks for, or why there are none."""
    shaped(name, n, shape)
    kernel = ints(name, "kernel_size", kernel, n)
    stride = kernel if stride is None or stride == () else ints(name, "stride", stride, n)
    padding, dilation = ints(name, "padding", padding, n), ints(name, "dilation", dilation, n)
    if min(stride) <= 0:
        raise RuntimeError(f"{name}: stride should not be zero or negative: {list(stride)}")
    if min(kernel) <= 0:
        raise RuntimeError(f"{name}: kernel size should be greater than zero, but got {list(kernel)}")
    if min(dilation) <= 0:
        raise RuntimeError(f"{name}: dilation should be greater than zero, but got {list(dilation)}")
    if min(padding) < 0:
        raise RuntimeError(f"{name}: pad must be non-negative, but got pad: {list(padding)}")
    if any(p > (d * (k - 1) + 1) // 2 for p, k, d in zip(padding, kernel, dilation, strict=True)):
        raise RuntimeError(
            f"{name}: pad should be at most half of effective kernel size, but got pad={list(padding)}, "
            f"kernel_size={list(kernel)} and dilation={list(dilation)}"
        )
    windows = slid(shape[-n:], kernel, stride, padding, dilation, ceil_mode)
    if min(windows.output) < 1:
        raise ShapeError(
            f"{name}: Given input size: {shape[-n - 1 :]}. Calculated output size: {windows.output}. Output size is "
            "too small"
        )
    return windows


def with_places(input: Any, windows: Windows | Uneven) -> tuple:
    """The largest element of each window, and where it is in its channel."""
    x = input.array
    at = addresses(winners(x, windows)[1], windows)
    n, size = len(windows.input), prod(windows.input)
    planes = np.arange(x.size // size).reshape(*x.shape[:-n], *(1,) * n) * size
    places = result((at - planes).astype(np.int64, copy=False))
    return pooling.picked(input, at, windows.disjoint), places


def maximal(
    name: str,
    n: int,
    input: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: bool,
    return_indices: bool,
) -> Any:
    tensors(name, input=input)
    windows = sliding(
        name,
        n,
        input.array.shape,
        hashable(kernel_size),
        hashable(stride),
        hashable(padding),
        hashable(dilation),
        bool(ceil_mode),
    )
    if input.dtype.kind == "b":
        raise NotImplementedError(f"{name}: not implemented for bool; convert with .float()")
    return with_places(input, windows) if return_indices else pooling.max_pool(input, windows)


def max_pool1d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window of (N, C, L) or (C, L) (PyTorch's page torch.nn.functional.max_pool1d).

    Arguments as for `max_pool2d`.
    """
    return maximal("max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window of (N, C, H, W) or (C, H, W).

    stride          of the windows; by default the kernel_size
    padding         with −∞ on both sides, at most half a window
    dilation        the distance of the elements of a window
    ceil_mode       windows that begin inside and end outside count too
    return_indices  return also where each element was, in its flattened channel

    Of equal elements the first counts, and gets the derivative. PyTorch's page torch.nn.functional.max_pool2d.

    >>> import tinygrad_lite as tl
    >>> x = tl.arange(16.0).reshape(1, 4, 4)
    >>> tl.max_pool2d(x, 2)
    tensor([[[ 5.,  7.],
             [13., 15.]]])
    """
    return maximal("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window of (N, C, D, H, W) or (C, D, H, W).

    PyTorch's page torch.nn.functional.max_pool3d; arguments as for `max_pool2d`.
    """
    return maximal("max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def averaged(
    name: str,
    n: int,
    input: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    include: bool,
    divisor: Any,
) -> Any:
    tensors(name, input=input)
    if divisor == 0:
        raise RuntimeError(f"{name}: divisor must be not zero")
    windows = sliding(
        name, n, input.array.shape, hashable(kernel_size), hashable(stride), hashable(padding), 1, bool(ceil_mode)
    )
    if input.dtype.kind != "f" and input.dtype != np.int64:
        raise NotImplementedError(f"{name}: not implemented for {input.dtype}; convert with .float()")
    return pooling.avg_pool(input, windows, counts(windows, bool(include)) if divisor is None else divisor)


def avg_pool1d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Any:
    """The mean of each window of (N, C, L) or (C, L) (PyTorch's page torch.nn.functional.avg_pool1d).

    >>> import tinygrad_lite as tl
    >>> tl.avg_pool1d(tl.tensor([[1.0, 3.0, 5.0, 7.0]]), 2)
    tensor([[2., 6.]])
    """
    return averaged("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """The mean of each window of (N, C, H, W) or (C, H, W).

    count_include_pad  whether the zeros of the padding count as elements
    divisor_override   divide the sum by this number instead

    The other arguments as for `max_pool2d`. PyTorch's page torch.nn.functional.avg_pool2d.
    """
    return averaged(
        "avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


def avg_pool3d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """The mean of each window of (N, C, D, H, W) or (C, D, H, W).

    PyTorch's page torch.nn.functional.avg_pool3d; arguments as for `avg_pool2d`.
    """
    return averaged(
        "avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )
