"""The table of distributions: each with its parameters, written once for tinygrad_lite and for PyTorch.

A family is a function of (D, lib, *parameters) that makes the distribution: D is lib.distributions. `parameters` are
the domains from which its parameters are drawn, `shapes` their shapes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

REAL, POSITIVE, UNIT = (-2.0, 2.0), (0.5, 3.0), (0.1, 0.9)
ONE = (((3, 4),), ((),), ((0, 2),))
TWO = (((3, 4), (4,)), ((), ()), ((2, 1), (1, 3)), ((0, 2), (2,)))
ROWS = (((3, 4),), ((4,),), ((2, 3, 5),))


@dataclass(frozen=True)
class Family:
    """A distribution and how to test it.

    exact    samples are equal bit by bit; else within two units in the last place of float32 and float64
    lacks    methods that PyTorch does not have for it
    slack    by how much derivatives and entropies in float64 may differ from PyTorch's, whose gamma functions are
             that inaccurate
    quantile samples move at fixed quantiles, with a derivative that PyTorch has to about three digits
    """

    name: str
    make: Callable
    domains: tuple
    shapes: tuple
    exact: bool = False
    lacks: tuple[str, ...] = ()
    slack: float = 0.0
    quantile: bool = False


def few_throws(D, lib, x):
    return D.Binomial(lib.tensor([[5.0], [5.0], [5.0]]), logits=x)


def definite(lib, x):
    """A positive definite matrix of any square one."""
    return x @ x.mT + lib.eye(x.shape[-1], dtype=x.dtype)


def triangle(lib, x):
    """A lower triangular matrix with a positive diagonal of any square one."""
    return x.tril() + 3 * lib.eye(x.shape[-1], dtype=x.dtype)


VECTORS = (((3,), (3, 3)), ((2, 3), (3, 3)), ((4, 1, 2), (3, 2, 2)), ((1,), (2, 1, 1)))

FAMILIES = [
    Family(
        "MultivariateNormal",
        lambda D, lib, m, x: D.MultivariateNormal(m, definite(lib, x)),
        (REAL, REAL),
        VECTORS,
        False,
        ("cdf",),
        1e-10,
    ),
    Family(
        "MultivariateNormal of a precision",
        lambda D, lib, m, x: D.MultivariateNormal(m, precision_matrix=definite(lib, x)),
        (REAL, REAL),
        VECTORS[:2],
        False,
        ("cdf",),
        1e-10,
    ),
    Family(
        "MultivariateNormal of a triangle",
        lambda D, lib, m, x: D.MultivariateNormal(m, scale_tril=triangle(lib, x)),
        (REAL, REAL),
        VECTORS,
        False,
        ("cdf",),
        1e-10,
    ),
    Family("Normal", lambda D, lib, a, b: D.Normal(a, b), (REAL, POSITIVE), TWO),
    Family("Normal numbers", lambda D, lib: D.Normal(1, 2.5), (), ((),)),
    Family("Uniform", lambda D, lib, a, b: D.Uniform(a, a + b), (REAL, POSITIVE), TWO, True),
    Family("Bernoulli", lambda D, lib, p: D.Bernoulli(p), (UNIT,), ONE, True, ("cdf",)),
    Family("Bernoulli logits", lambda D, lib, x: D.Bernoulli(logits=x), (REAL,), ONE, True, ("cdf",)),
    Family("Geometric", lambda D, lib, p: D.Geometric(p), (UNIT,), ONE, True, ("cdf",)),
    Family("Geometric logits", lambda D, lib, x: D.Geometric(logits=x), (REAL,), ONE, True, ("cdf",)),
    Family("Categorical", lambda D, lib, p: D.Categorical(p), (UNIT,), ROWS, True, ("cdf",)),
    Family("Categorical logits", lambda D, lib, x: D.Categorical(logits=x), (REAL,), ROWS, True, ("cdf",)),
    Family("OneHotCategorical", lambda D, lib, p: D.OneHotCategorical(p), (UNIT,), ROWS, True, ("cdf",)),
    Family(
        "StraightThrough",
        lambda D, lib, x: D.OneHotCategoricalStraightThrough(logits=x),
        (REAL,),
        ROWS,
        False,
        ("cdf",),
    ),
    Family("Binomial", lambda D, lib, p: D.Binomial(30, p), (UNIT,), ONE[:2], True, ("cdf",)),
    Family("Binomial logits", few_throws, (REAL,), (((3, 4),),), True, ("cdf",)),
    Family("Multinomial", lambda D, lib, p: D.Multinomial(10, p), (UNIT,), ROWS, True, ("cdf", "mode"), 1e-6),
    Family(
        "Multinomial logits",
        lambda D, lib, x: D.Multinomial(3, logits=x),
        (REAL,),
        ROWS[1:2],
        True,
        ("cdf", "mode"),
        1e-6,
    ),
    Family("Poisson", lambda D, lib, r: D.Poisson(r), ((0.5, 30.0),), ONE, True, ("cdf", "entropy")),
    Family("Gamma", lambda D, lib, a, b: D.Gamma(a, b), (POSITIVE, POSITIVE), TWO, False, ("cdf",), 1e-7, True),
    Family("Beta", lambda D, lib, a, b: D.Beta(a, b), (POSITIVE, POSITIVE), TWO[:3], False, ("cdf",), 1e-7, True),
    Family("Dirichlet", lambda D, lib, a: D.Dirichlet(a), (POSITIVE,), ROWS, False, ("cdf",), 1e-7, True),
    Family("Exponential", lambda D, lib, r: D.Exponential(r), (POSITIVE,), ONE),
    Family("Laplace", lambda D, lib, a, b: D.Laplace(a, b), (REAL, POSITIVE), TWO),
    Family("LogNormal", lambda D, lib, a, b: D.LogNormal(a, b), (REAL, (0.1, 0.6)), TWO),
    Family(
        "Independent", lambda D, lib, a, b: D.Independent(D.Normal(a, b), 1), (REAL, POSITIVE), TWO[:1], False, ("cdf",)
    ),
    Family(
        "Mixture",
        lambda D, lib, p, a, b: D.MixtureSameFamily(D.Categorical(p), D.Normal(a, b)),
        (UNIT, REAL, POSITIVE),
        (((4,), (4,), (4,)), ((2, 3), (2, 3), (3,))),
        False,
        ("entropy", "mode"),
    ),
    Family(
        "Mixture of vectors",
        lambda D, lib, p, a, b: D.MixtureSameFamily(D.Categorical(p), D.Independent(D.Laplace(a, b), 1)),
        (UNIT, REAL, POSITIVE),
        (((2, 3), (2, 3, 4), (4,)),),
        False,
        ("entropy", "mode", "cdf"),
    ),
    Family(
        "tanh of Normal",
        lambda D, lib, a, b: D.TransformedDistribution(
            D.Normal(a, b), [D.transforms.AffineTransform(0.5, -0.25), D.transforms.TanhTransform()]
        ),
        (REAL, POSITIVE),
        TWO,
        False,
        ("entropy", "mode", "mean", "variance"),
    ),
    Family(
        "sigmoid, power and softplus",
        lambda D, lib, a, b: D.TransformedDistribution(
            D.Independent(D.Normal(a, b), 1),
            D.transforms.ComposeTransform(
                [
                    D.transforms.AffineTransform(a, b, event_dim=1),
                    D.transforms.SoftplusTransform(),
                    D.transforms.PowerTransform(lib.tensor(0.5)),
                    D.transforms.ExpTransform().inv,
                    D.transforms.SigmoidTransform(),
                ]
            ),
        ),
        (REAL, POSITIVE),
        (((3, 4), (4,)),),
        False,
        ("entropy", "mode", "mean", "variance", "cdf"),
    ),
]

# Pairs with a divergence: the families' names in PyTorch, each made of parameters from the domains.
ONE_PARAMETER = {
    "Bernoulli": UNIT,
    "Geometric": UNIT,
    "Exponential": POSITIVE,
    "Categorical": UNIT,
    "OneHotCategorical": UNIT,
    "Poisson": POSITIVE,
    "Dirichlet": POSITIVE,
}
TWO_PARAMETERS = {"Normal": (REAL, POSITIVE), "Laplace": (REAL, POSITIVE), "LogNormal": (REAL, POSITIVE)}
TWO_PARAMETERS |= {"Gamma": (POSITIVE, POSITIVE), "Beta": (POSITIVE, POSITIVE)}
DOMAINS = {name: (domain,) for name, domain in ONE_PARAMETER.items()} | TWO_PARAMETERS
DOMAINS |= {"Uniform": ((-2.0, -1.0), (1.0, 2.0)), "Uniform inside": ((0.1, 0.4), (0.6, 0.9))}
DOMAINS |= {"Binomial": (UNIT,)}

PAIRS = [(name, name) for name in DOMAINS if name != "Uniform inside"] + [
    ("Bernoulli", "Poisson"),
    ("Poisson", "Bernoulli"),
    ("Beta", "Exponential"),
    ("Beta", "Gamma"),
    ("Beta", "Normal"),
    ("Beta", "Uniform"),
    ("Exponential", "Gamma"),
    ("Exponential", "Beta"),
    ("Gamma", "Exponential"),
    ("Gamma", "Normal"),
    ("Gamma", "Beta"),
    ("Gamma", "Uniform"),
    ("Uniform inside", "Beta"),
    ("Uniform", "Beta"),
    ("Uniform inside", "Gamma"),
    ("Uniform", "Gamma"),
    ("Uniform inside", "Exponential"),
    ("Normal", "Gamma"),
    ("Laplace", "Beta"),
    ("Normal", "Beta"),
    ("Laplace", "Gamma"),
    ("Exponential", "Normal"),
    ("Laplace", "Normal"),
    ("Normal", "Laplace"),
    ("Uniform", "Normal"),
    ("Uniform", "Exponential"),
    ("Exponential", "Uniform"),
    ("Normal", "Exponential"),
    ("Laplace", "Exponential"),
    ("Normal", "Uniform"),
    ("Laplace", "Uniform"),
]


def drawn(domains, shapes, dtype, seed=0):
    """Seeded parameters."""
    random = np.random.default_rng(seed)
    return [np.asarray(random.uniform(low, high, s), dtype) for (low, high), s in zip(domains, shapes, strict=False)]


def family_named(D, name) -> Callable:
    """The class: Uniform inside is a Uniform whose bounds lie in [0, 1]; a Binomial is of five throws."""
    return partial(D.Binomial, 5) if name == "Binomial" else getattr(D, name.split()[0])
