"""A value that forgets another: what copy_, fill_ and zero_ write."""

import numpy as np

from ..errors import ShapeError
from ..operation import nary


def grown(shape, other):
    """The error for a value that does not fit."""
    return ShapeError(f"copy_: output with shape {list(shape)} doesn't match the broadcast shape with {list(other)}")


@nary(linear=True)
def overwrite(x, v):
    """y = v, in the shape of x        dy = dv

    The derivative with respect to x is 0: its value is gone.
    """
    dtype = x.dtype
    y = np.empty(x.shape, dtype)
    if np.ndim(v) > x.ndim:
        raise grown(x.shape, v.shape)
    try:
        y[...] = v
    except ValueError:
        raise grown(x.shape, v.shape) from None
    return y, lambda g: np.zeros_like(g), lambda g: g
