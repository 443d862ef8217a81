"""Recording beside PyTorch's: each scenario is written once, and runs in both libraries.

A scenario returns tensors, numbers, booleans, None, and tuples or lists of these; or it raises, and then the kind of
the error is compared.
"""

import warnings

import numpy as np
import pytest

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")

SCENARIOS = {}


def scenario(function):
    SCENARIOS[function.__name__] = function
    return function


def misuse(function):
    """A scenario that has to raise in both libraries."""
    function.raises = True
    return scenario(function)


def plain(value):
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    if hasattr(value, "detach"):
        return value.detach().numpy(), value.requires_grad
    return value


def outcome(lib, function):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return plain(function(lib))
    except Exception as error:
        kinds = (NotImplementedError, RuntimeError, TypeError, ValueError, IndexError)
        return next(kind for kind in kinds if isinstance(error, kind))


def same(a, b):
    if isinstance(a, list):
        assert isinstance(b, list)
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            same(x, y)
    elif isinstance(a, tuple):
        np.testing.assert_allclose(a[0], b[0], rtol=1e-5, atol=1e-6, strict=True)
        assert a[1] == b[1]
    else:
        assert a == b


@pytest.mark.parametrize("name", SCENARIOS)
def test_as_pytorch(name):
    function = SCENARIOS[name]
    here, there = outcome(tl, function), outcome(torch, function)
    assert isinstance(there, type) == getattr(function, "raises", False)
    same(here, there)


def leaf(lib, *values):
    return lib.tensor([float(v) for v in values], requires_grad=True)


# --- grads of grads, and writes in place ---


@scenario
def second_derivative_through_a_write(lib):
    x = leaf(lib, 0.5, 1.5)
    y = x * 2
    y.mul_(x)
    z = y.sin()
    z += x
    (dx,) = lib.autograd.grad(z.sum(), x, create_graph=True)
    return dx, lib.autograd.grad((dx * dx).sum(), x)


@scenario
def second_derivative_through_a_view_that_was_written(lib):
    x = leaf(lib, 1, 2, 3, 4)
    y = x * x
    v = y.view(2, 2)[1]
    v.mul_(x[:2])
    w = y[1:3]
    w.exp_()
    (dx,) = lib.autograd.grad((y * x).sum(), x, create_graph=True)
    return y, v, w, dx, lib.autograd.grad(dx.sum(), x)


@scenario
def assignment_then_double_backward(lib):
    x = leaf(lib, 1, 2, 3)
    y = x * 2
    y[1] = x[0] * x[2]
    y[x > 2] = 0
    (dx,) = lib.autograd.grad((y**2).sum(), x, create_graph=True)
    (dx * x).sum().backward()
    return dx, x.grad


@scenario
def third_derivatives(lib):
    x = leaf(lib, 0.3, 0.6)
    y = (x**3).sum() * x.sin().prod()
    found = []
    for _ in range(3):
        (y,) = lib.autograd.grad(y.sum(), x, create_graph=True)
        found.append(y)
    return found


@scenario
def gradient_penalty(lib):
    w, x = leaf(lib, 0.5, -1, 2), leaf(lib, 1, 2, 3)
    score = (w * x).tanh().sum()
    (g,) = lib.autograd.grad(score, x, create_graph=True)
    (score + ((g**2).sum().sqrt() - 1) ** 2).backward()
    return w.grad, x.grad


@scenario
def a_write_into_the_gradient_path_of_a_retained_tensor(lib):
    x = leaf(lib, 1, 2)
    y = x * 3
    y.retain_grad()
    y.add_(x)
    (y * y).sum().backward()
    return y.grad, x.grad, y.retains_grad, y.is_leaf


@scenario
def a_fill_cuts_the_history(lib):
    x = leaf(lib, 1, 2)
    y = x * x
    y.zero_()
    (y + x).sum().backward()
    return y, x.grad


@scenario
def a_detached_write_is_seen_but_not_recorded(lib):
    x = leaf(lib, 1, 2)
    y = x * 1
    y.detach().add_(5)
    (y * 2).sum().backward()
    return y, x.grad


@scenario
def inplace_after_use_of_what_needs_no_values(lib):
    x = leaf(lib, 1, 2)
    y = x * 2
    z = y + 1
    y.mul_(0)
    (z + y).sum().backward()
    return x.grad


