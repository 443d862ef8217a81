"""Convolution of (N, C, …) in any number of dimensions, and its two transposes: arrays in, arrays out.

Everything is a matrix product. Inside, the batch comes last, (C, H, …, N): so what a window sees in one place is a run
of memory over all images. The windows of one output row need kernel[0] input rows; when these rows lie one behind the
other, with the shifts along the *other* dimensions copied out before, the matrix of all windows of an output row is a
plain piece of that copy, and the next row's is the same piece further on: nothing is copied for the first dimension.
Against copying every window (im2col) that saves a factor of kernel[0] in memory, and made a 5×5 layer twice as fast.
"""

from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np
from numpy import ndarray

from .broadcast import FAST, ones, strided

WIDE = 64  # columns from which the product of one output row is worth a call of BLAS (measured)
CACHE = 1 << 20  # elements of a copy of windows; larger batches are cut, so that it stays in the cache (measured)


class Plan(NamedTuple):
    """The geometry of a convolution, one number for each spatial dimension.

    Output o sees, at place k of the kernel, the input at o·stride − padding + k·dilation, or 0 where that is outside.

    input, kernel, output  sizes
    padding                on the left; on the right it follows from the sizes
    """

    input: tuple[int, ...]
    kernel: tuple[int, ...]
    output: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int = 1

    @property
    def reach(self) -> tuple[int, ...]:
        """The sizes of the padded input that all windows together see."""
        return tuple(
            [
                (o - 1) * s + d * (k - 1) + 1
                for o, s, d, k in zip(self.output, self.stride, self.dilation, self.kernel, strict=True)
            ]
        )


def batch_last(x: ndarray) -> ndarray:
    """(N, C, …) as (C, …, N), contiguous."""
    return np.ascontiguousarray(x.transpose(*range(1, x.ndim), 0))


def batch_first(x: ndarray, out: ndarray) -> None:
    """(C, …, N) into an `out` of (N, C, …). In blocks that stay in the cache: two thirds of the time of one copy."""
    n = x.shape[-1]
    if n == 1 or not out.flags.c_contiguous or not x.flags.c_contiguous:
        out[...] = x.transpose(-1, *range(x.ndim - 1))
        return
    rows, columns = x.reshape(-1, n), out.reshape(n, -1)
    for i in range(0, len(rows), 256):
        columns[:, i : i + 256] = rows[i : i + 256].T


def overlapping(plan: Plan, n: int) -> bool:
    """Whether the windows of one output row are one product, or those of all rows together."""
    return plan.kernel[0] > 1 and plan.dilation[0] == 1 and prod(plan.output[1:]) * n >= WIDE


def padded(x: ndarray, plan: Plan) -> ndarray:
    """The part of (N, C, …) that windows see, with zeros around it, as (C, …, N)."""
    reach = plan.reach
    if not any(plan.padding) and reach == plan.input:
        return batch_last(x)
    out = np.zeros((x.shape[1], *reach, len(x)), x.dtype)
    inside, seen = seen_by(plan)
    out[(slice(None), *inside)] = x[(slice(None), slice(None), *seen)].transpose(*range(1, x.ndim), 0)
    return out


def seen_by(plan: Plan) -> tuple[list, list]:
    """Where the input lies in the padded input, and which part of the input that is."""
    sizes = [max(0, min(n, r - p)) for n, r, p in zip(plan.input, plan.reach, plan.padding, strict=True)]
    return [slice(p, p + n) for p, n in zip(plan.padding, sizes, strict=True)], [slice(n) for n in sizes]


def windows(x: ndarray, plan: Plan) -> ndarray:
    """All windows of a padded (C, …, N) as matrices (groups, rows, kernel·C/groups, columns)."""
    c, n, item = len(x), x.shape[-1], x.itemsize
    groups, cg = plan.groups, c // plan.groups
    rows = overlapping(plan, n)
    steps = x.strides
    along = list(steps[1:-1])
    apart = [step * d for step, d in zip(along, plan.dilation, strict=True)]
    next_to = [step * s for step, s in zip(along, plan.stride, strict=True)]
    if rows:
        sizes = (groups, x.shape[1], *plan.kernel[1:], cg, *plan.output[1:], n)
        strides = (cg * steps[0], steps[1], *apart[1:], steps[0], *next_to[1:], item)
    else:
        sizes = (groups, *plan.kernel, cg, *plan.output, n)
        strides = (cg * steps[0], *apart, steps[0], *next_to, item)
    copied = strided(x, sizes, strides).copy()
    if not rows:
        return copied.reshape(groups, 1, prod(plan.kernel) * cg, prod(plan.output) * n)
    columns = prod(plan.output[1:]) * n
    depth = prod(plan.kernel[1:]) * cg
    row = depth * columns * item
    return strided(
        copied,
        (groups, plan.output[0], plan.kernel[0] * depth, columns),
        (x.shape[1] * row, plan.stride[0] * row, columns * item, item),
    )


