"""Function: operations with a derivative of the user's own."""

import gc
import weakref

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite.errors import FreedTapeError, StaleValueError


class Mul(tl.autograd.Function):
    """y = k·a·b        dy = k b da + k a db"""

    @staticmethod
    def forward(ctx, a, b, k=1.0):
        ctx.save_for_backward(a, b)
        ctx.k = k
        return a * b * k

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        return g * b * ctx.k, g * a * ctx.k, None


class Exp(tl.autograd.Function):
    """Saves its own value."""

    @staticmethod
    def forward(x):
        return x.exp()

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


class SinCos(tl.autograd.Function):
    """Two outputs; under create_graph both saved values are outputs."""

    @staticmethod
    def forward(ctx, x):
        s, c = x.sin(), x.cos()
        ctx.save_for_backward(s, c)
        ctx.count = 0
        return s, c

    @staticmethod
    def backward(ctx, gs, gc):
        s, c = ctx.saved_tensors
        ctx.count += 1
        ctx.got = gs, gc
        return gs * c - gc * s


def leaf(*values):
    return tl.tensor(list(values), dtype=tl.float64, requires_grad=True)


def a_function(backward, forward=lambda ctx, x, *_: x * 2):
    return type("Made", (tl.autograd.Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)})


def test_two_inputs_and_a_number():
    a, b = leaf(1, 2), leaf(3, 4)
    y = Mul.apply(a, b, 10.0)
    assert repr(y).endswith("grad_fn=<MulBackward>)")
    y.sum().backward()
    np.testing.assert_array_equal(a.grad.numpy(), [30, 40])
    np.testing.assert_array_equal(b.grad.numpy(), [10, 20])


@pytest.mark.parametrize("f", [lambda x: Mul.apply(x, x), Exp.apply, lambda x: SinCos.apply(x)[0] * SinCos.apply(x)[1]])
def test_derivatives_to_second_order(f):
    x = leaf(0.3, -0.7, 1.1)
    assert tl.autograd.gradcheck(f, (x,))
    assert tl.autograd.gradgradcheck(f, (x,))


@pytest.mark.parametrize("make", [lambda x: Mul.apply(x, x), Exp.apply, lambda x: SinCos.apply(x)[1]])
def test_third_order(make):
    plain = {0: lambda x: x * x, 1: lambda x: x.exp(), 2: lambda x: x.cos()}
    x = leaf(0.4, 0.9)
    which = [make(x).sum().item() == pytest.approx(plain[i](x).sum().item()) for i in plain].index(True)
    for f in (make, plain[which]):
        y = f(x)
        for _ in range(3):
            (y,) = tl.autograd.grad((y * y).sum(), x, create_graph=True)
        if f is make:
            own = y
    np.testing.assert_allclose(own.detach().numpy(), y.detach().numpy(), rtol=1e-12)


def test_several_outputs_run_backward_once():
    x = leaf(0.5, 1.5)
    s, c = SinCos.apply(x)
    (s * 3 + c * 5).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 3 * np.cos(x.array) - 5 * np.sin(x.array))
    assert s.grad_fn.name() == c.grad_fn.name() == "SinCosBackward"


def test_an_unused_output_is_zeros_or_none():
    x = leaf(0.5, 1.5)
    s, _ = SinCos.apply(x)
    context = s.grad_fn.edges[0].context
    s.sum().backward()
    assert context.count == 1
    np.testing.assert_array_equal(context.got[1].numpy(), [0, 0])

    seen = []

    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3

    def backward(ctx, *g):
        seen.append(g)
        return g[1] * 3

    y = a_function(backward, forward).apply(x)
    y[1].sum().backward()
    assert seen[0][0] is None
    np.testing.assert_array_equal(seen[0][1].numpy(), [1, 1])


def test_outputs_kept_or_dropped_are_found_again():
    x = leaf(0.5, 1.5)
    s, _ = SinCos.apply(x)  # the cosine is dropped, but saved
    (dx,) = tl.autograd.grad(s.sum(), x, create_graph=True)
    (ddx,) = tl.autograd.grad(dx.sum(), x)
    np.testing.assert_allclose(ddx.numpy(), -np.sin(x.array))


def test_retain_graph_then_free():
    x = leaf(0.5)
    s, c = SinCos.apply(x)
    y = (s + c).sum()
    y.backward(retain_graph=True)
    first = x.grad.numpy().copy()
    assert len(s.grad_fn.saved_tensors) == 2
    y.backward()
    np.testing.assert_array_equal(x.grad.numpy(), 2 * first)
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()
    a = leaf(1, 2)
    z = Mul.apply(a, a)
    z.sum().backward()
    with pytest.raises(FreedTapeError, match="MulBackward"):
        z.sum().backward()
    with pytest.raises(RuntimeError, match="already been freed"):
        z.grad_fn.saved_tensors  # noqa: B018


