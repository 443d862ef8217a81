"""The random numbers are PyTorch's: against values observed in PyTorch 2.13, and, where it is installed, against it."""

import hashlib
import random as python_random
from types import SimpleNamespace

import numpy as np
import pytest

from tinygrad_lite.kernels import mt19937, sampling as R
from tinygrad_lite.kernels.mt19937 import Generator
from tinygrad_lite.kernels.sampling_cephes import cos_sin, log_scaled

SEEDS = (0, 1, 42, 1234, 2**31 + 5)
SIZES = (1, 7, 15, 16, 17, 100, 1000)
WIDEST = (-(2**63), 2**63 - 1)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def assert_close(actual, expected, scale=0.0, ulps=2):
    """Equal but for the last bits; of `scale`, where a mean of that size was added."""
    expected = np.asarray(expected, actual.dtype)
    assert actual.shape == expected.shape
    if actual.dtype.kind != "f" or not ulps:
        np.testing.assert_array_equal(actual, expected)
        return
    unit = np.spacing(np.maximum(np.abs(expected), actual.dtype.type(scale)))
    worst = np.max(np.abs(actual.astype(float) - expected.astype(float)) / unit.astype(float), initial=0)
    assert worst <= ulps, f"{worst} units in the last place"


# One generator, these calls one after the other, each with what PyTorch 2.13 gave: values, and, as every call goes on
# where the one before it stopped, the number of draws.
OBSERVED = [
    (
        lambda g: R.rand(g, (4,)),
        [0.8822692632675171, 0.9150039553642273, 0.38286375999450684, 0.9593056440353394],
    ),
    (lambda g: R.rand(g, (3,), "f8"), [0.12358607277440903, 0.05258016436107704, 0.5261718968547618]),
    (
        lambda g: R.uniform(g, (4,), 1.1, 1.7),
        [1.6607588529586792, 1.4561477899551392, 1.6216427087783813, 1.440629243850708],
    ),
    (lambda g: R.randn(g, (3,)), [0.3765491247177124, -0.18080879747867584, 0.39302995800971985]),
    (lambda g: R.randn(g, (2,)), [0.4327020049095154, -1.36271071434021]),
    (
        lambda g: R.randn(g, (16,))[[0, 1, 7, 8, 9, 15]],
        [-0.49335635, 0.24148779, -0.87123615, 0.80340934, -0.6215954, 0.9956361],
    ),
    (
        lambda g: R.randn(g, (17,))[-4:],
        [-0.771777868270874, -0.1721901297569275, 0.5237884521484375, 0.056621819734573364],
    ),
    (lambda g: R.randn(g, (18,), "f8")[-3:], [0.17506709073406437, 0.589084604161791, -1.4506725249429713]),
    (lambda g: R.normal(g, (3,), 5, 2), [7.7128801345825195, 8.498613357543945, 6.4823808670043945]),
    (lambda g: R.randn(g, (17,), "f2")[-3:], [0.9814453125, -0.64013671875, -0.49072265625]),
    (lambda g: R.randint(g, 0, 10, (6,)), [2, 8, 2, 1, 0, 0]),
    (lambda g: R.randint(g, -(2**40), 2**40, (3,)), [-1079921091367, 1059873233662, 607711224678]),
    (lambda g: R.random(g, (2,)), [745868120267280776, 3886044415066854414]),
    (lambda g: R.randperm(g, 8), [1, 4, 7, 0, 6, 3, 2, 5]),
    (lambda g: R.bernoulli(g, (10,), 0.3), [0.0] * 10),
    (lambda g: R.bernoulli_like(g, np.linspace(0, 1, 8, dtype="f4")), [0, 0, 1, 0, 0, 1, 1, 1]),
    (lambda g: R.exponential(g, (3,), 2), [0.6957224607467651, 1.265515923500061, 0.0501752570271492]),
    (lambda g: R.geometric(g, (4,), 0.2), [1, 3, 3, 8]),
    (lambda g: R.cauchy(g, (3,)), [-0.8754611015319824, -0.37307456135749817, 1.48360276222229]),
    (lambda g: R.log_normal(g, (2,)), [1.922946572303772, 0.5307708382606506]),
    (lambda g: R.multinomial(g, np.array([0.1, 0.2, 0.3, 0.4], "f4"), 3), [2, 1, 3]),
    (lambda g: R.multinomial(g, np.array([0.1, 0.2, 0.3, 0.4], "f4"), 8, True), [3, 2, 2, 0, 3, 2, 3, 3]),
    (lambda g: R.poisson(g, np.array([0.5, 5, 50], "f4")), [0, 3, 47]),
    (lambda g: R.standard_gamma(g, np.array([0.5, 2], "f4")), [0.13432170450687408, 1.7838629484176636]),
    (lambda g: R.randint(g, 0, 2**31, (1,)), [776124029]),
]


