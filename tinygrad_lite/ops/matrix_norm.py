"""Norms of matrices, and the norm that takes both vectors and matrices."""

from math import inf
from typing import Any

from ..dtypes import as_dtype
from ..errors import ShapeError
from ..operation import to_dtype
from .axes import movedim
from .choice import abs
from .dims import dim as dimension
from .extremes import amax, amin
from .reduce import sum
from .shape import unsqueeze
from .spectral import svdvals
from .vector_norms import vector_norm_of


def matrix_norm(A: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None) -> Any:
    """A norm of each matrix of two dimensions (PyTorch's page torch.linalg.matrix_norm).

    ord: "fro", the root of the sum of squares; "nuc", the sum of the singular values; 2 and −2, the largest and the
    smallest of them; 1 and −1, the largest and the smallest sum |x| of a column; ∞ and −∞, of a row.

    >>> import tinygrad_lite as tl
    >>> A = tl.tensor([[3.0, 0.0], [0.0, -4.0]])
    >>> tl.linalg.matrix_norm(A), tl.linalg.matrix_norm(A, "nuc"), tl.linalg.matrix_norm(A, -2)
    (tensor(5.), tensor(7.), tensor(3.))
    """
    name = "linalg.matrix_norm"
    if A.ndim < 2:
        raise ShapeError(f"{name}: The input tensor A must have at least 2 dimensions, got {tuple(A.shape)}")
    if not isinstance(dim, (tuple, list)) or len(dim) != 2:
        raise RuntimeError(f"{name}: dim must be a 2-tuple. Got {dim}")
    row, column = (dimension(d, A.ndim, name) for d in dim)
    if row == column:
        raise RuntimeError(f"{name}: dims must be different. Got {tuple(dim)}")
    if ord not in ("fro", "nuc", 1, -1, 2, -2, inf, -inf):
        raise RuntimeError(f"{name}: Order {ord} not supported; there are 'fro', 'nuc', ±1, ±2 and ±inf")
    if dtype is not None:
        A = to_dtype(A, as_dtype(dtype))
    if ord == "fro":
        return vector_norm_of(name, A, 2, (row, column), keepdim)
    if A.dtype.kind != "f":
        raise RuntimeError(f"{name}: Expected a floating point tensor as input, got {A.dtype}: convert with .float()")
    if ord in ("nuc", 2, -2):
        S = svdvals(movedim(A, (row, column), (-2, -1)))
        y = sum(S, -1) if ord == "nuc" else extreme(S, -1, ord)
    else:
        first, second = (row, column) if ord in (1, -1) else (column, row)
        sums = sum(abs(A), first)
        y = extreme(sums, second - (second > first), ord)
    if not keepdim:
        return y
    for d in sorted((row, column)):
        y = unsqueeze(y, d)
    return y


def extreme(x: Any, dim: int, ord: float) -> Any:
    """The largest along a dimension for a positive order, 0 if there are none; the smallest for a negative."""
    if ord < 0:
        return amin(x, dim)
    return amax(x, dim) if x.shape[dim] else sum(x, dim)


def matrix_or_vector_norm(A: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """A vector's norm or a matrix's (PyTorch's page torch.linalg.norm).

    The vector norm along one dimension, or of a vector; the matrix norm over two dimensions, or of a matrix; and
    without ord the root of the sum of squares over all of the dimensions, or all elements.

    >>> import tinygrad_lite as tl
    >>> tl.linalg.norm(tl.tensor([3.0, 4.0])), tl.linalg.norm(tl.tensor([[3.0, 0.0], [0.0, 4.0]]), 2)
    (tensor(5.), tensor(4.))
    """
    if ord is None:
        return vector_norm_of("linalg.norm", A, 2, dim, keepdim, dtype)
    dims = None if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    if dims is None and A.ndim not in (1, 2):
        raise RuntimeError(
            f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.ndim}D."
        )
    if dims is not None and len(dims) not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dims)}")
    if isinstance(ord, str) or (len(dims) if dims is not None else A.ndim) == 2:
        if dims is not None and len(dims) == 1:
            raise RuntimeError(f"linalg.norm: ord='{ord}' is a norm of matrices: dim must be a 2-tuple. Got {dim}")
        return matrix_norm(A, ord, (-2, -1) if dims is None else dims, keepdim, dtype=dtype)
    return vector_norm_of("linalg.norm", A, ord, dims, keepdim, dtype)


def norm(input: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The p-norm over all elements, or along dimensions (PyTorch's page torch.norm).

    p is a number, ∞ or −∞ (the largest and smallest |x|), 0 (the number of x ≠ 0), "fro" (2), or "nuc" (of matrices,
    the sum of the singular values). For the other norms of matrices there is linalg.norm.

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([3.0, -4.0])
    >>> x.norm(), x.norm(1), x.norm(float("inf"))
    (tensor(5.), tensor(7.), tensor(4.))
    """
    if p == "nuc":
        return matrix_norm(input, p, (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    p = 2 if p in ("fro", None) else p
    return vector_norm_of("norm", input, p, dim, keepdim, dtype)
