"""Activations that overwrite their input, under PyTorch's names with an underscore."""

from ...tensor import Tensor
from . import activations
from .activations import celu, elu, hardtanh, leaky_relu, relu, selu
from .random import rrelu


def relu_(input: Tensor) -> Tensor:
    """x ← max(0, x)."""
    return relu(input, inplace=True)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """x ← x if x > 0 else negative_slope·x."""
    return leaky_relu(input, negative_slope, inplace=True)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """x ← x if x > 0 else α(eˣ − 1)."""
    return elu(input, alpha, inplace=True)


def selu_(input: Tensor) -> Tensor:
    """x ← λ·(x if x > 0 else α(eˣ − 1))."""
    return selu(input, inplace=True)


def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """x ← max(0, x) + min(0, α(e^(x/α) − 1))."""
    return celu(input, alpha, inplace=True)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """x ← min(max(min_val, x), max_val)."""
    return hardtanh(input, min_val, max_val, inplace=True)


def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """x ← x if x > threshold else value."""
    return activations.threshold(input, threshold, value, inplace=True)


def rrelu_(input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False) -> Tensor:
    """x ← x if x > 0 else a x, a ~ U(lower, upper) in training, else their mean."""
    return rrelu(input, lower, upper, training, inplace=True)
