"""Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict, Identity."""

from collections import OrderedDict
from typing import Any

import pytest

import tinygrad_lite as tl
from tinygrad_lite import nn

WRONG: Any = 3


def kinds(modules):
    return [type(module).__name__ for module in modules]


class TestSequential:
    def test_runs_in_order(self):
        net = nn.Sequential(nn.ReLU(), nn.Flatten(0), nn.Tanh())
        x = tl.tensor([[-1.0, 2.0]])
        assert net(x).tolist() == tl.tanh(tl.relu(x)).flatten().tolist()
        assert nn.Sequential()(5) == 5
        assert nn.Identity(3, unused=True)(5) == 5

    def test_names_of_an_ordered_dict(self):
        net = nn.Sequential(OrderedDict(first=nn.Linear(2, 3), second=nn.ReLU()))
        assert net.first is net[0]
        assert list(net.state_dict()) == ["first.weight", "first.bias"]
        assert list(net[1:]._modules) == ["second"]
        del net[0]
        assert list(net._modules) == ["0"]
        assert net[0] is not None
        assert not hasattr(net, "second")

    def test_indices_and_slices(self):
        net = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Sigmoid())
        assert net[-1] is net[2]
        assert net[tl.tensor(1)] is net[1]
        assert len(net) == 3
        assert next(iter(net)) is net[0]
        assert kinds(net[::-1]) == ["Sigmoid", "Tanh", "ReLU"]
        assert isinstance(net[:2], nn.Sequential)
        net[1] = nn.GELU()
        assert kinds(net) == ["ReLU", "GELU", "Sigmoid"]
        del net[0:2]
        assert kinds(net) == ["Sigmoid"]
        assert list(net._modules) == ["0"]
        for i in (1, -2):
            with pytest.raises(IndexError, match=f"index {i} is out of range"):
                net[i]

    def test_grows(self):
        net = nn.Sequential(nn.ReLU())
        assert net.append(nn.Tanh()) is net
        assert net.extend([nn.GELU()]) is net
        assert net.insert(1, nn.Sigmoid()) is net
        assert net.insert(-1, nn.SiLU()) is net
        assert kinds(net) == ["ReLU", "Sigmoid", "Tanh", "SiLU", "GELU"]
        assert list(net._modules) == list("01234")
        assert type(net.pop(1)).__name__ == "Sigmoid"
        assert kinds(net.pop(slice(0, 2))) == ["ReLU", "Tanh"]
        assert kinds(net) == ["SiLU", "GELU"]

    def test_arithmetic(self):
        net = nn.Sequential(nn.ReLU(), nn.Tanh())
        assert kinds(net + nn.Sequential(nn.GELU())) == ["ReLU", "Tanh", "GELU"]
        assert kinds(net * 2) == kinds(2 * net) == ["ReLU", "Tanh"] * 2
        net *= 2
        net += nn.Sequential(nn.GELU())
        assert kinds(net) == ["ReLU", "Tanh"] * 2 + ["GELU"]

    def test_what_is_refused_changes_nothing(self):
        net = nn.Sequential(nn.ReLU())
        for wrong in (
            lambda: net.append(WRONG),
            lambda: net.extend([nn.Tanh, 3]),
            lambda: nn.Sequential([nn.ReLU()]),
            lambda: net * (WRONG / 2),
            lambda: net.__setitem__(0, WRONG),
        ):
            with pytest.raises(TypeError):
                wrong()
        with pytest.raises(ValueError, match="Non-positive multiplication factor"):
            net * 0
        with pytest.raises(ValueError, match="only objects of Sequential class"):
            net + 3
        with pytest.raises(IndexError, match="Index out of range: 9"):
            net.insert(9, nn.ReLU())
        with pytest.raises(AssertionError, match="module should be of type"):
            net.insert(0, WRONG)
        assert kinds(net) == ["ReLU"]


