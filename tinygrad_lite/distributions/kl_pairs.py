"""The Kullback–Leibler divergences of pairs that need no gamma function.

Sources: M. Gil, On Rényi Divergence Measures for Continuous Alphabet Sources, 2011, for the continuous families; the
others follow from the definition in a line or two.
"""

import math

import numpy as np

from ..operation import result
from ..ops import erf, exp, log, log1p, softplus, where
from ..ops.solve import solve_triangular
from ..tensor import Tensor
from .bernoulli import Bernoulli, Geometric
from .categorical import Categorical, OneHotCategorical
from .exponential import Exponential, Laplace
from .independent import Independent
from .kl import kl_divergence, register_kl
from .multivariate_normal import MultivariateNormal, log_determinant, squared_distance
from .normal import Normal
from .transformed import TransformedDistribution
from .uniform import Uniform
from .utils import sum_rightmost


def infinite(like: Tensor) -> Tensor:
    """∞: q is 0 where p is not."""
    return result(np.full_like(like.array, math.inf))


@register_kl(Normal, Normal)
def normal_normal(p, q):
    ratio = (p.scale / q.scale) ** 2
    return 0.5 * (ratio + ((p.loc - q.loc) / q.scale) ** 2 - 1 - log(ratio))


@register_kl(Categorical, Categorical)
def categorical_categorical(p, q):
    each = where(q.probs == 0, math.inf, p.probs * (p.logits - q.logits))
    return where(p.probs == 0, 0.0, each).sum(-1)


@register_kl(OneHotCategorical, OneHotCategorical)
def one_hot_one_hot(p, q):
    return categorical_categorical(p._categorical, q._categorical)


@register_kl(Bernoulli, Bernoulli)
def bernoulli_bernoulli(p, q):
    heads = where(q.probs == 0, math.inf, p.probs * (softplus(-q.logits) - softplus(-p.logits)))
    tails = where(q.probs == 1, math.inf, (1 - p.probs) * (softplus(q.logits) - softplus(p.logits)))
    return where(p.probs == 0, 0.0, heads) + where(p.probs == 1, 0.0, tails)


@register_kl(Geometric, Geometric)
def geometric_geometric(p, q):
    return -p.entropy() - log1p(-q.probs) / p.probs - q.logits


@register_kl(Uniform, Uniform)
def uniform_uniform(p, q):
    return where((q.low > p.low) | (q.high < p.high), math.inf, log((q.high - q.low) / (p.high - p.low)))


@register_kl(Exponential, Exponential)
def exponential_exponential(p, q):
    ratio = q.rate / p.rate
    return ratio - 1 - log(ratio)


@register_kl(Laplace, Laplace)
def laplace_laplace(p, q):
    ratio, distance = p.scale / q.scale, (p.loc - q.loc).abs()
    return distance / q.scale + ratio * exp(-distance / p.scale) - 1 - log(ratio)


@register_kl(Exponential, Normal)
def exponential_normal(p, q):
    mean = 1 / p.rate
    square = 2 * mean**2 - 2 * q.loc * mean + q.loc**2  # E(x − μ)²
    return 0.5 * square / q.scale**2 + log(q.scale * p.rate) + 0.5 * math.log(2 * math.pi) - 1


@register_kl(Laplace, Normal)
def laplace_normal(p, q):
    square = 2 * p.scale**2 + (p.loc - q.loc) ** 2
    return 0.5 * square / q.scale**2 + log(q.scale / p.scale) + 0.5 * math.log(math.pi / 2) - 1


@register_kl(Normal, Laplace)
def normal_laplace(p, q):
    z = (p.loc - q.loc) / p.scale
    distance = p.scale * (math.sqrt(2 / math.pi) * exp(-0.5 * z**2) + z * erf(z * math.sqrt(0.5)))  # E|x − μ|
    return distance / q.scale + log(q.scale / p.scale) - 0.5 * (1 + math.log(math.pi / 2))


@register_kl(Uniform, Normal)
def uniform_normal(p, q):
    square = p.variance + (p.mean - q.loc) ** 2
    return 0.5 * square / q.scale**2 + log(q.scale / (p.high - p.low)) + 0.5 * math.log(2 * math.pi)


@register_kl(Uniform, Exponential)
def uniform_exponential(p, q):
    return where(p.low < 0, math.inf, q.rate * p.mean - log((p.high - p.low) * q.rate))


@register_kl(Exponential, Uniform)
def exponential_elsewhere(p, q):
    return infinite(p.rate * q.low)


@register_kl(Normal, Exponential)
@register_kl(Laplace, Exponential)
def line_half_line(p, q):
    return infinite(p.loc * q.rate)


@register_kl(Normal, Uniform)
@register_kl(Laplace, Uniform)
def line_interval(p, q):
    return infinite(p.loc * q.low)


@register_kl(MultivariateNormal, MultivariateNormal)
def vector_vector(p, q):
    """½ (tr Σq⁻¹Σp + |Lq⁻¹(μp − μq)|² − n) + log det Lq − log det Lp"""
    if p.event_shape != q.event_shape:
        raise ValueError(
            "KL-divergence between two Multivariate Normals with different event shapes cannot be computed: "
            f"{p.event_shape} and {q.event_shape}"
        )
    batch = np.broadcast_shapes(p.batch_shape, q.batch_shape)
    n = p.event_shape[0]
    L = q._factor.expand((*batch, n, n))
    trace = (solve_triangular(L, p._factor.expand((*batch, n, n)), upper=False) ** 2).sum((-2, -1))
    distance = squared_distance(L, (q.loc - p.loc).expand((*batch, n)))
    return 0.5 * (trace + distance - n) + log_determinant(q._factor) - log_determinant(p._factor)


@register_kl(Independent, Independent)
def independent_independent(p, q):
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError("KL between Independents of different reinterpreted_batch_ndims is not implemented")
    return sum_rightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)


@register_kl(TransformedDistribution, TransformedDistribution)
def transformed_transformed(p, q):
    if p.transforms != q.transforms or p.event_shape != q.event_shape:
        raise NotImplementedError("KL between distributions that were transformed differently is not implemented")
    return kl_divergence(p.base_dist, q.base_dist)
