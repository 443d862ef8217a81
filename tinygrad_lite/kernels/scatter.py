"""Sums at places: out[index] += g where an index may come several times, the transpose of out[index].

np.add.at is fast in one case only, a vector of places in a vector: so places are first turned into addresses in
flattened memory. Rows of a short table are summed faster still by a product with a one-hot matrix.
"""

from math import isfinite, prod

import numpy as np
from numpy import ndarray

from .broadcast import FAST

SHORT = 64  # rows up to which a one-hot product beats additions at addresses (measured)


def from_front(index: ndarray, n: int) -> ndarray:
    """Indices from −n to n − 1 as indices from 0 to n − 1."""
    return np.where(index < 0, index + n, index) if index.size and index.min() < 0 else index


def add_rows(index: ndarray, g: ndarray, shape: tuple[int, ...], leading: int = 1) -> ndarray:
    """The table of the given shape that has Σ g[i] over index[i] = r in its row r.

    index: ints, of any shape; g: (*index.shape, *row). The first `leading` dimensions of the table count the rows.
    """
    rows, columns = prod(shape[:leading]), prod(shape[leading:])
    n = index.size
    index, flat = index.reshape(n), g.reshape(n, columns)
    if rows <= SHORT and g.dtype.char in FAST:
        hot = np.zeros((n, rows), g.dtype)
        hot[np.arange(n), index] = 1
        out = np.empty(shape, g.dtype)
        hot.T.dot(flat, out.reshape(rows, columns))
        if isfinite(out.sum()):  # else 0·∞ = NaN may have spread from one row to all
            return out
    out = np.zeros(shape, g.dtype)
    if columns != 1:
        index = (index[:, None] * columns + np.arange(columns)).reshape(-1)
    np.add.at(out.reshape(-1), index, flat.reshape(-1))
    return out


def addresses(shape: tuple[int, ...], index: tuple) -> ndarray:
    """Where x[index] lies in the flattened x: x[index] == x.reshape(-1)[addresses(x.shape, index)].

    index: arrays of ints or bools, and slice(None), for the dimensions from the first on.
    """
    parts: list = []
    for part in index:
        parts += part.nonzero() if isinstance(part, ndarray) and part.dtype.kind == "b" else (part,)
    parts += [slice(None)] * (len(shape) - len(parts))
    chosen = [d for d, part in enumerate(parts) if isinstance(part, ndarray)]
    kept = [d for d in range(len(shape)) if d not in chosen]
    # NumPy's rule: the dimensions of the arrays come where they stand together, and first where they stand apart
    together = chosen == list(range(chosen[0], chosen[-1] + 1))
    before = [d for d in kept if d < chosen[0]] if together else []
    after = [d for d in kept if d not in before]
    order = [*before, *chosen[:1] * np.broadcast(*(parts[d] for d in chosen)).ndim, *after]  # of the result
    total: ndarray = np.zeros((), np.intp)
    for d, n in enumerate(shape):
        step = prod(shape[d + 1 :])
        if d in chosen:
            part = from_front(parts[d], n)
            total = total + (part * step).reshape(part.shape + (1,) * len(after))
        else:
            place = order.index(d)
            total = total + (np.arange(n) * step).reshape((n,) + (1,) * (len(order) - 1 - place))
    return total


def add_at(shape: tuple[int, ...], index: tuple, g: ndarray) -> ndarray:
    """An array of the given shape with Σ g at the places of `index` (as `addresses` takes it), and 0 elsewhere."""
    kinds = [part.dtype.kind for part in index if isinstance(part, ndarray)]
    if len(kinds) == len(index) and "b" not in kinds:  # ints for the first dimensions: rows of a longer table
        rows = from_front(index[0], shape[0])
        for part, n in zip(index[1:], shape[1:], strict=False):
            rows = rows * n + from_front(part, n)
        return add_rows(rows, g, shape, len(index))
    out = np.zeros(shape, g.dtype)
    if set(kinds) == {"b"}:  # no place comes twice
        out[index] = g
    else:
        np.add.at(out.reshape(-1), addresses(shape, index).reshape(-1), g.reshape(-1))
    return out
