"""Windows, small functions that older and newer scripts call, and names without an underscore."""

import doctest
import importlib

import numpy as np
import pytest

import tinygrad_lite as tl

NAMES = ("hann_window", "hamming_window", "blackman_window", "bartlett_window", "kaiser_window")


@pytest.mark.parametrize("module", ["windows", "ops.diagonal", "ops.pieces", "ops.reals", "ops.shape"])
def test_examples(module):
    assert doctest.testmod(importlib.import_module(f"tinygrad_lite.{module}")).failed == 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("length", [0, 1, 2, 3, 10, 33])
@pytest.mark.parametrize("periodic", [True, False])
def test_windows_as_the_reference(name, length, periodic):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    more = {"hamming_window": (0.6, 0.3), "kaiser_window": (7.0,)}.get(name, ())
    for args in ((), more):
        for dtype in ("float32", "float64"):
            ours = getattr(tl, name)(length, periodic, *args, dtype=getattr(tl, dtype))
            theirs = getattr(torch, name)(length, periodic, *args, dtype=getattr(torch, dtype))
            assert ours.shape == tuple(theirs.shape)
            assert str(ours.dtype) == dtype
            tolerance = 1e-6 if dtype == "float32" else 1e-12
            np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=tolerance)


def test_window_arguments():
    assert tl.hann_window(3, requires_grad=True, device="cpu", layout=tl.strided).requires_grad
    for name in NAMES:
        with pytest.raises(RuntimeError, match="non-negative"):
            getattr(tl, name)(-1)
        with pytest.raises(RuntimeError, match="floating point"):
            getattr(tl, name)(3, dtype=tl.int64)
        with pytest.raises(TypeError, match="unexpected"):
            getattr(tl, name)(3, colour="red")


SMALL = [
    "unravel_index(tensor([5, 2, 0]), (2, 3))",
    "unravel_index(tensor(7), (2, 3))",
    "unravel_index(tensor([[5]]), 6)",
    "unravel_index(tensor(1.0), (2, 3))",
    "diagflat(ones(2, 2), 1)",
    "diagflat(tensor(3.0), -1)",
    "ones(2, 3).sum_to_size(3)",
    "ones(2, 3).sum_to_size((2, 1))",
    "ones(2, 3).sum_to_size(1, 1)",
    "ones(2, 3).sum_to_size(2, 2)",
    "ones(3).sum_to_size(1, 3)",
    "split_with_sizes(arange(6), [2, 4])",
    "arange(6).split_with_sizes([2, 3])",
    "angle(tensor([1, -2]))",
    "angle(tensor([0.0, -1.0, float('nan')], dtype=float64))",
    "angle(tensor([True]))",
    "real(ones(2)), ones(2).real, conj(ones(2)), ones(2).resolve_conj(), ones(2).conj_physical()",
    "imag(ones(1))",
    "ones(1).imag",
    "isreal(tensor([1, 2]))",
    "sgn(tensor([1, -3])), tensor([-2.0]).sgn()",
    "ones(2, 3).ndimension(), ones(1).is_signed(), is_signed(tensor([1], dtype=uint8)), tensor(True).is_signed()",
    "relu_(tensor([-1.0, 2.0]))",
    "clamp_(arange(4.0), min=1, max=2)",
    "nn.init.constant(ones(2), 3.0)",
    "nn.init.eye(ones(2, 2))",
    "nn.utils.clip_grad_norm([ones(2, requires_grad=True)], 1.0)",
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("expression", SMALL)
def test_small_functions(expression):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    from both import agree, outcome

    assert agree(outcome(tl, expression), outcome(torch, expression))


def test_functions_write_in_place():
    x = tl.tensor([-1.0, 4.0])
    assert tl.abs_(x) is x
    assert tl.sqrt_(input=x) is x
    assert x.tolist() == [1.0, 2.0]


def test_older_names_warn():
    for name in ("xavier_uniform", "kaiming_normal", "orthogonal"):
        tl.manual_seed(0)
        expected = getattr(tl.nn.init, f"{name}_")(tl.empty(3, 2))
        tl.manual_seed(0)
        with pytest.warns(FutureWarning, match=f"in favor of nn.init.{name}_"):
            assert tl.equal(getattr(tl.nn.init, name)(tl.empty(3, 2)), expected)
    w = tl.ones(2, requires_grad=True)
    (3 * w).sum().backward()
    with pytest.warns(FutureWarning, match="clip_grad_norm_"):
        tl.nn.utils.clip_grad_norm([w], 1.0)
    np.testing.assert_allclose(w.grad.norm().item(), 1, rtol=1e-5)
