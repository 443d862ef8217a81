"""Factors of a matrix that elimination and reflections give: Cholesky and QR."""

from typing import Any, NamedTuple

import numpy as np

from ..errors import LinAlgError, ShapeError
from ..kernels import lapack
from ..operation import result, unary
from .diagonal import tril
from .forms import where
from .found import printed
from .join import cat
from .matrices import alike, bare, identity, matrices, packed, square, unpacked
from .shape import expand
from .solve import solve_triangular


class Cholesky(NamedTuple):
    """What cholesky_ex returns: the factors, and for each matrix 0, or the order of the minor that is not positive."""

    L: Any
    info: Any

    __repr__ = printed("linalg_cholesky_ex")


class QR(NamedTuple):
    """What qr returns: orthogonal columns, and an upper triangle."""

    Q: Any
    R: Any

    __repr__ = printed("linalg_qr")


@unary
def cholesky(x, upper=False):
    """y = L, x = L Lᵀ        dy = L Φ(L⁻¹ dx L⁻ᵀ), Φ = the lower triangle with half the diagonal

    Of a positive definite matrix, or of each of a batch; only its lower triangle is read. With `upper`, Lᵀ from the
    upper triangle. LinAlgError if one is not positive definite (PyTorch's page torch.linalg.cholesky).

    >>> import tinygrad_lite as tl
    >>> tl.linalg.cholesky(tl.tensor([[4.0, 2.0], [2.0, 2.0]]))
    tensor([[2., 0.],
            [1., 1.]])
    """
    square("linalg.cholesky", x)
    y = lapack.cholesky(x, upper)
    return y, lambda g: cholesky_slope(g, y, upper)


def cholesky_slope(g: Any, y: Any, upper: bool) -> Any:
    """L⁻ᵀ S L⁻¹, where S is the symmetric matrix with the lower triangle of Lᵀ·g, halved."""
    if upper:
        g, y = g.mT, y.mT
    m = y.mT @ g
    m = 0.5 * (tril(m) + tril(m, -1).mT)
    return solve_triangular(y, solve_triangular(y.mT, m, upper=True), upper=False, left=False)


def cholesky_ex(A: Any, *, upper: bool = False, check_errors: bool = False) -> Cholesky:
    """As `cholesky`, and for each matrix 0 or the order of the first minor that is not positive definite.

    The factor of such a matrix is nan, unless `check_errors`: then it is a LinAlgError (PyTorch's page
    torch.linalg.cholesky_ex).

    >>> import tinygrad_lite as tl
    >>> tl.linalg.cholesky_ex(-tl.eye(2)).info
    tensor(1, dtype=torch.int32)
    """
    square("linalg.cholesky_ex", A)
    info = np.zeros(A.shape[:-2], np.int32)
    if not check_errors:
        x = bare(A)
        try:
            lapack.cholesky(x, upper)
        except LinAlgError:
            for place in np.ndindex(info.shape):
                info[place] = lapack.minor(x[place], upper)
            positive = result(info[..., None, None] == 0)
            L = cholesky(where(positive, A, result(identity(x))), upper)
            return Cholesky(where(positive, L, float("nan")), result(info))
    return Cholesky(cholesky(A, upper), result(info))


@unary
def orthogonal_and_triangular(x):
    """y = (Q, R), x = Q R        dQ = Q Ω + (1 − QQᵀ) dx R⁻¹, dR = (Qᵀ dx R⁻¹ − Ω) R, Ω skew

    Of matrices with at least as many rows as columns.
    """
    y = packed(*np.linalg.qr(x))
    return y, lambda g: qr_slope(g, y, x.shape)