def test_observed_values_one_call_after_the_other():
    g = Generator().manual_seed(42)
    for k, (call, expected) in enumerate(OBSERVED):
        actual = call(g)
        assert_close(actual, expected, scale=8.0 if k in (8,) else 0.0)


def test_observed_permutation():
    order = R.randperm(Generator().manual_seed(7), 1000)
    assert order[:6].tolist() == [615, 284, 599, 580, 347, 92]
    assert order[-3:].tolist() == [570, 477, 409]
    assert (order * np.arange(1000)).sum() == 251046965


@pytest.mark.parametrize(
    ("k", "radius", "cos", "sin"),
    [
        (1, 0.0003452669770922512, 1.0, 3.7450703871400037e-07),
        (4194304, 0.7585275769233704, -4.371138828673793e-08, 1.0),
        (4914304, 0.8325921893119812, -0.266389399766922, 0.9638655185699463),
        (8388608, 1.1774100065231323, -1.0, -8.742277657347586e-08),
        (12582912, 1.6651092767715454, 1.1924875309432537e-08, -1.0),
        (16777215, 5.7681074142456055, 1.0, -3.019916050561733e-07),
    ],
)
def test_observed_box_muller(k, radius, cos, sin):
    log = log_scaled(np.array([2**24 - k], np.float32), 24)
    assert np.sqrt(np.float32(-2) * log)[0] == np.float32(radius)
    angle = np.array([k], np.float32) * (np.float32(2 * np.pi) * np.float32(2.0**-24))
    assert [each[0] for each in cos_sin(angle)] == [np.float32(cos), np.float32(sin)]


def test_observed_states():
    g = Generator().manual_seed(3)
    R.rand(g, (700,))
    digest = hashlib.sha256(g.get_state().tobytes()).hexdigest()
    assert digest == "55266bdc5bb11905c246f9dcd7147d7859276b21abf5c08c2cbd13f257274374"
    digest = hashlib.sha256(Generator().manual_seed(-1).get_state().tobytes()).hexdigest()
    assert digest == "74c65bce05a4fcdd46c9ffe85389eae89aa055a11270fd03732d3dfc85f94796"


