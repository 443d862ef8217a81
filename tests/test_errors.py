"""The errors that people meet first: their words, PyTorch's kind, and that everything is as it was before them."""

import re
import warnings

import numpy as np
import pytest

import tinygrad_lite as tl

REQUIRED = "Can't turn a Tensor that requires grad into a NumPy array: the array would lose its history. "
INTEGERS = (
    "requires_grad_: only Tensors of floating point dtype can require gradients, not {}; convert it with .float()"
)


def assigned(lib, x, y):
    array = np.zeros(2)
    array[:] = x


def twice(lib, x, y):
    loss = (x * y).sum()
    lib.autograd.grad(loss, x)
    loss.backward()


def stale(lib, x, y):
    z = x.exp()
    loss = (z * 1.0).sum()
    z += 1
    loss.backward()


def stale_leaf(lib, x, y):
    loss = (x * x).sum()
    with lib.no_grad():
        x.mul_(1)
    loss.backward()


def given_a_gradient(lib, x, y):
    x.grad = lib.ones(3)


def required(lib, x, y):
    i = lib.tensor([1, 2])
    i.requires_grad = True


# What a program does with x of [1, 2] that requires a gradient and has one, and y of [3, 4]; the error; its words.
MISTAKES = {
    "inner sizes": (
        lambda lib, x, y: lib.ones(3, 4) @ lib.ones(5, 6),
        RuntimeError,
        "matmul: (3, 4) @ (5, 6): the inner sizes 4 and 5 differ",
    ),
    "batches": (
        lambda lib, x, y: lib.ones(2, 3, 4) @ lib.ones(3, 4, 5),
        RuntimeError,
        "matmul: the batches of (2, 3, 4) @ (3, 4, 5): (2,) and (3,): the sizes 2 and 3 differ at dimension -1; ",
    ),
    "a layer": (
        lambda lib, x, y: lib.nn.functional.linear(lib.ones(2, 3), lib.ones(5, 4)),
        RuntimeError,
        "linear: (2, 3) · (4, 5): the inner sizes 3 and 4 differ",
    ),
    "a vector of weights": (
        lambda lib, x, y: lib.nn.functional.linear(lib.ones(2, 3), lib.ones(4)),
        RuntimeError,
        "linear: (2, 3) · (4,): the inner sizes 3 and 4 differ",
    ),
    "a sum": (
        lambda lib, x, y: x + lib.ones(3),
        RuntimeError,
        "add: (2,) and (3,): the sizes 2 and 3 differ at dimension -1; they must be equal, or one of them 1",
    ),
    "a dimension": (
        lambda lib, x, y: x.sum(1),
        IndexError,
        "sum: Dimension out of range (expected to be in range of [-1, 0], but got 1)",
    ),
    "a bool as a dimension": (lambda lib, x, y: x.softmax(True), TypeError, "softmax: dim must be an int, not True"),
    "a place": (
        lambda lib, x, y: x[5],
        IndexError,
        "getitem: index 5 is out of bounds for dimension 0 with size 2; the tensor has shape (2,)",
    ),
    "places": (
        lambda lib, x, y: x.index_select(0, lib.tensor([0, 2])),
        IndexError,
        "index_select: index 2 is out of bounds for dimension 0 with size 2",
    ),
    "a class": (
        lambda lib, x, y: lib.nn.functional.cross_entropy(x, lib.tensor(2)),
        IndexError,
        "cross_entropy: Target 2 is out of bounds. There are 2 classes, numbered 0 to 1",
    ),
    "an empty dimension": (
        lambda lib, x, y: lib.zeros(0, 3).max(0),
        IndexError,
        "max: Expected reduction dim 0 to have non-zero size.",
    ),
    "a copy": (
        lambda lib, x, y: y.copy_(lib.ones(3)),
        RuntimeError,
        "copy_: output with shape [2] doesn't match the broadcast shape with [3]",
    ),
    "growth": (
        lambda lib, x, y: y.add_(lib.ones(3, 2)),
        RuntimeError,
        "add_: output with shape [2] doesn't match the broadcast shape [3, 2]: an in-place operation cannot grow its",
    ),
    "another dtype": (
        lambda lib, x, y: lib.tensor([1, 2]).mul_(1.5),
        RuntimeError,
        "mul_: result type float32 can't be cast to the desired output type int64",
    ),
    "an assignment": (
        lambda lib, x, y: y.__setitem__(slice(1), lib.ones(2)),
        RuntimeError,
        "setitem: shape mismatch: value tensor of shape [2] cannot be broadcast to indexing result of shape [1]",
    ),
    "an assigned word": (
        lambda lib, x, y: y.__setitem__(0, "a"),
        TypeError,
        "setitem: can't assign a str to a tensor of float32",
    ),
    "an assigned nothing": (
        lambda lib, x, y: y.__setitem__(0, None),
        TypeError,
        "setitem: can't assign a NoneType to a tensor of float32",
    ),
    "a leaf in place": (
        lambda lib, x, y: x.add_(1),
        RuntimeError,
        "add_: a leaf Variable that requires grad is being used in an in-place operation. Write under no_grad(), or",
    ),
    "an array": (assigned, RuntimeError, REQUIRED + "Use tensor.detach().numpy() instead, or an operation of this"),
    "numpy()": (
        lambda lib, x, y: x.numpy(),
        RuntimeError,
        "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
    ),
    "no scalar": (
        lambda lib, x, y: (x * y).backward(),
        RuntimeError,
        "backward: grad can be implicitly created only for scalar outputs, and this one has shape (2,): reduce it, as "
        "in .sum().backward(), or pass a gradient of its shape",
    ),
    "no tape": (
        lambda lib, x, y: y.sum().backward(),
        RuntimeError,
        "backward: element 0 of tensors does not require grad and does not have a grad_fn: nothing was recorded. Make "
        "a leaf with requires_grad=True, and compute outside no_grad()",
    ),
    "a second time": (
        twice,
        RuntimeError,
        "backward: the tape behind <SumBackward0> was used and freed by an earlier backward: trying to backward "
        "through the graph a second time. Pass retain_graph=True to the earlier call, or run the forward again.",
    ),
    "a gradient's shape": (
        lambda lib, x, y: (x * y).backward(lib.ones(3)),
        RuntimeError,
        "backward: mismatch in shape: grad_output[0] has a shape of (3,) and output[0] has a shape of (2,)",
    ),
    "a given gradient": (
        given_a_gradient,
        RuntimeError,
        "grad: assigned grad has data of a different size: (3,), not (2,)",
    ),
    "integers": (lambda lib, x, y: lib.tensor([1, 2], requires_grad=True), RuntimeError, INTEGERS.format("int64")),
    "integers later": (lambda lib, x, y: lib.tensor([1, 2]).requires_grad_(), RuntimeError, INTEGERS.format("int64")),
    "integers by attribute": (required, RuntimeError, INTEGERS.format("int64")),
    "bools": (
        lambda lib, x, y: lib.zeros(2, dtype=lib.bool, requires_grad=True),
        RuntimeError,
        INTEGERS.format("bool"),
    ),
    "a stale value": (
        stale,
        RuntimeError,
        "backward: one of the variables needed for gradient computation has been modified by an inplace operation: "
        "<ExpBackward0> captured an array of shape (2,), and add_ wrote into it afterwards. Write out of place (y = y "
        "+ 1, not y += 1), or give exp a clone().",
    ),
    "a stale leaf": (
        stale_leaf,
        RuntimeError,
        "backward: one of the variables needed for gradient computation has been modified by an inplace operation: "
        "<MulBackward0> captured an array of shape (2,), and mul_ wrote into it afterwards.",
    ),
    "one number of several": (
        lambda lib, x, y: x.item(),
        RuntimeError,
        "item: a Tensor with 2 elements cannot be converted to Scalar; use tolist()",
    ),
    "a truth of several": (lambda lib, x, y: bool(x), RuntimeError, "Boolean value of Tensor with more than one value"),
    "a number in its place": (
        lambda lib, x, y: x + "a",
        TypeError,
        "add: an operand is a str; tensors, arrays and numbers are taken. Make a tensor of it with tensor(...)",
    ),
}


