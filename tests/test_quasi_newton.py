"""L-BFGS, its line search, and BFGS with a matrix."""

import copy
from typing import Any

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite.optim.bfgs import update
from tinygrad_lite.optim.line_search import Point, cubic_minimum, strong_wolfe


def rosenbrock(library, w):
    return (100 * (w[1:] - w[:-1] ** 2) ** 2 + (1 - w[:-1]) ** 2).sum()


def start(library, dtype="float64"):
    w = library.tensor([-1.2, 1.0, 0.5, -0.3], dtype=getattr(library, dtype), requires_grad=True)
    return w, library.tensor([[0.5]], dtype=getattr(library, dtype), requires_grad=True)


def closure_of(library, params, optimizer, losses):
    def closure():
        optimizer.zero_grad()
        loss = rosenbrock(library, params[0]) + ((params[1] * params[0][0]) ** 2).sum()
        loss.backward()
        losses.append(loss.item())
        return loss

    return closure


OPTIONS = [
    {"line_search_fn": "strong_wolfe"},
    {"line_search_fn": "strong_wolfe", "history_size": 3, "max_iter": 7, "lr": 0.8},
    {"line_search_fn": "strong_wolfe", "max_iter": 10, "max_eval": 6},
    {"lr": 0.01, "max_iter": 10},
    {"lr": 0.002, "history_size": 2, "max_iter": 15, "tolerance_change": 1e-12},
]


@pytest.mark.parametrize("options", OPTIONS, ids=range(len(OPTIONS)))
def test_lbfgs_like_torch(options):
    """Loss by loss; in the middle the state goes from here to PyTorch and from PyTorch to here."""
    torch = pytest.importorskip("torch")
    ours, theirs = start(tl), start(torch)
    mine, other = tl.optim.LBFGS(ours, **options), torch.optim.LBFGS(theirs, **options)
    a, b = [], []
    for turn in range(6):
        assert mine.step(closure_of(tl, ours, mine, a)).item() == pytest.approx(
            other.step(closure_of(torch, theirs, other, b)).item(), rel=1e-9
        )
        np.testing.assert_allclose(a, b, rtol=1e-9)
        if turn == 2:  # after this the histories have been exchanged
            saved, back = to_torch(torch, mine.state_dict()), copy.deepcopy(other.state_dict())
            assert set(saved["state"][0]) <= set(back["state"][0])
            mine, other = tl.optim.LBFGS(ours, **options), torch.optim.LBFGS(theirs, **options)
            mine.load_state_dict(back)
            other.load_state_dict(saved)
    for p, q in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(p.tolist(), q.tolist(), rtol=1e-7)


