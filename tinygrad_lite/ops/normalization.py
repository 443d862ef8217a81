"""Normalisation: numbers are shifted and scaled to mean 0 and variance 1 over some dimensions.

Each is one fused operation; the plain expression that it stands for is beside it, under the same name with `plain_`.
"""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..kernels import normalization as kernels
from ..kernels.broadcast import summed_to
from ..operation import nary
from .dims import whole as as_int
from .once import once


def floating(name: str, x: np.ndarray, *others: Any) -> None:
    """Refuse an input that is not of floats, and weights of another dtype."""
    if x.dtype.kind != "f":
        raise NotImplementedError(f"{name}: not implemented for {x.dtype}; convert the input with .float()")
    for other in others:
        if other is not None and other.dtype != x.dtype:
            raise RuntimeError(f"{name}: mixed dtype: the input is {x.dtype}, a weight or bias {other.dtype}")


def per_channel(name: str, x: np.ndarray, **vectors: Any) -> None:
    """Refuse vectors that have not one number for each channel, dimension 1."""
    for what, vector in vectors.items():
        if vector is not None and vector.shape != x.shape[1:2]:
            raise ShapeError(
                f"{name}: Expected {what} to be a vector of size equal to the number of channels in input, but got "
                f"{what} of shape {list(vector.shape)} and input of shape {list(x.shape)}"
            )


def channels(vector: Any, ndim: int) -> Any:
    """One number for each channel, shaped so that it multiplies (N, C, …)."""
    return None if vector is None else vector.reshape((-1,) + (1,) * (ndim - 2))


def affine(h: Any, weight: Any, bias: Any, before: tuple, of_standardized: Callable) -> tuple:
    """y = h·w + b and its pullbacks, for h a standardized array; w and b broadcast to h, but came in shape `before`.

    of_standardized(g, own) takes the derivative on to the input, and may write into g if it is its own.
    """
    y = h.copy() if weight is None else h * weight  # h itself stays with the pullbacks
    if bias is not None:
        y += bias

    def of_input(g):
        return of_standardized(g, False) if weight is None else of_standardized(g * weight, True)

    def summed(g, vector):
        return summed_to(g, vector.shape).reshape(before)

    return (
        y,
        of_input,
        None if weight is None else lambda g: summed(g * h, weight),
        None if bias is None else lambda g: summed(g, bias),
    )


def trailing(name: str, x: np.ndarray, normalized_shape: Any, weight: Any, bias: Any = None) -> tuple[int, ...]:
    """The shape to normalise over, which must be that of x's last dimensions and of the weights."""
    try:
        shape = tuple([as_int(n, name, "normalized_shape") for n in normalized_shape])
    except TypeError:
        raise TypeError(f"{name}: normalized_shape must be a tuple of ints, not {normalized_shape!r}") from None
    if not shape:
        raise ShapeError(f"{name}: Expected normalized_shape to be at least 1-dimensional, but got {list(shape)}")
    for what, vector in (("weight", weight), ("bias", bias)):
        if vector is not None and vector.shape != shape:
            raise ShapeError(
                f"{name}: Expected {what} to be of same shape as normalized_shape, but got {what} of shape "
                f"{list(vector.shape)} and normalized_shape = {list(shape)}"
            )
    if x.shape[-len(shape) :] != shape:
        raise ShapeError(
            f"{name}: Given normalized_shape={list(shape)}, expected input with shape "
            f"[*, {', '.join(map(str, shape))}], but got input of size{list(x.shape)}"
        )
    return shape


def plain_layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    dims = tuple(range(-len(normalized_shape), 0))
    return plain_affine(plain_standardized(input, dims, eps), weight, bias)


def plain_standardized(x: Any, dims: tuple[int, ...], eps: float) -> Any:
    d = x - x.mean(dims, True)
    return d / ((d * d).mean(dims, True) + eps) ** 0.5


def plain_affine(h: Any, weight: Any, bias: Any) -> Any:
    y = h if weight is None else h * weight
    return y if bias is None else y + bias


@nary(fuses=plain_layer_norm)
def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    """y = (x − mean x)/√(var x + ε)·w + b        dy = w dh + h dw + db, h = (x − mean x)/√(var x + ε)

    Mean and variance over the last dimensions, those of `normalized_shape`, which is also the shape of w and b
    (PyTorch's page torch.nn.functional.layer_norm; J. Ba et al., Layer Normalization, 2016).

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.layer_norm(tl.tensor([[1.0, 2.0, 3.0]]), (3,))
    tensor([[-1.2247,  0.0000,  1.2247]])
    """
    floating("layer_norm", input, weight, bias)
    shape = trailing("layer_norm", input, normalized_shape, weight, bias)
    whole, rows = input.shape, (-1, prod(shape))
    eps = 1e-5 if eps is None else eps
    h, r = kernels.standardized(input.reshape(rows) if input.size else input.reshape(0, prod(shape)), (1,), eps)
    y = h.reshape(whole) * weight if weight is not None else h.reshape(whole).copy()
    if bias is not None:
        y += bias
    saved = (h, r, weight)
    slopes = once(lambda g, saved: kernels.row_slopes(g.reshape(saved[0].shape), saved))
    return (
        y,
        lambda g: slopes(g, saved)[0].reshape(whole),
        None,
        None if weight is None else lambda g: slopes(g, saved)[1].reshape(shape),
        None if bias is None else lambda g: summed_to(g, shape),
    )


