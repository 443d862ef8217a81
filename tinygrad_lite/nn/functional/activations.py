"""Activations as PyTorch spells them: with `inplace`, with an implied dimension, with a dtype."""

import warnings
from typing import Any

from ... import ops
from ...inplace import write
from ...ops.dims import dim as as_dimension
from ...tensor import Tensor


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """y = max(0, x) (PyTorch's page torch.nn.functional.relu)."""
    return write(input, "relu_", ops.relu) if inplace else ops.relu(input)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """y = min(max(0, x), 6) (PyTorch's page torch.nn.functional.relu6)."""
    return write(input, "relu6_", ops.relu6) if inplace else ops.relu6(input)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """y = x if x > 0 else negative_slope·x (PyTorch's page torch.nn.functional.leaky_relu)."""
    if inplace:
        return write(input, "leaky_relu_", ops.leaky_relu, negative_slope)
    return ops.leaky_relu(input, negative_slope)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """y = x if x > 0 else α(eˣ − 1) (PyTorch's page torch.nn.functional.elu)."""
    return write(input, "elu_", ops.elu, alpha) if inplace else ops.elu(input, alpha)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """y = λ·(x if x > 0 else α(eˣ − 1)) (PyTorch's page torch.nn.functional.selu)."""
    return write(input, "selu_", ops.selu) if inplace else ops.selu(input)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """y = max(0, x) + min(0, α(e^(x/α) − 1)) (PyTorch's page torch.nn.functional.celu)."""
    return write(input, "celu_", ops.celu, alpha) if inplace else ops.celu(input, alpha)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """y = x σ(x) (PyTorch's page torch.nn.functional.silu)."""
    return write(input, "silu_", ops.silu) if inplace else ops.silu(input)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """y = x tanh(log(1 + eˣ)) (PyTorch's page torch.nn.functional.mish)."""
    return write(input, "mish_", ops.mish) if inplace else ops.mish(input)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """y = min(max(min_val, x), max_val) (PyTorch's page torch.nn.functional.hardtanh)."""
    if inplace:
        return write(input, "hardtanh_", ops.hardtanh, min_val, max_val)
    return ops.hardtanh(input, min_val, max_val)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """y = min(max(0, x + 3), 6)/6 (PyTorch's page torch.nn.functional.hardsigmoid)."""
    return write(input, "hardsigmoid_", ops.hardsigmoid) if inplace else ops.hardsigmoid(input)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """y = x·min(max(0, x + 3), 6)/6 (PyTorch's page torch.nn.functional.hardswish)."""
    return write(input, "hardswish_", ops.hardswish) if inplace else ops.hardswish(input)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """y = x if x > threshold else value (PyTorch's page torch.nn.functional.threshold)."""
    if inplace:
        return write(input, "threshold_", ops.threshold, threshold, value)
    return ops.threshold(input, threshold, value)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """y = a σ(b), for the halves a and b of x along a dimension (PyTorch's page torch.nn.functional.glu)."""
    if input.ndim == 0:
        raise RuntimeError("glu: does not support 0-dimensional tensors")
    size = input.shape[as_dimension(dim, input.ndim, "glu")]
    if size % 2:
        raise RuntimeError(f"glu: Halving dimension must be even, but dimension {dim} is size {size}")
    a, b = ops.split(input, [size // 2, size // 2], dim)
    return a * ops.sigmoid(b)


def implied(name: str, input: Tensor, dim: int | None, level: int) -> int:
    """The dimension that an old script meant: 0 for 0, 1 or 3 dimensions, else 1."""
    if dim is not None:
        return dim
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=level,
    )
    return 0 if input.ndim in (0, 1, 3) else 1


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """y_i = e^(x_i) / Σ_j e^(x_j) along a dimension (PyTorch's page torch.nn.functional.softmax).

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.softmax(tl.tensor([0.0, 0.0, 1e4]), dim=0)
    tensor([0., 0., 1.])
    """
    dim = implied("softmax", input, dim, _stacklevel)
    return ops.softmax(input, dim) if dtype is None else ops.softmax(input, dim, dtype)


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """y = softmax(−x) along a dimension (PyTorch's page torch.nn.functional.softmin)."""
    dim = implied("softmin", input, dim, _stacklevel)
    return softmax(-input, dim, dtype=dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """y = log softmax(x) along a dimension, exact for large x (PyTorch's page torch.nn.functional.log_softmax)."""
    dim = implied("log_softmax", input, dim, _stacklevel)
    return ops.log_softmax(input, dim) if dtype is None else ops.log_softmax(input, dim, dtype)
