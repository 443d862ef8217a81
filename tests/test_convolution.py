"""Convolution beyond the table: a generated grid against PyTorch, every kernel path, layers, and what is refused."""

import itertools

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite.kernels import convolution as kernels

F = tl.nn.functional


def by_hand(x, w, stride, padding, dilation, groups):
    """The sum that defines a convolution, term by term."""
    n, o, sizes = len(x), len(w), x.shape[2:]
    pads = [(0, 0), (0, 0), *[(p, p) for p in padding]]
    x = np.pad(x, pads)
    out = [
        (size + 2 * p - d * (k - 1) - 1) // s + 1
        for size, p, d, k, s in zip(sizes, padding, dilation, w.shape[2:], stride, strict=True)
    ]
    y = np.zeros((n, o, *out))
    cg, og = w.shape[1], o // groups
    for place in np.ndindex(*out):
        for k in np.ndindex(*w.shape[2:]):
            at = tuple(i * s + j * d for i, s, j, d in zip(place, stride, k, dilation, strict=True))
            for group in range(groups):
                seen = x[(slice(None), slice(group * cg, (group + 1) * cg), *at)]
                rows = slice(group * og, (group + 1) * og)
                y[(slice(None), rows, *place)] += seen @ w[(rows, slice(None), *k)].T
    return y


