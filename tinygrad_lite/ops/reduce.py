"""Sums, means and products: many numbers become one."""

from math import prod as count

import numpy as np

from ..dtypes import as_dtype
from ..kernels.sums import add, everything, repeated, total
from ..operation import constant, to_dtype, unary
from ..tape import Variable
from .choice import where
from .comparison import isnan, logical_not
from .dims import dims as dimensions

INT64 = np.dtype("int64")


def reduced(dim, ndim, name):
    """The dimensions to reduce: all of them for None and for an empty tuple."""
    if dim is None or (dim.__class__ in (tuple, list) and not dim):
        return tuple(range(ndim))
    if dim.__class__ is int and -ndim <= dim < ndim:
        return (dim % ndim,)
    return dimensions(dim, ndim, name)


def with_dims(x, shape, dims):
    """x with the reduced dimensions back in their places, with size 1."""
    return x.reshape([1 if i in dims else n for i, n in enumerate(shape)])


@unary(linear=True)
def sum(x, dim=None, keepdim=False, dtype=None):
    """y = Σ x        dy = Σ dx

    Over all dimensions, one, or several. Integers and bools are summed as int64. IndexError for a dimension that
    there is not. PyTorch's page torch.sum.

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> x.sum(), x.sum(0), x.sum(dim=(0, 1), keepdim=True)
    (tensor(10.), tensor([4., 6.]), tensor([[10.]]))
    """
    shape = x.shape
    if dim is None and not keepdim and dtype is None and x.dtype.kind == "f":
        return everything(x), lambda g: spread(g, shape) if isinstance(g, Variable) else repeated(g, shape)
    dims = reduced(dim, x.ndim, "sum")
    before = x.dtype
    if dtype is not None:
        dtype = as_dtype(dtype)
        z = x.astype(dtype)
        y = total(z, dims, keepdim) if dtype.kind == "f" else add(z, dims, dtype, None, keepdim)
        return y, lambda g: to_dtype(spread(g, shape, dims), before)
    if before.kind != "f":
        return add(x, dims, INT64, None, keepdim), None
    return total(x, dims, keepdim), lambda g: spread(g, shape, dims)


@unary(linear=True)
def spread(x, shape, dims=None):
    """y = x repeated along reduced dimensions        dy = dx, repeated

    The derivative of a sum.
    """
    before = x.shape
    if dims is None or len(dims) == len(shape):
        return repeated(x, shape), lambda g: sum(g).reshape(before)
    return repeated(with_dims(x, shape, dims), shape), lambda g: sum(g, dims).reshape(before)


@unary(linear=True)
def mean(x, dim=None, keepdim=False, dtype=None):
    """y = Σ x / n        dy = Σ dx / n

    nan for no elements. RuntimeError for integers: their mean needs a dtype. PyTorch's page torch.mean.

    >>> import tinygrad_lite as tl
    >>> tl.tensor([[1.0, 2.0], [3.0, 4.0]]).mean(1)
    tensor([1.5000, 3.5000])
    """
    if dtype is not None:
        before = x.dtype
        z, pullback = mean_of(x.astype(as_dtype(dtype)), dim, keepdim)
        return z, lambda g: to_dtype(pullback(g), before)
    return mean_of(x, dim, keepdim)


def mean_of(x, dim, keepdim):
    if x.dtype.kind != "f":
        raise RuntimeError(
            f"mean: could not infer output dtype. Input dtype must be floating point, got {x.dtype}: give a dtype, or "
            "convert with .float()"
        )
    shape = x.shape
    if dim is None and not keepdim:
        n = x.size or float("nan")  # 0/nan is nan without a warning
        return add(x, None, None, None, False) / n, lambda g: spread(g / n, shape)
    dims = reduced(dim, x.ndim, "mean")
    n = count([shape[d] for d in dims]) or float("nan")
    return total(x, dims, keepdim) / n, lambda g: spread(g / n, shape, dims)


