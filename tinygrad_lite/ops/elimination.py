"""The factors L and U that elimination leaves, and systems solved with them."""

from typing import Any, NamedTuple

import numpy as np

from ..arguments import also
from ..errors import LinAlgError, ShapeError
from ..kernels.triangular import eliminated, permutation
from ..operation import result, unary
from .diagonal import tril, triu
from .found import printed
from .gather import take_along_dim
from .join import cat
from .matrices import bare, matrices, square
from .shape import reshape
from .solve import solve_triangular


class LUFactor(NamedTuple):
    """What lu_factor returns: L and U in one matrix, and the row, counted from 1, that each was exchanged with."""

    LU: Any
    pivots: Any

    __repr__ = printed("linalg_lu_factor")


class LUFactorEx(NamedTuple):
    """What lu_factor_ex returns: as lu_factor, and for each matrix 0 or the number of the pivot that is 0."""

    LU: Any
    pivots: Any
    info: Any

    __repr__ = printed("linalg_lu_factor_ex")


class LU(NamedTuple):
    """What lu returns: A = P·L·U."""

    P: Any
    L: Any
    U: Any

    __repr__ = printed("linalg_lu")


@unary
def elimination(x, y):
    """y = L + U − 1, x = L U        dL = L tril(L⁻¹ dx U⁻¹), dU = triu(L⁻¹ dx U⁻¹) U

    Of square matrices whose rows are already in the order of elimination, which is when y is found.
    """
    return y, lambda g: elimination_slope(g, y)


def elimination_slope(g: Any, y: Any) -> Any:
    """L⁻ᵀ (tril(Lᵀ gL) + triu(gU Uᵀ)) U⁻ᵀ, tril without the diagonal"""
    inner = tril(unit_lower(y).mT @ tril(g, -1), -1) + triu(triu(g) @ triu(y).mT)
    inner = solve_triangular(y.mT, inner, upper=True, unitriangular=True)
    return solve_triangular(y.mT, inner, upper=False, left=False)


def unit_lower(y: Any) -> Any:
    """The lower triangle with 1 on the diagonal."""
    return tril(y, -1) + np.eye(*y.shape[-2:], dtype=y.dtype)


def lu_factor_ex(A: Any, *, pivot: bool = True, check_errors: bool = False) -> LUFactorEx:
    """As lu_factor, and for each matrix 0, or the number of the pivot that is 0 (torch.linalg.lu_factor_ex)."""
    matrices("linalg.lu_factor_ex", A)
    if not pivot:
        raise RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU")
    m, n = A.shape[-2:]
    k = min(m, n)
    factors, pivots = eliminated(bare(A))
    rows = take_along_dim(A, result(permutation(pivots, m)[..., None]), -2)
    y = elimination(rows[..., :k, :k], factors[..., :k, :k])
    if n > k:
        y = cat((y, solve_triangular(y, rows[..., k:], upper=False, unitriangular=True)), -1)
    if m > k:
        y = cat((y, solve_triangular(y, rows[..., k:, :], upper=True, left=False)), -2)
    zeros = factors.diagonal(0, -2, -1) == 0
    info = np.where(zeros.any(-1), zeros.argmax(-1) + 1, 0) if k else np.zeros(A.shape[:-2])
    if check_errors and info.any():
        raise LinAlgError(
            f"linalg.lu_factor: U[{info.max()},{info.max()}] is zero and using it on lu_solve would result in a "
            "division by zero. To factor nevertheless use linalg.lu or linalg.lu_factor_ex"
        )
    return LUFactorEx(y, result((pivots + 1).astype(np.int32)), result(np.asarray(info, np.int32)))


def lu_factor(A: Any, *, pivot: bool = True) -> LUFactor:
    """L and U of A with its rows exchanged, in one matrix, and the exchanges (PyTorch's page torch.linalg.lu_factor).

    L is below the diagonal, its own diagonal is 1. LinAlgError if a pivot is 0.

    >>> import tinygrad_lite as tl
    >>> tl.linalg.lu_factor(tl.tensor([[2.0, 4.0], [4.0, 4.0]])).LU
    tensor([[4.0000, 4.0000],
            [0.5000, 2.0000]])
    """
    return LUFactor(*lu_factor_ex(A, pivot=pivot, check_errors=True)[:2])


def lu(A: Any, *, pivot: bool = True) -> LU:
    """P, L and U of A = P·L·U: a permutation, and triangles below and above (PyTorch's page torch.linalg.lu).

    >>> import tinygrad_lite as tl
    >>> tl.linalg.lu(tl.tensor([[2.0, 4.0], [4.0, 4.0]])).U
    tensor([[4., 4.],
            [0., 2.]])
    """
    y, pivots, _ = lu_factor_ex(A, pivot=pivot)
    m, n = A.shape[-2:]
    k = min(m, n)
    order = permutation(bare(pivots) - 1, m)
    P = np.zeros((*order.shape, m), bare(A).dtype)
    np.put_along_axis(P, order[..., None, :], 1, -2)
    return LU(result(P), unit_lower(y[..., :k]), triu(y[..., :k, :]))


def lu_solve(LU: Any, pivots: Any, B: Any, *, left: bool = True, adjoint: bool = False) -> Any:
    """The X of A·X = B from the factors of A, as lu_factor returns them (PyTorch's page torch.linalg.lu_solve).

    left=False: of X·A = B; adjoint: of Aᵀ·X = B.
    """
    square("linalg.lu_solve", LU)
    matrices("linalg.lu_solve", B)
    if bare(pivots).dtype != np.int32:
        raise RuntimeError(f"linalg.lu_solve: pivots should be of int32, as lu_factor returns them, not {pivots.dtype}")
    if tuple(pivots.shape) != tuple(LU.shape[:-1]):
        raise ShapeError(
            f"linalg.lu_solve: Number of pivots per batch should be same as the dimension of the matrix: pivots "
            f"{tuple(pivots.shape)} for LU {tuple(LU.shape)}"
        )
    if LU.shape[-1] != B.shape[-2 if left else -1]:
        raise ShapeError(
            f"linalg.lu_solve: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'}: "
            f"{tuple(LU.shape)} and {tuple(B.shape)}"
        )
    rows = bare(pivots).astype(np.int64) - 1
    if rows.size and (rows.min() < 0 or rows.max() >= LU.shape[-1]):
        raise RuntimeError(f"linalg.lu_solve: pivots must be from 1 to LU.size(-2), which is {LU.shape[-1]}")
    if not left:
        return lu_solve(LU, pivots, B.mT, adjoint=not adjoint).mT
    order = permutation(rows, LU.shape[-1])
    if adjoint:
        y = solve_triangular(LU.mT, B, upper=False)
        y = solve_triangular(LU.mT, y, upper=True, unitriangular=True)
        return exchanged(y, np.argsort(order, -1))
    y = exchanged(B, order)
    return solve_triangular(LU, solve_triangular(LU, y, upper=False, unitriangular=True), upper=True)


def exchanged(B: Any, order: np.ndarray) -> Any:
    """The rows of matrices in another order; batches broadcast."""
    lead = max(B.ndim - 1, order.ndim)
    places = order.reshape((1,) * (lead - order.ndim) + order.shape)
    return take_along_dim(reshape(B, (1,) * (lead + 1 - B.ndim) + tuple(B.shape)), result(places[..., None]), -2)


@also(input="b")
def older_lu_solve(b: Any, LU_data: Any, LU_pivots: Any) -> Any:
    """linalg.lu_solve with its operands in the other order (PyTorch's page torch.lu_solve)."""
    return lu_solve(LU_data, LU_pivots, b)
