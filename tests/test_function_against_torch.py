"""Function beside PyTorch's: each scenario is written once, and runs in both libraries (as in test_recording)."""

import pytest
from test_recording_against_torch import leaf, outcome, same

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")

SCENARIOS = {}


def scenario(function):
    SCENARIOS[function.__name__] = function
    return function


def misuse(function):
    function.raises = True
    return scenario(function)


@pytest.mark.parametrize("name", SCENARIOS)
def test_as_pytorch(name):
    function = SCENARIOS[name]
    here, there = outcome(tl, function), outcome(torch, function)
    assert isinstance(there, type) == getattr(function, "raises", False)
    same(here, there)


def made(lib, forward, backward):
    methods = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    return type("Made", (lib.autograd.Function,), methods)


def saving(ctx, a, b):
    ctx.save_for_backward(a, b)
    return a * b


def product_rule(ctx, g):
    a, b = ctx.saved_tensors
    return g * b, g * a


def twice(ctx, x, *_):
    return x * 2


@scenario
def saved_tensors_and_second_derivatives(lib):
    a, b = leaf(lib, 1, 2), leaf(lib, 3, 4)
    y = made(lib, saving, product_rule).apply(a, b).sin()
    found = lib.autograd.grad(y.sum(), [a, b], create_graph=True)
    return found, lib.autograd.grad(sum((d * d).sum() for d in found), [a, b])


@scenario
def several_outputs(lib):
    seen = []

    def forward(ctx, x):
        ctx.mark_non_differentiable(mask := x > 1)
        return x * 2, mask, x.exp(), 7, x.sign().long()

    def backward(ctx, *g):
        seen.append(g)
        return g[0] * 2 + g[2]

    x = leaf(lib, 1, 2)
    y = made(lib, forward, backward).apply(x)
    (y[0] * 3).sum().backward(retain_graph=True)
    (y[2] * 3 + y[0]).sum().backward()
    return y, [t.output_nr for t in (y[0], y[2])], seen, x.grad


@scenario
def no_materialized_grads(lib):
    seen = []

    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3

    x = leaf(lib, 1, 2)
    y = made(lib, forward, lambda ctx, *g: seen.append(g) or g[1] * 3).apply(x)
    y[1].sum().backward()
    return seen, x.grad


@scenario
def none_for_an_input(lib):
    x, w = leaf(lib, 1, 2), leaf(lib, 3, 4)
    y = made(lib, lambda ctx, x, w: x * w, lambda ctx, g: (g, None)).apply(x, w)
    y.sum().backward()
    return x.grad, w.grad


@scenario
def needs_input_grad(lib):
    seen = []

    def forward(ctx, *inputs):
        seen.append(list(ctx.needs_input_grad))
        return inputs[0] * 1

    f = made(lib, forward, lambda ctx, g: (g, None, None))
    f.apply(leaf(lib, 1), lib.ones(1), 3)
    with lib.no_grad():
        y = f.apply(leaf(lib, 1), lib.ones(1), "text")
    return seen, y


@scenario
def an_input_returned_as_it_is(lib):
    f = made(lib, lambda ctx, x: x, lambda ctx, g: -g)
    x = leaf(lib, 1, 2)
    y = f.apply(x)
    (y * y).sum().backward()
    return y is x, y, y._base is x, x.is_leaf, y.is_leaf, x.grad, f.apply(lib.ones(2))


@scenario
def dirty_inputs(lib):
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(3)

    f = made(lib, forward, lambda ctx, g: g * 3)
    x = leaf(lib, 1, 2)
    h = x * 1
    y = f.apply(h)
    v = (base := x * 1)[:1]
    f.apply(v)
    (h * h + base).sum().backward()
    return y is h, h, base, v, x.grad


@scenario
def setup_context(lib):
    def setup(ctx, inputs, output):
        ctx.save_for_backward(output)
        ctx.k = inputs[1]

    methods = {
        "forward": staticmethod(lambda x, k=2: (x * k).exp()),
        "setup_context": staticmethod(setup),
        "backward": staticmethod(lambda ctx, g: (g * ctx.k * ctx.saved_tensors[0], None)),
    }
    f = type("Made", (lib.autograd.Function,), methods)
    x = leaf(lib, 0.1, 0.2)
    (dx,) = lib.autograd.grad(f.apply(x).sum() + f.apply(x, k=3).sum(), x, create_graph=True)
    return dx, lib.autograd.grad(dx.sum(), x)


