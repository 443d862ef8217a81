"""The generator and what is exact about its distributions: states, copies, threads, errors, and no draw too many."""

import copy
import doctest
import importlib
import pickle
import threading
from fractions import Fraction

import numpy as np
import pytest

from tinygrad_lite.kernels import mt19937, sampling as R
from tinygrad_lite.kernels.mt19937 import Generator
from tinygrad_lite.kernels.sampling_fma import fma
from tinygrad_lite.kernels.sampling_integers import _walk, _walk_at_once

PARTS = ("ahead", "arrays", "binomial", "cephes", "choices", "continuous", "fma", "integers", "rejection")


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


# Calls that fail, ours and PyTorch's.
WRONG = [
    (lambda g: R.rand(g, (2, -1)), lambda t: t.rand(2, -1)),
    (lambda g: R.rand(g, (2,), "i8"), lambda t: t.rand(2, dtype=t.int64)),
    (lambda g: R.randn(g, (2,), "?"), lambda t: t.randn(2, dtype=t.bool)),
    (lambda g: R.uniform(g, (2,), 3, 1), lambda t: t.empty(2).uniform_(3, 1)),
    (lambda g: R.uniform(g, (2,), 0, 1e39), lambda t: t.empty(2).uniform_(0, 1e39)),
    (lambda g: R.uniform(g, (2,), -3e38, 3e38), lambda t: t.empty(2).uniform_(-3e38, 3e38)),
    (lambda g: R.uniform(g, (2,), 0, float("nan")), lambda t: t.empty(2).uniform_(0, float("nan"))),
    (lambda g: R.normal(g, (2,), 0, -1), lambda t: t.normal(0.0, -1.0, (2,))),
    (lambda g: R.normal_like(g, np.zeros(2), np.array([1.0, -1])), lambda t: t.normal(t.zeros(2), t.tensor([1.0, -1]))),
    (lambda g: R.normal_like(g, np.zeros(2), np.ones(3)), lambda t: t.normal(t.zeros(2), t.ones(3))),
    (lambda g: R.normal_like(g, np.zeros(2, int), 1.0), lambda t: t.normal(t.zeros(2).long(), 1.0)),
    (lambda g: R.log_normal(g, (2,), 0, 0), lambda t: t.empty(2).log_normal_(0, 0)),
    (lambda g: R.exponential(g, (2,), 0), lambda t: t.empty(2).exponential_(0)),
    (lambda g: R.exponential(g, (2,), 1, "i8"), lambda t: t.empty(2).long().exponential_()),
    (lambda g: R.cauchy(g, (2,), 0, -1), lambda t: t.empty(2).cauchy_(0, -1)),
    (lambda g: R.geometric(g, (2,), 1), lambda t: t.empty(2).geometric_(1)),
    (lambda g: R.geometric(g, (2,), 0.5, "?"), lambda t: t.empty(2).bool().geometric_(0.5)),
    (lambda g: R.randint(g, 5, 5, (2,)), lambda t: t.randint(5, 5, (2,))),
    (lambda g: R.randint(g, -1, 3, (2,), "u1"), lambda t: t.randint(-1, 3, (2,), dtype=t.uint8)),
    (lambda g: R.randint(g, 0, 129, (2,), "i1"), lambda t: t.randint(0, 129, (2,), dtype=t.int8)),
    (lambda g: R.randint(g, 0, 3, (2,), "?"), lambda t: t.randint(0, 3, (2,), dtype=t.bool)),
    (lambda g: R.randint(g, 0, 70000, (2,), "f2"), lambda t: t.randint(0, 70000, (2,), dtype=t.half)),
    (lambda g: R.randint(g, 0, 2**25, (2,), "f4"), lambda t: t.randint(0, 2**25, (2,), dtype=t.float32)),  # a warning
    (lambda g: R.randint(g, -(2**63), None, (2,), "f2"), lambda t: t.empty(2).half().random_(-(2**63), None)),
    (lambda g: R.random(g, (2,), "u2"), lambda t: t.empty(2, dtype=t.uint16).random_()),
    (lambda g: R.randperm(g, -1), lambda t: t.randperm(-1)),
    (lambda g: R.randperm(g, 257, "u1"), lambda t: t.randperm(257, dtype=t.uint8)),
    (lambda g: R.randperm(g, 2050, "f2"), lambda t: t.randperm(2050, dtype=t.half)),
    (lambda g: R.randperm(g, 5, "?"), lambda t: t.randperm(5, dtype=t.bool)),
    (lambda g: R.bernoulli(g, (2,), 1.5), lambda t: t.empty(2).bernoulli_(1.5)),
    (lambda g: R.bernoulli_like(g, np.array([0.5, np.nan])), lambda t: t.bernoulli(t.tensor([0.5, float("nan")]))),
    (lambda g: R.bernoulli_like(g, np.array([1, 0])), lambda t: t.bernoulli(t.tensor([1, 0]))),
    (lambda g: R.bernoulli_like(g, np.ones(2), (3,)), lambda t: t.empty(3).bernoulli_(t.ones(2))),
    (lambda g: R.dropout_mask(g, np.ones(2), 1.5), lambda t: t.dropout(t.ones(2), 1.5, True)),
    (lambda g: R.multinomial(g, np.ones(2), 3), lambda t: t.multinomial(t.ones(2), 3)),
    (lambda g: R.multinomial(g, np.ones(2), 0), lambda t: t.multinomial(t.ones(2), 0)),
    (lambda g: R.multinomial(g, np.zeros(2), 1), lambda t: t.multinomial(t.zeros(2), 1)),
    (lambda g: R.multinomial(g, np.ones(0), 1, True), lambda t: t.multinomial(t.ones(0), 1, True)),
    (lambda g: R.multinomial(g, np.array([1, np.inf]), 1), lambda t: t.multinomial(t.tensor([1, float("inf")]), 1)),
    (lambda g: R.multinomial(g, np.array([-1.0, 2]), 3, True), lambda t: t.multinomial(t.tensor([-1.0, 2]), 3, True)),
    (lambda g: R.multinomial(g, np.ones((2, 2, 2)), 1), lambda t: t.multinomial(t.ones(2, 2, 2), 1)),
    (lambda g: R.multinomial(g, np.array([1, 2]), 1), lambda t: t.multinomial(t.tensor([1, 2]), 1)),
    (lambda g: R.poisson(g, np.array([1.0, -1])), lambda t: t.poisson(t.tensor([1.0, -1]))),
    (lambda g: g.set_state([1]), lambda t: t.Generator().set_state([1])),
    (lambda g: g.set_state(np.zeros(5056)), lambda t: t.Generator().set_state(t.zeros(5056))),
    (lambda g: g.set_state(np.zeros(10, "u1")), lambda t: t.Generator().set_state(t.zeros(10).byte())),
    (lambda g: g.set_state(np.zeros(5056, "u1")), lambda t: t.Generator().set_state(t.zeros(5056).byte())),
    (lambda g: g.manual_seed("x"), lambda t: t.Generator().manual_seed("x")),
    (lambda g: g.manual_seed(True), lambda t: t.Generator().manual_seed(True)),
    (lambda g: g.manual_seed(1.5), lambda t: t.Generator().manual_seed(1.5)),
    (lambda g: g.manual_seed(2**64), lambda t: t.Generator().manual_seed(2**64)),
    (lambda g: Generator("cuda"), lambda t: t.Generator("cuda")),
]


