"""Mixtures of distributions of one family."""

from typing import Any

import numpy as np

from ..operation import result
from ..ops import log_softmax, logsumexp
from ..tensor import Tensor
from . import constraints
from .categorical import Categorical
from .distribution import Distribution


class MixtureSameFamily(Distribution):
    """A component is chosen by a Categorical, then a sample drawn from it: p(x) = Σ πᵢ pᵢ(x).

    The components are the last dimension of the batch of one distribution.
    PyTorch's page torch.distributions.mixture_same_family.MixtureSameFamily.

    >>> import tinygrad_lite as tl
    >>> D = tl.distributions
    >>> two = D.MixtureSameFamily(D.Categorical(tl.tensor([1.0, 3.0])), D.Normal(tl.tensor([0.0, 4.0]), 1.0))
    >>> two.mean, two.log_prob(tl.tensor(4.0))
    (tensor(3.), tensor(-1.2065))
    """

    def __init__(
        self,
        mixture_distribution: Categorical,
        component_distribution: Distribution,
        validate_args: bool | None = None,
    ):
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError("MixtureSameFamily: the mixture distribution needs to be a Categorical")
        if not isinstance(component_distribution, Distribution):
            raise ValueError("MixtureSameFamily: the component distribution needs to be a Distribution")
        weights, batch = mixture_distribution.batch_shape, component_distribution.batch_shape[:-1]
        if any(1 != i != j != 1 for i, j in zip(reversed(weights), reversed(batch), strict=False)):
            raise ValueError(
                f"`mixture_distribution.batch_shape` ({weights}) is not compatible with "
                f"`component_distribution.batch_shape`({batch})"
            )
        wanted, components = mixture_distribution.logits.shape[-1], component_distribution.batch_shape[-1]
        if wanted != components:
            raise ValueError(
                f"`mixture_distribution component` ({wanted}) does not equal "
                f"`component_distribution.batch_shape[-1]` ({components})"
            )
        self._mixture, self._components = mixture_distribution, component_distribution
        super().__init__(batch, component_distribution.event_shape, validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = super().expand(batch_shape, _instance)
        new._components = self._components.expand((*batch_shape, self._components.batch_shape[-1]))
        new._mixture = self._mixture.expand(batch_shape)
        return new

    @property
    def mixture_distribution(self) -> Categorical:
        return self._mixture

    @property
    def component_distribution(self) -> Distribution:
        return self._components

    @constraints.dependent_property
    def support(self):  # type: ignore[override]
        return constraints.MixtureSameFamilyConstraint(self._components.support)

    def _pad(self, value: Tensor) -> Tensor:
        """The value with a dimension for the components."""
        return value.unsqueeze(-1 - len(self._event_shape))

    def _weighted(self, value: Tensor) -> Tensor:
        """Σ πᵢ valueᵢ."""
        weights = self._mixture.probs
        for _ in self._event_shape:
            weights = weights.unsqueeze(-1)
        return (weights * value).sum(-1 - len(self._event_shape))

    @property
    def mean(self) -> Tensor:
        return self._weighted(self._components.mean)

    @property
    def variance(self) -> Tensor:
        """The mean of the variances and the variance of the means."""
        spread = (self._components.mean - self._pad(self.mean)) ** 2
        return self._weighted(self._components.variance) + self._weighted(spread)

    def cdf(self, value: Tensor) -> Tensor:
        return (self._components.cdf(self._pad(value)) * self._mixture.probs).sum(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        each = self._components.log_prob(self._pad(value))
        return logsumexp(each + log_softmax(self._mixture.logits, -1), -1)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        chosen = self._mixture.expand(self._batch_shape).sample(sample_shape).array
        samples = self._components.sample(sample_shape).array
        dim = chosen.ndim
        chosen = chosen.reshape(chosen.shape + (1,) * (samples.ndim - dim))
        places = np.broadcast_to(chosen, (*samples.shape[:dim], 1, *samples.shape[dim + 1 :]))
        return result(np.take_along_axis(samples, places, dim).squeeze(dim))

    def __repr__(self) -> str:
        return f"MixtureSameFamily(\n  {self._mixture},\n  {self._components})"
