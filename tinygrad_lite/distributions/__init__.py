"""Probability distributions: samples with PyTorch's numbers, densities, entropies, divergences (torch.distributions).

>>> import tinygrad_lite as tl
>>> _ = tl.manual_seed(0)
>>> policy = tl.distributions.Categorical(logits=tl.zeros(3))
>>> action = policy.sample()
>>> action, policy.log_prob(action), policy.entropy()
(tensor(2), tensor(-1.0986), tensor(1.0986))
"""

from . import (
    constraints as constraints,
    kl as kl,
    kl_gamma as _gamma_pairs,
    kl_pairs as _pairs,
    transforms as transforms,
    utils as utils,
)
from .bernoulli import Bernoulli as Bernoulli, Geometric as Geometric
from .binomial import Binomial as Binomial, Multinomial as Multinomial
from .categorical import (
    Categorical as Categorical,
    OneHotCategorical as OneHotCategorical,
    OneHotCategoricalStraightThrough as OneHotCategoricalStraightThrough,
)
from .distribution import Distribution as Distribution
from .exponential import Exponential as Exponential, Laplace as Laplace
from .gamma import Beta as Beta, Dirichlet as Dirichlet, Gamma as Gamma
from .independent import Independent as Independent
from .kl import kl_divergence as kl_divergence, register_kl as register_kl
from .mixture import MixtureSameFamily as MixtureSameFamily
from .multivariate_normal import MultivariateNormal as MultivariateNormal
from .normal import Normal as Normal
from .poisson import Poisson as Poisson
from .transformed import LogNormal as LogNormal, TransformedDistribution as TransformedDistribution
from .transforms import (
    AffineTransform as AffineTransform,
    ComposeTransform as ComposeTransform,
    ExpTransform as ExpTransform,
    PowerTransform as PowerTransform,
    SigmoidTransform as SigmoidTransform,
    SoftplusTransform as SoftplusTransform,
    TanhTransform as TanhTransform,
    Transform as Transform,
)
from .uniform import Uniform as Uniform
