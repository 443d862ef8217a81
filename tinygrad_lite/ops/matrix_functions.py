"""Functions of a square matrix, and chains of matrices: powers, the exponential, the cheapest order of a product."""

from typing import Any

import numpy as np

from ..arguments import also
from ..errors import LinAlgError, ShapeError
from ..kernels.exponential import matrix_exponential
from ..operation import result, unary
from ..tape import Variable
from .dims import whole
from .forms import where
from .join import cat
from .linalg import matmul
from .matrices import identity, matrices, square
from .matrix_norm import matrix_norm
from .shape import clone
from .solve import inv, inv_ex
from .spectral import svdvals


@unary
def matrix_exp(x):
    """y = eˣ = Σ xᵏ/k!        dy = ∫₀¹ e^(sx) dx e^((1−s)x) ds

    Of a square matrix, or of each of a batch. The derivative is a block of the exponential of a matrix of twice the
    size: Mathias, "A chain rule for matrix functions" (1996) (PyTorch's page torch.linalg.matrix_exp).

    >>> import tinygrad_lite as tl
    >>> tl.linalg.matrix_exp(tl.tensor([[0.0, 1.0], [0.0, 0.0]]))
    tensor([[1., 1.],
            [0., 1.]])
    """
    square("linalg.matrix_exp", x, halves=True)
    y = matrix_exponential(x.astype(np.float32) if x.dtype == np.float16 else x).astype(x.dtype, copy=False)
    return y, lambda g: exponential_slope(g, x)


def exponential_slope(g: Any, x: Any) -> Any:
    """The upper right block of exp [[xᵀ, g], [0, xᵀ]]."""
    n, zeros = x.shape[-1], np.zeros(x.shape, x.dtype)
    return matrix_exp(cat((cat((x.mT, g), -1), cat((zeros, x.mT), -1)), -2))[..., :n, n:]


@also(input="A")
def matrix_power(A: Any, n: int) -> Any:
    """Aⁿ of a square matrix, or of each of a batch, by repeated squaring (PyTorch's page torch.linalg.matrix_power).

    n = 0 gives the identity, n < 0 the power of the inverse.

    >>> import tinygrad_lite as tl
    >>> tl.linalg.matrix_power(tl.tensor([[1, 1], [0, 1]]), 3)
    tensor([[1, 3],
            [0, 1]])
    """
    square("linalg.matrix_power", A, floats=False)
    n = whole(n, "linalg.matrix_power", "n")
    if n == 0:
        return result(np.broadcast_to(identity(A), tuple(A.shape)).copy())
    if n < 0:
        return matrix_power(inv(A), -n)
    if n == 1:
        return clone(A)
    if n == 3:
        return matmul(matmul(A, A), A)
    power, y = A, None
    while True:
        if n & 1:
            y = power if y is None else matmul(y, power)
        n >>= 1
        if not n:
            return y
        power = matmul(power, power)


def multi_dot(tensors: Any) -> Any:
    """The product of a chain of matrices, in the order of fewest multiplications (torch.linalg.multi_dot).

    The first may be a vector, a row, and the last one, a column.

    >>> import tinygrad_lite as tl
    >>> tl.linalg.multi_dot([tl.ones(10, 2), tl.ones(2, 10), tl.ones(10)])
    tensor([20., 20., 20., 20., 20., 20., 20., 20., 20., 20.])
    """
    chain = list(tensors)
    count = len(chain)
    if count < 2:
        raise RuntimeError(f"linalg.multi_dot: expected at least 2 tensors but got {count}")
    for place, x in enumerate(chain):
        allowed = (1, 2) if place in (0, count - 1) else (2,)
        if x.ndim not in allowed:
            ranks = " or ".join(f"{rank}D" for rank in allowed)
            raise ShapeError(f"linalg.multi_dot: tensor {place} must be {ranks} but got {x.ndim}D, {tuple(x.shape)}")
    sizes = [1 if chain[0].ndim == 1 else chain[0].shape[0], *(x.shape[-1] if x.ndim == 2 else 1 for x in chain)]
    for place, x in enumerate(chain[1:], 1):
        inner = chain[place - 1].shape[-1]
        if x.shape[0] != inner:
            raise ShapeError(
                f"linalg.multi_dot: tensors {place - 1} and {place} with shapes {tuple(chain[place - 1].shape)} and "
                f"{tuple(x.shape)} cannot be multiplied"
            )
        sizes[place] = inner
    splits = cheapest(sizes)

    def product(first: int, last: int) -> Any:
        if first == last:
            return chain[first]
        split = splits[first, last]
        return matmul(product(first, split), product(split + 1, last))

    return product(0, count - 1)


def cheapest(sizes: list[int]) -> dict[tuple[int, int], int]:
    """Where to split each stretch of a chain whose i-th matrix is sizes[i] × sizes[i + 1]: dynamic programming."""
    count = len(sizes) - 1
    cost = {(i, i): 0 for i in range(count)}
    splits = {}
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            choices = [(cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j)]
            cost[i, j], splits[i, j] = min(choices)
    return splits


def chain_matmul(*matrices: Any) -> Any:
    """The product of a chain of matrices: linalg.multi_dot (PyTorch's page torch.chain_matmul)."""
    chain = matrices[0] if len(matrices) == 1 and not isinstance(matrices[0], Variable) else matrices
    return clone(chain[0]) if len(chain) == 1 else multi_dot(chain)


def cond(A: Any, p: Any = None) -> Any:
    """How much A can stretch one direction more than another: ‖A‖·‖A⁻¹‖ (PyTorch's page torch.linalg.cond).

    p: the norm, as in linalg.matrix_norm; None is 2, the largest by the smallest singular value. ∞ for a singular A.

    >>> import tinygrad_lite as tl
    >>> tl.linalg.cond(tl.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor(2.)
    """
    matrices("linalg.cond", A)
    if p is None or p in (2, -2):
        if 0 in A.shape[-2:]:
            return result(np.zeros(A.shape[:-2], A.dtype))
        S = svdvals(A)
        with np.errstate(divide="ignore", invalid="ignore"):
            return S[..., -1] / S[..., 0] if p == -2 else S[..., 0] / S[..., -1]
    if p not in ("fro", "nuc", np.inf, -np.inf, 1, -1):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    square(f"linalg.cond(ord={p})", A)
    if not A.shape[-1]:
        return result(np.zeros(A.shape[:-2], A.dtype))
    try:
        inverse = inv(A)
    except LinAlgError:
        inverse, info = inv_ex(A)
        y = matrix_norm(A, p) * matrix_norm(inverse, p)
        return where(info == 0, y, float("inf"))
    return matrix_norm(A, p) * matrix_norm(inverse, p)
