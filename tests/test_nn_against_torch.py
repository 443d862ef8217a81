"""Modules against PyTorch, beyond the table of nn: arguments, running statistics, containers, states, old warnings."""

import inspect
import warnings

import numpy as np
import pytest

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)


def pair(make):
    """The layer here and in PyTorch, each made after the same seed."""
    made = []
    for lib in (tl, torch):
        lib.manual_seed(7)
        made.append(make(lib.nn))
    return made


@pytest.mark.parametrize("momentum", [0.1, None])
@pytest.mark.parametrize("kind", ["BatchNorm1d", "InstanceNorm1d"])
def test_running_statistics(kind, momentum):
    """Three batches in training, then one in evaluation."""
    random = np.random.default_rng(0)
    batches = [random.normal(2, 3, (4, 3, 5)) for _ in range(4)]
    found = []
    for lib in (tl, torch):
        options = {} if kind == "BatchNorm1d" else {"track_running_stats": True, "affine": True}
        layer = getattr(lib.nn, kind)(3, momentum=momentum or 0.2, **options).double()
        layer.momentum = momentum if kind == "BatchNorm1d" else 0.2
        for x in batches[:3]:
            layer(lib.tensor(x))
        leaf = lib.tensor(batches[3], requires_grad=True)
        y = layer.eval()(leaf)
        (y * y).sum().backward()
        found.append([y, leaf.grad, layer.weight.grad, layer.bias.grad, *layer.buffers()])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-11, atol=1e-12)


def named(parameter):
    """The default, "-" if there is none; a function by its name, for those of two libraries are never equal."""
    default = parameter.default
    return "-" if default is parameter.empty else default.__name__ if inspect.isfunction(default) else default


def test_signatures():
    """Every module has PyTorch's arguments and defaults."""
    for name in dir(tl.nn):
        ours, theirs = getattr(tl.nn, name), getattr(torch.nn, name, None)
        # A buffer without a shape is registered by its module, which knows whether it is saved.
        if name in ("Module", "Parameter", "UninitializedBuffer") or not (
            inspect.isclass(ours) and inspect.isclass(theirs)
        ):
            continue
        a, b = ([(p.name, named(p)) for p in inspect.signature(c).parameters.values()] for c in (ours, theirs))
        if {n for n, _ in b} == {"args", "kwargs"}:
            continue  # RNN, LSTM and GRU: PyTorch's arguments have no names that could be read
        assert [n for n, _ in a if n not in ("args", "kwargs")] == [n for n, _ in b if n not in ("args", "kwargs")], (
            name
        )
        assert (
            a == b
            or dict(a) == dict(b)
            or all(x == y or x is None or y is None for (_, x), (_, y) in zip(a, b, strict=False))
        ), name


def test_functions_have_pytorchs_arguments():
    for name in dir(tl.nn.functional):
        ours, theirs = getattr(tl.nn.functional, name), getattr(torch.nn.functional, name, None)
        if not callable(ours) or theirs is None:
            continue
        try:
            b = list(inspect.signature(theirs).parameters)
        except ValueError:
            continue  # written in C++
        a = list(inspect.signature(ours).parameters)
        if a[0] == "x":  # a rule of one variable; its operation takes the name `input`, as PyTorch's
            a[0] = "input"
        if name.endswith("_with_indices"):
            b.remove("return_indices")  # changes nothing: there are always indices
        if b != ["args", "kwargs"]:  # PyTorch's pools with and without indices: their arguments have no names to read
            assert a == [p for p in b if p != "out"], name


def test_containers_print_alike():
    def build(lib):
        nn = lib.nn
        lib.manual_seed(0)
        net = nn.Sequential(nn.Linear(2, 3), nn.ModuleList([nn.ReLU(), nn.ReLU(), nn.Tanh()]))
        net.add_module("named", nn.ModuleDict({"a": nn.Sequential(nn.Dropout(0.1), nn.CrossEntropyLoss())}))
        net.add_module("deep", nn.ModuleList([nn.Sequential(nn.Linear(1, 1), nn.ReLU()) for _ in range(3)]))
        net.add_module("none", None)
        net.add_module("list", nn.ParameterList([lib.zeros(2, 3), lib.zeros(()), 3]))
        net.add_module("dict", nn.ParameterDict({"a": lib.zeros(2, 3), "b": "text"}))
        return net

    assert repr(build(tl)) == repr(build(torch))


def test_states_go_both_ways():
    ours, theirs = pair(lambda nn: nn.Sequential(nn.Linear(3, 4), nn.PReLU(4), nn.Linear(4, 2)))
    for lib, layer in ((tl, ours), (torch, theirs)):
        with lib.no_grad():
            for parameter in layer.parameters():
                parameter.mul_(3 if lib is tl else 5)
    expected = {path: t.numpy().copy() for path, t in theirs.state_dict().items()}
    ours.load_state_dict(theirs.state_dict())  # PyTorch's tensors are taken as the arrays that they are
    for path, t in ours.state_dict().items():
        np.testing.assert_array_equal(t.numpy(), expected[path], strict=True)
    with tl.no_grad():
        ours[0].weight.mul_(2)
    theirs.load_state_dict({path: torch.from_numpy(t.numpy()) for path, t in ours.state_dict().items()})
    np.testing.assert_array_equal(theirs[0].weight.detach().numpy(), 2 * expected["0.weight"], strict=True)


def test_implied_dimension_warns_as_pytorch_does():
    for lib in (tl, torch):
        with pytest.warns(UserWarning, match="Implicit dimension choice for softmax has been deprecated") as caught:
            lib.nn.functional.softmax(lib.zeros(2, 3))
        assert caught[0].filename == __file__
    for shape in ((), (3,), (2, 3), (2, 3, 4), (2, 3, 4, 5)):
        x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
        for name in ("softmax", "log_softmax", "softmin"):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                a, b = (getattr(lib.nn.functional, name)(lib.tensor(x)) for lib in (tl, torch))
            np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=2e-6, atol=1e-6)


def test_normalize():
    """Also a row of zeros, which stays."""
    x = np.random.default_rng(0).normal(size=(5, 4))
    x[2] = 0
    for p, dim in ((2.0, 1), (1.0, 0), (3.0, -1)):
        found = []
        for lib in (tl, torch):
            leaf = lib.tensor(x, requires_grad=True)
            y = lib.nn.functional.normalize(leaf, p, dim)
            (y * y * y).sum().backward()
            found.append((y.detach().numpy(), leaf.grad.numpy()))
        for a, b in zip(*found, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-12)
