"""Softmax, its logarithm, and its normaliser. All are computed less the maximum, so that no exponential overflows."""

import numpy as np

from ..dtypes import as_dtype
from ..kernels import softmax as kernels
from ..operation import unary
from .arithmetic import matching
from .dims import dim as dimension
from .exponential import exp
from .reduce import reduced, sum, with_dims


def along(name, x, dim, dtype):
    """x in floating point, and the dimension counted from the front."""
    if dtype is None and x.dtype.kind != "f" and x.size:
        raise RuntimeError(f"{name}: not implemented for {x.dtype}: give dtype=, or convert with .float()")
    return x if dtype is None else x.astype(as_dtype(dtype)), dimension(dim, x.ndim, name)


@unary
def softmax(x, dim, dtype=None):
    """y = eˣ / Σ eˣ        dy = y (dx − Σ y dx)

    Along a dimension, on which y sums to 1. PyTorch's page torch.softmax.

    >>> import tinygrad_lite as tl
    >>> tl.softmax(tl.tensor([[1.0, 1.0], [1e4, -1e4]]), dim=1)
    tensor([[0.5000, 0.5000],
            [1.0000, 0.0000]])
    """
    y = kernels.softmax(*along("softmax", x, dim, dtype))
    if dtype is None:
        return y, lambda g: softmax_slope(g, y, dim)
    return y, lambda g: matching(softmax_slope(g, y, dim), x)


def softmax_slope(g, y, dim):
    """y (g − Σ g y)"""
    if g.__class__ is y.__class__ is np.ndarray and y.ndim and g.shape == y.shape and g.dtype is y.dtype:
        return kernels.slope(g, y, dim % y.ndim)
    gy = g * y
    return gy - y * sum(gy, dim, True)


@unary
def log_softmax(x, dim, dtype=None):
    """y = x − ln Σ eˣ        dy = dx − Σ eʸ dx

    Along a dimension. PyTorch's page torch.nn.functional.log_softmax.

    >>> import tinygrad_lite as tl
    >>> tl.log_softmax(tl.tensor([1e4, -1e4]), dim=0)
    tensor([     0., -20000.])
    """
    y = kernels.log_softmax(*along("log_softmax", x, dim, dtype))
    if dtype is None:
        return y, lambda g: g - exp(y) * sum(g, dim, True)
    return y, lambda g: matching(g - exp(y) * sum(g, dim, True), x)


@unary
def logsumexp(x, dim, keepdim=False):
    """y = ln Σ eˣ        dy = Σ e^(x−y) dx

    Over one dimension or several. PyTorch's page torch.logsumexp.

    >>> import tinygrad_lite as tl
    >>> tl.logsumexp(tl.tensor([1e4, 1e4]), dim=0)
    tensor(10000.6934)
    """
    dims = reduced(dim, x.ndim, "logsumexp")
    y = kernels.logsumexp(x if x.dtype.kind == "f" else x.astype(np.float64), dims)
    y = y if keepdim else np.squeeze(y, dims)
    return y, lambda g: logsumexp_slope(g, x, y, dim)


def logsumexp_slope(g, x, y, dim):
    """g e^(x−y): g times the softmax of x"""
    dims = reduced(dim, x.ndim, "logsumexp")
    return with_dims(g, x.shape, dims) * exp(x - with_dims(y, x.shape, dims))
