"""save and load: what goes out comes back equal, and what is damaged, hostile or half written is refused."""

import io
from collections import Counter, OrderedDict

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite import nn

FORMS = ["model.npz", "model.safetensors", "model.pt"]


@pytest.fixture(params=FORMS)
def path(request, tmp_path):
    return tmp_path / request.param


def round_trip(obj, path):
    tl.save(obj, path)
    return tl.load(path)


def same(a, b):
    """Equal in type, value, dtype, shape and bits."""
    assert type(a) is type(b)
    if isinstance(a, tl.Tensor):
        assert a.requires_grad == b.requires_grad
        same(a.array, b.array)
    elif isinstance(a, (np.ndarray, np.generic)):
        assert (a.dtype, a.shape) == (b.dtype, b.shape)
        assert a.tobytes() == b.tobytes()
    elif isinstance(a, dict):
        assert [(type(key), key) for key in a] == [(type(key), key) for key in b]
        for key in a:
            same(a[key], b[key])
    elif isinstance(a, (list, tuple)):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            same(x, y)
    else:
        assert a == b or (a != a and b != b)


OBJECTS = {
    "0-d": lambda: tl.tensor(3.5),
    "empty": lambda: tl.zeros(0, 3),
    "transposed": lambda: tl.arange(6.0).reshape(2, 3).T,
    "strided": lambda: tl.arange(20.0)[::3],
    "reversed": lambda: tl.from_numpy(np.arange(4.0)[::-1]),
    "expanded": lambda: tl.ones(1, 3).expand(4, 3),
    "parameter": lambda: nn.Parameter(tl.tensor([1.0, -0.0, float("nan"), float("inf")])),
    "frozen": lambda: nn.Parameter(tl.ones(2), requires_grad=False),
    "leaf": lambda: tl.ones(2, requires_grad=True),
    "array": lambda: np.arange(3),
    "scalars": lambda: [np.float32(0.1), np.int64(3), np.float64(0.1), np.bool_(True)],
    "values": lambda: [None, True, 1, 10**30, 0.1, -0.0, float("inf"), float("nan"), "text\n\ud800", b"\x00\xff", ""],
    "nested": lambda: {"a": [(), {}, [[]], {"b": (tl.ones(1), [tl.zeros(2)])}], 5: {True: 1, None: 2, 0.5: 3}},
    "kinds": lambda: [OrderedDict(b=1, a=2), Counter("abb"), {1, 2}, tl.Size([2, 3]), tl.float16, tl.device("cpu")],
    "names": lambda: {n: tl.tensor(i) for i, n in enumerate(["file", "allow_pickle", "a", "a.npy", "..", "é/ü", ""])},
    "reserved": lambda: {"__structure__": tl.ones(1), "__metadata__": tl.zeros(1), "a/b": tl.ones(2), "a": {"b": 0}},
    **{str(t): lambda t=t: tl.tensor([0, 1, 2]).to(t) for t in sorted(tl.dtypes.TYPES, key=str)},
}


@pytest.mark.parametrize("name", OBJECTS)
def test_round_trip(name, path):
    obj = OBJECTS[name]()
    same(obj, round_trip(obj, path))


def test_files_and_paths(tmp_path):
    state = nn.Linear(2, 3).state_dict()
    file = io.BytesIO()
    tl.save(state, file)
    file.seek(0)
    same(state, tl.load(file))
    for name in ("a.npz", "b.safetensors"):
        tl.save(state, str(tmp_path / name))
        with open(tmp_path / name, "rb") as opened:
            same(state, tl.load(opened))

    class Pipe(io.RawIOBase):  # cannot be wound back
        content = io.BytesIO((tmp_path / "a.npz").read_bytes())

        def read(self, size=-1):
            return self.content.read(size)

    same(state, tl.load(Pipe()))
    with pytest.raises(TypeError, match="expected a path or a binary file, got int"):
        tl.load(3)


def test_a_loaded_tensor_can_be_changed_and_trained(path):
    w = round_trip({"w": nn.Parameter(tl.ones(2))}, path)["w"]
    optimizer = tl.optim.SGD([w], lr=0.5)
    (w * w).sum().backward()
    optimizer.step()
    assert w.tolist() == [0.0, 0.0]


def test_shared_tensors_stay_shared(path):
    a = tl.ones(2)
    first, second, view, twin = round_trip([a, {"again": a}, a.view(2, 1), a.detach()], path)
    assert first.array is second["again"].array
    assert first.array is twin.array
    assert view.array is not first.array
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    net[1].weight = net[0].weight
    twin = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    twin[1].weight = twin[0].weight
    twin.load_state_dict(round_trip(net.state_dict(), path))
    assert twin[1].weight is twin[0].weight
    same(dict(net.state_dict()), dict(twin.state_dict()))


