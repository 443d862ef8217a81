"""Modules called with other parameters."""

import doctest

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite import nn
from tinygrad_lite.func import functional_call


def test_examples():
    assert doctest.testmod(tl.func).failed == 0


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(2, 2), nn.Linear(2, 2, bias=False)
        self.second.weight = self.first.weight
        self.register_buffer("offset", tl.ones(2))

    def forward(self, x, scale=1.0):
        return self.second(self.first(x) + self.offset) * scale


def test_derivatives_go_to_what_was_given():
    model, x = Tied(), tl.tensor([1.0, 2.0])
    before = {name: (p, p.clone()) for name, p in model.named_parameters()}
    given = {name: (p.detach() + 1).requires_grad_() for name, p in model.named_parameters()}
    y = functional_call(model, given, (x,), {"scale": 2.0})
    w, b = given["first.weight"].detach().numpy(), given["first.bias"].detach().numpy()
    np.testing.assert_allclose(y.detach().numpy(), 2 * w @ (w @ [1, 2] + b + 1), rtol=1e-5)
    y.sum().backward()
    assert all(p.grad is not None for p in given.values())
    for name, p in model.named_parameters():
        assert p is before[name][0]
        assert p.grad is None
        assert tl.equal(p, before[name][1])
    assert model.second.weight is model.first.weight


def test_buffers_and_several_dictionaries():
    model, x = Tied(), tl.zeros(2)
    y = functional_call(model, [{"offset": tl.zeros(2)}, {"first.bias": tl.zeros(2)}], x)
    assert tl.equal(y, tl.zeros(2))
    assert tl.equal(model.offset, tl.ones(2))
    norm = nn.BatchNorm1d(2)
    mean = tl.zeros(2)
    functional_call(norm, {"running_mean": mean}, tl.ones(3, 2))
    np.testing.assert_allclose(mean.numpy(), 0.1, rtol=1e-6)
    assert tl.equal(norm.running_mean, tl.zeros(2))


def test_tied_weights():
    model, x, eye = Tied(), tl.ones(2), tl.eye(2)
    given = {"first.weight": eye, "first.bias": tl.zeros(2)}
    assert tl.equal(functional_call(model, given, x), x + 1)
    loose = functional_call(model, given, x, tie_weights=False)
    np.testing.assert_allclose(loose.detach().numpy(), (model.second.weight @ (x + 1)).detach().numpy(), rtol=1e-6)
    with pytest.raises(ValueError, match="tied"):
        functional_call(model, {"first.weight": eye, "second.weight": 2 * eye}, x)


def test_refusals():
    layer, x = nn.Linear(2, 1), tl.ones(2)
    weight = tl.ones(1, 2)
    for given, strict, error, words in [
        ({"weight": weight}, True, RuntimeError, r"missing keys \['bias'\]"),
        ({"weight": weight, "bias": tl.ones(1), "w": weight}, True, RuntimeError, r"unexpected keys \['w'\]"),
        ([{"weight": weight}, {"weight": weight}], False, ValueError, "multiple dictionaries"),
        ({"weight": 3}, False, TypeError, "not an instance"),
        ({"inner.weight": weight}, False, AttributeError, "inner"),
    ]:
        with pytest.raises(error, match=words):
            functional_call(layer, given, x, strict=strict)
    assert tl.equal(functional_call(layer, {"w": weight}, x), layer(x))


def test_the_module_is_as_before_after_an_error():
    layer = nn.Linear(2, 1)
    weight = layer.weight
    with pytest.raises(RuntimeError):
        functional_call(layer, {"weight": tl.ones(1, 2)}, tl.ones(5))
    assert layer.weight is weight
    assert dict(layer.named_parameters())["weight"] is weight


def test_learning_to_learn():
    """Steps of gradient descent inside the loss, and their derivative, against the reference."""
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    found = []
    for lib in (tl, torch):
        lib.manual_seed(0)
        model = lib.nn.Sequential(lib.nn.Linear(1, 8), lib.nn.Tanh(), lib.nn.Linear(8, 1))
        x, y = lib.randn(10, 1), lib.randn(10, 1)
        fast = dict(model.named_parameters())
        call = tl.func.functional_call if lib is tl else torch.func.functional_call
        for _ in range(3):
            loss = lib.nn.functional.mse_loss(call(model, fast, x), y)
            grads = lib.autograd.grad(loss, list(fast.values()), create_graph=True, only_inputs=True)
            fast = {name: p - 0.1 * g for (name, p), g in zip(fast.items(), grads, strict=True)}
        lib.nn.functional.mse_loss(call(model, fast, (x,)), y).backward()
        found.append([p.grad.numpy() for p in model.parameters()])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_only_inputs():
    x = tl.ones(1, requires_grad=True)
    with pytest.warns(FutureWarning, match="only_inputs"):
        (dx,) = tl.autograd.grad(x * 2, x, only_inputs=False)
    assert dx.item() == 2