# Calls, ours and PyTorch's, of an x with a generator g, a size n, a dtype d, tensors e (empty), p and m of that size.
# A third entry says that the numbers pass through log, sin … and may differ in the last bits of a number of that size.
TABLE = [
    ("rand", lambda x: R.rand(x.g, (x.n,), x.d), lambda x: x.t.rand(x.n, dtype=x.d, generator=x.g)),
    ("rand 2-d", lambda x: R.rand(x.g, (2, x.n), x.d), lambda x: x.t.rand(2, x.n, dtype=x.d, generator=x.g)),
    ("rand half", lambda x: R.rand(x.g, (x.n,), "f2"), lambda x: x.t.rand(x.n, dtype=x.t.half, generator=x.g)),
    ("uniform", lambda x: R.uniform(x.g, (x.n,), 1.1, 1.7, x.d), lambda x: x.e.uniform_(1.1, 1.7, generator=x.g)),
    ("uniform ±", lambda x: R.uniform(x.g, (x.n,), -0.3, 0.3, x.d), lambda x: x.e.uniform_(-0.3, 0.3, generator=x.g)),
    (
        "uniform far",
        lambda x: R.uniform(x.g, (x.n,), 99.1, 99.7, x.d),
        lambda x: x.e.uniform_(99.1, 99.7, generator=x.g),
    ),
    ("randn", lambda x: R.randn(x.g, (x.n,), x.d), lambda x: x.t.randn(x.n, dtype=x.d, generator=x.g), 0),
    ("randn 0-d", lambda x: R.randn(x.g, (), x.d), lambda x: x.t.randn((), dtype=x.d, generator=x.g), 0),
    ("randn half", lambda x: R.randn(x.g, (x.n,), "f2"), lambda x: x.t.randn(x.n, dtype=x.t.half, generator=x.g), 1),
    ("normal", lambda x: R.normal(x.g, (x.n,), 0.3, 1.7, x.d), lambda x: x.e.normal_(0.3, 1.7, generator=x.g), 8),
    ("normal 0", lambda x: R.normal(x.g, (x.n,), 0, 0.02, x.d), lambda x: x.e.normal_(0, 0.02, generator=x.g), 0),
    ("strided", lambda x: R.normal(x.g, (x.n,), 1, 3, x.d, False), lambda x: x.strided.normal_(1, 3, generator=x.g), 8),
    ("normal mean", lambda x: R.normal_like(x.g, x.m, 0.5), lambda x: x.t.normal(x.m, 0.5, generator=x.g), 4),
    ("normal std", lambda x: R.normal_like(x.g, 0.5, x.p), lambda x: x.t.normal(0.5, x.p, generator=x.g), 4),
    ("normal 2", lambda x: R.normal_like(x.g, x.m, x.q), lambda x: x.t.normal(x.m, x.q, generator=x.g), 4),
    ("log_normal", lambda x: R.log_normal(x.g, (x.n,), 0, 1, x.d), lambda x: x.e.log_normal_(0, 1, generator=x.g), 0),
    ("exponential", lambda x: R.exponential(x.g, (x.n,), 1.7, x.d), lambda x: x.e.exponential_(1.7, generator=x.g), 0),
    ("cauchy", lambda x: R.cauchy(x.g, (x.n,), 0.3, 1.7, x.d), lambda x: x.e.cauchy_(0.3, 1.7, generator=x.g), 1),
    ("geometric", lambda x: R.geometric(x.g, (x.n,), 0.1, x.d), lambda x: x.e.geometric_(0.1, generator=x.g)),
    ("randint", lambda x: R.randint(x.g, 0, 10, (x.n,)), lambda x: x.t.randint(10, (x.n,), generator=x.g)),
    ("randint d", lambda x: R.randint(x.g, -7, 999, (x.n,), x.d), lambda x: x.e.random_(-7, 999, generator=x.g)),
    ("2²⁸ − 1", lambda x: R.randint(x.g, 1, 2**28, (x.n,)), lambda x: x.t.randint(1, 2**28, (x.n,), generator=x.g)),
    ("2²⁸", lambda x: R.randint(x.g, 0, 2**28, (x.n,)), lambda x: x.t.randint(2**28, (x.n,), generator=x.g)),
    ("2⁶⁴ − 1", lambda x: R.randint(x.g, *WIDEST, (x.n,)), lambda x: x.t.randint(*WIDEST, (x.n,), generator=x.g)),
    ("to the end", lambda x: R.randint(x.g, 3, None, (x.n,), x.d), lambda x: x.e.random_(3, None, generator=x.g)),
    ("random", lambda x: R.random(x.g, (x.n,)), lambda x: x.e.long().random_(generator=x.g)),
    ("random d", lambda x: R.random(x.g, (x.n,), x.d), lambda x: x.e.random_(generator=x.g)),
    ("random i4", lambda x: R.random(x.g, (x.n,), "i4"), lambda x: x.e.int().random_(generator=x.g)),
    ("randperm", lambda x: R.randperm(x.g, x.n), lambda x: x.t.randperm(x.n, generator=x.g)),
    ("bernoulli", lambda x: R.bernoulli(x.g, (x.n,), 0.3, x.d), lambda x: x.e.bernoulli_(0.3, generator=x.g)),
    ("bernoulli p", lambda x: R.bernoulli_like(x.g, x.p), lambda x: x.t.bernoulli(x.p, generator=x.g)),
    ("to int64", lambda x: R.bernoulli_like(x.g, x.p, (2, x.n), "i8"), lambda x: x.two.bernoulli_(x.p, generator=x.g)),
    ("dropout", lambda x: R.dropout_mask(x.g, x.p, 0.3), lambda x: x.e.bernoulli_(0.7, generator=x.g).div_(0.7)),
    ("multinomial", lambda x: R.multinomial(x.g, x.p, 1), lambda x: x.t.multinomial(x.p, 1, generator=x.g)),
    ("half of them", lambda x: R.multinomial(x.g, x.p, x.h), lambda x: x.t.multinomial(x.p, x.h, generator=x.g)),
    ("with", lambda x: R.multinomial(x.g, x.p, 20, True), lambda x: x.t.multinomial(x.p, 20, True, generator=x.g)),
    ("rows", lambda x: R.multinomial(x.g, x.rows, 2), lambda x: x.t.multinomial(x.rows, 2, generator=x.g)),
    (
        "rows with",
        lambda x: R.multinomial(x.g, x.rows, 5, True),
        lambda x: x.t.multinomial(x.rows, 5, True, generator=x.g),
    ),
    ("poisson", lambda x: R.poisson(x.g, 30 * x.p), lambda x: x.t.poisson(30 * x.p, generator=x.g)),
    ("gamma", lambda x: R.standard_gamma(x.g, 3 * x.p), lambda x: x.t._standard_gamma(3 * x.p, generator=x.g), 0),
    (
        "dirichlet",
        lambda x: R.dirichlet(x.g, 3 * x.rows),
        lambda x: x.t._sample_dirichlet(3 * x.rows, generator=x.g),
        0,
    ),
]


