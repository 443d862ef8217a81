"""Dropout: an operation that draws random numbers."""

from typing import Any

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


def dropout_in_training(input: Any, p: float, train: bool) -> Any:
    """`dropout` if train, else the input: PyTorch's torch.dropout, which torch.nn.functional.dropout calls.

    >>> import tinygrad_lite as tl
    >>> tl.dropout(tl.ones(2), 0.5, train=False)
    tensor([1., 1.])
    """
    if not 0 <= p <= 1:
        raise RuntimeError(f"dropout: the probability has to be between 0 and 1, but got {p}")
    return dropout(input, p) if train and p and 0 not in input.shape else input
