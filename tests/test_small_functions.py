"""Special and small functions at their odd points, the alpha of sums, views of bits, and what is refused."""

import subprocess
import sys

import numpy as np
import pytest

import tinygrad_lite as tl

nan, inf = float("nan"), float("inf")


class TestSpecialValues:
    """Known numbers: poles, limits, and digits from tables."""

    def test_gamma(self):
        x = tl.tensor([0.0, -1.0, 1.0, 2.0, 5.0, inf, -inf, 1e308], dtype=tl.float64)
        np.testing.assert_allclose(tl.lgamma(x).numpy(), [inf, inf, 0, 0, np.log(24), inf, inf, inf], atol=1e-15)
        euler = 0.57721566490153286061
        x = tl.tensor([1.0, 0.5, 0.0, -0.0, -3.0, inf, -0.5], dtype=tl.float64)
        expected = [-euler, -euler - 2 * np.log(2), -inf, inf, nan, inf, 2 - euler - 2 * np.log(2)]
        np.testing.assert_allclose(tl.digamma(x).numpy(), expected, rtol=1e-14, atol=1e-15)
        x = tl.tensor([1.0, 0.5, 0.0], dtype=tl.float64)
        np.testing.assert_allclose(tl.polygamma(1, x).numpy(), [np.pi**2 / 6, np.pi**2 / 2, inf], rtol=1e-15)
        np.testing.assert_allclose(tl.polygamma(2, x).numpy()[0], -2 * 1.2020569031595942854, rtol=1e-15)
        np.testing.assert_allclose(tl.polygamma(3, x).numpy()[0], np.pi**4 / 15, rtol=1e-15)
        assert tl.equal(tl.polygamma(0, x), tl.digamma(x))
        with pytest.raises(RuntimeError, match="negative n"):
            tl.polygamma(-1, x)
        with pytest.raises(RuntimeError, match="greater"):
            tl.mvlgamma(x, 0)

    def test_the_normal_distribution(self):
        p = tl.tensor([0.0, 1e-300, 1e-20, 0.02, 0.5, 0.975, 1.0, 1.5, -0.1], dtype=tl.float64)
        x = tl.special.ndtri(p)
        expected = [-inf, -37.0471, -9.26234, -2.05375, 0, 1.95996, inf, nan, nan]
        np.testing.assert_allclose(x.numpy(), expected, rtol=1e-5)
        np.testing.assert_allclose(tl.special.ndtr(x).numpy()[:7], p.numpy()[:7], rtol=1e-12)
        far = tl.special.log_ndtr(tl.tensor([-1e3, 1e3, -inf, inf], dtype=tl.float64)).numpy()
        np.testing.assert_allclose(far, [-500007.826694812, 0, -inf, 0], rtol=1e-14)
        x = tl.tensor([-30.0, 0.0, 26.9, 27.1, 1e3, 1e300, inf, nan], dtype=tl.float64)
        y = tl.special.erfcx(x).numpy()
        np.testing.assert_allclose(
            y[[0, 1, 4, 5, 6]], [inf, 1, 5.6418930145338e-4, 5.64189583547756e-301, 0], rtol=1e-12
        )
        assert np.isnan(y[7])
        np.testing.assert_allclose(y[2:4] * np.array([26.9, 27.1]), 0.56380, rtol=1e-4)  # where two series meet

    def test_bessel(self):
        x = tl.tensor([0.0, 1.0, 7.999999, 8.000001, 700.0, -1.0], dtype=tl.float64)
        i0, i1 = tl.special.i0(x).numpy(), tl.special.i1(x).numpy()
        np.testing.assert_allclose(i0[[0, 1]], [1, 1.2660658777520083356], rtol=1e-15)
        np.testing.assert_allclose(i1[[0, 1, 5]], [0, 0.5651591039924850273, -0.5651591039924850273], rtol=1e-15)
        np.testing.assert_allclose(i0, np.i0(x.numpy()), rtol=1e-14)
        np.testing.assert_allclose(tl.special.i0e(x).numpy(), i0 * np.exp(-np.abs(x.numpy())), rtol=1e-14)

    def test_derivatives_at_zero(self):
        for function, first, second in (
            (tl.special.i1, 0.5, 0.0),
            (tl.sinc, 0.0, -(np.pi**2) / 3),
            (tl.special.i0, 0.0, 0.5),
        ):
            x = tl.tensor(0.0, dtype=tl.float64, requires_grad=True)
            (dx,) = tl.autograd.grad(function(x), x, create_graph=True)
            assert dx.item() == pytest.approx(first)
            if function is not tl.special.i1:
                assert tl.autograd.grad(dx, x)[0].item() == pytest.approx(second)

    def test_entropy_and_logit(self):
        assert tl.special.entr(tl.tensor([0.0, -1.0, 1.0])).tolist() == [0, -inf, 0]
        assert tl.special.xlog1py(tl.tensor([0.0, 0.0]), tl.tensor([-1.0, -2.0])).tolist() == [0, 0]
        assert tl.logit(tl.tensor([0.0, 1.0])).tolist() == [-inf, inf]
        assert tl.logit(tl.tensor([2.0])).isnan().all()
        assert tl.logit(tl.tensor([1, 0]), eps=0.5).tolist() == [0, 0]


