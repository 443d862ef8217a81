"""Distributions of a function of a random variable."""

from typing import Any, ClassVar

from ..autograd.modes import no_grad
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution
from .independent import Independent
from .normal import Normal
from .transforms import ComposeTransform, ExpTransform, Transform, widened
from .utils import sum_rightmost


class TransformedDistribution(Distribution):
    """The distribution of f(x) for x from a base distribution and f a transform, or several one after the other.

    log p(y) = log p(x) − log |det ∂y/∂x|, x = f⁻¹(y).
    PyTorch's page torch.distributions.transformed_distribution.TransformedDistribution.

    >>> import tinygrad_lite as tl
    >>> D = tl.distributions
    >>> logistic = D.TransformedDistribution(D.Uniform(0.0, 1.0), D.transforms.SigmoidTransform().inv)
    >>> logistic.log_prob(tl.tensor(0.0))
    tensor(-1.3863)
    """

    def __init__(self, base_distribution: Any, transforms: Any, validate_args: bool | None = None):
        self.transforms = [transforms] if isinstance(transforms, Transform) else transforms
        if not (isinstance(self.transforms, list) and all(isinstance(part, Transform) for part in self.transforms)):
            raise ValueError(f"transforms must be a Transform or a list of Transforms, but was {transforms}")
        base_shape = base_distribution.batch_shape + base_distribution.event_shape
        base_dims = len(base_distribution.event_shape)
        whole = ComposeTransform(self.transforms)
        domain, codomain = whole.domain.event_dim, whole.codomain.event_dim
        if len(base_shape) < domain:
            raise ValueError(
                f"base_distribution needs to have shape with size at least {domain}, but got {base_shape}."
            )
        shape = whole.forward_shape(base_shape)
        wide = whole.inverse_shape(shape)
        if wide != base_shape:
            base_distribution = base_distribution.expand(wide[: len(wide) - base_dims])
        if domain > base_dims:
            base_distribution = Independent(base_distribution, domain - base_dims)
        self.base_dist = base_distribution
        cut = len(shape) - max(codomain, base_dims + codomain - domain)
        super().__init__(shape[:cut], shape[cut:], validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = super().expand(batch_shape, _instance)
        shape = ComposeTransform(self.transforms).inverse_shape(new._batch_shape + self._event_shape)
        new.base_dist = self.base_dist.expand(shape[: len(shape) - len(self.base_dist.event_shape)])
        return new

    @constraints.dependent_property(is_discrete=False)
    def support(self):  # type: ignore[override]
        if not self.transforms:
            return self.base_dist.support
        return widened(self.transforms[-1].codomain, len(self._event_shape))

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        return self.base_dist.has_rsample

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with no_grad():
            return self._transformed(self.base_dist.sample(sample_shape))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self._transformed(self.base_dist.rsample(sample_shape))

    def _transformed(self, x: Tensor) -> Tensor:
        for transform in self.transforms:
            x = transform(x)
        return x

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        dims, y, total = len(self._event_shape), value, 0.0
        for transform in reversed(self.transforms):
            x = transform._inv_call(y)
            dims += transform.domain.event_dim - transform.codomain.event_dim
            total = total - sum_rightmost(transform.log_abs_det_jacobian(x, y), dims - transform.domain.event_dim)
            y = x
        return total + sum_rightmost(self.base_dist.log_prob(y), dims - len(self.base_dist.event_shape))

    def _increasing(self, probability: Tensor) -> Tensor:
        """p, or 1 − p where the transforms turn the order round."""
        sign = ComposeTransform(self.transforms).sign
        return probability if isinstance(sign, int) and sign == 1 else sign * (probability - 0.5) + 0.5

    def cdf(self, value: Tensor) -> Tensor:
        for transform in reversed(self.transforms):
            value = transform._inv_call(value)
        return self._increasing(self.base_dist.cdf(value))

    def icdf(self, value: Tensor) -> Tensor:
        return self._transformed(self.base_dist.icdf(self._increasing(value)))


class LogNormal(TransformedDistribution):
    """exp x with x normal of mean loc and standard deviation scale (PyTorch's page torch.distributions.log_normal).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.distributions.LogNormal(tl.tensor([0.0, 10.0]), 1.0).mean
    tensor([1.6487e+00, 3.6316e+04])
    """

    arg_constraints: ClassVar[Any] = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.positive  # type: ignore[assignment]
    has_rsample = True  # type: ignore[assignment]

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None):
        super().__init__(Normal(loc, scale, validate_args), ExpTransform(), validate_args)

    @property
    def loc(self) -> Tensor:
        return self.base_dist.loc

    @property
    def scale(self) -> Tensor:
        return self.base_dist.scale

    @property
    def mean(self) -> Tensor:
        return (self.loc + self.scale**2 / 2).exp()

    @property
    def mode(self) -> Tensor:
        return (self.loc - self.scale**2).exp()

    @property
    def variance(self) -> Tensor:
        square = self.scale**2
        return square.expm1() * (2 * self.loc + square).exp()

    def entropy(self) -> Tensor:
        return self.base_dist.entropy() + self.loc
