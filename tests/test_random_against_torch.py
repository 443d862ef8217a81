"""Random tensors against PyTorch: every function and method, in every layout, after the same seed."""

import numpy as np
import pytest

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)

LAYOUTS = {
    "whole": lambda x: x,
    "turned": lambda x: x.permute(2, 0, 1),
    "swapped": lambda x: x.transpose(0, 1),
    "steps": lambda x: x[:, ::2],
    "swapped steps": lambda x: x.transpose(0, 2)[::2],
    "expanded": lambda x: x[:1].transpose(1, 2).expand(3, 5, 6),
    "one": lambda x: x[0, 0, 0],
    "none": lambda x: x[:0],
}

# A function of (lib, x, generator), and how many units in the last place may differ; x lies in (0, 1).
CALLS = {
    "rand_like": (lambda lib, x, g: lib.rand_like(x), 0),
    "rand_like double": (lambda lib, x, g: lib.rand_like(x, dtype=lib.float64), 0),
    "randn_like": (lambda lib, x, g: lib.randn_like(x), 2),
    "randint_like": (lambda lib, x, g: lib.randint_like(x, 9), 0),
    "randint_like 2": (lambda lib, x, g: lib.randint_like(x, low=-3, high=9, dtype=lib.int64), 0),
    "bernoulli": (lambda lib, x, g: lib.bernoulli(x, generator=g), 0),
    "bernoulli p": (lambda lib, x, g: lib.bernoulli(x, 0.3), 0),
    "method bernoulli": (lambda lib, x, g: x.bernoulli(), 0),
    "method bernoulli p": (lambda lib, x, g: x.bernoulli(0.3, generator=g), 0),
    "poisson": (lambda lib, x, g: lib.poisson(x * 20, generator=g), 0),
    "binomial": (lambda lib, x, g: lib.binomial((x * 50).floor(), x, generator=g), 0),
    "normal mean": (lambda lib, x, g: lib.normal(x, 2.0), 8),
    "normal std": (lambda lib, x, g: lib.normal(2.0, x, generator=g), 8),
    "normal both": (lambda lib, x, g: lib.normal(mean=x, std=x), 8),
    "multinomial": (lambda lib, x, g: lib.multinomial(x.reshape(1, -1)[:, :6] + 0.1, 1), 0),
    "multinomial many": (lambda lib, x, g: (x.reshape(1, -1).expand(3, -1) + 0.1).multinomial(2, True), 0),
    "normal_": (lambda lib, x, g: x.clone().normal_(1.0, 0.5), 8),
    "uniform_": (lambda lib, x, g: x.clone().uniform_(-1, 2), 0),
    "exponential_": (lambda lib, x, g: x.clone().exponential_(0.5), 2),
    "geometric_": (lambda lib, x, g: x.clone().geometric_(0.2, generator=g), 0),
    "log_normal_": (lambda lib, x, g: x.clone().log_normal_(0.5, 0.25), 4),
    "cauchy_": (lambda lib, x, g: x.clone().cauchy_(0.5, 2.0), 4),
    "bernoulli_": (lambda lib, x, g: x.clone().bernoulli_(0.25), 0),
    "bernoulli_ p": (lambda lib, x, g: x.clone().bernoulli_(x), 0),
    "random_": (lambda lib, x, g: x.clone().random_(3, 12), 0),
    "dropout": (lambda lib, x, g: lib.nn.functional.dropout(x, 0.4), 1),
    "alpha_dropout": (lambda lib, x, g: lib.nn.functional.alpha_dropout(x, 0.4, training=True), 8),
    "gumbel_softmax": (lambda lib, x, g: lib.nn.functional.gumbel_softmax(x, tau=0.7) if x.ndim else x, 32),
    "gumbel_softmax hard": (lambda lib, x, g: lib.nn.functional.gumbel_softmax(x, hard=True) if x.ndim else x, 32),
    "rrelu": (lambda lib, x, g: lib.nn.functional.rrelu(x - 0.5, training=True), 1),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", CALLS)
def test_numbers(name, layout, dtype):
    call, ulps = CALLS[name]
    array = np.random.default_rng(0).random((4, 6, 5)).astype(dtype)
    found = []
    for lib in (tl, torch):
        lib.manual_seed(8)
        g = lib.Generator().manual_seed(9)
        x = LAYOUTS[layout](lib.tensor(array))
        if name.startswith("multinomial") and not x.numel():
            x = LAYOUTS["whole"](lib.tensor(array))
        y = call(lib, x, g)
        found.append((y, lib.rand(3).tolist(), lib.rand(3, generator=g).tolist()))
    (a, *ours), (b, *theirs) = found
    assert ours == theirs  # as many draws
    assert str(a.dtype) == str(b.dtype).removeprefix("torch.")
    assert tuple(a.shape) == tuple(b.shape)
    a, b = a.numpy(), b.numpy()
    if ulps:
        limit = ulps * np.finfo(b.dtype).eps
        np.testing.assert_allclose(a, b, rtol=limit, atol=limit)
    else:
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_dropout_of_channels(channels):
    x = np.random.default_rng(0).random((3, 4, *range(2, 2 + channels))).astype(np.float32)
    for given in (x, x[0]) if channels != 2 else (x,):
        found = []
        for lib in (tl, torch):
            lib.manual_seed(4)
            F = lib.nn.functional
            dropped = getattr(F, f"dropout{channels}d")(lib.tensor(given), 0.4)
            found.append([dropped.numpy(), F.feature_alpha_dropout(lib.tensor(x), 0.4, training=True).numpy()])
        for a, b in zip(*found, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6)


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, p: lib.bernoulli(p),
        lambda lib, p: lib.poisson(p),
        lambda lib, p: lib.normal(p, 1.0),
        lambda lib, p: lib.normal(0.0, p),
        lambda lib, p: lib.normal(p, p),
        lambda lib, p: (p * 1).bernoulli_(0.5),
        lambda lib, p: (p * 1).exponential_(),
    ],
)
def test_fresh_numbers_have_the_slope_0(call):
    for lib in (tl, torch):
        p = lib.tensor([0.3, 0.4], requires_grad=True)
        y = call(lib, p)
        assert y.requires_grad
        y.sum().backward()
        assert p.grad.tolist() == [0, 0]


