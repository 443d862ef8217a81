"""The logistic function and its relatives, without overflow for any finite x: arrays in, arrays out."""

import numpy as np

from ..dtypes import float16, float32, float64
from .blocks import in_blocks, large
from .choice import ONE, ZERO

# e^bound and its reciprocal are normal numbers: no overflow, and no denormals, which are 30 times slower.
BOUND = {float16: np.array(9.5, float16), float32: np.array(87, float32), float64: np.array(708, float64)}


def sigmoid(x):
    """1/(1 + e⁻ˣ), to the last bits also in the left tail, where ½(1 + tanh x/2) loses them."""
    if x.dtype not in BOUND:
        return sigmoid(x.astype(float64))
    one, bound = ONE[x.dtype], BOUND[x.dtype]
    if not x.ndim:
        return one / (one + np.exp(np.minimum(-x, bound)))
    if large(x):  # in blocks: a third of the time
        y = np.empty_like(x)
        in_blocks(lambda x, y: by_exp(x, y, one, bound), x, y)
        return y
    return by_exp(x, None, one, bound)


def by_exp(x, y, one, bound):
    """1/(1 + e⁻ˣ), into y if it is given."""
    y = np.negative(x, y)
    np.minimum(y, bound, out=y)
    np.exp(y, y)
    y += one
    return np.divide(one, y, y)


def softplus(x):
    """ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|)"""
    zero = ZERO[x.dtype]
    if not x.ndim:
        return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, zero)
    y = np.abs(x)
    np.negative(y, out=y)
    np.exp(y, out=y)
    np.log1p(y, out=y)
    y += np.maximum(x, zero)
    return y
