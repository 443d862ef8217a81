"""Sums at places: out[index] += g where an index may come several times, the transpose of out[index].

np.add.at is fast in one case only, a vector of places in a vector: so places are first turned into addresses in
flattened memory. Rows of a short table are summed faster still by a product with a one-hot matrix.
"""

from math import prod

import numpy as np
from numpy import ndarray

SHORT = 64  # rows up to which a one-hot product beats additions at addresses (measured)


def add_rows(index: ndarray, g: ndarray, rows: int) -> ndarray:
    """The table, of `rows` rows, that has Σ g[i] over index[i] = r in row r.

    index: (…) of ints from −rows to rows − 1; g: (…, *row).
    """
    n = index.size
    index, flat = index.reshape(n), g.reshape(n, prod(g.shape[index.ndim :]))
    if (index < 0).any():
        index = np.where(index < 0, index + rows, index)
    columns = flat.shape[1]
    if rows <= SHORT and g.dtype.char in "fd":
        hot = np.zeros((n, rows), g.dtype)
        hot[np.arange(n), index] = 1
        out = hot.T.dot(flat)
        if np.isfinite(out.sum()):  # else 0·∞ = NaN may have spread from one row to all
            return out
    out = np.zeros(rows * columns, g.dtype)
    np.add.at(out, (index[:, None] * columns + np.arange(columns)).reshape(-1), flat.reshape(-1))
    return out.reshape(rows, columns)


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
            part = np.where(parts[d] < 0, parts[d] + n, parts[d]) * step
            total = total + part.reshape(part.shape + (1,) * len(after))
        else:
            place = order.index(d)
            total = total + (np.arange(n) * step).reshape((n,) + (1,) * (len(order) - 1 - place))
    return total


def add_at(shape: tuple[int, ...], index: tuple, g: ndarray) -> ndarray:
    """An array of the given shape with Σ g at the places of `index` (as `addresses` takes it), and 0 elsewhere."""
    arrays = [part for part in index if isinstance(part, ndarray)]
    if all(part.dtype.kind == "b" for part in arrays):  # no place comes twice
        out = np.zeros(shape, g.dtype)
        out[index] = g
        return out
    if len(arrays) == 1 and index[0] is arrays[0]:
        return add_rows(index[0], g, shape[0]).reshape(shape)
    out = np.zeros(prod(shape), g.dtype)
    np.add.at(out, addresses(shape, index).reshape(-1), g.reshape(-1))
    return out.reshape(shape)
