"""Products beyond matmul: of vectors, of Kronecker, and products added to something."""

from typing import Any

import numpy as np

from ..errors import ShapeError, broadcasting
from ..operation import nary
from .dims import dim as dimension
from .linalg import added, bmm, dot, mv, of_ranks, outer
from .matrices import floating
from .reduce import sum
from .shape import reshape

AFTER, BEFORE = np.array([1, 2, 0]), np.array([2, 0, 1])


@nary
def cross(a, b, dim):
    """y = a × b        dy = da × b + a × db

    Of one dimension, of size 3.
    """
    try:
        y = a.take(AFTER, dim) * b.take(BEFORE, dim) - a.take(BEFORE, dim) * b.take(AFTER, dim)
    except ValueError:
        raise broadcasting("linalg.cross", a.shape, b.shape) from None
    return y, lambda g: cross(b, g, dim), lambda g: cross(g, a, dim)


def linalg_cross(input: Any, other: Any, *, dim: int = -1) -> Any:
    """a × b along a dimension of size 3; the others broadcast (PyTorch's page torch.linalg.cross).

    >>> import tinygrad_lite as tl
    >>> tl.linalg.cross(tl.tensor([1.0, 0.0, 0.0]), tl.tensor([0.0, 1.0, 0.0]))
    tensor([0., 0., 1.])
    """
    if input.ndim != other.ndim:
        raise ShapeError(
            f"linalg.cross: inputs must have the same number of dimensions, got {tuple(input.shape)} and "
            f"{tuple(other.shape)}"
        )
    d = dimension(dim, input.ndim, "linalg.cross")
    if not input.ndim or input.shape[d] != 3 or other.shape[d] != 3:
        raise ShapeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {tuple(input.shape)} and "
            f"{tuple(other.shape)}"
        )
    if input.dtype != other.dtype:
        raise RuntimeError(f"linalg.cross: expected one dtype, got {input.dtype} and {other.dtype}")
    return cross(input, other, d)


def first_cross(input: Any, other: Any, dim: int | None = None) -> Any:
    """a × b along a dimension of size 3; the first such one without dim (PyTorch's page torch.cross).

    >>> import tinygrad_lite as tl
    >>> tl.cross(tl.tensor([[1], [0], [0]]), tl.tensor([[0], [1], [0]])).T
    tensor([[0, 0, 1]])
    """
    if dim is None:
        dim = next((d for d, n in enumerate(input.shape) if n == 3), None)
        if dim is None:
            raise RuntimeError(f"cross: no dimension of size 3 in input, of shape {tuple(input.shape)}")
    return linalg_cross(input, other, dim=dim)


def vecdot(x: Any, y: Any, *, dim: int = -1) -> Any:
    """Σ xᵢ yᵢ along a dimension; the others broadcast (PyTorch's page torch.linalg.vecdot).

    >>> import tinygrad_lite as tl
    >>> tl.linalg.vecdot(tl.tensor([[1.0, 2.0], [3.0, 4.0]]), tl.tensor([1.0, 1.0]))
    tensor([3., 7.])
    """
    floating("linalg.vecdot", x, halves=True)
    floating("linalg.vecdot", y, halves=True)
    if x.ndim == y.ndim == 1 and x.shape != y.shape:
        raise ShapeError(f"linalg.vecdot: vectors of {x.shape[0]} and {y.shape[0]} elements")
    return sum(x * y, dim)


def vdot(input: Any, other: Any) -> Any:
    """The sum of the products of two vectors; of real ones the same as dot (PyTorch's page torch.vdot)."""
    return dot(input, other)


def inner(input: Any, other: Any) -> Any:
    """Sums of products over the last dimensions, (…, k) and (…, k); 0-d multiplies (PyTorch's page torch.inner).

    >>> import tinygrad_lite as tl
    >>> tl.inner(tl.ones(2, 3), tl.ones(4, 3)).shape
    torch.Size([2, 4])
    """
    if not input.ndim or not other.ndim:
        return input * other
    k = input.shape[-1]
    if other.shape[-1] != k:
        raise ShapeError(
            "inner: the last dimension must match on both input tensors but got shapes "
            f"{tuple(input.shape)} and {tuple(other.shape)}"
        )
    rows, columns = tuple(input.shape[:-1]), tuple(other.shape[:-1])
    if len(rows) == len(columns) == 0:
        return dot(input, other)
    count = [int(np.prod(sizes)) for sizes in (rows, columns)]
    return reshape(reshape(input, (count[0], k)) @ reshape(other, (count[1], k)).mT, rows + columns)


def kron(input: Any, other: Any) -> Any:
    """Each element of the first times the whole second: the Kronecker product (PyTorch's page torch.kron).

    The sizes multiply: (m, n) and (p, q) give (m·p, n·q). The shorter shape gets ones in front.

    >>> import tinygrad_lite as tl
    >>> tl.kron(tl.eye(2), tl.tensor([[1.0, 2.0]]))
    tensor([[1., 2., 0., 0.],
            [0., 0., 1., 2.]])
    """
    ndim = max(input.ndim, other.ndim)
    a = (1,) * (ndim - input.ndim) + tuple(input.shape)
    b = (1,) * (ndim - other.ndim) + tuple(other.shape)
    left = reshape(input, tuple(size for n in a for size in (n, 1)))
    right = reshape(other, tuple(size for n in b for size in (1, n)))
    return reshape(left * right, tuple(m * n for m, n in zip(a, b, strict=True)))


def addmv(input: Any, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """β·input + α·mat·vec (PyTorch's page torch.addmv). With β = 0 the input is not read.

    >>> import tinygrad_lite as tl
    >>> tl.addmv(tl.ones(2), tl.eye(2), tl.tensor([1.0, 2.0]))
    tensor([2., 3.])
    """
    of_ranks("addmv", (mat, vec), (2, 1))
    return added("addmv", input, mv(mat, vec), beta, alpha)


def addr(input: Any, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """β·input + α·vec1·vec2ᵀ (PyTorch's page torch.addr). With β = 0 the input is not read.

    >>> import tinygrad_lite as tl
    >>> tl.addr(tl.zeros(2, 2), tl.tensor([1.0, 2.0]), tl.tensor([3.0, 4.0]))
    tensor([[3., 4.],
            [6., 8.]])
    """
    of_ranks("addr", (vec1, vec2), (1, 1))
    return added("addr", input, outer(vec1, vec2), beta, alpha, mixing=True)


def addbmm(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """β·input + α·Σ batch1·batch2 over the batch (PyTorch's page torch.addbmm). With β = 0 the input is not read.

    >>> import tinygrad_lite as tl
    >>> tl.addbmm(tl.zeros(1, 1), tl.ones(5, 1, 2), tl.ones(5, 2, 1))
    tensor([[10.]])
    """
    of_ranks("addbmm", (batch1, batch2), (3, 3))
    return added("addbmm", input, sum(bmm(batch1, batch2), 0, dtype=input.dtype), beta, alpha)