def pair(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    x.grad = lib.tensor([5.0, 6.0])
    return x, lib.tensor([3.0, 4.0])


@pytest.mark.parametrize("mistake", MISTAKES)
def test_words_and_kind(mistake):
    call, kind, words = MISTAKES[mistake]
    with pytest.raises(kind, match="^" + re.escape(words)):
        call(tl, *pair(tl))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_kind_of_the_reference(mistake):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    call, kind, _ = MISTAKES[mistake]
    with pytest.raises(kind):
        call(torch, *pair(torch))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_everything_is_as_it_was(mistake):
    """Values, gradients, versions, and what is recorded; but for the writes before the mistake itself."""
    call, kind, _ = MISTAKES[mistake]
    x, y = pair(tl)
    view, computed, grad, leaf = y[:1], x * y, x.grad, x.node
    computed_node = computed.node
    with pytest.raises(kind):
        call(tl, x, y)
    assert (x.tolist(), y.tolist(), computed.tolist()) == ([1.0, 2.0], [3.0, 4.0], [3.0, 8.0])
    assert x.grad is grad
    assert grad.tolist() == [5.0, 6.0]
    assert y.grad is None
    assert (x._version, y._version, view._version) == (int(call is stale_leaf), 0, 0)
    assert (x.node, y.node, computed.node) == (leaf, None, computed_node)
    assert (x.requires_grad, y.requires_grad) == (True, False)
    if call is not stale_leaf:
        computed.sum().backward()
        assert x.grad.tolist() == [8.0, 10.0]
    assert tl.is_grad_enabled()


@pytest.mark.parametrize("library", ["tinygrad_lite", "torch"])
def test_grad_of_what_is_no_leaf_warns_once_for_each_place(library):
    lib = pytest.importorskip(library, reason="PyTorch, the reference, is not installed")
    y = lib.tensor([1.0], requires_grad=True) * 2
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            assert y.grad is None
        assert len(caught) == 1
        assert y.grad is None
    assert len(caught) == 2
    assert all("not a leaf Tensor is being accessed" in str(w.message) and w.filename == __file__ for w in caught)
    assert caught[0].lineno < caught[1].lineno
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y.retain_grad()
        y.sum().backward()
        assert y.grad.tolist() == [1.0]
