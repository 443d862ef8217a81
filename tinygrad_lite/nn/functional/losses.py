"""Losses composed of operations: distributions, margins, distances. Public as part of `functional`."""

import math
import warnings
from typing import Any

import numpy as np

from ... import ops
from ...errors import OutOfBoundsError, ShapeError
from ...mistakes import expecting
from ...operation import result
from ...ops.losses import reduced, reduction_of, unlike
from ...tensor import Tensor

probabilities_unexpected = expecting("kl_div")


def grown(input: Tensor, target: Tensor) -> None:
    """Warn of shapes that broadcast to one that neither has, as (n, 1) and (n,) do."""
    a, b = input.array.shape, target.array.shape
    if a != b and np.broadcast_shapes(a, b) not in (a, b):
        unlike(a, b)


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """y = mean t (log t − x), of log-probabilities x and probabilities t (PyTorch's page torch.nn.functional.kl_div).

    With `log_target` t is given as log t. reduction="batchmean" is the Kullback–Leibler divergence for each sample.

    >>> import tinygrad_lite as tl
    >>> p = tl.tensor([[0.5, 0.5]])
    >>> tl.nn.functional.kl_div(p.log(), p, reduction="batchmean")
    tensor(0.)
    """
    if size_average is None and reduce is None and reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size. 'batchmean' divides "
            "only by the batch size, and aligns with the KL div math definition.",
            stacklevel=2,
        )
    if input.dtype.kind != "f" or target.dtype.kind != "f":
        raise RuntimeError(f"kl_div: takes floats, not {input.dtype} and {target.dtype}; convert with .float()")
    probabilities_unexpected(input.node)
    per_sample = reduction == "batchmean"
    reduction = "sum" if per_sample else reduction_of(reduction, size_average, reduce)
    y = reduced(
        target.exp() * (target - input) if log_target else ops.xlogy(target, target) - target * input, reduction
    )
    return y / input.shape[0] if per_sample and input.ndim else y


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: Any = None,
    eps: float = 1e-8,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """y = mean (eˣ − t x), of the logarithm x of a rate and counts t

    PyTorch's page torch.nn.functional.poisson_nll_loss.

    With log_input=False x is the rate itself: y = mean (x − t log(x + eps)). `full` adds Stirling's approximation of
    log t!, t log t − t + ½ log 2πt, where t > 1.
    """
    grown(input, target)
    y = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        t = target.detach()
        stirling = t * t.log() - t + 0.5 * (2 * math.pi * t).log()
        y = y + ops.where(t > 1, stirling, 0.0)
    return reduced(y, reduction_of(reduction, size_average, reduce))


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Any,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """y = ½ mean (log v + (x − t)²/v), of means x and variances v

    PyTorch's page torch.nn.functional.gaussian_nll_loss.

    v is at least `eps`; it has x's shape, or lacks its last dimension, or has size 1 in one. `full` adds ½ log 2π.
    """
    grown(input, target)
    var = var if isinstance(var, Tensor) else result(np.full_like(input.array, var))
    if (var.array < 0).any():
        raise ValueError("var has negative entry/entries")
    if var.shape != input.shape:
        if input.shape[:-1] == var.shape:
            var = var.unsqueeze(-1)
        elif input.ndim != var.ndim or sum(v for x, v in zip(input.shape, var.shape, strict=True) if x != v) != 1:
            raise ValueError(f"var is of incorrect size: {tuple(var.shape)} for an input of {tuple(input.shape)}")
    v = var + (var.detach().clamp(min=eps) - var.detach())  # raised to eps, with the derivative of var itself
    y = 0.5 * (v.log() + (input - target) ** 2 / v)
    return reduced(y + 0.5 * math.log(2 * math.pi) if full else y, reduction_of(reduction))


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """y = mean (x if t = 1 else max(0, margin − x)), t = ±1

    PyTorch's page torch.nn.functional.hinge_embedding_loss.
    """
    apart = ops.where(target != 1, (margin - input).clamp(min=0), 0.0)
    together = ops.where(target != -1, input, 0.0)
    return reduced(apart + together, reduction_of(reduction, size_average, reduce))


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0.0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """y = mean max(0, −t (x₁ − x₂) + margin), t = ±1 (PyTorch's page torch.nn.functional.margin_ranking_loss)."""
    if input1.ndim != input2.ndim or input1.ndim != target.ndim:
        raise ShapeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {tuple(input1.shape)}, input2: {tuple(input2.shape)}, target: {tuple(target.shape)}"
        )
    y = (-target * (input1 - input2) + margin).clamp(min=0)
    return reduced(y, reduction_of(reduction, size_average, reduce))