@scenario
def names_and_attributes(lib):
    def forward(ctx, x):
        ctx.note = "mine"
        ctx.save_for_backward(x)
        return x * 2

    x = leaf(lib, 1)
    node = made(lib, forward, lambda ctx, g: g * 2).apply(x).grad_fn
    return node.name(), node.note, node.saved_tensors, len(node.next_functions), node.next_functions[0][1]


@scenario
def hooks_of_a_function(lib):
    seen = []
    x = leaf(lib, 1, 2)
    y = made(lib, twice, lambda ctx, g, *_: (g * 2, None)).apply(x, 3)
    y.register_hook(lambda g: (seen.append(g), g * 5)[1])
    y.retain_grad()
    y.grad_fn.register_prehook(lambda grads: seen.append(grads))
    y.grad_fn.register_hook(lambda inputs, outputs: seen.append([inputs[0], outputs]))
    y.sum().backward()
    return seen, y.grad, x.grad


@scenario
def grads_of_another_shape_and_type(lib):
    x = leaf(lib, 1, 2)
    f = made(lib, twice, lambda ctx, g: (lib.ones(3, 2, dtype=lib.float64), None, None))
    f.apply(x).sum().backward()
    return x.grad


@scenario
def once_differentiable_first_order(lib):
    f = made(lib, twice, lib.autograd.function.once_differentiable(lambda ctx, g: g * 2))
    x = leaf(lib, 1, 2)
    (dx,) = lib.autograd.grad((f.apply(x) ** 2).sum(), x, create_graph=True)
    return dx


@misuse
def once_differentiable_second_order(lib):
    f = made(lib, twice, lib.autograd.function.once_differentiable(lambda ctx, g: g * 2))
    x = leaf(lib, 1, 2)
    (dx,) = lib.autograd.grad((f.apply(x) ** 2).sum(), x, create_graph=True)
    dx.sum().backward()


@misuse
def a_saved_tensor_was_written(lib):
    h = leaf(lib, 1, 2) * 1
    y = made(lib, saving, product_rule).apply(h, lib.ones(2))
    h.add_(1)
    y.sum().backward()


@misuse
def backward_twice(lib):
    y = made(lib, saving, product_rule).apply(leaf(lib, 1), leaf(lib, 2))
    y.backward()
    y.backward()


@misuse
def saved_tensors_after_backward(lib):
    y = made(lib, saving, product_rule).apply(leaf(lib, 1), leaf(lib, 2))
    y.backward()
    return y.grad_fn.saved_tensors


@misuse
def too_few_grads(lib):
    made(lib, saving, lambda ctx, g: g).apply(leaf(lib, 1), leaf(lib, 2)).backward()


@misuse
def too_many_grads(lib):
    made(lib, twice, lambda ctx, g: (g, g)).apply(leaf(lib, 1)).backward()


@misuse
def a_grad_for_a_number(lib):
    made(lib, twice, lambda ctx, g: (g, g)).apply(leaf(lib, 1), 3).backward()


@misuse
def a_grad_that_is_no_tensor(lib):
    made(lib, twice, lambda ctx, g: 3.0).apply(leaf(lib, 1)).backward()


@misuse
def a_grad_of_a_shape_that_does_not_fit(lib):
    made(lib, twice, lambda ctx, g: lib.ones(3)).apply(leaf(lib, 1, 2)).sum().backward()


@misuse
def a_dirty_leaf(lib):
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    made(lib, forward, lambda ctx, g: g).apply(leaf(lib, 1))


@misuse
def dirty_but_not_returned(lib):
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x * 2

    made(lib, forward, lambda ctx, g: g).apply(leaf(lib, 1) * 1)


@misuse
def a_write_into_a_view_of_an_input(lib):
    made(lib, lambda ctx, x: x[:1], lambda ctx, g: g).apply(leaf(lib, 1, 2) * 1).mul_(2)


@misuse
def saving_a_number(lib):
    made(lib, lambda ctx, x: ctx.save_for_backward(3), None).apply(leaf(lib, 1))


@misuse
def no_forward(lib):
    type("Made", (lib.autograd.Function,), {}).apply(leaf(lib, 1))


@misuse
def no_backward(lib):
    type("Made", (lib.autograd.Function,), {"forward": staticmethod(twice)}).apply(leaf(lib, 1)).backward()


@misuse
def an_instance(lib):
    made(lib, twice, twice)()(leaf(lib, 1))
