"""Every update rule: against the formula written out for one parameter at a time, and against PyTorch."""

import numpy as np
import pytest

import tinygrad_lite as tl

SHAPES = [(3,), (), (2, 3), (0,), (4, 1, 2), (5, 5)]
TOLERANCE = {"float32": 2e-6, "float64": 1e-12}
CASES = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.2, "maximize": True}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.9, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.1}),
    ("Adam", {"lr": 0.1, "betas": (0.5, 0.9), "eps": 1e-3, "weight_decay": 0.2, "maximize": True}),
    ("Adam", {"lr": 0.1, "amsgrad": True, "betas": (0.9, 0.5)}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.2}),
    ("AdamW", {"lr": 0.1, "amsgrad": True, "maximize": True}),
    ("NAdam", {"lr": 0.1}),
    ("NAdam", {"lr": 0.1, "weight_decay": 0.2, "momentum_decay": 0.1, "decoupled_weight_decay": True}),
    ("RAdam", {"lr": 0.1}),
    ("RAdam", {"lr": 0.1, "weight_decay": 0.2, "betas": (0.8, 0.9), "maximize": True}),
    ("RAdam", {"lr": 0.1, "weight_decay": 0.2, "decoupled_weight_decay": True}),
    ("Adamax", {"lr": 0.1}),
    ("Adamax", {"lr": 0.1, "weight_decay": 0.2, "betas": (0.8, 0.9), "maximize": True}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.7, "eps": 1e-3, "weight_decay": 0.2, "maximize": True}),
    ("Adagrad", {"lr": 0.1}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.2, "initial_accumulator_value": 0.5, "maximize": True}),
    ("RMSprop", {"lr": 0.01}),
    ("RMSprop", {"lr": 0.01, "alpha": 0.9, "momentum": 0.8, "weight_decay": 0.2, "maximize": True}),
    ("RMSprop", {"lr": 0.01, "alpha": 0.9, "centered": True, "eps": 1e-3}),
    ("RMSprop", {"lr": 0.01, "alpha": 0.9, "centered": True, "momentum": 0.8, "eps": 1e-3}),
    ("Rprop", {"lr": 0.1}),
    ("Rprop", {"lr": 0.1, "etas": (0.3, 1.5), "step_sizes": (0.01, 0.5), "maximize": True}),
    ("ASGD", {"lr": 0.1}),
    ("ASGD", {"lr": 0.1, "lambd": 0.1, "alpha": 0.5, "t0": 10, "weight_decay": 0.2, "maximize": True}),
]
IDS = [f"{name}-{i}" for i, (name, _) in enumerate(CASES)]


def problem(dtype, steps=50, seed=0):
    """Parameters of several shapes, and a gradient for each at each step; now and then one is missing."""
    rng = np.random.default_rng(seed)
    arrays = [rng.standard_normal(shape).astype(dtype) for shape in SHAPES]
    grads = [[rng.standard_normal(shape).astype(dtype) for shape in SHAPES] for _ in range(steps)]
    for t in range(5, steps, 7):
        grads[t][t % len(SHAPES)] = None
    return arrays, grads


def parameters(arrays):
    return [tl.tensor(a, requires_grad=True) for a in arrays]


def give(params, grads, convert=tl.tensor):
    for p, g in zip(params, grads, strict=True):
        p.grad = None if g is None else convert(g)


