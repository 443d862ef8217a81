"""The geometry of a convolution, from what a caller writes; or why there is none.

A geometry is computed once for the shapes of a layer, and then looked up.
"""

from functools import lru_cache
from typing import Any

from ..errors import ShapeError
from ..kernels.convolution import Plan
from .geometry import ints


@lru_cache(maxsize=512, typed=True)
def planned(
    name: str, n: int, x: tuple, w: tuple, b: Any, stride: Any, padding: Any, dilation: Any, groups: int
) -> Plan:
    """The geometry of a convolution of an x with a weight w, both given by their shapes, or why there is none."""
    stride, dilation, before, after = checked(name, n, x, w, stride, padding, dilation, groups)
    if w[0] < groups or w[0] % groups:
        raise RuntimeError(
            f"{name}: Given groups={groups}, expected weight to be divisible by {groups} and at least {groups} at "
            f"dimension 0, but got weight of size {list(w)} instead"
        )
    channels = x[-n - 1]
    if channels != w[1] * groups:
        raise ShapeError(
            f"{name}: Given groups={groups}, weight of size {list(w)}, expected input{list(x)} to have "
            f"{w[1] * groups} channels, but got {channels} channels instead"
        )
    check_bias(name, w, b, w[0])
    sizes, kernel = x[-n:], w[2:]
    if 0 in sizes:
        raise RuntimeError(
            f"{name}: Only zero batch or zero channel inputs are supported, but got input shape: {list(x)}"
        )
    whole = [size + p + q for size, p, q in zip(sizes, before, after, strict=True)]
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    if any(span > size for span, size in zip(spans, whole, strict=True)):
        raise RuntimeError(
            f"{name}: Calculated padded input size per channel: ({' x '.join(map(str, whole))}). Kernel size: "
            f"({' x '.join(map(str, spans))}). Kernel size can't be greater than actual input size"
        )
    output = tuple([(size - span) // s + 1 for size, span, s in zip(whole, spans, stride, strict=True)])
    return Plan(sizes, kernel, output, stride, before, dilation, groups)


@lru_cache(maxsize=512, typed=True)
def planned_transposed(
    name: str, n: int, x: tuple, w: tuple, b: Any, stride: Any, padding: Any, extra: Any, dilation: Any, groups: int
) -> Plan:
    """The geometry of the convolution whose transpose takes x, of a given shape, to what is asked for."""
    if isinstance(padding, str):
        raise TypeError(f"{name}: padding must be an int or {n} ints, not {padding!r}")
    stride, dilation, padding, _ = checked(name, n, x, w, stride, padding, dilation, groups)
    extra = ints(name, "output_padding", extra, n)
    if min(extra) < 0 or any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
        raise RuntimeError(
            f"{name}: output padding must be non-negative and smaller than either stride or dilation, but got "
            f"output_padding={list(extra)}, stride={list(stride)}, dilation={list(dilation)}"
        )
    if w[0] % groups:
        raise RuntimeError(f"{name}: expected weight to be divisible by {groups} at dimension 0, but got {list(w)}")
    if x[-n - 1] != w[0]:
        raise ShapeError(
            f"{name}: Given transposed=1, weight of size {list(w)}, expected input{list(x)} to have {w[0]} channels, "
            f"but got {x[-n - 1]} channels instead"
        )
    check_bias(name, w, b, w[1] * groups)
    sizes, kernel = x[-n:], w[2:]
    output = tuple(
        [
            (size - 1) * s - 2 * p + d * (k - 1) + e + 1
            for size, s, p, d, k, e in zip(sizes, stride, padding, dilation, kernel, extra, strict=True)
        ]
    )
    if min(output) < 1:
        raise RuntimeError(
            f"{name}: Given input size per channel: {sizes}. Calculated output size per channel: {output}. Output size "
            "is too small"
        )
    return Plan(output, kernel, sizes, stride, padding, dilation, groups)


def checked(name: str, n: int, x: tuple, w: tuple, stride: Any, padding: Any, dilation: Any, groups: int) -> tuple:
    """Stride, dilation, and the padding before and after, for n dimensions; dimensions that fit."""
    if len(x) not in (n + 1, n + 2):
        raise ShapeError(
            f"{name}: Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to {name}, but got input of "
            f"size: {list(x)}"
        )
    if len(w) != n + 2:
        raise ShapeError(
            f"{name}: expected a {n + 2}-dimensional weight, (out, in, *kernel), but got one of size {list(w)}"
        )
    if groups <= 0:
        raise RuntimeError(f"{name}: non-positive groups is not supported: {groups}")
    stride, dilation = ints(name, "stride", stride, n), ints(name, "dilation", dilation, n)
    if min(stride) <= 0:
        raise RuntimeError(f"{name}: non-positive stride is not supported: {list(stride)}")
    if min(dilation) <= 0:
        raise RuntimeError(f"{name}: dilation should be greater than zero, but got {list(dilation)}")
    if isinstance(padding, str):
        return stride, dilation, *named_padding(name, padding, w[2:], stride, dilation)
    padding = ints(name, "padding", padding, n)
    if min(padding) < 0:
        raise RuntimeError(f"{name}: negative padding is not supported: {list(padding)}")
    return stride, dilation, padding, padding


def named_padding(name: str, padding: str, kernel: tuple, stride: tuple, dilation: tuple) -> tuple[tuple, tuple]:
    """The padding before and after that a word means."""
    if padding == "valid":
        return (0,) * len(kernel), (0,) * len(kernel)
    if padding != "same":
        raise RuntimeError(f"{name}: Invalid padding string: '{padding}'; there are 'valid' and 'same'")
    if max(stride) > 1:
        raise RuntimeError(f"{name}: padding='same' is not supported for strided convolutions")
    total = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
    return tuple([t // 2 for t in total]), tuple([t - t // 2 for t in total])


def check_bias(name: str, w: tuple, b: Any, channels: int) -> None:
    if b is not None and b != (channels,):
        raise ShapeError(
            f"{name}: Given weight of size {list(w)}, expected bias to be 1-dimensional with {channels} elements, but "
            f"got bias of size {list(b)} instead"
        )
