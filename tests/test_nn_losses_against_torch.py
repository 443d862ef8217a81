"""Losses against PyTorch, beyond the table of nn: mixed dtypes, and many classes."""

from itertools import product

import numpy as np
import pytest

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)

MIXED = [("float32", "float64"), ("float64", "float32"), ("float32", "int64")]
MIXED = [*product(("mse_loss", "l1_loss", "smooth_l1_loss"), MIXED), *product(("cross_entropy",), MIXED[:2])]


@pytest.mark.parametrize(("name", "dtypes"), MIXED)
def test_mixed_dtypes(name, dtypes):
    random = np.random.default_rng(0)
    x, t = random.uniform(0, 1, (4, 3)).astype(dtypes[0]), random.uniform(0, 1, (4, 3)).astype(dtypes[1])
    found = []
    for lib in (tl, torch):
        leaf = lib.tensor(x, requires_grad=True)
        y = getattr(lib.nn.functional, name)(leaf, lib.tensor(t))
        y.backward()
        found.append((y.detach().numpy(), leaf.grad.numpy()))
    for a, b in zip(*found, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=1e-6)


@pytest.mark.parametrize("count", [0, 1, 63, 64, 500])
@pytest.mark.parametrize("target", ["indices", "uint8"])
def test_cross_entropy_of_many_classes(count, target):
    """Around the number of classes at which the kernel changes its layout."""
    random = np.random.default_rng(count)
    x = random.normal(size=(7, max(count, 1))).astype(np.float32) * 5
    t = random.integers(0, min(max(count, 1), 255), 7).astype("int64" if target == "indices" else "uint8")
    found = []
    for lib in (tl, torch):
        leaf = lib.tensor(x[:, : max(count, 1)], requires_grad=True)
        y = lib.nn.functional.cross_entropy(leaf.mT.mT if count % 2 else leaf, lib.tensor(t))
        y.backward()
        found.append((y.detach().numpy(), leaf.grad.numpy()))
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-6)
