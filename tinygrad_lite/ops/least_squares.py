"""Systems that have no solution, or many: pseudo-inverses, least squares, ranks."""

from typing import Any, NamedTuple

import numpy as np

from ..errors import ShapeError, broadcasting
from ..kernels import lapack
from ..operation import constant, nary, result, unary
from .found import printed
from .matrices import alike, bare, floating, matrices, square
from .reduce import sum as total
from .shape import squeeze, unsqueeze
from .solve import is_vector


class LeastSquares(NamedTuple):
    """What lstsq returns; what the driver does not compute is empty."""

    solution: Any
    residuals: Any
    rank: Any
    singular_values: Any

    __repr__ = printed("linalg_lstsq")


def cutoff(largest: np.ndarray, shape: tuple, atol: Any, rtol: Any) -> np.ndarray:
    """The size up to which a singular value counts as 0: max(atol, rtol · the largest).

    rtol defaults to max(m, n) · ε, or to 0 if there is an atol.
    """
    atol, rtol = bare(atol), bare(rtol)
    if rtol is None:
        rtol = 0.0 if atol is not None and np.any(np.asarray(atol) > 0) else max(shape) * np.finfo(largest.dtype).eps
    return np.maximum(0.0 if atol is None else atol, np.asarray(rtol) * largest)


def largest_of(sizes: np.ndarray) -> np.ndarray:
    return sizes.max(-1, initial=0)


def inverted(S: np.ndarray, limit: Any) -> np.ndarray:
    """1/S where |S| is above the limit, else 0."""
    kept = np.abs(S) > np.asarray(limit)[..., None]
    return np.where(kept, 1 / np.where(kept, S, 1), 0).astype(S.dtype)