def close(got, expected, dtype):
    np.testing.assert_allclose(np.asarray(got), np.asarray(expected), rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


# --- the formulas, one parameter at a time ---


def reference(name, p, grads, lr=None, weight_decay=None, maximize=False, decoupled_weight_decay=False, **options):
    """The parameter after the gradients: the rule as its paper states it, in float64."""
    lr = {"Adadelta": 1.0}.get(name, 0.0) if lr is None else lr
    decay = weight_decay if weight_decay is not None else 0.01 if name == "AdamW" else 0
    decoupled = decoupled_weight_decay or name == "AdamW"
    p, s, t = p.astype("float64"), {}, 0
    for g in grads:
        if g is None:
            continue
        t += 1
        g = -g.astype("float64") if maximize else g.astype("float64")
        if decoupled:
            p = p * (1 - lr * decay)
        else:
            g = g + decay * p
        p = p - RULES[name](p, g, s, t, lr, **options)
    return p


def moments(s, g, t, betas):
    s["m"] = betas[0] * s.get("m", 0) + (1 - betas[0]) * g
    s["v"] = betas[1] * s.get("v", 0) + (1 - betas[1]) * g**2
    return s["m"], s["v"], 1 - betas[0] ** t, 1 - betas[1] ** t


def sgd(p, g, s, t, lr, momentum=0, dampening=0, nesterov=False):
    s["b"] = g if t == 1 else momentum * s["b"] + (1 - dampening) * g
    return lr * (g + momentum * s["b"] if nesterov else s["b"])


def adam(p, g, s, t, lr, betas=(0.9, 0.999), eps=1e-8, amsgrad=False):
    m, v, c1, c2 = moments(s, g, t, betas)
    s["top"] = np.maximum(s.get("top", 0), v)
    return lr * (m / c1) / (np.sqrt((s["top"] if amsgrad else v) / c2) + eps)


def nadam(p, g, s, t, lr, betas=(0.9, 0.999), eps=1e-8, momentum_decay=4e-3):
    m, v, _, c2 = moments(s, g, t, betas)
    mu = [betas[0] * (1 - 0.5 * 0.96 ** (i * momentum_decay)) for i in range(1, t + 2)]
    now = np.float32(s.get("product", np.float32(1)) * np.float32(mu[-2]))  # kept in a float32 tensor, as in PyTorch
    s["product"] = now
    ahead = mu[-1] * m / (1 - float(now) * mu[-1]) + (1 - mu[-2]) * g / (1 - float(now))
    return lr * ahead / (np.sqrt(v / c2) + eps)


def radam(p, g, s, t, lr, betas=(0.9, 0.999), eps=1e-8):
    m, v, c1, c2 = moments(s, g, t, betas)
    longest = 2 / (1 - betas[1]) - 1
    length = longest - 2 * t * betas[1] ** t / c2
    if length <= 5:
        return lr * m / c1
    r = np.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
    return lr * r * (m / c1) * np.sqrt(c2) / (np.sqrt(v) + eps)


def adamax(p, g, s, t, lr, betas=(0.9, 0.999), eps=1e-8):
    m, _, c1, _ = moments(s, g, t, betas)
    s["u"] = np.maximum(betas[1] * s.get("u", 0), np.abs(g) + eps)
    return lr / c1 * m / s["u"]


def adadelta(p, g, s, t, lr, rho=0.9, eps=1e-6):
    s["v"] = rho * s.get("v", 0) + (1 - rho) * g**2
    delta = np.sqrt(s.get("u", 0) + eps) / np.sqrt(s["v"] + eps) * g
    s["u"] = rho * s.get("u", 0) + (1 - rho) * delta**2
    return lr * delta


def adagrad(p, g, s, t, lr, lr_decay=0, initial_accumulator_value=0, eps=1e-10):
    s["sum"] = s.get("sum", initial_accumulator_value) + g**2
    return lr / (1 + (t - 1) * lr_decay) * g / (np.sqrt(s["sum"]) + eps)


def rmsprop(p, g, s, t, lr, alpha=0.99, eps=1e-8, momentum=0, centered=False):
    s["v"] = alpha * s.get("v", 0) + (1 - alpha) * g**2
    s["m"] = alpha * s.get("m", 0) + (1 - alpha) * g
    spread = np.sqrt(s["v"] - s["m"] ** 2 if centered else s["v"]) + eps
    s["b"] = momentum * s.get("b", 0) + g / spread
    return lr * s["b"]


def rprop(p, g, s, t, lr, etas=(0.5, 1.2), step_sizes=(1e-6, 50)):
    agreement = np.sign(g * s.get("g", 0))
    factor = np.select([agreement > 0, agreement < 0], [etas[1], etas[0]], 1.0)
    s["size"] = np.clip(s.get("size", lr) * factor, *step_sizes)
    s["g"] = np.where(agreement < 0, 0, g)
    return np.sign(s["g"]) * s["size"]


def asgd(p, g, s, t, lr, lambd=1e-4, alpha=0.75, t0=1e6):
    eta = s.get("eta", np.float32(lr))
    s["eta"] = np.float32(lr / (1 + lambd * lr * t) ** alpha)
    return lambd * float(eta) * p + float(eta) * g


RULES = {
    "SGD": sgd, "Adam": adam, "AdamW": adam, "NAdam": nadam, "RAdam": radam, "Adamax": adamax, "Adadelta": adadelta,
    "Adagrad": adagrad, "RMSprop": rmsprop, "Rprop": rprop, "ASGD": asgd,
}  # fmt: skip


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_formula(name, options, dtype):
    arrays, grads = problem(dtype)
    params = parameters(arrays)
    optimizer = getattr(tl.optim, name)(params, **options)
    for g in grads:
        give(params, g)
        optimizer.step()
    scale = 10 if dtype == "float32" else 1  # float32 sums up 50 roundings, and the reference none
    for p, a, own in zip(params, arrays, zip(*grads, strict=True), strict=True):
        expected = reference(name, a, own, **options)
        tolerance = scale * TOLERANCE[dtype]
        np.testing.assert_allclose(p.detach().numpy(), expected, rtol=tolerance, atol=tolerance)
        assert p.dtype == np.dtype(dtype)


def test_averaged_parameters():
    w = tl.zeros(1, requires_grad=True)
    optimizer = tl.optim.ASGD([w], lr=1.0, lambd=0.0, t0=0.0)
    seen = []
    for g in [1.0, -2.0, 4.0, 1.0]:
        give([w], [np.array([g], "float32")])
        optimizer.step()
        seen.append(w.item())
    assert optimizer.state[w]["ax"].item() == pytest.approx(np.mean(seen[1:]))  # from step t0 + 2 on


def test_running_average_of_gradients():
    """dampening = momentum makes the buffer the average m ← βm + (1−β)g, which begins with the first gradient."""
    w = tl.zeros(2, requires_grad=True)
    optimizer = tl.optim.SGD([w], lr=1.0, momentum=0.75, dampening=0.75)
    average = None
    for g in np.random.default_rng(0).standard_normal((5, 2)).astype("float32"):
        average = g if average is None else 0.75 * average + 0.25 * g
        give([w], [g])
        optimizer.step()
        close(optimizer.state[w]["momentum_buffer"], average, "float32")


# --- PyTorch ---


def torch_parameters(torch, arrays):
    return [torch.tensor(a, requires_grad=True) for a in arrays]


def same_state(ours, theirs, dtype):
    """Two state_dicts: the same keys in the same places, and equal numbers."""
    assert list(ours["state"]) == list(theirs["state"])
    for place, state in theirs["state"].items():
        assert set(ours["state"][place]) == set(state)
        for key, value in state.items():
            assert np.dtype(str(value.dtype).removeprefix("torch.")) == ours["state"][place][key].dtype
            close(ours["state"][place][key], value, dtype)
    assert ours["param_groups"] == theirs["param_groups"]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_like_torch(name, options, dtype):
    """Two groups, missing gradients, a rate that changes, and two checkpoints: one each way."""
    torch = pytest.importorskip("torch")
    arrays, grads = problem(dtype)

    def build(library, params):
        groups = [{"params": params[:2]}, {"params": params[2:], "lr": 0.02}]
        return getattr(library.optim, name)(groups, **options)

    params, theirs = parameters(arrays), torch_parameters(torch, arrays)
    optimizer, other = build(tl, params), build(torch, theirs)
    assert repr(optimizer) == repr(other)
    for t, g in enumerate(grads):
        give(params, g)
        give(theirs, g, torch.tensor)
        optimizer.step()
        other.step()
        if t == 10:
            optimizer.param_groups[0]["lr"] = other.param_groups[0]["lr"] = 0.03
        if t == 20:  # the state goes to PyTorch, …
            saved = optimizer.state_dict()
            same_state(saved, other.state_dict(), dtype)
            for state in saved["state"].values():
                state.update({key: torch.tensor(value.numpy()) for key, value in state.items()})
            other = build(torch, theirs)
            other.load_state_dict(saved)
            optimizer = build(tl, params)
            optimizer.load_state_dict(saved)
        if t == 35:  # … and comes back
            optimizer = build(tl, params)
            optimizer.load_state_dict(other.state_dict())
    for p, q in zip(params, theirs, strict=True):
        close(p.detach(), q.detach(), dtype)
    same_state(optimizer.state_dict(), other.state_dict(), dtype)


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW"])
def test_large_parameters_like_torch(name):
    """Arrays that are stepped in blocks, contiguous and not."""
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(1)
    arrays = [rng.standard_normal((300, 251)).astype("float32") for _ in range(2)]
    params, theirs = parameters(arrays), torch_parameters(torch, arrays)
    params[1].data = tl.tensor(arrays[1].T.copy()).T
    assert not params[1].is_contiguous()
    options = {"lr": 0.1, "weight_decay": 0.1, "maximize": True} | ({"momentum": 0.9} if name == "SGD" else {})
    optimizer, other = getattr(tl.optim, name)(params, **options), getattr(torch.optim, name)(theirs, **options)
    for _ in range(5):
        g = [rng.standard_normal((251, 300)).astype("float32").T for _ in range(2)]
        give(params, g)
        give(theirs, g, torch.tensor)
        optimizer.step()
        other.step()
    for p, q in zip(params, theirs, strict=True):
        close(p.detach(), q.detach(), "float32")
