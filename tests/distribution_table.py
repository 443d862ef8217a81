"""The table of distributions: each with its parameters, written once for tinygrad_lite and for PyTorch.

A family is a function of (D, lib, *parameters) that makes the distribution: D is lib.distributions. `parameters` are
the domains from which its parameters are drawn, `shapes` their shapes.
"""

from collections.abc import Callable
from dataclasses import dataclass

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
    """

    name: str
    make: Callable
    domains: tuple
    shapes: tuple
    exact: bool = False
    lacks: tuple[str, ...] = ()


FAMILIES = [
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
}
TWO_PARAMETERS = {"Normal": (REAL, POSITIVE), "Laplace": (REAL, POSITIVE), "LogNormal": (REAL, POSITIVE)}
DOMAINS = {name: (domain,) for name, domain in ONE_PARAMETER.items()} | TWO_PARAMETERS
DOMAINS |= {"Uniform": ((-2.0, -1.0), (1.0, 2.0))}

PAIRS = [(name, name) for name in DOMAINS] + [
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
    return [np.asarray(random.uniform(*d, s), dtype) for d, s in zip(domains, shapes, strict=False)]
