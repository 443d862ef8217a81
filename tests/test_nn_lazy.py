"""Modules that take their sizes from the first input, and parameters without a shape."""

import copy
import doctest

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite import nn
from tinygrad_lite.nn import lazy

# A lazy module, what it becomes, and the shape of an input.
CASES = {
    "LazyLinear(3)": ("Linear(in_features=4, out_features=3, bias=True)", (5, 4)),
    "LazyLinear(3, bias=False)": ("Linear(in_features=4, out_features=3, bias=False)", (2, 5, 4)),
    "LazyConv1d(4, 3)": ("Conv1d", (2, 3, 9)),
    "LazyConv1d(4, 3, padding='same', padding_mode='circular')": ("Conv1d", (3, 9)),
    "LazyConv2d(4, (3, 2), 2, 1, bias=False)": ("Conv2d", (2, 3, 9, 8)),
    "LazyConv2d(4, 3, groups=2, dilation=2)": ("Conv2d", (2, 6, 9, 8)),
    "LazyConv3d(4, 2)": ("Conv3d", (1, 2, 4, 5, 4)),
    "LazyConvTranspose1d(4, 3, stride=2)": ("ConvTranspose1d", (2, 3, 9)),
    "LazyConvTranspose2d(4, 3, 2, 1, 1, groups=2)": ("ConvTranspose2d", (2, 6, 5, 4)),
    "LazyConvTranspose3d(2, 2, bias=False)": ("ConvTranspose3d", (1, 2, 3, 3, 3)),
    "LazyBatchNorm1d()": ("BatchNorm1d", (5, 3)),
    "LazyBatchNorm1d(affine=False)": ("BatchNorm1d", (5, 3, 4)),
    "LazyBatchNorm2d(momentum=None, bias=False)": ("BatchNorm2d", (5, 3, 4, 4)),
    "LazyBatchNorm3d(track_running_stats=False)": ("BatchNorm3d", (2, 3, 4, 2, 2)),
    "LazyInstanceNorm1d()": ("InstanceNorm1d", (5, 3, 4)),
    "LazyInstanceNorm2d(affine=False, track_running_stats=False)": ("InstanceNorm2d", (5, 3, 4, 4)),
    "LazyInstanceNorm3d(1e-3)": ("InstanceNorm3d", (2, 3, 4, 2, 2)),
}


def made(lib, source):
    lib.manual_seed(0)
    return eval(source, {}, {name: getattr(lib.nn, name) for name in dir(lib.nn)})


def test_examples():
    assert doctest.testmod(lazy).failed == 0


@pytest.mark.filterwarnings("ignore:input's size at dim=1 does not match num_features")
@pytest.mark.parametrize("source", CASES)
def test_as_the_reference(source):
    """The repr before and after, the random parameters, outputs and derivatives."""
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    becomes, shape = CASES[source]
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    found = []
    for lib in (tl, torch):
        module = made(lib, source)
        before = repr(module), repr(list(module.parameters())), module.has_uninitialized_params()
        y = module(lib.tensor(x, requires_grad=True))
        (y * y).sum().backward()
        assert repr(module).startswith(becomes)
        found.append((before, repr(module), y, {n: (t, t.grad) for n, t in module.named_parameters()}, module))
    ours, theirs = found
    assert ours[:2] == theirs[:2]
    np.testing.assert_allclose(ours[2].detach().numpy(), theirs[2].detach().numpy(), rtol=1e-4, atol=1e-5)
    assert list(ours[3]) == list(theirs[3])
    for name, (p, g) in ours[3].items():
        q, h = theirs[3][name]
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(g.numpy(), h.numpy(), rtol=1e-3, atol=1e-4)
    assert list(ours[4].state_dict()) == list(theirs[4].state_dict())


def test_an_optimizer_may_come_first():
    net = nn.Sequential(nn.LazyLinear(4), nn.Tanh(), nn.LazyLinear(1))
    parameters = list(net.parameters())
    optimizer = tl.optim.SGD(net.parameters(), lr=0.1)
    loss = net(tl.ones(2, 3)).square().mean()
    loss.backward()
    optimizer.step()
    assert [p is q for p, q in zip(parameters, net.parameters(), strict=True)] == [True] * 4
    assert type(net[0]) is nn.Linear
    assert type(net[0].weight) is nn.Parameter
    assert net(tl.ones(2, 3)).square().mean() < loss


def test_loading_gives_shapes():
    done = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    waiting = nn.Sequential(nn.LazyLinear(4), nn.LazyBatchNorm1d())
    waiting.load_state_dict(done.state_dict())
    assert waiting[0].weight.shape == (4, 3)
    assert not waiting[1].has_uninitialized_params()
    x = tl.rand(5, 3)
    assert tl.equal(waiting(x), done(x))
    assert repr(waiting) == repr(done)


def test_states_of_the_uninitialized():
    one, other = nn.LazyLinear(4), nn.LazyLinear(4)
    assert isinstance(one.state_dict()["weight"], nn.UninitializedParameter)
    other.load_state_dict(one.state_dict())
    assert other.has_uninitialized_params()
    with pytest.raises(RuntimeError, match="size mismatch"):
        nn.Linear(3, 4).load_state_dict(one.state_dict())


def test_without_a_shape():
    p = nn.LazyLinear(4).weight
    assert repr(p) == "<UninitializedParameter>"
    assert repr(nn.LazyBatchNorm1d().running_mean) == "<UninitializedBuffer>"
    assert isinstance(p, nn.Parameter)
    assert p.requires_grad
    assert p.is_leaf
    with pytest.raises(RuntimeError, match="shape of an uninitialized"):
        p.shape  # noqa: B018
    for use in (lambda: p * 2, lambda: p.numel(), lambda: p.zero_(), lambda: len(p), lambda: p[0]):
        with pytest.raises(ValueError, match="uninitialized parameter"):
            use()
    p.materialize((2, 3))
    assert p.shape == (2, 3)
    assert type(p) is nn.Parameter


def test_dtypes_and_copies():
    layer = nn.LazyLinear(2).double()
    twin = copy.deepcopy(nn.LazyLinear(2))
    assert layer(tl.ones(1, 3, dtype=tl.float64)).dtype is tl.float64
    assert nn.LazyLinear(2, dtype=tl.float64)(tl.ones(1, 3, dtype=tl.float64)).dtype is tl.float64
    assert twin(tl.ones(1, 5)).shape == (1, 2)


def test_inputs_that_do_not_fit():
    with pytest.raises(RuntimeError, match=r"Expected 3D \(unbatched\) or 4D"):
        nn.LazyConv2d(2, 3)(tl.ones(3, 3))
    with pytest.raises(ValueError, match="divisible by groups"):
        nn.LazyConv1d(4, 3, groups=2)(tl.ones(1, 3, 5))
    layer = nn.LazyLinear(2)
    layer(tl.ones(1, 3))
    with pytest.raises(RuntimeError):
        layer(tl.ones(1, 4))
