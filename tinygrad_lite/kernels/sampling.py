"""Random arrays: what the distributions make of the stream of `mt19937.py`, as PyTorch does on the CPU.

Every function takes the generator first (None: the default one), then what the distribution needs, and returns a fresh
array. The same seed and the same calls give PyTorch's numbers: exactly where the arithmetic is exact or is rounded
once, and but for the last bits where it passes through log, sin, cos, tan or exp (`sampling_normal.py` has the
figures). A call takes as many draws as PyTorch's, so mixed calls agree as well; and it checks its arguments before the
first draw, so an error leaves the generator where it was.

Compared with PyTorch 2.13. There, what is drawn depends neither on the number of threads nor on the processor, except
in the last bits. (Older builds with Intel's library drew `bernoulli_`, dropout and `exponential_` from a generator of
Intel's own: scripts of that time show other numbers there.)
"""

from .sampling_arrays import laid_out_like, memory_order
from .sampling_binomial import binomial
from .sampling_choices import bernoulli, bernoulli_like, dropout_mask, multinomial
from .sampling_continuous import cauchy, exponential, geometric, log_normal, normal, normal_like, rand, randn, uniform
from .sampling_integers import randint, random, randperm
from .sampling_rejection import dirichlet, poisson, standard_gamma

__all__ = [
    "bernoulli",
    "bernoulli_like",
    "binomial",
    "cauchy",
    "dirichlet",
    "dropout_mask",
    "exponential",
    "geometric",
    "laid_out_like",
    "log_normal",
    "memory_order",
    "multinomial",
    "normal",
    "normal_like",
    "poisson",
    "rand",
    "randint",
    "randn",
    "random",
    "randperm",
    "standard_gamma",
    "uniform",
]
