"""Products of vectors, matrices and batches: BLAS by the shortest way.

The method a.dot costs half of a @ b on small matrices; on a batch it is not BLAS at all. A matrix that is shared by a
batch is multiplied once, with the batch flattened. Transposed operands are passed as they are: BLAS reads them so.
"""

from math import prod

import numpy as np
from numpy import ndarray


def flat(x: ndarray) -> ndarray:
    """A batch of rows as one matrix."""
    return x.reshape(prod(x.shape[:-1]), x.shape[-1])


def product(a: ndarray, b: ndarray) -> ndarray:
    """a·b as PyTorch's matmul: 1-d operands are vectors, further dimensions in front are batches and broadcast."""
    if a.ndim < 3 and b.ndim < 3:
        return a.dot(b)
    if b.ndim < 3:
        return flat(a).dot(b).reshape(a.shape[:-1] + b.shape[1:])
    return np.matmul(a, b)


def affine(x: ndarray, weight: ndarray, bias: ndarray | None) -> ndarray:
    """x·Wᵀ + b for rows x of any batch."""
    if x.ndim < 3:
        y = x.dot(weight.T)
        if bias is not None:
            y += bias
        return y
    if bias is not None and bias.ndim > 1:  # it meets the batch, not the rows end to end
        return affine(x, weight, None) + bias
    return affine(flat(x), weight, bias).reshape(*x.shape[:-1], len(weight))