def test_module_list():
    layers = nn.ModuleList([nn.Linear(2, 2) for _ in range(2)])
    layers.append(nn.ReLU()).extend([nn.Tanh()])
    layers.insert(0, nn.GELU())
    assert kinds(layers) == ["GELU", "Linear", "Linear", "ReLU", "Tanh"]
    assert len(list(layers.parameters())) == 4
    assert isinstance(layers[1:3], nn.ModuleList)
    assert kinds([*layers, nn.SiLU()])[-1] == "SiLU"
    assert len(layers) == 5
    layers += [nn.SiLU()]
    assert kinds([layers.pop(), layers.pop(0)]) == ["SiLU", "GELU"]
    layers[0] = nn.Sigmoid()
    assert kinds(layers) == ["Sigmoid", "Linear", "ReLU", "Tanh"]
    assert repr(nn.ModuleList()) == "ModuleList()"
    with pytest.raises(TypeError, match=r"ModuleList.extend should be called with an iterable, but got int"):
        layers.extend(WRONG)
    with pytest.raises(NotImplementedError):
        layers(3)


def test_module_dict():
    choices = nn.ModuleDict({"a": nn.ReLU(), "b": nn.Linear(2, 2)})
    choices.update([("c", nn.Tanh())])
    choices.update(nn.ModuleDict({"a": nn.GELU()}))
    assert list(choices) == ["a", "b", "c"]
    assert kinds(choices.values()) == ["GELU", "Linear", "Tanh"]
    assert "b" in choices
    assert len(choices) == 3
    assert choices["b"] is choices.b
    assert dict(choices.items())["c"] is choices.c
    assert [name for name, _ in choices.named_parameters()] == ["b.weight", "b.bias"]
    assert type(choices.pop("b")).__name__ == "Linear"
    assert list(choices.keys()) == ["a", "c"]
    with pytest.raises(KeyError, match="already exists"):
        choices["forward"] = nn.ReLU()
    with pytest.raises(KeyError):
        choices["z"]
    with pytest.raises(TypeError, match="iterable of key/value pairs, but got int"):
        choices.update(3)
    with pytest.raises(ValueError, match="has length 1; 2 is required"):
        choices.update([("a",)])
    choices.clear()
    assert len(choices) == 0
    assert repr(choices) == "ModuleDict()"


def test_parameter_list():
    values = nn.ParameterList([tl.zeros(2, 3), nn.Parameter(tl.ones(1))])
    values.append("any").extend([tl.zeros(())])
    values += [tl.ones(4)]
    assert len(values) == 5
    assert [type(v).__name__ for v in values] == ["Parameter", "Parameter", "str"] + ["Parameter"] * 2
    assert [name for name, _ in values.named_parameters()] == ["0", "1", "3", "4"]
    assert values[-1] is values[4]
    assert len(values[1:3]) == 2
    values[0] = tl.ones(7)
    assert values[0].shape == (7,)
    assert dict(values.named_parameters())["0"] is values[0]
    values[0] = "none"
    assert values[0] == "none"
    assert "0" not in dict(values.named_parameters())
    with pytest.raises(IndexError, match="index 9 is out of range"):
        values[9]
    with pytest.raises(TypeError, match=r"ParameterList.extend should be called with an iterable, but got int"):
        values.extend(WRONG)
    with pytest.raises(RuntimeError, match="ParameterList should not be called"):
        values(3)


def test_parameter_dict():
    values = nn.ParameterDict({"a": tl.zeros(2), "b": nn.Parameter(tl.ones(1))})
    values["c"] = 3
    values.update({"a": tl.ones(3)})
    assert list(values) == list(values.keys()) == ["a", "b", "c"]
    assert values["a"].shape == (3,)
    assert len(values) == 3
    assert [name for name, _ in values.named_parameters()] == ["a", "b"]
    assert list(reversed(values)) == ["c", "b", "a"]
    assert values.get("z", 5) == 5
    assert values.setdefault("d", tl.ones(1)) is values["d"]
    assert "d" in values
    twin = values.copy()
    assert twin["a"] is values["a"]
    assert dict(twin.items()).keys() == dict(values.items()).keys()
    assert list((values | nn.ParameterDict({"e": tl.ones(1)})).keys()) == ["a", "b", "c", "d", "e"]
    values |= nn.ParameterDict({"e": tl.ones(1)})
    assert values.popitem()[0] == "e"
    assert values.pop("a").shape == (3,)
    assert "a" not in values
    assert list(values.fromkeys("xy").keys()) == ["x", "y"]
    with pytest.raises(TypeError, match="it is not a string"):
        values[WRONG] = tl.ones(1)
    with pytest.raises(KeyError):
        values["z"]
    values.clear()
    with pytest.raises(KeyError, match="dictionary is empty"):
        values.popitem()
    assert len(list(values.values())) == 0