def generated(count, seed):
    """Convolutions with sizes, strides, paddings, dilations and groups drawn at random."""
    random = np.random.default_rng(seed)
    while count:
        n = int(random.integers(1, 4))
        groups = int(random.choice([1, 1, 2, 3]))
        channels, outputs = groups * int(random.integers(1, 4)), groups * int(random.integers(1, 3))
        kernel, stride, dilation, padding = (
            tuple(int(i) for i in random.integers(low, high, n)) for low, high in ((1, 4), (1, 4), (1, 3), (0, 3))
        )
        sizes = tuple(int(i) for i in random.integers(3, 7, n))
        spans = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
        if all(size + 2 * p >= span for size, p, span in zip(sizes, padding, spans, strict=True)):
            batch = int(random.choice([1, 2, 9]))
            x = random.standard_normal((batch, channels, *sizes))
            w = random.standard_normal((outputs, channels // groups, *kernel))
            yield x, w, stride, padding, dilation, groups
            count -= 1


@pytest.mark.parametrize("wide", [1, 64])  # by rows also where they are short, or all windows in one product
@pytest.mark.parametrize("cache", [64, 1 << 20])  # the batch cut into single images, or whole
def test_against_the_definition(wide, cache, monkeypatch):
    monkeypatch.setattr(kernels, "WIDE", wide)
    monkeypatch.setattr(kernels, "CACHE", cache)
    for x, w, stride, padding, dilation, groups in generated(12, wide + cache):
        conv = getattr(F, f"conv{x.ndim - 2}d")
        y = conv(tl.tensor(x), tl.tensor(w), None, stride, padding, dilation, groups)
        expected = by_hand(x, w, stride, padding, dilation, groups)
        np.testing.assert_allclose(y.numpy(), expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("wide", [1, 64])
@pytest.mark.parametrize("cache", [64, 1 << 20])
def test_the_transposes_are_transposes(wide, cache, monkeypatch):
    """⟨conv(x, w), g⟩ = ⟨x, convᵀ(g, w)⟩ = ⟨w, products(g, x)⟩, on every path of the kernels."""
    monkeypatch.setattr(kernels, "WIDE", wide)
    monkeypatch.setattr(kernels, "CACHE", cache)
    random = np.random.default_rng(wide + cache)
    for x, w, stride, padding, dilation, groups in generated(12, wide + cache + 7):
        a, b = (tl.tensor(z, requires_grad=True) for z in (x, w))
        y = getattr(F, f"conv{x.ndim - 2}d")(a, b, None, stride, padding, dilation, groups)
        g = random.standard_normal(tuple(y.shape))
        dx, dw = tl.autograd.grad(y, (a, b), tl.tensor(g))
        value = (y.detach().numpy() * g).sum()
        np.testing.assert_allclose((dx.numpy() * x).sum(), value, rtol=1e-9)
        np.testing.assert_allclose((dw.numpy() * w).sum(), value, rtol=1e-9)


def test_third_derivative():
    """A convolution of squares has derivatives of the third order in its input and weight together."""
    random = np.random.default_rng(0)
    x, w = (tl.tensor(random.standard_normal(shape), requires_grad=True) for shape in ((1, 1, 4), (1, 1, 2)))

    def second(x, w):
        (dx,) = tl.autograd.grad((F.conv1d(x * x, w * w) ** 2).sum(), x, create_graph=True)
        (dw,) = tl.autograd.grad((dx * dx).sum(), w, create_graph=True)
        return dw

    assert tl.autograd.gradcheck(second, (x, w))


def test_result_is_laid_out_as_usual():
    for n, x in ((3, tl.ones(3, 2, 5, 5)), (1, tl.ones(1, 2, 5, 5))):
        y = F.conv2d(x, tl.ones(4, 2, 3, 3), padding=1)
        assert y.is_contiguous()
        assert y.view(n, -1).shape == (n, 100)


def test_inputs_that_are_not_contiguous():
    random = np.random.default_rng(0)
    x, w = random.standard_normal((2, 5, 4, 3)), random.standard_normal((2, 3, 2, 2))
    plain = F.conv2d(tl.tensor(np.ascontiguousarray(x.transpose(0, 3, 1, 2))), tl.tensor(w))
    turned = F.conv2d(tl.tensor(x).permute(0, 3, 1, 2), tl.tensor(w))
    np.testing.assert_allclose(plain.numpy(), turned.numpy(), rtol=1e-12)
    wide = F.conv2d(tl.tensor(x[:1]).permute(0, 3, 1, 2).expand(4, -1, -1, -1), tl.tensor(w))
    np.testing.assert_allclose(wide.numpy(), plain.numpy()[:1].repeat(4, 0), rtol=1e-12)


def test_only_what_is_asked_for_is_recorded():
    x, w = tl.ones(1, 1, 3, 3), tl.ones(1, 1, 2, 2, requires_grad=True)
    node = F.conv2d(x, w).grad_fn
    assert node.name() == "ConvolutionBackward0"
    assert len(node.parents) == 1


REFUSED = [
    (RuntimeError, lambda: F.conv2d(tl.ones(3, 3), tl.ones(1, 1, 2, 2))),
    (RuntimeError, lambda: F.conv2d(tl.ones(1, 1, 3, 3), tl.ones(1, 2, 2))),
    (RuntimeError, lambda: F.conv2d(tl.ones(1, 2, 3, 3), tl.ones(1, 1, 2, 2))),
    (RuntimeError, lambda: F.conv2d(tl.ones(1, 1, 3, 3), tl.ones(2, 1, 2, 2), tl.ones(3))),
    (RuntimeError, lambda: F.conv2d(tl.ones(1, 1, 3, 3), tl.ones(1, 1, 4, 2))),
    (RuntimeError, lambda: F.conv2d(tl.ones(1, 1, 3, 3), tl.ones(1, 1, 2, 2), stride=0)),
    (RuntimeError, lambda: F.conv2d(tl.ones(1, 1, 3, 3), tl.ones(1, 1, 2, 2), padding=-1)),
    (RuntimeError, lambda: F.conv2d(tl.ones(1, 1, 3, 3), tl.ones(1, 1, 2, 2), dilation=0)),
    (RuntimeError, lambda: F.conv2d(tl.ones(1, 3, 3, 3), tl.ones(4, 1, 2, 2), groups=3)),
    (RuntimeError, lambda: F.conv2d(tl.ones(1, 1, 3, 3), tl.ones(1, 1, 2, 2), groups=0)),
    (RuntimeError, lambda: F.conv2d(tl.ones(1, 1, 3, 3), tl.ones(1, 1, 2, 2), stride=(1, 1, 1))),
    (TypeError, lambda: F.conv2d(tl.ones(1, 1, 3, 3), tl.ones(1, 1, 2, 2), stride=1.5)),
    (TypeError, lambda: F.conv2d([[1.0]], tl.ones(1, 1, 2, 2))),
    (RuntimeError, lambda: F.conv2d(tl.ones(1, 1, 3, 3), tl.ones(1, 1, 2, 2), padding="same", stride=2)),
    (RuntimeError, lambda: F.conv2d(tl.ones(1, 1, 3, 3), tl.ones(1, 1, 2, 2), padding="full")),
    (RuntimeError, lambda: F.conv2d(tl.ones(1, 1, 3, 3), tl.ones(1, 1, 2, 2).double())),
    (RuntimeError, lambda: F.conv2d(tl.ones(1, 1, 0, 3), tl.ones(1, 1, 2, 2), padding=2)),
    (RuntimeError, lambda: F.conv_transpose2d(tl.ones(1, 2, 3, 3), tl.ones(1, 2, 2, 2))),
    (RuntimeError, lambda: F.conv_transpose2d(tl.ones(1, 1, 3, 3), tl.ones(1, 1, 2, 2), output_padding=1)),
    (RuntimeError, lambda: F.conv_transpose2d(tl.ones(1, 1, 3, 3), tl.ones(1, 1, 2, 2), padding=9)),
    (ValueError, lambda: tl.nn.Conv2d(3, 4, 2, groups=2)),
    (ValueError, lambda: tl.nn.Conv2d(4, 3, 2, groups=2)),
    (ValueError, lambda: tl.nn.Conv2d(4, 4, 2, groups=0)),
    (ValueError, lambda: tl.nn.Conv2d(4, 4, 2, padding="full")),
    (ValueError, lambda: tl.nn.Conv2d(4, 4, 2, padding="same", stride=2)),
    (ValueError, lambda: tl.nn.Conv2d(4, 4, 2, padding_mode="mirror")),
    (ValueError, lambda: tl.nn.ConvTranspose2d(4, 4, 2, padding_mode="reflect")),
    (ValueError, lambda: tl.nn.ConvTranspose2d(1, 1, 3, stride=2)(tl.ones(1, 1, 3, 3), output_size=(9, 9))),
]


@pytest.mark.parametrize(("kind", "call"), REFUSED, ids=itertools.count())
def test_refused(kind, call):
    with pytest.raises(kind):
        call()


def test_messages_say_what_does_not_fit():
    with pytest.raises(RuntimeError, match=r"conv2d.*weight of size \[8, 3, 5, 5\].*3 channels, but got 1"):
        F.conv2d(tl.ones(1, 1, 9, 9), tl.ones(8, 3, 5, 5))
    with pytest.raises(RuntimeError, match=r"\(3 x 3\)\. Kernel size: \(5 x 5\)"):
        F.conv2d(tl.ones(1, 1, 3, 3), tl.ones(1, 1, 5, 5))
