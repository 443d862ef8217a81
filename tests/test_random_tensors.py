"""Random tensors: what can be said about them without PyTorch."""

import copy
import doctest
import pickle
import threading

import numpy as np
import pytest

import tinygrad_lite as tl


def test_the_state_is_a_tensor_of_bytes():
    g = tl.Generator().manual_seed(3)
    state = g.get_state()
    assert isinstance(state, tl.Tensor)
    assert (state.dtype, state.shape) == (tl.uint8, (5056,))
    first = tl.rand(3, generator=g)
    twins = [g.clone_state(), copy.deepcopy(g), pickle.loads(pickle.dumps(g)), tl.Generator().set_state(g.get_state())]
    expected = tl.rand(3, generator=g).tolist()
    for twin in twins:
        assert type(twin) is tl.Generator
        assert tl.rand(3, generator=twin).tolist() == expected
    assert tl.rand(3, generator=g.set_state(state)).tolist() == first.tolist()
    assert g.device == tl.device("cpu")
    assert g.initial_seed() == 3


def test_the_default_generator():
    assert tl.manual_seed(11) is tl.default_generator is tl.random.default_generator
    assert isinstance(tl.default_generator, tl.Generator)
    assert tl.initial_seed() == tl.random.initial_seed() == 11
    state = tl.get_rng_state()
    first = tl.randn(4).tolist()
    tl.set_rng_state(state)
    assert tl.randn(4).tolist() == first
    with tl.random.fork_rng():
        tl.manual_seed(5)
        tl.rand(10)
    second = tl.randn(4).tolist()
    tl.random.set_rng_state(state)
    assert tl.randn(8).tolist()[:4] == first
    tl.random.set_rng_state(state)
    tl.randn(4)
    assert tl.randn(4).tolist() == second
    assert tl.seed() == tl.initial_seed()


def test_threads_share_the_default_generator():
    """Whatever the order of the threads, all numbers together are those of one stream."""
    tl.manual_seed(2)
    found = []
    threads = [threading.Thread(target=lambda: found.append(tl.rand(64, dtype=tl.float64).tolist())) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    tl.manual_seed(2)
    assert sorted(found) == sorted(tl.rand(8, 64, dtype=tl.float64).tolist())


def test_fillings_are_writes():
    """They mark what was captured as stale, forget the history, and refuse leaves."""
    x = tl.ones(3, requires_grad=True)
    for name, args in [
        ("geometric_", (0.5,)),
        ("normal_", ()),
        ("cauchy_", ()),
        ("log_normal_", ()),
        ("random_", (5,)),
    ]:
        with pytest.raises(RuntimeError, match="leaf"):
            getattr(x, name)(*args)
        y = x * 2
        getattr(y, name)(*args)
        (slope,) = tl.autograd.grad(y.sum(), x)
        assert slope.tolist() == [0, 0, 0]
        y = (x * 2).exp()
        z = y * y
        getattr(y, name)(*args)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            z.sum().backward()


def test_a_bad_call_draws_nothing():
    tl.manual_seed(1)
    state = tl.get_rng_state()
    p = tl.tensor([0.5, 1.5])
    for wrong in (
        lambda: tl.bernoulli(p),
        lambda: tl.bernoulli(tl.tensor([1, 0])),
        lambda: tl.multinomial(-p, 1),
        lambda: tl.poisson(-p),
        lambda: tl.binomial(p, p.double()),
        lambda: tl.normal(p, -p),
        lambda: tl.normal(1.0, 1.0),
        lambda: tl.normal(p, 1.0, size=(2,)),
        lambda: tl.randint(5),
        lambda: tl.randint(5, 5, (2,)),
        lambda: tl.randint(5, (2,), requires_grad=True),
        lambda: tl.ones(2).geometric_(1.0),
        lambda: tl.rand(2, device="cuda"),
        lambda: tl.set_rng_state([1]),
        lambda: tl.set_rng_state(tl.zeros(5056)),
    ):
        with pytest.raises((RuntimeError, TypeError, ValueError, NotImplementedError)):
            wrong()
    # randint(requires_grad) may draw before it refuses; everything else leaves the stream alone
    tl.set_rng_state(state)
    assert tl.get_rng_state().equal(state)


@pytest.mark.parametrize("module", ["random", "ops.chance", "kernels.sampling_rejection", "kernels.sampling_binomial"])
def test_examples(module):
    from importlib import import_module

    outcome = doctest.testmod(import_module(f"tinygrad_lite.{module}"))
    assert outcome.failed == 0


def test_layouts_are_kept_by_the_like_functions():
    x = tl.zeros(3, 4, 5).permute(2, 0, 1)
    for draw in (tl.rand_like, tl.randn_like, lambda t: tl.randint_like(t, 5)):
        y = draw(x)
        assert y.stride() == x.stride()
        tl.manual_seed(0)
        y = draw(x)
        tl.manual_seed(0)
        whole = draw(tl.zeros(3, 4, 5)) if draw is not tl.randn_like else None
        if whole is not None:
            np.testing.assert_array_equal(y.numpy(), whole.numpy().transpose(2, 0, 1))
