"""Pooling by a norm, the inverse of max pooling, and windows side by side."""

import math
from math import prod
from typing import Any

import numpy as np

from ... import ops
from ...errors import ShapeError
from ...ops import pooling
from ...ops.adaptive import adaptive_max_pool2d, adaptive_max_pool3d
from ...ops.geometry import batched, ints, tensors
from ...ops.pools import avg_pool1d, avg_pool2d, avg_pool3d, max_pool1d, max_pool2d, max_pool3d
from ...tensor import Tensor


def max_pool1d_with_indices(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> tuple:
    """`max_pool1d` with return_indices."""
    return max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def max_pool2d_with_indices(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> tuple:
    """`max_pool2d` with return_indices."""
    return max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def max_pool3d_with_indices(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> tuple:
    """`max_pool3d` with return_indices."""
    return max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def adaptive_max_pool2d_with_indices(input: Tensor, output_size: Any) -> tuple:
    """`adaptive_max_pool2d` with return_indices."""
    return adaptive_max_pool2d(input, output_size, True)


def adaptive_max_pool3d_with_indices(input: Tensor, output_size: Any) -> tuple:
    """`adaptive_max_pool3d` with return_indices."""
    return adaptive_max_pool3d(input, output_size, True)


def by_norm(n: int, input: Tensor, p: float, kernel_size: Any, stride: Any, ceil_mode: bool) -> Tensor:
    if math.isinf(p):
        largest = (max_pool1d, max_pool2d, max_pool3d)[n - 1]
        sign = 1 if p > 0 else -1
        return sign * largest(sign * ops.abs(input), kernel_size, stride, 0, 1, ceil_mode)
    mean = (avg_pool1d, avg_pool2d, avg_pool3d)[n - 1]
    y = mean(input**p, kernel_size, stride, 0, ceil_mode)
    size = prod(ints(f"lp_pool{n}d", "kernel_size", kernel_size, n))
    return (ops.sign(y) * ops.relu(ops.abs(y)) * size) ** (1.0 / p)


def lp_pool1d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """y = (Σ xᵖ)^(1/p) of each window of (N, C, L) or (C, L) (PyTorch's page torch.nn.functional.lp_pool1d).

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.lp_pool1d(tl.tensor([[3.0, 4.0, 6.0, 8.0]]), 2, 2)
    tensor([[ 5., 10.]])
    """
    return by_norm(1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """y = (Σ xᵖ)^(1/p) of each window of (N, C, H, W) or (C, H, W) (PyTorch's page torch.nn.functional.lp_pool2d)."""
    return by_norm(2, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """y = (Σ xᵖ)^(1/p) of each window of (N, C, D, H, W) (PyTorch's page torch.nn.functional.lp_pool3d)."""
    return by_norm(3, input, norm_type, kernel_size, stride, ceil_mode)


def unpooled(
    n: int, input: Tensor, indices: Tensor, kernel_size: Any, stride: Any, padding: Any, output_size: Any
) -> Tensor:
    name = f"max_unpool{n}d"
    tensors(name, input=input, indices=indices)
    kernel, padding = ints(name, "kernel_size", kernel_size, n), ints(name, "padding", padding, n)
    stride = kernel if stride is None or stride == [] else ints(name, "stride", stride, n)
    x, at = input.array, indices.array
    if x.ndim not in (n + 1, n + 2):
        raise ShapeError(f"{name}: Input to {name} should be a {n + 1}d or {n + 2}d Tensor, but got {list(x.shape)}")
    usual = [(m - 1) * s + k - 2 * p for m, s, k, p in zip(x.shape[-n:], stride, kernel, padding, strict=True)]
    sizes = usual if output_size is None else list(output_size)
    if len(sizes) == n + 2:
        sizes = sizes[2:]
    if len(sizes) != n:
        raise ValueError(
            f"output_size should be a sequence containing {n} or {n + 2} elements, but it has a length of "
            f"'{len(sizes)}'"
        )
    for d, (size, m, s) in enumerate(zip(sizes, usual, stride, strict=True)):
        if output_size is not None and not m - s < size < m + s:
            raise ValueError(f'invalid output_size "{output_size}" (dim {d} must be between {m - s} and {m + s})')
        if size < 0:
            raise ValueError(f"{name}: output_size must contain non-negative spatial dimensions, but got {sizes}")
    if at.dtype != np.int64:
        raise RuntimeError(f"{name}: elements in indices should be type int64 but got: {at.dtype}")
    if at.shape != x.shape:
        raise ShapeError(
            f"{name}: Expected shape of indices to be same as that of the input tensor ({list(x.shape)}) but got "
            f"indices tensor with shape: {list(at.shape)}"
        )
    if x.dtype.kind != "f":
        raise NotImplementedError(f"{name}: not implemented for {x.dtype}; convert with .float()")
    size = prod(sizes)
    if at.size and (at.min() < 0 or at.max() >= size):
        wrong = at[(at < 0) | (at >= size)].flat[0]
        raise RuntimeError(
            f"{name}: Found an invalid max index: {wrong} (output volumes are of size {'x'.join(map(str, sizes))})"
        )
    planes = np.arange(prod(x.shape[:-n])).reshape(*x.shape[:-n], *(1,) * n) * size
    return pooling.unpooled(input, at + planes, (*x.shape[:-n], *sizes))


def max_unpool1d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """The elements at the places where `max_pool1d` found them, zeros elsewhere.

    PyTorch's page torch.nn.functional.max_unpool1d; arguments as for `max_unpool2d`.
    """
    return unpooled(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """The elements at the places where `max_pool2d` found them, zeros elsewhere.

    indices      what the pooling returned with return_indices
    output_size  the sizes before the pooling, where several have the same size after it

    The other arguments are the pooling's. PyTorch's page torch.nn.functional.max_unpool2d.

    >>> import tinygrad_lite as tl
    >>> from tinygrad_lite.nn import functional as F
    >>> y, places = F.max_pool2d(tl.tensor([[[1.0, 2.0], [4.0, 3.0]]]), 2, return_indices=True)
    >>> F.max_unpool2d(y, places, 2)
    tensor([[[0., 0.],
             [4., 0.]]])
    """
    return unpooled(2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """The elements at the places where `max_pool3d` found them, zeros elsewhere.

    PyTorch's page torch.nn.functional.max_unpool3d; arguments as for `max_unpool2d`.
    """
    return unpooled(3, input, indices, kernel_size, stride, padding, output_size)


def blocks(name: str, sizes: tuple, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Any:
    """The windows of `unfold` and `fold` over images of these sizes."""
    kernel, dilation = ints(name, "kernel_size", kernel_size, 2), ints(name, "dilation", dilation, 2)
    padding, stride = ints(name, "padding", padding, 2), ints(name, "stride", stride, 2)
    for what, values, least in (
        ("kernel size", kernel, 1),
        ("dilation", dilation, 1),
        ("padding", padding, 0),
        ("stride", stride, 1),
    ):
        if min(values) < least:
            raise RuntimeError(f"{name}: {what} should be at least {least}, but got {list(values)}")
    windows = pooling.slid(sizes, kernel, stride, padding, dilation, False)
    if min(windows.output) < 1:
        raise ShapeError(
            f"{name}: Given input with spatial size {sizes}, kernel_size={kernel}, dilation={dilation}, "
            f"padding={padding}, calculated shape of the array of sliding blocks as {windows.output}, but its "
            f"components must be at least one."
        )
    return windows


def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """Every window of (N, C, H, W) as a column: (N, C·∏ kernel_size, L) (PyTorch's page torch.nn.functional.unfold).

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.unfold(tl.arange(6.0).reshape(1, 1, 2, 3), (2, 2))[0].T
    tensor([[0., 1., 3., 4.],
            [1., 2., 4., 5.]])
    """
    tensors("unfold", input=input)
    shape = tuple(input.shape)
    if len(shape) not in (3, 4) or 0 in shape[-3:]:
        raise ShapeError(
            "unfold: Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions "
            f"for input, but got: {list(shape)}"
        )
    windows = blocks("unfold", shape[-2:], kernel_size, dilation, padding, stride)
    return batched(input, 2, lambda x: pooling.im2col(x, windows))


def fold(
    input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """The transpose of `unfold`: columns (N, C·∏ kernel_size, L) added up in images (N, C, *output_size).

    PyTorch's page torch.nn.functional.fold.
    """
    tensors("fold", input=input)
    sizes = ints("fold", "output_size", output_size, 2)
    windows = blocks("fold", sizes, kernel_size, dilation, padding, stride)
    shape = tuple(input.shape)
    if len(shape) not in (2, 3):
        raise ShapeError(f"fold: Expected 2D or 3D (batch mode) tensor for input, but got: {list(shape)}")
    if not shape[-2] or shape[-2] % prod(windows.kernel):
        raise ShapeError(
            "fold: Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
            f"input.size(1)={shape[-2]} and kernel_size={windows.kernel}."
        )
    if shape[-1] != prod(windows.output):
        raise ShapeError(
            f"fold: Given output_size={sizes}, kernel_size={windows.kernel}, dilation={windows.dilation}, "
            f"padding={windows.padding}, stride={windows.stride}, expected size of input's dimension 2 to match the "
            f"calculated number of sliding blocks {' * '.join(map(str, windows.output))} = {prod(windows.output)}, but "
            f"got input.size(2)={shape[-1]}."
        )
    return batched(input, 1, lambda x: pooling.col2im(x, windows))
