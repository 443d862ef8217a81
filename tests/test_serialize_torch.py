"""Files to and from PyTorch: safetensors and npz both ways, and its own files, the hostile ones too."""

import collections
import inspect
import io
import os
import pickle
import zipfile

import numpy as np
import pytest

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
safetensors_torch = pytest.importorskip("safetensors.torch", reason="safetensors is not installed")

# How modules with required arguments are made: by the arguments' names, or wholly.
ARGUMENTS = {
    "num_features": 4, "in_features": 3, "out_features": 2, "num_embeddings": 5, "embedding_dim": 3,
    "normalized_shape": 3, "num_groups": 2, "num_channels": 4, "in1_features": 3, "in2_features": 2, "in_channels": 4,
    "out_channels": 4, "kernel_size": 2, "input_size": 3, "hidden_size": 4, "d_model": 4, "nhead": 2, "embed_dim": 4,
    "num_heads": 2, "output_size": 2, "padding": 1, "size": 2, "upscale_factor": 2, "downscale_factor": 2, "groups": 2,
    "threshold": 0.5, "value": 0.1, "dim": 0, "unflattened_size": (1, 3), "norm_type": 2,
}  # fmt: skip
SPECIAL = {
    "Sequential": lambda nn: nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.PReLU())),
    "ModuleList": lambda nn: nn.ModuleList([nn.Linear(2, 3), nn.Linear(3, 1, bias=False)]),
    "ModuleDict": lambda nn: nn.ModuleDict({"a": nn.Linear(2, 3), "b": nn.BatchNorm1d(3)}),
    "TransformerEncoder": lambda nn: nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, batch_first=True), 2),
    "TransformerDecoder": lambda nn: nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2), 2),
    "Transformer": lambda nn: nn.Transformer(4, 2, 1, 1, 8, batch_first=True),
    "AdaptiveLogSoftmaxWithLoss": lambda nn: nn.AdaptiveLogSoftmaxWithLoss(16, 9, [3, 6]),
    "RNN": lambda nn: nn.RNN(3, 4, num_layers=2, nonlinearity="relu"),
    "GRU": lambda nn: nn.GRU(3, 4, num_layers=2, bidirectional=True),
    "LSTM": lambda nn: nn.LSTM(3, 4, num_layers=2, proj_size=2),
}
REFUSED = {"SyncBatchNorm", "DataParallel", "RNNBase", "RNNCellBase"}  # refused by us, or bases of others


def modules():
    for name in sorted(dir(tl.nn)):
        cls = getattr(tl.nn, name)
        if not (inspect.isclass(cls) and issubclass(cls, tl.nn.Module)) or cls is tl.nn.Module or name in REFUSED:
            continue
        if not name.startswith("Lazy"):  # these have no state yet
            yield name


