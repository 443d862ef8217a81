"""Eigenvalues and singular values.

Their vectors are determined only up to sign, and where values are equal up to a rotation: a derivative of the vectors
is then infinite or nan, and no derivative should depend on the sign.
"""

from typing import Any, NamedTuple

import numpy as np

from ..kernels import lapack
from ..operation import result, unary
from .found import printed
from .matrices import identity, matrices, packed, square, unpacked
from .solve import inv, solve


class Eigh(NamedTuple):
    """What eigh returns: eigenvalues, the smallest first, and eigenvectors, as columns."""

    eigenvalues: Any
    eigenvectors: Any

    __repr__ = printed("linalg_eigh")


class Eig(NamedTuple):
    """What eig returns: eigenvalues, and eigenvectors, as columns."""

    eigenvalues: Any
    eigenvectors: Any

    __repr__ = printed("linalg_eig")


class SVD(NamedTuple):
    """What linalg.svd returns: A = U diag(S) Vh."""

    U: Any
    S: Any
    Vh: Any

    __repr__ = printed("linalg_svd")


class OldSVD(NamedTuple):
    """What svd returns: A = U diag(S) Vᵀ."""

    U: Any
    S: Any
    V: Any

    __repr__ = printed("svd")


def ratio(a: Any, b: Any) -> Any:
    """a/b, and 0/0 = 0: a derivative that nobody asked for is not divided by a gap that is not there."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return a / (b + ((a == 0) & (b == 0)))


@unary
def symmetric_eigen(x, UPLO: lapack.Triangle = "L"):
    """y = (λ, Q), x = Q diag(λ) Qᵀ        dλ = diag(Qᵀ dx Q), dQ = Q (Qᵀ dx Q / (λⱼ − λᵢ))"""
    y = packed(*lapack.eigh(x, UPLO))
    return y, lambda g: eigh_slope(g, y, x)


def eigh_slope(g: Any, y: Any, x: Any) -> Any:
    """Q (S / (λⱼ − λᵢ) + diag(gλ)) Qᵀ, S the skew part of QᵀgQ: vectors of length 1 can only turn."""
    shapes = x.shape[:-1], x.shape
    values, Q = unpacked(y, *shapes)
    g_values, gQ = unpacked(g, *shapes)
    turn = Q.mT @ gQ
    turn = ratio(0.5 * (turn - turn.mT), values[..., None, :] - values[..., :, None])
    return (Q @ turn + Q * g_values[..., None, :]) @ Q.mT


def eigh(A: Any, UPLO: str = "L") -> Eigh:
    """λ and Q of a symmetric matrix, A = Q diag(λ) Qᵀ, the smallest λ first (PyTorch's page torch.linalg.eigh).

    Only the triangle "L" or "U" of A is read. The sign of an eigenvector is LAPACK's choice.

    >>> import tinygrad_lite as tl
    >>> tl.linalg.eigh(tl.tensor([[2.0, 1.0], [1.0, 2.0]])).eigenvalues
    tensor([1., 3.])
    """
    square("linalg.eigh", A)
    return Eigh(*unpacked(symmetric_eigen(A, triangle(UPLO)), A.shape[:-1], A.shape))


def triangle(UPLO: str) -> lapack.Triangle:
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"linalg.eigh: Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return "L" if UPLO.upper() == "L" else "U"


@unary
def eigvalsh(x, UPLO="L"):
    """y = λ, x = Q diag(λ) Qᵀ        dy = diag(Qᵀ dx Q)

    The eigenvalues of a symmetric matrix, the smallest first (PyTorch's page torch.linalg.eigvalsh).

    >>> import tinygrad_lite as tl
    >>> tl.linalg.eigvalsh(tl.tensor([[2.0, 1.0], [1.0, 2.0]]))
    tensor([1., 3.])
    """
    square("linalg.eigvalsh", x)
    return lapack.eigvalsh(x, triangle(UPLO)), lambda g: recomposed(eigh(x, UPLO)[1], g)


def recomposed(Q: Any, g: Any) -> Any:
    """Q diag(g) Qᵀ"""
    return (Q * g[..., None, :]) @ Q.mT


@unary
def singular(x, full=False):
    """y = (U, S, Vᵀ), x = U diag(S) Vᵀ        dS = diag(Uᵀ dx V), and dU, dV turn by (Sⱼ Pᵢⱼ + Sᵢ Pⱼᵢ)/(Sⱼ² − Sᵢ²)"""
    y = packed(*lapack.svd(x, full))
    return y, lambda g: svd_slope(g, y, x.shape, full)


def svd_shapes(shape: tuple, full: bool) -> tuple:
    *batch, m, n = shape
    k = min(m, n)
    return (*batch, m, m if full else k), (*batch, k), (*batch, n if full else k, n)


def svd_slope(g: Any, y: Any, shape: tuple, full: bool) -> Any:
    """U (S-weighted turns of U and V + diag(gS)) Vᵀ, and for a matrix that is not square the turns out of its range.

    Townsend, "Differentiating the singular value decomposition" (2016). Of full U and V, the first columns count.
    """
    m, n = shape[-2:]
    k = min(m, n)
    U, S, Vh = unpacked(y, *svd_shapes(shape, full))
    gU, gS, gVh = unpacked(g, *svd_shapes(shape, full))
    if full:
        U, Vh, gU, gVh = U[..., :k], Vh[..., :k, :], gU[..., :k], gVh[..., :k, :]
    row, column = S[..., None, :], S[..., :, None]
    gap = (row - column) * (row + column)
    turn_u, turn_v = U.mT @ gU, Vh @ gVh.mT
    inner = ratio(turn_u - turn_u.mT, gap) * row + column * ratio(turn_v - turn_v.mT, gap)
    slope = (U @ inner + U * gS[..., None, :]) @ Vh
    if m > k:
        slope = slope + ratio(gU - U @ turn_u, row) @ Vh
    if n > k:
        slope = slope + U @ ratio(gVh - turn_v.mT @ Vh, column)
    return slope


def svd(A: Any, full_matrices: bool = True, *, driver: Any = None) -> SVD:
    """U, S and Vh of A = U diag(S) Vh, the largest S first (PyTorch's page torch.linalg.svd).

    A: (…, m, n), k = min(m, n); U: (…, m, m) or (…, m, k), S: (…, k), Vh: (…, n, n) or (…, k, n). The sign of a pair of
    vectors is LAPACK's choice. The derivative of full matrices is that of their first k columns.

    >>> import tinygrad_lite as tl
    >>> tl.linalg.svd(tl.tensor([[3.0, 0.0], [0.0, 2.0], [0.0, 0.0]])).S
    tensor([3., 2.])
    """
    matrices("linalg.svd", A)
    refuse_driver("linalg.svd", driver)
    return SVD(*unpacked(singular(A, full_matrices), *svd_shapes(tuple(A.shape), full_matrices)))


def refuse_driver(name: str, driver: Any) -> None:
    if driver is not None:
        raise RuntimeError(f"{name}: keyword argument `driver=` is only supported on CUDA inputs")


@unary
def singular_values(x):
    """y = S, x = U diag(S) Vᵀ        dy = diag(Uᵀ dx V)"""
    matrices("linalg.svdvals", x)
    return lapack.singular_values(x), lambda g: values_slope(svd(x, full_matrices=False), g)


def values_slope(factors: SVD, g: Any) -> Any:
    """U diag(g) Vᵀ"""
    U, _, Vh = factors
    return (U * g[..., None, :]) @ Vh


def svdvals(A: Any, *, driver: Any = None) -> Any:
    """The singular values, the largest first (PyTorch's page torch.linalg.svdvals).

    >>> import tinygrad_lite as tl
    >>> tl.linalg.svdvals(tl.tensor([[3.0, 0.0], [0.0, -4.0]]))
    tensor([4., 3.])
    """
    refuse_driver("linalg.svdvals", driver)
    return singular_values(A)


def older_svd(input: Any, some: bool = True, compute_uv: bool = True) -> OldSVD:
    """U, S and V of A = U diag(S) Vᵀ: linalg.svd with V, not Vh, and reduced if `some` (PyTorch's page torch.svd).

    Without compute_uv, U and V are zeros.
    """
    if compute_uv:
        U, S, Vh = svd(input, full_matrices=not some)
        return OldSVD(U, S, Vh.mT)
    S = singular_values(input)
    *batch, m, n = input.shape
    return OldSVD(result(np.zeros((*batch, m, m), S.dtype)), S, result(np.zeros((*batch, n, n), S.dtype)))


@unary
def eigen(x):
    """y = (λ, V), x = V diag(λ) V⁻¹        dλ = diag(V⁻¹ dx V), dV = V (V⁻¹ dx V / (λⱼ − λᵢ)), of length 1"""
    y = packed(*lapack.eig(x))
    return y, lambda g: eig_slope(g, y, x)


def eig_slope(g: Any, y: Any, x: Any) -> Any:
    """V⁻ᵀ (diag(gλ) + (VᵀgV − VᵀV diag(VᵀgV))/(λⱼ − λᵢ)) Vᵀ"""
    shapes, one = (x.shape[:-1], x.shape), identity(x)
    values, V = unpacked(y, *shapes)
    g_values, gV = unpacked(g, *shapes)
    turn = V.mT @ gV
    turn = turn - (V.mT @ V) * (turn * one).sum(-2)[..., None, :]  # what would change a vector's length
    turn = ratio(turn * (1 - one), values[..., None, :] - values[..., :, None])
    return solve(V.mT, (turn + one * g_values[..., None, :]) @ V.mT)


def eig(A: Any) -> Eig:
    """λ and V of A = V diag(λ) V⁻¹, if they are real (PyTorch's page torch.linalg.eig).

    There are no complex tensors: where PyTorch returns complex numbers without imaginary parts, the result is real,
    and where an eigenvalue is complex it is a LinAlgError.
    """
    square("linalg.eig", A)
    return Eig(*unpacked(eigen(A), A.shape[:-1], A.shape))


@unary
def eigvals(x):
    """y = λ, x = V diag(λ) V⁻¹        dy = diag(V⁻¹ dx V)

    As linalg.eig: real, or a LinAlgError (PyTorch's page torch.linalg.eigvals).

    >>> import tinygrad_lite as tl
    >>> tl.linalg.eigvals(tl.tensor([[2.0, 1.0], [0.0, 3.0]]))
    tensor([2., 3.])
    """
    square("linalg.eigvals", x)
    return lapack.eig(x)[0], lambda g: eigvals_slope(eig(x)[1], g)


def eigvals_slope(V: Any, g: Any) -> Any:
    """V⁻ᵀ diag(g) Vᵀ"""
    return (inv(V).mT * g[..., None, :]) @ V.mT
