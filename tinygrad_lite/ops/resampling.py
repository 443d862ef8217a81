"""Resampling: every element of the result is a weighted sum of a few elements along each dimension.

Interpolation, padding with a tensor's own elements and means over uneven windows are all of this kind.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..dtypes import float16, float32
from ..kernels import resampling as kernels
from ..operation import unary
from .dims import whole


@unary(linear=True)
def resample(x, taps):
    """y = Σ w x[i]        dy = Σ w dx[i]

    taps: for each dimension that changes, counted from the end, the places i and weights w (see kernels/resampling.py).
    """
    y = wide(x)
    for axis, part in taps:
        y = kernels.resampled(y, axis, part)
    return y.astype(x.dtype, copy=y is x), lambda g: resample_back(g, taps)


@unary(linear=True)
def resample_back(x, taps):
    """y[i] = Σ w x        dy[i] = Σ w dx

    The transpose of `resample`.
    """
    y = wide(x)
    for axis, part in reversed(taps):
        y = kernels.spread(y, axis, part)
    return y.astype(x.dtype, copy=y is x), lambda g: resample(g, taps)


def wide(x: np.ndarray) -> np.ndarray:
    """Halves as singles, for sums."""
    return x.astype(float32) if x.dtype is float16 else x


@unary(linear=True)
def constant_pad(x, widths, value=0):
    """y = x with a constant around it        dy = dx inside, 0 around

    widths: (before, after) for each of the last dimensions; a negative one cuts off. So the transpose is of this kind.
    """
    n = x.ndim - len(widths)
    shape = (*x.shape[:n], *[size + a + b for size, (a, b) in zip(x.shape[n:], widths, strict=True)])
    inside = [slice(max(a, 0), size - max(b, 0)) for size, (a, b) in zip(shape[n:], widths, strict=True)]
    part = [slice(max(-a, 0), size - max(-b, 0)) for size, (a, b) in zip(x.shape[n:], widths, strict=True)]
    y = np.full(shape, value, x.dtype) if value else np.zeros(shape, x.dtype)
    y[(..., *inside)] = x[(..., *part)]
    back = tuple([(-a, -b) for a, b in widths])
    return y, lambda g: constant_pad(g, back)


def pad(input: Any, pad: Any, mode: str = "constant", value: float | None = None) -> Any:
    """The input with more elements around it (PyTorch's page torch.nn.functional.pad).

    pad    (before, after) of the last dimension, then of the one before it, …, in one flat sequence; what is negative
           cuts off
    mode   "constant": the value (0); "reflect": mirrored, without the edge itself; "replicate": the edge again and
           again; "circular": the other end. All but the first leave the batch and the channels alone.

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.pad(tl.tensor([[1, 2, 3]]), (2, 1), mode="reflect")
    tensor([[3, 2, 1, 2, 3, 2]])
    """
    if not isinstance(pad, Sequence) or isinstance(pad, str):
        raise TypeError(f"pad: pad must be a tuple of ints, not {pad!r}")
    given = tuple([whole(n, "pad", "pad") for n in pad])
    if len(given) % 2:
        raise RuntimeError(f"pad: Padding length must be divisible by 2, but got {len(given)}")
    shape, n = tuple(input.shape), len(given) // 2
    if n > len(shape):
        raise RuntimeError(
            f"pad: Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(given)} and input of dimension {len(shape)}"
        )
    widths = tuple([(int(given[2 * i]), int(given[2 * i + 1])) for i in reversed(range(n))])
    for size, (a, b) in zip(shape[len(shape) - n :], widths, strict=True):
        if size + a + b < 0 or (mode == "constant" and (size + min(a, 0) < 0 or size + min(b, 0) < 0)):
            raise RuntimeError(f"pad: the padding ({a}, {b}) cuts off more than there is of a dimension of size {size}")
    if mode == "constant":
        return constant_pad(input, widths, 0 if value is None else value)
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"pad: Unrecognised padding mode {mode}")
    if value is not None and value != 0:
        raise RuntimeError(f'pad: Padding mode "{mode}" doesn\'t take in value argument')
    if n not in (1, 2, 3) or len(shape) not in (n + 1, n + 2):
        raise NotImplementedError(
            f"pad: Padding size {len(given)} is not supported for {len(shape)}D input tensor: mode {mode!r} pads the "
            "last one, two or three dimensions, after a channel and perhaps a batch dimension"
        )
    if mode != "circular" and 0 in shape[-n - 1 :]:
        raise RuntimeError(
            f"pad: mode {mode!r}: Expected a tensor with possibly 0 batch size and other non-zero dimensions for "
            f"input, but got: {list(shape)}"
        )
    taps = []
    for axis, (a, b) in zip(range(-n, 0), widths, strict=True):
        if a or b:
            size = shape[axis]
            limit = {"reflect": size - 1, "circular": size}.get(mode)
            if limit is not None and max(a, b) > limit:
                raise RuntimeError(
                    f"pad: Padding size should be at most {limit} in mode {mode!r}, but got: padding ({a}, {b}) at "
                    f"dimension {axis} of input {list(shape)}"
                )
            if not size:
                raise RuntimeError(f"pad: mode {mode!r} cannot pad a dimension without elements: {list(shape)}")
            taps.append((axis, kernels.beyond(size, a, b, mode)))
    return resample(input, tuple(taps))
