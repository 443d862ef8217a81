"""Hooks of modules, before and after a call and on derivatives: each scenario runs here and in PyTorch."""

import importlib
from typing import Any

import pytest

import tinygrad_lite as tl


def libraries():
    yield pytest.param(tl, id="tinygrad_lite")
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        yield pytest.param(None, marks=pytest.mark.skip(reason="PyTorch is not installed"), id="torch")
    else:
        yield pytest.param(torch, id="torch")


@pytest.fixture(params=libraries())
def lib(request):
    return request.param


def double(lib):
    """y = 2x as a module with a weight."""

    class Double(lib.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = lib.nn.Parameter(lib.tensor(2.0))

        def forward(self, x, shift=0.0):
            return x * self.weight + shift

    return Double()


def test_forward_hooks_in_order(lib):
    layer, log = double(lib), []
    handles = [
        layer.register_forward_pre_hook(lambda m, args: log.append(("before", m is layer, args[0].item()))),
        layer.register_forward_hook(lambda m, args, output: log.append(("after", args[0].item(), output.item()))),
        layer.register_forward_hook(lambda m, args, output: output + 1),
        layer.register_forward_hook(lambda m, args, output: log.append(("last", output.item()))),
        layer.register_forward_hook(lambda m, args, output: log.append(("first", output.item())), prepend=True),
    ]
    assert layer(lib.tensor(3.0)).item() == 7.0
    assert log == [("before", True, 3.0), ("first", 6.0), ("after", 3.0, 6.0), ("last", 7.0)]
    for handle in handles:
        handle.remove()
    log.clear()
    assert layer(lib.tensor(3.0)).item() == 6.0
    assert log == []


def test_pre_hooks_replace_arguments(lib):
    layer = double(lib)
    with layer.register_forward_pre_hook(lambda m, args: (args[0] + 1,)):
        assert layer(lib.tensor(1.0)).item() == 4.0
    with layer.register_forward_pre_hook(lambda m, args: args[0] + 2):
        assert layer(lib.tensor(1.0)).item() == 6.0
    with layer.register_forward_pre_hook(lambda m, args, kwargs: (args, {"shift": 5.0}), with_kwargs=True):
        assert layer(lib.tensor(1.0)).item() == 7.0
    with (
        layer.register_forward_pre_hook(lambda m, args, kwargs: args, with_kwargs=True),
        pytest.raises(RuntimeError, match="must return None or a tuple of"),
    ):
        layer(lib.tensor(1.0))
    assert layer(lib.tensor(1.0)).item() == 2.0


def test_forward_hook_with_kwargs(lib):
    layer, log = double(lib), []
    layer.register_forward_hook(lambda m, args, kwargs, output: log.append(kwargs), with_kwargs=True)
    layer(lib.tensor(1.0), shift=3.0)
    assert log == [{"shift": 3.0}]


def test_always_called_hooks(lib):
    layer, log = double(lib), []

    def fail(m, args):
        raise ValueError("stop")

    layer.register_forward_hook(lambda m, args, output: log.append("usual"))
    layer.register_forward_hook(lambda m, args, output: log.append("always"), always_call=True)
    layer.register_forward_pre_hook(fail)
    with pytest.raises(ValueError, match="stop"):
        layer(lib.tensor(1.0))
    assert log == ["always"]


def test_backward_hook_sees_and_replaces(lib):
    layer, seen = double(lib), []

    def hook(module, grad_input, grad_output):
        seen.append((module is layer, grad_input[0].item(), grad_output[0].item(), grad_output[0].requires_grad))
        return (grad_input[0] * 10,)

    handle = layer.register_full_backward_hook(hook)
    x: Any = lib.tensor(3.0, requires_grad=True)
    (layer(x) * 5 + x).backward()
    assert seen == [(True, 10.0, 5.0, False)]
    assert x.grad.item() == 101.0  # only the module's own part was replaced
    assert layer.weight.grad.item() == 15.0
    handle.remove()
    x.grad.zero_()
    layer(x).backward()
    assert x.grad.item() == 2.0
    assert len(seen) == 1


def test_backward_pre_hook_replaces_grad_output(lib):
    layer, seen = double(lib), []
    layer.register_full_backward_pre_hook(lambda module, grad_output: (grad_output[0] * 3,))
    layer.register_full_backward_hook(lambda module, grad_input, grad_output: seen.append(grad_output[0].item()))
    x = lib.tensor(1.0, requires_grad=True)
    layer(x).backward()
    assert x.grad.item() == 6.0
    assert layer.weight.grad.item() == 3.0
    assert seen == [3.0]


def test_backward_hook_when_no_input_needs_a_derivative(lib):
    layer, seen = double(lib), []
    layer.register_full_backward_hook(
        lambda m, grad_input, grad_output: seen.append((grad_input, grad_output[0].item()))
    )
    with pytest.warns(UserWarning, match="Full backward hook is firing"):
        layer(lib.tensor(3.0)).backward()
    assert seen == [((None,), 1.0)]
    assert layer.weight.grad.item() == 3.0


def several(lib):
    class Several(lib.nn.Module):
        def forward(self, a, b, flag, c):
            return a * b, b + c

    return Several()


def test_backward_hook_of_many_inputs_and_outputs(lib):
    module, seen = several(lib), []
    module.register_full_backward_hook(
        lambda m, grad_input, grad_output: seen.append(
            ([g if g is None else g.item() for g in grad_input], [g.item() for g in grad_output])
        )
    )
    a, b, c = (lib.tensor(x, requires_grad=True) for x in (2.0, 3.0, 4.0))
    y, z = module(a, b, True, c)
    (y * 10 + z * 100).backward(retain_graph=True)
    assert seen == [([30.0, 120.0, None, 100.0], [10.0, 100.0])]
    assert (a.grad.item(), b.grad.item(), c.grad.item()) == (30.0, 120.0, 100.0)
    (y * 10 + z * 100).backward()
    assert len(seen) == 2
    assert seen[1] == seen[0]
    with module.register_full_backward_hook(lambda m, grad_input, grad_output: (None,)):
        y, z = module(a, b, True, c)
        with pytest.raises(RuntimeError, match="invalid number of grad_input"):
            (y + z).backward()


def test_derivatives_of_derivatives_pass_through_hooks(lib):
    layer = lib.nn.Sequential(double(lib), lib.nn.Tanh())
    layer.register_full_backward_hook(lambda m, grad_input, grad_output: (grad_input[0] * 3,))
    x = lib.tensor(0.3, requires_grad=True)
    (dx,) = lib.autograd.grad(layer(x), x, create_graph=True)
    (ddx,) = lib.autograd.grad(dx, x)
    t = 0.6
    slope = 1 - lib.tanh(lib.tensor(t)).item() ** 2
    assert dx.item() == pytest.approx(3 * 2 * slope, rel=1e-5)
    assert ddx.item() == pytest.approx(3 * 4 * -2 * lib.tanh(lib.tensor(t)).item() * slope, rel=1e-5)


def test_hooks_record_nothing_under_no_grad(lib):
    layer = double(lib)
    layer.register_full_backward_hook(lambda *given: pytest.fail("no derivative should pass"))
    with lib.no_grad():
        y = layer(lib.tensor(1.0, requires_grad=True))
    assert not y.requires_grad


def test_hooks_do_not_leak():
    import gc
    import weakref

    layer = tl.nn.Linear(2, 2)
    layer.register_full_backward_hook(lambda m, grad_input, grad_output: None)
    gc.disable()
    try:
        x = tl.ones(1, 2, requires_grad=True)
        y = layer(x)
        node = weakref.ref(y.grad_fn)
        del y
        assert node() is None, "a forward without a backward must free its tape by reference counting"
        y = layer(x)
        node = weakref.ref(y.grad_fn)
        y.sum().backward()
        del y
        assert node() is None
    finally:
        gc.enable()