class TestAlpha:
    def test_kinds(self):
        n, b = tl.tensor([1, 2]), tl.tensor([True, False])
        assert tl.add(n, n, alpha=2).tolist() == [3, 6]
        assert n.sub(1, alpha=2).tolist() == [-1, 0]
        assert tl.add(n, tl.tensor([1.0, 2.0]), alpha=0.5).tolist() == [1.5, 3.0]
        assert tl.add(b, b, alpha=True).tolist() == [True, False]
        with pytest.raises(RuntimeError, match="integral"):
            tl.add(n, n, alpha=1.5)
        with pytest.raises(RuntimeError, match="Boolean"):
            n.add_(n, alpha=True)
        assert n.tolist() == [1, 2]

    def test_bools_are_not_subtracted(self):
        b = tl.tensor([True, False])
        for call in (lambda: b - b, lambda: tl.sub(b, b), lambda: tl.rsub(b, b), lambda: -b, lambda: tl.positive(b)):
            with pytest.raises(RuntimeError):
                call()


class TestOut:
    """out= is refused, with the function's name and what to do instead."""

    def test_operations(self):
        x = tl.ones(2)
        for name, call in (
            ("exp", lambda: tl.exp(x, out=x)),
            ("add", lambda: tl.add(x, x, out=x)),
            ("mul", lambda: tl.mul(x, x, out=x)),
            ("sum", lambda: tl.sum(x, 0, out=x)),
            ("cat", lambda: tl.cat([x, x], out=x)),
            ("eq", lambda: tl.eq(x, x, out=x)),
            ("clamp", lambda: tl.clamp(x, 0, 1, out=x)),
        ):
            with pytest.raises(TypeError, match=f"{name}: .*'out': assign the result instead"):
                call()
        assert x.tolist() == [1.0, 1.0]

    def test_compositions(self):
        x = tl.ones(2)
        out = {"out": x}
        for function in (tl.msort, tl.diff, tl.quantile, tl.trapezoid):
            with pytest.raises(TypeError, match=f"{function.__name__}.*'out'"):
                function(x, **out)

    def test_none_is_no_out(self):
        x = tl.ones(2)
        assert tl.exp(x, out=None).shape == tl.cumsum(x, 0, out=None).shape == (2,)


class TestViewOfBits:
    def test_sizes(self):
        x = tl.tensor([[1.0, 2.0], [3.0, 4.0]])
        assert x.view(tl.int32).tolist()[0] == [1065353216, 1073741824]
        assert x.view(tl.float64).shape == (2, 1)
        assert x.view(dtype=tl.int16).shape == (2, 4)
        assert x.view(tl.float32).tolist() == x.tolist()
        assert x.view(-1).shape == (4,)

    def test_memory_is_shared(self):
        x = tl.zeros(2)
        x.view(tl.int32).fill_(1065353216)
        assert x.tolist() == [1.0, 1.0]

    def test_refusals(self):
        for call in (
            lambda: tl.tensor(1.0).view(tl.float64),
            lambda: tl.zeros(3).view(tl.float64),
            lambda: tl.zeros(2, 2).t().view(tl.float64),
        ):
            with pytest.raises(RuntimeError, match="view"):
                call()

    def test_no_derivative(self):
        assert not tl.zeros(2, requires_grad=True).view(tl.int32).requires_grad


def test_dtype_float_is_float64():
    assert tl.zeros(2, dtype=float).dtype == tl.float64
    assert tl.ones(2).sum(dtype=tl.int32).dtype == tl.int32
    assert tl.ones(2, dtype=tl.uint8).prod(dtype=tl.uint8).dtype == tl.uint8


def test_no_warnings_of_infinities():
    """As in PyTorch, log 0 and 0/0 are silent; NumPy's own warnings elsewhere are not touched."""
    code = """
import warnings
warnings.simplefilter("error")
import numpy as np
import tinygrad_lite as tl
x = tl.tensor([0.0, 1e30], requires_grad=True)
y = tl.log(x) + 1 / x + (x * 1e30) + x / x + x.sqrt()
y.sum().backward()
tl.zeros(0).mean(), tl.tensor([1.0, float("inf")]).var(), tl.exp(x), x - float("inf") * x
try:
    np.log(np.zeros(1))
except RuntimeWarning:
    print("NumPy still warns")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("NumPy still warns", "")
