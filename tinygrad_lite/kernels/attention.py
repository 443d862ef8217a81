"""Attention of one batch of queries, keys and values: arrays in, arrays out.

The exponentials of the scores are taken as they are, without the pass that finds each row's maximum, and are not
divided by their sums: the values and the derivatives, which are smaller, are. Should a sum fall outside of what
floating-point numbers hold well, it is done again with the maxima subtracted. A large batch is taken in parts whose
scores stay in the cache.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy import ndarray

from .broadcast import FAST
from .softmax import HIGH, LOW
from .sums import total

BLOCK = 1 << 16  # scores that stay in the cache through the passes


class Saved(NamedTuple):
    """What the derivative needs: the operands, and the weights e·r, where keep·e·r were applied."""

    query: ndarray  # times the scale
    key: ndarray
    value: ndarray
    y: ndarray
    e: ndarray
    r: ndarray
    keep: ndarray | None
    scale: float


@lru_cache(maxsize=32)
def after(rows: int, columns: int, char: str) -> ndarray:
    """−∞ where the column comes after the row, else 0; shared by all who ask: never write into it."""
    mask = np.triu(np.full((rows, columns), -np.inf, char), 1)
    mask.flags.writeable = False
    return mask


def attention(query, key, value, mask, keep, causal: bool, scale: float) -> tuple[ndarray, Saved]:
    """softmax(scale·q·kᵀ + mask)·v, the weights multiplied by `keep`; a row that is masked throughout gives 0."""
    q = query * query.dtype.type(scale)
    batch = np.broadcast_shapes(q.shape[:-2], key.shape[:-2])
    e = np.empty((*batch, q.shape[-2], key.shape[-2]), q.dtype)
    if causal:
        mask = after(*e.shape[-2:], q.dtype.char)
    r = np.empty((*e.shape[:-1], 1), q.dtype)
    y = space(q, np.broadcast_shapes(batch, value.shape[:-2]), q.shape[-2], value.shape[-1])
    for part in parts(e, q, key, value):
        own = None if mask is None else mask[part] if mask.ndim == e.ndim and len(mask) > 1 else mask
        weights = exponentials(q[part], key[part], own, e[part], r[part])
        np.matmul(weights if keep is None else weights * keep[part], value[part], out=y[part])
        y[part] *= r[part]
    return y, Saved(q, key, value, y, e, r, keep, scale)


def parts(e: ndarray, *operands: ndarray) -> list:
    """Slices of the first dimension, or ... for all."""
    if e.size <= 2 * BLOCK or any(x.shape[:-2] != e.shape[:-2] for x in operands) or e.ndim < 3:
        return [...]
    step = max(1, BLOCK * len(e) // e.size)
    return [slice(first, first + step) for first in range(0, len(e), step)]


def space(like: ndarray, batch: tuple, rows: int, columns: int) -> ndarray:
    """An array, in the memory layout of another one: heads that lie beside each other are joined without a copy."""
    shape = (*batch, rows, columns)
    return np.empty_like(like) if like.shape == shape else np.empty(shape, like.dtype)


def exponentials(q, key, mask, e: ndarray, r: ndarray) -> ndarray:
    """Fills in e^scores, perhaps less their row's maximum, and 1 over their sums, 1 over 1 for a row of zeros."""
    scores_into(e, q, key, mask)
    with np.errstate(over="ignore"):
        np.exp(e, e)
        sums = row_sums(e)
    if sums.size and (sums.dtype.char not in FAST or not (sums.min() > LOW and sums.max() < HIGH)):
        scores_into(e, q, key, mask)
        top = np.max(e, -1, keepdims=True, initial=-np.inf)
        e -= np.where(top == -np.inf, 0, top).astype(e.dtype)
        np.exp(e, e)
        sums = np.sum(e, -1, keepdims=True, dtype=e.dtype)
        sums[sums == 0] = 1
    np.divide(1, sums, r)
    return e


def scores_into(e: ndarray, q: ndarray, key: ndarray, mask: ndarray | None) -> None:
    np.matmul(q, key.mT, out=e)
    if mask is not None:
        e += mask


def row_sums(x: ndarray) -> ndarray:
    """Sums along the last dimension, which is kept; quick also where heads lie beside each other in memory."""
    if x.ndim == 4 and not x.flags.c_contiguous:
        return total(x.swapaxes(1, 2), (3,), True).swapaxes(1, 2)
    return total(x, (x.ndim - 1,), True)


def slopes(g: ndarray, saved: Saved, of_mask: bool) -> tuple[ndarray, ndarray, ndarray, ndarray | None]:
    """The derivatives of query, key and value, and of the scores if they are wanted, for the mask.

    That of the scores is p·(keep·(g·vᵀ) − Σ g·y).
    """
    q, key, value, y, e, r, keep, scale = saved
    batch, whole = e.shape[:-2], y.shape[:-2]
    dq, dk = space(q, whole, *q.shape[-2:]), space(key, whole, *key.shape[-2:])
    dv = space(value, whole, *value.shape[-2:])
    scores = np.empty((*whole, *e.shape[-2:]), e.dtype) if of_mask else None
    for part in parts(e, q, key, value) if whole == batch else [...]:
        weights, g_part = e[part], g[part] * r[part]
        np.matmul((weights if keep is None else weights * keep[part]).mT, g_part, out=dv[part])
        d = np.matmul(g_part, value[part].mT)
        if keep is not None:
            d *= keep[part]
        d -= row_sums(g_part * y[part])
        d *= weights
        np.matmul(d, key[part], out=dq[part])
        np.matmul(d.mT, q[part], out=dk[part])
        if scores is not None:
            scores[part] = d
    dq *= dq.dtype.type(scale)
    return dq, dk, dv, scores
