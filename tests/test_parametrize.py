"""Parametrized tensors: what they are, what they refuse, and PyTorch's results, names and words."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite import nn
from tinygrad_lite.nn.utils import parametrizations, parametrize


def symmetric(lib):
    class Symmetric(lib.nn.Module):
        def forward(self, x):
            return x.triu() + x.triu(1).T

        def right_inverse(self, a):
            return a.triu()

    return Symmetric()


class Twice(nn.Module):
    def forward(self, x):
        return 2 * x

    def right_inverse(self, y):
        return y / 2


class RankOne(nn.Module):
    def forward(self, a, b):
        return a.unsqueeze(1) * b.unsqueeze(0)

    def right_inverse(self, x):
        return x[:, 0].clone(), (x[0] / x[0, 0]).clone()


class Wider(nn.Module):
    def forward(self, x):
        return tl.cat([x, x], 0)


class Doubled(nn.Module):
    def forward(self, x):
        return x.double()


def test_registering():
    layer = nn.Linear(3, 3)
    cls, weight = type(layer), layer.weight
    assert parametrize.register_parametrization(layer, "weight", symmetric(tl)) is layer
    assert parametrize.is_parametrized(layer)
    assert parametrize.is_parametrized(layer, "weight")
    assert not parametrize.is_parametrized(layer, "bias")
    assert isinstance(layer, nn.Linear)
    assert parametrize.type_before_parametrizations(layer) is cls
    assert layer.parametrizations.weight.original is weight
    np.testing.assert_array_equal(layer.weight.tolist(), layer.weight.T.tolist())
    assert [name for name, _ in layer.named_parameters()] == ["bias", "parametrizations.weight.original"]
    x = tl.ones(2, 3)
    layer(x).sum().backward()
    assert weight.grad is not None
    assert weight.grad.tril(-1).sum().item() == 0


def test_assigning():
    layer: Any = parametrize.register_parametrization(nn.Linear(2, 2), "weight", symmetric(tl))
    layer.weight = tl.tensor([[1.0, 2.0], [2.0, 3.0]])
    assert layer.weight.tolist() == [[1.0, 2.0], [2.0, 3.0]]
    assert layer.parametrizations.weight.original.tolist() == [[1.0, 2.0], [0.0, 3.0]]

    class OneWay(nn.Module):
        def forward(self, x):
            return x

    parametrize.register_parametrization(layer, "bias", OneWay())
    with pytest.raises(RuntimeError, match="OneWay does not implement right_inverse"):
        layer.bias = tl.zeros(2)


def test_several_of_one_tensor():
    layer: Any = nn.Linear(2, 2)
    parametrize.register_parametrization(layer, "weight", Twice())
    parametrize.register_parametrization(layer, "weight", symmetric(tl))
    layer.weight = tl.tensor([[1.0, 2.0], [2.0, 3.0]])
    assert layer.parametrizations.weight.original.tolist() == [[0.5, 1.0], [0.0, 1.5]]
    assert layer.weight.tolist() == [[1.0, 2.0], [2.0, 3.0]]
    assert len(layer.parametrizations.weight) == 2


def test_several_originals():
    layer = nn.Linear(3, 2, bias=False)
    with tl.no_grad():
        layer.weight.copy_(tl.tensor([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]]))
    parametrize.register_parametrization(layer, "weight", RankOne())
    assert list(layer.state_dict()) == ["parametrizations.weight.original0", "parametrizations.weight.original1"]
    assert layer.weight.tolist() == [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]]
    layer(tl.ones(1, 3)).sum().backward()
    assert all(p.grad is not None for p in layer.parameters())
    with pytest.raises(ValueError, match="Cannot leave unparametrized"):
        parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)
    parametrize.remove_parametrizations(layer, "weight")
    assert isinstance(layer.weight, nn.Parameter)
    assert type(layer) is nn.Linear
    assert layer.weight.tolist() == [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]]


@pytest.mark.parametrize("leave", [True, False])
def test_removing(leave):
    layer = nn.Linear(2, 2)
    original = layer.weight
    before = original.detach().clone()
    parametrize.register_parametrization(layer, "weight", Twice())
    parametrize.register_parametrization(layer, "bias", Twice())
    with tl.no_grad():
        layer.parametrizations.weight.original.add_(1.0)
    parametrize.remove_parametrizations(layer, "weight", leave)
    assert layer.weight is original  # an optimizer still knows it
    np.testing.assert_allclose(layer.weight.tolist(), (2 * (before / 2 + 1) if leave else before / 2 + 1).tolist())
    assert parametrize.is_parametrized(layer)
    parametrize.remove_parametrizations(layer, "bias")
    assert type(layer) is nn.Linear
    assert not hasattr(layer, "parametrizations")
    assert {name for name, _ in layer.named_parameters()} == {"weight", "bias"}
    with pytest.raises(ValueError, match="does not have a parametrization on weight"):
        parametrize.remove_parametrizations(layer, "weight")


@pytest.mark.parametrize(("bad", "message"), [(Wider, "may not change the shape"), (Doubled, "change the dtype")])
def test_a_change_of_form_is_refused_and_nothing_changed(bad, message):
    layer = nn.Linear(2, 2)
    weight = layer.weight
    before = weight.tolist()
    with pytest.raises(ValueError, match=message):
        parametrize.register_parametrization(layer, "weight", bad())
    assert layer.weight is weight
    assert weight.tolist() == before
    assert type(layer) is nn.Linear
    assert not parametrize.is_parametrized(layer)
    parametrize.register_parametrization(layer, "weight", bad(), unsafe=True)
    assert layer.weight.shape != weight.shape or layer.weight.dtype != weight.dtype


def test_other_refusals():
    layer = nn.Linear(2, 2)
    with pytest.raises(ValueError, match="does not have a parameter, a buffer"):
        parametrize.register_parametrization(layer, "width", Twice())

    class Words(nn.Module):
        def forward(self, x):
            return "words"

    with pytest.raises(ValueError, match="must return a tensor"):
        parametrize.register_parametrization(layer, "weight", Words())
    parametrize.register_parametrization(layer, "weight", Twice())
    with pytest.raises(ValueError, match="may not change the shape"):
        parametrize.register_parametrization(layer, "weight", Wider())
    assert len(layer.parametrizations.weight) == 1
    with pytest.raises(RuntimeError, match="only supported through state_dict"):
        pickle.dumps(layer)


def test_buffers():
    norm = nn.BatchNorm1d(2)
    parametrize.register_parametrization(norm, "running_mean", Twice())
    assert "parametrizations.running_mean.original" in norm.state_dict()
    assert norm.running_mean.tolist() == [0.0, 0.0]


def test_cached():
    calls = []

    class Counting(nn.Module):
        def forward(self, x):
            calls.append(1)
            return x * 1

    layer = parametrize.register_parametrization(nn.Linear(2, 2), "weight", Counting(), unsafe=True)
    calls.clear()
    with parametrize.cached():
        with parametrize.cached():
            layer(tl.ones(1, 2))
        layer(tl.ones(1, 2)).sum().backward()
        assert len(calls) == 1
    layer(tl.ones(1, 2))
    layer(tl.ones(1, 2))
    assert len(calls) == 3


def test_copies_are_independent():
    layer = parametrize.register_parametrization(nn.Linear(2, 2), "weight", Twice())
    twin = copy.deepcopy(layer)
    with tl.no_grad():
        twin.parametrizations.weight.original.fill_(1.0)
    assert twin.weight.tolist() == [[2.0, 2.0], [2.0, 2.0]]
    assert layer.weight.tolist() != twin.weight.tolist()
    parametrize.remove_parametrizations(twin, "weight")
    assert type(twin) is nn.Linear
    assert parametrize.is_parametrized(layer)
    assert isinstance(layer.weight, tl.Tensor)


def test_trains_and_saves(tmp_path):
    tl.manual_seed(0)
    layer = parametrizations.orthogonal(nn.Linear(3, 3))
    optimizer = tl.optim.Adam(layer.parameters(), lr=0.1)
    for _ in range(20):
        optimizer.zero_grad()
        ((layer(tl.ones(1, 3)) - 1) ** 2).sum().backward()
        optimizer.step()
    w = layer.weight.detach()
    np.testing.assert_allclose((w.T @ w).numpy(), np.eye(3), atol=1e-5)
    tl.save(layer.state_dict(), tmp_path / "layer.npz")
    other = parametrizations.orthogonal(nn.Linear(3, 3))
    other.load_state_dict(tl.load(tmp_path / "layer.npz"))
    np.testing.assert_array_equal(other.weight.tolist(), layer.weight.tolist())


# --- the ready ones, and PyTorch ---

READY = {
    "weight_norm": lambda lib, m: lib.nn.utils.parametrizations.weight_norm(m),
    "weight_norm of all": lambda lib, m: lib.nn.utils.parametrizations.weight_norm(m, dim=None),
    "weight_norm of columns": lambda lib, m: lib.nn.utils.parametrizations.weight_norm(m, dim=1),
    "weight_norm of a bias": lambda lib, m: lib.nn.utils.parametrizations.weight_norm(m, "bias"),
    "spectral_norm": lambda lib, m: lib.nn.utils.parametrizations.spectral_norm(m, n_power_iterations=2),
    "spectral_norm of columns": lambda lib, m: lib.nn.utils.parametrizations.spectral_norm(m, dim=1),
    "spectral_norm of a bias": lambda lib, m: lib.nn.utils.parametrizations.spectral_norm(m, "bias", dim=0),
    "orthogonal": lambda lib, m: lib.nn.utils.parametrizations.orthogonal(m),
    "orthogonal, cayley": lambda lib, m: lib.nn.utils.parametrizations.orthogonal(m, orthogonal_map="cayley"),
    "orthogonal, matrix_exp": lambda lib, m: lib.nn.utils.parametrizations.orthogonal(m, orthogonal_map="matrix_exp"),
    "orthogonal, householder": lambda lib, m: lib.nn.utils.parametrizations.orthogonal(m, orthogonal_map="householder"),
    "orthogonal, plain householder": lambda lib, m: lib.nn.utils.parametrizations.orthogonal(
        m, orthogonal_map="householder", use_trivialization=False
    ),
    "orthogonal, plain cayley": lambda lib, m: lib.nn.utils.parametrizations.orthogonal(
        m, orthogonal_map="cayley", use_trivialization=False
    ),
    "symmetric": lambda lib, m: lib.nn.utils.parametrize.register_parametrization(m, "weight", symmetric(lib)),
}
MODULES = {
    "square": lambda nn: nn.Linear(4, 4),
    "tall": lambda nn: nn.Linear(3, 5),
    "wide": lambda nn: nn.Linear(5, 3),
    "conv": lambda nn: nn.Conv2d(2, 3, 2),
    "transposed": lambda nn: nn.ConvTranspose1d(2, 3, 2),
}


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("name", READY)
def test_like_torch(name, module):
    """The random numbers, the state, its names, the value, the gradients, the words, and all that after two steps."""
    torch = pytest.importorskip("torch")
    if (name == "symmetric" and module != "square") or (name.startswith("orthogonal") and module in ("conv",)):
        pytest.skip("not for such a weight")
    found = []
    for lib in (tl, torch):
        lib.manual_seed(0)
        layer = READY[name](lib, MODULES[module](lib.nn))
        optimizer = lib.optim.SGD(layer.parameters(), lr=0.1)
        shape = {"square": (2, 4), "tall": (2, 3), "wide": (2, 5), "conv": (2, 2, 4, 4), "transposed": (2, 2, 4)}[
            module
        ]
        x = lib.tensor(np.random.default_rng(0).standard_normal(shape).astype("float32"))
        results, words = [], repr(layer)
        for _ in range(2):
            optimizer.zero_grad()
            y = layer(x)
            (y * y).mean().backward()
            results += [y.detach().numpy(), *(p.grad.numpy().copy() for p in layer.parameters())]
            optimizer.step()
        layer.eval()
        results.append(layer(x).detach().numpy())
        found.append((results, {key: t.numpy() for key, t in layer.state_dict().items()}, words))
    (ours, state, words), (theirs, expected, their_words) = found
    assert words == their_words
    assert list(state) == list(expected)
    for a, b in zip([*ours, *state.values()], [*theirs, *expected.values()], strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=3e-5)


OLD = {
    "weight_norm": lambda lib, m: lib.nn.utils.weight_norm(m),
    "weight_norm of all": lambda lib, m: lib.nn.utils.weight_norm(m, dim=None),
    "spectral_norm": lambda lib, m: lib.nn.utils.spectral_norm(m, n_power_iterations=3),
}


@pytest.mark.filterwarnings("ignore:.*weight_norm.*deprecated:FutureWarning")
@pytest.mark.parametrize("module", ["tall", "conv", "transposed"])
@pytest.mark.parametrize("name", OLD)
def test_the_older_form_like_torch(name, module):
    torch = pytest.importorskip("torch")
    found = []
    for lib in (tl, torch):
        lib.manual_seed(0)
        layer = OLD[name](lib, MODULES[module](lib.nn))
        keys = list(layer.state_dict())
        optimizer = lib.optim.SGD(layer.parameters(), lr=0.1)
        x = lib.ones({"tall": (2, 3), "conv": (2, 2, 4, 4), "transposed": (2, 2, 4)}[module])
        results = []
        for _ in range(3):
            optimizer.zero_grad()
            y = layer(x)
            (y * y).mean().backward()
            optimizer.step()
            results.append(y.detach().numpy())
        results += [t.numpy() for t in layer.state_dict().values()]
        layer.eval()
        remove = lib.nn.utils.remove_weight_norm if "weight" in name else lib.nn.utils.remove_spectral_norm
        assert remove(layer) is layer
        keys += [key for key, _ in layer.named_parameters()]
        results.append(layer(x).detach().numpy())
        with pytest.raises(ValueError, match="of 'weight' not found"):
            remove(layer)
        found.append((keys, results))
    assert found[0][0] == found[1][0]
    for a, b in zip(found[0][1], found[1][1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_old_states_into_the_new_form():
    with pytest.warns(FutureWarning, match="deprecated"):
        old = nn.utils.weight_norm(nn.Linear(3, 2))
    new = parametrizations.weight_norm(nn.Linear(3, 2))
    new.load_state_dict(old.state_dict())
    np.testing.assert_array_equal(new.weight.tolist(), old.weight.tolist())
    model = nn.Sequential(new)
    model.load_state_dict({f"0.{key}": t for key, t in old.state_dict().items()})


@pytest.mark.filterwarnings("ignore:.*weight_norm.*deprecated:FutureWarning")
@pytest.mark.parametrize("name", ["weight_norm", "spectral_norm"])
def test_one_hook_for_each_parameter(name):
    norm = getattr(nn.utils, name)
    layer = norm(norm(nn.Linear(3, 2)), "bias") if name == "weight_norm" else norm(nn.Linear(3, 2))
    with pytest.raises(RuntimeError, match=f"Cannot register two {name} hooks on the same parameter weight"):
        norm(layer)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: parametrizations.orthogonal(nn.Linear(2, 2), "bias"), ValueError, "Expected a matrix"),
        (lambda: parametrizations.orthogonal(nn.Linear(2, 2), orthogonal_map="qr"), ValueError, "has to be one of"),
        (lambda: parametrizations.orthogonal(nn.Linear(2, 2), "width"), ValueError, "no parameter or buffer"),
        (lambda: parametrizations.spectral_norm(nn.Linear(2, 2), "width"), ValueError, "no parameter or buffer"),
        (lambda: parametrizations.spectral_norm(nn.Linear(2, 2), dim=2), IndexError, "Dimension out of range"),
        (lambda: parametrizations.spectral_norm(nn.Linear(2, 2), n_power_iterations=0), ValueError, "positive"),
        (lambda: nn.utils.spectral_norm(nn.Linear(2, 2), n_power_iterations=0), ValueError, "positive"),
        (lambda: nn.utils.spectral_norm(nn.Linear(2, 2, bias=False), "bias"), ValueError, "is None"),
    ],
)
def test_refusals_of_the_ready_ones(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_two_forward_passes_before_backward():
    """As in a GAN: D(real) − D(fake), with a power iteration between them."""
    layer = parametrizations.spectral_norm(nn.Linear(3, 2))
    (layer(tl.ones(1, 3)).sum() - layer(tl.zeros(1, 3)).sum()).backward()
    assert layer.parametrizations.weight.original.grad is not None
    x = tl.ones(1, 3)
    old = nn.utils.spectral_norm(nn.Linear(3, 2))
    (old(x).sum() - old(x * 2).sum()).backward()
    assert old.weight_orig.grad is not None
