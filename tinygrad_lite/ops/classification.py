"""Losses for classes: a prediction of which class, two or many, against the true one.

Each is one operation; a fused one has the plain expression that it stands for beside it, as in `losses`.
"""

from typing import Any

import numpy as np

from ..dtypes import int64
from ..errors import ShapeError, broadcasting
from ..kernels import logistic, losses as kernels
from ..mistakes import expecting
from ..operation import nary
from .activations import softplus
from .losses import pullback, reduced, reduction_of, same_type
from .softmax import log_softmax


def binary(name: str, input: Any, target: Any, weight: Any) -> None:
    """Refuse a target, or weights, that do not go with the input."""
    if target.shape != input.shape:
        raise ValueError(
            f"{name}: Target size (torch.Size({list(target.shape)})) must be the same as input size "
            f"(torch.Size({list(input.shape)})): Using a target size that is different to the input size is "
            "deprecated. Please ensure they have the same size."
        )
    if weight is not None:
        try:
            fits = np.broadcast_shapes(weight.shape, input.shape) == input.shape
        except ValueError:
            fits = False
        if not fits:
            raise broadcasting(name, weight.shape, input.shape)


def plain_binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction="mean"):
    sure = np.maximum(np.log(input), -100.0) * target + np.maximum(np.log(1 - input), -100.0) * (1 - target)
    return reduced(-sure, reduction_of(reduction, size_average, reduce, warn=False), weight)


@nary(fuses=plain_binary_cross_entropy)
def binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction="mean"):
    """y = −mean (t log x + (1 − t) log(1 − x))        dy = mean (x − t)/(x(1 − x)) dx

    For probabilities x and targets t in [0, 1]. Logarithms are cut off at −100, so that a sure mistake costs 100 and
    not ∞ (PyTorch's page torch.nn.functional.binary_cross_entropy). From logits use binary_cross_entropy_with_logits.

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.binary_cross_entropy(tl.tensor([0.5, 0.0]), tl.tensor([1.0, 1.0]), reduction="none")
    tensor([  0.6931, 100.0000])
    """
    name = "binary_cross_entropy"
    reduction = reduction_of(reduction, size_average, reduce)
    same_type(name, input, target)
    binary(name, input, target, weight)
    if target.dtype is not input.dtype:
        raise RuntimeError(f"{name}: Found dtype {target.dtype} but expected {input.dtype}; convert the target")
    for part, x in (("input", input), ("target", target)):
        if not ((x >= 0) & (x <= 1)).all():
            raise RuntimeError(f"{name}: all elements of {part} should be between 0 and 1")
    log_p, log_q = kernels.binary_logs(input)
    y = reduced((target - 1) * log_q - target * log_p, reduction, weight)
    n, dtype = input.size, input.dtype
    return (
        y,
        pullback(binary_slope, (input, target), dtype, reduction, n, weight),
        pullback(np.subtract, (log_q, log_p), dtype, reduction, n, weight),
    )


def binary_slope(x, t):
    """(x − t)/(x(1 − x)), with PyTorch's guard against division by 0."""
    return (x - t) / np.maximum(x * (1 - x), 1e-12)


def plain_binary_cross_entropy_with_logits(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean", pos_weight=None
):
    positive = 1 if pos_weight is None else 1 + (pos_weight - 1) * target
    values = (1 - target) * input + positive * softplus(-input)
    return reduced(values, reduction_of(reduction, size_average, reduce, warn=False), weight)


@nary(fuses=plain_binary_cross_entropy_with_logits, wary=expecting("binary_cross_entropy_with_logits"))
def binary_cross_entropy_with_logits(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean", pos_weight=None
):
    """y = −mean (p t log σ(x) + (1 − t) log(1 − σ(x)))        dy = mean ((1 − t) σ(x) − p t (1 − σ(x))) dx

    Binary cross-entropy of logits, without rounding however large they are: log(1 − σ(x)) = log σ(x) − x.
    `pos_weight` p counts the positive examples more
    (PyTorch's page torch.nn.functional.binary_cross_entropy_with_logits).

    >>> import tinygrad_lite as tl
    >>> logits, targets = tl.tensor([0.0, 1e4]), tl.tensor([1.0, 1.0])
    >>> tl.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    tensor([0.6931, 0.0000])
    """
    name = "binary_cross_entropy_with_logits"
    reduction = reduction_of(reduction, size_average, reduce)
    x, t = same_type(name, input, target)
    binary(name, input, target, weight)
    binary(name, input, target, pos_weight)
    cost = logistic.softplus(-x)  # −log σ(x)
    surplus = 0 if pos_weight is None else pos_weight - 1
    y = reduced((1 - t) * x + (1 + surplus * t) * cost, reduction, weight)
    return (
        y,
        pullback(logit_slope, (x, t, surplus), input.dtype, reduction, x.size, weight),
        pullback(target_slope, (x, cost, surplus), target.dtype, reduction, x.size, weight),
    )


