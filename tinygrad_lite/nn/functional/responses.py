"""local_response_norm, and pdist: normalisation by neighbours, and all distances within a batch."""

import numpy as np

from ... import ops
from ...errors import ShapeError
from ...tensor import Tensor


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """y = x/(k + α/n Σ x²)^β, the sum over n = `size` neighbouring channels of (N, C, …)

    PyTorch's page torch.nn.functional.local_response_norm; A. Krizhevsky et al., ImageNet Classification with Deep
    Convolutional Neural Networks, 2012.

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.local_response_norm(tl.ones(1, 3, 1), size=3, alpha=3.0, beta=1.0).flatten()
    tensor([0.3333, 0.2500, 0.3333])
    """
    if input.ndim < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {input.ndim} dimensions)")
    if input.numel() == 0:
        return input
    channels = input.shape[1]
    before, after = size // 2, (size - 1) // 2
    none = input.new_zeros((input.shape[0], max(before, after), *input.shape[2:]))
    squares = ops.cat([none.narrow(1, 0, before), input * input, none.narrow(1, 0, after)], 1)
    total = squares.narrow(1, 0, channels)
    for i in range(1, size):
        total = total + squares.narrow(1, i, channels)
    return input / (total * (alpha / size) + k) ** beta


def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """y = ‖xᵢ − xⱼ‖_p for the rows i < j of a matrix, in their order (PyTorch's page torch.nn.functional.pdist).

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.pdist(tl.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]))
    tensor([5.0000, 1.0000, 4.2426])
    """
    if input.ndim != 2:
        raise ShapeError(f"pdist only supports 2D tensors, got: {input.ndim}D")
    if p < 0:
        raise RuntimeError(f"pdist only supports non-negative p values, not {p}")
    i, j = np.triu_indices(len(input), 1)
    return ops.norm(input[i] - input[j], p, -1)
