"""Sums of products over named dimensions, y_out = Σ a_left·b_right, as one (batched) matrix product.

np.einsum loops over elements; here the dimensions are only put in order, named as what they are in a matrix product:
batch (in both and in the result), rows (of a), columns (of b), and inner (in both, summed).
"""

from functools import lru_cache
from math import prod

import numpy as np
from numpy import ndarray


@lru_cache(maxsize=256)
def plan(left: str, right: str, out: str) -> tuple:
    """How to transpose a and b, how many dimensions are batch, rows, columns, inner, and how to transpose y."""
    batch = [s for s in out if s in left and s in right]
    rows = [s for s in out if s not in right]
    columns = [s for s in out if s not in left]
    inner = [s for s in left if s in right and s not in out]
    of_a = [left.index(s) for s in batch + rows + inner]
    of_b = [right.index(s) for s in batch + inner + columns]
    of_y = [(batch + rows + columns).index(s) for s in out]
    return of_a, of_b, of_y, len(batch), len(rows), len(columns), len(inner)


def contract(a: ndarray, b: ndarray, left: str, right: str, out: str) -> ndarray:
    """Σ a·b over the labels that `out` lacks. A label of `out` is in left or right, any other in both; none twice."""
    of_a, of_b, of_y, batch, rows, columns, inner = plan(left, right, out)
    a, b = a.transpose(of_a), b.transpose(of_b)
    if not inner:  # no sum: an outer product
        b = b.reshape(b.shape[:batch] + (1,) * rows + b.shape[batch:])
        return (a.reshape(a.shape + (1,) * columns) * b).transpose(of_y)
    shape = a.shape[: batch + rows] + b.shape[batch + inner :]
    a = _merged(a, batch, rows, inner)
    b = _merged(b, batch, inner, columns)
    if not batch:
        y = a.dot(b)
    elif rows or columns:
        y = np.matmul(a, b)
    else:  # a dot product for each of the batch
        y = np.vecdot(a[..., 0, :], b[..., 0])
    return y.reshape(shape).transpose(of_y)


def _merged(x: ndarray, batch: int, rows: int, columns: int) -> ndarray:
    """x with its row dimensions made one, and its columns; the batch stays, so that most often nothing is copied."""
    if rows == columns == 1:
        return x
    middle = batch + rows
    return x.reshape(*x.shape[:batch], prod(x.shape[batch:middle]), prod(x.shape[middle:]))
