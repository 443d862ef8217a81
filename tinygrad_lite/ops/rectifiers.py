"""Rectifiers: activations made of straight pieces."""

from math import prod
from typing import Any

import numpy as np

from ..kernels.choice import ZERO, keep_rectified, number
from ..operation import unary
from .choice import kept, where


def refuse_integers(name, x):
    """Slopes and thresholds between the integers would be cut off."""
    if x.dtype.kind != "f":
        raise RuntimeError(f"{name}: not implemented for {x.dtype}: convert with .float()")


@unary(linear=True)
def relu(x):
    """y = max(x, 0)        dy = dx where x > 0, else 0

    PyTorch's page torch.nn.functional.relu.

    >>> import tinygrad_lite as tl
    >>> tl.relu(tl.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    y = np.maximum(x, ZERO[x.dtype])
    return y, lambda g: keep_rectified(g, y) if g.__class__ is np.ndarray else kept(g, y)


@unary(linear=True)
def leaky_relu(x, negative_slope=0.01):
    """y = x where x > 0, else αx        dy = dx where x > 0, else α dx

    PyTorch's page torch.nn.functional.leaky_relu; Maas, Hannun, Ng 2013.

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.leaky_relu(tl.tensor([-1.0, 2.0]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    refuse_integers("leaky_relu", x)
    alpha = number(negative_slope, x.dtype)
    if 0 < negative_slope <= 1:
        y = np.maximum(x, alpha * x)  # y has the sign of x: the slope is the larger of that sign and α
        return y, lambda g: g * np.maximum(np.sign(y), alpha)
    slope = np.where(x > 0, np.ones((), x.dtype), alpha)
    return x * slope, lambda g: g * slope


def prelu(input: Any, weight: Any) -> Any:
    """y = x if x > 0 else w·x, w learned: one for all, or one for each channel, dimension 1

    PyTorch's page torch.nn.functional.prelu.
    """
    count = prod(weight.shape)
    if weight.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}")
    if weight.dtype != input.dtype:
        raise RuntimeError(
            f"prelu: Type promoting not supported: the input is {input.dtype}, the weight {weight.dtype}"
        )
    if count != 1:
        channels = input.shape[1] if input.ndim > 1 else 1
        if count != channels:
            raise RuntimeError(
                f"prelu: Mismatch of parameter numbers and input channel size. Found parameter numbers = "
                f"{count} and channel size = {channels}."
            )
        weight = weight.reshape(-1, *(1,) * (input.ndim - 2))
    elif input.ndim == 0:
        weight = weight.reshape(())
    return relu(input) - weight * relu(-input)


@unary(linear=True)
def hardtanh(x, min_val=-1.0, max_val=1.0):
    """y = x limited to [a, b]        dy = dx where a < x < b, else 0

    PyTorch's page torch.nn.functional.hardtanh.
    """
    if min_val > max_val:
        raise ValueError(f"hardtanh: min_val {min_val} is greater than max_val {max_val}")
    inside = ~((x <= min_val) | (x >= max_val))  # nan counts as inside, as in PyTorch
    return np.minimum(np.maximum(x, min_val), max_val).astype(x.dtype, copy=False), lambda g: kept(g, inside)


@unary(linear=True)
def relu6(x):
    """y = x limited to [0, 6]        dy = dx where 0 < x < 6, else 0

    PyTorch's page torch.nn.functional.relu6.
    """
    inside = ~((x <= 0) | (x >= 6))
    return np.minimum(np.maximum(x, 0), 6), lambda g: kept(g, inside)


@unary(linear=True)
def hardsigmoid(x):
    """y = x/6 + ½ limited to [0, 1]        dy = dx/6 where |x| < 3, else 0

    PyTorch's page torch.nn.functional.hardsigmoid.
    """
    refuse_integers("hardsigmoid", x)
    inside = np.abs(x) < 3
    return np.minimum(np.maximum(x + 3, 0), 6) / 6, lambda g: kept(g / 6, inside)


@unary
def hardswish(x):
    """y = x · hardsigmoid x        dy = (x/3 + ½) dx where |x| < 3, else dx or 0

    PyTorch's page torch.nn.functional.hardswish; Howard et al. 2019.
    """
    y = x * (np.minimum(np.maximum(x + 3, 0), 6) / 6)
    return y, lambda g: where(x <= -3, 0.0, where(x >= 3, g, g * (x / 3 + 0.5)))


@unary(linear=True)
def threshold(x, threshold, value):
    """y = x where x > t, else v        dy = dx where x > t, else 0

    PyTorch's page torch.nn.functional.threshold.
    """
    above = ~(x <= threshold)  # nan passes, as in PyTorch
    return np.where(above, x, np.array(value, x.dtype)), lambda g: kept(g, above)


@unary(linear=True)
def hardshrink(x, lambd=0.5):
    """y = x where |x| > λ, else 0        dy = dx where |x| > λ, else 0

    PyTorch's page torch.nn.functional.hardshrink.
    """
    refuse_integers("hardshrink", x)
    outside = np.abs(x) > lambd
    return np.where(outside, x, ZERO[x.dtype]), lambda g: kept(g, outside)


@unary(linear=True)
def softshrink(x, lambd=0.5):
    """y = x − λ sign x where |x| > λ, else 0        dy = dx where |x| > λ, else 0

    RuntimeError for a negative λ. PyTorch's page torch.nn.functional.softshrink.
    """
    refuse_integers("softshrink", x)
    if lambd < 0:
        raise RuntimeError(f"softshrink: lambda must be greater or equal to 0, but found to be {lambd}")
    outside = np.abs(x) > lambd
    return np.where(outside, x - np.sign(x) * np.array(lambd, x.dtype), ZERO[x.dtype]), lambda g: kept(g, outside)