def built(nn, name):
    if name in SPECIAL:
        return SPECIAL[name](nn)
    cls = getattr(nn, name)
    required = [
        p.name
        for p in inspect.signature(cls).parameters.values()
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    unknown = [argument for argument in required if argument not in ARGUMENTS]
    assert not unknown, f"nn.{name} needs {unknown}: add them to ARGUMENTS, or the module to SPECIAL"
    return cls(*[ARGUMENTS[argument] for argument in required])


def bits(state, numpy):
    return {key: (numpy(t).dtype, numpy(t).shape, numpy(t).tobytes()) for key, t in state.items()}


def write_npz(state, path):
    np.savez(path, **{key: t.numpy() for key, t in state.items()})


def read_npz(path):
    with np.load(path) as archive:
        return {key: torch.from_numpy(archive[key]) for key in archive.files if key != "__structure__"}


def untied(state):
    return {key: t.clone() for key, t in state.items()}


WAYS = {
    "safetensors": (lambda s, p: safetensors_torch.save_file(untied(s), p), safetensors_torch.load_file),
    "npz": (write_npz, read_npz),
    "pt": (torch.save, None),
}


@pytest.mark.filterwarnings("ignore:.*NLLLoss2d.*deprecated:FutureWarning")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", list(modules()))
def test_every_module_there_and_back(name, way, tmp_path):
    if not hasattr(torch.nn, name):
        pytest.skip("PyTorch has no such module")
    write, read = WAYS[way]
    theirs, ours = built(torch.nn, name), built(tl.nn, name)
    expected = bits(theirs.state_dict(), lambda t: t.numpy())
    assert list(ours.state_dict()) == list(expected)
    if way != "pt" and not expected:
        return  # np.savez of nothing is a file of nothing
    write(theirs.state_dict(), tmp_path / f"there.{way}")
    loaded = tl.load(tmp_path / f"there.{way}")
    assert repr(ours.load_state_dict(loaded)) == "<All keys matched successfully>"
    assert bits(ours.state_dict(), lambda t: t.numpy()) == expected
    if read is not None:
        tl.save(ours.state_dict(), tmp_path / f"back.{way}")
        back = read(tmp_path / f"back.{way}")
        assert bits(back, lambda t: t.numpy()) == expected
        built(torch.nn, name).load_state_dict(back)


# --- what torch.save writes ---


def written(obj, **options):
    file = io.BytesIO()
    torch.save(obj, file, **options)
    file.seek(0)
    return file


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_objects_of_torch_save(protocol):
    base = torch.arange(24.0).reshape(2, 3, 4)
    obj = {
        "views": [base, base[1], base.permute(2, 0, 1), base[:, ::2], base[0, 0, 0].expand(3), base[1:1]],
        "dtypes": [torch.tensor([0, 1, 2]).to(getattr(torch, str(t))) for t in sorted(tl.dtypes.TYPES, key=str)],
        "0-d": torch.tensor(3),
        "empty": torch.zeros(0, 3),
        "values": (1, -1, 2**40, 10**30, 0.5, True, None, "é" * 300, b"\x00\xff", [], {}, set(), {1, 2}),
        "kinds": [torch.Size([2, 3]), torch.float16, torch.device("cpu"), collections.Counter("ab"), np.float64(0.1)],
        3: collections.OrderedDict(a=1),
        "leaf": torch.ones(2, requires_grad=True),
    }
    found = tl.load(written(obj, pickle_protocol=protocol))
    for a, b in zip(found["views"] + found["dtypes"], obj["views"] + obj["dtypes"], strict=True):
        assert tuple(a.shape) == tuple(b.shape)
        assert str(a.dtype) == str(b.dtype).removeprefix("torch.")
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    assert found["views"][1].array.base is found["views"][0].array.base
    assert found["0-d"].item() == 3
    assert found["0-d"].shape == ()
    assert found["empty"].shape == (0, 3)
    assert found["values"] == obj["values"]
    assert found["kinds"] == [tl.Size([2, 3]), tl.float16, tl.device("cpu"), obj["kinds"][3], 0.1]
    assert found[3] == {"a": 1}
    assert found["leaf"].requires_grad
    found["0-d"].add_(1)  # on memory of its own


def test_parameters_and_optimizers_of_torch_save():
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.Adam(model.parameters(), amsgrad=True)
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    found = tl.load(written({"w": model.weight, "optimizer": optimizer.state_dict()}))
    assert isinstance(found["w"], tl.nn.Parameter)
    assert found["w"].requires_grad
    ours = tl.nn.Linear(2, 1)
    own = tl.optim.Adam(ours.parameters(), amsgrad=True)
    own.load_state_dict(found["optimizer"])
    assert own.state[ours.weight]["step"].item() == 1
    np.testing.assert_array_equal(
        own.state[ours.weight]["exp_avg"].numpy(), optimizer.state[model.weight]["exp_avg"].numpy()
    )


@pytest.mark.parametrize(
    ("obj", "message"),
    [
        (lambda: torch.nn.Linear(1, 1), "holds a torch.nn.modules.linear.Linear.*save model.state_dict"),
        (lambda: torch.ones(1).bfloat16(), "BFloat16Storage.*no such tensor type"),
        (lambda: torch.ones(1, dtype=torch.complex64), "ComplexFloatStorage.*no such tensor type"),
        (lambda: torch.bfloat16, "torch.bfloat16.*no such tensor type"),
        (lambda: [os.getcwd], "holds a posix.getcwd|holds a nt.getcwd"),
    ],
)
def test_what_is_not_read(obj, message):
    with pytest.raises(RuntimeError, match=message):
        tl.load(written(obj()))


def test_the_old_form_is_refused():
    with pytest.raises(RuntimeError, match=r"is a pickle, which could run any code.*safetensors\.torch\.save_file"):
        tl.load(written(torch.ones(1), _use_new_zipfile_serialization=False))


def packed(program, storages=(b"",)):
    """An archive like torch.save's, around any pickle."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", program)
        archive.writestr("archive/byteorder", "little")
        for i, data in enumerate(storages):
            archive.writestr(f"archive/data/{i}", data)
    file.seek(0)
    return file


class Call:
    """Pickles as a call of a function."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


HOSTILE = {
    "system": pickle.dumps(Call(os.system, "touch hacked")),
    "eval": pickle.dumps(Call(eval, "open('hacked', 'w')")),
    "getattr": pickle.dumps(Call(getattr, "x", "upper")),
    "in a dict": pickle.dumps({"a": [Call(os.mkdir, "hacked")]}, 4),
    "import": b"cantigravity\ngetsource\n.",
    "a name with dots": b"\x80\x04\x8c\x05torch\x8c\x0fos.system.thing\x93.",
    "instance": b"(S'touch hacked'\nios\nsystem\n.",
    "object": b"(cos\nsystem\nS'touch hacked'\no.",
    "new object": b"\x80\x02ccollections\nOrderedDict\n)\x81.",
    "extension": b"\x80\x02\x82\x01.",
    "attributes of a function": b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n}X\x01\x00\x00\x00ak\x01sb.",
    "attributes of a tuple": b"\x80\x02)}b.",
    "calls a dtype": b"\x80\x02ctorch\nfloat32\n)R.",
    "calls a result": b"\x80\x02ccollections\nOrderedDict\n)R)R.",
    "out of band": b"\x80\x05\x97.",
    "storage that is none": b"\x80\x02K\x01Q.",
    "appends to a dict": b"\x80\x02}K\x01a.",
    "empty stack": b"\x80\x02R.",
    "no mark": b"\x80\x02t.",
    "no end": b"\x80\x02K\x01",
    "empty": b"",
    "no memo": b"\x80\x02h\x07.",
    "a list as arguments": b"\x80\x02ctorch\nSize\n]R.",
    "another encoding": b"\x80\x02c_codecs\nencode\nX\x01\x00\x00\x00aX\x05\x00\x00\x00rot13\x86R.",
    "objects from bytes": pickle.dumps(Call(np.float64(0).__reduce__()[0], np.dtype("O"), b"\0" * 8), 2),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pickles(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RuntimeError, match="load: the file is damaged, or holds what cannot be read"):
        tl.load(packed(HOSTILE[name]))
    assert os.listdir(tmp_path) == []


class Stored:
    """Pickles as a tensor with any layout on a storage of 16 bytes."""

    def __init__(self, *layout, key="0", dtype=torch.FloatStorage, count=4):
        self.layout, self.identifier = layout, ("storage", dtype, key, "cpu", count)

    def __reduce__(self):
        return torch._utils._rebuild_tensor_v2, (self.identifier, *self.layout, False, collections.OrderedDict())


class Pickler(pickle.Pickler):
    def persistent_id(self, obj):
        return obj if isinstance(obj, tuple) and obj and obj[0] == "storage" else None


def stored(*layout, **options):
    file = io.BytesIO()
    Pickler(file, 2).dump(Stored(*layout, **options))
    return packed(file.getvalue(), [np.arange(4, dtype="f4").tobytes()])


def test_layouts():
    assert tl.load(stored(1, (3,), (1,))).tolist() == [1.0, 2.0, 3.0]
    assert tl.load(stored(0, (2, 2), (1, 2))).tolist() == [[0.0, 2.0], [1.0, 3.0]]
    assert tl.load(stored(9, (0, 2), (2, 1))).shape == (0, 2)
    assert tl.load(stored(3, (), ())).item() == 3.0
    for layout in [
        (0, (5,), (1,)), (1, (4,), (1,)), (0, (2, 2), (1, 3)), (4, (), ()), (-1, (1,), (1,)), (0, (-1,), (1,)),
        (0, (2,), (-1,)), (0, (2,), (1, 1)), (0, (2.0,), (1,)), (0, (1,) * 65, (1,) * 65), (0, (2**62, 2), (1, 1)),
    ]:  # fmt: skip
        with pytest.raises(RuntimeError, match=r"layout is damaged|does not fit into its storage"):
            tl.load(stored(*layout))
    for options in [{"key": "7"}, {"key": "../../version"}, {"dtype": torch.DoubleStorage}, {"count": 5}]:
        with pytest.raises(RuntimeError, match="cannot be read"):
            tl.load(stored(0, (2,), (1,), **options))


def test_a_tensor_of_another_device():
    file = io.BytesIO()
    layout = Stored(0, (2,), (1,))
    layout.identifier = (*layout.identifier[:3], "cuda:0", 4)
    Pickler(file, 2).dump(layout)
    archive = packed(file.getvalue(), [np.arange(4, dtype="f4").tobytes()])
    with pytest.raises(RuntimeError, match=r"on cuda:0.*map_location='cpu'"):
        tl.load(archive)
    archive.seek(0)
    assert tl.load(archive, map_location="cpu").tolist() == [0.0, 1.0]


def test_every_truncation_is_refused():
    data = written(torch.nn.Linear(2, 1).state_dict()).getvalue()
    for cut in range(0, len(data), 7):
        with pytest.raises(RuntimeError, match="load: the file is"):
            tl.load(io.BytesIO(data[:cut]))
