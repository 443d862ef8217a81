"""The normal distribution."""

import math
from typing import Any, ClassVar

from ..kernels import sampling
from ..operation import result
from ..ops import erf, erfinv
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution
from .utils import broadcast_all


class Normal(Distribution):
    """Normal with mean μ = loc and standard deviation σ = scale: density exp(−(x − μ)²/2σ²)/√(2π) σ.

    Both are numbers or tensors that broadcast. PyTorch's page torch.distributions.normal.Normal.

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> normal = tl.distributions.Normal(tl.tensor([0.0, 10.0]), 1.0)
    >>> normal.sample()
    tensor([1.5410, 9.7066])
    >>> normal.log_prob(tl.tensor([0.0, 11.0]))
    tensor([-0.9189, -1.4189])
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
        return self.scale

    @property
    def variance(self) -> Tensor:
        return self.scale**2

    def sample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        return result(sampling.normal_like(None, self.loc.expand(shape).array, self.scale.expand(shape).array))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        noise = sampling.randn(None, self._extended_shape(sample_shape), self.loc.dtype)
        return self.loc + result(noise) * self.scale

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return -((value - self.loc) ** 2) / (2 * self.scale**2) - self.scale.log() - 0.5 * math.log(2 * math.pi)

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return 0.5 * (1 + erf((value - self.loc) / (self.scale * math.sqrt(2))))

    def icdf(self, value: Tensor) -> Tensor:
        return self.loc + self.scale * erfinv(2 * value - 1) * math.sqrt(2)

    def entropy(self) -> Tensor:
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()