@misuse
def inplace_after_use_of_values(lib):
    x = leaf(lib, 1, 2)
    y = x * 2
    z = y * y
    y.add_(1)
    z.sum().backward()


@misuse
def assignment_into_a_value_that_its_operation_needs(lib):
    y = leaf(lib, 1, 2, 3).exp()
    y[1] = 0.0
    y.sum().backward()


@misuse
def stale_in_a_second_backward(lib):
    x = leaf(lib, 1, 2)
    (dx,) = lib.autograd.grad((x**3).sum(), x, create_graph=True)
    with lib.no_grad():
        x.add_(1)
    dx.sum().backward()


@misuse
def inplace_on_a_leaf(lib):
    leaf(lib, 1, 2).mul_(2)


@misuse
def inplace_on_a_view_of_a_leaf(lib):
    leaf(lib, 1, 2)[:1].mul_(2)


@misuse
def assignment_into_a_leaf(lib):
    leaf(lib, 1, 2)[0] = 3.0


@misuse
def inplace_that_grows(lib):
    y = leaf(lib, 1) * 1
    y.add_(lib.ones(3))


@misuse
def inplace_into_an_expanded_tensor(lib):
    y = (leaf(lib, 1) * 1).expand(3)
    y.add_(1)


# --- the graph: kept, freed, cut ---


@scenario
def retain_graph_and_repeat(lib):
    x = leaf(lib, 1, 2)
    y = (x**3).sum()
    y.backward(retain_graph=True)
    y.backward(retain_graph=True)
    y.backward()
    return x.grad


@misuse
def backward_twice(lib):
    x = leaf(lib, 1, 2)
    y = (x**3).sum()
    y.backward()
    y.backward()


@misuse
def a_shared_part_was_freed(lib):
    x = leaf(lib, 1, 2)
    h = x.exp()
    (h * h).sum().backward()
    (h * 2).sum().backward()


@scenario
def linear_graphs_accumulate_over_calls(lib):
    x = leaf(lib, 1, 2)
    for k in range(3):
        (x * k).sum().backward()
    return x.grad


@scenario
def create_graph_backward_then_another(lib):
    x = leaf(lib, 1, 2)
    y = (x**3).sum()
    y.backward(create_graph=True)
    first = x.grad.clone()
    x.grad.sum().backward()
    return first, x.grad.detach()


@scenario
def create_graph_keeps_the_graph(lib):
    x = leaf(lib, 1, 2)
    y = (x**3).sum()
    a = lib.autograd.grad(y, x, create_graph=True)
    b = lib.autograd.grad(y, x)
    return a, b


@scenario
def detach_in_the_middle(lib):
    x = leaf(lib, 1, 2)
    h = x * x
    y = h.detach() * x + h
    y.sum().backward()
    return x.grad, h.detach().requires_grad


@scenario
def detached_in_place(lib):
    x = leaf(lib, 1, 2)
    y = x * 2
    y.detach_()
    return y.requires_grad, y.is_leaf, y.grad_fn


@scenario
def a_leaf_made_of_a_detached_tensor(lib):
    x = leaf(lib, 1, 2)
    y = (x * 2).detach().requires_grad_()
    (y * y).sum().backward()
    return x.grad, y.grad, y.is_leaf


@misuse
def requires_grad_false_on_a_result(lib):
    (leaf(lib, 1) * 2).requires_grad_(False)


@misuse
def requires_grad_of_integers(lib):
    lib.tensor([1, 2]).requires_grad_()


@scenario
def modes_in_each_other(lib):
    x = leaf(lib, 1)
    found = []
    with lib.no_grad():
        found.append((x * 2).requires_grad)
        with lib.enable_grad():
            found.append((x * 2).requires_grad)
            with lib.set_grad_enabled(False):
                found.append((x * 2).requires_grad)
            with lib.inference_mode():
                found.append((x * 2).requires_grad)
                with lib.enable_grad():
                    found.append((x * 2).requires_grad)
        with lib.inference_mode(False):
            found.append((x * 2).requires_grad)
    lib.set_grad_enabled(False)
    found.append(lib.is_grad_enabled())
    lib.set_grad_enabled(True)
    return found
