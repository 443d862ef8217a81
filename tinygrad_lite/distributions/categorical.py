"""A choice between k categories, as an index or one-hot."""

import math
from typing import Any, ClassVar

import numpy as np

from ..kernels import sampling
from ..operation import result
from ..ops import gather, logsumexp
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution
from .utils import lazy_property, logits_to_probs, one_of, probs_to_logits


class Categorical(Distribution):
    """The index i with probability pᵢ: of `probs` (..., k), divided by their sum, or of unnormalized log p `logits`.

    PyTorch's page torch.distributions.categorical.Categorical.

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> choice = tl.distributions.Categorical(tl.tensor([1.0, 2.0, 7.0]))
    >>> choice.sample((5,))
    tensor([2, 2, 2, 2, 2])
    >>> choice.log_prob(tl.tensor(0))
    tensor(-2.3026)
    """

    arg_constraints: ClassVar[Any] = {"probs": constraints.simplex, "logits": constraints.real_vector}
    has_enumerate_support = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None):
        one_of(probs, logits)
        name, given = ("probs", probs) if probs is not None else ("logits", logits)
        if given.ndim < 1:
            raise ValueError(f"`{name}` parameter must be at least one-dimensional.")
        if probs is not None:
            self.probs = probs / probs.sum(-1, keepdim=True)
        else:
            self.logits = logits - logsumexp(logits, -1, keepdim=True)
        super().__init__(given.shape[:-1], validate_args=validate_args)

    @property
    def _param(self) -> Tensor:
        """The parameter that was given, normalized."""
        return self.__dict__.get("probs", self.__dict__.get("logits"))  # type: ignore[return-value]

    @property
    def _num_events(self) -> int:
        return self._param.shape[-1]

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self):  # type: ignore[override]
        return constraints.integer_interval(0, self._num_events - 1)

    @lazy_property
    def logits(self) -> Tensor:
        return probs_to_logits(self.probs)

    @lazy_property
    def probs(self) -> Tensor:
        return logits_to_probs(self.logits)

    @property
    def param_shape(self) -> Any:
        return self._param.shape

    @property
    def mean(self) -> Tensor:
        return result(np.full(self._batch_shape, math.nan, self.probs.dtype))  # indices have no mean

    @property
    def mode(self) -> Tensor:
        return self.probs.argmax(-1)

    @property
    def variance(self) -> Tensor:
        return self.mean

    def sample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        rows = self.probs.array.reshape(-1, self._num_events)
        drawn = sampling.multinomial(None, rows, math.prod(sample_shape), True)
        return result(np.ascontiguousarray(drawn.T).reshape(shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        shape = np.broadcast_shapes(value.array.shape, self._batch_shape)
        places = value.long().expand(shape).unsqueeze(-1)
        return gather(self.logits.expand((*shape, self._num_events)), -1, places).squeeze(-1)

    def entropy(self) -> Tensor:
        logits = self.logits.clamp(min=float(np.finfo(self.logits.dtype).min))  # −∞·0 counts as 0
        return -(logits * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return self._enumerated(result(np.arange(self._num_events)), expand)


class OneHotCategorical(Distribution):
    """A unit vector (k,): `Categorical` with the indices one-hot (torch.distributions.one_hot_categorical).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.distributions.OneHotCategorical(tl.tensor([1.0, 2.0, 7.0])).sample()
    tensor([0., 0., 1.])
    """

    arg_constraints: ClassVar[Any] = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.one_hot
    has_enumerate_support = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None):
        self._categorical = Categorical(probs, logits)
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = super().expand(batch_shape, _instance)
        new._categorical = self._categorical.expand(batch_shape)
        return new

    @property
    def _param(self) -> Tensor:
        return self._categorical._param

    @property
    def probs(self) -> Tensor:
        return self._categorical.probs

    @property
    def logits(self) -> Tensor:
        return self._categorical.logits

    @property
    def param_shape(self) -> Any:
        return self._param.shape

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        return self._one_hot(self.probs.array.argmax(-1))

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def _one_hot(self, indices: np.ndarray) -> Tensor:
        return result((indices[..., None] == np.arange(self._event_shape[0])).astype(self.probs.dtype))

    def sample(self, sample_shape: Any = ()) -> Tensor:
        return self._one_hot(self._categorical.sample(sample_shape).array)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return self._categorical.log_prob(value.argmax(-1))

    def entropy(self) -> Tensor:
        return self._categorical.entropy()

    def enumerate_support(self, expand: bool = True) -> Tensor:
        (n,) = self._event_shape
        values = result(np.eye(n, dtype=self._param.dtype)).view(n, *(1 for _ in self._batch_shape), n)
        return values.expand((n, *self._batch_shape, n)) if expand else values


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """`OneHotCategorical` whose rsample has the derivative of its probabilities (Y. Bengio et al., 2013).

    PyTorch's page torch.distributions.one_hot_categorical.OneHotCategoricalStraightThrough.
    """

    has_rsample = True

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.sample(sample_shape) + (self.probs - self.probs.detach())
