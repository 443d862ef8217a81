"""What all optimizers share: state, groups, closures, hooks."""

import copy
import pickle

import numpy as np
import pytest

import tinygrad_lite as tl

OPTIMIZERS = ["SGD", "Adam", "AdamW", "NAdam", "RAdam", "Adamax", "Adadelta", "Adagrad", "RMSprop", "Rprop", "ASGD"]


def parameters(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [tl.tensor(rng.standard_normal(s).astype("float32"), requires_grad=True) for s in shapes]


def give(params, seed=0):
    """Set gradients, and return them as arrays."""
    rng = np.random.default_rng(seed)
    grads = [rng.standard_normal(p.shape).astype("float32") for p in params]
    for p, g in zip(params, grads, strict=True):
        p.grad = tl.tensor(g)
    return grads


def run(optimizer, params, steps=3, seed=0):
    for t in range(steps):
        give(params, seed + t)
        optimizer.step()


def values(params):
    return [p.detach().numpy().copy() for p in params]


def same(params, others):
    for p, q in zip(params, others, strict=True):
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), rtol=1e-6, atol=1e-7)


# --- state ---


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("via", ["state_dict", "pickle", "deepcopy"])
def test_round_trip_in_the_middle_of_a_run(name, via):
    params, plain = parameters((3,), (2, 2)), parameters((3,), (2, 2))
    optimizer, other = getattr(tl.optim, name)(params, lr=0.1), getattr(tl.optim, name)(plain, lr=0.1)
    run(optimizer, params, 3)
    run(other, plain, 3)
    if via == "state_dict":
        saved = copy.deepcopy(optimizer.state_dict())
        run(optimizer, params, 0)
        optimizer = getattr(tl.optim, name)(params, lr=0.7)
        optimizer.load_state_dict(saved)
    else:
        pair = optimizer, params
        optimizer, params = pickle.loads(pickle.dumps(pair)) if via == "pickle" else copy.deepcopy(pair)
    run(optimizer, params, 3, seed=3)
    run(other, plain, 3, seed=3)
    same(params, plain)


def test_loading_copies():
    w = parameters((3,))
    optimizer, other = tl.optim.SGD(w, lr=0.1, momentum=0.9), tl.optim.SGD(w, lr=0.1, momentum=0.9)
    run(optimizer, w, 1)
    other.load_state_dict(optimizer.state_dict())
    buffer = other.state[w[0]]["momentum_buffer"].tolist()
    run(optimizer, w, 2)
    assert other.state[w[0]]["momentum_buffer"].tolist() == buffer


def test_state_is_live():
    params = parameters((3,), (2,))
    optimizer = tl.optim.Adam(params)
    assert len(optimizer.state) == 0
    run(optimizer, params, 1)
    kept = optimizer.state[params[0]]
    assert set(kept) == {"step", "exp_avg", "exp_avg_sq"}
    step, average = kept["step"], kept["exp_avg"]
    before = average.tolist()
    run(optimizer, params, 4)
    assert step.item() == 5
    assert step.dtype == tl.float32
    assert average.tolist() != before
    assert kept["exp_avg"] is average


@pytest.mark.parametrize("how", ["fill", "replace", "step", "delete", "reset", "new dict"])
def test_a_changed_state_is_honoured(how):
    params = parameters((3,), (2,))
    optimizer = tl.optim.Adam(params, lr=0.1)
    run(optimizer, params, 3)
    state = optimizer.state[params[0]]
    run(optimizer, params, 1)  # a state that was seen once may be changed at any later time
    m, v, t = (state[key].numpy().copy() for key in ("exp_avg", "exp_avg_sq", "step"))
    if how == "fill":
        state["exp_avg"].zero_()
        m[:] = 0
    elif how == "replace":
        state["exp_avg"] = tl.ones(3)
        m[:] = 1
    elif how == "step":
        state["step"].fill_(100.0)
        t = 100
    elif how == "delete":
        state.clear()
        m, v, t = 0, 0, 0
    elif how == "reset":
        optimizer.state = type(optimizer.state)(dict)
        m, v, t = 0, 0, 0
    else:
        optimizer.state[params[0]] = {}
        m, v, t = 0, 0, 0
    before = values(params)[0]
    g = give(params, 9)[0]
    optimizer.step()
    m, v, t = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g, t + 1
    expected = before - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    np.testing.assert_allclose(params[0].detach().numpy(), expected, rtol=1e-5, atol=1e-5)
    assert optimizer.state[params[0]]["step"].item() == t


