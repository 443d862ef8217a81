"""Cross-entropy and its relatives on arrays.

Classes come first here: logits of shape (N, C, …) are worked on as (C, M), one column for each sample and place. A
maximum or sum over few classes is then a few passes over long rows: NumPy needs 72 ns for every short row that it
reduces on its own. From 64 classes on the (C, M) array is a transposed view of (M, C), so that nothing is copied twice
and each reduction runs along the memory.
"""

from functools import lru_cache

import numpy as np

from ..dtypes import int64
from .broadcast import column_sums, ones

uint64 = np.dtype("uint64")
FEW = 64  # classes; measured: from here on a transposed copy costs more than reductions along the rows


@lru_cache(maxsize=64)
def numbers(n: int) -> np.ndarray:
    """0, 1, …, n − 1. Never written to."""
    vector = np.arange(n)
    vector.flags.writeable = False
    return vector


def classes_first(x: np.ndarray) -> np.ndarray:
    """(N, C, …) or (C,) as (C, M): a view, or a copy where that pays."""
    if x.ndim == 2:
        return x.T.copy() if x.shape[1] < FEW else x.T
    return x.reshape(-1, 1) if x.ndim == 1 else np.moveaxis(x, 1, 0).reshape(x.shape[1], -1)


def classes_second(z: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """(C, M) back in the shape of the logits: the inverse of `classes_first`."""
    if len(shape) == 2:
        return z.T
    return z.reshape(shape) if len(shape) == 1 else np.moveaxis(z.reshape(shape[1], shape[0], *shape[2:]), 0, 1)


def checked(
    target: np.ndarray, classes: int, ignore_index: int, name: str = "cross_entropy"
) -> tuple[np.ndarray, np.ndarray | None]:
    """Class indices as a vector, and which of them count (None: all); an IndexError for one out of range.

    Ignored samples get class 0, so that every index can be used.
    """
    t = target if target.ndim == 1 and target.dtype is int64 else target.reshape(-1).astype(int64, copy=False)
    if ignore_index < 0 and (t.size == 0 or np.maximum.reduce(t.view(uint64)) < classes):
        return t, None  # the usual case, in one pass: a negative number is a huge one when read without a sign
    counts = t != ignore_index
    wrong = t[counts & ((t < 0) | (t >= classes))]
    if wrong.size:
        raise IndexError(
            f"{name}: Target {wrong[0]} is out of bounds. There are {classes} classes, numbered 0 to {classes - 1}"
            + (": labels that start at 1 need target - 1" if wrong[0] == classes and t.min(initial=1) >= 1 else "")
        )
    return (t, None) if counts.all() else (np.where(counts, t, 0), counts)


def sample_weights(t: np.ndarray, counts: np.ndarray | None, weight: np.ndarray | None) -> np.ndarray | None:
    """The weight of each sample: its class's, and 0 for one that does not count; None if all are 1."""
    if weight is None:
        return counts
    return weight[t] if counts is None else weight[t] * counts


def weighted(x: np.ndarray, w: np.ndarray, counts: np.ndarray | None) -> np.ndarray:
    """x·w, and 0 for samples that do not count, whatever x is there (0·NaN would be NaN)."""
    return x * w if counts is None else np.where(counts, x * w, x.dtype.type(0))


def one_hot(
    shape: tuple[int, ...], t: np.ndarray, counts: np.ndarray | None, weight: np.ndarray | None, smoothing: float, dtype
) -> np.ndarray:
    """q in L = −Σ q log p, in the shape of the logits: 1 at the target, smoothed towards 1/C, weighted by class."""
    classes = shape[len(shape) > 1]
    q = np.full((classes, t.size), smoothing / classes, dtype)
    q[t, numbers(t.size)] += 1.0 - smoothing
    if weight is not None:
        q *= weight[:, None]
    if counts is not None:
        q *= counts
    return classes_second(q, shape)


def softmax_first(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """z = x − max x, e = exp z, and s = Σ e over the classes, which come first."""
    z = classes_first(x)
    z = z - np.maximum.reduce(z)
    e = np.exp(z)
    return z, e, column_sums(e)


def divide(a, b):
    """a/b; 0/0, the mean of nothing, is NaN without a warning."""
    return a / b if b else a * np.nan


def total(losses: np.ndarray, reduction: str, divisor: float, shape: tuple[int, ...]) -> np.ndarray:
    """A vector of losses in a shape, or their sum, or their sum over the divisor."""
    if reduction == "none":
        return losses.reshape(shape)
    s = losses.sum() if losses.dtype.char == "e" else losses.dot(ones(losses.size, losses.dtype.char))
    return s if reduction == "sum" else divide(s, divisor)


def share(g: np.ndarray, reduction: str, divisor: float) -> np.ndarray:
    """The derivative of `total` for each loss: a vector, or one number for all."""
    return g.reshape(-1) if reduction == "none" else g if reduction == "sum" else divide(g, divisor)


def hard_cross_entropy(x: np.ndarray, target: np.ndarray, weight: np.ndarray | None, ignore_index: int, reduction: str):
    """L = −w log softmax(x)[t] for class indices t: the value, and g ↦ ∂L/∂x."""
    t, counts = checked(target, x.shape[x.ndim > 1], ignore_index)
    w = sample_weights(t, counts, weight)
    columns, divisor, shape = numbers(t.size), t.size, x.shape  # the shape: nothing below needs the logits themselves
    z = classes_first(x)
    z = z - np.maximum.reduce(z)
    picked = z[t, columns]
    e = np.exp(z, z)
    s = column_sums(e)
    losses = np.log(s) - picked
    if w is not None:
        losses, divisor = weighted(losses, w, counts), w.sum(dtype=e.dtype)

    def derivative(g):
        scale = share(g, reduction, divisor)
        if w is not None:
            scale = weighted(scale, w, counts)
        d = e * (scale / s)
        d[t, columns] -= scale
        return classes_second(d, shape)

    return total(losses, reduction, divisor, target.shape), derivative


def soft_cross_entropy(x: np.ndarray, q: np.ndarray, reduction: str, divisor: float):
    """L = −Σ q log softmax(x) for weights q of x's shape: the value, g ↦ ∂L/∂x, and g ↦ ∂L/∂q."""
    z, e, s = softmax_first(x) if x.shape[x.ndim > 1] else (classes_first(x),) * 3  # no classes: no largest one
    q = classes_first(q)
    log_p = z - np.log(s)
    losses, shape = -column_sums(q * log_p), x.shape

    def derivative(g):
        scale = share(g, reduction, divisor)
        return classes_second(e * (column_sums(q) * scale / s) - q * scale, shape)

    def of_weights(g):
        return classes_second(-log_p * share(g, reduction, divisor), shape)

    places = shape[:1] + shape[2:] if x.ndim > 1 else ()
    return total(losses, reduction, divisor, places), derivative, of_weights


@np.errstate(divide="ignore")
def binary_logs(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """log p and log(1 − p), each at least −100, so that a sure mistake costs a finite amount."""
    return np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)


def huber(d: np.ndarray, delta: float) -> tuple[np.ndarray, np.ndarray]:
    """½d² for |d| ≤ δ, and δ(|d| − ½δ) beyond; with its derivative."""
    slope = np.clip(d, -delta, delta)
    return slope * (d - 0.5 * slope), slope
