"""Pooling, padding and resampling beyond the table: ties, nan, infinities, memory, and what is refused."""

import itertools

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite.kernels import pooling as kernels

F = tl.nn.functional


def test_the_first_of_equals_gets_the_derivative():
    x = tl.tensor([[[1.0, 3.0, 0.0], [3.0, 3.0, 0.0]]], requires_grad=True)
    F.max_pool2d(x, 2, stride=1).sum().backward()
    assert x.grad.tolist() == [[[0.0, 2.0, 0.0], [0.0, 0.0, 0.0]]]


def test_nan_wins():
    x = tl.tensor([[[1.0, float("nan"), 5.0, 6.0]]])
    y, places = F.max_pool1d(x, 2, return_indices=True)
    assert np.isnan(y.numpy()[0, 0, 0])
    assert places.tolist() == [[[1, 3]]]
    assert y[0, 0, 1] == 6


def test_where_all_is_minus_infinity_the_place_is_inside():
    x = tl.full((1, 1, 4, 4), float("-inf"))
    y, places = F.max_pool2d(x, 3, 2, 1, return_indices=True)
    assert (y == float("-inf")).all()
    assert places.tolist() == [[[[0, 1], [4, 5]]]]


@pytest.mark.parametrize("block", [1, 40, 1 << 18])
def test_blocks_make_no_difference(block, monkeypatch):
    random = np.random.default_rng(0)
    x = tl.tensor(random.integers(0, 4, (3, 4, 5, 6)).astype(np.float32))
    whole = F.max_pool2d(x, 3, 2, 1, return_indices=True)
    monkeypatch.setattr(kernels, "BLOCK", block)
    kernels.first_addresses.cache_clear()
    parts = F.max_pool2d(x, 3, 2, 1, return_indices=True)
    for a, b in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_large_kernels():
    """More places than a small int can count."""
    random = np.random.default_rng(0)
    x = tl.tensor(random.standard_normal((2, 2, 20, 17)), requires_grad=True)
    y, places = F.max_pool2d(x, (16, 15), 2, return_indices=True)
    np.testing.assert_array_equal(x.detach().flatten(2).gather(2, places.flatten(2)).numpy(), y.detach().flatten(2))
    y.sum().backward()
    assert x.grad.sum() == y.numel()


def test_a_write_into_the_result_is_allowed():
    """The pullback of a maximum does not need its value: relu may write over it."""
    x = tl.tensor([[[-1.0, -2.0, 3.0, 4.0]]], requires_grad=True)
    y = F.max_pool1d(x, 2)
    y.relu_()
    y.sum().backward()
    assert x.grad.tolist() == [[[0.0, 0.0, 0.0, 1.0]]]


def test_a_write_into_the_input_changes_no_derivative():
    """What the pullback keeps of the input are the places of the largest, not the input itself."""
    x = tl.tensor([[[3.0, 1.0, 4.0, 1.0]]], requires_grad=True)
    z = x * 2
    y = F.max_pool1d(z, 2)
    z.neg_()
    y.sum().backward()
    assert x.grad.tolist() == [[[2.0, 0.0, 2.0, 0.0]]]


def test_infinities_stay_where_they_are():
    """A weight of 0 is not a product with ∞: uneven means and padding leave their neighbours alone."""
    x = tl.tensor([[[1.0, 2.0, float("inf"), 4.0, 5.0]]])
    assert F.adaptive_avg_pool1d(x, 3).tolist() == [[[1.5, float("inf"), 4.5]]]
    assert F.pad(x, (1, 1), mode="reflect").tolist() == [[[2.0, 1.0, 2.0, float("inf"), 4.0, 5.0, 4.0]]]


def test_results_are_their_own():
    """A pooling by single elements copies."""
    x = tl.ones(1, 2, 2)
    for y in (F.max_pool2d(x, 1), F.avg_pool2d(x, 1), F.pad(x, (0, 0)), F.pad(x, (0, 0, 0, 0), mode="reflect")):
        assert not np.shares_memory(x.numpy(), y.numpy())
        assert y.is_contiguous()


def test_fold_counts_how_often_unfold_saw_a_pixel():
    ones = tl.ones(1, 1, 3, 3)
    assert F.fold(F.unfold(ones, 2), (3, 3), 2)[0, 0].tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]


def test_enlarging_by_the_nearest_repeats():
    x = tl.arange(6.0).reshape(1, 1, 2, 3)
    np.testing.assert_array_equal(F.interpolate(x, scale_factor=2).numpy(), x.numpy().repeat(2, 2).repeat(2, 3))


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_interpolation_keeps_what_is_constant(mode):
    x = tl.full((1, 2, 4, 5), 3.0)
    for given in ({"scale_factor": 1.7}, {"size": (3, 9), "align_corners": True}, {"size": (2, 2), "antialias": True}):
        y = F.interpolate(x, mode=mode, **given)
        np.testing.assert_allclose(y.numpy(), 3.0, rtol=1e-6)


def test_deprecated_names_warn():
    x = tl.ones(1, 1, 2, 2)
    for call in (F.upsample, F.upsample_nearest, F.upsample_bilinear):
        with pytest.warns(UserWarning, match="deprecated"):
            assert call(x, scale_factor=2).shape == (1, 1, 4, 4)