def product(x, dim=None, keepdim=False, dtype=None):
    """The product by halves, in multiplications alone: right in every derivative, with any number of zeros."""
    if dtype is not None:
        x = to_dtype(x, as_dtype(dtype))
    shape = x.shape
    if dim is None:
        x, d = x.reshape(-1), 0
    else:
        d = dimensions(dim, len(shape), "prod")[0] if shape else 0
        x = x if shape else x.reshape(1)
    n, rest = x.shape[d], None

    def part(first, last):
        return x[(*[slice(None)] * d, slice(first, last))]

    while n > 1:
        if n % 2:
            rest = part(n - 1, n) if rest is None else rest * part(n - 1, n)
        x, n = part(0, n // 2) * part(n // 2, n // 2 * 2), n // 2
    y = x if rest is None else x * rest
    y = sum(y, d, keepdim) if n else sum(y, d, keepdim) + 1  # one element, or none: then 1
    return y if not keepdim or (shape and dim is not None) else y.reshape([1] * len(shape))


@unary(fuses=product)
def prod(x, dim=None, keepdim=False, dtype=None):
    """y = Π x        dy = Σᵢ (Π_{j≠i} xⱼ) dxᵢ

    Over all elements or along one dimension; 1 for no elements. Integers and bools are multiplied as int64. Zeros are
    right in every derivative. PyTorch's page torch.prod.

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([0.0, 2.0, 3.0], requires_grad=True)
    >>> x.prod().backward()
    >>> x.grad
    tensor([6., 0., 0.])
    """
    before = x.dtype
    z = x.astype(as_dtype(dtype) if dtype is not None else before if before.kind == "f" else INT64, copy=False)
    dims = None if dim is None else dimensions(dim, x.ndim, "prod")
    y = np.multiply.reduce(z, dims, z.dtype, keepdims=keepdim)

    def pullback(g):
        shape = x.shape
        full = range(len(shape)) if dims is None else dims
        factor, whole = with_dims(g, shape, full), with_dims(y, shape, full)
        return (factor * (whole / z if np.all(y) else others(z, dims))).astype(before, copy=False)

    return y, pullback


def others(x, dims):
    """For each element the product of the others: of those before it times those after it, without a division."""
    if not x.ndim or dims == ():
        return np.ones_like(x)
    rows = x.reshape(1, -1) if dims is None else np.moveaxis(x, dims[0], -1)
    before, after = np.ones_like(rows), np.ones_like(rows)
    np.multiply.accumulate(rows[..., :-1], -1, out=before[..., 1:])
    np.multiply.accumulate(rows[..., :0:-1], -1, out=after[..., -2::-1])
    product = before * after
    return product.reshape(x.shape) if dims is None else np.moveaxis(product, -1, dims[0])


@constant
def count_nonzero(input, dim=None):
    """y = how many x ≠ 0

    PyTorch's page torch.count_nonzero.
    """
    return np.asarray(np.count_nonzero(input, reduced(dim, input.ndim, "count_nonzero")), INT64)


def logical(ufunc, name, input, dim, keepdim):
    """A reduction to bools; uint8 stays uint8, as in PyTorch."""
    dims = reduced(dim, input.ndim, name)
    y = ufunc.reduce(input if input.dtype.kind == "b" else input != 0, dims, None, None, keepdim)
    return np.asarray(y, np.uint8 if input.dtype == np.uint8 else bool)


@constant
def all(input, dim=None, keepdim=False):
    """y = every x ≠ 0

    True for no elements. PyTorch's page torch.all.

    >>> import tinygrad_lite as tl
    >>> tl.tensor([[True, False], [True, True]]).all(1)
    tensor([False,  True])
    """
    return logical(np.logical_and, "all", input, dim, keepdim)


@constant
def any(input, dim=None, keepdim=False):
    """y = some x ≠ 0

    False for no elements. PyTorch's page torch.any.
    """
    return logical(np.logical_or, "any", input, dim, keepdim)


def nansum(input, dim=None, keepdim=False, *, dtype=None):
    """Σ x over the x that are not nan (PyTorch's page torch.nansum).

    >>> import tinygrad_lite as tl
    >>> tl.tensor([1.0, float("nan"), 2.0]).nansum()
    tensor(3.)
    """
    return sum(where(isnan(input), 0, input), dim, keepdim, dtype)


def nanmean(input, dim=None, keepdim=False, *, dtype=None):
    """The mean of the x that are not nan (PyTorch's page torch.nanmean).

    >>> import tinygrad_lite as tl
    >>> tl.tensor([1.0, float("nan"), 3.0]).nanmean()
    tensor(2.)
    """
    if input.dtype.kind != "f":
        raise RuntimeError(f"nanmean: expected input to have floating point dtype but got {input.dtype}")
    return nansum(input, dim, keepdim, dtype=dtype) / sum(logical_not(isnan(input)), dim, keepdim)