def as_matrix(weight: ndarray, groups: int) -> ndarray:
    """A weight (O, C/groups, *kernel) as (groups, 1, O/groups, kernel·C/groups), in the order of `windows`."""
    w = weight.reshape(groups, -1, *weight.shape[1:])
    w = w.transpose(0, 1, *range(3, w.ndim), 2)
    return w.reshape(groups, 1, w.shape[1], -1)


def pieces(n: int, plan: Plan, channels: int) -> list[slice]:
    """A batch of n in parts whose windows fit into the cache."""
    one = channels * prod(plan.output) * prod(plan.kernel[1:] if plan.kernel[0] > 1 else plan.kernel)
    size = max(1, CACHE // max(one, 1), -(-WIDE // max(prod(plan.output[1:]), 1)))
    return [slice(i, i + size) for i in range(0, n, size)]


def pointwise(plan: Plan) -> bool:
    """Whether it is one matrix product for each image, as it lies in memory."""
    simple = prod(plan.kernel) == prod(plan.stride) == plan.groups == 1 and plan.input == plan.output
    return simple and not any(plan.padding) and prod(plan.output) >= 16


def convolve(x: ndarray, weight: ndarray, bias: ndarray | None, plan: Plan) -> ndarray:
    """y[n, o] = Σ w[o, c, k] x[n, c, · stride − padding + k dilation] + b[o]"""
    n, o = len(x), len(weight)
    if pointwise(plan):
        y = np.matmul(weight.reshape(o, -1), x.reshape(*x.shape[:2], prod(plan.input))).reshape(n, o, *plan.output)
        if bias is not None:
            y += bias.reshape(-1, *[1] * len(plan.output))
        return y
    y = np.empty((n, o, *plan.output), x.dtype)
    w = as_matrix(weight, plan.groups)
    for part in pieces(n, plan, x.shape[1]):
        seen = windows(padded(x[part], plan), plan)
        z = np.empty((plan.groups, w.shape[2], seen.shape[1], seen.shape[3]), x.dtype)
        np.matmul(w, seen, out=z.transpose(0, 2, 1, 3))
        z = z.reshape(o, *plan.output, -1)
        if bias is not None:
            z += bias.reshape(-1, *[1] * (z.ndim - 1))
        batch_first(z, y[part])
    return y


def of_weight(g: ndarray, x: ndarray, plan: Plan) -> ndarray:
    """The transpose of `convolve` in its weight: dw[o, c, k] = Σ g[n, o, ·] x[n, c, · stride − padding + k dilation]"""
    o, c, groups = g.shape[1], x.shape[1], plan.groups
    if pointwise(plan):
        a, b = (t.reshape(*t.shape[:2], prod(plan.input)) for t in (g, x))
        return np.matmul(a, b.swapaxes(1, 2)).sum(0).reshape(o, c, *plan.kernel)
    total = np.zeros((groups, prod(plan.kernel) * c // groups, o // groups), x.dtype)
    for part in pieces(len(x), plan, c):
        seen = windows(padded(x[part], plan), plan)
        h = batch_last(g[part]).reshape(groups, o // groups, seen.shape[1], seen.shape[3])
        total += np.matmul(seen, h.transpose(0, 2, 3, 1)).sum(1)
    w = total.reshape(groups, *plan.kernel, c // groups, o // groups)
    return np.ascontiguousarray(w.transpose(0, -1, -2, *range(1, w.ndim - 2))).reshape(o, c // groups, *plan.kernel)


def of_input(g: ndarray, weight: ndarray, bias: ndarray | None, plan: Plan) -> ndarray:
    """The transpose of `convolve` in its input, plus a bias for each channel: the transposed convolution."""
    n, o, groups = len(g), g.shape[1], plan.groups
    cg = weight.shape[1]
    c = cg * groups
    if pointwise(plan):
        x = np.matmul(weight.reshape(o, c).T, g.reshape(n, o, prod(plan.input))).reshape(n, c, *plan.input)
        if bias is not None:
            x += bias.reshape(-1, *[1] * len(plan.input))
        return x
    x = np.empty((n, c, *plan.input), g.dtype)
    for part in pieces(n, plan, c):
        h = batch_last(g[part])
        if overlapping(plan, h.shape[-1]) and plan.stride[0] == 1:
            z = by_rows(h, weight, plan)
        else:
            z = by_places(h, weight, plan)
        if bias is not None:
            z += bias.reshape(-1, *[1] * (z.ndim - 1))
        batch_first(z, x[part])
    return x


def by_places(g: ndarray, weight: ndarray, plan: Plan) -> ndarray:
    """`of_input`, (O, …, N) to (C, …, N): what each window gives to what it saw, added at each place of the kernel."""
    groups, n, c = plan.groups, g.shape[-1], weight.shape[1] * plan.groups
    w = as_matrix(weight, groups)[:, 0].swapaxes(1, 2)
    shares = np.matmul(w, g.reshape(groups, len(g) // groups, -1))
    shares = shares.reshape(groups, *plan.kernel, c // groups, *plan.output, n)
    out = np.zeros((groups, c // groups, *plan.reach, n), g.dtype)
    for k in product(*map(range, plan.kernel)):
        out[(slice(None), slice(None), *shifted(k, plan, 0))] += shares[(slice(None), *k)]
    return cropped(out.reshape(c, *plan.reach, n), plan)


def by_rows(g: ndarray, weight: ndarray, plan: Plan) -> ndarray:
    """As `by_places`, with the sum along the first dimension inside the product.

    Row h of the input gets Σ w[k] g[h − k]: with rows of zeros around g, one product of k rows of it.
    """
    groups, n, item, (k, *rest) = plan.groups, g.shape[-1], g.itemsize, plan.kernel
    o, cg, columns = len(g) // groups, weight.shape[1], prod(plan.output[1:]) * n
    height, first = plan.input[0], plan.padding[0] - (k - 1)  # the row of g that is first in `wide`
    wide = np.zeros((groups, height + k - 1, o, columns), g.dtype)
    low, high = max(0, first), min(plan.output[0], first + height + k - 1)
    if low < high:
        wide[:, low - first : high - first] = g.reshape(groups, o, plan.output[0], columns)[:, :, low:high].swapaxes(
            1, 2
        )
    row = o * columns * item
    seen = strided(wide, (groups, height, k * o, columns), (wide.strides[0], row, columns * item, item))
    w = weight.reshape(groups, o, cg, k, -1)[:, :, :, ::-1].transpose(0, 4, 2, 3, 1).reshape(groups, 1, -1, k * o)
    shares = np.matmul(w, seen).reshape(groups, height, *rest, cg, *plan.output[1:], n)
    if not rest:
        return np.ascontiguousarray(shares.swapaxes(1, 2)).reshape(groups * cg, height, n)
    out = np.zeros((groups, cg, height, *plan.reach[1:], n), g.dtype)
    by_row = out.swapaxes(1, 2)
    for place in product(*map(range, rest)):
        by_row[(slice(None), slice(None), slice(None), *shifted(place, plan, 1))] += shares[
            (slice(None), slice(None), *place)
        ]
    return cropped(out.reshape(groups * cg, height, *plan.reach[1:], n), plan, 1)


def shifted(k: tuple, plan: Plan, first: int) -> list[slice]:
    """What the windows see at place k of the kernel, from dimension `first` on."""
    return [
        slice(i * d, i * d + (o - 1) * s + 1, s)
        for i, d, o, s in zip(k, plan.dilation[first:], plan.output[first:], plan.stride[first:], strict=True)
    ]


def cropped(out: ndarray, plan: Plan, first: int = 0) -> ndarray:
    """The input's part of a padded (C, …, N), padded from dimension `first` on; 0 where no window saw the input."""
    inside, seen = (part[first:] for part in seen_by(plan))
    before = (slice(None),) * (1 + first)
    out = out[(*before, *inside)]
    if out.shape[1:-1] == plan.input:
        return out
    whole = np.zeros((len(out), *plan.input, out.shape[-1]), out.dtype)
    whole[(*before, *seen)] = out
    return whole


def by_channel(g: ndarray) -> ndarray:
    """Sums over all dimensions but the second: the derivative of a bias."""
    n, c = g.shape[:2]
    size = prod(g.shape[2:])
    if g.dtype.char in FAST and size:
        return ones(n, g.dtype.char).dot(g.reshape(n * c, size).dot(ones(size, g.dtype.char)).reshape(n, c))
    return g.reshape(n, c, size).sum((0, 2), dtype=g.dtype)
