"""Functions that draw random numbers in training: dropout in its kinds, rrelu, gumbel_softmax."""

import math
import warnings

import numpy as np

from ... import ops
from ...inplace import write
from ...kernels import sampling
from ...operation import result
from ...tensor import Tensor


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each element is 0 with probability p, else divided by 1 − p (PyTorch's page torch.nn.functional.dropout).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.nn.functional.dropout(tl.ones(4), 0.5)
    tensor([0., 0., 2., 0.])
    """
    return dropped(input, p, training, inplace, channels=False)


def dropped(input: Tensor, p: float, training: bool, inplace: bool, channels: bool) -> Tensor:
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0 or input.array.size == 0:
        return input
    return write(input, "dropout_", ops.dropout, p, channels) if inplace else ops.dropout(input, p, channels)


def channelwise(name: str, input: Tensor, dims: int, p: float, training: bool, inplace: bool) -> Tensor:
    """Dropout of whole channels, of a batch or of one sample."""
    if input.ndim not in (dims + 1, dims + 2):
        raise RuntimeError(
            f"{name}: Expected {dims + 1}D or {dims + 2}D input, but received a {input.ndim}D input: shape "
            f"{tuple(input.shape)}"
        )
    if input.ndim == dims + 1:
        y = dropped(input.unsqueeze(0), p, training, inplace, channels=True)
        return input if inplace else y.squeeze(0)
    return dropped(input, p, training, inplace, channels=True)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels of (N, C, L) or (C, L) (PyTorch's page torch.nn.functional.dropout1d)."""
    return channelwise("dropout1d", input, 1, p, training, inplace)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels of (N, C, H, W) (PyTorch's page torch.nn.functional.dropout2d).

    As PyTorch, with a warning, it takes three dimensions for (N, C, L), and others for (N, C, …).
    """
    if input.ndim == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired "
            "- input is interpreted as shape (N, C, L). Use dropout1d to say so.",
            stacklevel=2,
        )
    elif input.ndim != 4:
        warnings.warn(
            f"dropout2d: Received a {input.ndim}-D input to dropout2d; 4 dimensions are expected", stacklevel=2
        )
    if input.ndim < 2:
        raise RuntimeError(f"dropout2d: Feature dropout requires at least 2 dimensions in the input, not {input.ndim}")
    return dropped(input, p, training, inplace, channels=True)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels of (N, C, D, H, W) or (C, D, H, W) (PyTorch's page torch.nn.functional.dropout3d)."""
    return channelwise("dropout3d", input, 3, p, training, inplace)


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps mean 0 and variance 1 under SELU (PyTorch's page torch.nn.functional.alpha_dropout).

    A dropped element becomes −λα = −1.758…, what SELU approaches at −∞; then y = a x + b restores mean and variance
    (G. Klambauer et al., Self-Normalizing Neural Networks, 2017).
    """
    return alpha_dropped(input, p, training, inplace, input.array.shape)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """`alpha_dropout` of whole channels (PyTorch's page torch.nn.functional.feature_alpha_dropout)."""
    shape = input.array.shape
    if training and len(shape) < 2:
        raise RuntimeError(f"feature_alpha_dropout: Feature dropout requires at least 2 dimensions, not {len(shape)}")
    return alpha_dropped(input, p, training, inplace, shape[:2] + (1,) * (len(shape) - 2))


def alpha_dropped(input: Tensor, p: float, training: bool, inplace: bool, shape: tuple) -> Tensor:
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0 or input.array.size == 0:
        return input
    if p == 1:
        return input.mul_(0.0) if inplace else input * 0.0
    limit = 1.7580993408473766
    a = 1.0 / math.sqrt((limit * limit * p + 1) * (1 - p))
    noise = input.array if shape == input.array.shape else np.empty(shape, input.dtype)
    stays = sampling.laid_out_like(noise, lambda n: sampling.bernoulli(None, n, 1 - p, input.dtype))
    scale, shift = result(stays * a), result((stays - 1) * (limit * a) + limit * a * p)
    return input.mul_(scale).add_(shift) if inplace else input * scale + shift


def rrelu(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False
) -> Tensor:
    """y = x if x > 0 else a x, a ~ U(lower, upper) in training, else their mean

    PyTorch's page torch.nn.functional.rrelu.
    """
    if lower > upper:
        raise RuntimeError(f"rrelu: Lower bound should be less than or equal to the upper bound: {lower} > {upper}")
    if not training:
        slope = (lower + upper) / 2
        return write(input, "rrelu_", ops.leaky_relu, slope) if inplace else ops.leaky_relu(input, slope)
    negative = input.array <= 0
    scale = np.ones(input.array.shape, input.dtype)
    scale[negative] = sampling.uniform(None, (int(negative.sum()),), lower, upper, np.float64)
    return input.mul_(result(scale)) if inplace else input * result(scale)


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """y = softmax((x + G)/τ), G from the Gumbel distribution: nearly one-hot samples with a derivative

    PyTorch's page torch.nn.functional.gumbel_softmax; E. Jang et al., Categorical Reparameterization, 2017.

    With `hard` the value is one-hot, and the derivative that of the soft one.
    """
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    gumbel = -np.log(sampling.exponential(None, logits.array.shape, dtype=logits.dtype))
    soft = ops.softmax((logits + result(gumbel)) / tau, dim)
    if not hard:
        return soft
    places = np.expand_dims(soft.array.argmax(dim), dim)
    one_hot = np.zeros_like(soft.array)
    np.put_along_axis(one_hot, places, 1, dim)
    return result(one_hot) - soft.detach() + soft
