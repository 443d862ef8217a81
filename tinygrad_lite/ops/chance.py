"""Random numbers whose distribution depends on a tensor; for the same seed PyTorch's (kernels/sampling.py).

A jump or a fresh number has no slope: the derivative is 0. Gamma and Dirichlet numbers move with their parameter, at
fixed quantiles (kernels/implicit.py): so `rsample` of these distributions has a derivative.
"""

from typing import Any

import numpy as np

from ..kernels import implicit, sampling
from ..operation import nary, unary
from .rounding import zero


@unary(linear=True)
def bernoulli(p, generator=None):
    """y = 1 with probability p, else 0        dy = 0

    PyTorch's page torch.bernoulli.
    """
    return sampling.bernoulli_like(generator, p), zero


@unary(linear=True)
def poisson(rate, generator=None):
    """y = a count with the mean λ        dy = 0

    PyTorch's page torch.poisson.
    """
    return sampling.poisson(generator, rate), zero


@nary(linear=True)
def binomial(count, prob, generator=None):
    """y = how many of n throws show heads, each with probability p        dy = 0

    PyTorch's page torch.binomial.
    """
    return sampling.binomial(generator, count, prob), zero, zero


@nary(linear=True)
def normal(mean, std, generator=None):
    """y = a normal number with the mean μ and the standard deviation σ        dy = 0

    The mean or the standard deviation may be a number. PyTorch's page torch.normal.
    """
    return sampling.normal_like(generator, mean, std), zero, zero


@unary
def standard_gamma(alpha, generator=None):
    """y = a gamma number of the shape α and the rate 1        dy = (∂y/∂α at a fixed quantile) dα

    PyTorch's torch._standard_gamma, which torch.distributions.Gamma samples.
    """
    y = sampling.standard_gamma(generator, alpha)
    return y, lambda g: g * gamma_slope(alpha, y)


@unary
def dirichlet(alpha, generator=None):
    """y = a point of the simplex, with the concentrations α        dy = s dα − y Σ s dα, s = (∂y/∂α)/(1 − y)

    The slope s is at a fixed quantile. PyTorch's torch._sample_dirichlet, which torch.distributions.Dirichlet samples.
    """
    y = sampling.dirichlet(generator, alpha)
    return y, lambda g: dirichlet_slope(alpha, y) * (g - np.sum(y * g, -1, keepdims=True))


@nary
def gamma_slope(alpha, sample):
    """s = ∂y/∂α of a gamma number at a fixed quantile        ds is not implemented, as in PyTorch"""
    return implicit.gamma_slope(alpha, sample), no_slope, no_slope


@nary
def dirichlet_slope(alpha, sample):
    """s = (∂y/∂α)/(1 − y) of each part at a fixed quantile        ds is not implemented, as in PyTorch"""
    total = np.broadcast_to(alpha.sum(-1, keepdims=True), alpha.shape)
    return implicit.beta_slope(alpha, total, sample), no_slope, no_slope


def no_slope(g: Any) -> Any:
    raise RuntimeError(
        "rsample: the second derivative of gamma, beta and Dirichlet numbers is not implemented (the derivative for "
        "'_standard_gamma_grad' is missing in PyTorch, too)"
    )
