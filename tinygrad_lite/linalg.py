"""Linear algebra: PyTorch's torch.linalg.

Matrices are the last two dimensions of a tensor, and what stands before them is a batch. All functions have
derivatives of every order, except ranks and the added columns of a complete QR. A matrix that is singular, or not
positive definite, where it must not be, is a `LinAlgError`.

>>> import tinygrad_lite as tl
>>> A = tl.tensor([[4.0, 2.0], [2.0, 2.0]], requires_grad=True)
>>> tl.linalg.slogdet(A).logabsdet.backward()
>>> A.grad
tensor([[ 0.5000, -0.5000],
        [-0.5000,  1.0000]])
"""

from typing import Any

from .errors import LinAlgError as LinAlgError
from .ops.combinations import linalg_vander as vander
from .ops.determinant import det, slogdet
from .ops.diagonal import diagonal as _diagonal
from .ops.elimination import lu, lu_factor, lu_factor_ex, lu_solve
from .ops.factor import cholesky, cholesky_ex, householder_product, qr
from .ops.least_squares import lstsq, matrix_rank, pinv
from .ops.linalg import matmul
from .ops.matrix_functions import cond, matrix_exp, matrix_power, multi_dot
from .ops.matrix_norm import matrix_norm, matrix_or_vector_norm as norm
from .ops.products import linalg_cross as cross, vecdot
from .ops.solve import inv, inv_ex, solve, solve_ex, solve_triangular, tensorinv, tensorsolve
from .ops.spectral import eig, eigh, eigvals, eigvalsh, svd, svdvals
from .ops.vector_norms import linalg_vector_norm as vector_norm


def diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """The diagonals of the last two dimensions (PyTorch's page torch.linalg.diagonal).

    >>> import tinygrad_lite as tl
    >>> tl.linalg.diagonal(tl.arange(8).reshape(2, 2, 2))
    tensor([[0, 3],
            [4, 7]])
    """
    return _diagonal(A, offset, dim1, dim2)


__all__ = [
    "LinAlgError",
    "cholesky",
    "cholesky_ex",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "householder_product",
    "inv",
    "inv_ex",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_ex",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "vander",
    "vecdot",
    "vector_norm",
]
