"""Tensors carry the attributes that scripts put on them."""

import copy

import pytest

import tinygrad_lite as tl


def scenario(lib):
    x = lib.ones(2)
    x.note, x.g = "mine", lib.zeros(2)
    p = lib.nn.Parameter(lib.ones(1))
    p.decay = False
    seen = [x.note, x.g.tolist(), p.decay, hasattr(x * 1, "note"), hasattr(x.detach(), "note"), sorted(vars(x))]
    for one in (x, p):
        twin = copy.deepcopy(one)
        seen.append(sorted(vars(twin)))
    twin = copy.deepcopy(x)
    twin.g += 1
    seen.append(x.g.tolist())
    with pytest.raises(AttributeError):
        x.other  # noqa: B018
    return seen


def test_attributes():
    assert scenario(tl)[:3] == ["mine", [0.0, 0.0], False]


def test_as_the_reference():
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    assert scenario(tl) == scenario(torch)


def test_derivatives_by_hand():
    """Values remember their derivatives, as a course's first chapter has it."""
    w, x = tl.tensor([[1.0, 2.0]]), tl.tensor([[3.0, 4.0]])
    y = x @ w.T
    y.g = tl.ones(1, 1)
    w.g, x.g = y.g.T @ x, y.g @ w
    other = w.clone().requires_grad_()
    (x @ other.T).sum().backward()
    assert tl.equal(w.g, other.grad)
