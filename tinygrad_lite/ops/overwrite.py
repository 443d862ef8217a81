"""A value that forgets another: what copy_, fill_ and zero_ write."""

import numpy as np

from ..operation import nary


@nary(linear=True)
def overwrite(x, v):
    """y = v, in the shape of x        dy = dv

    The derivative with respect to x is 0: its value is gone.
    """
    dtype = x.dtype
    y = np.empty(x.shape, dtype)
    y[...] = v
    return y, lambda g: np.zeros_like(g), lambda g: g
