"""Attention of one batch of queries, keys and values: arrays in, arrays out.

The exponentials of the scores are taken as they are, without the pass that finds each row's maximum, and are not
divided by their sums: the values and the derivatives, which are smaller, are. Should a sum fall outside of what
floating-point numbers hold well, it is all done again with the maxima subtracted.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy import ndarray

from .sums import total

LOW, HIGH = 1e-10, 1e10  # sums of exponentials between these have lost nothing to overflow or to denormal numbers


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
    scores = np.matmul(q, key.mT)
    if causal:
        scores += after(*scores.shape[-2:], scores.dtype.char)
    if mask is not None:
        scores = np.add(scores, mask, scores if scores.ndim >= mask.ndim else None)
    with np.errstate(over="ignore"):
        e = np.exp(scores)
        sums = row_sums(e)
    if sums.size and (sums.dtype.char not in "fd" or not (sums.min() > LOW and sums.max() < HIGH)):
        e, sums = careful(scores)
    r = 1 / sums
    y = laid_out(query, e if keep is None else e * keep, value)
    y *= r
    return y, Saved(q, key, value, y, e, r, keep, scale)


def laid_out(like: ndarray, a: ndarray, b: ndarray) -> ndarray:
    """a·b in the memory layout of another array: heads that lie beside each other are later joined without a copy."""
    if like.shape[:-2] == a.shape[:-2] == b.shape[:-2] and like.shape[-2:] == (a.shape[-2], b.shape[-1]):
        return np.matmul(a, b, out=np.empty_like(like))
    return np.matmul(a, b)


def row_sums(x: ndarray) -> ndarray:
    """Sums along the last dimension, which is kept; quick also where heads lie beside each other in memory."""
    if x.ndim == 4 and not x.flags.c_contiguous:
        return total(x.swapaxes(1, 2), (3,), True).swapaxes(1, 2)
    return total(x, (x.ndim - 1,), True)


def careful(scores: ndarray) -> tuple[ndarray, ndarray]:
    """Exponentials of the scores less their row's maximum, and their sums; 1 for the sum of a row of zeros."""
    top = np.max(scores, -1, keepdims=True, initial=-np.inf)
    e = np.exp(scores - np.where(top == -np.inf, 0, top).astype(scores.dtype))
    sums = np.sum(e, -1, keepdims=True, dtype=e.dtype)
    sums[sums == 0] = 1
    return e, sums


def of_scores(g: ndarray, saved: Saved) -> tuple[ndarray, ndarray]:
    """g divided by the sums, and the derivative of the scores: p·(keep·(g·vᵀ) − Σ g·y)"""
    _, _, value, y, e, r, keep, _ = saved
    g = g * r
    d = np.matmul(g, value.mT)
    if keep is not None:
        d *= keep
    d -= row_sums(g * y)
    d *= e
    return g, d


def of_query(g: tuple[ndarray, ndarray], saved: Saved) -> ndarray:
    """The derivative of the queries from that of the scores."""
    d = laid_out(saved.query, g[1], saved.key)
    d *= d.dtype.type(saved.scale)
    return d


def of_key(g: tuple[ndarray, ndarray], saved: Saved) -> ndarray:
    """The derivative of the keys from that of the scores."""
    return laid_out(saved.key, g[1].mT, saved.query)


def of_value(g: tuple[ndarray, ndarray], saved: Saved) -> ndarray:
    """The derivative of the values from that of the result."""
    weights = saved.e if saved.keep is None else saved.e * saved.keep
    return laid_out(saved.value, weights.mT, g[0])
