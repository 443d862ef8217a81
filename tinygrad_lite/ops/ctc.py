"""The loss of a sequence whose labels are known, and not when they come."""

from typing import Any

import numpy as np

from ..errors import ShapeError
from ..kernels.ctc import Alignments
from ..operation import nary
from .choice import where
from .exponential import exp
from .gather import gather
from .join import cat, stack
from .losses import reduction_of
from .softmax import logsumexp

NEVER = -1e30  # in place of −∞, which has no derivatives


def bare(x: Any) -> Any:
    """The array of a tensor; anything else as an array."""
    return np.asarray(getattr(x, "array", x))


def lengths_of(name: str, given: Any, batch: int, most: int | None) -> np.ndarray:
    """One length for each sample, checked."""
    lengths = bare(given)
    if lengths.size and lengths.dtype.kind not in "iu":
        raise RuntimeError(f"ctc_loss: {name} must be integral, and it is of {lengths.dtype}")
    lengths = lengths.reshape(-1).astype(np.intp)
    if lengths.size != batch:
        raise ShapeError(f"ctc_loss: {name} must be of size batch_size, {batch}, and it has {lengths.size} elements")
    if lengths.min() < 0:
        raise RuntimeError(f"ctc_loss: Expected {name} to have value at least 0, but got value {lengths.min()}")
    if most is not None and lengths.max() > most:
        raise RuntimeError(f"ctc_loss: Expected {name} to have value at most {most}, but got value {lengths.max()}")
    return lengths


def problem(log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, blank: int) -> tuple:
    """The targets as (N, S), and the lengths; or an error that says what is wrong."""
    if log_probs.ndim not in (2, 3):
        raise ShapeError(f"ctc_loss: log_probs must be (T, N, C) or (T, C), and its shape is {tuple(log_probs.shape)}")
    t, classes = log_probs.shape[0], log_probs.shape[-1]
    batch = log_probs.shape[1] if log_probs.ndim == 3 else 1
    if not (t and batch and classes):
        raise RuntimeError(f"ctc_loss: log_probs tensor must not be empty, and its shape is {tuple(log_probs.shape)}")
    if not 0 <= blank < classes:
        raise RuntimeError(f"ctc_loss: blank must be in label range, 0 to {classes - 1}, and it is {blank}")
    times = lengths_of("input_lengths", input_lengths, batch, t)
    lengths = lengths_of("target_lengths", target_lengths, batch, None)
    targets = bare(targets)
    if targets.dtype.kind not in "iu" and targets.size:
        raise RuntimeError(f"ctc_loss: targets must be labels, of an integer type, not {targets.dtype}")
    if log_probs.ndim == 2:
        targets = targets.reshape(1, -1)
    if targets.ndim == 1:  # all targets, one after the other
        if targets.size != lengths.sum():
            raise ShapeError(f"ctc_loss: Expected {lengths.sum()} targets, Σ target_lengths, but got {targets.size}")
        padded = np.zeros((batch, lengths.max()), np.intp)
        padded[np.arange(padded.shape[1]) < lengths[:, None]] = targets
        targets = padded
    elif targets.ndim != 2 or len(targets) != batch or targets.shape[1] < lengths.max():
        raise ShapeError(
            f"ctc_loss: Expected targets of shape ({batch}, S) with S at least {lengths.max()}, or all in one "
            f"dimension, but got {targets.shape}"
        )
    targets = targets[:, : lengths.max()]
    known = targets[np.arange(targets.shape[1]) < lengths[:, None]]
    if known.size and not 0 <= known.min() <= known.max() < classes:
        raise IndexError(f"ctc_loss: a target is {known.min() if known.min() < 0 else known.max()}, and labels go "
                         f"from 0 to {classes - 1}")  # fmt: skip
    return targets, times, lengths


def reduced(losses: Any, lengths: np.ndarray, reduction: str, shape: tuple) -> Any:
    """The losses, their sum, or the mean of each over the length of its target; for arrays and tensors."""
    if reduction == "none":
        return losses.reshape(shape)
    if reduction == "sum":
        return losses.sum()
    return (losses / np.maximum(lengths, 1).astype(losses.dtype)).mean()


