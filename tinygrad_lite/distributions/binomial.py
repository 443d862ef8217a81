"""Counts of successes: binomial, and multinomial for more than two outcomes."""

import math
from typing import Any, ClassVar

import numpy as np

from ..kernels import sampling
from ..operation import result
from ..ops import exp, lgamma, log1p, where
from ..tensor import Tensor
from . import constraints
from .categorical import Categorical
from .distribution import Distribution
from .utils import broadcast_all, lazy_property, logits_to_probs, one_of, probs_to_logits


class Binomial(Distribution):
    """The number of heads in n = total_count throws, each with probability p: of `probs` or `logits`.

    PyTorch's page torch.distributions.binomial.Binomial.

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.distributions.Binomial(100, tl.tensor([0.0, 0.2, 0.8, 1.0])).sample()
    tensor([  0.,  20.,  78., 100.])
    """

    arg_constraints: ClassVar[Any] = {
        "total_count": constraints.nonnegative_integer,
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    has_enumerate_support = True

    def __init__(self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None):
        one_of(probs, logits)
        if probs is not None:
            count, self.probs = broadcast_all(total_count, probs)
        else:
            count, self.logits = broadcast_all(total_count, logits)
        self.total_count = count.to(self._param.dtype)
        super().__init__(self._param.shape, validate_args=validate_args)

    @property
    def _param(self) -> Tensor:
        """The parameter that was given."""
        return self.__dict__.get("probs", self.__dict__.get("logits"))  # type: ignore[return-value]

    @property
    def param_shape(self) -> Any:
        return self._param.shape

    @lazy_property
    def logits(self) -> Tensor:
        return probs_to_logits(self.probs, is_binary=True)

    @lazy_property
    def probs(self) -> Tensor:
        return logits_to_probs(self.logits, is_binary=True)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self):  # type: ignore[override]
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self) -> Tensor:
        return self.total_count * self.probs

    @property
    def mode(self) -> Tensor:
        return ((self.total_count + 1) * self.probs).floor().minimum(self.total_count)

    @property
    def variance(self) -> Tensor:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        return result(sampling.binomial(None, self.total_count.expand(shape).array, self.probs.expand(shape).array))

    def log_prob(self, value: Tensor) -> Tensor:
        """log n!/k! (n−k)! + k log p + (n−k) log(1−p), the last two as k x − n log(1 + eˣ) with the logit x."""
        if self._validate_args:
            self._validate_sample(value)
        n, x = self.total_count, self.logits
        choices = lgamma(n + 1) - lgamma(value + 1) - lgamma(n - value + 1)
        positive = (x.clamp(min=0) + x - x.clamp(max=0)) / 2  # max(x, 0), with the slope ½ at 0
        return choices + value * x - n * (positive + log1p(exp(-x.abs())))

    def _count(self, name: str) -> int:
        """n, if all of the batch have the same."""
        n = self.total_count.array
        if n.size and n.min() != n.max():
            raise NotImplementedError(f"Inhomogeneous total count not supported by `{name}`.")
        return int(n.max(initial=0))

    def entropy(self) -> Tensor:
        self._count("entropy")
        log_prob = self.log_prob(self.enumerate_support(False))
        return -(exp(log_prob) * log_prob).sum(0)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return self._enumerated(
            result(np.arange(1 + self._count("enumerate_support"), dtype=self._param.dtype)), expand
        )


class Multinomial(Distribution):
    """How often each of k outcomes came up in n = total_count draws: of `probs` (..., k) or `logits`.

    n is one int for the whole batch. PyTorch's page torch.distributions.multinomial.Multinomial.

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.distributions.Multinomial(100, tl.tensor([1.0, 1.0, 1.0, 1.0])).sample()
    tensor([28., 25., 27., 20.])
    """

    arg_constraints: ClassVar[Any] = {"probs": constraints.simplex, "logits": constraints.real_vector}

    def __init__(self, total_count: int = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None):
        if not isinstance(total_count, int):
            raise NotImplementedError("inhomogeneous total_count is not supported: it must be one int")
        self.total_count = total_count
        self._categorical = Categorical(probs, logits)
        if total_count < 0:
            raise ValueError(f"Expected parameter total_count to be a nonnegative integer, got {total_count}")
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = super().expand(batch_shape, _instance)
        new._categorical = self._categorical.expand(batch_shape)
        return new

    @constraints.dependent_property(is_discrete=True, event_dim=1)
    def support(self):  # type: ignore[override]
        return constraints.multinomial(self.total_count)

    @property
    def probs(self) -> Tensor:
        return self._categorical.probs

    @property
    def logits(self) -> Tensor:
        return self._categorical.logits

    @property
    def param_shape(self) -> Any:
        return self._categorical.param_shape

    @property
    def mean(self) -> Tensor:
        return self.probs * self.total_count

    @property
    def variance(self) -> Tensor:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        drawn = self._categorical.sample((self.total_count, *sample_shape)).array
        k, rows = self._event_shape[0], drawn[0].size
        places = drawn.reshape(self.total_count, rows) + k * np.arange(rows)
        counts = np.bincount(places.ravel(), minlength=k * rows).reshape(*drawn.shape[1:], k)
        return result(counts.astype(self.probs.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        """log n!/Π xᵢ! + Σ xᵢ log pᵢ"""
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        logits = where((value == 0) & (logits == -math.inf), 0.0, logits)  # 0·log 0 counts as 0
        return lgamma(value.sum(-1) + 1) - lgamma(value + 1).sum(-1) + (logits * value).sum(-1)

    def entropy(self) -> Tensor:
        """n H(p) − log n! + Σ E log xᵢ!, where each xᵢ is binomial."""
        n = self.total_count
        each = Binomial(n, probs=self.probs, validate_args=False)
        counts = each.enumerate_support(expand=False)[1:]
        expected = (exp(each.log_prob(counts)) * lgamma(counts + 1)).sum((0, -1))
        return n * self._categorical.entropy() - math.lgamma(n + 1) + expected
