"""Random numbers whose distribution depends on a tensor. A jump or a fresh number has no slope: the derivative is 0.

For the same seed the numbers are PyTorch's (kernels/sampling.py). What has a derivative through chance is
`rsample` of the distributions, and dropout.
"""

from ..kernels import sampling
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
