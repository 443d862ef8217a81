"""Windows over the last dimensions: their largest elements and where these are, their sums, and the transposes.

A window is a box, so everything goes dimension by dimension: k + k steps instead of k·k, each a step on whole arrays.
"""

from functools import lru_cache
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from .broadcast import strided

BLOCK = 1 << 17  # elements that are treated at a time, so that they and their copies stay in the cache (measured)


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
    after = (slice(None),) * (len(w.kernel) - 1 - i)
    if isinstance(w, Uneven):
        found, starts, last = [], w.starts(i), w.ends(i) - 1
        for k in range(w.kernel[i]):
            part = x.take(np.minimum(starts + k, last), i - len(w.input))
            part[(..., starts + k > last, *after)] = lowest(x.dtype)  # the window is smaller than others
            found.append(part)
        return found
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


def at_each_place(x: ndarray, w: Windows | Uneven) -> ndarray:
    """What the windows of (planes, …) see at each place of the kernel, in row-major order: (places, planes, *output).

    One copy: on arrays without gaps NumPy's loops are several times as fast as on short rows.
    """
    x = np.ascontiguousarray(padded(x, w, lowest(x.dtype)))
    if isinstance(w, Uneven):
        parts = [x]
        for i in range(len(w.kernel)):
            parts = [view for part in parts for view in views(part, w, i)]
        return np.stack(parts)
    steps = x.strides[1:]
    apart = [step * d for step, d in zip(steps, w.dilation, strict=True)]
    next_to = [step * s for step, s in zip(steps, w.stride, strict=True)]
    seen = strided(x, (*w.kernel, len(x), *w.output), (*apart, x.strides[0], *next_to)).copy()
    return seen.reshape(-1, len(x), *w.output)


def winners(x: ndarray, w: Windows | Uneven) -> tuple[ndarray, ndarray]:
    """The largest element of each window, and its place in the kernel, counted in row-major order.

    The first of equals, the last nan of several.
    """
    shape, planes = (*x.shape[: -len(w.input)], *w.output), x.reshape(-1, *w.input)
    best, place = np.empty(shape, x.dtype), np.empty(shape, np.int8 if prod(w.kernel) < 128 else np.int32)
    values, places = best.reshape(-1, *w.output), place.reshape(-1, *w.output)
    few = max(1, BLOCK // prod(w.input))
    for i in range(0, len(planes), few):
        part = slice(i, i + few)
        winners_of_block(planes[part], w, values[part], places[part])
    return best, place


def winners_of_block(x: ndarray, w: Windows | Uneven, best: ndarray, place: ndarray, nans: bool = False) -> None:
    """Write the winners of a few channels. Places are chosen with masks of bits, without a branch."""
    small: Any = place.dtype.type
    top, *others = at_each_place(x, w)
    place[...] = 0
    for k, other in enumerate(others, 1):
        won = other > top
        if nans:
            won |= other != other
        place ^= (place ^ small(k)) & np.negative(won.view(np.int8), dtype=small)
        top = np.maximum(top, other, out=best)
    if not others:
        best[...] = top
    if x.dtype.kind != "f":
        return
    if not nans and best.size and np.isnan(best.max()):
        winners_of_block(x, w, best, place, True)
    elif any(w.padding):
        lost = (best == -np.inf).nonzero()
        if lost[0].size:  # where all are −∞ the first that is inside, not one of the padding
            code: Any = 0
            for i, (d, k) in enumerate(zip(w.dilation, w.kernel, strict=True)):
                code = code * k - np.minimum(w.starts(i), 0)[lost[i + 1]] // d
            place[lost] = code


@lru_cache(maxsize=16)
def geometry(w: Windows | Uneven) -> tuple[ndarray, ndarray]:
    """How far ahead of a window's first element each place of the kernel is, and where the windows begin."""
    ahead, start = np.zeros((), np.intp), np.zeros((), np.intp)
    for i in range(len(w.kernel)):
        step = prod(w.input[i + 1 :])
        ahead = ahead[..., None] + np.arange(w.kernel[i]) * (w.dilation[i] * step)
        start = start[..., None] + w.starts(i) * step
    return ahead.reshape(-1), start


@lru_cache(maxsize=4)
def first_addresses(w: Windows | Uneven, planes: int) -> ndarray:
    """Where the windows of the first few channels begin. Never written to."""
    return np.arange(planes).reshape(-1, *(1,) * len(w.input)) * prod(w.input) + geometry(w)[1]


def addresses(place: ndarray, w: Windows | Uneven) -> ndarray:
    """Where in the flattened input the elements are that stand at these places of the kernel."""
    planes = place.reshape(-1, *w.output)
    index = np.empty(planes.shape, np.intp)
    few = min(len(planes), max(1, BLOCK // prod(w.input)))
    ahead, starts = geometry(w)[0], first_addresses(w, few)
    for i in range(0, len(planes), few or 1):
        part = index[i : i + few]
        ahead.take(planes[i : i + few], out=part, mode="clip")  # "raise" would copy
        part += starts[: len(part)]
        if i:
            part += i * prod(w.input)
    return index.reshape(place.shape)


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
    return inner(g, w)


def inner(g: ndarray, w: Windows) -> ndarray:
    """The transpose of `padded`: the input's part of it; 0 where no window saw the input."""
    if w.reach == w.input and not any(w.padding):
        return g
    out = np.zeros((*g.shape[: -len(w.input)], *w.input), g.dtype)
    inside, part = seen(w)
    out[part] = g[inside]
    return out


def columns(x: ndarray, w: Windows) -> ndarray:
    """All windows of (N, C, …), one beside the other: (N, C·kernel, windows)."""
    n = len(w.kernel)
    x = np.ascontiguousarray(padded(x, w, 0))
    steps = x.strides[-n:]
    apart = [step * d for step, d in zip(steps, w.dilation, strict=True)]
    next_to = [step * s for step, s in zip(steps, w.stride, strict=True)]
    parts = strided(x, (*x.shape[:-n], *w.kernel, *w.output), (*x.strides[:-n], *apart, *next_to))
    return parts.copy().reshape(len(x), x.shape[1] * prod(w.kernel), prod(w.output))


def from_columns(g: ndarray, w: Windows) -> ndarray:
    """The transpose of `columns`: every element of every window added to where it was."""
    n = len(w.kernel)
    parts = g.reshape(len(g), g.shape[1] // prod(w.kernel), *w.kernel, *w.output)
    out = np.zeros((*parts.shape[:2], *w.reach), g.dtype)
    for k in np.ndindex(*w.kernel):
        view = out
        for i in range(n):
            view = views(view, w, i)[k[i]]
        view += parts[(slice(None), slice(None), *k)]
    return inner(out, w)
