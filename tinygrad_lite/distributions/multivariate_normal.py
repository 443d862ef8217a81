"""The normal distribution of vectors."""

import math
from typing import Any, ClassVar

import numpy as np

from ..errors import ShapeError
from ..kernels import sampling
from ..operation import result
from ..ops import flip, matmul
from ..ops.factor import cholesky
from ..ops.solve import cholesky_inverse, solve_triangular
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution
from .utils import lazy_property


class MultivariateNormal(Distribution):
    """Vectors μ + L z, z standard normal: mean μ = loc (..., n), covariance Σ = L Lᵀ.

    One of covariance_matrix Σ, precision_matrix Σ⁻¹ and scale_tril L (lower triangular), all (..., n, n), is given;
    L is the quickest. PyTorch's page torch.distributions.multivariate_normal.MultivariateNormal.

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> plane = tl.distributions.MultivariateNormal(tl.zeros(2), tl.tensor([[4.0, 2.0], [2.0, 2.0]]))
    >>> plane.sample()
    tensor([3.0820, 1.2476])
    >>> plane.log_prob(tl.zeros(2)), plane.entropy()
    (tensor(-2.5310), tensor(3.5310))
    """

    arg_constraints: ClassVar[Any] = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self,
        loc: Tensor,
        covariance_matrix: Any = None,
        precision_matrix: Any = None,
        scale_tril: Any = None,
        validate_args: bool | None = None,
    ):
        if loc.ndim < 1:
            raise ValueError("loc must be at least one-dimensional.")
        names = ("covariance_matrix", "precision_matrix", "scale_tril")
        given = [
            pair
            for pair in zip(names, (covariance_matrix, precision_matrix, scale_tril), strict=True)
            if pair[1] is not None
        ]
        if len(given) != 1:
            raise ValueError(
                "Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified, "
                f"got {len(given)} of them"
            )
        ((name, matrix),) = given
        if matrix.ndim < 2:
            raise ValueError(f"{name} must be at least two-dimensional, with optional leading batch dimensions")
        try:
            batch = np.broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        except ValueError:
            raise ShapeError(
                f"MultivariateNormal: loc of shape {tuple(loc.shape)} and {name} of shape {tuple(matrix.shape)} do not "
                "broadcast together"
            ) from None
        setattr(self, name, matrix.expand((*batch, -1, -1)))
        self.loc = loc.expand((*batch, -1))
        super().__init__(batch, self.loc.shape[-1:], validate_args)
        self._factor = factor(name, matrix)  # L, before it was expanded

    @lazy_property
    def scale_tril(self) -> Tensor:
        return self._factor.expand(self._matrices())

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        return matmul(self._factor, self._factor.mT).expand(self._matrices())

    @lazy_property
    def precision_matrix(self) -> Tensor:
        return cholesky_inverse(self._factor).expand(self._matrices())

    def _matrices(self) -> tuple:
        return (*self._batch_shape, *self._event_shape, *self._event_shape)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        return (self._factor**2).sum(-1).expand((*self._batch_shape, *self._event_shape))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        noise = sampling.randn(None, self._extended_shape(sample_shape), self.loc.dtype)
        return self.loc + matmul(self._factor, result(noise[..., None])).squeeze(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        squares = squared_distance(self._factor.expand(self._matrices()), value - self.loc)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + squares) - log_determinant(self._factor)

    def entropy(self) -> Tensor:
        per_dimension = 0.5 * (1 + math.log(2 * math.pi))
        return (self._event_shape[0] * per_dimension + log_determinant(self._factor)).expand(self._batch_shape)


def factor(name: str, matrix: Tensor) -> Tensor:
    """L of what was given. Of a precision matrix: with the order of the rows turned round, twice, L = (Lₚ⁻¹)ᵀ."""
    if name == "scale_tril":
        return matrix
    if name == "covariance_matrix":
        return cholesky(matrix)
    turned = flip(cholesky(flip(matrix, (-2, -1))), (-2, -1)).mT
    return solve_triangular(turned, result(np.eye(matrix.shape[-1], dtype=matrix.dtype)), upper=False)


def log_determinant(L: Tensor) -> Tensor:
    """log det L of lower triangular matrices with a positive diagonal: half of log det Σ."""
    return L.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def squared_distance(L: Tensor, difference: Tensor) -> Tensor:
    """dᵀ Σ⁻¹ d = |L⁻¹ d|² for many d (..., *batch, n) and L (*batch, n, n): each L is inverted against all its d."""
    batch, n = L.shape[:-2], L.shape[-1]
    samples = difference.shape[: difference.ndim - 1 - len(batch)]
    sides = difference.reshape(math.prod(samples), *batch, n).movedim(0, -1)
    squares = (solve_triangular(L, sides, upper=False) ** 2).sum(-2)
    return squares.movedim(-1, 0).reshape(*samples, *batch)
