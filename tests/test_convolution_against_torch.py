"""Convolution against PyTorch: a generated grid in value and derivatives of two orders, and a whole network."""

import warnings

import numpy as np
import pytest
from test_convolution import generated

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)


def close(a, b, tolerance=1e-10):
    np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=tolerance, atol=tolerance)


def twice(lib, call, arrays, seeds):
    """The value of a call, its derivatives, and those of the first derivatives, weighted with the seeds."""
    inputs = [lib.tensor(a, requires_grad=True) for a in arrays]
    y = call(lib, *inputs)
    first = lib.autograd.grad((y * lib.tensor(seeds[0])).sum(), inputs, create_graph=True)
    total = sum((d * lib.tensor(s)).sum() for d, s in zip(first, seeds[1:], strict=True))
    second = lib.autograd.grad(total, inputs, allow_unused=True)
    return y, first, second


def same_twice(call, arrays):
    with torch.no_grad():
        shape = tuple(call(torch, *map(torch.tensor, arrays)).shape)
    random = np.random.default_rng(0)
    seeds = [random.standard_normal(s) for s in (shape, *(a.shape for a in arrays))]
    (y, first, second), (z, first_t, second_t) = (twice(lib, call, arrays, seeds) for lib in (tl, torch))
    close(y, z)
    for a, b in zip((*first, *second), (*first_t, *second_t), strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            close(a, b)


@pytest.mark.parametrize("seed", range(8))
def test_generated(seed):
    for x, w, stride, padding, dilation, groups in generated(6, 100 + seed):
        name, bias = f"conv{x.ndim - 2}d", np.linspace(-1, 1, len(w))

        def call(lib, x, w, b, name=name, given=(stride, padding, dilation, groups)):
            return getattr(lib.nn.functional, name)(x, w, b, *given)

        same_twice(call, [x, w, bias])


@pytest.mark.parametrize("seed", range(8))
def test_generated_transposed(seed):
    random = np.random.default_rng(seed)
    for x, w, stride, padding, dilation, groups in generated(6, 200 + seed):
        n = x.ndim - 2
        w = random.standard_normal((x.shape[1], w.shape[1], *w.shape[2:]))
        sizes = zip(x.shape[2:], stride, padding, dilation, w.shape[2:], strict=True)
        if any((m - 1) * s - 2 * p + d * (k - 1) + 1 < 1 for m, s, p, d, k in sizes):
            continue
        extra = tuple(int(random.integers(max(s, d))) for s, d in zip(stride, dilation, strict=True))

        def call(lib, x, w, b, name=f"conv_transpose{n}d", given=(stride, padding, extra, groups, dilation)):
            return getattr(lib.nn.functional, name)(x, w, b, *given)

        same_twice(call, [x, w, np.linspace(-1, 1, w.shape[1] * groups)])


@pytest.mark.parametrize("kernel", [(2, 3), (4, 1), (3, 2)])
def test_same_padding_of_even_kernels(kernel):
    """The odd one out goes to the right."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch warns that it copies
        random = np.random.default_rng(0)
        arrays = [random.standard_normal((2, 2, 5, 4)), random.standard_normal((3, 2, *kernel))]
        same_twice(lambda lib, x, w: lib.nn.functional.conv2d(x, w, padding="same"), arrays)
        same_twice(lambda lib, x, w: lib.nn.functional.conv2d(x, w, padding="same", dilation=(3, 1)), arrays)


def test_transposed_to_a_size():
    ours, theirs = (lib.nn.ConvTranspose2d(1, 1, 3, stride=2) for lib in (tl, torch))
    theirs.load_state_dict({name: torch.tensor(value.numpy()) for name, value in ours.state_dict().items()})
    x = np.random.default_rng(0).standard_normal((2, 1, 4, 4)).astype(np.float32)
    for size in ((9, 10), (2, 1, 10, 9)):
        close(ours(tl.tensor(x), output_size=size), theirs(torch.tensor(x), output_size=size), 2e-6)


def test_a_network_trains_alike():
    found = []
    for lib in (tl, torch):
        lib.manual_seed(0)
        nn = lib.nn
        model = nn.Sequential(
            nn.Conv2d(1, 4, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(4, 8, 3, padding=1), nn.ReLU(inplace=True), nn.AvgPool2d(2),
            nn.Flatten(), nn.Linear(32, 3),
        )  # fmt: skip
        optimizer = lib.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        x = lib.randn(16, 1, 12, 12)
        labels = (x[:, 0, :6].sum((1, 2)) > 0).long()
        losses = []
        for _ in range(12):
            loss = nn.functional.cross_entropy(model(x), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        found.append(losses)
    np.testing.assert_allclose(found[0], found[1], rtol=1e-3)
    assert found[0][-1] < 0.9 * found[0][0]