def above(S: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """How many of the sizes count."""
    return np.asarray(np.greater(S, limit[..., None]).sum(-1))


@unary
def pinv(x, rtol=None, hermitian=False, *, atol=None, rcond=None):
    """y = x⁺        dy = −y dx y + y yᵀ dxᵀ (1 − x y) + (1 − y x) dxᵀ yᵀ y

    The pseudo-inverse of a matrix, or of each of a batch. Singular values up to max(atol, rtol · the largest) count as
    0; rtol defaults to max(m, n)·ε. hermitian: x is symmetric, and only its lower triangle is read. The derivative
    assumes that the rank stays the same (PyTorch's page torch.linalg.pinv; Golub and Pereyra 1973).

    >>> import tinygrad_lite as tl
    >>> tl.linalg.pinv(tl.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    matrices("linalg.pinv", x)
    rtol = rcond if rtol is None else rtol
    if hermitian:
        square("linalg.pinv", x)
        S, U = lapack.eigh(x, "L")
        Vh = U.mT
    else:
        U, S, Vh = lapack.svd(x, False)
    limit = cutoff(largest_of(np.abs(S)), x.shape[-2:], atol, rtol)
    y = (Vh.mT * inverted(S, limit)[..., None, :]) @ U.mT
    return y, lambda g: pinv_slope(g, x, y)


def pinv_slope(g: Any, x: Any, y: Any) -> Any:
    """−yᵀ g yᵀ + (1 − x y) gᵀ y yᵀ + yᵀ y gᵀ (1 − y x)"""
    left, right = g.mT @ y @ y.mT, y.mT @ y @ g.mT
    return left - x @ (y @ left) + right - (right @ y) @ x - y.mT @ g @ y.mT


def pinverse(input: Any, rcond: float = 1e-15) -> Any:
    """The pseudo-inverse; singular values up to rcond · the largest count as 0 (PyTorch's page torch.pinverse)."""
    return pinv(input, rcond)


@constant
def matrix_rank(A, tol=None, hermitian=False, *, atol=None, rtol=None):
    """y = the number of singular values above max(atol, rtol · the largest)

    rtol defaults to max(m, n)·ε; tol is an older name of atol, with rtol = 0. hermitian: A is symmetric, and only its
    lower triangle is read (PyTorch's page torch.linalg.matrix_rank).

    >>> import tinygrad_lite as tl
    >>> tl.linalg.matrix_rank(tl.ones(3, 3))
    tensor(1)
    """
    matrices("linalg.matrix_rank", A)
    if hermitian:
        square("linalg.matrix_rank", A)
    S = np.abs(lapack.eigvalsh(A, "L")) if hermitian else lapack.singular_values(A)
    atol, rtol = (atol, rtol) if tol is None else (tol, 0.0)
    limit = cutoff(largest_of(S), A.shape[-2:], atol, rtol)
    return above(S, limit)


@nary
def least_squares(A, B, rcond=None):
    """y = A⁺·B        dy = A⁺ (dB − dA y) + A⁺A⁺ᵀ dAᵀ (B − A y) + (1 − A⁺A) dAᵀ A⁺ᵀ y

    The shortest of the X that bring A·X closest to B.
    """
    U, S, Vh = lapack.svd(A, False)
    scale = inverted(S, cutoff(largest_of(S), A.shape[-2:], None, rcond))
    try:
        y = Vh.mT @ (scale[..., None] * (U.mT @ B))
    except ValueError:
        raise broadcasting("linalg.lstsq: the batches", A.shape[:-2], B.shape[:-2]) from None
    return y, lambda g: least_squares_slope(g, A, B, y, rcond), lambda g: pinv(A, rcond).mT @ g


def least_squares_slope(g: Any, A: Any, B: Any, y: Any, rcond: Any) -> Any:
    """The derivative of A in A⁺·B: with h = A⁺ᵀ g, −h yᵀ + (B − A y)(A⁺ h)ᵀ + A⁺ᵀ y (g − Aᵀ h)ᵀ"""
    inverse = pinv(A, rcond)
    h = inverse.mT @ g
    return (B - A @ y) @ (inverse @ h).mT - h @ y.mT + (inverse.mT @ y) @ (g - A.mT @ h).mT


def lstsq(A: Any, B: Any, rcond: float | None = None, *, driver: str | None = None) -> LeastSquares:
    """The X that brings A·X closest to B, the shortest if there are several (PyTorch's page torch.linalg.lstsq).

    A: (…, m, n), B: (…, m, k), or a vector (…, m). Singular values up to rcond · the largest count as 0; rcond defaults
    to max(m, n)·ε. driver: "gelsy" (the default), "gels" (A has full rank: rcond is 0), "gelsd" or "gelss". The way of
    the computation is the same for all, by singular values; they differ in what else is returned. The rank: not with
    gels. The singular values: with gelsd and gelss. The residuals, the squared distances of the columns: not with
    gelsy, and only if m > n and every A is of full rank.

    >>> import tinygrad_lite as tl
    >>> tl.linalg.lstsq(tl.eye(3)[:, :2], tl.tensor([1.0, 2.0, 3.0])).solution
    tensor([1., 2.])
    """
    matrices("linalg.lstsq", A)
    floating("linalg.lstsq", B)
    alike("linalg.lstsq", A, B)
    driver = "gelsy" if driver is None else driver
    if driver not in ("gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(
            f"linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss), not {driver}"
        )
    if not B.ndim or not 0 <= A.ndim - B.ndim <= 1:
        raise ShapeError(
            "linalg.lstsq: input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1, "
            f"but got {tuple(A.shape)} and {tuple(B.shape)}"
        )
    m, n = A.shape[-2:]
    vector = is_vector(A, B)
    rows = B.shape[-1 if vector or B.ndim < 2 else -2]
    if rows != m or (B.ndim < A.ndim and not vector):
        raise ShapeError(f"linalg.lstsq: A and B have {m} and {rows} rows: {tuple(A.shape)}, {tuple(B.shape)}")
    columns = unsqueeze(B, -1) if vector else B
    X = least_squares(A, columns, 0.0 if driver == "gels" else rcond)
    S = None if driver == "gels" else lapack.singular_values(bare(A))
    nothing = np.zeros(0, bare(A).dtype)
    rank = np.zeros(0, np.int64)
    if S is not None:
        rank = above(S, cutoff(largest_of(S), (m, n), None, rcond))
    residuals: Any = result(nothing)
    if driver != "gelsy" and m > n and (rank == n).all():
        rest = A @ X - columns
        residuals = total(rest * rest, -2)
    values = S if S is not None and driver != "gelsy" else nothing
    return LeastSquares(squeeze(X, -1) if vector else X, residuals, result(rank), result(values))
