"""Triangular systems and elimination: what NumPy's share of LAPACK leaves out."""

from functools import lru_cache
from math import prod

import numpy as np
from numpy import ndarray

PANEL = 16  # columns that are eliminated one by one
FEW, BLOCK, INVERTED = 64, 64, 32  # measured: few right sides are solved for in larger blocks, many by inverses


def triangular_solution(a: ndarray, b: ndarray, upper: bool, unit: bool) -> ndarray:
    """a⁻¹·b, where only one triangle of a is read; its diagonal is taken as 1 if `unit`. Batches broadcast.

    A zero on the diagonal divides by zero: ∞ and nan, as in BLAS.
    """
    if upper:
        return _upper(a, b, unit)
    return np.ascontiguousarray(_upper(a[..., ::-1, ::-1], b[..., ::-1, :], unit)[..., ::-1, :])


def _upper(a: ndarray, b: ndarray, unit: bool) -> ndarray:
    """The last half of the unknowns, and with them the first half: most of the work is a matrix product."""
    n = a.shape[-1]
    if n <= (BLOCK if b.shape[-1] < FEW else INVERTED):
        return _block(a, b, unit)
    half = n // 2
    last = _upper(a[..., half:, half:], b[..., half:, :], unit)
    first = _upper(a[..., :half, :half], b[..., :half, :] - a[..., :half, half:] @ last, unit)
    return np.concatenate((np.broadcast_to(first, last.shape[:-2] + first.shape[-2:]), last), -2)


@lru_cache(maxsize=256)
def _above(n: int) -> ndarray:
    """True above the diagonal."""
    return np.arange(n) > np.arange(n)[:, None]


@lru_cache(maxsize=256)
def _from(n: int) -> ndarray:
    """True on and above the diagonal."""
    return np.arange(n) >= np.arange(n)[:, None]


def _block(a: ndarray, b: ndarray, unit: bool) -> ndarray:
    """One block: elimination finds nothing to eliminate in an upper triangle, so this is back substitution."""
    n = a.shape[-1]
    u = np.where((_above if unit else _from)(n), a, a.dtype.type(0))
    if unit:
        u += np.eye(n, dtype=a.dtype)
    try:
        return np.linalg.solve(u, b) if b.shape[-1] < FEW else np.linalg.inv(u) @ b
    except np.linalg.LinAlgError:
        return _substituted(u, b)


def _substituted(u: ndarray, b: ndarray) -> ndarray:
    """Back substitution row by row, which may divide by zero."""
    x = np.array(np.broadcast_to(b, np.broadcast_shapes(u.shape[:-2], b.shape[:-2]) + b.shape[-2:]))
    with np.errstate(divide="ignore", invalid="ignore"):
        for i in reversed(range(u.shape[-1])):
            x[..., i, :] -= (u[..., i, None, i + 1 :] @ x[..., i + 1 :, :])[..., 0, :]
            x[..., i, :] /= u[..., i, i, None]
    return x


def eliminated(x: ndarray) -> tuple[ndarray, ndarray]:
    """The factors L (below the diagonal; its own is 1) and U of x with rows exchanged, in one array, and the exchanges.

    pivots[i] is the row, counted from 0, that row i was exchanged with at step i (LAPACK's getrf). The largest element
    of each column is its pivot. The columns of a panel go one by one, the whole batch at once; what stands to the right
    of the panel is brought up to date by one matrix product.
    """
    m, n = x.shape[-2:]
    lu = np.array(x.reshape(prod(x.shape[:-2]), m, n))
    steps, batch = min(m, n), np.arange(len(lu))
    pivots = np.empty((len(lu), steps), np.int64)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for start in range(0, steps, PANEL):
            stop = min(start + PANEL, steps)
            for k in range(start, stop):
                pivots[:, k] = row = k + np.abs(lu[:, k:, k]).argmax(1)
                lu[batch, k], lu[batch, row] = lu[batch, row], lu[batch, k]
                pivot = lu[:, k, k, None]
                lu[:, k + 1 :, k] /= np.where(pivot == 0, 1, pivot)
                lu[:, k + 1 :, k + 1 : stop] -= lu[:, k + 1 :, k, None] * lu[:, k, None, k + 1 : stop]
            if stop < n:
                right = lu[:, :, stop:]
                right[:, start:stop] = triangular_solution(
                    lu[:, start:stop, start:stop], right[:, start:stop], False, True
                )
                right[:, stop:] -= lu[:, stop:, start:stop] @ right[:, start:stop]
    return lu.reshape(x.shape), pivots.reshape(*x.shape[:-2], steps)


def pivots_of(x: ndarray) -> ndarray:
    """The pivots of the elimination: the diagonal of U."""
    return eliminated(x)[0].diagonal(0, -2, -1)


def permutation(pivots: ndarray, size: int) -> ndarray:
    """The order of the rows after a sequence of exchanges."""
    order = np.tile(np.arange(size), (prod(pivots.shape[:-1]), 1))
    batch = np.arange(len(order))
    for k, row in enumerate(pivots.reshape(len(order), pivots.shape[-1]).T):
        order[batch, k], order[batch, row] = order[batch, row], order[batch, k]
    return order.reshape(*pivots.shape[:-1], size)
