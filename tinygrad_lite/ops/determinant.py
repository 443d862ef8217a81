"""Determinants."""

from typing import Any, NamedTuple

import numpy as np

from ..arguments import also
from ..errors import LinAlgError
from ..operation import unary
from .forms import where
from .found import printed
from .index import select
from .matrices import identity, square
from .reduce import prod
from .solve import inv
from .spectral import svd


class SignLogDet(NamedTuple):
    """What slogdet returns: the sign of the determinant (0 for a singular matrix), and the logarithm of its size."""

    sign: Any
    logabsdet: Any

    __repr__ = printed("linalg_slogdet")


@unary
def det(x):
    """y = |x|        dy = Σ C ∘ dx, C the cofactors |x| x⁻ᵀ

    Of a square matrix, or of each of a batch; a singular one has a derivative too (PyTorch's page torch.linalg.det).

    >>> import tinygrad_lite as tl
    >>> tl.linalg.det(tl.tensor([[2.0, 1.0], [0.0, 3.0]]))
    tensor(6.)
    """
    square("linalg.det", x)
    with np.errstate(over="ignore"):
        y = np.asarray(np.linalg.det(x))
    return y, lambda g: g[..., None, None] * cofactors(x, y)


def cofactors(x: Any, determinant: Any) -> Any:
    """The derivative of |x|: |x| x⁻ᵀ, and where x is singular the limit of it, |U||V| U (Π of the other s) Vᵀ.

    The limit is that of Stewart, "On the adjugate matrix" (1998).
    """
    try:
        return determinant[..., None, None] * inv(x).mT
    except LinAlgError:
        U, S, Vh = svd(x, full_matrices=False)
        one = identity(x)
        others = prod(S[..., None, :] * (1 - one) + one, -1)
        return (det(U) * det(Vh))[..., None, None] * ((U * others[..., None, :]) @ Vh)


@unary
def sign_and_logarithm(x):
    """y = (sign |x|, ln ||x||)        dy = (0, Σ x⁻ᵀ ∘ dx)"""
    square("linalg.slogdet", x)
    y = np.stack(np.linalg.slogdet(x))
    return y, lambda g: g[1][..., None, None] * inv(x).mT


@also(input="A")
def slogdet(A: Any) -> SignLogDet:
    """The sign of the determinant, and the logarithm of its absolute value (PyTorch's page torch.linalg.slogdet).

    (0, −∞) for a singular matrix, which has no derivative: LinAlgError from backward.

    >>> import tinygrad_lite as tl
    >>> sign, logarithm = tl.linalg.slogdet(-tl.eye(3))
    >>> sign, logarithm
    (tensor(-1.), tensor(0.))
    """
    y = sign_and_logarithm(A)
    return SignLogDet(select(y, 0, 0), select(y, 0, 1))


def logdet(input: Any) -> Any:
    """ln |x|: −∞ where the determinant is 0, nan where it is negative (PyTorch's page torch.logdet).

    >>> import tinygrad_lite as tl
    >>> tl.logdet(tl.eye(3))
    tensor(0.)
    """
    sign, logarithm = slogdet(input)
    return where(sign < 0, float("nan"), logarithm)