def arrays(n, dtype):
    random = np.random.default_rng(n)
    p, m, q, rows = random.random(n), random.normal(size=n), random.random((2, 1)), random.random((10, 3)).T
    return {"p": p.astype(dtype), "m": m.astype(dtype), "q": q.astype(dtype), "rows": rows.astype(dtype)}


def ours(generator, n, dtype):
    return SimpleNamespace(g=generator, n=n, d=dtype, h=(n + 1) // 2, **arrays(n, dtype))


def theirs(torch, generator, n, dtype):
    d = getattr(torch, dtype)
    empty = {"e": torch.empty(n, dtype=d), "strided": torch.empty(2 * n, dtype=d)[::2], "two": torch.empty(2, n).long()}
    tensors = {name: torch.from_numpy(each) for name, each in arrays(n, dtype).items()}
    return SimpleNamespace(t=torch, g=generator, n=n, d=d, h=(n + 1) // 2, **empty, **tensors)


def assert_same_place(generator, other):
    """Both have read the same stretch of the stream, and keep the same normal number."""
    state, expected = (each.view(mt19937.STATE)[0] for each in (generator.get_state(), other.get_state().numpy()))
    for name in ("seed", "left", "next", "words", "has_normal"):
        np.testing.assert_array_equal(state[name], expected[name])
    assert_close(state["normal"].reshape(1), expected["normal"].reshape(1))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_table(torch, row, dtype):
    _, our_call, their_call, *scale = row
    for seed in SEEDS:
        for n in SIZES:
            g, other = Generator().manual_seed(seed), torch.Generator().manual_seed(seed)
            expected = their_call(theirs(torch, other, n, dtype)).numpy()
            actual = our_call(ours(g, n, dtype))
            assert actual.dtype == expected.dtype
            assert_close(actual, expected, *scale, ulps=2 if scale else 0)
            assert_same_place(g, other)


@pytest.mark.parametrize("seed", range(10))
def test_mixed_calls_on_one_generator(torch, seed):
    g, other = Generator().manual_seed(seed), torch.Generator().manual_seed(seed)
    order = python_random.Random(seed)
    for _ in range(60):
        (_, our_call, their_call, *scale), n = order.choice(TABLE), order.choice(SIZES[:-1])
        dtype = order.choice(["float32", "float64"])
        expected = their_call(theirs(torch, other, n, dtype)).numpy()
        assert_close(our_call(ours(g, n, dtype)), expected, *scale, ulps=2 if scale else 0)
        assert_same_place(g, other)


@pytest.mark.parametrize("threads", [1, 2])
def test_many(torch, threads):
    """Large calls: blocks, tails, and float16; PyTorch's numbers do not depend on its threads."""
    g, other = Generator().manual_seed(5), torch.Generator().manual_seed(5)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        expected = [torch.rand(200_003, generator=other), torch.randn(100_003, generator=other)]
        expected += [torch.randn(200_003, generator=other), torch.randn(70_001, dtype=torch.half, generator=other)]
        expected += [torch.empty(100_000).bernoulli_(0.3, generator=other), torch.randperm(100_000, generator=other)]
    finally:
        torch.set_num_threads(before)
    assert_close(R.rand(g, (200_003,)), expected[0], ulps=0)
    assert_close(R.randn(g, (100_003,)), expected[1])
    assert_close(R.randn(g, (200_003,)), expected[2], scale=1e-6, ulps=3)  # above EXACT: three in two of 10,000
    assert_close(R.randn(g, (70_001,), "f2"), expected[3], ulps=1)
    assert_close(R.bernoulli(g, (100_000,), 0.3), expected[4], ulps=0)
    assert_close(R.randperm(g, 100_000), expected[5], ulps=0)
    assert_same_place(g, other)


def test_same_bits_on_a_processor_with_fused_multiply_add(torch):
    if torch.backends.cpu.get_cpu_capability() not in ("AVX2", "AVX512"):
        pytest.skip("PyTorch rounds its normal numbers differently on this processor")
    for seed in SEEDS:
        expected = torch.randn(100_000, generator=torch.Generator().manual_seed(seed)).numpy()
        assert_close(R.randn(Generator().manual_seed(seed), (100_000,)), expected, ulps=0)


def test_layouts(torch):
    """In place and `like` a transposed tensor, PyTorch draws in the order of memory."""
    shapes = [(0, 1, 2), (1, 0, 2), (2, 0, 1), (2, 1, 0)]
    for axes in shapes:
        x = torch.zeros(4, 5, 6).permute(axes)
        array = x.numpy().copy(order="K")
        x.normal_(generator=torch.Generator().manual_seed(1))
        view = R.memory_order(array)
        view[...] = R.normal(Generator().manual_seed(1), view.shape, contiguous=x.is_contiguous())
        assert_close(array, x.numpy())
        torch.manual_seed(2)
        dropped = torch.nn.functional.dropout(x, 0.3).numpy()
        assert_close(x.numpy() * R.dropout_mask(Generator().manual_seed(2), x.numpy(), 0.3), dropped)


def test_states_go_both_ways(torch):
    for seed, draws in [(0, 0), (-3, 1), (2**40 + 7, 623), (2**63, 624), (5, 625), (2**64 - 1, 1300)]:
        g, other = Generator().manual_seed(seed), torch.Generator().manual_seed(seed)
        assert g.initial_seed() == other.initial_seed()
        R.rand(g, (draws,))
        torch.rand(draws, generator=other)
        assert (g.get_state() == other.get_state().numpy()).all()
        R.randn(g, (3,))
        torch.randn(3, generator=other)
        here, there = Generator().set_state(other.get_state().numpy()), torch.Generator()
        there.set_state(torch.from_numpy(g.get_state()))
        assert_close(R.randn(here, (4,), "f8"), torch.randn(4, dtype=torch.float64, generator=there).numpy())