X = tl.ones(1, 2, 5, 5)
REFUSED = [
    (RuntimeError, lambda: F.max_pool2d(X, 2, padding=2)),
    (RuntimeError, lambda: F.max_pool2d(X, 0)),
    (RuntimeError, lambda: F.max_pool2d(X, 2, 0)),
    (RuntimeError, lambda: F.max_pool2d(X, 7)),
    (RuntimeError, lambda: F.max_pool2d(X[0, 0], 2)),
    (RuntimeError, lambda: F.max_pool2d(X, 2, dilation=0)),
    (RuntimeError, lambda: F.max_pool2d(X, 2, padding=-1)),
    (RuntimeError, lambda: F.max_pool2d(X, (2, 2, 2))),
    (RuntimeError, lambda: F.max_pool2d(X[:, :0], 2)),
    (NotImplementedError, lambda: F.max_pool2d(X.bool(), 2)),
    (TypeError, lambda: F.max_pool2d([[1.0]], 2)),
    (TypeError, lambda: F.max_pool2d(X, 1.5)),
    (RuntimeError, lambda: F.max_pool1d(X, 2)),
    (RuntimeError, lambda: F.avg_pool2d(X, 2, padding=2)),
    (RuntimeError, lambda: F.avg_pool2d(X, 2, divisor_override=0)),
    (RuntimeError, lambda: F.avg_pool2d(X, 7)),
    (NotImplementedError, lambda: F.avg_pool2d(X.int(), 2)),
    (RuntimeError, lambda: F.adaptive_avg_pool2d(X[0, 0], 2)),
    (RuntimeError, lambda: F.adaptive_avg_pool2d(X, -1)),
    (RuntimeError, lambda: F.adaptive_avg_pool2d(X, (1, 2, 3))),
    (RuntimeError, lambda: F.adaptive_max_pool2d(X[:, :, :0], 2)),
    (NotImplementedError, lambda: F.adaptive_avg_pool2d(X.long(), 2)),
    (RuntimeError, lambda: F.max_unpool2d(X, tl.zeros(1, 2, 5, 5), 2)),
    (RuntimeError, lambda: F.max_unpool2d(X, tl.zeros(1, 2, 5, 4).long(), 2)),
    (RuntimeError, lambda: F.max_unpool2d(X, tl.full((1, 2, 5, 5), 1000), 2)),
    (ValueError, lambda: F.max_unpool2d(X, tl.zeros(1, 2, 5, 5).long(), 2, output_size=(50, 50))),
    (RuntimeError, lambda: F.pad(X, (1,))),
    (RuntimeError, lambda: F.pad(X, (1,) * 10)),
    (RuntimeError, lambda: F.pad(X, (-3, -3))),
    (RuntimeError, lambda: F.pad(X, (5, 5, 0, 0), "reflect")),
    (RuntimeError, lambda: F.pad(X, (6, 5, 0, 0), "circular")),
    (NotImplementedError, lambda: F.pad(X, (1, 1), "mirror")),
    (NotImplementedError, lambda: F.pad(X, (1, 1), "reflect")),
    (NotImplementedError, lambda: F.pad(X[0, 0, 0], (1, 1), "replicate")),
    (RuntimeError, lambda: F.pad(X, (1, 1, 1, 1), "reflect", 1.0)),
    (RuntimeError, lambda: F.unfold(X, 9)),
    (RuntimeError, lambda: F.unfold(X, 0)),
    (RuntimeError, lambda: F.fold(tl.ones(1, 8, 5), (3, 3), 2)),
    (RuntimeError, lambda: F.fold(tl.ones(1, 7, 4), (3, 3), 2)),
    (RuntimeError, lambda: F.pixel_shuffle(X, 2)),
    (RuntimeError, lambda: F.pixel_shuffle(X[0, 0], 2)),
    (RuntimeError, lambda: F.pixel_shuffle(X, -1)),
    (RuntimeError, lambda: F.pixel_unshuffle(X, 2)),
    (RuntimeError, lambda: F.channel_shuffle(X, 3)),
    (ValueError, lambda: F.interpolate(X)),
    (ValueError, lambda: F.interpolate(X, 3, 2.0)),
    (ValueError, lambda: F.interpolate(X, (3, 3, 3))),
    (TypeError, lambda: F.interpolate(X, (3.5, 3))),
    (ValueError, lambda: F.interpolate(X, scale_factor=(2, 2, 2))),
    (ValueError, lambda: F.interpolate(X, 3, align_corners=True)),
    (ValueError, lambda: F.interpolate(X, 3, recompute_scale_factor=True)),
    (ValueError, lambda: F.interpolate(X, 3, antialias=True)),
    (NotImplementedError, lambda: F.interpolate(X, 3, mode="trilinear")),
    (NotImplementedError, lambda: F.interpolate(X[0], 3, mode="bilinear")),
    (NotImplementedError, lambda: F.interpolate(X, 3, mode="quintic")),
    (NotImplementedError, lambda: F.interpolate(X.long(), 3)),
    (RuntimeError, lambda: F.interpolate(X, 0)),
    (ValueError, lambda: tl.nn.CircularPad1d(1)(X)),
]


@pytest.mark.parametrize(("kind", "call"), REFUSED, ids=itertools.count())
def test_refused(kind, call):
    with pytest.raises(kind):
        call()