@pytest.mark.parametrize("case", range(len(WRONG)))
def test_an_error_changes_nothing(case):
    g = Generator().manual_seed(1)
    R.randn(g, (3,))
    before = g.get_state()
    with pytest.raises((RuntimeError, TypeError, ValueError, UserWarning), match=r"\w \w"):
        WRONG[case][0](g)
    assert (g.get_state() == before).all()


@pytest.mark.parametrize("case", range(len(WRONG)))
def test_errors_are_of_the_kind_of_pytorchs(torch, case):
    try:
        expected = WRONG[case][1](torch)
    except Exception as error:
        expected = type(error)
    with pytest.raises(expected):
        WRONG[case][0](Generator())


def test_nothing_is_drawn_for_nothing():
    g = Generator().manual_seed(1)
    before = g.get_state()
    for draw in (R.rand, R.randn, R.random, R.exponential, R.log_normal, R.cauchy, R.bernoulli):
        assert draw(g, (0,)).shape == (0,)
        assert draw(g, (3, 0, 2)).shape == (3, 0, 2)
    assert R.randperm(g, 0).shape == (0,)
    assert R.randperm(g, 1).tolist() == [0]
    assert R.randint(g, 0, 5, (0,)).dtype == np.int64
    assert R.multinomial(g, np.ones((0, 3)), 2).shape == (0, 2)
    assert R.dropout_mask(g, np.ones(5), 1.0).tolist() == [0] * 5
    assert (g.get_state() == before).all()