def logit_slope(x, t, surplus):
    """(1 − t) − (1 + (p − 1) t)(1 − σ(x)), the derivative for the logits."""
    return (1 - t) - (1 + surplus * t) * logistic.sigmoid(-x)


def target_slope(x, cost, surplus):
    """−x − (p − 1) log σ(x), the derivative for the target."""
    return surplus * cost - x


def class_indices(name: str, x: np.ndarray, target: Any, weight: Any) -> None:
    """Refuse a target that is not one class index for each sample (and place) of x."""
    shape = x.shape[:1] + x.shape[2:] if x.ndim > 1 else ()
    if x.ndim == 0:
        raise ShapeError(f"{name}: the input is a single number; it needs a dimension of classes")
    if target.shape == shape or (x.ndim == 1 and target.shape == (1,)):
        pass
    elif x.ndim == 2 and target.ndim > 1:
        raise ShapeError(
            f"{name}: input {x.shape}, target {target.shape}: 0D or 1D target tensor expected, multi-target not "
            "supported; target.squeeze(1) drops a dimension of size 1"
        )
    elif target.ndim and x.shape[0] != target.shape[0]:
        raise ShapeError(
            f"{name}: input {x.shape}, target {target.shape}: Expected input batch_size ({x.shape[0]}) to match target "
            f"batch_size ({target.shape[0]})."
        )
    else:
        raise ShapeError(f"{name}: Expected target size {list(shape)}, got {list(target.shape)} for input {x.shape}")
    if target.dtype != np.int64 and target.dtype != np.uint8:
        raise RuntimeError(
            f"{name}: expected target dtype to be Long or Byte, but got {target.dtype}; convert it with .long()"
        )
    if weight is not None:
        class_weights(name, x, weight)
        if weight.dtype is not x.dtype:
            raise RuntimeError(f"{name}: expected weight of dtype {x.dtype} but found {weight.dtype}")


def class_weights(name: str, x: np.ndarray, weight: np.ndarray) -> None:
    """Refuse weights that are not one for each class."""
    classes = x.shape[x.ndim > 1]
    if weight.shape != (classes,):
        raise RuntimeError(
            f"{name}: weight tensor should be defined either for all {classes} classes or no classes but got weight "
            f"tensor of shape: {list(weight.shape)}"
        )


def along_classes(weight: Any, ndim: int) -> Any:
    """One number for each class, shaped so that it multiplies (N, C, …)."""
    return weight.reshape((-1,) + (1,) * (ndim - 2)) if ndim > 2 else weight


