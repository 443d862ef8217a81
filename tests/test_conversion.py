"""Tensors in other dtypes, as Python numbers and back, copied and pickled."""

import copy
import math
import pickle

import numpy as np
import pytest
from both import agree, outcome
from conversion_calls import CONVERSION, NEW, PYTHON, QUESTIONS

import tinygrad_lite as tl

# Where the outcome differs from PyTorch's on purpose.
DIFFERENT = {
    "a Python type is taken for a dtype": ["tensor([1.0]).type(int)"],
    "the error of a missing GPU is one for all its forms": [
        'tensor([1.0]).to("cuda")',
        'tensor([1.7]).type("torch.cuda.FloatTensor")',
    ],
    "no complex numbers": ["zeros(2, dtype=complex64)"],
}
ON_PURPOSE = {expression for expressions in DIFFERENT.values() for expression in expressions}


@pytest.mark.parametrize("expression", [*CONVERSION, *NEW, *QUESTIONS, *PYTHON])
def test_as_pytorch(expression):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    ours, theirs = outcome(tl, expression), outcome(torch, expression)
    assert agree(ours, theirs) is (expression not in ON_PURPOSE), (ours, theirs)


def test_differences_are_among_the_calls():
    assert {*CONVERSION, *NEW, *QUESTIONS} >= ON_PURPOSE


class TestTo:
    def test_nothing_to_do_is_the_tensor_itself(self):
        x = tl.ones(2, requires_grad=True)
        for y in (x.to(tl.float32), x.to("cpu"), x.to(x), x.to(device="cpu"), x.float(), x.cpu(), x.type(tl.float32)):
            assert y is x
        for y in (x.to(tl.float32, copy=True), x.to("cpu", tl.float32, False, True)):
            assert y is not x
            assert y.grad_fn is not None

    def test_derivatives_pass(self):
        x = tl.ones(2, requires_grad=True)
        x.double().half().float().sum().backward()
        assert x.grad is not None
        assert x.grad.dtype == tl.float32
        assert not x.long().requires_grad
        assert not x.bool().requires_grad

    def test_what_is_no_integer(self):
        assert tl.tensor([float("nan"), float("inf")]).long().dtype == tl.int64
        assert tl.tensor([1e10]).int().dtype == tl.int32
        assert tl.tensor([1e300], dtype=tl.float64).float().item() == float("inf")

    def test_errors(self):
        x = tl.ones(2)
        with pytest.raises(TypeError, match="dtyp"):
            x.to(dtyp=tl.int32)
        with pytest.raises(ValueError, match=r"torch\.FloatTensor"):
            x.type("torch.FooTensor")
        with pytest.raises(AssertionError, match=r"cuda\.is_available"):
            x.cuda()
        with pytest.raises(TypeError, match="bfloat16"):
            x.to(tl.bfloat16)

    def test_names(self):
        for kind in ("Float", "Double", "Half", "Long", "Int", "Short", "Char", "Byte", "Bool"):
            made = tl.ones(2).type(f"torch.{kind}Tensor")
            assert made.type() == f"torch.{kind}Tensor"
            assert made.dtype == getattr(tl, f"{kind}Tensor").dtype


class TestPythonNumbers:
    def test_a_lost_gradient_is_said(self):
        x = tl.ones(2, requires_grad=True)
        for call in (float, int, complex, math.sqrt):
            with pytest.warns(UserWarning, match=r"requires_grad=True.*detach"):
                assert call(x[0]) == 1
        assert x[0].item() == 1
        assert f"{x[0]:.1f}" == "1.0"

    def test_round_and_divmod(self):
        """PyTorch has neither; what Python makes of them is what they mean."""
        x = tl.tensor([2.567, -1.5])
        assert tl.equal(round(x), tl.tensor([3.0, -2.0]))
        assert tl.allclose(round(x, 2), tl.tensor([2.57, -1.5]))
        quotient, rest = divmod(tl.tensor([7.0, -7.0]), 2)
        assert (quotient.tolist(), rest.tolist()) == ([3, -4], [1, 1])
        assert [t.item() for t in divmod(7, tl.tensor(2))] == [3, 1]
        assert math.floor(tl.tensor(2.5)) == 2
        assert math.trunc(tl.tensor(2.5).item()) == 2

    def test_unpacking(self):
        a, (b, c) = tl.tensor([[1, 2], [3, 4]])
        assert a.tolist() == [1, 2]
        assert (b.item(), c.item()) == (3, 4)
        assert [x.item() for x in reversed(tl.tensor([1, 2]))] == [2, 1]


class TestCopies:
    @pytest.mark.parametrize("twin", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))], ids=["copy", "pickle"])
    def test_leaves(self, twin):
        for original in (tl.ones(2), tl.ones(2, requires_grad=True), tl.nn.Parameter(tl.ones(2))):
            if original.requires_grad:
                (original * 3).sum().backward()
            found = twin(original)
            assert type(found) is type(original)
            assert found.requires_grad is original.requires_grad
            assert tl.equal(found, original)
            assert not np.shares_memory(found.array, original.array)
            if original.grad is not None:
                assert tl.equal(found.grad, original.grad)
                assert not np.shares_memory(found.grad.array, original.grad.array)
                (found * 2).sum().backward()
                assert found.grad.tolist() == [5, 5]
                assert original.grad.tolist() == [3, 3]

    @pytest.mark.parametrize("twin", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))], ids=["copy", "pickle"])
    def test_what_is_shared_stays_shared(self, twin):
        x = tl.nn.Parameter(tl.ones(2))
        first, second, third = twin([x, x, x.detach()])
        assert first is second
        assert np.shares_memory(first.array, third.array)
        assert not np.shares_memory(first.array, x.array)

    def test_a_computed_tensor(self):
        y = tl.ones(2, requires_grad=True) * 2
        with pytest.raises(RuntimeError, match="deepcopy protocol"):
            copy.deepcopy(y)
        found = pickle.loads(pickle.dumps(y))  # PyTorch's pickles forget the history too
        assert found.is_leaf
        assert found.requires_grad
        assert found.tolist() == [2, 2]

    def test_shallow_copy_shares_memory(self):
        x = tl.ones(2, requires_grad=True)
        y = copy.copy(x)
        assert y is not x
        assert y.array is x.array
        assert y.requires_grad

    def test_layouts_and_devices(self):
        x = tl.ones(2)
        assert x.layout is tl.strided
        assert repr(x.layout) == "torch.strided"
        assert x.is_cpu
        assert not any([x.is_cuda, x.is_sparse, x.is_quantized, x.is_meta])
