"""Runs of 50 steps beside PyTorch's, in which much happens: freezing, new groups, closures, checkpoints by file."""

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite import nn

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")

RULES = {
    "SGD": {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    "Adam": {"lr": 0.02, "amsgrad": True},
    "AdamW": {"lr": 0.02},
    "NAdam": {"lr": 0.02, "decoupled_weight_decay": True, "weight_decay": 0.01},
    "RAdam": {"lr": 0.02},
    "Adamax": {"lr": 0.02},
    "Adadelta": {"lr": 1.0},
    "Adagrad": {"lr": 0.05, "lr_decay": 0.01},
    "RMSprop": {"lr": 0.005, "momentum": 0.5, "centered": True},
    "Rprop": {"lr": 0.01},
    "ASGD": {"lr": 0.05, "t0": 20},
}


def build(lib):
    """In float64: the rules that look at signs amplify the roundings of float32."""
    lib.manual_seed(0)
    layers = lib.nn.Linear(3, 8), lib.nn.Tanh(), lib.nn.Linear(8, 4), lib.nn.Tanh(), lib.nn.Linear(4, 1)
    return lib.nn.Sequential(*layers).double()


def last_group(name, model):
    option = {"lr": 0.03} if name == "Rprop" else {"weight_decay": 0.02}
    return {"params": [model[4].weight, model[4].bias], **option}


def optimizer_of(lib, name, model, late, **options):
    groups = [
        {"params": model[0].parameters(), "lr": RULES[name]["lr"] / 2},
        {"params": list(model[2].parameters())},
    ]
    if late:
        groups.append(last_group(name, model))
    return getattr(lib.optim, name)(groups, **{**RULES[name], **options})


def converted(state, lib):
    """A state_dict with the tensors of the other library."""
    if isinstance(state, dict):
        return {key: converted(value, lib) for key, value in state.items()}
    if isinstance(state, list):
        return [converted(value, lib) for value in state]
    return lib.tensor(state.numpy().copy()) if isinstance(state, (tl.Tensor, torch.Tensor)) else state


def train(lib, name, steps, model, optimizer, start=0, **options):
    """Some steps, every other with a closure; the last layer comes in at step 10, the first rests from 20 to 30."""
    data = np.random.default_rng(1).standard_normal((60, 16, 4))
    for i in range(start, start + steps):
        x, y = lib.tensor(data[i, :, :3]), lib.tensor(data[i, :, 3:])
        if i == 10:
            optimizer.add_param_group(last_group(name, model))
        if i in (20, 30):
            model[0].requires_grad_(i == 30)
        if i == 25:
            optimizer.param_groups[1]["lr"] = optimizer.param_groups[1]["lr"] / 2
        sign = -1 if options.get("maximize") else 1

        def closure(x=x, y=y, sign=sign):
            optimizer.zero_grad(set_to_none=True)
            loss = sign * ((model(x) - y) ** 2).mean()
            loss.backward()
            return loss

        if i % 2:
            assert optimizer.step(closure).requires_grad
        else:
            closure()
            if i % 8 == 0 and i >= 12:
                model[2].bias.grad = None
            optimizer.step()
    return [p.detach().numpy().copy() for p in model.parameters()]


def compare(ours, theirs, tolerance=1e-8):
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("name", RULES)
def test_fifty_steps(name, maximize):
    found = []
    for lib in (tl, torch):
        model = build(lib)
        optimizer = optimizer_of(lib, name, model, late=False, maximize=maximize)
        found.append(train(lib, name, 50, model, optimizer, maximize=maximize))
    compare(*found)


@pytest.mark.parametrize("name", RULES)
def test_a_checkpoint_there_and_back_by_file(name, tmp_path):
    """Ours to PyTorch at step 17, by safetensors; back at step 33, by its own file; as if nothing had happened."""
    model = build(tl)
    whole = train(tl, name, 50, model, optimizer_of(tl, name, model, late=False))

    model = build(tl)
    optimizer = optimizer_of(tl, name, model, late=False)
    train(tl, name, 17, model, optimizer)
    other = build(torch)
    other.load_state_dict(converted(model.state_dict(), torch))
    theirs = optimizer_of(torch, name, other, late=True)
    theirs.load_state_dict(converted(optimizer.state_dict(), torch))
    train(torch, name, 16, other, theirs, start=17)

    path = tmp_path / "checkpoint.pt"
    torch.save({"model": other.state_dict(), "optimizer": theirs.state_dict(), "step": 33}, path)
    checkpoint = tl.load(path)
    model = build(tl)
    model.load_state_dict(checkpoint["model"])
    optimizer = optimizer_of(tl, name, model, late=True)
    optimizer.load_state_dict(checkpoint["optimizer"])
    assert checkpoint["step"] == 33
    compare(train(tl, name, 17, model, optimizer, start=33), whole)


@pytest.mark.parametrize("name", RULES)
def test_a_checkpoint_of_our_own(name, tmp_path):
    model = build(tl)
    whole = train(tl, name, 40, model, optimizer_of(tl, name, model, late=False))
    model = build(tl)
    optimizer = optimizer_of(tl, name, model, late=False)
    train(tl, name, 17, model, optimizer)
    tl.save([model.state_dict(), optimizer.state_dict()], tmp_path / "checkpoint.safetensors")
    model = build(tl)
    optimizer = optimizer_of(tl, name, model, late=True)
    states = tl.load(tmp_path / "checkpoint.safetensors")
    model.load_state_dict(states[0])
    optimizer.load_state_dict(states[1])
    compare(train(tl, name, 23, model, optimizer, start=17), whole, 1e-11)  # products depend on where arrays lie


@pytest.mark.parametrize("name", [*RULES, "LBFGS"])
@pytest.mark.parametrize(
    "options",
    [{"foreach": True}, {"foreach": False}, {"fused": True}, {"fused": False}, {"capturable": False}],
    ids=str,
)
def test_ways_of_computing_are_accepted_where_pytorch_has_them(name, options):
    found = []
    for lib in (tl, torch):
        w = lib.ones(3, requires_grad=True)
        try:
            optimizer = getattr(lib.optim, name)([w], lr=0.1, **options)
        except TypeError:  # PyTorch has no such argument there
            found.append("refused")
            continue
        w.grad = lib.ones(3)
        optimizer.step()
        found.append(w.tolist())
    if "refused" in found:
        assert found == ["refused", "refused"]
    else:
        np.testing.assert_allclose(*found, rtol=1e-6)


@pytest.mark.parametrize("name", [n for n in RULES if n not in ("SGD", "Adagrad")])
def test_capturable_is_refused(name):
    with pytest.raises(AssertionError, match="capturable=True is for the graphs of a GPU"):
        getattr(tl.optim, name)([tl.ones(1, requires_grad=True)], capturable=True)
    w = torch.ones(1, requires_grad=True)
    w.grad = torch.ones(1)
    with pytest.raises(AssertionError, match="capturable=True"):
        getattr(torch.optim, name)([w], capturable=True).step()


def test_a_frozen_parameter_that_kept_its_gradient_still_moves():
    """As in PyTorch, an optimizer looks at gradients, not at requires_grad."""
    found = []
    for lib in (tl, torch):
        layer = lib.nn.Linear(1, 1, bias=False)
        lib.nn.init.constant_(layer.weight, 1.0)
        optimizer = lib.optim.SGD(layer.parameters(), lr=0.5)
        layer(lib.ones(1, 1)).sum().backward()
        layer.requires_grad_(False)
        optimizer.step()
        found.append(layer.weight.item())
    assert found == [0.5, 0.5]


def test_parameters_without_elements_and_a_model_that_changes_its_dtype():
    model = nn.Linear(2, 2)
    optimizer = tl.optim.Adam([*model.parameters(), tl.zeros(0, requires_grad=True)], lr=0.1)
    with tl.warn_mistakes(False):
        for dtype in (tl.float32, tl.float64):
            model.to(dtype)
            optimizer.zero_grad()
            model(tl.ones(1, 2, dtype=dtype)).sum().backward()
            optimizer.step()
    assert optimizer.state[model.weight]["step"].item() == 2
    assert model.weight.dtype == tl.float64