def to_torch(torch, value) -> Any:
    if isinstance(value, tl.Tensor):
        return torch.tensor(value.numpy())
    if isinstance(value, dict):
        return {key: to_torch(torch, part) for key, part in value.items()}
    return [to_torch(torch, part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_lbfgs_finds_the_minimum(dtype):
    w = tl.tensor([-1.2, 1.0], dtype=getattr(tl, dtype), requires_grad=True)
    optimizer = tl.optim.LBFGS([w], line_search_fn="strong_wolfe", max_iter=100)

    def closure():
        optimizer.zero_grad()
        loss = rosenbrock(tl, w)
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == pytest.approx(24.2, rel=1e-5)
    np.testing.assert_allclose(w.tolist(), [1, 1], rtol=1e-3)
    state = optimizer.state[w]
    assert state["n_iter"] < 60
    assert state["func_evals"] < 100
    assert optimizer.step(closure).item() < 1e-5  # at the minimum it stops, and moves nothing


def test_lbfgs_takes_a_missing_gradient_for_zero():
    w, unused = tl.tensor([3.0], requires_grad=True), tl.tensor([5.0], requires_grad=True)
    optimizer = tl.optim.LBFGS([w, unused], lr=0.5)

    def closure():
        optimizer.zero_grad()
        loss = (w**2).sum()
        loss.backward()
        return loss

    with tl.warn_mistakes(False):  # that a parameter has no gradient is meant
        optimizer.step(closure)
    assert abs(w.item()) < 1e-3
    assert unused.item() == 5.0


def test_refused():
    w = [tl.zeros(2, requires_grad=True), tl.zeros(2, requires_grad=True)]
    groups = [{"params": w[:1]}, {"params": w[1:]}]
    for optimizer in (tl.optim.LBFGS, tl.optim.BFGS):
        with pytest.raises(ValueError, match="doesn't support per-parameter options"):
            optimizer(groups)
    with pytest.raises(RuntimeError, match="only 'strong_wolfe' is supported"):
        tl.optim.LBFGS(w, line_search_fn="armijo").step(lambda: w[0].sum())


# --- the line search ---


def line(f, slope):
    def evaluate(t):
        return Point(t, f(t), np.array([slope(t)]), slope(t))

    return evaluate


@pytest.mark.parametrize("first", [1e-3, 0.1, 1.0, 10.0, 1000.0])
def test_strong_wolfe_conditions(first):
    evaluate = line(lambda t: (t - 3) ** 4 + np.cos(2 * t), lambda t: 4 * (t - 3) ** 3 - 2 * np.sin(2 * t))
    origin = evaluate(0.0)
    point, evaluations = strong_wolfe(evaluate, origin, first, 1.0, 25)
    assert point.loss <= origin.loss + 1e-4 * point.step * origin.slope
    assert abs(point.slope) <= 0.9 * abs(origin.slope)
    assert evaluations < 15


def test_cubic_minimum():
    """Exact for a cubic, whichever end comes first; inside the bounds; the middle where there is no minimum."""
    f, slope = (lambda t: t**3 - 3 * t), (lambda t: 3 * t**2 - 3)
    a, b = line(f, slope)(0.2), line(f, slope)(2.5)
    assert cubic_minimum(a, b, 0.0, 3.0) == pytest.approx(1.0)
    assert cubic_minimum(b, a, 0.0, 3.0) == pytest.approx(1.0)
    assert cubic_minimum(a, b, 1.5, 3.0) == 1.5
    rising = line(lambda t: t**3 + 3 * t, lambda t: 3 * t**2 + 3)
    assert cubic_minimum(rising(-1.0), rising(1.0), -2.0, 4.0) == 1.0
    straight = line(lambda t: -t, lambda t: -1.0)
    assert cubic_minimum(straight(0.0), straight(1.0), 2.0, 10.0) == 10.0


# --- BFGS with a matrix ---


def test_bfgs_is_its_formula():
    """Step by step (I − ρsyᵀ) H (I − ρysᵀ) + ρssᵀ, written out, on a convex function."""
    rng = np.random.default_rng(0)
    A = rng.standard_normal((6, 6))
    A = A @ A.T / 6 + np.eye(6)
    w = [tl.tensor(rng.standard_normal(s), requires_grad=True) for s in ((2, 2), (2,))]
    optimizer = tl.optim.BFGS(w, lr=0.3)
    x, H, last = np.concatenate([p.detach().numpy().ravel() for p in w]), np.eye(6), None
    for _ in range(15):
        g = A @ x
        if last is not None:
            s, y = x - last[0], g - last[1]
            rho, eye = 1 / (y @ s), np.eye(6)
            H = (eye - rho * np.outer(s, y)) @ H @ (eye - rho * np.outer(y, s)) + rho * np.outer(s, s)
            np.testing.assert_allclose(H @ y, s, atol=1e-12)
        last, x = (x, g), x - 0.3 * H @ g
        optimizer.zero_grad()
        v = tl.cat([p.reshape(-1) for p in w])
        (v @ (tl.tensor(A) @ v) / 2).backward()
        optimizer.step()
        np.testing.assert_allclose(np.concatenate([p.detach().numpy().ravel() for p in w]), x, atol=1e-10)
    np.testing.assert_allclose(optimizer.state[w[0]]["inverse_hessian"].numpy(), H, atol=1e-10)
    assert optimizer.state[w[0]]["skipped"] == 0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_bfgs_update_keeps_h_symmetric_and_positive(dtype):
    """With the curvature of a bowl, and noise in the gradients as mini-batches have it."""
    rng = np.random.default_rng(1)
    bowl = np.diag(np.logspace(-1, 1, 8))
    H, skipped = np.eye(8, dtype=dtype), 0
    for _ in range(300):
        s = rng.standard_normal(8).astype(dtype)
        y = (bowl @ s + 0.3 * rng.standard_normal(8)).astype(dtype)
        before = H.copy()
        if update(H, s, y, 0.5):
            assert y @ s >= 0.5 * np.sqrt((y @ y) * (s @ s))
            np.testing.assert_allclose(H @ y, s, atol=(1e-5 if dtype == "float32" else 1e-13) * abs(H).max())
        else:
            skipped += 1
            np.testing.assert_array_equal(H, before)
        np.testing.assert_allclose(H, H.T, atol=1e-5 * abs(H).max())
        assert np.linalg.eigvalsh(H.astype("float64")).min() > 0
    assert 0 < skipped < 150


def test_bfgs_skips_negative_curvature():
    """Between two minima the loss curves downwards: an unguarded H would turn the steps uphill."""
    w = tl.tensor([0.1, 0.0], dtype=tl.float64, requires_grad=True)
    optimizer = tl.optim.BFGS([w], lr=0.2)
    for _ in range(100):
        optimizer.zero_grad()
        loss = (w[0] ** 4 / 4 - w[0] ** 2 / 2) + w[1] ** 2
        loss.backward()
        optimizer.step()
        assert (np.linalg.eigvalsh(optimizer.state[w]["inverse_hessian"].numpy()) > 0).all()
    assert optimizer.state[w]["skipped"] > 0
    np.testing.assert_allclose(np.abs(w.tolist()), [1, 0], atol=1e-3)


def test_bfgs_closure_maximize_and_round_trip():
    def build(w):
        return tl.optim.BFGS([w], lr=0.5, maximize=True)

    def closure(w, optimizer):
        def evaluate():
            optimizer.zero_grad()
            height = -((w - 2) ** 2 * tl.tensor([1.0, 0.2])).sum()
            height.backward()
            return height

        return evaluate

    w, v = tl.zeros(2, requires_grad=True), tl.zeros(2, requires_grad=True)
    one, two = build(w), build(v)
    for t in range(20):
        assert one.step(closure(w, one)).item() == two.step(closure(v, two)).item()
        if t == 7:
            saved, two = two.state_dict(), build(v)
            two.load_state_dict(saved)
    assert w.tolist() == v.tolist()
    np.testing.assert_allclose(w.tolist(), [2, 2], atol=1e-3)


def test_bfgs_without_gradients_does_nothing():
    w = tl.ones(2, requires_grad=True)
    optimizer = tl.optim.BFGS([w])
    optimizer.step()
    assert w.tolist() == [1.0, 1.0]
    assert len(optimizer.state) == 0
