"""Coins: Bernoulli, and the number of tails before the first head."""

import math
from typing import Any, ClassVar

import numpy as np

from ..kernels import sampling
from ..operation import result
from ..ops import binary_cross_entropy_with_logits, log1p, where
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution
from .utils import broadcast_all, lazy_property, logits_to_probs, one_of, probs_to_logits


class Coin(Distribution):
    """What distributions share that are given by one probability, as probs p or logits log p/(1 − p)."""

    arg_constraints: ClassVar[Any] = {"probs": constraints.unit_interval, "logits": constraints.real}

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None):
        one_of(probs, logits)
        if probs is not None:
            (self.probs,) = broadcast_all(probs)
        else:
            (self.logits,) = broadcast_all(logits)
        super().__init__(self._param.shape, validate_args=validate_args)

    @property
    def _param(self) -> Tensor:
        """The parameter that was given."""
        return self.__dict__.get("probs", self.__dict__.get("logits"))  # type: ignore[return-value]

    @property
    def param_shape(self) -> Any:
        return self._param.shape

    @lazy_property
    def probs(self) -> Tensor:
        return logits_to_probs(self.logits, is_binary=True)

    @lazy_property
    def logits(self) -> Tensor:
        return probs_to_logits(self.probs, is_binary=True)

    def _entropy_of_a_throw(self) -> Tensor:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")


class Bernoulli(Coin):
    """1 with probability p, else 0; of the probability `probs` or of `logits` (torch.distributions.bernoulli).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.distributions.Bernoulli(tl.tensor([0.1, 0.5, 0.9])).sample()
    tensor([0., 0., 1.])
    """

    support = constraints.boolean
    has_enumerate_support = True

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        p = self.probs.array
        return result(np.where(p == 0.5, p.dtype.type(math.nan), (p >= 0.5).astype(p.dtype)))

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        return result(sampling.bernoulli_like(None, self.probs.expand(shape).array))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self) -> Tensor:
        return self._entropy_of_a_throw()

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return self._enumerated(result(np.arange(2, dtype=self._param.dtype)), expand)


class Geometric(Coin):
    """The number k of failures before the first success, P(k) = (1 − p)ᵏ p (torch.distributions.geometric).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.distributions.Geometric(tl.tensor([0.1, 0.1, 0.1])).sample()
    tensor([ 6.,  2., 23.])
    """

    support = constraints.nonnegative_integer

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None):
        super().__init__(probs, logits, validate_args)
        if self._validate_args and probs is not None and not (self.probs.array > 0).all():
            raise ValueError(
                f"Expected parameter probs (Tensor of shape {tuple(self.probs.shape)}) of distribution {self!r} to be "
                f"positive, but it has values outside of that:\n{self.probs}"
            )

    @property
    def mean(self) -> Tensor:
        return 1 / self.probs - 1

    @property
    def mode(self) -> Tensor:
        return result(np.zeros_like(self.probs.array))

    @property
    def variance(self) -> Tensor:
        return (1 / self.probs - 1) / self.probs

    def sample(self, sample_shape: Any = ()) -> Tensor:
        p = self.probs.array
        u = sampling.uniform(None, self._extended_shape(sample_shape), float(np.finfo(p.dtype).tiny), 1.0, p.dtype)
        with np.errstate(divide="ignore"):
            return result(np.floor(np.log(u) / np.log1p(-p)))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        value, probs = broadcast_all(value, self.probs)
        certain = (probs == 1) & (value == 0)  # 0·log 0 counts as 0
        with np.errstate(divide="ignore"):
            return value * log1p(-where(certain, 0.0, probs)) + self.probs.log()

    def entropy(self) -> Tensor:
        return self._entropy_of_a_throw() / self.probs
