"""Several passes over large arrays, block by block: what one pass leaves in the cache, the next one finds there.

Of a million elements, three passes that go through memory take 2.8 ms; in blocks they take 1.1 ms (measured).
"""

from collections.abc import Callable

import numpy as np
from numpy import ndarray

BLOCK = 1 << 15  # elements (measured: 2¹⁴ to 2¹⁷ are alike)
LARGE = 1 << 17  # elements from which arrays do not fit into the cache together


def in_blocks(rule: Callable, *arrays: ndarray) -> None:
    """rule(*parts) on one block of C-contiguous arrays after the other."""
    flat = [a.reshape(-1) for a in arrays]
    for first in range(0, flat[0].size, BLOCK):
        rule(*(a[first : first + BLOCK] for a in flat))


def large(*arrays) -> bool:
    """Whether these are large arrays that lie in one piece, and no tensors."""
    first = arrays[0]
    return first.__class__ is ndarray and first.size >= LARGE and all(a.flags.c_contiguous for a in arrays)


def through_tanh(g, y):
    """g (1 − y²)"""
    if not large(g, y):
        return g - g * y * y  # a product of arrays is quicker than 1 − y²: a number costs 0.3 µs
    d = np.empty_like(g)
    in_blocks(tanh_slope, g, y, d)
    return d


def tanh_slope(g: ndarray, y: ndarray, d: ndarray) -> None:
    np.multiply(g, y, d)
    d *= y
    np.subtract(g, d, d)


def through_sigmoid(g, y):
    """g y (1 − y): 1 − y is exact near 1, y − y² is not."""
    if not large(g, y):
        return g * (y * (1 - y))
    d = np.empty_like(g)
    in_blocks(sigmoid_slope, g, y, d)
    return d


def sigmoid_slope(g: ndarray, y: ndarray, d: ndarray) -> None:
    np.subtract(1, y, d)
    d *= y
    d *= g
