"""What all distributions share: shapes, checks of arguments and samples, and sampling from a reparametrised form.

A distribution has parameters of the shape batch_shape + (what one event needs); a sample of sample_shape has the shape
sample_shape + batch_shape + event_shape, and its log_prob the shape sample_shape + batch_shape.
"""

import copy
from typing import Any, ClassVar

from ..autograd.modes import no_grad
from ..ops import exp
from ..sizes import Size
from ..tensor import Tensor
from . import constraints
from .utils import lazy_property


class Distribution:
    """The base of every distribution (PyTorch's page torch.distributions.distribution.Distribution).

    Subclasses define `arg_constraints` (the parameters, each with the region in which it must lie), `support`, and
    sample or rsample, log_prob, entropy, mean, variance as far as these exist. With `validate_args` (the default,
    unless Python runs with -O) parameters and values are checked; what lies outside raises ValueError.
    """

    has_rsample = False
    has_enumerate_support = False
    arg_constraints: ClassVar[Any] = {}
    support: Any = None
    _validate_args = __debug__

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether distributions made from now on check their arguments."""
        if value not in (True, False):
            raise ValueError(f"set_default_validate_args: expected True or False, got {value!r}")
        Distribution._validate_args = value

    def __init__(self, batch_shape: tuple = (), event_shape: tuple = (), validate_args: bool | None = None):
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            for name, constraint in self.arg_constraints.items():
                if constraints.is_dependent(constraint) or self._computed(name):
                    continue
                value = getattr(self, name)
                if not constraint.check(value.detach()).array.all():
                    raise ValueError(
                        f"Expected parameter {name} (Tensor of shape {tuple(value.shape)}) of distribution {self!r} "
                        f"to satisfy the constraint {constraint!r}, but it has values outside of it:\n{value}"
                    )

    def _computed(self, name: str) -> bool:
        """Whether a parameter follows from the others and was not computed yet."""
        return name not in self.__dict__ and isinstance(getattr(type(self), name, None), lazy_property)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same distribution with its parameters expanded to another batch_shape, without copying them."""
        new = self._copy(_instance)
        new._batch_shape = Size(batch_shape)
        for name, constraint in self.arg_constraints.items():
            if name in self.__dict__:
                value = getattr(self, name)
                event = value.shape[value.ndim - constraint.event_dim :]
                setattr(new, name, value.expand(new._batch_shape + event))
        return new

    def _copy(self, instance: Any) -> Any:
        if instance is None:
            return copy.copy(self)
        instance.__dict__.update(self.__dict__)
        return instance

    @property
    def batch_shape(self) -> Size:
        """The shape of the batch of distributions that this one stands for."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one sample of one of them."""
        return self._event_shape

    @property
    def mean(self) -> Tensor:
        """The expectation."""
        raise NotImplementedError(f"{type(self).__name__} has no mean here")

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        raise NotImplementedError(f"{type(self)} does not implement mode")

    @property
    def variance(self) -> Tensor:
        """The expectation of the squared distance from the mean."""
        raise NotImplementedError(f"{type(self).__name__} has no variance here")

    @property
    def stddev(self) -> Tensor:
        """The square root of the variance."""
        return self.variance.sqrt()

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Random numbers without a history: PyTorch's for the same seed."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Random numbers as a function of the parameters and of noise: they have derivatives by the parameters."""
        raise NotImplementedError(f"{type(self).__name__} has no rsample: its samples have no derivative")

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density, or of the probability, at the value."""
        raise NotImplementedError(f"{type(self).__name__} has no log_prob here")

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of a sample ≤ value."""
        raise NotImplementedError(f"{type(self).__name__} has no cdf here")

    def icdf(self, value: Tensor) -> Tensor:
        """The number whose cdf is the value."""
        raise NotImplementedError(f"{type(self).__name__} has no icdf here")

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All values that can be sampled, along a new first dimension; with `expand` for each of the batch."""
        raise NotImplementedError(f"{type(self).__name__} cannot enumerate its support")

    def entropy(self) -> Tensor:
        """The expectation of −log_prob."""
        raise NotImplementedError(f"{type(self).__name__} has no entropy here")

    def perplexity(self) -> Tensor:
        """e to the power of the entropy."""
        return exp(self.entropy())

    def _extended_shape(self, sample_shape: Any = ()) -> Size:
        return Size(tuple(sample_shape) + self._batch_shape + self._event_shape)

    def _enumerated(self, values: Tensor, expand: bool) -> Tensor:
        """The values (n,) as (n, 1, …, 1), or (n, *batch_shape)."""
        values = values.view(-1, *(1 for _ in self._batch_shape))
        return values.expand((-1, *self._batch_shape)) if expand else values

    def _validate_sample(self, value: Tensor) -> None:
        """Raise ValueError unless the value has a fitting shape and lies in the support."""
        if not isinstance(value, Tensor):
            raise ValueError(f"The value argument to log_prob must be a Tensor, not {type(value).__name__}")
        shape, expected = value.shape, self._batch_shape + self._event_shape
        if shape[len(shape) - len(self._event_shape) :] != self._event_shape:
            raise ValueError(f"The right-most size of value must match event_shape: {shape} vs {self._event_shape}")
        if any(1 != i != j != 1 for i, j in zip(reversed(shape), reversed(expected), strict=False)):
            raise ValueError(f"Value is not broadcastable with batch_shape+event_shape: {shape} vs {expected}")
        if not self.support.check(value.detach()).array.all():
            raise ValueError(
                f"Expected value argument (Tensor of shape {tuple(shape)}) to be within the support "
                f"({self.support!r}) of the distribution {self!r}, but it has values outside of it:\n{value}"
            )

    def __repr__(self) -> str:
        shown = [(name, self.__dict__[name]) for name in self.arg_constraints if name in self.__dict__]
        parts = ", ".join(f"{name}: {value if value.numel() == 1 else value.size()}" for name, value in shown)
        return f"{type(self).__name__}({parts})"
