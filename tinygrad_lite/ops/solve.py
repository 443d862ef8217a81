"""Linear systems: inverses, solutions, and the factors that are made to solve again."""

from typing import Any, NamedTuple

import numpy as np

from ..arguments import also
from ..errors import LinAlgError, ShapeError, broadcasting
from ..kernels import lapack
from ..kernels.triangular import triangular_solution
from ..operation import nary, result, unary
from .diagonal import tril, triu
from .forms import where
from .found import printed
from .matrices import alike, bare, identity, matrices, square
from .shape import squeeze, unsqueeze


class Inverse(NamedTuple):
    """What inv_ex returns: the inverses, and for each matrix 0, or the number of the pivot that is 0."""

    inverse: Any
    info: Any

    __repr__ = printed("linalg_inv_ex")


class Solution(NamedTuple):
    """What solve_ex returns: the solutions, and for each matrix 0, or the number of the pivot that is 0."""

    result: Any
    info: Any

    __repr__ = printed("linalg_solve_ex")


class TriangularSolution(NamedTuple):
    """What triangular_solve returns: the solutions, and the matrices."""

    solution: Any
    cloned_coefficient: Any

    __repr__ = printed("triangular_solve")


@unary
def inv(x):
    """y = x⁻¹        dy = −y dx y

    Of a square matrix, or of each of a batch. LinAlgError if one is singular (PyTorch's page torch.linalg.inv).

    >>> import tinygrad_lite as tl
    >>> tl.linalg.inv(tl.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    square("linalg.inv", x)
    y = lapack.inverse(x)
    return y, lambda g: -(y.mT @ g @ y.mT)


def inverse(input: Any) -> Any:
    """The inverse of a square matrix: linalg.inv (PyTorch's page torch.inverse)."""
    return inv(input)


def regular(A: Any, name: str) -> tuple[Any, Any]:
    """A with the identity in the place of its singular matrices, and for each matrix 0 or the pivot that is 0."""
    square(name, A)
    x = bare(A)
    info = np.zeros(x.shape[:-2], np.int32)
    try:
        lapack.inverse(x)
    except LinAlgError:
        singular = np.zeros(info.shape, bool)
        for place in np.ndindex(info.shape):
            try:
                lapack.inverse(x[place])
            except LinAlgError:
                singular[place] = True
        found = lapack.zero_pivot(x)
        info[...] = np.where(singular, np.where(found, found, x.shape[-1]), 0)
        A = where(result(info[..., None, None] == 0), A, result(identity(x)))
    return A, info


def without_singular(y: Any, info: np.ndarray) -> Any:
    """y, with nan in the place of what belongs to singular matrices."""
    return where(result(info.reshape(*info.shape, 1, 1) == 0), y, float("nan")) if info.any() else y


def inv_ex(A: Any, *, check_errors: bool = False) -> Inverse:
    """The inverse, and for each matrix 0 or the number of the pivot that is 0 (PyTorch's page torch.linalg.inv_ex).

    The inverse of a singular matrix is nan, unless `check_errors`: then it is a LinAlgError.

    >>> import tinygrad_lite as tl
    >>> tl.linalg.inv_ex(tl.ones(2, 2)).info
    tensor(2, dtype=torch.int32)
    """
    if check_errors:
        return Inverse(inv(A), result(np.zeros(A.shape[:-2], np.int32)))
    A, info = regular(A, "linalg.inv_ex")
    return Inverse(without_singular(inv(A), info), result(info))


@nary
def solve(A, B, *, left=True):
    """y = A⁻¹·B        dy = A⁻¹·(dB − dA·y)

    The X of A·X = B, or with left=False of X·A = B. A: (…, n, n), B: (…, n, k); batches broadcast. B is a vector if it
    is 1-d, or of the shape (…, n) of A without its last dimension. LinAlgError if A is singular (PyTorch's page
    torch.linalg.solve).

    >>> import tinygrad_lite as tl
    >>> tl.linalg.solve(tl.tensor([[2.0, 0.0], [0.0, 4.0]]), tl.tensor([1.0, 1.0]))
    tensor([0.5000, 0.2500])
    """
    square("linalg.solve", A)
    alike("linalg.solve", A, B)
    if not B.ndim:
        raise ShapeError(f"linalg.solve: B is a vector or has at least 2 dimensions: {A.shape} and {B.shape}")
    y = solved(A, B, left)
    return y, lambda g: from_matrix(solve(A.mT, g, left=left), y, A.ndim, left), lambda g: solve(A.mT, g, left=left)


def is_vector(A: Any, B: Any) -> bool:
    """Whether B is a vector, or a batch of them, for the matrices A: PyTorch's rule."""
    return B.ndim == 1 or (A.ndim - 1 == B.ndim and tuple(B.shape) == tuple(A.shape[:-1]))


def solved(A: np.ndarray, B: np.ndarray, left: bool) -> np.ndarray:
    vector = is_vector(A, B)
    if vector:
        B = B[..., None]
    if B.shape[-2 if left else -1] != A.shape[-1] or (vector and not left):  # a vector is a column
        raise ShapeError(
            f"linalg.solve: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'}: "
            f"{A.shape} and {B.shape}"
        )
    if not left:
        return lapack.solution(A.mT, B.mT).mT
    y = lapack.solution(A, B)
    return y[..., 0] if vector else y


def from_matrix(d: Any, y: Any, ndim: int, left: bool) -> Any:
    """The derivative of A in A⁻¹·B, from that of B: −d·yᵀ."""
    if y.ndim == ndim - 1 or y.ndim == 1:
        return -(d[..., :, None] * y[..., None, :])
    return -(d @ y.mT) if left else -(y.mT @ d)


def solve_ex(A: Any, B: Any, *, left: bool = True, check_errors: bool = False) -> Solution:
    """As `solve`, and for each matrix 0 or the number of the pivot that is 0 (PyTorch's page torch.linalg.solve_ex).

    What belongs to a singular matrix is nan, unless `check_errors`: then it is a LinAlgError.
    """
    if check_errors:
        return Solution(solve(A, B, left=left), result(np.zeros(A.shape[:-2], np.int32)))
    vector = B.ndim > 0 and is_vector(A, B)
    A, info = regular(A, "linalg.solve_ex")
    y = without_singular(solve(A, unsqueeze(B, -1) if vector else B, left=left), info)
    return Solution(squeeze(y, -1) if vector else y, result(info))


@nary
def solve_triangular(A, B, *, upper, left=True, unitriangular=False):
    """y = A⁻¹·B, A triangular        dy = A⁻¹·(dB − dA·y)

    The X of A·X = B, or with left=False of X·A = B, for matrices B; batches broadcast. Only the upper triangle of A is
    read, or only the lower; with unitriangular its diagonal counts as 1. A zero on the diagonal gives ∞ and nan
    (PyTorch's page torch.linalg.solve_triangular).

    >>> import tinygrad_lite as tl
    >>> tl.linalg.solve_triangular(tl.tensor([[2.0, 9.0], [1.0, 1.0]]), tl.tensor([[4.0], [3.0]]), upper=False)
    tensor([[2.],
            [1.]])
    """
    square("linalg.solve_triangular", A)
    matrices("linalg.solve_triangular", B)
    alike("linalg.solve_triangular", A, B)
    if A.shape[-1] != B.shape[-2 if left else -1]:
        raise ShapeError(
            "linalg.solve_triangular: Incompatible shapes of A and B for the equation "
            f"{'AX = B' if left else 'XA = B'}: {A.shape} and {B.shape}"
        )
    try:
        if left:
            y = triangular_solution(A, B, upper, unitriangular)
        else:
            y = triangular_solution(A.mT, B.mT, not upper, unitriangular).mT
    except ValueError:
        raise broadcasting("linalg.solve_triangular: the batches", A.shape[:-2], B.shape[:-2]) from None
    return (
        y,
        lambda g: triangle(from_matrix(against(A, g, upper, left, unitriangular), y, 2, left), upper, unitriangular),
        lambda g: against(A, g, upper, left, unitriangular),
    )


def against(A: Any, g: Any, upper: bool, left: bool, unitriangular: bool) -> Any:
    """g, taken back through a triangular solve: the solve with Aᵀ."""
    return solve_triangular(A.mT, g, upper=not upper, left=left, unitriangular=unitriangular)


def triangle(x: Any, upper: bool, unitriangular: bool) -> Any:
    """The part of a derivative that belongs to the elements that are read."""
    return triu(x, int(unitriangular)) if upper else tril(x, -int(unitriangular))


@also(input="b")
def triangular_solve(
    b: Any, A: Any, upper: bool = True, transpose: bool = False, unitriangular: bool = False
) -> TriangularSolution:
    """As linalg.solve_triangular, its operands in the other order (PyTorch's page torch.triangular_solve)."""
    x = solve_triangular(A.mT if transpose else A, b, upper=upper != transpose, unitriangular=unitriangular)
    return TriangularSolution(x, A)


@also(input="B", input2="L")
def cholesky_solve(B: Any, L: Any, upper: bool = False) -> Any:
    """The X of A·X = B from the factor L of A = L·Lᵀ, or U of A = Uᵀ·U (PyTorch's page torch.cholesky_solve).

    >>> import tinygrad_lite as tl
    >>> tl.cholesky_solve(tl.tensor([[4.0]]), tl.tensor([[2.0]]))
    tensor([[1.]])
    """
    square("cholesky_solve", L)
    matrices("cholesky_solve", B)
    if upper:
        return solve_triangular(L, solve_triangular(L.mT, B, upper=False), upper=True)
    return solve_triangular(L.mT, solve_triangular(L, B, upper=False), upper=True)


@also(input="L")
def cholesky_inverse(L: Any, upper: bool = False) -> Any:
    """The inverse of A = L·Lᵀ, or Uᵀ·U, from its factor (PyTorch's page torch.cholesky_inverse)."""
    square("cholesky_inverse", L)
    return cholesky_solve(result(identity(L)), L, upper)


def tensorinv(A: Any, ind: int = 2) -> Any:
    """The inverse of the linear map that A is from its last dimensions to its first `ind` (torch.linalg.tensorinv).

    >>> import tinygrad_lite as tl
    >>> tl.linalg.tensorinv(tl.eye(6).reshape(2, 3, 6)).shape
    torch.Size([6, 2, 3])
    """
    if ind <= 0:
        raise RuntimeError(f"linalg.tensorinv: Expected a strictly positive integer for 'ind', got {ind}")
    first, last = tuple(A.shape[:ind]), tuple(A.shape[ind:])
    n = int(np.prod(first))
    if n != int(np.prod(last)):
        raise ShapeError(
            f"linalg.tensorinv: Expected self to satisfy the requirement prod(self.shape[ind:]) == "
            f"prod(self.shape[:ind]), got {tuple(A.shape)} with ind={ind}"
        )
    return inv(A.reshape(n, n)).reshape(last + first)


def tensorsolve(A: Any, B: Any, dims: Any = None) -> Any:
    """The X of tensordot(A, X, X.ndim) = B (PyTorch's page torch.linalg.tensorsolve).

    dims: dimensions of A that are moved to the end first.
    """
    if dims is not None:
        places = [d % A.ndim for d in dims]
        A = A.permute([d for d in range(A.ndim) if d not in places] + places)
    shape, n = tuple(A.shape[B.ndim :]), int(np.prod(tuple(B.shape)))
    if int(np.prod(tuple(A.shape[: B.ndim]))) != n or int(np.prod(shape)) != n:
        raise ShapeError(
            "linalg.tensorsolve: Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == "
            f"prod(self.shape[:other.ndim]), got {tuple(A.shape)} and {tuple(B.shape)}"
        )
    return solve(A.reshape(n, n), B.reshape(n)).reshape(shape)
