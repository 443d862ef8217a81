"""state_dict and load_state_dict: what goes out comes in, and what does not fit changes nothing."""

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite import nn


def network(seed):
    tl.manual_seed(seed)
    net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    net.register_buffer("steps", tl.tensor(seed))
    net.register_buffer("cache", tl.zeros(2), persistent=False)
    return net


def bits(net):
    return {path: t.numpy().copy() for path, t in net.state_dict().items()}


def same(a, b):
    return a.keys() == b.keys() and all(np.array_equal(a[path], b[path]) for path in a)


def test_keys_prefix_and_memory():
    net = network(0)
    state = net.state_dict()
    assert list(state) == ["steps", "0.weight", "0.bias", "2.weight", "2.bias"]
    assert list(net.state_dict(prefix="model."))[1] == "model.0.weight"
    assert not state["0.weight"].requires_grad
    assert state["0.weight"].array is net[0].weight.array
    assert net.state_dict(keep_vars=True)["0.weight"] is net[0].weight


@pytest.mark.parametrize("form", [lambda t: t, lambda t: t.numpy(), lambda t: t.double(), lambda t: nn.Parameter(t)])
def test_round_trip(form):
    source, target = network(1), network(2)
    parameters = list(target.parameters())
    keys = {path: form(t) if t.is_floating_point() else t for path, t in source.state_dict().items()}
    report = target.load_state_dict(keys)
    assert repr(report) == "<All keys matched successfully>"
    assert report.missing_keys == []
    assert same(bits(source), bits(target))
    assert list(target.parameters()) == parameters
    assert target[0].weight.dtype == tl.float32
    assert target[0].weight.array is not source[0].weight.array


def test_every_reason_at_once_and_nothing_changed():
    net = network(0)
    before, arrays = bits(net), [p.array for p in net.parameters()]
    state: dict = {path: np.full(t.shape, 7.0) for path, t in before.items()}
    del state["0.bias"]
    state["2.weight"] = np.zeros((3, 3))
    state["2.bias"] = "words"
    state["steps"] = np.array("words")
    state["more"] = np.zeros(1)
    with pytest.raises(RuntimeError) as caught:
        net.load_state_dict(state)
    message = str(caught.value)
    assert message.startswith("Error(s) in loading state_dict for Sequential:\n\t")
    for part in (
        'Missing key(s) in state_dict: "0.bias". ',
        'Unexpected key(s) in state_dict: "more". ',
        "size mismatch for 2.weight: copying a param with shape torch.Size([3, 3]) from checkpoint, the shape in "
        "current model is torch.Size([1, 3]).",
        'While copying the parameter named "2.bias"',
        'While copying the parameter named "steps"',
    ):
        assert part in message
    assert same(before, bits(net))
    assert all(p.array is a for p, a in zip(net.parameters(), arrays, strict=True))


def test_not_strict():
    net = network(0)
    report = net.load_state_dict({"0.bias": np.ones(3), "more": np.zeros(1)}, strict=False)
    assert report.missing_keys == ["steps", "0.weight", "2.weight", "2.bias"]
    assert report.unexpected_keys == ["more"]
    assert repr(report).startswith("_IncompatibleKeys(missing_keys=['steps'")
    assert net[0].bias.tolist() == [1.0, 1.0, 1.0]
    before = bits(net)
    with pytest.raises(RuntimeError, match=r"size mismatch for 0.weight"):
        net.load_state_dict({"0.bias": np.zeros(3), "0.weight": np.zeros(3)}, strict=False)
    assert same(before, bits(net))


def test_not_a_mapping():
    with pytest.raises(TypeError, match="Expected state_dict to be dict-like"):
        network(0).load_state_dict([1])  # type: ignore[arg-type]


def test_assign_takes_the_tensors():
    net = network(0)
    net[0].bias.requires_grad_(False)
    state = {path: tl.zeros(t.shape, dtype=tl.float64) for path, t in net.state_dict().items()}
    state["2.bias"] = nn.Parameter(tl.ones(1))
    net.load_state_dict(state, assign=True)
    assert net[0].weight.array is state["0.weight"].array
    assert isinstance(net[0].weight, nn.Parameter)
    assert net[0].weight.dtype == tl.float64
    assert net[0].weight.requires_grad
    assert not net[0].bias.requires_grad
    assert net[2].bias is state["2.bias"]
    assert net.steps is state["steps"]
    assert dict(net.named_parameters())["0.weight"] is net[0].weight


