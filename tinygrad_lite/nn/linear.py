"""Affine and bilinear layers, and the two that change only the shape."""

import math
from collections.abc import Sequence
from typing import Any

from .. import creation, ops
from ..tensor import Parameter, Tensor
from . import functional as F, init
from .module import Module


class Linear(Module):
    """y = x Wᵀ + b (PyTorch's page torch.nn.Linear).

    weight  (out_features, in_features), from U(−1/√in_features, 1/√in_features)
    bias    (out_features,), from the same; None with bias=False

    Shapes: (…, in_features) → (…, out_features).

    >>> import tinygrad_lite as tl
    >>> layer = tl.nn.Linear(2, 25)
    >>> layer(tl.zeros(50, 2)).shape
    torch.Size([50, 25])
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = Parameter(creation.empty(out_features, in_features, dtype=dtype, device=device))
        if bias:
            self.bias = Parameter(creation.empty(out_features, dtype=dtype, device=device))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weight and the bias anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))  # the gain of this slope makes the bound 1/√in_features
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Bilinear(Module):
    """y_k = x₁ᵀ W_k x₂ + b_k (PyTorch's page torch.nn.Bilinear).

    weight  (out_features, in1_features, in2_features), from U(−1/√in1_features, 1/√in1_features)
    bias    (out_features,), from the same; None with bias=False

    Shapes: (…, in1_features), (…, in2_features) → (…, out_features).

    >>> import tinygrad_lite as tl
    >>> tl.nn.Bilinear(2, 3, 4)(tl.ones(5, 2), tl.ones(5, 3)).shape
    torch.Size([5, 4])
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ):
        if in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got {in1_features}")
        super().__init__()
        self.in1_features, self.in2_features, self.out_features = in1_features, in2_features, out_features
        self.weight = Parameter(creation.empty(out_features, in1_features, in2_features, dtype=dtype, device=device))
        if bias:
            self.bias = Parameter(creation.empty(out_features, dtype=dtype, device=device))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weight and the bias anew."""
        bound = 1 / math.sqrt(self.in1_features)
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )


class Flatten(Module):
    """Dimensions start_dim to end_dim as one (PyTorch's page torch.nn.Flatten).

    >>> import tinygrad_lite as tl
    >>> tl.nn.Flatten()(tl.zeros(32, 1, 28, 28)).shape
    torch.Size([32, 784])
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1):
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        return ops.flatten(input, self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """One dimension as several (PyTorch's page torch.nn.Unflatten).

    >>> import tinygrad_lite as tl
    >>> tl.nn.Unflatten(1, (2, 5))(tl.zeros(3, 10)).shape
    torch.Size([3, 2, 5])
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]):
        super().__init__()
        if not isinstance(dim, int):
            raise TypeError(f"Unflatten: dim must be an int, not {type(dim).__name__}: dimensions have no names here")
        sizes = tuple(unflattened_size) if isinstance(unflattened_size, (tuple, list)) else unflattened_size
        if not isinstance(sizes, tuple) or not all(isinstance(size, int) for size in sizes):
            raise TypeError(f"unflattened_size must be a tuple of ints, but found {unflattened_size!r}")
        self.dim, self.unflattened_size = dim, sizes

    def forward(self, input: Tensor) -> Tensor:
        return ops.unflatten(input, self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