def plain_ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0, reduction="mean", zero_infinity=False):
    targets, times, lengths = problem(log_probs, targets, input_lengths, target_lengths, blank)
    shape = log_probs.shape[1:-1]
    log_probs = log_probs.reshape(log_probs.shape[0], -1, log_probs.shape[-1])
    t, n = log_probs.shape[:2]
    labels = np.full((n, 2 * targets.shape[1] + 1), blank)
    labels[:, 1::2] = np.where(np.arange(targets.shape[1]) < lengths[:, None], targets, blank)
    states = labels.shape[1]
    never = np.full((n, 2), NEVER, bare(log_probs).dtype)
    barrier = np.where(np.pad(labels[:, 2:] == labels[:, :-2], ((0, 0), (min(2, states), 0))), NEVER, 0)
    barrier = barrier.astype(never.dtype)
    p = gather(log_probs, 2, np.repeat(labels[None], t, 0))
    p = where(bare(p) > NEVER, p, NEVER)
    ways = where(np.arange(states) < 2, p[0], NEVER)
    for i in range(1, t):
        step, skip = cat([never[:, :1], ways[:, :-1]], 1), cat([never, ways[:, :-2]], 1)[:, :states] + barrier
        ways = where(i < times[:, None], logsumexp(stack([ways, step, skip]), 0) + p[i], ways)
    end = 2 * lengths[:, None]
    last = where(end > 0, gather(ways, 1, np.maximum(end - 1, 0)), NEVER)
    losses = -logsumexp(stack([gather(ways, 1, end), last]), 0)[:, 0]
    probabilities = where((np.arange(t)[:, None] < times)[:, :, None], exp(log_probs), 0.0).sum((0, 2))
    losses = losses + (probabilities - bare(probabilities))  # 0, with PyTorch's derivative: see ctc_loss
    impossible = (bare(losses) > -NEVER / 2) | ((times == 0) & (lengths > 0))
    losses = where(impossible, 0.0 if zero_infinity else np.inf, where(times > 0, losses, 0.0))
    return reduced(losses, lengths, reduction_of(reduction), shape)


@nary(fuses=plain_ctc_loss)
def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0, reduction="mean", zero_infinity=False):
    """y = −mean log Σ_π Π_t p[t, π_t] / S        dy = mean Σ (p − share) dlog p / S

    The sum runs over the alignments π of a target with T times: each label of the target lasts some times, and blanks
    may come before, between and after. The share of a label at a time is the part of the sum that passes through it.

    log_probs       (T, N, C), or (T, C) for one sample: log-probabilities of C labels, blank included
    targets         (N, S) of labels, padded; or all of them in one dimension, one target after the other
    input_lengths, target_lengths  (N,): how much counts of each, as a tensor or a tuple
    zero_infinity   a target that is too long for its sequence costs 0, and not ∞

    reduction "mean" divides each loss by the length of its target first. The derivative is that for log_probs which
    are log-probabilities, as in PyTorch: behind log_softmax it is the derivative, whatever they are.
    PyTorch's page torch.nn.functional.ctc_loss; A. Graves et al., Connectionist Temporal Classification, 2006.

    >>> import tinygrad_lite as tl
    >>> log_probs = tl.log_softmax(tl.zeros(2, 1, 2), dim=2)  # two times, one sample, a blank and one label
    >>> tl.nn.functional.ctc_loss(log_probs, tl.tensor([[1]]), (2,), (1,)).exp()  # of four ways all but one are right
    tensor(1.3333)
    """
    reduction = reduction_of(reduction)
    if log_probs.dtype.char not in "fd":
        raise NotImplementedError(f"ctc_loss: not implemented for {log_probs.dtype}; convert log_probs with .float()")
    targets, times, lengths = problem(log_probs, targets, input_lengths, target_lengths, blank)
    before = log_probs.shape
    log_probs = log_probs.reshape(before[0], -1, before[-1])
    ways = Alignments(log_probs, targets, times, lengths, blank)
    losses = np.where(np.isinf(ways.losses), 0, ways.losses) if zero_infinity else ways.losses

    def pull(g):
        if reduction == "mean":
            g = g / (np.maximum(lengths, 1) * len(lengths)).astype(log_probs.dtype)
        g = np.broadcast_to(np.reshape(g, -1), lengths.shape)
        return ways.gradients(g, zero_infinity).reshape(before)

    return reduced(losses, lengths, reduction, before[1:-1]), pull
