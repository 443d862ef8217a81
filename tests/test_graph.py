"""Hooks of tensors and of nodes, their order, edges, and the names of autograd.graph."""

import gc
import weakref

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite.autograd import graph


def leaf(*values):
    return tl.tensor(list(values), dtype=tl.float64, requires_grad=True)


class Both(tl.autograd.Function):
    """Sum and product of two tensors."""

    @staticmethod
    def forward(ctx, a, k, b):
        ctx.save_for_backward(a, b)
        return a + b, a * b

    @staticmethod
    def backward(ctx, gs, gp):
        a, b = ctx.saved_tensors
        return gs + gp * b, None, gs + gp * a


def test_the_order_of_hooks():
    seen = []
    x = leaf(1, 1)
    y = x * 2
    y.register_hook(lambda g: seen.append("first"))
    y.retain_grad()
    y.grad_fn.register_prehook(lambda g: seen.append("before"))
    y.grad_fn.register_hook(lambda inputs, outputs: seen.append("after"))
    y.register_hook(lambda g: (seen.append("second"), g * 10)[1])
    x.register_hook(lambda g: seen.append("leaf"))
    x.register_post_accumulate_grad_hook(lambda t: seen.append("accumulated"))
    place = y.grad_fn.next_functions[0][0]
    place.register_prehook(lambda g: seen.append("before the leaf"))
    place.register_hook(lambda inputs, outputs: seen.append((inputs, outputs[0].tolist())))
    y.sum().backward()
    assert seen == [
        *("first", "second", "before", "after", "leaf", "before the leaf", "accumulated"),
        ((), [20, 20]),
    ]
    np.testing.assert_array_equal(y.grad.numpy(), [10, 10])  # retained behind every hook of the tensor
    np.testing.assert_array_equal(x.grad.numpy(), [20, 20])


@pytest.mark.parametrize("make", [lambda x: x * x, lambda x: tl.relu(x), lambda x: tl.softmax(x, 0), lambda x: x.exp()])
def test_hooks_of_nodes_see_and_replace(make):
    for change in (False, True):
        x, plain = leaf(0.5, -1, 2), leaf(0.5, -1, 2)
        seen = []

        def look(inputs, outputs, seen=seen, change=change):
            seen.append((inputs, outputs))
            return tuple(d if d is None else d * 3 for d in inputs) if change else None

        y = make(x)
        y.grad_fn.register_hook(look)
        (dx,) = tl.autograd.grad((y * y).sum(), x, create_graph=True)
        (wanted,) = tl.autograd.grad((make(plain) ** 2).sum(), plain, create_graph=True)
        factor = 3 if change else 1
        np.testing.assert_allclose(dx.detach().numpy(), factor * wanted.detach().numpy(), rtol=1e-12)
        np.testing.assert_allclose(seen[0][1][0].detach().numpy(), 2 * make(plain).detach().numpy(), rtol=1e-12)
        if not change:  # and the derivative of the derivative is that of an operation without hooks
            second = tl.autograd.grad((dx * dx).sum(), x)[0]
            third = tl.autograd.grad((wanted * wanted).sum(), plain)[0]
            np.testing.assert_allclose(second.numpy(), third.numpy(), rtol=1e-12)


def test_prehooks_replace():
    x = leaf(1, 2)
    y = x * 3
    y.grad_fn.register_prehook(lambda grads: (grads[0] * 10,))
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [30, 30])
    assert y.grad_fn.name() == "MulBackward0"


def test_hooks_of_functions():
    a, b = leaf(1, 2), leaf(3, 4)
    s, p = Both.apply(a, "text", b)
    assert s.output_nr == 0
    assert p.output_nr == 1
    seen = []
    p.grad_fn.register_prehook(lambda grads: seen.append(len(grads)))
    p.grad_fn.register_hook(lambda inputs, outputs: seen.append((len(inputs), len(outputs))) or (inputs[0] * 2, None))
    (s + p).sum().backward()
    assert seen == [2, (2, 2)]
    np.testing.assert_array_equal(a.grad.numpy(), [8, 10])
    assert b.grad is None


def test_what_hooks_may_not_return():
    for hook, error, message in [
        (lambda g: tl.ones(3), RuntimeError, "changed the size"),
        (lambda g: g.float(), RuntimeError, "changed the type"),
        (lambda g: 3, TypeError, "expected Variable"),
    ]:
        y = leaf(1, 2) * 2
        y.register_hook(hook)
        with pytest.raises(error, match=message):
            y.sum().backward()
    y = leaf(1, 2) * 2
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0],))
    with pytest.raises(RuntimeError, match="got 1, but expected 2"):
        y.sum().backward()


