"""Random expressions of up to 30 operations: values, dtypes and derivatives as in PyTorch."""

import numpy as np
import pytest
from expressions import Machine, weighted_sum
from hypothesis import given, settings
from programs import QUIET, floats, programs

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)


def close(a, b, what, tolerance, scale):
    assert tuple(a.shape) == tuple(b.shape), what
    assert str(a.dtype) == str(b.dtype).removeprefix("torch."), what
    a, b = a.detach().numpy(), b.detach().numpy()
    if b.dtype.kind == "f":
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * scale, err_msg=str(what))
    else:
        np.testing.assert_array_equal(a, b, err_msg=str(what))


def magnitude(tensors):
    arrays = [x.detach().numpy() for x in tensors if x is not None]
    return max([1.0, *(float(np.max(np.abs(x[np.isfinite(x)]), initial=0)) for x in arrays)])


def same_as_torch(program, twice=False, mixed=False):
    ours, theirs = (Machine(lib, program, mixed=mixed).run() for lib in (tl, torch))
    tolerance = 5e-4 if any(x.dtype == torch.float32 for x in theirs.values) else 1e-9
    for k, (a, b) in enumerate(zip(ours.values, theirs.values, strict=True)):
        close(a, b, (k, ours.trace), tolerance, 8)
        assert a.requires_grad or not b.requires_grad, (k, ours.trace)
    first = []
    for lib, m in ((tl, ours), (torch, theirs)):
        first.append(lib.autograd.grad(weighted_sum(m), floats(m), create_graph=twice, allow_unused=True))
    compare(first[0], first[1], ours, tolerance)
    if twice:
        second = []
        for lib, m, found in ((tl, ours, first[0]), (torch, theirs, first[1])):
            total = sum((g.double() * g.double()).sum() for g in found if g is not None and g.requires_grad)
            second.append(second_derivatives(lib, total, floats(m)) if isinstance(total, lib.Tensor) else None)
        if second[1] is not None:
            compare(second[0], second[1], ours, tolerance * 10, nan=True)


def second_derivatives(lib, total, leaves):
    """None where PyTorch has none of an operation's derivative."""
    try:
        return lib.autograd.grad(total, leaves, allow_unused=True)
    except (RuntimeError, NotImplementedError) as error:
        if lib is tl or "not implemented" not in str(error):
            raise
        return None


def compare(found, expected, ours, tolerance, nan=False):
    """With `nan` PyTorch may have nan where there is a derivative: its second one of 0**x has."""
    scale = magnitude(expected)
    for a, b in zip(found, expected, strict=True):
        if b is None or a is None:  # a derivative that is 0 everywhere may be left out
            assert magnitude([x for x in (a, b) if x is not None and bool((x != 0).any())]) == 1.0, ours.trace
        else:
            b = torch.where(torch.isnan(b), torch.tensor(a.detach().numpy()), b) if nan else b
            close(a, b, ours.trace, tolerance, scale)


@settings(max_examples=120, **QUIET)
@given(programs(("float64", "float64", "float64", "int64", "bool")))
def test_float64_as_in_pytorch(program):
    same_as_torch(program)


@settings(max_examples=100, **QUIET)
@given(programs(("float64", "float64", "int64"), most=4))
def test_second_derivatives_as_in_pytorch(program):
    same_as_torch(program, twice=True)


@settings(max_examples=120, **QUIET)
@given(programs(("float32", "float64", "float32", "uint8", "int64", "bool"), most=15))
def test_mixed_dtypes_as_in_pytorch(program):
    same_as_torch(program, mixed=True)