def test_state_copies_and_forks():
    g = Generator().manual_seed(9)
    R.randn(g, (5,))  # keeps a normal number
    copies = [Generator().set_state(g.get_state()), g.clone_state(), copy.deepcopy(g), pickle.loads(pickle.dumps(g))]
    expected = R.randn(g, (5,)).tolist()
    for each in copies:
        assert each.device == "cpu"
        assert each.initial_seed() == 9
        assert R.randn(each, (5,)).tolist() == expected
    assert R.rand(Generator(), (2,)).tolist() == R.rand(Generator().manual_seed(67280421310721), (2,)).tolist()

    with mt19937.fork_rng():  # of the test run
        assert mt19937.manual_seed(4) is mt19937.default_generator
        R.randn(None, (3,))
        state = mt19937.get_rng_state()
        with mt19937.fork_rng():
            assert mt19937.seed() == mt19937.initial_seed() < 2**53
        with pytest.raises(RuntimeError), mt19937.fork_rng():
            R.multinomial(None, R.rand(None, (3,)), 4)
        assert (mt19937.get_rng_state() == state).all()
        with mt19937.fork_rng(enabled=False):
            inside = R.rand(None, (3,)).tolist()
        mt19937.set_rng_state(state)
        assert R.rand(None, (3,)).tolist() == inside
    with pytest.raises(RuntimeError, match="no devices"), mt19937.fork_rng(devices=[0]):
        pass


def test_two_threads_share_a_generator():
    """Each call gets an unbroken stretch of the stream, whichever thread it comes from."""
    n, calls, results = 1600, 50, []
    g = Generator().manual_seed(3)
    together = threading.Barrier(2)

    def work():
        together.wait()
        for _ in range(calls):
            results.append(tuple(R.randn(g, (n,), "f8").tolist()))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    alone = Generator().manual_seed(3)
    assert set(results) == {tuple(R.randn(alone, (n,), "f8").tolist()) for _ in range(2 * calls)}


def test_permutation_at_once_is_the_walk():
    random = np.random.default_rng(0)
    for n in (*range(1, 40), 500):
        for bits in (2, 32):  # few bits: many steps with one target
            draws = random.integers(0, 1 << bits, n - 1, dtype=np.uint32)
            assert _walk_at_once(draws, n).tolist() == _walk(draws.tolist(), n)


def test_fused_multiply_add_rounds_once():
    random = np.random.default_rng(0)
    tie = np.float32(1 + 2**-12)  # its square lies between two numbers of float32
    assert fma(np.array([tie]), float(tie), 2.0**-90)[0] > tie * tie
    for k in range(100):
        for x in (random.normal(size=20), random.random(20)):
            a, c = (random.normal(size=2) * 10.0 ** random.integers(-5, 5, 2)).tolist()
            if k % 2:
                c = -a * x[0]  # close to nothing remains
            assert fma(x, a, c).tolist() == [float(Fraction(each) * Fraction(a) + Fraction(c)) for each in x.tolist()]
            x, a, c = x.astype(np.float32), float(np.float32(a)), float(np.float32(c))
            for each, result in zip(x.tolist(), fma(x, a, c), strict=True):
                exact = Fraction(each) * Fraction(a) + Fraction(c)
                gap = Fraction(float(np.spacing(np.abs(result)))) / 2
                assert abs(Fraction(float(result)) - exact) <= gap


@pytest.mark.parametrize("name", ["mt19937", *(f"sampling_{part}" for part in PARTS)])
def test_examples(name):
    module = importlib.import_module(f"tinygrad_lite.kernels.{name}")
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
