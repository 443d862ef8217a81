"""Choices between values: linear by pieces. The derivative goes to the value that was chosen.

A derivative is chosen too, never multiplied by 0 or 1: 0 · ∞ would be nan, in √max(x, 0) at x < 0 for one.
"""

import numpy as np

from ..dtypes import result_type
from ..kernels.choice import keep, number
from ..operation import binary, nary, unary
from .arithmetic import matching, unbroadcastable
from .rounding import zero

PLAIN = (np.ndarray, float, int, bool)


@unary(linear=True)
def kept(x, mask):
    """y = x where the mask is set, else 0        dy = dx there

    The derivative of a choice.
    """
    return keep(x, mask), lambda g: kept(g, mask)


@nary(linear=True)
def where(condition, input, other):
    """y = a where the condition holds, else b        dy = da there, db elsewhere

    The three broadcast; a and b may be numbers. RuntimeError unless the condition is bool. PyTorch's page torch.where.

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([-1.0, 2.0])
    >>> tl.where(x > 0, x, 0.1 * x)
    tensor([-0.1000,  2.0000])
    """
    mask = np.asarray(condition)
    if mask.dtype.kind != "b":
        if mask.dtype != np.uint8:
            raise RuntimeError(f"where: expected condition to be a boolean tensor, but got one of dtype {mask.dtype}")
        mask = mask.astype(bool)
    try:
        y = np.where(mask, *common(input, other))
    except ValueError:
        raise unbroadcastable("where", condition, input, other) from None
    return y, None, lambda g: matching(kept(g, mask), input), lambda g: matching(kept(g, ~mask), other)


def common(a, b):
    """Two operands as arrays of the dtype that PyTorch mixes theirs to."""
    if a.__class__ is np.ndarray and a.dtype.kind == "f":
        if b.__class__ is float or b.__class__ is int:
            return a, number(b, a.dtype)
        if b.__class__ is np.ndarray and b.dtype is a.dtype:
            return a, b
    a, b = (x if x.__class__ in PLAIN else np.asarray(x) for x in (a, b))
    dtype = result_type(a, b)
    return [x.astype(dtype, copy=False) if isinstance(x, np.ndarray) else number(x, dtype) for x in (a, b)]


@binary(linear=True)
def maximum(a, b):
    """y = max(a, b)        dy = da where a > b, db where b > a, half of each where equal

    nan if either is. PyTorch's page torch.maximum.

    >>> import tinygrad_lite as tl
    >>> a = tl.tensor([1.0, 2.0], requires_grad=True)
    >>> tl.maximum(a, tl.tensor([1.0, 3.0])).sum().backward()
    >>> a.grad
    tensor([0.5000, 0.0000])
    """
    return np.maximum(a, b), lambda g: winners(g, a < b, a == b), lambda g: winners(g, b < a, a == b)


@binary(linear=True)
def minimum(a, b):
    """y = min(a, b)        dy = da where a < b, db where b < a, half of each where equal

    nan if either is. PyTorch's page torch.minimum.
    """
    return np.minimum(a, b), lambda g: winners(g, a > b, a == b), lambda g: winners(g, b > a, a == b)


def winners(g, lost, tied):
    """g where the operand did not lose, and half of it where both are equal."""
    g = kept(g, ~lost)
    return g * (1 - 0.5 * tied).astype(g.dtype) if tied.any() else g


@nary(linear=True)
def clamp(input, min=None, max=None):
    """y = x limited to [min, max]        dy = dx inside, dmin below, dmax above

    Each bound is a number, a tensor or None, but not both None. PyTorch's page torch.clamp.

    >>> import tinygrad_lite as tl
    >>> tl.clamp(tl.tensor([-1.0, 0.5, 3.0]), 0, 1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    if min is None and max is None:
        raise RuntimeError("clamp: at least one of 'min' or 'max' must not be None")
    y = input
    for name, bound in (("min", min), ("max", max)):
        if not isinstance(bound, (np.ndarray, np.generic, float, int, type(None))):
            raise TypeError(f"clamp: {name} must be a Tensor or a number, not {type(bound).__name__}")
    try:
        if min is not None:
            y = np.maximum(*common(y, min))
        if max is not None:
            y = np.minimum(*common(y, max))
        if y.dtype.kind != "f" or not isinstance(y, np.ndarray):
            y = np.asarray(y, result_type(*[bound for bound in (input, min, max) if bound is not None]))
    except ValueError:
        raise unbroadcastable("clamp", input, *[bound for bound in (min, max) if bound is not None]) from None
    inside = input == y
    below = above = None
    if isinstance(min, np.ndarray):
        below = (input < min) if max is None else (input < min) & (min < max)
    if isinstance(max, np.ndarray):
        above = (input > max) if min is None else (input > max) | (max < min)
    return (
        y,
        lambda g: matching(kept(g, inside), input),
        lambda g: matching(kept(g, below), min),
        lambda g: matching(kept(g, above), max),
    )


@unary
def abs(x):
    """y = |x|        dy = sign x dx

    The derivative at 0 is taken as 0.
    """
    return np.abs(x), lambda g: g * np.sign(x)


@unary(linear=True)
def sign(x):
    """y = −1, 0 or 1 as x is negative, 0 or positive        dy = 0"""
    return np.sign(x) if x.dtype.kind != "b" else x.copy(), zero


@binary(linear=True, floating=True)
def copysign(a, b):
    """y = |a| with the sign of b        dy = ± da

    The derivative at a = 0 is taken as 0. PyTorch's page torch.copysign.
    """
    return np.copysign(a, b), lambda g: g * (np.sign(a) * np.copysign(1, b)).astype(g.dtype), zero


@unary(linear=True)
def nan_to_num(x, nan=0.0, posinf=None, neginf=None):
    """y = x, with numbers in the places of nan, ∞ and −∞        dy = dx where x is finite

    None stands for the largest (lowest) number of the dtype. PyTorch's page torch.nan_to_num.

    >>> import tinygrad_lite as tl
    >>> tl.nan_to_num(tl.tensor([float("nan"), float("inf"), 1.0]), posinf=9.0)
    tensor([0., 9., 1.])
    """
    finite = np.isfinite(x)
    return np.nan_to_num(x, nan=0.0 if nan is None else nan, posinf=posinf, neginf=neginf), lambda g: kept(g, finite)