def qr_slope(g: Any, y: Any, shape: tuple) -> Any:
    """(gQ + Q S) R⁻ᵀ, where S is the symmetric matrix with the lower triangle of R gRᵀ − gQᵀ Q.

    Walter and Lehmann, "On evaluating higher-order derivatives of the QR decomposition of tall matrices" (2009).
    """
    shapes = shape, (*shape[:-2], shape[-1], shape[-1])
    Q, R = unpacked(y, *shapes)
    gQ, gR = unpacked(g, *shapes)
    m = R @ gR.mT - gQ.mT @ Q
    return solve_triangular(R.mT, gQ + Q @ (tril(m) + tril(m, -1).mT), upper=False, left=False)


@unary(linear=True)
def complete(x):
    """y = (Q, R), x = Q R, Q square        d: not determined, for the added columns of Q are free"""
    return packed(*np.linalg.qr(x, "complete")), refuse_complete


def refuse_complete(g: Any) -> Any:
    raise RuntimeError(
        "linalg.qr: the QR decomposition is not differentiable when mode='complete' and nrows > ncols: the added "
        "columns of Q are not determined. Use mode='reduced'"
    )


def qr(A: Any, mode: str = "reduced") -> QR:
    """Q with orthonormal columns and an upper triangular R, A = Q·R (PyTorch's page torch.linalg.qr).

    A: (…, m, n), k = min(m, n). mode "reduced": Q (…, m, k), R (…, k, n); "complete": Q (…, m, m), R (…, m, n); "r":
    R alone, of the reduced mode, and an empty Q. The signs are LAPACK's.

    >>> import tinygrad_lite as tl
    >>> tl.linalg.qr(tl.tensor([[3.0, 1.0], [4.0, 2.0]])).R
    tensor([[-5.0000, -2.2000],
            [ 0.0000,  0.4000]])
    """
    matrices("linalg.qr", A)
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(f"linalg.qr: received unrecognized mode '{mode}'; expected 'reduced', 'r', or 'complete'")
    *batch, m, n = A.shape
    if mode == "complete" and m > n:
        return QR(*unpacked(complete(A), (*batch, m, m), (*batch, m, n)))
    if m >= n:
        Q, R = unpacked(orthogonal_and_triangular(A), A.shape, (*batch, n, n))
    else:  # the first columns decide Q, and so the rest of R
        Q, R = unpacked(orthogonal_and_triangular(A[..., :m]), (*batch, m, m), (*batch, m, m))
        R = cat((R, Q.mT @ A[..., m:]), -1)
    return QR(result(np.zeros(0, A.dtype)) if mode == "r" else Q, R)


def householder_product(A: Any, tau: Any) -> Any:
    """The first n columns of the product of reflections 1 − τᵢ vᵢ vᵢᵀ (torch.linalg.householder_product).

    A: (…, m, n), m ≥ n, with vᵢ below the diagonal of its columns (on it 1, above it 0); tau: (…, k), k ≤ n.

    >>> import tinygrad_lite as tl
    >>> tl.linalg.householder_product(tl.zeros(2, 1), tl.tensor([2.0]))
    tensor([[-1.],
            [ 0.]])
    """
    matrices("linalg.householder_product", A)
    alike("linalg.householder_product", A, tau)
    (m, n), k = A.shape[-2:], tau.shape[-1] if tau.ndim else -1
    if m < n or not 0 <= k <= n or tuple(tau.shape[:-1]) != tuple(A.shape[:-2]):
        raise ShapeError(
            "linalg.householder_product: expects A of shape (…, m, n) and tau of shape (…, k), m ≥ n ≥ k, got "
            f"{tuple(A.shape)} and {tuple(tau.shape)}"
        )
    one = np.eye(m, n, dtype=bare(A).dtype)
    v, Q = tril(A, -1) + one, expand(result(one), A.shape)
    for i in reversed(range(k)):
        column = v[..., i : i + 1]
        Q = Q - (tau[..., i, None, None] * column) @ (column.mT @ Q)
    return Q


def thin_qr(input: Any, some: bool = True) -> QR:
    """linalg.qr under its older name: reduced if `some`, else complete (PyTorch's page torch.qr)."""
    return qr(input, "reduced" if some else "complete")
