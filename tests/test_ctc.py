"""The CTC loss: against the sum over all alignments written out, and against PyTorch."""

from itertools import groupby, product

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite import nn
from tinygrad_lite.nn import functional as F


def gradient(t):
    assert t.grad is not None
    return t.grad.numpy()


def collapsed(way, blank):
    """The target of an alignment: repeats are one label, blanks are none."""
    return [label for label, _ in groupby(way) if label != blank]


def written_out(log_p, target, blank=0):
    """−log Σ over all alignments, of one sample."""
    total = 0.0
    for way in product(range(log_p.shape[1]), repeat=len(log_p)):
        if collapsed(way, blank) == list(target):
            total += np.exp(sum(log_p[t, label] for t, label in enumerate(way)))
    with np.errstate(divide="ignore"):
        return -np.log(total)


def log_probs(*shape, seed=0, dtype=np.float64):
    return tl.tensor(np.random.default_rng(seed).standard_normal(shape).astype(dtype)).log_softmax(-1)


@pytest.mark.parametrize("target", [[], [1], [2, 1], [1, 1], [1, 2, 1], [2, 2, 2], [1, 1, 1, 1]])
@pytest.mark.parametrize("blank", [0, 2])
def test_the_sum_over_all_alignments(target, blank):
    if blank in target:
        target = [0 if label == blank else label for label in target]
    log_p = log_probs(5, 3)
    loss = F.ctc_loss(log_p, tl.tensor(target, dtype=tl.int64), (5,), (len(target),), blank, "sum")
    assert loss.item() == pytest.approx(written_out(log_p.numpy(), target, blank))


def test_samples_do_not_mix():
    """Each sample of a batch, of any length, has the loss and the gradient that it has alone."""
    x = np.random.default_rng(1).standard_normal((6, 3, 4))
    targets, lengths, times = [[1, 2, 3], [2, 2, 0], [3, 0, 0]], [3, 2, 1], [6, 4, 1]
    a = tl.tensor(x, requires_grad=True)
    losses = F.ctc_loss(a.log_softmax(2), tl.tensor(targets), times, lengths, reduction="none")
    losses.sum().backward()
    for i in range(3):
        b = tl.tensor(x[: times[i], i], requires_grad=True)
        loss = F.ctc_loss(b.log_softmax(1), tl.tensor(targets[i][: lengths[i]]), (times[i],), (lengths[i],), 0, "none")
        loss.backward()
        assert loss.shape == ()
        assert loss.item() == pytest.approx(losses[i].item())
        np.testing.assert_allclose(gradient(a)[: times[i], i], gradient(b), rtol=1e-10, atol=1e-14)
        assert not gradient(a)[times[i] :, i].any()


def test_long_sequences_do_not_underflow():
    """Ways of probability e^−1000 and below, at times when others are certain, still count."""
    x = np.zeros((80, 1, 3), np.float32)
    x[:, :, 0] = 60.0
    a = tl.tensor(x, requires_grad=True)
    loss = F.ctc_loss(a.log_softmax(2), tl.tensor([[1, 2] * 20]), (80,), (40,), reduction="sum")
    loss.backward()
    assert 2300 < loss.item() < 2400
    assert np.isfinite(gradient(a)).all()
    assert abs(gradient(a)[:, 0, 1:].sum() + 40) < 5e-2  # forty labels are asked for


def test_what_cannot_be():
    x = tl.tensor(np.zeros((2, 2, 3)), requires_grad=True)
    for zero_infinity, expected in ((False, np.inf), (True, 0.0)):
        losses = F.ctc_loss(x.log_softmax(2), tl.tensor([[1, 1], [1, 2]]), (2, 2), (2, 2), 0, "none", zero_infinity)
        assert losses[0].item() == expected
        assert losses[1].item() == pytest.approx(np.log(9))
    losses.sum().backward()
    assert not gradient(x)[:, 0].any()
    assert gradient(x)[:, 1].any()
    assert F.ctc_loss(x.log_softmax(2), tl.tensor([[1], [1]]), (0, 0), (0, 1), 0, "none").tolist() == [0.0, np.inf]


def test_learns_to_spell():
    tl.manual_seed(0)
    x = tl.randn(10, 1, 8)
    model = nn.Linear(8, 4)
    optimizer = tl.optim.Adam(model.parameters(), lr=0.1)
    for _ in range(60):
        optimizer.zero_grad()
        loss = nn.CTCLoss()(model(x).log_softmax(2), tl.tensor([[1, 3, 3, 2]]), (10,), (4,))
        loss.backward()
        optimizer.step()
    assert collapsed(model(x)[:, 0].argmax(1).tolist(), 0) == [1, 3, 3, 2]


