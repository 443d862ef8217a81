"""Sums of a few elements along one dimension, each with a weight: interpolation, padding, uneven means.

Element o of the result is Σ weight[t, o]·x[index[t, o]] over the taps t. The transpose sends every element back.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray


class Taps(NamedTuple):
    """What each element of a resampled dimension is made of.

    size    of the dimension before
    index   (taps, size after): places before; −1 for a tap that is not used
    weight  the same shape; None: all are 1
    """

    size: int
    index: ndarray
    weight: ndarray | None


def resampled(x: ndarray, axis: int, taps: Taps) -> ndarray:
    """x with the dimension `axis` (counted from the end) resampled."""
    total = None
    for t, index in enumerate(taps.index):
        used = index >= 0
        part = x.take(index if used.all() else index[used], axis)
        if taps.weight is not None:
            part *= along(taps.weight[t][used], axis, x.dtype)
        if total is None:
            total = part  # the first tap is always used
        elif used.all():
            total += part
        else:
            total[(..., used, *(slice(None),) * (-axis - 1))] += part
    assert total is not None
    return total


def spread(g: ndarray, axis: int, taps: Taps) -> ndarray:
    """The transpose of `resampled`: each element added, with its weights, to those that it was made of.

    What goes to one place is summed first: sorted by their places, these are runs.
    """
    shape = list(g.shape)
    shape[axis] = taps.size
    out = np.zeros(shape, g.dtype)
    after = (slice(None),) * (-axis - 1)
    for t, index in enumerate(taps.index):
        from_ = np.flatnonzero(index >= 0)
        index = index[from_]
        if not index.size:
            continue
        part = g
        if (index[1:] < index[:-1]).any():
            order = index.argsort(kind="stable")
            from_, index = from_[order], index[order]
        if len(from_) != g.shape[axis] or (from_[1:] < from_[:-1]).any():
            part = g.take(from_, axis)
        if taps.weight is not None:
            part = part * along(taps.weight[t][from_], axis, g.dtype)
        runs = np.flatnonzero(np.concatenate(([True], index[1:] != index[:-1])))
        if len(runs) < len(index):
            part = np.add.reduceat(part, runs, axis)
        out[(..., index[runs], *after)] += part
    return out


def along(weight: ndarray, axis: int, dtype: np.dtype) -> ndarray:
    """Weights shaped so that they multiply along a dimension counted from the end."""
    return weight.astype(dtype, copy=False).reshape(-1, *(1,) * (-axis - 1))


def ratio(n: int, m: int, corners: bool, scale: float | None, real: Any) -> Any:
    """How far apart in the input (n elements) the neighbours of the output (m) are."""
    if corners:
        return real(n - 1) / real(m - 1) if m > 1 else real(0)
    return real(1.0 / scale) if scale else real(n) / real(m)


def sources(n: int, m: int, corners: bool, scale: float | None, real: Any) -> ndarray:
    """Where in the input the elements of the output are, as real numbers."""
    step, o = ratio(n, m, corners, scale, real), np.arange(m, dtype=real)
    return o * step if corners else (o + real(0.5)) * step - real(0.5)


@lru_cache(maxsize=64)
def nearest(n: int, m: int, scale: float | None, exact: bool, whole: bool) -> Taps:
    """The nearest element; `exact` rounds from the centre of an element, else from its left edge.

    whole  between a size and itself or its double, every element once or twice, whatever the scale
    """
    real = np.float32
    o = np.arange(m, dtype=real)
    step = ratio(n, m, False, scale, real)
    index = np.floor((o + real(0.5)) * step if exact else o * step).astype(np.intp)
    if whole and m in (n, 2 * n):
        index = np.arange(m) // (m // n)
    return Taps(n, np.minimum(index, n - 1)[None], None)


@lru_cache(maxsize=64)
def linear(n: int, m: int, corners: bool, scale: float | None, real: Any) -> Taps:
    """The two neighbours, weighted by their nearness."""
    if n == m:
        return Taps(n, np.arange(n)[None], None)
    x = np.maximum(sources(n, m, corners, scale, real), 0)
    left = np.minimum(x.astype(np.intp), n - 1)
    t = np.clip(x - left, 0, 1).astype(real)
    return Taps(n, np.stack((left, np.minimum(left + 1, n - 1))), np.stack((1 - t, t)))


@lru_cache(maxsize=64)
def cubic(n: int, m: int, corners: bool, scale: float | None, real: Any) -> Taps:
    """Four neighbours, by the cubic convolution of R. Keys (1981) with a = −3/4."""
    x = sources(n, m, corners, scale, real)
    left = np.minimum(np.floor(x).astype(np.intp), n - 1)
    t = np.clip(x - left, 0, 1).astype(real)
    distances = np.stack((t + 1, t, 1 - t, 2 - t))
    index = np.clip(left + np.arange(-1, 3)[:, None], 0, n - 1)
    return Taps(n, index, keys(distances, real(-0.75)))


def keys(x: ndarray, a: Any) -> ndarray:
    """The cubic convolution kernel with parameter a."""
    x = np.abs(x)
    near, far = ((a + 2) * x - (a + 3)) * x * x + 1, ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return np.where(x <= 1, near, np.where(x < 2, far, 0)).astype(x.dtype)


def hat(x: ndarray) -> ndarray:
    return np.maximum(1 - np.abs(x), 0)


def lanczos(x: ndarray) -> ndarray:
    return np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0)


FILTERS: dict[str, tuple] = {
    "bilinear": (1, hat),
    "bicubic": (2, lambda x: keys(x, x.dtype.type(-0.5))),
    "lanczos": (3, lanczos),
}


@lru_cache(maxsize=64)
def smooth(n: int, m: int, mode: str, corners: bool, scale: float | None, real: Any) -> Taps:
    """All elements under a filter as wide as the distance of the outputs, so that shrinking does not alias."""
    if n == m:
        return Taps(n, np.arange(n)[None], None)
    half, kernel = FILTERS[mode]
    step = ratio(n, m, corners, scale, real)
    wide = max(step, real(1))
    centre = step * (np.arange(m, dtype=real) + real(0.5))
    first = np.maximum((centre - half * wide + real(0.5)).astype(np.intp), 0)
    last = np.minimum((centre + half * wide + real(0.5)).astype(np.intp), n)
    index = first + np.arange(max(int((last - first).max(initial=1)), 1))[:, None]
    used = index < last
    weight = np.where(used, kernel((index - centre + real(0.5)) / wide), 0).astype(real)
    weight /= weight.sum(0)
    return Taps(n, np.where(used, index, -1), weight)


@lru_cache(maxsize=64)
def uneven(n: int, m: int) -> Taps:
    """The means of m windows that cover n elements as evenly as ints allow: from ⌊o·n/m⌋ to ⌈(o + 1)·n/m⌉."""
    o = np.arange(m)
    first, last = o * n // max(m, 1), -(-(o + 1) * n // max(m, 1))
    index = first + np.arange(max(int((last - first).max(initial=1)), 1))[:, None]
    return Taps(n, np.where(index < last, index, -1), np.broadcast_to(1.0 / np.maximum(last - first, 1), index.shape))


def beyond(n: int, before: int, after: int, mode: str) -> Taps:
    """Padding of n elements with elements of their own: mirrored, the last one again, or from the other end."""
    index = np.arange(-before, n + after)
    if mode == "reflect":
        index = (n - 1) - np.abs((n - 1) - np.abs(index))
    elif mode == "replicate":
        index = np.clip(index, 0, n - 1)
    else:
        first, last = max(-before, 0), n - max(-after, 0)  # what is cut off is not repeated either
        index = first + (index - first) % (last - first)
    return Taps(n, index[None], None)