def soft_margin_loss(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Tensor:
    """y = mean log(1 + e^(−t x)), t = ±1 (PyTorch's page torch.nn.functional.soft_margin_loss)."""
    return reduced(-ops.logsigmoid(target * input), reduction_of(reduction, size_average, reduce))


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """y = −mean (t log σ(x) + (1 − t) log σ(−x)), first over the classes, the last dimension

    PyTorch's page torch.nn.functional.multilabel_soft_margin_loss.
    """
    y = -(target * ops.logsigmoid(input) + (1 - target) * ops.logsigmoid(-input))
    if weight is not None:
        y = y * weight
    return reduced(y.sum(-1) / input.shape[-1], reduction_of(reduction, size_average, reduce))


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """y = mean w_t Σ_(i ≠ t) max(0, margin − x_t + x_i)^p / C, for (N, C) or (C,) and class indices t

    PyTorch's page torch.nn.functional.multi_margin_loss.
    """
    if p not in (1, 2):
        raise ValueError(f"only p == 1 and p == 2 supported, not {p}")
    classes = input.shape[-1]
    if target.shape != input.shape[:-1] and (input.ndim > 1 or target.shape != (1,)):
        raise ShapeError(
            f"multi_margin_loss: the target must name one class for each sample of an input of shape "
            f"{tuple(input.shape)}; its shape is {tuple(target.shape)}"
        )
    t = target.reshape(*input.shape[:-1], 1)
    if t.numel() and not 0 <= int(t.min()) <= int(t.max()) < classes:
        raise OutOfBoundsError(f"multi_margin_loss: target out of range: there are {classes} classes, from 0")
    z = (margin - input.gather(-1, t) + input).clamp(min=0)
    z = z if p == 1 else z * z
    if weight is not None:
        z = z * weight[t]
    others = np.arange(classes) != t.array
    return reduced(
        ((z * others).sum(-1) / classes).reshape(target.shape), reduction_of(reduction, size_average, reduce)
    )


def multilabel_margin_loss(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Tensor:
    """y = mean Σ_(j in t) Σ_(i not in t) max(0, 1 − x_j + x_i) / C, for (N, C) or (C,)

    PyTorch's page torch.nn.functional.multilabel_margin_loss.

    Each row of t lists the classes of a sample, up to the first −1.
    """
    if target.shape != input.shape:
        raise ShapeError(
            f"multilabel_margin_loss: inconsistent target size: {tuple(target.shape)} for input of size: "
            f"{tuple(input.shape)}"
        )
    classes = input.shape[-1]
    rows = target.array.reshape(-1, classes)
    listed = np.logical_and.accumulate(rows >= 0, axis=1)
    t, wanted = np.where(listed, rows, 0), np.zeros(rows.shape, bool)
    wanted[np.nonzero(listed)[0], rows[listed]] = True
    x = input.reshape(-1, classes)
    z = (1 - x.gather(1, result(t)).unsqueeze(2) + x.unsqueeze(1)).clamp(min=0)  # (N, j, i)
    y = (z * (listed[:, :, None] & ~wanted[:, None, :])).sum((1, 2)) / classes
    return reduced(y.reshape(input.shape[:-1]), reduction_of(reduction, size_average, reduce))
