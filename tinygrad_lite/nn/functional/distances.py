"""Distances and similarities of vectors, and the losses made of them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import ops
from ...dtypes import result_type
from ...errors import ShapeError, broadcasting
from ...ops.losses import reduced, reduction_of
from ...tensor import Tensor


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """y = x/max(‖x‖_p, eps) along a dimension (PyTorch's page torch.nn.functional.normalize).

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.normalize(tl.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    return input / ops.norm(input, p, dim, True).clamp(min=eps)


def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """y = ‖x₁ − x₂ + eps‖_p along the last dimension (PyTorch's page torch.nn.functional.pairwise_distance)."""
    return ops.norm(x1 - x2 + eps, p, -1, keepdim)


def at_least(norm: Tensor, eps: float) -> Tensor:
    """A norm raised to eps, with the derivative of the norm itself."""
    raised = norm.detach().clamp(min=eps) - norm.detach()
    return norm + raised


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """y = x₁·x₂/(max(‖x₁‖, eps) max(‖x₂‖, eps)) along a dimension

    PyTorch's page torch.nn.functional.cosine_similarity.

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.cosine_similarity(tl.tensor([[1.0, 0.0]]), tl.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """
    if x1.dtype != x2.dtype or x1.dtype.kind != "f":
        dtype = result_type(x1, x2)
        if dtype.kind != "f":
            raise RuntimeError(f"cosine_similarity: expected floating point tensors, not {x1.dtype} and {x2.dtype}")
        x1, x2 = x1.to(dtype), x2.to(dtype)
    if x1.shape != x2.shape:
        try:
            shape = np.broadcast_shapes(x1.shape, x2.shape)
        except ValueError:
            raise broadcasting("cosine_similarity", tuple(x1.shape), tuple(x2.shape)) from None
        x1, x2 = ops.broadcast_to(x1, shape), ops.broadcast_to(x2, shape)
    unit1 = x1 / at_least(ops.norm(x1, 2, dim, True), eps)
    unit2 = x2 / at_least(ops.norm(x2, 2, dim, True), eps)
    return (unit1 * unit2).sum(dim)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0.0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """y = mean (1 − cos(x₁, x₂) if t = 1 else max(0, cos(x₁, x₂) − margin)), t = ±1

    PyTorch's page torch.nn.functional.cosine_embedding_loss.

    Shapes: (N, D), (N, D), (N,), or (D,), (D,), ().
    """
    if target.ndim not in (0, 1):
        raise ShapeError(
            f"cosine_embedding_loss: 0D or 1D target tensor expected, multi-target not supported: {tuple(target.shape)}"
        )
    if input1.ndim != target.ndim + 1 or input2.ndim != target.ndim + 1:
        raise ShapeError(
            f"cosine_embedding_loss: {target.ndim}D target tensor expects {target.ndim + 1}D input tensors, but found "
            f"inputs with sizes {tuple(input1.shape)} and {tuple(input2.shape)}."
        )
    eps, dim = 1e-12, target.ndim
    squares = ((input1 * input1).sum(dim) + eps) * ((input2 * input2).sum(dim) + eps)
    cosine = (input1 * input2).sum(dim) / squares.sqrt()
    y = ops.where(target == 1, 1 - cosine, 0.0) + ops.where(target == -1, (cosine - margin).clamp(min=0), 0.0)
    return reduced(y, reduction_of(reduction, size_average, reduce))


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """y = mean max(0, ‖a − p‖ − ‖a − n‖ + margin) (PyTorch's page torch.nn.functional.triplet_margin_loss).

    With `swap` the smaller of ‖a − n‖ and ‖p − n‖ counts.
    """

    def distance(a: Tensor, b: Tensor) -> Tensor:
        return pairwise_distance(a, b, p, eps)

    reduction = reduction_of(reduction, size_average, reduce)
    return triplets("triplet_margin_loss", anchor, positive, negative, distance, margin, swap, reduction)


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """`triplet_margin_loss` with any distance d(a, b)

    PyTorch's page torch.nn.functional.triplet_margin_with_distance_loss.
    """
    distance = pairwise_distance if distance_function is None else distance_function
    name = "triplet_margin_with_distance_loss"
    return triplets(name, anchor, positive, negative, distance, margin, swap, reduction_of(reduction))


def triplets(name: str, a: Tensor, p: Tensor, n: Tensor, distance: Callable, margin: float, swap: bool, reduction: str):
    """max(0, d(a, p) − d(a, n) + margin), reduced."""
    if margin <= 0:
        raise ValueError(f"{name}: margin must be greater than 0, got {margin}")
    if not a.ndim == p.ndim == n.ndim:
        raise ShapeError(
            f"{name}: The anchor, positive, and negative tensors are expected to have the same number of dimensions, "
            f"but got: anchor {a.ndim}D, positive {p.ndim}D, and negative {n.ndim}D inputs"
        )
    far = distance(a, n)
    if swap:
        far = ops.minimum(far, distance(p, n))
    return reduced((margin + distance(a, p) - far).clamp(min=0), reduction)