def test_a_state_of_another_shape_is_refused():
    w = parameters((3,))
    optimizer = tl.optim.Adam(w)
    run(optimizer, w, 1)
    optimizer.state[w[0]]["exp_avg"] = tl.zeros(4)
    with pytest.raises(RuntimeError, match=r"exp_avg.*\(4,\).*\(3,\)"):
        optimizer.step()


def test_loading_refuses_other_groups():
    w = parameters((3,), (2,))
    saved = tl.optim.SGD(w, lr=0.1).state_dict()
    with pytest.raises(ValueError, match="doesn't match the size"):
        tl.optim.SGD(w[:1], lr=0.1).load_state_dict(saved)
    with pytest.raises(ValueError, match="different number of parameter groups"):
        tl.optim.SGD([{"params": w[:1]}, {"params": w[1:]}], lr=0.1).load_state_dict(saved)


def test_adam_state_into_adamw_stays_decoupled():
    w = parameters((3,))
    optimizer = tl.optim.AdamW(w)
    optimizer.load_state_dict(tl.optim.Adam(w, weight_decay=0.1).state_dict())
    assert optimizer.param_groups[0]["decoupled_weight_decay"] is True


# --- groups, closures, hooks ---


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        (list, ValueError, "optimizer got an empty parameter list"),
        (lambda: tl.zeros(2), TypeError, "iterable of Tensors or dicts"),
        (lambda: [1.0], TypeError, "can only optimize Tensors"),
        (lambda: [tl.ones(2, requires_grad=True) * 2], ValueError, "can't optimize a non-leaf Tensor"),
        (lambda: [{"params": {tl.zeros(2)}}], TypeError, "ordered collections"),
        (lambda: [("w", tl.zeros(2)), tl.zeros(2)], ValueError, "names are missing"),
    ],
)
def test_refused_parameters(params, error, message):
    with pytest.raises(error, match=message):
        tl.optim.SGD(params(), lr=0.1)


def test_refused_groups():
    w = parameters((3,), (2,))
    optimizer = tl.optim.SGD(w[:1], lr=0.1)
    with pytest.raises(ValueError, match="more than one parameter group"):
        optimizer.add_param_group({"params": w})
    with pytest.raises(ValueError, match="with/without names"):
        optimizer.add_param_group({"params": [("b", w[1])]})
    with pytest.raises(TypeError, match="must be a dict"):
        optimizer.add_param_group(w)  # type: ignore[arg-type]
    assert len(optimizer.param_groups) == 1
    with pytest.warns(UserWarning, match="duplicate parameters"):
        twice = tl.optim.SGD([w[1], w[1]], lr=1.0)
    w[1].grad = tl.ones(2)
    before = values(w[1:])[0]
    twice.step()
    np.testing.assert_allclose(values(w[1:])[0], before - 2)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("SGD", {"lr": -1.0}, "Invalid learning rate: -1.0"),
        ("SGD", {"momentum": -1.0}, "Invalid momentum value: -1.0"),
        ("SGD", {"weight_decay": -1.0}, "Invalid weight_decay value: -1.0"),
        ("SGD", {"nesterov": True}, "Nesterov momentum requires"),
        ("Adam", {"betas": (1.0, 0.9)}, "Invalid beta parameter at index 0: 1.0"),
        ("AdamW", {"betas": (0.9, -0.1)}, "Invalid beta parameter at index 1: -0.1"),
        ("Adam", {"betas": (0, 0.9)}, "betas must be either both floats or both Tensors"),
        ("Adam", {"eps": -1.0}, "Invalid epsilon value: -1.0"),
        ("NAdam", {"momentum_decay": -1.0}, "Invalid momentum_decay value: -1.0"),
        ("Adadelta", {"rho": 2.0}, "Invalid rho value: 2.0"),
        ("Adagrad", {"lr_decay": -1.0}, "Invalid lr_decay value: -1.0"),
        ("RMSprop", {"alpha": -1.0}, "Invalid alpha value: -1.0"),
        ("Rprop", {"etas": (1.5, 1.2)}, "Invalid eta values: 1.5, 1.2"),
        ("LBFGS", {"lr": -1.0}, "Invalid learning rate: -1.0"),
    ],
)
def test_refused_options(name, options, message):
    with pytest.raises(ValueError, match=message):
        getattr(tl.optim, name)(parameters((2,)), **options)
    torch = pytest.importorskip("torch")
    with pytest.raises(ValueError, match=message):
        getattr(torch.optim, name)([torch.zeros(2)], **options)