def test_a_single_number_may_have_a_dimension():
    net = nn.Module()
    net.register_buffer("steps", tl.tensor(0))
    net.load_state_dict({"steps": np.array([5])})
    assert net.steps.item() == 5


def test_memory_that_cannot_be_written():
    net = nn.Linear(2, 1)
    array = np.zeros(1, np.float32)
    array.flags.writeable = False
    net.bias.data = tl.from_numpy(array)
    before = net.weight.tolist()
    with pytest.raises(RuntimeError, match="bias is on memory that cannot be written"):
        net.load_state_dict({"weight": np.ones((1, 2)), "bias": np.ones(1)})
    assert net.weight.tolist() == before


def test_a_stale_tape_is_noticed():
    net = nn.Linear(2, 1)
    loss = (net(tl.ones(1, 2, requires_grad=True)) ** 2).sum()
    net.load_state_dict({"weight": np.ones((1, 2)), "bias": np.ones(1)})
    with pytest.raises(RuntimeError, match="load_state_dict"):
        loss.backward()


def test_tied_weights_stay_tied():
    net = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False))
    net[1].weight = net[0].weight
    net.load_state_dict({"0.weight": np.ones((2, 2)), "1.weight": np.full((2, 2), 3.0)})
    assert net[0].weight is net[1].weight
    assert net[0].weight.tolist() == [[3.0, 3.0], [3.0, 3.0]]


class Counted(nn.Module):
    """Saves a number that is no tensor."""

    def __init__(self, calls=0):
        super().__init__()
        self.weight = nn.Parameter(tl.zeros(1))
        self.calls = calls

    def get_extra_state(self):
        return {"calls": self.calls}

    def set_extra_state(self, state):
        self.calls = state["calls"]


def test_extra_state():
    net, other = nn.Sequential(nn.ReLU(), Counted(3)), nn.Sequential(nn.ReLU(), Counted())
    state = net.state_dict()
    assert list(state) == ["1.weight", "1._extra_state"]
    other.load_state_dict(state)
    assert other[1].calls == 3
    del state["1._extra_state"]
    with pytest.raises(RuntimeError, match=r'Missing key\(s\) in state_dict: "1._extra_state"'):
        other.load_state_dict(state)
    with pytest.raises(RuntimeError, match=r'Unexpected key\(s\) in state_dict: "_extra_state"'):
        nn.Linear(1, 1).load_state_dict({**nn.Linear(1, 1).state_dict(), "_extra_state": 1})
    with pytest.raises(RuntimeError, match="not defined"):
        nn.ReLU().get_extra_state()


def test_hooks_on_saving_and_loading():
    calls = []
    net = nn.Sequential(nn.Linear(1, 1))
    net[0].register_state_dict_pre_hook(lambda module, prefix, keep_vars: calls.append(("saving", prefix)))
    net[0].register_state_dict_post_hook(lambda module, state, prefix, metadata: state.pop(prefix + "bias") and None)
    handle = net[0].register_load_state_dict_post_hook(lambda module, keys: keys.missing_keys.clear())
    assert list(net.state_dict()) == ["0.weight"]
    assert calls == [("saving", "0.")]

    def renamed(module, state, prefix, metadata, strict, missing, unexpected, errors):
        state[prefix + "weight"] = state.pop(prefix + "w")

    net[0].register_load_state_dict_pre_hook(renamed)
    given = {"0.w": tl.ones(1, 1)}
    report = net.load_state_dict(given, strict=False)
    assert report.missing_keys == []
    assert list(given) == ["0.w"]
    assert net[0].weight.item() == 1.0
    handle.remove()
    assert net.load_state_dict(given, strict=False).missing_keys == ["0.bias"]
    net[0].register_load_state_dict_pre_hook(lambda *args: args[-1].append("not today"))
    before = net[0].weight.item()
    with pytest.raises(RuntimeError, match="not today"):
        net.load_state_dict({"0.w": tl.zeros(1, 1)}, strict=False)
    assert net[0].weight.item() == before


def test_assigning_is_all_or_nothing():
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    before = list(net.parameters())
    state = {path: tl.ones(t.shape) for path, t in net.state_dict().items()}
    state["1.weight"] = tl.ones(2, 2, dtype=tl.int64)  # cannot require a gradient
    with pytest.raises(RuntimeError, match="only Tensors of floating point"):
        net.load_state_dict(state, assign=True)
    assert all(p is q for p, q in zip(before, net.parameters(), strict=True))


def test_destination():
    state = {"before": 1}
    assert nn.Linear(1, 1).state_dict(destination=state, prefix="a.") is state
    assert list(state) == ["before", "a.weight", "a.bias"]
