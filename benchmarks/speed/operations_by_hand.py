"""Single operations by hand: forward, and forward with backward, into buffers that are made once."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .workload import Case

Pair = tuple[Callable[[], Any], Callable[[], Sequence[Any]]]
BLOCK = 1 << 15  # elements that stay in the cache


def add(a: np.ndarray, b: np.ndarray, g: np.ndarray) -> Pair:
    y, da, db = (np.empty_like(a) for _ in range(3))

    def forward():
        return np.add(a, b, out=y)

    def both():
        np.add(a, b, out=y)
        da[...] = g
        db[...] = g
        return y, da, db

    return forward, both


def mul(a: np.ndarray, b: np.ndarray, g: np.ndarray) -> Pair:
    y, da, db = (np.empty_like(a) for _ in range(3))

    def forward():
        return np.multiply(a, b, out=y)

    def both():
        return np.multiply(a, b, out=y), np.multiply(g, b, out=da), np.multiply(g, a, out=db)

    return forward, both


def matmul(a: np.ndarray, b: np.ndarray, g: np.ndarray) -> Pair:
    y, da, db = (np.empty_like(a) for _ in range(3))

    def forward():
        return np.dot(a, b, out=y)

    def both():
        return np.dot(a, b, out=y), np.dot(g, b.T, out=da), np.dot(a.T, g, out=db)

    return forward, both


def relu(x: np.ndarray, g: np.ndarray) -> Pair:
    y, d, zero = np.empty_like(x), np.empty_like(x), np.zeros((), np.float32)
    mask = np.empty(x.shape, bool)

    def forward():
        return np.maximum(x, zero, out=y)

    def both():
        np.maximum(x, zero, out=y)
        np.greater(x, zero, out=mask)
        return y, np.multiply(g, mask, out=d)

    return forward, both


def sum(x: np.ndarray, g: np.ndarray) -> Pair:
    ones, flat, d = np.ones(x.size, np.float32), x.reshape(-1), np.empty_like(x)

    def forward():
        return flat.dot(ones)

    def both():
        d[...] = g
        return flat.dot(ones), d

    return forward, both


def in_blocks(forward: Callable, backward: Callable, *arrays: np.ndarray, rows: bool = False) -> Pair:
    """Forward and backward on one block after the other, so that backward finds it in the cache.

    arrays  the inputs, then the value, the derivatives and further buffers; the value comes first of what is returned
    """
    inputs = arrays[0]
    parts = [a if rows else a.reshape(-1) for a in arrays]
    step = max(1, BLOCK // inputs.shape[1]) if rows else BLOCK
    blocks = [[a[i : i + step] for a in parts] for i in range(0, len(parts[0]), step)]
    y, d = arrays[2], arrays[3]

    def all_forward():
        for block in blocks:
            forward(*block)
        return y

    def both():
        for block in blocks:
            forward(*block)
            backward(*block)
        return y, d

    return all_forward, both


def exp(x: np.ndarray, g: np.ndarray) -> Pair:
    return in_blocks(
        lambda x, g, y, d: np.exp(x, out=y),
        lambda x, g, y, d: np.multiply(g, y, out=d),
        x, g, np.empty_like(x), np.empty_like(x),
    )  # fmt: skip


def tanh(x: np.ndarray, g: np.ndarray) -> Pair:
    def backward(x, g, y, d):
        np.multiply(y, y, out=d)
        d *= g
        np.subtract(g, d, out=d)

    return in_blocks(lambda x, g, y, d: np.tanh(x, out=y), backward, x, g, np.empty_like(x), np.empty_like(x))


def softmax(x: np.ndarray, g: np.ndarray) -> Pair:
    ones = np.ones(x.shape[1], np.float32)

    def forward(x, g, y, d):
        np.subtract(x, x.max(1, keepdims=True), out=y)
        np.exp(y, out=y)
        y *= 1 / y.dot(ones)[:, None]

    def backward(x, g, y, d):
        np.multiply(g, y, out=d)
        s = d.dot(ones)[:, None]
        np.subtract(g, s, out=d)
        d *= y

    return in_blocks(forward, backward, x, g, np.empty_like(x), np.empty_like(x), rows=True)


def layer_norm(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, g: np.ndarray) -> Pair:
    y, d, z = (np.empty_like(x) for _ in range(3))
    dw, db = np.empty_like(weight), np.empty_like(bias)
    n = x.shape[1]
    ones = np.ones(n, np.float32)

    def forward(x, g, y, d, z):
        np.subtract(x, (x.dot(ones) / n)[:, None], out=z)
        np.multiply(z, z, out=y)
        z *= (1 / np.sqrt(y.dot(ones) / n + 1e-5))[:, None].astype(np.float32)
        np.multiply(z, weight, out=y)
        y += bias

    def backward(x, g, y, d, z):
        spread = 1 / np.sqrt(x.var(1) + 1e-5)
        np.multiply(g, z, out=d)
        dw[...] += ones[: len(x)].dot(d)
        db[...] += ones[: len(x)].dot(g)
        along = d.dot(weight) / n
        mean = g.dot(weight) / n
        np.multiply(g, weight, out=d)
        d -= mean[:, None]
        z *= along[:, None]
        d -= z
        d *= spread[:, None]

    forward_all, all_back = in_blocks(forward, backward, x, g, y, d, z, rows=True)

    def both():
        dw[...] = 0
        db[...] = 0
        return *all_back(), dw, db

    return forward_all, both


def cross_entropy(side: int) -> Case:
    from .operations import Operation, derivative

    (x,) = Operation("", ((side, side),), lambda lib, x: x).arrays()
    labels, g = np.random.default_rng(1).integers(0, side, side), derivative(())
    d, losses, rows = np.empty_like(x), np.empty(side, np.float32), np.arange(side)
    ones, step = np.ones(side, np.float32), max(1, BLOCK // side)

    def both():
        for i in range(0, side, step):
            z, t, row = d[i : i + step], labels[i : i + step], rows[: min(step, side - i)]
            np.subtract(x[i : i + step], x[i : i + step].max(1, keepdims=True), out=z)
            picked = z[row, t]
            np.exp(z, out=z)
            s = z.dot(ones)
            np.subtract(np.log(s), picked, out=losses[i : i + step])
            z *= (g / (s * side))[:, None]
            z[row, t] -= g / side
        return losses.dot(ones) / np.float32(side), d

    return Case(both, both)


def batched(a: np.ndarray, b: np.ndarray, g: np.ndarray) -> Pair:
    """A product for each matrix of the batch; if b is shared by the batch, one product of the flattened batch."""
    arrays = a, b, g, np.empty_like(g), np.empty_like(a), np.empty_like(b)
    shared = b.ndim < a.ndim
    parts = [tuple(v.reshape(-1, v.shape[-1]) for v in arrays)] if shared else list(zip(*arrays, strict=True))

    def forward():
        for a, b, _, y, _, _ in parts:
            np.dot(a, b, out=y)
        return arrays[3]

    def both():
        for a, b, g, y, da, db in parts:
            np.dot(a, b, out=y)
            np.dot(g, b.T, out=da)
            np.dot(a.T, g, out=db)
        return arrays[3:]

    return forward, both


def scores(q: np.ndarray, k: np.ndarray, g: np.ndarray) -> Pair:
    """q·kᵀ for each head of each sample."""
    arrays = q, k, g, np.empty_like(g), np.empty_like(q), np.empty_like(k)
    parts = list(zip(*(v.reshape(-1, *v.shape[-2:]) for v in arrays), strict=True))

    def forward():
        for q, k, _, y, _, _ in parts:
            np.dot(q, k.T, out=y)
        return arrays[3]

    def both():
        for q, k, g, y, dq, dk in parts:
            np.dot(q, k.T, out=y)
            np.dot(g, k, out=dq)
            np.dot(g.T, q, out=dk)
        return arrays[3:]

    return forward, both
