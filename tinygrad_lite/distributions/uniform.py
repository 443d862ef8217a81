"""The uniform distribution on an interval."""

import math
from typing import Any

import numpy as np

from ..kernels import sampling
from ..operation import result
from ..ops import log
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution
from .utils import broadcast_all


class Uniform(Distribution):
    """Uniform on [low, high): density 1/(high − low).

    Both are numbers or tensors that broadcast. PyTorch's page torch.distributions.uniform.Uniform.

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.distributions.Uniform(tl.tensor([0.0, -1.0]), 1.0).sample()
    tensor([0.4963, 0.5364])
    """

    has_rsample = True

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None):
        self.low, self.high = broadcast_all(low, high)
        super().__init__(self.low.shape, validate_args=validate_args)

    @property
    def arg_constraints(self) -> Any:  # type: ignore[override]
        return {"low": constraints.less_than(self.high), "high": constraints.greater_than(self.low)}

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self):  # type: ignore[override]
        return constraints.interval(self.low, self.high)

    @property
    def mean(self) -> Tensor:
        return (self.high + self.low) / 2

    @property
    def mode(self) -> Tensor:
        return math.nan * self.high  # no value is more probable than the others

    @property
    def stddev(self) -> Tensor:
        return (self.high - self.low) / 12**0.5

    @property
    def variance(self) -> Tensor:
        return (self.high - self.low) ** 2 / 12

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        noise = sampling.rand(None, self._extended_shape(sample_shape), self.low.dtype)
        return self.low + result(noise) * (self.high - self.low)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        inside = (self.low.array <= value.array) & (value.array < self.high.array)
        return result(np.where(inside, 0, -np.inf).astype(self.low.dtype)) - log(self.high - self.low)

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return ((value - self.low) / (self.high - self.low)).clamp(min=0, max=1)

    def icdf(self, value: Tensor) -> Tensor:
        return value * (self.high - self.low) + self.low

    def entropy(self) -> Tensor:
        return log(self.high - self.low)