def test_hooks_are_taken_away():
    x = leaf(1, 2)
    y = x * 2
    seen = []
    handles = [
        y.register_hook(lambda g: seen.append(1)),
        y.grad_fn.register_prehook(lambda g: seen.append(2)),
        y.grad_fn.register_hook(lambda i, o: seen.append(3)),
        x.register_hook(lambda g: seen.append(4)),
        x.register_post_accumulate_grad_hook(lambda t: seen.append(5)),
    ]
    for handle in handles:
        handle.remove()
        handle.remove()
    y.sum().backward()
    assert seen == []


def test_a_hook_may_take_itself_away():
    x = leaf(1, 2)
    y = x * 2
    seen = []
    handle = y.register_hook(lambda g: (seen.append(1), handle.remove())[1])
    y.register_hook(lambda g: seen.append(2))
    y.sum().backward(retain_graph=True)
    y.sum().backward()
    assert seen == [1, 2, 2]


def test_handles_keep_nothing_alive():
    gc.disable()
    try:
        x = leaf(1, 2)
        y = x * 2
        node = weakref.ref(y.grad_fn)
        handle = y.register_hook(lambda g: None)
        y.grad_fn.register_prehook(lambda g: None)
        y.grad_fn.register_hook(lambda i, o: None)
        del y
        assert node() is None
        handle.remove()
    finally:
        gc.enable()


def test_writes_behind_a_hooked_node_are_noticed():
    x = leaf(1, 2)
    h = x * 1
    y = h * h
    y.grad_fn.register_hook(lambda i, o: None)
    h.detach().zero_()
    with pytest.raises(RuntimeError, match="inplace"):
        y.sum().backward()


def test_retain_grad_follows_a_write():
    x = leaf(1, 1)
    y = x * 2
    seen = []
    y.register_hook(lambda g: seen.append(g.tolist()))  # of the value before the write
    y.retain_grad()
    y.mul_(3)
    assert y.retains_grad
    (y * y).sum().backward()
    np.testing.assert_array_equal(y.grad.numpy(), [12, 12])
    assert seen == [[36, 36]]
    base = x * 1
    base.retain_grad()
    base[0] = 5.0
    (base * base).sum().backward()
    np.testing.assert_array_equal(base.grad.numpy(), [10, 2])
    x.retain_grad()  # nothing to do for a leaf
    assert not x.retains_grad


def test_metadata_and_names():
    x = leaf(1)
    y = x * 2
    y.grad_fn.metadata["note"] = 1
    assert y.grad_fn.metadata == {"note": 1}
    assert (x * 2).grad_fn.metadata == {}
    assert isinstance(y.grad_fn, graph.Node)
    assert (x.output_nr, y.output_nr, x.is_leaf, y.is_leaf) == (0, 0, True, False)
    edge = graph.get_gradient_edge(y)
    assert (edge.node, edge.output_nr) == (y.grad_fn, 0)
    with pytest.raises(RuntimeError, match="does not require"):
        graph.get_gradient_edge(tl.ones(1))


def test_saved_tensors():
    with pytest.raises(NotImplementedError, match="each of the tensors"):
        graph.register_multi_grad_hook((), print)
    with pytest.raises(NotImplementedError, match="closures"):
        graph.saved_tensors_hooks(lambda t: t, lambda t: t)
    with pytest.raises(NotImplementedError, match="pinned"):
        graph.save_on_cpu(pin_memory=True)
    x = leaf(1, 2)
    with graph.save_on_cpu():
        y = (x * x).sum()
    x.detach().numpy()[0] = 5
    graph.increment_version(x)
    with pytest.raises(RuntimeError, match="increment_version"):
        y.backward()


def test_variable_is_a_name_of_tensors():
    t = tl.ones(2)
    x = tl.autograd.Variable(t, requires_grad=True)
    assert x is not t
    assert (x.requires_grad, t.requires_grad, isinstance(t, tl.autograd.Variable)) == (True, False, True)
    assert not isinstance(3, tl.autograd.Variable)
    with pytest.raises(TypeError, match="tensor"):
        tl.autograd.Variable([1.0])


def test_inference_mode_is_stronger_than_enable_grad():
    x = leaf(1)
    with tl.inference_mode():
        assert tl.autograd.is_inference_mode_enabled()
        with tl.enable_grad():
            assert not (x * 2).requires_grad
        with tl.no_grad():
            assert tl.autograd.is_inference_mode_enabled()
        with tl.inference_mode(False):
            assert (x * 2).requires_grad
    with tl.no_grad():
        assert not tl.autograd.is_inference_mode_enabled()
        with tl.inference_mode(False):
            assert tl.is_grad_enabled()
