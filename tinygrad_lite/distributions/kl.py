"""The Kullback–Leibler divergence: a table from pairs of families to formulas (PyTorch's page torch.distributions.kl).

Each formula is E_p[log p(x) − log q(x)] = −H(p) − E_p[log q(x)], worked out for its pair.
"""

import warnings
from collections.abc import Callable
from typing import Any

from ..tensor import Tensor
from .distribution import Distribution

_FORMULAS: dict[tuple[type, type], Callable] = {}


def register_kl(type_p: type, type_q: type) -> Callable:
    """Name a function as the formula of kl_divergence(p, q) for these families and their subclasses.

    >>> import tinygrad_lite as tl
    >>> from tinygrad_lite.distributions import Normal, register_kl
    >>> class Mine(Normal):
    ...     pass
    >>> @register_kl(Mine, Normal)
    ... def _(p, q):
    ...     return tl.zeros(p.batch_shape)
    """
    for name, kind in (("type_p", type_p), ("type_q", type_q)):
        if not (isinstance(kind, type) and issubclass(kind, Distribution)):
            raise TypeError(f"Expected {name} to be a Distribution subclass but got {kind}")

    def register(formula: Callable) -> Callable:
        _FORMULAS[type_p, type_q] = formula
        return formula

    return register


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """KL(p‖q) = ∫ p log(p/q), for each of the batch. NotImplementedError for pairs without a formula.

    >>> import tinygrad_lite as tl
    >>> D = tl.distributions
    >>> D.kl_divergence(D.Normal(0.0, 1.0), D.Normal(1.0, 1.0))
    tensor(0.5000)
    """
    return _formula(type(p), type(q))(p, q)


def _formula(type_p: type, type_q: type) -> Callable:
    """The formula registered for these families, or for the nearest of their parents."""
    if (type_p, type_q) in _FORMULAS:
        return _FORMULAS[type_p, type_q]
    found = [(p, q) for p, q in _FORMULAS if issubclass(type_p, p) and issubclass(type_q, q)]
    if not found:
        raise NotImplementedError(
            f"No KL(p || q) is implemented for p type {type_p.__name__} and q type {type_q.__name__}: "
            "write one and name it with register_kl"
        )

    def distance(pair: Any) -> tuple:
        return type_p.__mro__.index(pair[0]), type_q.__mro__.index(pair[1])

    by_p, by_q = min(found, key=distance), min(found, key=lambda pair: distance(pair)[::-1])
    if _FORMULAS[by_p] is not _FORMULAS[by_q]:
        warnings.warn(
            f"Ambiguous kl_divergence({type_p.__name__}, {type_q.__name__}). "
            f"Please register_kl({by_p[0].__name__}, {by_q[1].__name__})",
            RuntimeWarning,
            stacklevel=3,
        )
    return _FORMULAS[by_p]
