"""The Kullback–Leibler divergences of the pairs whose formulas contain the gamma function.

With ψ = (log Γ)', E log x is ψ(α) − log β for a gamma number and ψ(α) − ψ(α + β) for a beta number.
"""

import math

from ..ops import digamma, lgamma, log, log1p, where, xlogy
from .bernoulli import Bernoulli
from .binomial import Binomial
from .exponential import Exponential, Laplace
from .gamma import Beta, Dirichlet, Gamma
from .kl import register_kl
from .kl_pairs import infinite
from .normal import Normal
from .poisson import Poisson
from .uniform import Uniform

EULER = 0.5772156649015329


@register_kl(Gamma, Gamma)
def gamma_gamma(p, q):
    shape = (p.concentration - q.concentration) * digamma(p.concentration)
    scale = q.concentration * log(p.rate / q.rate) + (q.rate - p.rate) * p.mean
    return shape + scale + lgamma(q.concentration) - lgamma(p.concentration)


@register_kl(Dirichlet, Dirichlet)
def dirichlet_dirichlet(p, q):
    a, b = p.concentration, q.concentration
    logs = digamma(a) - digamma(a.sum(-1, keepdim=True))  # E log x
    normalizers = lgamma(a.sum(-1)) - lgamma(b.sum(-1)) - (lgamma(a) - lgamma(b)).sum(-1)
    return normalizers + ((a - b) * logs).sum(-1)


@register_kl(Beta, Beta)
def beta_beta(p, q):
    return dirichlet_dirichlet(p._dirichlet, q._dirichlet)


@register_kl(Binomial, Binomial)
def binomial_binomial(p, q):
    if bool((p.total_count < q.total_count).any()):
        raise NotImplementedError("KL between Binomials where q.total_count > p.total_count is not implemented")
    each = p.total_count * (p.probs * (p.logits - q.logits) + log1p(-p.probs) - log1p(-q.probs))
    return where(p.total_count > q.total_count, math.inf, each)


@register_kl(Poisson, Poisson)
def poisson_poisson(p, q):
    return p.rate * (log(p.rate) - log(q.rate)) - (p.rate - q.rate)


@register_kl(Bernoulli, Poisson)
def bernoulli_poisson(p, q):
    return q.rate - p.probs * log(q.rate) - p.entropy()


@register_kl(Poisson, Bernoulli)
@register_kl(Poisson, Binomial)
def poisson_bounded(p, q):
    return infinite(p.rate * q.probs)


@register_kl(Beta, Exponential)
def beta_exponential(p, q):
    return q.rate * p.mean - log(q.rate) - p.entropy()


@register_kl(Beta, Gamma)
def beta_gamma(p, q):
    a, logs = q.concentration, digamma(p.concentration1) - digamma(p.concentration1 + p.concentration0)
    return lgamma(a) - a * log(q.rate) - (a - 1) * logs + q.rate * p.mean - p.entropy()


@register_kl(Beta, Normal)
def beta_normal(p, q):
    square = p.variance + (p.mean - q.loc) ** 2
    return 0.5 * square / q.scale**2 + log(q.scale) + 0.5 * math.log(2 * math.pi) - p.entropy()


@register_kl(Beta, Uniform)
def beta_uniform(p, q):
    return where((q.low > 0) | (q.high < 1), math.inf, log(q.high - q.low) - p.entropy())


@register_kl(Exponential, Gamma)
def exponential_gamma(p, q):
    ratio = q.rate / p.rate
    return ratio - q.concentration * log(ratio) + lgamma(q.concentration) + q.concentration * EULER - (1 + EULER)


@register_kl(Gamma, Exponential)
def gamma_exponential(p, q):
    return q.rate * p.mean - log(q.rate) - p.entropy()


@register_kl(Gamma, Normal)
def gamma_normal(p, q):
    square = p.variance + (p.mean - q.loc) ** 2
    return 0.5 * square / q.scale**2 + log(q.scale) + 0.5 * math.log(2 * math.pi) - p.entropy()


@register_kl(Uniform, Beta)
def uniform_beta(p, q):
    """E log x = (high log high − low log low)/(high − low) − 1, and the same for 1 − x."""
    width, a, b = p.high - p.low, q.concentration1, q.concentration0
    logs = (xlogy(p.high, p.high) - xlogy(p.low, p.low)) / width - 1
    rests = (xlogy(1 - p.low, 1 - p.low) - xlogy(1 - p.high, 1 - p.high)) / width - 1
    value = lgamma(a) + lgamma(b) - lgamma(a + b) - (a - 1) * logs - (b - 1) * rests - log(width)
    return where((p.high > 1) | (p.low < 0), math.inf, value)


@register_kl(Uniform, Gamma)
def uniform_gamma(p, q):
    width, a = p.high - p.low, q.concentration
    logs = (xlogy(p.high, p.high) - xlogy(p.low, p.low)) / width - 1
    value = lgamma(a) - a * log(q.rate) - (a - 1) * logs + q.rate * p.mean - log(width)
    return where(p.low < 0, math.inf, value)


@register_kl(Exponential, Beta)
def exponential_beyond(p, q):
    return infinite(p.rate * q.mean)


@register_kl(Gamma, Beta)
@register_kl(Gamma, Uniform)
def gamma_beyond(p, q):
    return infinite(p.concentration * q.mean)


@register_kl(Normal, Beta)
@register_kl(Normal, Gamma)
@register_kl(Laplace, Beta)
@register_kl(Laplace, Gamma)
def line_beyond(p, q):
    return infinite(p.loc * q.mean)
