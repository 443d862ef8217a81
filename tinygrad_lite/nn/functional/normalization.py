"""Normalisation over a batch, with running statistics, and over each instance."""

import numpy as np

from ... import writes
from ...errors import ShapeError
from ...kernels import normalization as kernels
from ...ops.normalization import batch_norm as of_batch, by_channel, floating, group_norm, per_channel
from ...tensor import Tensor


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """y = (x − m)/√(v + ε)·w + b for each channel of (N, C, …) (PyTorch's page torch.nn.functional.batch_norm).

    In training m and v are the batch's, and move the running ones: r ← (1 − momentum)·r + momentum·batch's (of the
    variance with divisor n − 1). In evaluation m and v are the running ones.
    """
    x, name = input.array, "batch_norm"
    floating(name, x)
    if x.ndim < 2:
        raise ShapeError(f"{name}: expected an input of shape (N, C, …), got {x.shape}")
    per_channel(name, x, weight=weight, bias=bias)
    for what, running in (("running_mean", running_mean), ("running_var", running_var)):
        if running is not None and running.numel() != x.shape[1]:
            raise ShapeError(f"{name}: {what} should contain {x.shape[1]} elements not {running.numel()}")
    if training:
        if x.size // max(x.shape[1], 1) == 1:
            raise ValueError(f"Expected more than 1 value per channel when training, got input size {input.shape}")
        moments = kernels.moments(by_channel(x), (0,) if x.ndim == 2 else (0, 2))
        count = x.size // max(x.shape[1], 1)
        if count:  # an empty batch tells nothing
            follow(running_mean, moments[0], momentum)
            follow(running_var, moments[1] * (count / (count - 1)), momentum)
        return of_batch(input, weight, bias, eps, moments)
    if running_mean is None or running_var is None:
        raise RuntimeError(f"{name}: Expected running_mean and running_var to be defined when training=False")
    shape = (-1,) + (1,) * (x.ndim - 2)
    scale = (running_var + eps) ** -0.5
    scale = scale if weight is None else scale * weight
    shift = -running_mean * scale if bias is None else bias - running_mean * scale
    return input * scale.reshape(shape) + shift.reshape(shape)


def follow(running: Tensor | None, value: np.ndarray, momentum: float) -> None:
    """running ← (1 − momentum)·running + momentum·value, in place."""
    if running is not None:
        array = running.array
        array[...] = array * (1 - momentum) + value.reshape(array.shape) * momentum
        writes.mark(array, "batch_norm")


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """y = (x − m)/√(v + ε)·w + b for each channel of each sample of (N, C, …), m and v over its places.

    PyTorch's page torch.nn.functional.instance_norm. With use_input_stats=False m and v are the running ones.
    """
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    x = input.array
    places = x.size // max(x.shape[0] * x.shape[1], 1)
    if places == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.shape}")
    if x.size and (running_mean is not None or running_var is not None):
        m, v = kernels.moments(x.reshape(-1, places), (1,))
        follow(running_mean, m.reshape(x.shape[:2]).mean(0), momentum)
        follow(running_var, v.reshape(x.shape[:2]).mean(0) * (places / (places - 1)), momentum)
    return group_norm(input, x.shape[1], weight, bias, eps)