@nary(linear=True, wary=expecting("nll_loss"))
def nll_loss(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"):
    """y = −mean x[n, tₙ]        dy = −mean dx[n, tₙ]

    The negative log-likelihood of class indices t (N, …), given log-probabilities x (N, C, …): the second half of
    cross-entropy. With class weights: Σ w[tₙ] x[n, tₙ] / Σ w[tₙ]; samples with t = `ignore_index` do not count
    (PyTorch's page torch.nn.functional.nll_loss).

    >>> import tinygrad_lite as tl
    >>> log_p = tl.log_softmax(tl.tensor([[1.0, 2.0, 3.0]]), dim=1)
    >>> tl.nn.functional.nll_loss(log_p, tl.tensor([2]))
    tensor(0.4076)
    """
    reduction = reduction_of(reduction, size_average, reduce)
    same_type("nll_loss", input)
    class_indices("nll_loss", input, target, weight)
    t, counts = kernels.checked(target, input.shape[input.ndim > 1], ignore_index, "nll_loss")
    w = kernels.sample_weights(t, counts, weight)
    losses = -kernels.classes_first(input)[t, kernels.numbers(t.size)]
    divisor = t.size
    if w is not None:
        losses, divisor = kernels.weighted(losses, w, counts), w.sum(dtype=input.dtype)
    shape, dtype = input.shape, input.dtype

    def pull(g):
        q = -kernels.one_hot(shape, t, counts, weight, 0.0, dtype)
        if reduction == "none":
            return (g[:, None] if len(shape) > 1 else g) * q
        return g * (kernels.divide(q, divisor) if reduction == "mean" and (divisor or counts is None) else q)

    return kernels.total(losses, reduction, divisor, target.shape), pull


def bare(x: Any) -> Any:
    """The array of a tensor; an array or None as it is."""
    return getattr(x, "array", x)


def plain_cross_entropy(
    input,
    target,
    weight=None,
    size_average=None,
    ignore_index=-100,
    reduce=None,
    reduction="mean",
    label_smoothing=0.0,
):
    reduction = reduction_of(reduction, size_average, reduce, warn=False)
    dim = 1 if input.ndim > 1 else 0
    log_p = log_softmax(input, dim)
    if tuple(target.shape) == tuple(input.shape):
        q = target * (1 - label_smoothing) + label_smoothing / input.shape[dim]
        if weight is not None:
            q = q * along_classes(weight, input.ndim)
        return reduced(-(log_p * q).sum(dim), reduction)
    if not label_smoothing:
        return nll_loss(log_p, target, weight, None, ignore_index, None, reduction)
    t, counts = kernels.checked(bare(target), input.shape[dim], ignore_index)
    q = kernels.one_hot(tuple(input.shape), t, counts, bare(weight), label_smoothing, input.dtype)
    w = kernels.sample_weights(t, counts, bare(weight))
    return reduced(-(log_p * q).sum(dim), reduction, None, t.size if w is None else w.sum(dtype=input.dtype))


@nary(fuses=plain_cross_entropy, wary=expecting("cross_entropy"))
def cross_entropy(
    input,
    target,
    weight=None,
    size_average=None,
    ignore_index=-100,
    reduce=None,
    reduction="mean",
    label_smoothing=0.0,
):
    """y = −mean log softmax(x)[n, tₙ]        dy = mean (softmax(x) − onehot(t))·dx

    Of logits x (N, C, …) or (C,), and either class indices t (N, …), or class probabilities of x's shape:
    y = −mean Σ t log softmax(x). With class weights the mean of indices is Σ w[tₙ]·… / Σ w[tₙ]; samples with
    t = `ignore_index` do not count; `label_smoothing` ε gives every class ε/C of each target. Exact for large logits.
    An index that is no class is an IndexError (PyTorch's page torch.nn.functional.cross_entropy).

    >>> import tinygrad_lite as tl
    >>> logits = tl.tensor([[1.0, 2.0, 3.0], [1e4, 0.0, 0.0]], requires_grad=True)
    >>> tl.nn.functional.cross_entropy(logits, tl.tensor([2, 0]), reduction="none")
    tensor([0.4076, 0.0000], grad_fn=<CrossEntropyBackward0>)
    """
    name = "cross_entropy"
    reduction = reduction_of(reduction, size_average, reduce)
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"{name}: label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    if target.shape != input.shape:
        if input.dtype.kind != "f":
            same_type(name, input)
        if weight is not None or target.shape != input.shape[:1] or target.dtype is not int64 or input.ndim != 2:
            class_indices(name, input, target, weight)
        if not label_smoothing:
            return kernels.hard_cross_entropy(input, target, weight, ignore_index, reduction)
        t, counts = kernels.checked(target, input.shape[input.ndim > 1], ignore_index)
        q = kernels.one_hot(input.shape, t, counts, weight, label_smoothing, input.dtype)
        w = kernels.sample_weights(t, counts, weight)
        return kernels.soft_cross_entropy(input, q, reduction, t.size if w is None else w.sum(dtype=input.dtype))[:2]
    if target.dtype.kind != "f":
        raise RuntimeError(
            f"{name}: Expected floating point type for target with class probabilities, got {target.dtype}. A target "
            f"of the input's shape, {input.shape}, is taken for probabilities; indices lack the dimension of classes"
        )
    if ignore_index >= 0:
        raise RuntimeError(f"{name}: ignore_index is not supported for floating point target")
    if not input.ndim:
        raise ShapeError(f"{name}: the input is a single number; it needs a dimension of classes")
    classes = input.shape[input.ndim > 1]
    share = 1.0 - label_smoothing
    if weight is None:
        x, q = same_type(name, input, target)
        q = q * share + label_smoothing / max(classes, 1) if label_smoothing else q
    else:
        class_weights(name, input, weight)
        x, q, weight = same_type(name, input, target, weight)
        weight = along_classes(weight, input.ndim)
        q = (q * share + label_smoothing / max(classes, 1)) * weight
    y, of_logits, of_q = kernels.soft_cross_entropy(x, q, reduction, x.size // max(classes, 1))

    before, of_input = input.dtype, of_logits
    if x.dtype is not before:
        of_input = lambda g: of_logits(g).astype(before)  # noqa: E731

    def of_target(g):
        d = of_q(g) * share
        return (d if weight is None else d * weight).astype(q.dtype, copy=False)

    return y, of_input, of_target