def test_each_of_two_passes_runs_backward():
    """Also with the same array as derivative: nothing is remembered from pass to pass."""
    calls = []

    def backward(ctx, g):
        calls.append(g)
        return g * len(calls), g * 10

    x, w, g = leaf(1), leaf(1), tl.ones(1, dtype=tl.float64)
    y = a_function(backward).apply(x, w)
    assert tl.autograd.grad(y, x, g, retain_graph=True)[0].item() == 1
    assert tl.autograd.grad(y, w, g, retain_graph=True)[0].item() == 10
    assert tl.autograd.grad(y, x, g)[0].item() == 3


def test_nothing_is_kept_alive():
    """No reference cycle: reference counting alone frees a Function's tape, used or not."""
    gc.disable()
    try:
        for used in (False, True):
            x = leaf(1, 2)
            h = x * 1
            kept = weakref.ref(h.array)
            y = Exp.apply(Mul.apply(h, h, 2.0))
            s, c = SinCos.apply(y)
            node = weakref.ref(y.grad_fn)
            if used:
                (s + c).sum().backward()
            del h
            assert (kept() is None) == used  # a used tape has freed what it saved
            del y, s, c
            assert kept() is None
            assert node() is None
    finally:
        gc.enable()


def test_a_write_after_saving_is_noticed():
    x, w = leaf(1, 2), leaf(3, 4)
    h = x * 1
    y = Mul.apply(h, w)
    h += 1
    with pytest.raises(StaleValueError, match=r"MulBackward.*add_|MulBackward.*__iadd__"):
        y.sum().backward()
    y = Exp.apply(x)
    y.detach().zero_()
    with pytest.raises(StaleValueError):
        y.sum().backward()


def test_none_is_no_derivative():
    x, w = leaf(1, 2), leaf(3, 4)
    f = a_function(lambda ctx, g, *_: (g, None))
    f.apply(x * 1, w).sum().backward()
    assert w.grad is None
    np.testing.assert_array_equal(x.grad.numpy(), [1, 1])
    y = f.apply(x, w).sum()
    assert tl.autograd.grad(y, [x, w], allow_unused=True)[1] is None
    y = f.apply(x, w * 2).sum()
    with pytest.raises(RuntimeError, match="allow_unused"):
        tl.autograd.grad(y, w)


@pytest.mark.parametrize(
    ("backward", "message"),
    [
        (lambda ctx, g: g, r"incorrect number of gradients \(expected 2, got 1\)"),
        (lambda ctx, g: (g, g, g), r"incorrect number of gradients \(expected 2, got 3\)"),
        (lambda ctx, g: (g, g), "gradient different than None at position 2"),
        (lambda ctx, g: (g.numpy(), None), "expected a Tensor or None"),
        (lambda ctx, g: (tl.ones(5), None), r"invalid gradient at index 0 - got \[5\] but expected .* \[2\]"),
    ],
)
def test_what_backward_may_not_return(backward, message):
    x = leaf(1, 2)
    y = a_function(backward).apply(x, 3)
    with pytest.raises(RuntimeError, match=message):
        y.sum().backward()
    assert x.grad is None


def test_what_backward_may_return():
    x = leaf(1, 2)
    a_function(lambda ctx, g: (g, None, None)).apply(x).sum().backward()  # more, if they are None
    a_function(lambda ctx, g: tl.ones(3, 2)).apply(x).sum().backward()  # what sums to the shape, of another dtype
    np.testing.assert_array_equal(x.grad.numpy(), [4, 4])
    assert x.grad.dtype == tl.float64


def test_derivatives_of_leaves_are_their_own():
    x, w, g = leaf(1, 2), leaf(3, 4), tl.ones(2, dtype=tl.float64)
    y = a_function(lambda ctx, g: (g, g)).apply(x, w)
    y.backward(g)
    x.grad.zero_()
    np.testing.assert_array_equal(w.grad.numpy(), [1, 1])
    np.testing.assert_array_equal(g.numpy(), [1, 1])


def test_exceptions_leave_nothing_behind():
    def fail(ctx, *_):
        raise KeyError("mine")

    x = leaf(1, 2)
    with pytest.raises(KeyError, match="mine"):
        a_function(lambda ctx, g: g, fail).apply(x)
    assert tl.is_grad_enabled()
    y = a_function(fail).apply(x).sum()
    with pytest.raises(KeyError, match="mine"):
        y.backward()
    assert tl.is_grad_enabled()
    assert x.grad is None


def test_nested_in_modules_and_in_each_other():
    class Outer(tl.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            with tl.enable_grad():
                ctx.x = x.detach().requires_grad_()
                ctx.y = Exp.apply(ctx.x)
            return ctx.y.detach()

        @staticmethod
        def backward(ctx, g):
            return tl.autograd.grad(ctx.y, ctx.x, g)

    class Layer(tl.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = tl.nn.Parameter(tl.tensor([0.5, 0.25]))

        def forward(self, x):
            return Outer.apply(x * self.weight)

    layer = Layer()
    layer(tl.ones(2)).sum().backward()
    np.testing.assert_allclose(layer.weight.grad.numpy(), np.exp([0.5, 0.25]), rtol=1e-6)


def test_a_function_is_drawn():
    x = leaf(0.5)
    picture = tl.draw(Mul.apply(x, x)).source
    assert "Mul" in picture
