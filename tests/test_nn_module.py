"""Module: attributes and their registries, the tree, modes, dtypes, copies, hooks."""

import copy
import pickle
from typing import Any

import pytest

import tinygrad_lite as tl
from tinygrad_lite import nn


class Net(nn.Module):
    """A parameter, a buffer, a reserved name and two layers."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(tl.ones(2, 3))
        self.register_buffer("mean", tl.zeros(3))
        self.register_buffer("cache", tl.zeros(1), persistent=False)
        self.register_parameter("nothing", None)
        self.layer = nn.Linear(3, 2)
        self.inner = nn.Sequential(nn.Linear(2, 2), nn.ReLU())

    def forward(self, x):
        return self.inner(self.layer(x * self.scale.sum()))


@pytest.fixture
def net():
    tl.manual_seed(0)
    return Net()


def paths(pairs):
    return [path for path, _ in pairs]


class TestAttributes:
    def test_attributes_are_the_registered_objects(self, net):
        assert net.scale is net._parameters["scale"] is vars(net)["scale"]
        assert net.layer is net._modules["layer"] is vars(net)["layer"]
        assert net.mean is net._buffers["mean"] is vars(net)["mean"]

    def test_assignment_replaces(self, net):
        new = nn.Parameter(tl.zeros(2, 3))
        net.scale = new
        assert net.scale is new
        assert dict(net.named_parameters())["scale"] is new
        net.mean = tl.ones(3)
        assert dict(net.named_buffers())["mean"] is net.mean
        net.layer = nn.Tanh()
        assert dict(net.named_children())["layer"] is net.layer

    def test_none_keeps_the_name(self, net):
        net.scale = None
        net.layer = None
        net.mean = None
        assert net.scale is None
        assert net.layer is None
        assert net.mean is None
        assert "scale" in net._parameters
        assert "layer" in net._modules
        assert "mean" in net._buffers
        assert paths(net.named_parameters()) == ["inner.0.weight", "inner.0.bias"]
        net.scale = nn.Parameter(tl.ones(1))
        assert paths(net.named_parameters())[0] == "scale"

    def test_a_name_changes_its_kind(self, net):
        net.scale = nn.Tanh()
        assert "scale" not in net._parameters
        assert net._modules["scale"] is net.scale
        net.scale = nn.Parameter(tl.ones(1))
        assert "scale" not in net._modules
        assert net._parameters["scale"] is net.scale
        net.plain = 3
        net.plain = nn.Parameter(tl.ones(1))
        assert net._parameters["plain"] is net.plain

    def test_deletion(self, net):
        del net.scale, net.layer, net.cache
        for name in ("scale", "layer", "cache"):
            assert not hasattr(net, name)
        assert not net._non_persistent_buffers_set
        net.register_buffer("cache", tl.zeros(1))
        assert "cache" in net.state_dict()

    def test_a_missing_attribute_is_pythons_error(self, net):
        with pytest.raises(AttributeError, match="'Net' object has no attribute 'foo'"):
            net.foo  # noqa: B018
        with pytest.raises(AttributeError, match="foo"):
            del net.foo

    @pytest.mark.parametrize(
        ("name", "value", "message"),
        [
            ("scale", tl.zeros(2), "cannot assign 'Tensor' as parameter 'scale' .torch.nn.Parameter or None expected"),
            ("nothing", 3, "cannot assign 'int' as parameter 'nothing'"),
            ("layer", 3, "cannot assign 'int' as child module 'layer' .torch.nn.Module or None expected"),
            ("mean", 3, "cannot assign 'int' as buffer 'mean'"),
        ],
    )
    def test_assignment_of_the_wrong_type(self, net, name, value, message):
        before = getattr(net, name)
        with pytest.raises(TypeError, match=message):
            net.__setattr__(name, value)
        assert getattr(net, name) is before

    @pytest.mark.parametrize("register", ["register_parameter", "register_buffer", "add_module", "register_module"])
    @pytest.mark.parametrize(
        ("name", "error", "message"),
        [
            ("a.b", KeyError, "name can't contain"),
            ("", KeyError, "name can't be empty string"),
            ("forward", KeyError, "attribute 'forward' already exists"),
            (3, TypeError, "name should be a string. Got int"),
        ],
    )
    def test_names_that_cannot_be(self, net, register, name, error, message):
        with pytest.raises(error) as caught:
            getattr(net, register)(name, None)
        assert message in str(caught.value).replace("\\", "")

    def test_registration_of_the_wrong_type(self, net):
        with pytest.raises(TypeError, match="cannot assign 'Tensor' object to parameter 'w'"):
            net.register_parameter("w", tl.zeros(1))
        with pytest.raises(TypeError, match="cannot assign 'int' object to buffer 'w'"):
            net.register_buffer("w", 3)
        with pytest.raises(TypeError, match="int is not a Module subclass"):
            net.add_module("w", 3)
        assert not hasattr(net, "w")

    def test_before_init(self):
        class Early(nn.Module):
            def __init__(self, value):
                self.value = value

        for value, kind in ((nn.Parameter(tl.zeros(1)), "parameters"), (nn.ReLU(), "module")):
            with pytest.raises(AttributeError, match=f"cannot assign {kind} before Module.__init__.. call"):
                Early(value)

    def test_dir_lists_what_can_be_written(self):
        assert "weight" in dir(nn.Linear(1, 1))
        assert "0" not in dir(nn.Sequential(nn.ReLU()))


class TestTree:
    def test_names_and_order(self, net):
        assert paths(net.named_parameters()) == [
            "scale",
            "layer.weight",
            "layer.bias",
            "inner.0.weight",
            "inner.0.bias",
        ]
        assert paths(net.named_parameters(recurse=False)) == ["scale"]
        assert paths(net.named_parameters(prefix="net"))[1] == "net.layer.weight"
        assert paths(net.named_buffers()) == ["mean", "cache"]
        assert paths(net.named_modules()) == ["", "layer", "inner", "inner.0", "inner.1"]
        assert paths(net.named_children()) == ["layer", "inner"]
        assert [type(m).__name__ for m in net.modules()] == ["Net", "Linear", "Sequential", "Linear", "ReLU"]
        assert list(net.children()) == [net.layer, net.inner]
        assert list(net.buffers()) == [net.mean, net.cache]

    def test_what_is_shared_comes_once(self):
        net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
        net[1].weight = net[0].weight
        net.append(net[0])
        assert paths(net.named_parameters()) == ["0.weight", "0.bias", "1.bias"]
        assert len(paths(net.named_parameters(remove_duplicate=False))) == 6
        assert len(list(net.modules())) == 3
        assert len(list(net.children())) == 2
        assert len(net.state_dict()) == 6

    def test_paths(self, net):
        assert net.get_submodule("inner.0") is net.inner[0]
        assert net.get_submodule("") is net
        assert net.get_parameter("inner.0.weight") is net.inner[0].weight
        assert net.get_buffer("mean") is net.mean

    @pytest.mark.parametrize(
        ("method", "path", "message"),
        [
            ("get_submodule", "inner.7", "Sequential has no attribute `7`"),
            ("get_submodule", "layer.weight", "`weight` is not an nn.Module"),
            ("get_parameter", "layer.foo", "Linear has no attribute `foo`"),
            ("get_parameter", "layer", "`layer` is not an nn.Parameter"),
            ("get_buffer", "scale", "`scale` is not a buffer"),
            ("get_buffer", "foo", "Net has no attribute `foo`"),
        ],
    )
    def test_wrong_paths(self, net, method, path, message):
        with pytest.raises(AttributeError, match=message):
            getattr(net, method)(path)

    def test_apply_visits_children_first(self, net):
        seen = []
        assert net.apply(lambda module: seen.append(type(module).__name__)) is net
        assert seen == ["Linear", "Linear", "ReLU", "Sequential", "Net"]


class TestModes:
    def test_train_and_eval(self, net):
        assert net.training
        assert net.eval() is net
        assert not any(module.training for module in net.modules())
        assert net.train() is net
        assert all(module.training for module in net.modules())
        with pytest.raises(ValueError, match="training mode is expected to be boolean"):
            net.train(1)  # type: ignore[arg-type]

    def test_requires_grad_and_zero_grad(self, net):
        net(tl.ones(4, 3)).sum().backward()
        grads = [p.grad for p in net.parameters()]
        assert all(grad is not None for grad in grads)
        net.zero_grad(set_to_none=False)
        assert [p.grad for p in net.parameters()] == grads
        assert not any(bool(grad.any()) for grad in grads)
        net.zero_grad()
        assert all(p.grad is None for p in net.parameters())
        assert net.requires_grad_(False) is net
        assert not any(p.requires_grad for p in net.parameters())
        assert not net(tl.ones(4, 3)).requires_grad

    def test_dtypes(self, net):
        net.register_buffer("steps", tl.tensor(0))
        net(tl.ones(4, 3)).sum().backward()
        parameters = list(net.parameters())
        assert net.double() is net
        assert list(net.parameters()) == parameters
        assert all(p.dtype == p.grad.dtype == tl.float64 for p in parameters)
        assert net.mean.dtype == tl.float64
        assert net.steps.dtype == tl.int64
        net(tl.ones(4, 3, dtype=tl.float64)).sum().backward()
        assert net.float().scale.dtype == tl.float32
        assert net.to(tl.zeros(1, dtype=tl.float16)).scale.dtype == net.half().scale.dtype == tl.float16
        assert net.to("cpu", tl.float64).scale.dtype == tl.float64
        assert net.to(device="cpu", dtype=tl.float32).scale.dtype == tl.float32
        assert net.cpu() is net
        with pytest.raises(TypeError, match="only accepts floating point"):
            net.to(tl.int64)
        with pytest.raises(RuntimeError, match="cuda"):
            net.to("cuda")


class TestCalls:
    def test_forward_is_missing(self):
        with pytest.raises(NotImplementedError, match=r'Module .Module. is missing the required "forward" function'):
            nn.Module()(3)

    def test_any_arguments(self):
        class Echo(nn.Module):
            def forward(self, *args, **kwargs):
                return args, kwargs

        echo = Echo()
        assert echo() == ((), {})
        assert echo(1) == ((1,), {})
        assert echo(None) == ((None,), {})
        assert echo(1, 2, input=3) == ((1, 2), {"input": 3})
        assert echo(input=4) == ((), {"input": 4})

    def test_forward_of_the_instance(self):
        layer: Any = nn.ReLU()
        layer.forward = lambda input: "mine"
        assert layer(3) == "mine"


@pytest.mark.parametrize("twin_of", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_copies(net, twin_of):
    net.inner.append(net.layer)  # shared: it must be shared in the copy, too
    net.eval()
    twin = twin_of(net)
    assert twin.scale is twin._parameters["scale"]
    assert twin.scale is not net.scale
    assert twin.inner[2] is twin.layer is twin._modules["layer"]
    assert not twin.training
    assert paths(twin.named_parameters()) == paths(net.named_parameters())
    assert all(bool((a == b).all()) for a, b in zip(net.parameters(), twin.parameters(), strict=True))
    nn.init.zeros_(twin.layer.weight)
    assert bool(net.layer.weight.any())
    assert repr(twin) == repr(net)
    twin.scale = nn.Parameter(tl.zeros(1))
    assert net.scale.shape == (2, 3)


def test_repr_of_many_lines():
    class Odd(nn.Module):
        def __init__(self, child):
            super().__init__()
            if child:
                self.child = nn.Sequential(nn.ReLU())

        def extra_repr(self):
            return "one\ntwo"

    assert repr(Odd(False)) == "Odd(\n  one\n  two\n)"
    assert repr(Odd(True)) == "Odd(\n  one\n  two\n  (child): Sequential(\n    (0): ReLU()\n  )\n)"
