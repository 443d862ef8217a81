"""Pooling, padding and resampling against PyTorch: generated grids with ties, nan and infinities."""

import numpy as np
import pytest

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)


def both(call, x, tolerance=1e-10):
    """Value, indices and derivative of a call, here and there."""
    found = []
    for lib in (tl, torch):
        t = lib.tensor(x, requires_grad=True)
        outputs = call(lib, t)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        weights = np.random.default_rng(1).standard_normal(tuple(outputs[0].shape)).astype(x.dtype)
        (d,) = lib.autograd.grad(outputs[0], t, lib.tensor(weights))
        found.append([*(y.detach().numpy() for y in outputs), d.numpy()])
    for a, b in zip(*found, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


def drawn(random, sizes):
    """Few different numbers, so that many are equal; in some samples nan or −∞."""
    x = np.round(random.standard_normal((2, 3, *sizes)) * 1.5)
    kind = random.integers(4)
    if kind:
        x[random.random(x.shape) < (0, 0, 0.1, 0.8)[kind]] = (0, 0, np.nan, -np.inf)[kind]
    return x


@pytest.mark.parametrize("n", [1, 2, 3])
def test_generated_max_pools(n):
    random = np.random.default_rng(n)
    count = 0
    while count < 30:
        kernel, stride, dilation = (tuple(int(i) for i in random.integers(1, 4, n)) for _ in range(3))
        padding = tuple(int(random.integers(k // 2 + 1)) for k in kernel)
        sizes, ceil = tuple(int(i) for i in random.integers(4, 9, n)), bool(random.integers(2))
        given = (kernel, stride, padding, dilation, ceil, True)
        x = drawn(random, sizes)
        try:
            getattr(torch.nn.functional, f"max_pool{n}d")(torch.tensor(x), *given)
        except RuntimeError:
            with pytest.raises(RuntimeError):
                getattr(tl.nn.functional, f"max_pool{n}d")(tl.tensor(x), *given)
            continue
        both(lambda lib, t, given=given: getattr(lib.nn.functional, f"max_pool{n}d")(t, *given), x)
        count += 1


@pytest.mark.parametrize("n", [1, 2, 3])
def test_generated_means_and_adaptive_pools(n):
    random = np.random.default_rng(10 + n)
    for _ in range(20):
        kernel, stride = (tuple(int(i) for i in random.integers(1, 4, n)) for _ in range(2))
        padding = tuple(int(random.integers(k // 2 + 1)) for k in kernel)
        sizes = tuple(int(i) for i in random.integers(4, 9, n))
        given = (kernel, stride, padding, bool(random.integers(2)), bool(random.integers(2)))
        x = random.standard_normal((2, 3, *sizes))
        both(lambda lib, t, given=given: getattr(lib.nn.functional, f"avg_pool{n}d")(t, *given), x)
        wanted = tuple(int(i) for i in random.integers(1, 9, n))
        both(lambda lib, t, wanted=wanted: getattr(lib.nn.functional, f"adaptive_avg_pool{n}d")(t, wanted), x)
        y = drawn(random, sizes)
        both(lambda lib, t, wanted=wanted: getattr(lib.nn.functional, f"adaptive_max_pool{n}d")(t, wanted, True), y)


@pytest.mark.parametrize(
    "mode", ["nearest", "nearest-exact", "linear", "area", "bicubic", "antialias", "cubic-aa", "lanczos"]
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_generated_interpolations(mode, dtype):
    random = np.random.default_rng(len(mode))
    names = {"antialias": "bilinear", "cubic-aa": "bicubic"}
    smooth = mode in ("antialias", "cubic-aa", "lanczos")
    for _ in range(12):
        n = 2 if smooth or mode == "bicubic" else int(random.integers(1, 4))
        name = ("linear", "bilinear", "trilinear")[n - 1] if mode == "linear" else names.get(mode, mode)
        x = random.standard_normal((1, 2, *random.integers(2, 9, n))).astype(dtype)
        given = {"mode": name, "antialias": smooth}
        if random.integers(2):
            least = 2 if smooth else 1  # PyTorch's antialiased images of width 1 are not the product of two filters
            given["size"] = tuple(int(i) for i in random.integers(least, 14, n))
        else:
            # With a scale that keeps or doubles a size only after rounding, PyTorch's derivatives are those of another
            # function than its values: such scales are left out.
            low, high = (1.5, 2.9) if smooth else (2.6, 2.9) if mode == "nearest" and n != 2 else (0.6, 2.9)
            given["scale_factor"] = tuple(round(float(s), 2) for s in random.uniform(low, high, n))
            given["recompute_scale_factor"] = [None, True, False][random.integers(3)]
        if name.endswith("linear") or name == "bicubic":
            given["align_corners"] = bool(random.integers(2))
        tolerance = 1e-10 if dtype is np.float64 else 1e-5
        both(lambda lib, t, given=given: lib.nn.functional.interpolate(t, **given), x, tolerance)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_unpooling(n):
    x = np.random.default_rng(n).standard_normal((2, 2, *(7, 6, 5)[:n]))

    def call(lib, t):
        pool = getattr(lib.nn, f"MaxPool{n}d")(2, return_indices=True)
        unpool = getattr(lib.nn, f"MaxUnpool{n}d")(2)
        assert repr(unpool) == repr(getattr(torch.nn, f"MaxUnpool{n}d")(2))
        y, places = pool(t)
        return unpool(y * y, places, output_size=t.shape)

    both(call, x)


def test_top_level_names():
    x = np.random.default_rng(0).standard_normal((2, 4, 8))
    both(lambda lib, t: lib.adaptive_max_pool1d(t, 3), x)
    both(lambda lib, t: lib.nn.functional.max_pool1d_with_indices(t, 2), x)
    both(lambda lib, t: lib.nn.functional.adaptive_max_pool2d_with_indices(t, 2), x)
    both(lambda lib, t: lib.max_pool1d(t, 2), x)
    both(lambda lib, t: lib.avg_pool1d(t, 3, 2, 1), x)