def test_other_readers_find_every_name(tmp_path):
    safetensors = pytest.importorskip("safetensors.numpy")
    state = {"a.weight": tl.arange(6.0).reshape(2, 3).T, "b": tl.tensor(True)}
    state["tied"] = state["a.weight"]
    tl.save(state, tmp_path / "s.safetensors")
    found = safetensors.load_file(tmp_path / "s.safetensors")
    assert set(found) == set(state)
    for name, t in state.items():
        np.testing.assert_array_equal(found[name], t.numpy())
    del state["tied"]
    tl.save(state, tmp_path / "s.npz")
    with np.load(tmp_path / "s.npz") as archive:
        for name, t in state.items():
            np.testing.assert_array_equal(archive[name], t.numpy())


def test_files_of_other_writers(tmp_path):
    safetensors = pytest.importorskip("safetensors.numpy")
    state = {"b": np.arange(3.0), "a": np.ones((2, 2), np.float16), "big endian": np.arange(3, dtype=">i4")}
    np.savez(tmp_path / "a.npz", **state)
    np.savez_compressed(tmp_path / "b.npz", **state)
    safetensors.save_file(state, tmp_path / "c.safetensors")
    for name in ("a.npz", "b.npz", "c.safetensors"):
        found = tl.load(tmp_path / name)
        assert set(found) == set(state)
        for key, array in state.items():
            np.testing.assert_array_equal(found[key].numpy(), array)
            assert found[key].dtype.isnative
    np.savez(tmp_path / "d.npz", words=np.array(["a"]))
    with pytest.raises(RuntimeError, match=r"d\.npz .*words is an array of <U1"):
        tl.load(tmp_path / "d.npz")
    np.savez(tmp_path / "e.npz", objects=np.array([print], dtype=object))
    with pytest.raises(RuntimeError, match=r"e\.npz .*Object arrays cannot be loaded"):
        tl.load(tmp_path / "e.npz")


# --- states ---


@pytest.mark.parametrize("name", ["SGD", "Adam", "NAdam", "RMSprop", "Rprop", "ASGD", "Adagrad", "Adadelta", "LBFGS"])
def test_optimizer_states(name, path):
    def begin():
        tl.manual_seed(0)
        model = nn.Linear(2, 1)
        options: dict = {"momentum": 0.9} if name == "SGD" else {}
        return model, getattr(tl.optim, name)(model.parameters(), lr=0.1, **options)

    def run(model, optimizer):
        def closure():
            optimizer.zero_grad()
            loss = (model(tl.ones(3, 2)) ** 2).sum()
            loss.backward()
            return loss

        for _ in range(3):
            optimizer.step(closure)

    model, optimizer = begin()
    run(model, optimizer)
    tl.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}, path)
    run(model, optimizer)
    other, second = begin()
    checkpoint = tl.load(path)
    other.load_state_dict(checkpoint["model"])
    second.load_state_dict(checkpoint["optimizer"])
    assert checkpoint["epoch"] == 3
    run(other, second)
    same(dict(model.state_dict()), dict(other.state_dict()))


SCHEDULERS = {
    "StepLR": {"step_size": 2},
    "MultiStepLR": {"milestones": [2, 3, 3]},
    "ExponentialLR": {"gamma": 0.5},
    "CosineAnnealingLR": {"T_max": 5},
    "CosineAnnealingWarmRestarts": {"T_0": 2},
    "OneCycleLR": {"max_lr": 1.0, "total_steps": 20},
    "CyclicLR": {"base_lr": 0.1, "max_lr": 1.0},
    "LambdaLR": {"lr_lambda": lambda epoch: 0.5**epoch},
    "LinearLR": {},
    "PolynomialLR": {},
    "ReduceLROnPlateau": {"patience": 1},
    "DecayOnRise": {},
}


@pytest.mark.parametrize("name", SCHEDULERS)
def test_scheduler_states(name, path):
    def begin():
        w = tl.ones(2, requires_grad=True)
        w.grad = tl.ones(2)
        optimizer = tl.optim.SGD([w], lr=0.1, momentum=0.9)
        return optimizer, getattr(tl.optim.lr_scheduler, name)(optimizer, **SCHEDULERS[name])

    def run(optimizer, scheduler):
        rates = []
        for i in range(6):
            optimizer.step()
            scheduler.step(*([float(i)] if name in ("ReduceLROnPlateau", "DecayOnRise") else []))
            rates.append(optimizer.param_groups[0]["lr"])
        return rates

    optimizer, scheduler = begin()
    run(optimizer, scheduler)
    saved = round_trip({"scheduler": scheduler.state_dict(), "optimizer": optimizer.state_dict()}, path)
    expected = run(optimizer, scheduler)
    other, second = begin()
    other.load_state_dict(saved["optimizer"])
    second.load_state_dict(saved["scheduler"])
    assert run(other, second) == expected
