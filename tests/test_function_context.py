"""The ctx of a Function: what it keeps, what it is told, and what may be written in place."""

import numpy as np
import pytest

import tinygrad_lite as tl


def leaf(*values):
    return tl.tensor(list(values), dtype=tl.float64, requires_grad=True)


def a_function(backward, forward=lambda ctx, x, *_: x * 2):
    return type("Made", (tl.autograd.Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)})


def test_needs_input_grad_and_recording():
    seen = []

    def forward(ctx, x, w, k):
        seen.append((ctx.needs_input_grad, tl.is_grad_enabled()))
        return x * w

    f = a_function(lambda ctx, g: (None, g, None), forward)
    x, w = tl.ones(2), leaf(1, 2)
    assert f.apply(x, w, 3).requires_grad
    assert seen == [((False, True, False), False)]
    assert not f.apply(x, w.detach(), 3).requires_grad
    with tl.no_grad():
        assert not f.apply(x, w, 3).requires_grad


def test_backward_is_recorded_only_under_create_graph():
    seen = []

    def backward(ctx, g):
        seen.append((tl.is_grad_enabled(), g.requires_grad))
        return g * 2

    x = leaf(1, 2)
    f = a_function(backward)
    (f.apply(x) ** 2).sum().backward()
    tl.autograd.grad((f.apply(x) ** 2).sum(), x, create_graph=True)
    assert seen == [(False, False), (True, True)]


def test_non_differentiable_and_other_outputs():
    def forward(ctx, x):
        sign, place = x.sign(), x.argmax()
        ctx.mark_non_differentiable(sign)
        return x * 2, sign, place, "text"

    got = []

    def backward(ctx, *g):
        got.extend(g)
        return g[0] * 2

    x = leaf(1, -2)
    y, sign, place, text = a_function(backward, forward).apply(x)
    assert (y.requires_grad, sign.requires_grad, place.requires_grad, text) == (True, False, False, "text")
    y.sum().backward()
    assert got[3] is None
    np.testing.assert_array_equal(got[1].numpy(), [0, 0])
    assert got[2].dtype == tl.int64


def test_an_input_returned_as_it_is():
    x = leaf(1, 2)
    f = a_function(lambda ctx, g: -g, lambda ctx, x: x)  # reverses the derivative
    y = f.apply(x)
    assert y is not x
    assert x.is_leaf
    assert y._base is x
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [-1, -1])
    f.apply(x * 1)[0].backward()
    np.testing.assert_array_equal(x.grad.numpy(), [-2, -1])


@pytest.mark.parametrize("forward", [lambda ctx, x: x, lambda ctx, x: x[:1], lambda ctx, x: x.view(-1)])
def test_writes_into_views_of_inputs_are_refused(forward):
    x = leaf(1, 2)
    f = a_function(lambda ctx, g: g, forward)
    h = x * 1
    with pytest.raises(RuntimeError, match="clone"):
        f.apply(h).mul_(2)
    np.testing.assert_array_equal(h.detach().numpy(), [1, 2])
    with pytest.raises(RuntimeError, match=r"clone|computed copy"):
        f.apply(x).mul_(2)
    h = x * 1
    y = f.apply(h)
    h += 1  # but the input may be written
    np.testing.assert_array_equal(y.detach().numpy(), h.detach().numpy()[: len(y)])


def test_mark_dirty():
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(3)

    f = a_function(lambda ctx, g: g * 3, forward)
    x = leaf(1, 2)
    h = x * 1
    before = h._version
    y = f.apply(h)
    assert y is h
    assert h._version > before
    (h * h).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [18, 36])

    x.grad = None
    base = x * 1
    view = base[:1]
    f.apply(view)
    base.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [3, 1])

    with pytest.raises(RuntimeError, match="leaf"):
        f.apply(x)
    with pytest.raises(RuntimeError, match="must all be outputs"):
        a_function(lambda ctx, g: g, lambda ctx, x: ctx.mark_dirty(x)).apply(h)


def test_a_dirty_value_may_be_saved():
    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.exp_()
        ctx.save_for_backward(x)
        return x

    f = a_function(lambda ctx, g: g * ctx.saved_tensors[0], forward)
    assert tl.autograd.gradcheck(lambda x: f.apply(x * 1), (leaf(0.5, 1.0),))
    assert tl.autograd.gradgradcheck(lambda x: f.apply(x * 1), (leaf(0.5, 1.0),))


def test_once_differentiable():
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return tl.tensor(g.detach().numpy() * 2 * x.detach().numpy())

    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    f = a_function(tl.autograd.function.once_differentiable(backward), forward)
    x = leaf(1, 2)
    (dx,) = tl.autograd.grad((f.apply(x) ** 2).sum(), x, create_graph=True)
    np.testing.assert_array_equal(dx.detach().numpy(), [4, 32])
    with pytest.raises(RuntimeError, match="once_differentiable"):
        dx.sum().backward()


def test_parameters_come_back_as_themselves():
    p = tl.nn.Parameter(tl.ones(2))
    y = a_function(None, lambda ctx, x: ctx.save_for_backward(x) or x * 2).apply(p)
    assert y.grad_fn.saved_tensors[0] is p


def test_save_for_backward_takes_tensors_and_none():
    kept = []

    def forward(ctx, x):
        ctx.save_for_backward(None, x)
        return x * 1

    a_function(lambda ctx, g: kept.append(ctx.saved_tensors) or g, forward).apply(leaf(1)).backward()
    assert kept[0][0] is None
    with pytest.raises(TypeError, match="argument 0 is of type int"):
        a_function(None, lambda ctx, x: ctx.save_for_backward(3)).apply(leaf(1))


def test_what_is_missing_says_so():
    x = leaf(1)
    with pytest.raises(RuntimeError, match="static"):
        a_function(None)()
    with pytest.raises(NotImplementedError, match="forward"):
        type("Empty", (tl.autograd.Function,), {}).apply(x)
    only_forward = type("Half", (tl.autograd.Function,), {"forward": staticmethod(lambda ctx, x: x * 2)})
    with pytest.raises(NotImplementedError, match="backward"):
        only_forward.apply(x).backward()
    with pytest.raises(NotImplementedError, match="forward mode"):
        only_forward.jvp(None)
    with pytest.raises(NotImplementedError, match="vmap"):
        only_forward.vmap(None, None)


def test_setup_context_takes_keywords_and_defaults():
    class Scale(tl.autograd.Function):
        @staticmethod
        def forward(x, k=2):
            return x * k

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.k = inputs[1]

        @staticmethod
        def vjp(ctx, g):
            return g * ctx.k, None

    x = leaf(1, 2)
    (Scale.apply(x).sum() + Scale.apply(x, k=5).sum()).backward()
    np.testing.assert_array_equal(x.grad.numpy(), [7, 7])
