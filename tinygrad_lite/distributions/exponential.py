"""Exponential decay to one side, and to both: the exponential and the Laplace distribution."""

from typing import Any, ClassVar

import numpy as np

from ..kernels import sampling
from ..operation import result
from ..ops import exp, expm1, log, log1p
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution
from .utils import broadcast_all


class Exponential(Distribution):
    """Waiting times of rate λ: density λ exp(−λx), x ≥ 0 (PyTorch's page torch.distributions.exponential).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.distributions.Exponential(tl.tensor([1.0, 10.0])).sample()
    tensor([3.5083, 0.1230])
    """

    arg_constraints: ClassVar[Any] = {"rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True

    def __init__(self, rate: Any, validate_args: bool | None = None):
        (self.rate,) = broadcast_all(rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.rate.reciprocal()

    @property
    def mode(self) -> Tensor:
        return result(np.zeros_like(self.rate.array))

    @property
    def stddev(self) -> Tensor:
        return self.rate.reciprocal()

    @property
    def variance(self) -> Tensor:
        return self.rate**-2

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape, dtype = self._extended_shape(sample_shape), self.rate.dtype
        return result(sampling.exponential(None, shape, 1.0, dtype)) / self.rate

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return self.rate.log() - self.rate * value

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return 1 - exp(-self.rate * value)

    def icdf(self, value: Tensor) -> Tensor:
        return -log1p(-value) / self.rate

    def entropy(self) -> Tensor:
        return 1 - self.rate.log()


class Laplace(Distribution):
    """Exponential decay on both sides of μ = loc, scale b: density exp(−|x − μ|/b)/2b (torch.distributions.laplace).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.distributions.Laplace(tl.tensor([0.0, 1.0]), 1.0).sample()
    tensor([-0.0075,  1.7688])
    """

    arg_constraints: ClassVar[Any] = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None):
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def stddev(self) -> Tensor:
        return 2**0.5 * self.scale

    @property
    def variance(self) -> Tensor:
        return 2 * self.scale**2

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        dtype = self.loc.dtype
        u = sampling.uniform(None, self._extended_shape(sample_shape), float(np.finfo(dtype).eps) - 1, 1.0, dtype)
        return self.loc - self.scale * result(np.sign(u)) * result(np.log1p(-np.abs(u)))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return -log(2 * self.scale) - (value - self.loc).abs() / self.scale

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        distance = value - self.loc
        return 0.5 - 0.5 * distance.sign() * expm1(-distance.abs() / self.scale)

    def icdf(self, value: Tensor) -> Tensor:
        term = value - 0.5
        return self.loc - self.scale * term.sign() * log1p(-2 * term.abs())

    def entropy(self) -> Tensor:
        return 1 + log(2 * self.scale)
