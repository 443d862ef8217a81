"""autograd.grad, autograd.backward and hooks beside PyTorch's: each scenario runs in both libraries."""

import pytest
from test_recording_against_torch import leaf, outcome, same

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


@pytest.mark.parametrize("name", SCENARIOS)
def test_as_pytorch(name):
    function = SCENARIOS[name]
    here, there = outcome(tl, function), outcome(torch, function)
    assert isinstance(there, type) == getattr(function, "raises", False)
    same(here, there)


# --- autograd.grad and autograd.backward ---


@scenario
def unused_inputs(lib):
    x, w = leaf(lib, 1, 2), leaf(lib, 3)
    y = (x * 2).sum()
    return (
        lib.autograd.grad(y, [x, w], allow_unused=True, retain_graph=True),
        lib.autograd.grad(y, [x, w], materialize_grads=True),
    )


@misuse
def an_unused_input(lib):
    lib.autograd.grad(leaf(lib, 1, 2).sum(), leaf(lib, 1))


@misuse
def an_input_without_derivative(lib):
    lib.autograd.grad(leaf(lib, 1, 2).sum(), lib.ones(2))


@misuse
def materialize_without_allow(lib):
    x = leaf(lib, 1)
    lib.autograd.grad(x.sum(), x, allow_unused=False, materialize_grads=True)


@misuse
def backward_of_many_elements(lib):
    (leaf(lib, 1, 2) * 2).backward()


@misuse
def backward_of_a_constant(lib):
    lib.ones(()).backward()


@misuse
def a_gradient_of_another_shape(lib):
    (leaf(lib, 1, 2) * 2).backward(lib.ones(3))


@misuse
def grad_of_an_unrecorded_result(lib):
    x = leaf(lib, 1)
    with lib.no_grad():
        y = x * 2
    lib.autograd.grad(y, x)


@scenario
def several_outputs_and_weights(lib):
    x, w = leaf(lib, 1, 2), leaf(lib, 3, 4)
    outputs = [x * w, (x + w).sum()]
    weights = [lib.tensor([10.0, 1.0]), None]
    return lib.autograd.grad(outputs, [w, x], weights)


@scenario
def the_same_output_and_input_twice(lib):
    x = leaf(lib, 1, 2)
    y = (x * x).sum()
    return lib.autograd.grad([y, y], [x, x])


@scenario
def grad_with_respect_to_what_is_in_between(lib):
    x = leaf(lib, 1, 2)
    h = x * x
    y = (h * x).sum()
    return lib.autograd.grad(y, [h, x], retain_graph=True), lib.autograd.grad(y, y), x.grad


@scenario
def grad_of_a_leaf_itself(lib):
    x = leaf(lib, 1, 2)
    return lib.autograd.grad(x, x, lib.tensor([3.0, 4.0]))


@scenario
def backward_to_some_inputs(lib):
    x, w = leaf(lib, 1, 2), leaf(lib, 3, 4)
    (x * w).sum().backward(inputs=[x])
    return x.grad, w.grad


@scenario
def backward_of_several(lib):
    x = leaf(lib, 1, 2)
    lib.autograd.backward([(x**2).sum(), x * 3], [None, lib.tensor([1.0, 10.0])])
    return x.grad


@scenario
def grads_are_independent_of_what_was_given(lib):
    x, w, g = leaf(lib, 1, 2), leaf(lib, 3, 4), lib.ones(2)
    (x + w).backward(g)
    x.grad.mul_(5)
    return g, w.grad, x.grad


@scenario
def accumulation_into_a_grad_that_was_set(lib):
    x = leaf(lib, 1, 2)
    x.grad = lib.tensor([10.0, 20.0])
    held = x.grad
    (x * 2).sum().backward()
    return x.grad, held, held is x.grad


@misuse
def a_grad_of_another_shape(lib):
    leaf(lib, 1, 2).grad = lib.ones(3)


@misuse
def a_grad_of_another_type(lib):
    leaf(lib, 1, 2).grad = lib.ones(2, dtype=lib.float64)


# --- hooks ---


@scenario
def hooks_in_order(lib):
    seen = []
    x = leaf(lib, 1, 2)
    y = x * 2
    z = y * 3
    z.register_hook(lambda g: (seen.append(g.clone()), g + 1)[1])
    y.register_hook(lambda g: (seen.append(g.clone()), g * 10)[1])
    y.retain_grad()
    y.register_hook(lambda g: seen.append(g.clone()))
    x.register_hook(lambda g: (seen.append(g.clone()), -g)[1])
    x.register_post_accumulate_grad_hook(lambda t: seen.append(t.grad.clone()))
    y.grad_fn.register_prehook(lambda grads: seen.append(len(grads)))
    y.grad_fn.register_hook(lambda inputs, outputs: seen.append([inputs, outputs]))
    z.sum().backward()
    return seen, y.grad, x.grad


@scenario
def hooks_and_grad(lib):
    x = leaf(lib, 1, 2)
    y = x * 2
    x.register_hook(lambda g: g * 3)
    y.register_hook(lambda g: g * 5)
    z = (y * y).sum()
    return lib.autograd.grad(z, x, retain_graph=True), lib.autograd.grad(z, y), x.grad


@scenario
def hooks_under_create_graph(lib):
    x = leaf(lib, 1, 2)
    y = x**3
    y.register_hook(lambda g: g * x)
    (dx,) = lib.autograd.grad(y.sum(), x, create_graph=True)
    return dx, lib.autograd.grad(dx.sum(), x)


@scenario
def a_hook_before_a_write_stays_behind(lib):
    seen = []
    x = leaf(lib, 1, 2)
    y = x * 2
    y.register_hook(lambda g: seen.append(g.clone()))
    y.mul_(5)
    y.register_hook(lambda g: seen.append(g.clone()))
    (y * y).sum().backward()
    return seen, x.grad


@misuse
def a_hook_on_a_constant(lib):
    lib.ones(2).register_hook(print)


@misuse
def a_hook_that_changes_the_shape(lib):
    y = leaf(lib, 1, 2) * 2
    y.register_hook(lambda g: g[:1])
    y.sum().backward()


@misuse
def retain_grad_of_a_constant(lib):
    lib.ones(2).retain_grad()


@misuse
def an_accumulation_hook_on_a_result(lib):
    (leaf(lib, 1) * 2).register_post_accumulate_grad_hook(print)
