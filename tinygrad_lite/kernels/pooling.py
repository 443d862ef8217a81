"""Windows over the last dimensions: their largest elements and where these are, their sums, and the transposes.

A window is a box, so everything goes dimension by dimension: k + k steps instead of k·k, each a step on whole arrays.
"""

from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray


class Windows(NamedTuple):
    """The geometry of a pooling, one number for each pooled dimension.

    Output o sees, at place k of the kernel, the input at o·stride − padding + k·dilation.
    """

    input: tuple[int, ...]
    kernel: tuple[int, ...]
    output: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]

    @property
    def reach(self) -> tuple[int, ...]:
        """The sizes of the padded input that all windows together see."""
        parts = zip(self.output, self.stride, self.dilation, self.kernel, strict=True)
        return tuple([(o - 1) * s + d * (k - 1) + 1 for o, s, d, k in parts])

    @property
    def disjoint(self) -> bool:
        """Whether no element is in two windows."""
        parts = zip(self.kernel, self.stride, self.dilation, strict=True)
        return all(k == 1 or (s >= k and d == 1) for k, s, d in parts)

    def starts(self, i: int) -> ndarray:
        """Where the windows begin along dimension i."""
        return np.arange(self.output[i]) * self.stride[i] - self.padding[i]


class Uneven(NamedTuple):
    """Adaptive windows: output o of O sees the input from ⌊o·n/O⌋ to ⌈(o + 1)·n/O⌉."""

    input: tuple[int, ...]
    output: tuple[int, ...]

    @property
    def kernel(self) -> tuple[int, ...]:
        """The sizes of the largest windows."""
        return tuple([int((self.ends(i) - self.starts(i)).max(initial=1)) for i in range(len(self.input))])

    @property
    def padding(self) -> tuple[int, ...]:
        return (0,) * len(self.input)

    @property
    def dilation(self) -> tuple[int, ...]:
        return (1,) * len(self.input)

    disjoint = False

    def starts(self, i: int) -> ndarray:
        return np.arange(self.output[i]) * self.input[i] // max(self.output[i], 1)

    def ends(self, i: int) -> ndarray:
        return -(-(np.arange(self.output[i]) + 1) * self.input[i] // max(self.output[i], 1))


def lowest(dtype: np.dtype) -> Any:
    """What is smaller than every element."""
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min


def seen(w: Windows) -> tuple[tuple, tuple]:
    """Where the input lies in the padded input, and which part of the input that is."""
    sizes = [max(0, min(n, r - p)) for n, r, p in zip(w.input, w.reach, w.padding, strict=True)]
    inside = [slice(p, p + n) for p, n in zip(w.padding, sizes, strict=True)]
    return (..., *inside), (..., *[slice(n) for n in sizes])


def padded(x: ndarray, w: Windows | Uneven, fill: Any) -> ndarray:
    """The part of x that the windows see, with `fill` around it."""
    if isinstance(w, Uneven) or (not any(w.padding) and all(r <= n for r, n in zip(w.reach, w.input, strict=True))):
        return x
    out = np.full((*x.shape[: -len(w.input)], *w.reach), fill, x.dtype)
    inside, part = seen(w)
    out[inside] = x[part]
    return out


def views(x: ndarray, w: Windows | Uneven, i: int) -> list[ndarray]:
    """The elements that the windows see at each place k of dimension i of the kernel."""
    if isinstance(w, Uneven):  # a small window sees its last element several times
        starts, last = w.starts(i), w.ends(i) - 1
        return [x.take(np.minimum(starts + k, last), i - len(w.input)) for k in range(w.kernel[i])]
    after = (slice(None),) * (len(w.kernel) - 1 - i)
    end, s, d = (w.output[i] - 1) * w.stride[i] + 1, w.stride[i], w.dilation[i]
    return [x[(..., slice(k * d, k * d + end, s), *after)] for k in range(w.kernel[i])]


def largest(x: ndarray, w: Windows | Uneven) -> ndarray:
    """The largest element of each window; nan if there is one in it."""
    y = padded(x, w, lowest(x.dtype))
    for i in range(len(w.kernel)):
        first, *others = views(y, w, i)
        y = first
        for k, other in enumerate(others):
            y = np.maximum(y, other, out=y if k else None)
    return y.copy() if y is x or y.base is not None else y


def addresses(x: ndarray, w: Windows | Uneven) -> ndarray:
    """Where in the flattened x the largest element of each window is: the first of equals, the last nan of several.

    Dimension by dimension the largest so far carries its place in the kernel along, as one number in row-major order.
    Small ints and masks of bits: that is fast, and np.where's guesses at branches are not.
    """
    n, size = len(w.kernel), prod(w.input)
    best = padded(x, w, lowest(x.dtype))
    nans = x.dtype.kind == "f" and x.size > 0 and bool(np.isnan(x.max()))
    small: Any = np.int8 if prod(w.kernel) < 128 else np.int32
    place: Any = 0
    for i, k in enumerate(w.kernel):
        best, *others = views(best, w, i)
        place = place if i else np.zeros(best.shape, small)
        place, *places = views(place, w, i) if i else [place] * k
        place = place * small(k)
        for j, (other, code) in enumerate(zip(others, places, strict=True), 1):
            won = other > best
            code = code * small(k) + small(j)
            if i:  # what comes later along this dimension may be earlier in the window
                won |= (other == best) & (code < place)
            if nans:
                missing = other != other
                won = np.where(missing, (best == best) | (code > place), won)
            place = place ^ ((place ^ code) & np.negative(won.view(np.int8), dtype=small))
            best = np.maximum(best, other)
    steps = [d * prod(w.input[i + 1 :]) for i, d in enumerate(w.dilation)]
    offsets = sum(
        np.ogrid[tuple(slice(0, k * s, s) for k, s in zip(w.kernel, steps, strict=True))], np.zeros((), np.intp)
    )
    starts: Any = np.zeros((), np.intp)
    for i in range(n):
        starts = starts[..., None] + w.starts(i) * prod(w.input[i + 1 :])
    index = offsets.reshape(-1).take(place)
    index += starts
    if any(w.padding) and x.dtype.kind == "f":
        inside_padding(index, place, best, w)
    index += np.arange(prod(x.shape[:-n])).reshape(*x.shape[:-n], *(1,) * n) * size
    return index


def inside_padding(index: ndarray, place: ndarray, best: ndarray, w: Windows | Uneven) -> None:
    """Where all that a window sees is −∞, the address of the first that is not of the padding."""
    lost = (best == -np.inf).nonzero()
    if lost[0].size:
        first: Any = 0
        for i, d in enumerate(w.dilation):
            start = w.starts(i)[lost[i - len(w.kernel)]]
            first = first * w.input[i] + start + d * -(np.minimum(start, 0) // d)
        index[lost] = first


def put(values: ndarray, index: ndarray, shape: tuple[int, ...], once: bool) -> ndarray:
    """Zeros of a shape, with Σ values at the addresses of an index; `once`: no address comes twice."""
    out = np.zeros(shape, values.dtype)
    if once:
        out.reshape(-1)[index] = values
    else:
        np.add.at(out.reshape(-1), index.reshape(-1), values.reshape(-1))
    return out


def sums(x: ndarray, w: Windows) -> ndarray:
    """The sum of each window."""
    y = padded(x, w, 0)
    for i in range(len(w.kernel)):
        first, *others = views(y, w, i)
        y = first
        for k, other in enumerate(others):
            y = np.add(y, other, out=y if k else None)
    return y.copy() if y is x or y.base is not None else y


def spread(g: ndarray, w: Windows) -> ndarray:
    """The transpose of `sums`: each element added to all that its window sees."""
    lead, sizes = g.shape[: -len(w.input)], list(w.output)
    for i in reversed(range(len(w.kernel))):
        sizes[i] = w.reach[i]
        out = np.zeros((*lead, *sizes), g.dtype)
        for view in views(out, w, i):
            view += g
        g = out
    if w.reach == w.input and not any(w.padding):
        return g
    out = np.zeros((*lead, *w.input), g.dtype)
    inside, part = seen(w)
    out[part] = g[inside]
    return out