def test_seeds():
    for seed in (0, -1, -(2**63), 2**64 - 1, 1.7, "12", True):
        assert tl.manual_seed(seed).initial_seed() == torch.manual_seed(seed).initial_seed()
        assert tl.rand(2).tolist() == torch.rand(2).tolist()
    for seed in (2**64, -(2**63) - 1, "x", None):
        with pytest.raises(Exception) as theirs:  # noqa: PT011
            torch.manual_seed(seed)
        with pytest.raises(theirs.type):
            tl.manual_seed(seed)


def test_states_go_both_ways():
    tl.manual_seed(5)
    tl.randn(3)
    torch.set_rng_state(torch.tensor(tl.get_rng_state().numpy()))
    assert torch.randn(5).tolist() == tl.randn(5).tolist()
    torch.randint(9, (700,))
    tl.set_rng_state(tl.tensor(torch.get_rng_state().numpy()))
    assert torch.rand(5).tolist() == tl.rand(5).tolist()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda lib: lib.set_rng_state([1]),
        lambda lib: lib.set_rng_state(lib.zeros(5056)),
        lambda lib: lib.set_rng_state(lib.zeros(3, dtype=lib.uint8)),
        lambda lib: lib.Generator("cuda"),
        lambda lib: lib.normal(1.0, 2.0),
        lambda lib: lib.normal(lib.ones(2), -lib.ones(2)),
        lambda lib: lib.normal(lib.arange(3), 1.0),
        lambda lib: lib.bernoulli(lib.tensor([1, 0])),
        lambda lib: lib.bernoulli(lib.tensor([1.5])),
        lambda lib: lib.poisson(lib.tensor([-1.0])),
        lambda lib: lib.binomial(lib.tensor([2.0]), lib.tensor([0.5], dtype=lib.float64)),
        lambda lib: lib.binomial(lib.tensor([2]), lib.tensor([0.5])),
        lambda lib: lib.ones(2).bernoulli_(lib.ones(3)),
        lambda lib: lib.ones(2).bernoulli_(lib.ones(3, 2)),
        lambda lib: lib.binomial(lib.tensor([2.0, 1.0]), lib.tensor([0.5, 0.5, 0.5])),
        lambda lib: lib.randint(3, (2,), requires_grad=True),
        lambda lib: lib.randint(3),
        lambda lib: lib.randint(3, 3, (2,)),
        lambda lib: lib.randperm(-1),
        lambda lib: lib.multinomial(lib.tensor([1.0, 2.0]), 3),
        lambda lib: lib.ones(2).geometric_(0.0),
        lambda lib: lib.ones(2, dtype=lib.bool).geometric_(0.5),
        lambda lib: lib.nn.functional.dropout(lib.ones(2), 1.5),
    ],
)
def test_errors_are_of_pytorchs_kind(wrong):
    with pytest.raises(Exception) as theirs:  # noqa: PT011
        wrong(torch)
    with pytest.raises(theirs.type):
        wrong(tl)
