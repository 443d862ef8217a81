"""Rows of a table: the vectors that stand for words."""

import numpy as np

from ..errors import OutOfBoundsError, ShapeError
from ..operation import nary, unary
from .index import getitem, scattered


@nary(linear=True)
def embedding(input, weight, padding_idx=None):
    """y = w[i]        dy = dw[i]

    Row i of a table w (V, D) for each number i of the input: (…) → (…, D). The row `padding_idx` gets no derivative.
    IndexError for a number that is no row (PyTorch's page torch.nn.functional.embedding).

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.embedding(tl.tensor([1, 0, 1]), tl.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[3., 4.],
            [1., 2.],
            [3., 4.]])
    """
    if input.dtype not in (np.int64, np.int32):
        raise RuntimeError(
            "embedding: Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, "
            f"Int; but got {input.dtype} instead; convert it with .long()"
        )
    if weight.ndim != 2:
        raise ShapeError(f"embedding: 'weight' must be 2-D, not of shape {weight.shape}")
    rows, shape = len(weight), weight.shape
    if input.size and input.view(f"u{input.itemsize}").max() >= rows:  # without its sign a negative number is large
        wrong = input[(input < 0) | (input >= rows)].flat[0]
        raise OutOfBoundsError(f"embedding: index out of range in self: {wrong}, where the table has {rows} rows")

    def pull(g):
        if padding_idx is not None:
            g = g * (input != padding_idx)[..., None]
        return scattered(g, shape, None, (input,))

    return weight.take(input, 0), None, pull


@unary(linear=True)
def bag_sum(x, offsets):
    """y_b = Σ x_i of bag b        dy_b = Σ dx_i

    Of the rows of x, bag b has those from offsets[b] to offsets[b + 1] − 1; the last offset is their number.
    """
    counts, shape = np.diff(offsets), (len(offsets) - 1, *x.shape[1:])
    y, filled = np.zeros(shape, x.dtype), counts > 0
    if filled.any():
        y[filled] = np.add.reduceat(x, offsets[:-1][filled], 0, dtype=x.dtype)
    bag = np.repeat(np.arange(len(counts)), counts)
    return y, lambda g: getitem(g, bag)