def plain_rms_norm(input, normalized_shape, weight=None, eps=None):
    dims = tuple(range(-len(normalized_shape), 0))
    eps = np.finfo(input.dtype).eps if eps is None else eps
    return plain_affine(input / ((input * input).mean(dims, True) + float(eps)) ** 0.5, weight, None)


@nary(fuses=plain_rms_norm)
def rms_norm(input, normalized_shape, weight=None, eps=None):
    """y = x/√(mean x² + ε)·w        dy = w dh + h dw, h = x/√(mean x² + ε)

    The mean runs over the last dimensions, those of `normalized_shape`, which is also the shape of w; ε is by default
    the dtype's own (PyTorch's page torch.nn.functional.rms_norm; B. Zhang and R. Sennrich, Root Mean Square Layer
    Normalization, 2019).

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.rms_norm(tl.tensor([[3.0, 4.0]]), (2,))
    tensor([[0.8485, 1.1314]])
    """
    floating("rms_norm", input, weight)
    shape = trailing("rms_norm", input, normalized_shape, weight)
    whole = input.shape
    eps = np.finfo(input.dtype).eps if eps is None else eps
    h, r = kernels.scaled(input.reshape(-1, prod(shape)) if input.size else input.reshape(0, 1), float(eps))

    def of_standardized(g, own):
        return kernels.of_scaled_input(g.reshape(h.shape), h, r, own).reshape(whole)

    y, of_input, of_weight, _ = affine(h.reshape(whole), weight, None, shape, of_standardized)
    return y, of_input, None, of_weight


def plain_group_norm(input, num_groups, weight=None, bias=None, eps=1e-5):
    x = input.reshape(input.shape[0], num_groups, -1)
    h = plain_standardized(x, (2,), eps or 1e-5).reshape(*input.shape)
    return plain_affine(h, channels(weight, input.ndim), channels(bias, input.ndim))


@nary(fuses=plain_group_norm)
def group_norm(input, num_groups, weight=None, bias=None, eps=1e-5):
    """y = (x − mean x)/√(var x + ε)·w + b        dy = w dh + h dw + db, h = (x − mean x)/√(var x + ε)

    Of (N, C, …): mean and variance over each group of C/num_groups channels of each sample; w and b have one number
    for each channel (PyTorch's page torch.nn.functional.group_norm; Y. Wu and K. He, Group Normalization, 2018).

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.group_norm(tl.tensor([[1.0, 3.0, 10.0, 30.0]]), 2)
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    name = "group_norm"
    floating(name, input, weight, bias)
    if input.ndim < 2:
        raise ShapeError(f"{name}: Expected at least 2 dimensions for input tensor but received {input.ndim}")
    if input.shape[1] % as_int(num_groups, name, "num_groups"):
        raise ShapeError(
            f"{name}: Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(input.shape)} and num_groups={num_groups}"
        )
    per_channel(name, input, weight=weight, bias=bias)
    whole, ndim = input.shape, input.ndim
    size = prod(whole[1:]) // num_groups
    eps = 1e-5 if eps is None else eps
    h, r = kernels.standardized(input.reshape(-1, size) if input.size else input.reshape(0, 1), (1,), eps)

    def of_standardized(g, own):
        return kernels.of_input(g.reshape(h.shape), h, r, (1,), own).reshape(whole)

    w, b = channels(weight, ndim), channels(bias, ndim)
    y, of_input, of_weight, of_bias = affine(h.reshape(whole), w, b, whole[1:2], of_standardized)
    return y, of_input, None, of_weight, of_bias


def plain_batch_norm(input, weight=None, bias=None, eps=1e-5, moments=None):
    dims = (0, *range(2, input.ndim))
    h = plain_standardized(input, dims, eps)
    return plain_affine(h, channels(weight, input.ndim), channels(bias, input.ndim))


@nary(fuses=plain_batch_norm)
def batch_norm(input, weight=None, bias=None, eps=1e-5, moments=None):
    """y = (x − mean x)/√(var x + ε)·w + b        dy = w dh + h dw + db, h = (x − mean x)/√(var x + ε)

    Of (N, C, …): mean and variance of each channel over samples and places, as they are in training; `moments` gives
    the two where they are known already (S. Ioffe and C. Szegedy, Batch Normalization, 2015).

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.batch_norm(tl.tensor([[1.0, 10.0], [3.0, 30.0]]), None, None, training=True)
    tensor([[-1.0000, -1.0000],
            [ 1.0000,  1.0000]])
    """
    whole, ndim = input.shape, input.ndim
    x = by_channel(input)
    axes = (0,) if ndim == 2 else (0, 2)
    h, r = kernels.standardized(x, axes, eps, moments)

    def of_standardized(g, own):
        return kernels.of_input(by_channel(g), h, r, axes, own).reshape(whole)

    w, b = channels(weight, ndim), channels(bias, ndim)
    return affine(h.reshape(whole), w, b, whole[1:2], of_standardized)


def by_channel(x: np.ndarray) -> np.ndarray:
    """(N, C, …) as (N, C, places), or (N, C)."""
    return x if x.ndim == 2 else x.reshape(*x.shape[:2], prod(x.shape[2:]))