LOG_P = log_probs(6, 2, 4)
TARGETS = tl.tensor([[1, 2], [3, 1]])
REFUSED = [
    ((LOG_P, TARGETS, (7, 6), (2, 2)), {}, RuntimeError, "Expected input_lengths to have value at most 6, but got"),
    ((LOG_P, TARGETS, (6,), (2, 2)), {}, RuntimeError, "input_lengths must be of size batch_size"),
    ((LOG_P, TARGETS, (6, 6), (2, 3)), {}, RuntimeError, "S at least 3"),
    ((LOG_P, TARGETS[0], (6, 6), (2, 2)), {}, RuntimeError, "Expected 4 targets"),
    ((LOG_P, TARGETS, (6, 6), (2, -1)), {}, RuntimeError, "Expected target_lengths to have value at least 0"),
    ((LOG_P, TARGETS, tl.tensor([6, 6]), tl.tensor([2.0, 2.0])), {}, RuntimeError, "target_lengths must be integral"),
    ((LOG_P, TARGETS, (6, 6), (2, 2)), {"blank": 4}, RuntimeError, "blank must be in label range"),
    ((LOG_P, TARGETS, (6, 6), (2, 2)), {"reduction": "most"}, ValueError, "most is not a valid value for reduction"),
    ((LOG_P[:0], TARGETS, (0, 0), (0, 0)), {}, RuntimeError, "log_probs tensor must not be empty"),
    ((LOG_P[0, 0], TARGETS, (6,), (2,)), {}, RuntimeError, r"must be \(T, N, C\) or \(T, C\)"),
    ((LOG_P.half(), TARGETS, (6, 6), (2, 2)), {}, NotImplementedError, "not implemented for float16"),
    ((LOG_P, TARGETS + 2, (6, 6), (2, 2)), {}, IndexError, "a target is 5, and labels go from 0 to 3"),
    ((LOG_P, TARGETS - 2, (6, 6), (2, 2)), {}, IndexError, "a target is -1"),
    ((LOG_P, TARGETS.double(), (6, 6), (2, 2)), {}, RuntimeError, "targets must be labels"),
]


@pytest.mark.parametrize(("args", "options", "error", "message"), REFUSED)
def test_refusals(args, options, error, message):
    with pytest.raises(error, match=message):
        F.ctc_loss(*args, **options)


def test_refusals_are_those_of_torch():
    torch = pytest.importorskip("torch")
    for args, options, error, message in REFUSED:
        if "labels" in message or "a target is" in message:
            continue  # PyTorch reads past the end of the labels
        with pytest.raises(error):
            torch.nn.functional.ctc_loss(
                *[torch.tensor(a.numpy()) if isinstance(a, tl.Tensor) else a for a in args], **options
            )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("normalised", [True, False])
@pytest.mark.parametrize("sizes", [(6, 2, 4, 2), (12, 5, 7, 4), (3, 1, 3, 1), (30, 8, 20, 9), (5, 3, 4, 0)])
def test_like_torch(sizes, normalised, reduction, dtype):
    """Also the derivative for numbers that are no log-probabilities, in which PyTorch counts the probabilities too."""
    torch = pytest.importorskip("torch")
    random = np.random.default_rng(sum(sizes))
    t, n, classes, most = sizes
    x = random.standard_normal((t, n, classes)).astype(dtype) - 2
    targets = random.integers(1, classes, (n, most))
    targets[:, 1:2] = targets[:, :1]
    times, lengths = random.integers(1, t + 1, n), random.integers(0, most + 1, n)
    found = []
    for lib in (tl, torch):
        a = lib.tensor(x, requires_grad=True)
        log_p = a.log_softmax(-1) if normalised else a
        loss = lib.nn.CTCLoss(reduction=reduction, zero_infinity=True)(
            log_p, lib.tensor(targets), lib.tensor(times), lib.tensor(lengths)
        )
        loss.backward(lib.ones_like(loss) * 0.7)
        found.append((loss.detach().numpy(), gradient(a)))
    rtol, atol = (1e-4, 2e-6) if dtype is np.float32 else (1e-9, 1e-13)
    for ours, theirs in zip(*found, strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol)


def test_impossible_gradients_like_torch():
    torch = pytest.importorskip("torch")
    found = []
    for lib in (tl, torch):
        a = lib.zeros(3, 2, 3, requires_grad=True)
        loss = lib.nn.functional.ctc_loss(a.log_softmax(2), lib.tensor([[1, 2], [1, 1]]), (3, 2), (2, 2))
        assert loss.item() == np.inf
        loss.backward()
        found.append(gradient(a))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5, atol=1e-6)
