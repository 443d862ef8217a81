"""LAPACK by way of NumPy, over batches, with errors that name the operation and the matrix at fault."""

from collections.abc import Callable
from typing import Any, Literal, NoReturn

import numpy as np
from numpy import ndarray

from ..errors import LinAlgError, broadcasting
from .triangular import pivots_of

Triangle = Literal["L", "U"]
SINGULAR = "the input matrix is singular. Use linalg.pinv or linalg.lstsq, or add a small multiple of the identity"


def element(call: Callable, x: ndarray) -> tuple[str, tuple]:
    """The first matrix of a batch that a call refuses: how PyTorch names it, and its index."""
    for number, place in enumerate(np.ndindex(x.shape[:-2])):
        try:
            call(x[place])
        except np.linalg.LinAlgError:
            return (f"(Batch element {number}): " if x.ndim > 2 else ""), place
    return "", (0,) * (x.ndim - 2)


def inverse(x: ndarray) -> ndarray:
    """x⁻¹"""
    try:
        return np.linalg.inv(x)
    except np.linalg.LinAlgError:
        which, place = element(np.linalg.inv, x)
    k = int(zero_pivot(x[place]))
    raise LinAlgError(
        f"linalg.inv: {which}The diagonal element {k} is zero, the inversion could not be completed because {SINGULAR}"
    )


def zero_pivot(x: ndarray) -> ndarray:
    """The number of the first pivot that is 0 in the elimination, counted from 1; 0 if there is none."""
    zeros = pivots_of(x) == 0
    return np.where(zeros.any(-1), zeros.argmax(-1) + 1, 0) if x.shape[-1] else np.zeros(x.shape[:-2], int)


def solution(a: ndarray, b: ndarray) -> ndarray:
    """a⁻¹·b for matrices b; batches broadcast."""
    try:
        return np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        pass
    except ValueError:
        raise broadcasting("linalg.solve: the batches", a.shape[:-2], b.shape[:-2]) from None
    raise LinAlgError(f"linalg.solve: {element(np.linalg.inv, a)[0]}The solver failed because {SINGULAR}")


def cholesky(x: ndarray, upper: bool) -> ndarray:
    """The triangular factor of a positive definite x, of which one triangle is read."""
    try:
        return np.linalg.cholesky(x, upper=upper)
    except np.linalg.LinAlgError:
        which, place = element(lambda m: np.linalg.cholesky(m, upper=upper), x)
    k = minor(x[place], upper)
    raise LinAlgError(
        f"linalg.cholesky: {which}The factorization could not be completed because the input is not positive-definite "
        f"(the leading minor of order {k} is not positive-definite). Add a multiple of the identity, or use "
        "linalg.cholesky_ex"
    )


def minor(x: ndarray, upper: bool) -> int:
    """The order of the first leading minor of a matrix that is not positive definite; 0 if there is none."""
    low, high = 0, len(x) + 1  # that of order low is, that of order high is not
    while high - low > 1:
        middle = (low + high) // 2
        try:
            np.linalg.cholesky(x[:middle, :middle], upper=upper)
            low = middle
        except np.linalg.LinAlgError:
            high = middle
    return high if high <= len(x) else 0


def svd(x: ndarray, full: bool) -> tuple[ndarray, ndarray, ndarray]:
    """U, S and Vᵀ of x = U diag(S) Vᵀ.

    Tall matrices are made triangular first from 3/2 columns upwards, where PyTorch's LAPACK does so (NumPy's does from
    11/6): it is the route that decides the signs of the vectors.
    """
    m, n = x.shape[-2:]
    if not 3 * n // 2 <= m < 11 * n // 6:
        return _svd(x, full)
    q, r = np.linalg.qr(x, "complete" if full else "reduced")
    u, s, vh = _svd(r[..., :n, :], False)
    return np.concatenate((q[..., :n] @ u, q[..., n:]), -1), s, vh


def _svd(x: ndarray, full: bool) -> tuple[ndarray, ndarray, ndarray]:
    try:
        return np.linalg.svd(x, full)
    except np.linalg.LinAlgError:
        _diverged("linalg.svd", x)


def singular_values(x: ndarray) -> ndarray:
    """S of x = U diag(S) Vᵀ, the largest first."""
    try:
        return np.linalg.svd(x, compute_uv=False)
    except np.linalg.LinAlgError:
        _diverged("linalg.svdvals", x)


def eigh(x: ndarray, triangle: Triangle) -> tuple[ndarray, ndarray]:
    """λ and Q of a symmetric x = Q diag(λ) Qᵀ, of which the triangle "L" or "U" is read."""
    try:
        values, vectors = np.linalg.eigh(x, triangle)
    except np.linalg.LinAlgError:
        _diverged("linalg.eigh", x)
    if np.isnan(values).any():  # small matrices of nan pass
        _diverged("linalg.eigh", x)
    return values, vectors


def eigvalsh(x: ndarray, triangle: Triangle) -> ndarray:
    """λ of a symmetric x, the smallest first."""
    try:
        values = np.linalg.eigvalsh(x, triangle)
    except np.linalg.LinAlgError:
        _diverged("linalg.eigvalsh", x)
    if np.isnan(values).any():
        _diverged("linalg.eigvalsh", x)
    return values


def eig(x: ndarray) -> tuple[Any, Any]:
    """λ and V of x = V diag(λ) V⁻¹, if they are real: there are no complex tensors."""
    try:
        found: Any = np.linalg.eig(x)
    except np.linalg.LinAlgError:
        _diverged("linalg.eig", x)
    values, vectors = found
    if values.dtype.kind == "c":
        value = complex(values[values.imag != 0][0])
        raise LinAlgError(
            f"linalg.eig: an eigenvalue is complex, {value:.4g}, and there are no complex tensors. For the "
            "eigenvalues of a symmetric matrix use linalg.eigh"
        )
    return values, vectors


def _diverged(name: str, x: ndarray) -> NoReturn:
    if not np.isfinite(x).all():
        raise LinAlgError(
            f"{name}: The algorithm failed to converge because the input matrix contained non-finite values. Look "
            "for the nan or infinity with isfinite()"
        )
    raise LinAlgError(
        f"{name}: The algorithm failed to converge because the input matrix is ill-conditioned or has too many "
        "repeated values"
    )