def test_unsupported_options():
    w = parameters((2,))
    with pytest.raises(NotImplementedError, match="differentiable=True is not supported"):
        tl.optim.SGD(w, differentiable=True)
    with pytest.raises(RuntimeError, match="cannot be `True` together"):
        tl.optim.Adam(w, fused=True, foreach=True)
    with pytest.raises(ValueError, match="Tensor lr must be 1-element"):
        tl.optim.Adam(w, lr=tl.tensor([0.1, 0.2]))


def test_named_parameters():
    w = parameters((3,), (2,))
    optimizer = tl.optim.SGD([("a", w[0]), ("b", w[1])], lr=0.1)
    assert optimizer.param_groups[0]["param_names"] == ["a", "b"]
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["a", "b"]


def test_zero_grad():
    w = parameters((3,), (2,))
    w[0].grad = tl.ones(3)
    optimizer = tl.optim.SGD(w, lr=0.1)
    held = w[0].grad
    optimizer.zero_grad(set_to_none=False)
    assert w[0].grad is held
    assert held.tolist() == [0.0, 0.0, 0.0]
    optimizer.zero_grad()
    assert w[0].grad is None


def test_closure_and_hooks():
    w = tl.tensor([2.0], requires_grad=True)
    optimizer = tl.optim.SGD([w], lr=0.25)
    calls = []
    handles = [
        optimizer.register_step_pre_hook(lambda o, args, kwargs: calls.append("before")),
        optimizer.register_step_post_hook(lambda o, args, kwargs: calls.append("after")),
        tl.optim.register_optimizer_step_pre_hook(lambda o, args, kwargs: calls.append("any")),
    ]

    def closure():
        optimizer.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    with tl.no_grad():
        loss = optimizer.step(closure)
    assert loss.item() == 4.0
    assert w.item() == 1.0
    assert calls == ["any", "before", "after"]
    for handle in handles:
        handle.remove()
    optimizer.step(closure)
    assert len(calls) == 3
    optimizer.register_state_dict_post_hook(lambda o, state: {**state, "more": 1})
    optimizer.register_load_state_dict_pre_hook(lambda o, state: calls.append(state["more"]))
    optimizer.load_state_dict(optimizer.state_dict())
    assert calls[-1] == 1


def test_an_optimizer_may_define_its_whole_step():
    """As PyTorch's tutorials do: a loop over groups and parameters, with a state of its own."""

    class Own(tl.optim.Optimizer):
        def __init__(self, params, lr=0.5):
            super().__init__(params, {"lr": lr})

        def step(self, closure=None):
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        state = self.state[p]
                        state["step"] = state.get("step", 0) + 1
                        p.data.add_(p.grad, alpha=-group["lr"])

    w = tl.tensor([1.0, 2.0], requires_grad=True)
    optimizer = Own([w])
    calls = []
    optimizer.register_step_post_hook(lambda *_: calls.append(1))
    w.grad = tl.ones(2)
    optimizer.step()
    optimizer.step()
    assert w.tolist() == [0.0, 1.0]
    assert optimizer.state_dict()["state"] == {0: {"step": 2}}
    assert calls == [1, 1]


def test_an_optimizer_without_a_rule():
    w = parameters((2,))
    give(w)
    with pytest.raises(NotImplementedError, match="define rule"):
        tl.optim.Optimizer(w, {}).step()
