"""Connectionist temporal classification: sums over all alignments of a target with a sequence, in logarithms.

An alignment walks through the states ␣ t₁ ␣ t₂ ␣ … t_S ␣ (␣ is the blank), one state for each time: it stays, goes on
by one, or skips a blank between two different labels. All samples and states are worked on at once, time after time.
The sums over the ways from a state to the end are those from the start in the reversed sequence: one function for both.
States come before samples in memory, so that the neighbours of all states are one contiguous block (2.5 times faster).
"""

import numpy as np
from numpy import ndarray


class Alignments:
    """The states of all samples, and the sums over the ways that lead to them.

    log_probs  (T, N, C)
    targets    (N, S), padded with any labels
    times, lengths  (N,): how much of the sequence, and of the target, counts
    """

    def __init__(self, log_probs: ndarray, targets: ndarray, times: ndarray, lengths: ndarray, blank: int):
        n, most = targets.shape
        self.log_probs, self.times, self.lengths = log_probs, times, lengths
        self.labels = np.full((2 * most + 1, n), blank, np.intp)  # of the states: (K, N) with K = 2S + 1
        self.labels[1::2] = np.where(np.arange(most)[:, None] < lengths, targets.T, blank)
        self.classes = self.labels + np.arange(n) * log_probs.shape[2]  # their places in a row (N, C)
        self.p = log_probs.reshape(len(log_probs), -1).take(self.classes, axis=1)  # (T, K, N)
        self.forward = sums(self.p, self.labels)
        self.losses = self.total()

    def total(self) -> ndarray:
        """−log of the probability of each target: of all ways that end in the last label or the blank after it."""
        samples, end, last = np.arange(len(self.times)), 2 * self.lengths, np.maximum(self.times - 1, 0)
        blank, label = self.forward[last, end, samples], self.forward[last, np.maximum(end - 1, 0), samples]
        total = np.logaddexp(blank, np.where(self.lengths > 0, label, -np.inf))
        nothing = np.where(self.lengths > 0, -np.inf, 0)  # no time at all is right for an empty target only
        return -np.where(self.times > 0, total, nothing).astype(self.p.dtype)

    def gradients(self, g: ndarray, zero_infinity: bool) -> ndarray:
        """The derivatives for log_probs, given those of the losses: probabilities less the shares of the labels.

        The share of a label at a time is the part of the target's probability that passes through it there.
        """
        t, states, n = self.p.shape
        time, state, samples = np.arange(t)[:, None, None], np.arange(states)[:, None], np.arange(n)
        mirror = np.maximum(2 * self.lengths - state, 0)  # (K, N)
        turned = (np.maximum(self.times - 1 - time, 0) * states + mirror) * n + samples  # (T, K, N): where p lies
        backward = sums(self.p.take(turned), self.labels[mirror, samples]).take(turned)
        with np.errstate(invalid="ignore"):
            backward += self.forward
            backward -= self.p
            backward += self.losses
            shares = np.exp(backward, out=backward)
        impossible = np.isinf(self.losses)  # as in PyTorch, the derivatives are NaN then
        counted = (time < self.times) & (state <= 2 * self.lengths) & ((self.p > -np.inf) | impossible)
        shares *= counted
        if not np.isfinite(shares).all():  # 0·∞
            shares = np.where(counted, shares, 0)
        d = np.exp(self.log_probs)
        cells = (time * self.log_probs[0].size + self.classes).reshape(-1)
        d -= np.bincount(cells, shares.reshape(-1), d.size).reshape(d.shape).astype(d.dtype, copy=False)
        d *= g[:, None]
        wanted = (time[:, 0] < self.times) & ~(zero_infinity & impossible)
        return d if wanted.all() else np.where(wanted[:, :, None], d, 0).astype(d.dtype, copy=False)


def sums(p: ndarray, labels: ndarray) -> ndarray:
    """log Σ over the ways from the first two states to each state at each time, p (T, K, N) included."""
    t, states, n = p.shape
    ways = np.empty(p.shape, p.dtype)
    before = np.full((states + 2, n), -np.inf, p.dtype)  # two states that nothing reaches, then those of one time
    stay, step = before[2:], before[1:-1]
    stay[:2] = p[0, :2]
    ways[0] = stay
    barrier = np.zeros((states, n), p.dtype)
    barrier[2:][labels[2:] == labels[:-2]] = -np.inf  # where no blank may be skipped
    least = np.finfo(p.dtype).min  # in place of −∞, so that −∞ − (−∞) does not arise
    top, part, total = np.empty_like(barrier), np.empty_like(barrier), np.empty_like(barrier)
    with np.errstate(divide="ignore"):  # log 0 is −∞, a state that cannot be reached
        for i in range(1, t):
            np.add(before[:-2], barrier, part)
            np.maximum(stay, step, out=top)
            np.maximum(top, part, out=top)
            np.maximum(top, least, out=top)
            np.subtract(part, top, part)
            np.exp(part, total)
            for way in (stay, step):
                np.subtract(way, top, part)
                np.exp(part, part)
                np.add(total, part, total)
            np.log(total, total)
            np.add(total, top, total)
            np.add(total, p[i], stay)
            ways[i] = stay
    return ways
