"""Dropout: an operation that draws random numbers."""

import numpy as np

from ..kernels import sampling
from ..operation import unary


@unary(linear=True)
def dropout(x, p=0.5, channels=False):
    """y = m x, m = 0 with probability p, else 1/(1 − p)        dy = m dx

    With `channels` one m for all of x[n, c]. The numbers are PyTorch's after the same seed
    (PyTorch's page torch.nn.functional.dropout; N. Srivastava et al., Dropout, 2014).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.nn.functional.dropout(tl.ones(4), 0.5)
    tensor([0., 0., 2., 0.])
    """
    each = np.empty(x.shape[:2] + (1,) * (x.ndim - 2), x.dtype) if channels else x
    m = sampling.dropout_mask(None, each, p)
    return x * m, lambda g: g * m
