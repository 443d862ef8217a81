"""Convolution: y[o] = Σ w[o, c, k] x[c, · stride − padding + k dilation], linear in x and in w.

Three operations, each a derivative of the others: what it makes of x and w, of y and w (the transposed convolution),
and of y and x. So derivatives of every order are there, and each is a matrix product (see kernels/convolution.py).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..dtypes import float16, float32
from ..kernels import convolution as kernels
from ..operation import nary, unary
from .convolution_plan import planned, planned_transposed
from .geometry import batched, hashable, tensors
from .shape import expand


def computed(kernel: Callable, *operands: Any) -> np.ndarray:
    """A kernel on its operands; halves are summed as singles, as in PyTorch."""
    if operands[0].dtype is not float16:
        return kernel(*operands)
    wide = [x.astype(float32) if isinstance(x, np.ndarray) else x for x in operands]
    return kernel(*wide).astype(float16)


@nary
def convolution(input, weight, bias, plan):
    """y = w ∗ x + b        dy = w ∗ dx + dw ∗ x + db"""
    return (
        computed(kernels.convolve, input, weight, bias, plan),
        lambda g: transposed_convolution(g, weight, None, plan),
        lambda g: window_products(g, input, plan),
        channel_sums,
    )


@nary
def transposed_convolution(input, weight, bias, plan):
    """y = wᵀ ∗ x + b        dy = wᵀ ∗ dx + dwᵀ ∗ x + db

    The derivative of `convolution` in its input. The plan is that of the convolution: from y to x.
    """
    return (
        computed(kernels.of_input, input, weight, bias, plan),
        lambda g: convolution(g, weight, None, plan),
        lambda g: window_products(input, g, plan),
        channel_sums,
    )


@nary
def window_products(input, other, plan):
    """w[o, c, k] = Σ x[o] z[c, · stride − padding + k dilation]        dw = Σ dx z + x dz

    The derivative of `convolution` in its weight: for each place of the kernel, the product of its output's derivative
    x with what it saw there, z.
    """
    return (
        computed(kernels.of_weight, input, other, plan),
        lambda g: convolution(other, g, None, plan),
        lambda g: transposed_convolution(input, g, None, plan),
    )


@unary(linear=True)
def channel_sums(x):
    """y[c] = Σ x[n, c, …]        dx = dy in every place

    The derivative of a bias.
    """
    shape = x.shape
    return kernels.by_channel(x), lambda g: expand(g.reshape(-1, *[1] * (len(shape) - 2)), shape)


def check_dtypes(name: str, input: Any, weight: Any, bias: Any) -> None:
    dtype = input.dtype
    for what, other in (("weight", weight), ("bias", bias)):
        if other is not None and other.dtype != dtype:
            raise RuntimeError(f"{name}: Input type ({dtype}) and {what} type ({other.dtype}) should be the same")
    if dtype.kind == "b" and input.array.size:
        raise NotImplementedError(f"{name}: not implemented for {dtype}; convert with .float()")


def convolved(
    name: str, n: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int
):
    tensors(name, input=input, weight=weight, **({} if bias is None else {"bias": bias}))
    b = None if bias is None else bias.array.shape
    x, w = input.array.shape, weight.array.shape
    plan = planned(name, n, x, w, b, hashable(stride), hashable(padding), hashable(dilation), groups)
    check_dtypes(name, input, weight, bias)
    return batched(input, n, lambda x: convolution(x, weight, bias, plan))


def transposed(
    name: str,
    n: int,
    input: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    extra: Any,
    groups: int,
    dilation: Any,
):
    tensors(name, input=input, weight=weight, **({} if bias is None else {"bias": bias}))
    b = None if bias is None else bias.array.shape
    x, w, extra = input.array.shape, weight.array.shape, hashable(extra)
    plan = planned_transposed(name, n, x, w, b, hashable(stride), hashable(padding), extra, hashable(dilation), groups)
    check_dtypes(name, input, weight, bias)
    return batched(input, n, lambda x: transposed_convolution(x, weight, bias, plan))


def conv1d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """y[o, i] = Σ w[o, c, k] x[c, i·stride − padding + k·dilation] + b[o]

    (N, C, L) or (C, L), with a weight (O, C/groups, K) → (N, O, L′). padding: a number, "valid" (0), or "same", with
    which L′ = L. PyTorch's page torch.nn.functional.conv1d.

    >>> import tinygrad_lite as tl
    >>> tl.conv1d(tl.tensor([[1.0, 2.0, 4.0]]), tl.tensor([[[-1.0, 1.0]]]))
    tensor([[1., 2.]])
    """
    return convolved("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """y[o, i, j] = Σ w[o, c, k, l] x[c, i·stride − padding + k·dilation, …] + b[o]

    (N, C, H, W) or (C, H, W), with a weight (O, C/groups, K, L) → (N, O, H′, W′),
    H′ = ⌊(H + 2 padding − dilation (K − 1) − 1)/stride⌋ + 1. Strides, paddings and dilations are ints or one for each
    dimension; padding may also be "valid" (0) or "same", with which H′ = H. PyTorch's page torch.nn.functional.conv2d.

    >>> import tinygrad_lite as tl
    >>> tl.conv2d(tl.ones(1, 3, 3), tl.ones(1, 1, 2, 2), padding=1)
    tensor([[[1., 2., 2., 1.],
             [2., 4., 4., 2.],
             [2., 4., 4., 2.],
             [1., 2., 2., 1.]]])
    """
    return convolved("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """`conv2d` with one dimension more: (N, C, D, H, W) or (C, D, H, W), with a weight (O, C/groups, K, L, M).

    PyTorch's page torch.nn.functional.conv3d.
    """
    return convolved("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Any:
    """The transpose of `conv1d`, as a linear map: (N, C, L), with a weight (C, O/groups, K) → (N, O, L′).

    L′ = (L − 1)·stride − 2 padding + dilation (K − 1) + output_padding + 1. PyTorch's page
    torch.nn.functional.conv_transpose1d.

    >>> import tinygrad_lite as tl
    >>> tl.conv_transpose1d(tl.tensor([[1.0, 2.0]]), tl.tensor([[[1.0, 10.0]]]), stride=2)
    tensor([[ 1., 10.,  2., 20.]])
    """
    return transposed("conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Any:
    """The transpose of `conv2d`: (N, C, H, W), with a weight (C, O/groups, K, L) → (N, O, H′, W′).

    Sizes as in `conv_transpose1d`. PyTorch's page torch.nn.functional.conv_transpose2d.
    """
    return transposed("conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Any:
    """The transpose of `conv3d`: (N, C, D, H, W), with a weight (C, O/groups, K, L, M).

    PyTorch's page torch.nn.functional.conv_transpose3d.
    """
    return transposed("conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation)
