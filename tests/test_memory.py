"""Windows onto a tensor's memory: values, derivatives, writes through them; and what a tensor says of its memory."""

import numpy as np
import pytest

import tinygrad_lite as tl

WINDOWS = {
    "overlapping": (lambda x: x, (3, 4), (1, 2), None),
    "transposed": (lambda x: x, (4, 3), (1, 4), None),
    "repeated": (lambda x: x, (3, 2), (0, 1), 4),
    "a number": (lambda x: x, (), (), 5),
    "empty": (lambda x: x, (0, 3), (1, 1), None),
    "of a view": (lambda x: x[1:], (2, 2), (2, 1), None),
    "of a transposed view": (lambda x: x.t(), (2, 5), (5, 1), None),
    "of steps": (lambda x: x[:, ::2], (2, 2), (4, 2), None),
    "of steps, beyond what is shown": (lambda x: x[:, ::2], (2, 3), (4, 1), 0),
    "of one row, before it": (lambda x: x[1], (2,), (1,), 3),
    "of a diagonal": (lambda x: x.diagonal(), (3,), (5,), 0),
}


@pytest.mark.parametrize("name", WINDOWS)
def test_windows_are_pytorchs(name):
    """Value, derivatives of two orders, and where the window begins."""
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    view, *given = WINDOWS[name]
    found = []
    for lib in (tl, torch):
        leaf = lib.tensor(np.arange(12.0).reshape(3, 4), requires_grad=True)
        y = view(leaf.clone()).as_strided(*given)
        assert y.stride() == (given[1] if lib is torch or y.numel() else y.stride())
        again = lib.as_strided(view(leaf.detach()), *given)
        (d,) = lib.autograd.grad((y**3).sum() + (leaf**3).sum(), leaf, create_graph=True)
        (twice,) = lib.autograd.grad((d**2).sum(), leaf)
        found.append((y, again, d, twice, lib.tensor(y.storage_offset() if y.numel() else 0)))
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), strict=True)


@pytest.mark.parametrize("name", [name for name in WINDOWS if name not in ("overlapping", "repeated")])
def test_writes_through_windows(name):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    view, *given = WINDOWS[name]
    found = []
    for lib in (tl, torch):
        leaf = lib.tensor(np.arange(12.0).reshape(3, 4), requires_grad=True)
        plain = leaf.detach().clone()
        view(plain).as_strided(*given).mul_(-1)  # without a history, into all that it shows
        base = leaf * 2
        inside = "before" not in name and "beyond" not in name and "diagonal" not in name
        if inside:
            view(base).as_strided(*given).mul_(leaf.sum())
        (base**2).sum().backward()
        found.append((plain, base, leaf.grad))
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-12)


def test_a_write_that_the_tape_could_not_follow_is_refused():
    x = tl.arange(6.0).requires_grad_() * 1
    with pytest.raises(RuntimeError, match="unsupported operation"):
        x[2:].as_strided((2,), (1,), 0).mul_(2)


def test_scatter():
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    windows: list = [(lambda x: x, ((2, 2), (5, 2), 1)), (lambda x: x[1:], ((3,), (2,)))]
    for view, given in windows:
        found = []
        for lib in (tl, torch):
            leaf = lib.tensor(np.arange(12.0).reshape(3, 4), requires_grad=True)
            src = lib.tensor(np.full(given[0], 7.0), requires_grad=True)
            y = lib.as_strided_scatter(view(leaf), src, *given)
            (y**2).sum().backward()
            found.append((y, src.grad))
        for a, b in zip(*found, strict=True):
            np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy())
        # PyTorch's own check refuses its derivative of the input, which is 1 where the input is replaced.
        inputs = [tl.tensor(np.arange(12.0).reshape(3, 4), requires_grad=True), tl.zeros(given[0]).double()]
        assert tl.autograd.gradcheck(lambda x, s, v=view, g=given: tl.as_strided_scatter(v(x), s, *g), inputs)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: x.as_strided((3,), (2,)),
        lambda x: x.as_strided((2,), (1, 1)),
        lambda x: x.as_strided((2,), (-1,)),
        lambda x: x.as_strided((2,), (1,), -1),
        lambda x: x.as_strided((1,), (1,), 5),
        lambda x: x.as_strided_scatter(x[:1], (2,), (1,)),
    ],
)
def test_windows_beyond_the_memory_are_refused(call):
    with pytest.raises(RuntimeError):
        call(tl.arange(4))
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    with pytest.raises(RuntimeError):
        call(torch.arange(4))


def test_what_a_tensor_says_of_its_memory():
    x = tl.arange(6).view(2, 3)
    assert (x.storage_offset(), x[1].storage_offset(), x[1, 1:].storage_offset(), x.t().storage_offset()) == (
        0,
        3,
        4,
        0,
    )
    assert x.is_set_to(x.view(2, 3))
    assert not x.is_set_to(x.clone())
    assert x.is_same_size(tl.zeros(2, 3))
    assert not tl.is_same_size(x, x.t())
    assert tl.is_conj(x) is tl.is_neg(x) is x.is_inference() is False
    assert tl.ones(1).is_nonzero()
    assert tl.get_device(x) == -1
    assert x.to_dense() is x
    assert x.narrow_copy(1, 0, 2).tolist() == [[0, 1], [3, 4]]
    assert not np.may_share_memory(x.narrow_copy(1, 0, 2).numpy(), x.numpy())
    assert tl.set_flush_denormal(False) is False


def test_python_functions_of_each_element():
    x = tl.tensor([[1.0, 4.0], [9.0, 16.0]]).t()
    assert x.apply_(lambda v: v**0.5).tolist() == [[1.0, 3.0], [2.0, 4.0]]
    assert x.map_(tl.tensor([10.0, 20.0]), lambda a, b: a + b).tolist() == [[11.0, 23.0], [12.0, 24.0]]
    with pytest.raises(TypeError, match="Can't call apply_"):
        tl.ones(1, requires_grad=True).apply_(abs)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_frexp(dtype):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    x = np.array([1.0, -6.0, 0.0, 0.3, 1e4, -0.5, np.inf, -np.inf], dtype)
    found = []
    for lib in (tl, torch):
        leaf = lib.tensor(x, requires_grad=True)
        mantissa, exponent = lib.frexp(leaf)
        mantissa.sum().backward()
        found.append((mantissa, exponent, leaf.grad))
        assert repr(leaf.detach().frexp()).startswith("torch.return_types.frexp(\nmantissa=tensor([")
    for a, b in zip(*found, strict=True):
        np.testing.assert_array_equal(a.detach().numpy(), b.detach().numpy(), strict=True)
    with pytest.raises(RuntimeError, match="frexp"):
        tl.arange(3).frexp()
