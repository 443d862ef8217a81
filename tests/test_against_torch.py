"""Every operation's value, dtype and derivatives against PyTorch, from the same table."""

import numpy as np
import pytest
from conftest import draw
from table import cases, label

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)

TOLERANCE = {np.float32: {"rtol": 3e-6, "atol": 1e-6}, np.float64: {"rtol": 1e-12, "atol": 1e-12}}


def outputs_of(lib, result):
    many = result if isinstance(result, (tuple, list)) else (result,)
    return [y for y in many if isinstance(y, lib.Tensor)]


def compare(ours, theirs, dtype):
    assert tuple(ours.shape) == tuple(theirs.shape)
    assert str(ours.dtype) == str(theirs.dtype).removeprefix("torch.")
    a, b = ours.detach().numpy(), theirs.detach().numpy()
    if a.dtype.kind == "f":
        scale = max(1.0, float(np.nanmax(np.abs(np.where(np.isfinite(b), b, 0)), initial=0)))
        tolerance = TOLERANCE[dtype]
        np.testing.assert_allclose(a, b, rtol=tolerance["rtol"], atol=tolerance["atol"] * scale)
    else:
        np.testing.assert_array_equal(a, b)


COMPARABLE = [case for case in cases() if case[0].torch is True]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", COMPARABLE, ids=label)
def test_value_and_derivative(case, dtype):
    row, shapes = case
    arrays = draw(row, shapes, dtype)
    found = []
    for lib in (tl, torch):
        inputs = [lib.tensor(x, requires_grad=row.differentiable) for x in arrays]
        outputs = outputs_of(lib, row.call(lib, *inputs))
        found.append((inputs, outputs))
    (ours, y), (theirs, z) = found
    assert len(y) == len(z)
    for a, b in zip(y, z, strict=True):
        compare(a, b, dtype)
    if not row.differentiable:
        return
    random = np.random.default_rng(1)
    pairs = [(a, b, random.standard_normal(tuple(a.shape)).astype(dtype)) for a, b in zip(y, z, strict=True)]
    pairs = [(a, b, g) for a, b, g in pairs if b.requires_grad]
    assert all(a.requires_grad for a, _, _ in pairs)
    d_ours = tl.autograd.grad([a for a, _, _ in pairs], ours, [tl.tensor(g) for *_, g in pairs], allow_unused=True)
    d_theirs = torch.autograd.grad(
        [b for _, b, _ in pairs], theirs, [torch.tensor(g) for *_, g in pairs], allow_unused=True
    )
    for a, b in zip(d_ours, d_theirs, strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            compare(a, b, dtype)


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8, np.bool_, np.float16])
@pytest.mark.parametrize("case", COMPARABLE, ids=label)
def test_other_dtypes(case, dtype):
    """On integers, bools and halves: PyTorch's dtype and value, or an error where PyTorch has one."""
    row, shapes = case
    low, high = row.domain
    random = np.random.default_rng(2)
    whole = [random.integers(max(int(low), 0), max(int(high), 1) + 1, shape) for shape in shapes]
    arrays = [x.astype(dtype) for x in whole]
    try:
        theirs = outputs_of(torch, row.call(torch, *[torch.tensor(x) for x in arrays]))
    except (RuntimeError, TypeError, NotImplementedError):
        return  # PyTorch refuses; what we then do is ours to choose
    ours = outputs_of(tl, row.call(tl, *[tl.tensor(x) for x in arrays]))
    for a, b in zip(ours, theirs, strict=True):
        assert tuple(a.shape) == tuple(b.shape)
        assert str(a.dtype) == str(b.dtype).removeprefix("torch.")
        tolerance = 2e-2 if dtype is np.float16 else 1e-5
        np.testing.assert_allclose(
            np.asarray(a.detach().numpy(), np.float64), b.double().numpy(), rtol=tolerance, atol=tolerance
        )
