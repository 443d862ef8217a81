"""Coins, dropout, and choices by weight."""

from math import ceil
from typing import Any

import numpy as np

from .mt19937 import Generator, default_generator
from .sampling_arrays import empty, floating, laid_out_like, unit53
from .sampling_continuous import exponential


def bernoulli(
    generator: Generator | None, shape: tuple[int, ...], p: float = 0.5, dtype: Any = np.float32
) -> np.ndarray:
    """1 with probability p, else 0: x < p with x uniform, of 53 bits, whatever the dtype.

    PyTorch's page: torch.Tensor.bernoulli_ with a number; dropout draws so, with p the probability to stay. Raises
    RuntimeError unless 0 ≤ p ≤ 1.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> bernoulli(Generator().manual_seed(0), (5,), 0.6)
    array([0., 0., 1., 0., 0.], dtype=float32)
    """
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p}")
    out = empty("bernoulli_", shape, np.dtype(dtype))
    draws = (generator or default_generator).draw(out.size, 53)
    out.reshape(-1)[:] = draws < ceil(p * 2.0**53)
    return out


def bernoulli_like(
    generator: Generator | None, p: np.ndarray, shape: tuple[int, ...] | None = None, dtype: Any = None
) -> np.ndarray:
    """1 with probability p, else 0, for each p of an array: x < p with x uniform in the precision of p.

    PyTorch's pages: torch.bernoulli, torch.Tensor.bernoulli_ with a tensor. `shape` and `dtype` are those of the
    result, by default those of p. Raises RuntimeError for a p outside of [0, 1].

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> bernoulli_like(Generator().manual_seed(0), np.array([0.1, 0.5, 0.9], np.float32))
    array([0., 0., 1.], dtype=float32)
    """
    if p.size:  # nothing of any dtype is drawn as nothing, as in PyTorch
        floating("bernoulli", p.dtype)
    shape = p.shape if shape is None else shape
    try:
        p = np.broadcast_to(p, shape)
    except ValueError:
        raise RuntimeError(f"bernoulli_: p of shape {p.shape} does not expand to {shape}") from None
    if not ((p >= 0) & (p <= 1)).all():
        raise RuntimeError(f"bernoulli: Expected p_in >= 0 && p_in <= 1: found {p[~((p >= 0) & (p <= 1))][0]}")
    out = empty("bernoulli", shape, np.dtype(p.dtype if dtype is None else dtype))
    generator = generator or default_generator
    if p.dtype == np.float64:
        x = unit53(generator, out.size)
    else:
        x = generator.draw(out.size, 24).astype(np.float32) * np.float32(2.0**-24)
    out[...] = x.reshape(shape) < p
    return out


def dropout_mask(generator: Generator | None, x: np.ndarray, p: float = 0.5) -> np.ndarray:
    """1/(1 − p) with probability 1 − p, else 0: what dropout multiplies x by; in the shape, dtype and layout of x.

    PyTorch's page: torch.nn.functional.dropout. p = 1 gives zeros, and draws nothing. Raises RuntimeError unless
    0 ≤ p ≤ 1.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> dropout_mask(Generator().manual_seed(0), np.ones(6, np.float32), 0.6)
    array([0., 0., 0., 0., 0., 0.], dtype=float32)
    """
    if not 0 <= p <= 1:
        raise RuntimeError(f"dropout: dropout probability has to be between 0 and 1, but got {p}")
    dtype = floating("dropout", x.dtype)
    if p == 1:
        return np.zeros_like(x)
    mask = laid_out_like(x, lambda shape: bernoulli(generator, shape, 1 - p, dtype))
    working = np.float32 if dtype == np.float16 else dtype.type
    mask *= dtype.type(working(1) / working(1 - p))
    return mask


def multinomial(generator: Generator | None, p: np.ndarray, num_samples: int, replacement: bool = False) -> np.ndarray:
    """`num_samples` indices for each row of weights p, (m,) or (rows, m): int64, (num_samples,) or (rows, num_samples).

    Without replacement, or for one sample, a race: index i arrives at the time q_i/p_i, with q exponential; the first
    ones win. With replacement: the index at which the running sum of the weights passes a uniform number.
    PyTorch's page: torch.multinomial. Raises RuntimeError for weights that are negative or not finite, or all zero, and
    for more samples than there are to take. (Once only zeros are left, PyTorch takes them in no particular order.)

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> p = np.array([0.1, 0.2, 0.7], np.float32)
    >>> multinomial(Generator().manual_seed(0), p, 2)
    array([2, 1])
    """
    p = np.asarray(p)
    if p.ndim not in (1, 2):
        raise RuntimeError(f"multinomial: prob_dist must be 1 or 2 dim, got shape {p.shape}")
    if p.dtype.kind != "f":
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {p.dtype}")
    if num_samples <= 0:
        raise RuntimeError(f"multinomial: cannot sample n_sample <= 0 samples, got {num_samples}")
    if not replacement and num_samples > p.shape[-1]:
        raise RuntimeError(
            f"multinomial: cannot sample n_sample > prob_dist.size(-1) samples without replacement: "
            f"{num_samples} of {p.shape[-1]}"
        )
    if p.shape[-1] > 1 << 24:
        raise RuntimeError("multinomial: number of categories cannot exceed 2^24")
    if p.ndim == 2 and not len(p):
        return np.empty((0, num_samples), np.int64)
    if not p.shape[-1]:
        raise RuntimeError(f"multinomial: there is nothing to sample from, got shape {p.shape}")
    if not (np.isfinite(p) & (p >= 0)).all():
        raise RuntimeError("multinomial: probability tensor contains either `inf`, `nan` or element < 0")
    if not p.any(axis=-1).all():
        raise RuntimeError("multinomial: invalid multinomial distribution (sum of probabilities <= 0)")
    generator = generator or default_generator
    if replacement and num_samples > 1:
        return _search(generator, p, num_samples)
    with np.errstate(all="ignore"):
        speed = p / laid_out_like(p, lambda shape: exponential(generator, shape, 1.0, p.dtype))
    if num_samples == 1:
        return speed.argmax(-1, keepdims=True)
    return np.argsort(-speed, axis=-1, kind="stable")[..., :num_samples].copy()


def _search(generator: Generator, p: np.ndarray, num_samples: int) -> np.ndarray:
    p = p if p.dtype != np.float16 else p.astype(np.float32)
    sums = np.add.accumulate(p, axis=-1)  # one after the other, as PyTorch adds
    sums /= sums[..., -1:].copy()
    sums[..., -1] = 1
    x = unit53(generator, num_samples * (p.size // p.shape[-1])).reshape(*p.shape[:-1], num_samples)
    if p.ndim == 1:
        return np.searchsorted(sums, x)
    return np.stack([np.searchsorted(row, each) for row, each in zip(sums, x, strict=True)])
