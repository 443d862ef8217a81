"""Histograms, and the different elements of a tensor, against PyTorch."""

import numpy as np
import pytest

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")


def same(ours, theirs):
    ours, theirs = (r if isinstance(r, tuple) else (r,) for r in (ours, theirs))
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        assert str(a.dtype) == str(b.dtype).removeprefix("torch.")
        assert tuple(a.shape) == tuple(b.shape)
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "options",
    [
        {"bins": 5},
        {"bins": 7, "range": (-1.0, 0.5)},
        {"bins": 4, "density": True},
        {"bins": 1},
        {"bins": 3, "range": (2.0, 2.0)},
    ],
    ids=str,
)
@pytest.mark.parametrize("weighted", [False, True])
def test_histogram(random, dtype, options, weighted):
    x, w = random.standard_normal((40, 3)).astype(dtype), random.uniform(0, 1, (40, 3)).astype(dtype)
    found = []
    for lib in (tl, torch):
        weight = {"weight": lib.tensor(w)} if weighted else {}
        found.append(lib.histogram(lib.tensor(x), **options, **weight))
    same(*found)
    assert found[0]._fields == ("hist", "bin_edges")


def test_histogram_with_edges(random):
    x, edges = random.standard_normal(50).astype(np.float32), np.array([-1, -0.25, 0, 2], np.float32)
    for density in (False, True):
        same(*[lib.tensor(x).histogram(lib.tensor(edges), density=density) for lib in (tl, torch)])


def test_edges_belong_to_the_right_bins():
    x = np.array([0, 0.25, 0.5, 0.75, 1.0], np.float32)
    same(*[lib.histogram(lib.tensor(x), 4, range=(0.0, 1.0)) for lib in (tl, torch)])
    same(*[lib.histc(lib.tensor(x), 4, 0, 1) for lib in (tl, torch)])
    for bins in (3, 7, 10):
        x = np.linspace(-1, 2, bins + 1, dtype=np.float32)
        same(*[lib.histc(lib.tensor(x), bins, -1, 2) for lib in (tl, torch)])


UNIQUE = [{}, {"return_inverse": True}, {"return_counts": True}, {"return_inverse": True, "return_counts": True}]


@pytest.mark.parametrize("options", UNIQUE, ids=str)
@pytest.mark.parametrize("dim", [None, 0, 1, -1])
@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.uint8, np.bool_])
def test_unique(random, options, dim, dtype):
    for shape in ((6, 4), (5, 2, 3), (0, 3)):
        x = random.integers(0, 3, shape).astype(dtype)
        for name in ("unique", "unique_consecutive"):
            if 0 in shape and dim is not None:
                continue
            found = [getattr(lib, name)(lib.tensor(x), dim=dim, **options) for lib in (tl, torch)]
            same(*found)


def test_unique_of_numbers_and_vectors():
    for x in (np.array(3.0), np.array([2.0, 1.0, 2.0]), np.zeros(0)):
        for name in ("unique", "unique_consecutive"):
            same(*[getattr(lib.tensor(x), name)(return_inverse=True, return_counts=True) for lib in (tl, torch)])


def test_places_of_ties_of_few_elements(random):
    """PyTorch's places of equal elements are these as long as it sorts by insertion: up to 16 elements."""
    x = random.integers(0, 4, (20, 12)).astype(np.float32)
    for name in ("mode", "cummax", "cummin"):
        same(*[tuple(getattr(lib, name)(lib.tensor(x), 1)) for lib in (tl, torch)])
